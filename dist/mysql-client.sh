# MySQL or MariaDB by their own tools, in the accessory's container or on the host. MariaDB's newer packages have its
# tools under its own name only.

# client_setting NAME: of MARIADB_NAME and MYSQL_NAME the one that is set, or what the file that …_FILE names holds.
client_setting() {
  for client_name in "MARIADB_$1" "MYSQL_$1"; do
    eval "client_value=\${$client_name:-} client_file=\${${client_name}_FILE:-}"
    if [ -n "$client_file" ]; then client_value=$(cat "$client_file"); fi
    if [ -n "$client_value" ]; then break; fi
  done
  printf '%s' "$client_value"
}

# By the variables the accessory was made with. All in its container have its passwords in their environment anyway.
client_accessory() {
  client_where=accessory
  client_user=root
  MYSQL_PWD=$(client_setting ROOT_PASSWORD)
  if [ -z "$MYSQL_PWD" ]; then
    client_user=$(client_setting USER)
    MYSQL_PWD=$(client_setting PASSWORD)
  fi
  export MYSQL_PWD
  database=$(client_setting DATABASE)
}

# client_host FOLDER: by what was laid down with the release.
client_host() {
  client_where=host
  client_folder=$1
  . "$1/env"
}

# client_tool MARIADB-NAME MYSQL-NAME ARGUMENT…
client_tool() {
  client_program=$2
  if command -v "$1" >/dev/null; then client_program=$1; fi
  shift 2
  if [ "$client_where" = accessory ]; then
    "$client_program" --user="$client_user" "$@"
  else
    # Only this file: a .my.cnf of the user's own would win over it.
    "$client_program" --defaults-file="$client_folder/cnf" "$@"
  fi
}

client_sql() { client_tool mariadb mysql --connect-timeout=10 --default-character-set=utf8mb4 --batch --raw --skip-column-names "$@" -- "$database"; }
client_query() { client_sql --execute="$1" </dev/null; }

client_ping() {
  if ! command -v mariadb >/dev/null && ! command -v mysql >/dev/null; then
    echo 'neither mysql nor mariadb is installed on this host: install the client (default-mysql-client)'
    return 3
  fi
  if [ -z "$database" ]; then
    echo 'the accessory names no database: set MYSQL_DATABASE or MARIADB_DATABASE'
    return 3
  fi
  # While its data folder is being made, the server answers on its socket only.
  if [ "$client_where" = accessory ]; then
    client_tool mariadb-admin mysqladmin --host=127.0.0.1 --protocol=tcp ping || return 1
  fi
  client_said=$(client_query 'select 1' 2>&1) || {
    printf '%s\n' "$client_said"
    case "$client_said" in
      *'ERROR 1045 '* | *'ERROR 1044 '* | *'ERROR 1049 '* | *'ERROR 1698 '*) return 3 ;;
      *) return 1 ;;
    esac
  }
}

client_kind() { case "$1" in *MariaDB*) echo MariaDB ;; *) echo MySQL ;; esac; }

client_fits() {
  client_own=$(client_tool mariadb-dump mysqldump --version) || {
    echo 'neither mysqldump nor mariadb-dump is installed on this host: install the client (default-mysql-client)'
    return 1
  }
  client_server=$(client_query 'select version()')
  client_own_kind=$(client_kind "$client_own") client_server_kind=$(client_kind "$client_server")
  # `Ver 8.0.36`, `Ver 10.19 Distrib 10.11.6-MariaDB`, `from 11.4.2-MariaDB`
  client_own=$(printf '%s\n' "$client_own" | sed -e 's/.*Distrib //' -e 's/.* from //' -e 's/.*Ver //' -e 's/[^0-9].*//')
  client_server=${client_server%%.*}
  if [ "$client_own_kind" != "$client_server_kind" ]; then
    echo "the server is $client_server_kind and the dump tool $client_own_kind's: what one of them alone knows may be missing from the dump"
  elif [ "$client_own" -lt "$client_server" ]; then
    echo "the dump tool is $client_own_kind $client_own and the server $client_server: install the server's own client"
    return 1
  fi
  client_beyond=$(client_foreign 2>/dev/null) || client_beyond=
  [ "${client_beyond:-0}" = 0 ] ||
    echo "$client_beyond of the triggers, routines, events and views are in the backup, but the database's user may not put them back: before a restore let an administrator do what docs/databases.md says"
}

