# What setup-host has to know of Caddy.

kw_caddyfile=/etc/caddy/Caddyfile

web_installed() {
  command -v caddy >/dev/null || give_up "Caddy is not installed; on Debian and Ubuntu: apt-get install caddy"
  [ -f "$kw_caddyfile" ] || give_up "there is no $kw_caddyfile"
}

# web_prepare FILE: the Caddyfile reads our folder.
web_prepare() {
  mkdir -p "${1%/*}"
  if ! caddy_imports "$1"; then
    cp -p "$kw_caddyfile" "$kw_caddyfile.kawasemi-before"
    cp -p "$kw_caddyfile" "$kw_caddyfile.kawasemi-part"
    printf '\nimport %s/*.caddy\n' "${1%/*}" >>"$kw_caddyfile.kawasemi-part"
    mv -f "$kw_caddyfile.kawasemi-part" "$kw_caddyfile"
  fi
}

caddy_imports() { grep -qxF "import ${1%/*}/*.caddy" "$kw_caddyfile"; }

web_enable() { :; }

web_adapt() { cat; }

# web_back FILE
web_back() {
  [ ! -f "$kw_caddyfile.kawasemi-before" ] || mv -f "$kw_caddyfile.kawasemi-before" "$kw_caddyfile"
}

# As the user who will run it: as root it would make logs that are root's, and read what that user may not.
web_test() {
  kw_status=0
  kw_said=$(cd / && runuser -u "$kw_web" -- env "HOME=$(getent passwd "$kw_web" | cut -d : -f 6)" \
    caddy validate --adapter caddyfile --config "$kw_caddyfile" </dev/null 2>&1) || kw_status=$?
  printf '%s\n' "$kw_said" | grep -vF '"level":"info"' || :
  return "$kw_status"
}

# Caddy refuses a domain that another site has.
web_clash() { :; }

# web_reads FILE: the site was part of what Caddy just accepted.
web_reads() { rm -f "$kw_caddyfile.kawasemi-before"; }

web_reload() {
  if [ -d /run/systemd/system ]; then
    systemctl reload-or-restart caddy </dev/null
  else
    caddy reload --adapter caddyfile --config "$kw_caddyfile" >/dev/null 2>&1 </dev/null ||
      caddy start --adapter caddyfile --config "$kw_caddyfile" >/dev/null 2>&1 </dev/null
  fi
}
