# What setup-host has to know of Apache.

web_installed() {
  command -v apache2ctl >/dev/null || give_up "Apache is not installed; on Debian and Ubuntu: apt-get install apache2"
  kw_modules=''
  kw_enabled=''
}

# web_adapt FILE: on its way in. A port that another file has Apache listen on already would stop it from starting.
web_adapt() {
  while IFS= read -r kw_line; do
    case "$kw_line" in "Listen "*) ! apache_listens "${kw_line#Listen }" "${1##*/}" || continue ;; esac
    printf '%s\n' "$kw_line"
  done
}

# apache_listens PORT SITE: by another file than the site's.
apache_listens() (
  cd /etc/apache2 || exit 1
  grep -RqsE --exclude="$2" "^[[:space:]]*Listen[[:space:]]+([^[:space:]]*:)?$1([[:space:]]|\$)" \
    ports.conf conf-enabled sites-enabled
)

# web_prepare FILE: the modules that the site uses.
web_prepare() {
  kw_needed='headers proxy proxy_http rewrite'
  case "$kw_content" in *SSLEngine*) kw_needed="$kw_needed ssl" ;; esac
  case "$kw_content" in *DEFLATE*) kw_needed="$kw_needed deflate" ;; esac
  for kw_module in $kw_needed; do
    if ! a2query -q -m "$kw_module"; then
      a2enmod -q "$kw_module" >/dev/null </dev/null
      kw_modules="$kw_module $kw_modules"
    fi
  done
}

# web_enable FILE
web_enable() {
  kw_site=${1##*/}
  if ! a2query -q -s "${kw_site%.conf}"; then
    a2ensite -q "${kw_site%.conf}" >/dev/null </dev/null
    kw_enabled=${kw_site%.conf}
  fi
}

# web_back FILE: after the site's file is what it was.
web_back() {
  [ -z "$kw_enabled" ] || a2dissite -q "$kw_enabled" >/dev/null 2>&1 </dev/null || :
  for kw_module in $kw_modules; do a2dismod -q -f "$kw_module" >/dev/null 2>&1 </dev/null || :; done
}

web_test() { apache2ctl configtest 2>&1; }

# web_clash BEFORE NOW: names that are in two files for one port.
web_clash() {
  apache2ctl -t -D DUMP_VHOSTS 2>/dev/null | awk '
    { file = $0; sub(/.*\(/, "", file); sub(/:[0-9]+\)$/, "", file) }
    $1 == "port" { port = $2; from = file; claim($4) }
    $1 ~ /:[0-9]+$/ && $2 != "is" { port = $1; sub(/.*:/, "", port); from = file; claim($2) }
    $1 == "alias" { claim($2) }
    function claim(name) {
      if ((port, name) in owner && owner[port, name] != from)
        print name " in " owner[port, name] " and " from
      owner[port, name] = from
    }' | grep -F "${kw_undo##*/}" || :
}

# web_reads FILE
web_reads() {
  apache2ctl -t -D DUMP_VHOSTS 2>/dev/null | grep -qF "/${1##*/}:" ||
    give_up "Apache does not read $1; its configuration has to include sites-enabled/*.conf"
}

web_reload() {
  if [ -d /run/systemd/system ]; then
    systemctl reload-or-restart apache2 </dev/null
  else
    apache2ctl graceful </dev/null
  fi
}

# It answers an authority itself.
stand_in() { :; }
stand_in_goes() { :; }
