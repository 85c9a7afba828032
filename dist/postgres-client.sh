# PostgreSQL by its own tools, in the accessory's container or on the host.

# client_setting NAME: from the environment, or from the file that NAME_FILE names.
client_setting() {
  eval "client_value=\${$1:-} client_file=\${$1_FILE:-}"
  if [ -n "$client_file" ]; then client_value=$(cat "$client_file"); fi
  printf '%s' "$client_value"
}

# By the variables the accessory was made with; the socket inside needs no password.
client_accessory() {
  client_where=accessory
  PGHOST=/var/run/postgresql
  PGUSER=$(client_setting POSTGRES_USER)
  PGUSER=${PGUSER:-postgres}
  PGDATABASE=$(client_setting POSTGRES_DB)
  PGDATABASE=${PGDATABASE:-$PGUSER}
  export PGHOST PGUSER PGDATABASE
}

# client_host FOLDER: by what was laid down with the release.
client_host() {
  client_where=host
  unset PGHOST PGHOSTADDR PGPORT PGUSER PGDATABASE PGPASSWORD PGSERVICE PGOPTIONS
  . "$1/env"
  PGPASSFILE=$1/pgpass
  PGCONNECT_TIMEOUT=10
  export PGPASSFILE PGCONNECT_TIMEOUT
}

client_query() { psql -X -q -A -t -F ' ' -v ON_ERROR_STOP=1 -c "$1"; }

client_ping() {
  if ! command -v psql >/dev/null; then
    echo "psql is not installed on this host: install PostgreSQL's client (postgresql-client)"
    return 3
  fi
  # While its data folder is being made, the server answers on its socket only.
  if [ "$client_where" = accessory ]; then pg_isready -h 127.0.0.1 || return 1; fi
  client_said=$(client_query 'select 1' 2>&1) || {
    printf '%s\n' "$client_said" | grep -v '^password retrieved from file'
    case "$client_said" in
      *'authentication failed'* | *'no password supplied'* | *'no pg_hba.conf entry'* | *'does not exist'*) return 3 ;;
      *) return 1 ;;
    esac
  }
}

client_major() { echo $(($(client_query 'show server_version_num') / 10000)); }

# client_tools: puts the tools of the server's own version first, where several are there. A newer pg_dump will do.
client_tools() {
  [ "$client_where" = host ] || return 0
  client_server=$(client_major)
  for client_folder in "/usr/lib/postgresql/$client_server/bin" "/usr/pgsql-$client_server/bin"; do
    if [ -x "$client_folder/pg_dump" ]; then PATH=$client_folder:$PATH; fi
  done
}

client_fits() {
  client_tools
  client_own=$(pg_dump --version 2>/dev/null | sed -n 's/^[^0-9]*\([0-9][0-9]*\).*/\1/p')
  client_server=$(client_major)
  if [ -z "$client_own" ]; then
    echo "pg_dump is not installed on this host: install PostgreSQL's client, version $client_server (postgresql-client-$client_server)"
    return 1
  fi
  if [ "$client_own" -lt "$client_server" ]; then
    echo "pg_dump is version $client_own and the server $client_server, which it cannot dump: install postgresql-client-$client_server"
    return 1
  fi
}

# Room for ordinary users: of the server, of the database, of the role. Then what this database uses now.
client_connections() {
  client_query "
    with open as (select datname, usename from pg_stat_activity where datname is not null and pid <> pg_backend_pid())
    select least(
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - (select count(*) from open),
      (select datconnlimit - (select count(*) from open where datname = current_database())
        from pg_database where datname = current_database() and datconnlimit >= 0),
      (select rolconnlimit - (select count(*) from open where usename = current_user)
        from pg_roles where rolname = current_user and rolconnlimit >= 0)),
      (select count(*) from open where datname = current_database())"
}

client_tables() {
  client_query "
    select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and not exists (select from pg_depend d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')"
}

client_dump() {
  client_tools
  pg_dump -Fc --lock-wait-timeout=60000
}

# A listing alone would accept half of a dump.
client_read() {
  client_tools
  pg_restore -f /dev/null
}

client_listed() {
  client_tools
  pg_restore -l | grep -c ' TABLE DATA ' || :
}

# Without the lines that differ between two dumps of the same schema: comments, the \restrict key.
client_schema() {
  client_tools
  client_text=$(pg_dump -s --lock-wait-timeout=60000)
  printf '%s\n' "$client_text" | grep -v -e '^--' -e '^[\\]' -e '^$'
}

# In one transaction: all that is there goes (also what is newer than the dump, which would stand in the way), but for
# extensions and what is theirs; then the dump comes. pg_restore writes COMMIT when it has read the dump to its end. Its
# own BEGIN would come too late, and a newer one sets what an older server does not know.
client_restore() {
  client_tools
  {
    echo 'BEGIN;'
    client_clear
    client_status=$({
      {
        pg_restore --single-transaction -f - 3>&- && echo whole >&3 || echo broken >&3
      } | sed -e '1,60{/^BEGIN;$/d;/^SET transaction_timeout = /d;}' >&4
    } 3>&1)
    if [ "$client_status" = whole ]; then printf '\\echo restored\n'; fi
  } 4>&1 | psql -X -q -v ON_ERROR_STOP=1 -o /dev/null | grep -qx restored
}

client_clear() {
  cat <<'SQL'
SET LOCAL client_min_messages = warning;
SET LOCAL lock_timeout = '60s';
DO $clear$
DECLARE
  statements text[];
  statement text;
BEGIN
  SELECT array_agg(s ORDER BY place) INTO statements FROM (
    SELECT 1 AS place, format('DROP SCHEMA IF EXISTS %I CASCADE', nspname) AS s
    FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname NOT IN ('information_schema', 'public')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_namespace'::regclass AND d.objid = pg_namespace.oid AND d.deptype = 'e')
    UNION ALL
    SELECT CASE WHEN c.relkind = 'S' THEN 3 ELSE 2 END, format('DROP %s IF EXISTS public.%I CASCADE',
      CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'S' THEN 'SEQUENCE'
        WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END, c.relname)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
    UNION ALL
    SELECT 4, format('DROP ROUTINE IF EXISTS public.%I(%s) CASCADE', p.proname, pg_get_function_identity_arguments(p.oid))
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public'
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT 5, format('DROP TYPE IF EXISTS public.%I CASCADE', t.typname)
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN pg_class c ON c.oid = t.typrelid
    WHERE n.nspname = 'public' AND (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c' AND c.relkind = 'c')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = t.oid AND d.deptype = 'e')
  ) AS all_there;
  FOREACH statement IN ARRAY coalesce(statements, '{}') LOOP
    EXECUTE statement;
  END LOOP;
  PERFORM lo_unlink(oid) FROM pg_largeobject_metadata;
END
$clear$;
SQL
}
