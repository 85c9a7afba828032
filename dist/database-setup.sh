# The app's database and its user, on a server of the host itself. The SQL goes to the server's tools on standard input,
# since it may hold a password. Its two kinds define `database_ask` (SQL on stdin, the answer on stdout, as the server's
# administrator) and `database_login USER PASSWORD`.

# database_server TITLE PORT HOST: that it answers. Just after its installation it may take a while.
database_server() {
  kw_database=$1 kw_database_port=$2 kw_database_host=$3 kw_database_new=
  kw_tries=0
  until kw_said=$(echo 'select 1;' | database_ask 2>&1); do
    kw_tries=$((kw_tries + 1))
    if planning && [ -n "$kw_installs" ]; then
      kw_database_new=yes
      return 0
    fi
    [ "$kw_tries" -lt 60 ] || give_up "$kw_database does not answer its administrator on this server: $kw_said"
    sleep 0.5
  done
}

# there QUESTION: whether the server answers it with yes.
there() { [ -z "$kw_database_new" ] && [ "$(printf '%s\n' "$1" | database_ask)" = yes ]; }

# database_part TEXT QUESTION SQL: what is not there is made.
database_part() { there "$2" || change "$1" database_do "$3"; }

# database_user USER QUESTION SQL PASSWORD NEW-PASSWORD-SQL: a user whose password is another one gets the app's.
database_user() {
  if ! there "$2"; then
    change "make the user of the database" database_do "$3"
  elif ! database_login "$1" "$4" >/dev/null 2>&1 </dev/null; then
    change "give the user of the database the password of the app" database_do "$5"
  fi
}

# database_do SQL: what the server says of it may hold the password.
database_do() {
  printf '%s\n' "$1" | database_ask >/dev/null 2>&1 || give_up "$kw_database refused that; see its log on the server"
}