# client_foreign: how many of them this user may not make: another user's; and where the server keeps a binary log, as
# MySQL 8 does by itself, triggers and functions.
client_foreign() {
  case "$(client_query 'show grants')" in *'SUPER'*' ON *.*'* | *'ALL PRIVILEGES ON *.*'*) return 0 ;; esac
  client_query "
    select count(*) from (
      select definer, 'TRIGGER' as kind from information_schema.triggers where trigger_schema = database()
      union all select definer, routine_type from information_schema.routines where routine_schema = database()
      union all select definer, 'EVENT' from information_schema.events where event_schema = database()
      union all select definer, 'VIEW' from information_schema.views where table_schema = database()
    ) as made
    where definer <> current_user()
      or kind in ('TRIGGER', 'FUNCTION') and @@log_bin and not @@log_bin_trust_function_creators"
}

client_connections() {
  client_most=$(client_query 'select @@max_connections')
  client_open=$(client_query "show global status like 'Threads_connected'" | tr -dc 0-9)
  client_used=$(client_query 'select count(*) from information_schema.processlist where db = database() and id <> connection_id()')
  echo "$((client_most > client_open - 1 ? client_most - client_open + 1 : 0)) $client_used"
}

client_tables() {
  client_query "select count(*) from information_schema.tables
    where table_schema = database() and table_type in ('BASE TABLE', 'SYSTEM VERSIONED')"
}

# client_has OPTION: whether this dump tool knows it.
client_has() { client_tool mariadb-dump mysqldump --help 2>/dev/null | grep -e "--$1" >/dev/null; }

# client_dumped ARGUMENT…
client_dumped() {
  # A dump with the server's GTIDs could not be put back on it; histograms are unknown to older servers.
  if client_has set-gtid-purged; then set -- "$@" --set-gtid-purged=OFF; fi
  if client_has column-statistics; then set -- "$@" --column-statistics=0; fi
  client_tool mariadb-dump mysqldump --single-transaction --quick --routines --triggers --events --no-tablespaces \
    --default-character-set=utf8mb4 "$@" -- "$database"
}

client_dump() { client_dumped --hex-blob; }

# Its last line is written when all else was.
client_read() {
  case "$(sed -n '$p')" in
    '-- Dump completed'*) ;;
    *)
      echo 'the last line of the dump does not say that it was completed' >&2
      return 1
      ;;
  esac
}

# Line ends inside values are written as \n.
client_listed() { grep -a -c '^CREATE TABLE `' || :; }

client_schema() {
  client_text=$(client_dumped --no-data --skip-comments)
  printf '%s\n' "$client_text" | sed 's/ AUTO_INCREMENT=[0-9]*//'
}

# All that is there goes, also what is newer than the dump and would stand in the way; then the dump comes. There is no
# way to do that in one transaction: where it fails, run it again.
client_restore() {
  client_drops=$(client_query "
    select concat('drop ', case table_type when 'VIEW' then 'view' when 'SEQUENCE' then 'sequence' else 'table' end,
      ' if exists \`', replace(table_name, '\`', '\`\`'), '\`;')
      from information_schema.tables where table_schema = database()
    union all select concat('drop ', routine_type, ' if exists \`', replace(routine_name, '\`', '\`\`'), '\`;')
      from information_schema.routines where routine_schema = database()
    union all select concat('drop event if exists \`', replace(event_name, '\`', '\`\`'), '\`;')
      from information_schema.events where event_schema = database()")
  {
    echo 'set foreign_key_checks = 0; set lock_wait_timeout = 60;'
    printf '%s\n' "$client_drops"
    cat
  } | client_sql
}
