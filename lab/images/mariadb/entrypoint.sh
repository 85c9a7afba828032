#!/bin/sh
# Makes the data folder on the first start, then becomes the server. Settings come as the images' own do: MARIADB_… or
# MYSQL_…, each also as …_FILE.
set -eu

# setting NAME: its value under either prefix, from the environment or a file.
setting() {
  for name in "MARIADB_$1" "MYSQL_$1"; do
    eval "value=\${$name:-} file=\${${name}_FILE:-}"
    if [ -n "$file" ]; then value=$(cat "$file"); fi
    if [ -n "$value" ]; then
      printf '%s' "$value"
      return
    fi
  done
}

case ${1:-} in
  '' | -*) set -- mariadbd "$@" ;;
  mysqld)
    shift
    set -- mariadbd "$@"
    ;;
esac
if [ "$1" != mariadbd ]; then
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
  root=$(setting ROOT_PASSWORD)
  database=$(setting DATABASE)
  user=$(setting USER)
  password=$(setting PASSWORD)
  printf "%s\n" "DELETE FROM mysql.global_priv WHERE User = '' OR User = 'root' AND Host NOT IN ('localhost');"
  echo 'FLUSH PRIVILEGES;'
  printf "%s\n" "CREATE USER 'root'@'%' IDENTIFIED BY '$(text "$root")';"
  printf "%s\n" "GRANT ALL ON *.* TO 'root'@'%' WITH GRANT OPTION;"
  if [ -n "$database" ]; then
    printf "%s\n" "CREATE DATABASE \`$(identifier "$database")\`;"
  fi
  if [ -n "$user" ]; then
    printf "%s\n" "CREATE USER '$(text "$user")'@'%' IDENTIFIED BY '$(text "$password")';"
    if [ -n "$database" ]; then
      printf "%s\n" "GRANT ALL ON \`$(identifier "$database" | sed 's/[_%]/\\&/g')\`.* TO '$(text "$user")'@'%';"
    fi
  fi
  printf "%s\n" "ALTER USER 'root'@'localhost' IDENTIFIED BY '$(text "$root")';"
  echo 'SHUTDOWN;'
}

make_data() {
  if [ -z "$(setting ROOT_PASSWORD)" ]; then
    echo 'MARIADB_ROOT_PASSWORD is not set: give the server a password.'
    exit 1
  fi
  find "$data" -mindepth 1 -delete
  mariadb-install-db --user=mysql --datadir="$data" --skip-test-db --auth-root-authentication-method=normal
  # It takes no connection from outside meanwhile.
  mariadbd --skip-networking &
  until mariadb-admin --user=root ping >/dev/null 2>&1; do sleep 0.1; done
  first_statements | mariadb --user=root
  wait "$!"
  touch "$data/made"
}

# The mark comes last, so a start that was cut off leaves nothing that looks finished.
if [ ! -e "$data/made" ]; then
  make_data >&2
fi
exec "$@" --bind-address=0.0.0.0
