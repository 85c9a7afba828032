# What setup-host has to know of Apache.

web_installed() {
  command -v apache2ctl >/dev/null || give_up "Apache is not installed; on Debian and Ubuntu: apt-get install apache2"
  kw_modules=''
  kw_enabled=''
}

# web_adapt FILE: on its way in. A port that another file has Apache listen on already would stop it from starting.
web_adapt() {
  kw_text=$(cat)
  kw_port=$(printf '%s\n' "$kw_text" | sed -n 's/^Listen //p')
  if [ -n "$kw_port" ] && (cd /etc/apache2 && grep -RqsE "^[[:space:]]*Listen[[:space:]]+([^[:space:]]*:)?$kw_port([[:space:]]|\$)" \
    --exclude="${1##*/}" ports.conf conf-enabled sites-enabled); then
    printf '%s\n' "$kw_text" | sed '/^Listen /d'
  else
    printf '%s\n' "$kw_text"
  fi
}

# web_prepare FILE: the modules that the site uses.
web_prepare() {
  for kw_module in headers proxy proxy_http rewrite; do
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
