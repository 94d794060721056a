# The service, and as another target the scanner of docker-compose.yml that sends the sample study.
# npm run check -- compose --run tries these commands without Docker.

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
# To build canvas where npm finds no built one.
RUN apt-get update && apt-get install --yes --no-install-recommends build-essential python3 pkg-config libcairo2-dev libpango1.0-dev libjpeg-dev libgif-dev && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
# The image's own Node is the one of package-lock.json; its headers are used to build canvas.
RUN npm_config_nodedir=/usr/local npm rebuild canvas && node -e 'require("canvas")'
COPY tsconfig.json tsconfig.build.json LICENSE README.md CHANGELOG.md ./
COPY bin ./bin
COPY src ./src
COPY models ./models
COPY docs ./docs
COPY lua ./lua
COPY orthanc ./orthanc
COPY packaging ./packaging
COPY tools/repository-path.ts ./tools/repository-path.ts
COPY tools/package ./tools/package
# The same program as in the .deb and the npm package: JavaScript, and only what it needs on this platform.
RUN node tools/package/stage.ts program

FROM node:24.21.0-bookworm-slim AS service
WORKDIR /app
RUN apt-get update && apt-get install --yes --no-install-recommends libcairo2 libpango-1.0-0 libpangocairo-1.0-0 libjpeg62-turbo libgif7 && rm -rf /var/lib/apt/lists/*
COPY --from=build /app/program ./
RUN mkdir --mode=0750 /data && chown node:node /data
USER node
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 DATA_DIR=/data
EXPOSE 8080
VOLUME /data
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s CMD ["node", "dist/check-health.js"]
CMD ["node", "dist/main.js"]

FROM service AS scanner
USER root
RUN apt-get update && apt-get install --yes --no-install-recommends dcmtk mricron-data && rm -rf /var/lib/apt/lists/*
COPY src ./src
COPY tools/sample-study ./tools/sample-study
USER node
HEALTHCHECK NONE
ENV TCP_NODELAY=1 AET=ORTHANC ARCHIVE=orthanc DICOM_PORT=4242
CMD ["sh", "-c", "node tools/sample-study/main.ts /tmp/sample && storescu -aet SCANNER -aec $AET +sd +r $ARCHIVE $DICOM_PORT /tmp/sample && echo sent"]

# The service is what `docker build .` makes.
FROM service
