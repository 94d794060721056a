/** What is taken for an image that cannot be fetched here, and what of the image is made up for it. */
export interface StandIn {
  /** Whether the programs come from the folder of a Debian (replay.ts); otherwise from this machine. */
  readonly isDebian: boolean
  /** Numbers of the user that the compose file names, as in the image. */
  readonly user: string
  /** Shell commands that arrange the image's files below $image, as root. */
  readonly arrange: string
  /** Where the image's program starts, and with what environment. */
  readonly folder: string
  readonly environment?: Readonly<Record<string, string>>
  /** The image's own start, where compose does not name one; as plain commands in the same order. */
  readonly start?: string
  /** In place of a health check whose program only the image has. */
  readonly health?: string
}

const python = (address: string) =>
  `python3 -c "from urllib.request import urlopen; urlopen('${address}', timeout=4)"`

/** By the services of docker-compose.yml. The users and folders are those of the images' public Dockerfiles. */
export function listStandIns(program: string, node: string): Record<string, StandIn> {
  return {
    orthanc: {
      isDebian: true,
      user: '999:999',
      folder: '/',
      arrange: `
        ln -s /usr/sbin/Orthanc "$image/usr/local/bin/Orthanc"
        ln -s plugins "$image/usr/share/orthanc/plugins-available"
        rm -rf "$image/etc/orthanc" "$image/var/lib/orthanc"
        install -d "$image/etc/orthanc" "$image/etc/hippovolume"
        install -d -o 999 -g 999 "$image/var/lib/orthanc"
        echo not-generated >"$image/etc/hostid"; chown 999:999 "$image/etc/hostid"`,
    },
    postgres: {
      isDebian: true,
      user: '999:999',
      folder: '/',
      arrange: `
        rm -rf "$image/var/lib/postgresql"
        install -d -o 999 -g 999 -m 1777 "$image/var/lib/postgresql"`,
      environment: { PGDATA: '/var/lib/postgresql/18/docker', LANG: 'C.UTF-8' },
      start: `
        PATH=$(echo /usr/lib/postgresql/*/bin | tr ' ' ':'):$PATH
        mkdir -p "$PGDATA"; chmod 700 "$PGDATA"; chmod 3775 /var/run/postgresql || true
        initdb --username="$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" >/tmp/initdb.log
        echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
        pg_ctl -D "$PGDATA" -o "-c listen_addresses=''" -w start >/tmp/first-start.log
        psql --username "$POSTGRES_USER" --dbname postgres --quiet --command "CREATE DATABASE $POSTGRES_DB"
        pg_ctl -D "$PGDATA" -m fast -w stop >>/tmp/first-start.log
        exec postgres -c listen_addresses='*'`,
    },
    viewer: {
      isDebian: true,
      user: '101:101',
      folder: '/',
      arrange: `
        rm -rf "$image/etc/nginx/conf.d" "$image/etc/nginx/modules-enabled"
        install -d "$image/etc/hippovolume" "$image/usr/share/nginx/html" "$image/etc/nginx/conf.d"
        echo '127.0.0.1 orthanc' >>"$image/etc/hosts"
        cat >"$image/etc/nginx/nginx.conf" <<'END'
include /usr/share/nginx/modules-available/*.conf;
pid /tmp/nginx.pid;
events {}
http {
  include /etc/nginx/mime.types;
  access_log /dev/stdout;
  error_log /dev/stderr;
  client_body_temp_path /tmp/client;
  proxy_temp_path /tmp/proxy;
  fastcgi_temp_path /tmp/fastcgi;
  uwsgi_temp_path /tmp/uwsgi;
  scgi_temp_path /tmp/scgi;
  include /etc/nginx/conf.d/*.conf;
}
END`,
      health: python('http://127.0.0.1:8080/app-config.js'),
    },
    hippovolume: {
      isDebian: false,
      user: '1000:1000',
      folder: '/app',
      arrange: `
        install -d "$image/app" "$image/opt/node"
        mount --bind '${program}' "$image/app"; mount -o remount,bind,ro "$image/app"
        mount --bind '${node}' "$image/opt/node"; mount -o remount,bind,ro "$image/opt/node"
        install -d -o 1000 -g 1000 -m 750 "$image/data"`,
      environment: { PATH: '/opt/node/bin:/usr/bin:/bin', NODE_ENV: 'production' },
      start: 'exec node dist/main.js',
    },
  }
}
