# MySQL or MariaDB on the host itself. Which of the two it is, its tools' names say.

mysql_tool() {
  if command -v mariadb >/dev/null; then mariadb "$@"; else mysql "$@"; fi
}

# By the socket, where root needs no password.
database_ask() { mysql_tool --no-defaults --user=root --batch --skip-column-names; }

# database_login USER PASSWORD
database_login() {
  (
    MYSQL_PWD=$2
    export MYSQL_PWD
    mysql_tool --no-defaults "--host=$kw_database_host" "--port=$kw_database_port" "--user=$1" --execute='select 1'
  )
}
