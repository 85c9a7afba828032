# PostgreSQL on the host itself.

# The socket of that port; its administrator needs no password there.
database_ask() { (cd / && runuser -u postgres -- psql -X -q -A -t -v ON_ERROR_STOP=1 -p "$kw_database_port" -d postgres); }

# database_login USER PASSWORD
database_login() {
  (
    PGPASSWORD=$2
    export PGPASSWORD
    # Every database server has this one, also before the app's own is made.
    psql -X -w -h "$kw_database_host" -p "$kw_database_port" -U "$1" -d postgres -c 'select 1'
  )
}
