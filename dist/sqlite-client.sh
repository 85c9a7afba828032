# SQLite by the sqlite3 program, or else by Python's module of that name. Both copy a database that is in use, its
# write-ahead log included, and lock it as the app does.

client_host() { client_file=$1; }
client_volume() { client_file=/kawasemi-database/$1; }

# client_run FILE SQL
client_run() {
  if command -v sqlite3 >/dev/null; then
    sqlite3 -batch -bail -noheader -init /dev/null -cmd '.timeout 10000' "$1" "$2"
  else
    python3 -I -c '
import sqlite3, sys
for row in sqlite3.connect(sys.argv[1], timeout=10).execute(sys.argv[2]):
    print(*row, sep="|")' "$1" "$2"
  fi
}

# client_copy FROM TO: TO becomes what FROM is.
client_copy() {
  if command -v sqlite3 >/dev/null; then
    # The path that is part of a command is one of ours: mktemp made it.
    case "$2" in
      "$client_folder"/*) sqlite3 -batch -bail -init /dev/null -cmd '.timeout 10000' "$1" ".backup '$2'" ;;
      *) sqlite3 -batch -bail -init /dev/null -cmd '.timeout 10000' "$2" ".restore '$1'" ;;
    esac
  else
    python3 -I -c '
import sqlite3, sys
source, target = (sqlite3.connect(path, timeout=10) for path in sys.argv[1:3])
source.backup(target)
target.close()' "$1" "$2"
  fi
}

# client_inside: a folder of ours, gone when we are.
client_inside() {
  client_folder=$(mktemp -d)
  trap 'rm -rf "$client_folder"' 0
}

client_ping() {
  if ! command -v sqlite3 >/dev/null && ! python3 -I -c 'import sqlite3' 2>/dev/null; then
    echo 'neither sqlite3 nor python3 with its sqlite3 module is there: install sqlite3'
    return 3
  fi
  [ ! -s "$client_file" ] || client_run "$client_file" 'select count(*) from sqlite_master' >/dev/null
}

client_fits() {
  [ -s "$client_file" ] || echo "there is no database in $client_file yet, so its backup is empty. If the app has one, correct database.file in kawasemi.yml"
}

# Nobody counts them.
client_connections() { :; }

# client_count FILE
client_count() {
  if [ -s "$1" ]; then
    client_run "$1" "select count(*) from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\'"
  else
    echo 0
  fi
}

client_tables() { client_count "$client_file"; }

client_dump() {
  [ -s "$client_file" ] || return 0
  client_inside
  client_copy "$client_file" "$client_folder/copy"
  cat "$client_folder/copy"
}

client_read() {
  client_inside
  cat >"$client_folder/copy"
  [ -s "$client_folder/copy" ] || return 0
  client_said=$(client_run "$client_folder/copy" 'pragma integrity_check')
  [ "$client_said" = ok ] || {
    printf '%s\n' "$client_said" | head -n 5 >&2
    return 1
  }
}

client_listed() {
  client_inside
  cat >"$client_folder/copy"
  client_count "$client_folder/copy"
}

client_schema() {
  [ -s "$client_file" ] || return 0
  client_run "$client_file" "select type, name, tbl_name, sql from sqlite_master where name not like 'sqlite\\_%' escape '\\' order by 1, 2"
}

# Under SQLite's own locks, so an app that has the file open sees either all of it or nothing.
client_restore() {
  client_inside
  cat >"$client_folder/copy"
  client_copy "$client_folder/copy" "$client_file"
}
