#!/bin/sh
# Makes the database cluster on the first start, then becomes the server.
set -eu

user=${POSTGRES_USER:-postgres}
database=${POSTGRES_DB:-$user}
password=${POSTGRES_PASSWORD:-}
if [ -n "${POSTGRES_PASSWORD_FILE:-}" ]; then
  password=$(cat "$POSTGRES_PASSWORD_FILE")
fi

case ${1:-} in
  '' | -*) set -- postgres "$@" ;;
esac
if [ "$1" != postgres ]; then
  exec "$@"
fi

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA" /var/run/postgresql
  chown -R postgres: "$PGDATA" /var/run/postgresql
  chmod 0700 "$PGDATA"
  exec setpriv --reuid postgres --regid postgres --init-groups "$0" "$@"
fi

# Made beside its place and moved: PG_VERSION comes last, so a start that was cut off leaves nothing that looks
# finished. The init files run while the server takes no connections from outside.
make_cluster() {
  new=$PGDATA/new
  method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
  if [ -z "$password" ] && [ "$method" != trust ]; then
    echo 'POSTGRES_PASSWORD is not set: give the database a password.'
    exit 1
  fi
  find "$PGDATA" -mindepth 1 -delete
  set -- -D "$new" -U "$user" --encoding UTF8 --locale C.UTF-8 --auth-local trust --auth-host "$method"
  if [ -n "$password" ]; then
    file=$(mktemp)
    printf '%s\n' "$password" > "$file"
    set -- "$@" --pwfile "$file"
  fi
  initdb "$@"
  rm -f "${file:-}"
  echo "host all all all $method" >> "$new/pg_hba.conf"
  echo "listen_addresses = '*'" >> "$new/postgresql.conf"

  pg_ctl -D "$new" -o "-c listen_addresses=''" -w start
  if [ "$database" != postgres ]; then
    createdb -U "$user" "$database"
  fi
  run_init_files
  pg_ctl -D "$new" -m fast -w stop

  find "$new" -mindepth 1 -maxdepth 1 ! -name PG_VERSION -exec mv -t "$PGDATA" {} +
  mv "$new/PG_VERSION" "$PGDATA/"
  rmdir "$new"
}

run_init_files() {
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sql) psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$user" -d "$database" -f "$file" ;;
      *.sql.gz) gzip -dc "$file" | psql -v ON_ERROR_STOP=1 --no-psqlrc -U "$user" -d "$database" ;;
      *.sh) sh "$file" ;;
    esac
  done
}

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  make_cluster >&2
fi
exec "$@"
