#!/bin/sh
# Makes the data folder on the first start, then becomes the server. Settings are MYSQL_… variables, as the image's own.
set -eu

case ${1:-} in
  '' | -*) set -- mysqld "$@" ;;
esac
if [ "$1" != mysqld ]; then
  exec "$@"
fi

data=/var/lib/mysql
if [ "$(id -u)" = 0 ]; then
  mkdir -p "$data" /run/mysqld
  chown -R mysql: "$data" /run/mysqld
  exec setpriv --reuid mysql --regid mysql --init-groups "$0" "$@"
fi

text() { printf '%s' "$1" | sed -e 's/\\/\\\\/g' -e "s/'/''/g"; }
identifier() { printf '%s' "$1" | sed 's/`/``/g'; }

first_statements() {
  root=$(text "$MYSQL_ROOT_PASSWORD")
  printf "%s\n" "CREATE USER 'root'@'%' IDENTIFIED BY '$root';"
  printf "%s\n" "GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;"
  if [ -n "${MYSQL_DATABASE:-}" ]; then
    printf "%s\n" "CREATE DATABASE \`$(identifier "$MYSQL_DATABASE")\`;"
  fi
  if [ -n "${MYSQL_USER:-}" ]; then
    printf "%s\n" "CREATE USER '$(text "$MYSQL_USER")'@'%' IDENTIFIED BY '$(text "${MYSQL_PASSWORD:-}")';"
    if [ -n "${MYSQL_DATABASE:-}" ]; then
      printf "%s\n" "GRANT ALL ON \`$(identifier "$MYSQL_DATABASE" | sed 's/[_%]/\\&/g')\`.* TO '$(text "$MYSQL_USER")'@'%';"
    fi
  fi
  printf "%s\n" "ALTER USER 'root'@'localhost' IDENTIFIED BY '$root';"
  echo 'SHUTDOWN;'
}

make_data() {
  if [ -z "${MYSQL_ROOT_PASSWORD:-}" ]; then
    echo 'MYSQL_ROOT_PASSWORD is not set: give the server a password.'
    exit 1
  fi
  find "$data" -mindepth 1 -delete
  mysqld --initialize-insecure --datadir="$data"
  # It takes no connection from outside meanwhile.
  mysqld --skip-networking &
  until mysqladmin --user=root ping >/dev/null 2>&1; do sleep 0.1; done
  first_statements | mysql --user=root
  wait "$!"
  touch "$data/made"
}

# The mark comes last, so a start that was cut off leaves nothing that looks finished.
if [ ! -e "$data/made" ]; then
  make_data >&2
fi
exec "$@" --bind-address=0.0.0.0 --mysqlx=OFF
