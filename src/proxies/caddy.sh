# What setup-host has to know of Caddy.

kw_caddyfile=/etc/caddy/Caddyfile

web_installed() {
  kw_unimported=
  command -v caddy >/dev/null || give_up "Caddy is not installed; on Debian and Ubuntu: apt-get install caddy"
  [ -f "$kw_caddyfile" ] || give_up "there is no $kw_caddyfile"
}

# web_prepare FILE: the Caddyfile reads our folder.
web_prepare() {
  mkdir -p "${1%/*}"
  if ! caddy_imports "$1"; then
    kw_unimported=$(cat "$kw_caddyfile" && printf .)
    cp -p "$kw_caddyfile" "$kw_caddyfile.kawasemi-before"
    cp -p "$kw_caddyfile" "$kw_caddyfile.kawasemi-part"
    printf '\nimport %s/*.caddy\n' "${1%/*}" >>"$kw_caddyfile.kawasemi-part"
    mv -f "$kw_caddyfile.kawasemi-part" "$kw_caddyfile"
  fi
}

caddy_imports() { grep -qxF "import ${1%/*}/*.caddy" "$kw_caddyfile"; }

web_enable() { :; }

web_adapt() { cat; }

# web_back FILE: also once Caddy has taken the site.
web_back() {
  if [ -f "$kw_caddyfile.kawasemi-before" ]; then
    mv -f "$kw_caddyfile.kawasemi-before" "$kw_caddyfile"
  elif [ -n "${kw_unimported:-}" ]; then
    cp -p "$kw_caddyfile" "$kw_caddyfile.kawasemi-part"
    printf '%s' "${kw_unimported%.}" >"$kw_caddyfile.kawasemi-part"
    mv -f "$kw_caddyfile.kawasemi-part" "$kw_caddyfile"
  fi
}

# As the user who will run it: as root it would make logs that are root's, and read what that user may not.
web_test() {
  kw_status=0
  kw_said=$(cd / && runuser -u "$kw_web" -- env "HOME=$(getent passwd "$kw_web" | cut -d : -f 6)" \
    caddy validate --adapter caddyfile --config "$kw_caddyfile" </dev/null 2>&1) || kw_status=$?
  printf '%s\n' "$kw_said" | grep -vF '"level":"info"' || :
  return "$kw_status"
}

# web_clash BEFORE NOW: our domains that another site has on the same port. Caddy would make one site of the two, so it is
# asked what it would do without ours.
web_clash() {
  kw_ours=$(sed -n '/^http.* {$/p' "$kw_undo" | grep -oE '[a-z0-9.-]+:[0-9]+' | tr '\n' ' ')
  grep -vxF "import ${kw_undo%/*}/*.caddy" "$kw_caddyfile" >"$kw_caddyfile.kawasemi-part"
  for kw_file in "${kw_undo%/*}"/*.caddy; do
    [ "$kw_file" = "$kw_undo" ] || printf '\nimport %s\n' "$kw_file" >>"$kw_caddyfile.kawasemi-part"
  done
  caddy adapt --adapter caddyfile --config "$kw_caddyfile.kawasemi-part" 2>/dev/null </dev/null | awk -v ours="$kw_ours" '
    BEGIN { RS = "\"listen\":\\["; count = split(ours, names, " ") }
    {
      ports = $0
      sub(/\].*/, "", ports)
      while (match($0, /"host":\[[^]]*\]/)) {
        hosts = substr($0, RSTART, RLENGTH)
        $0 = substr($0, RSTART + RLENGTH)
        for (i = 1; i <= count; i++) {
          split(names[i], part, ":")
          if (index(hosts, "\"" part[1] "\"") && index(ports, ":" part[2] "\"")) print part[1]
        }
      }
    }' | sort -u
  rm -f "$kw_caddyfile.kawasemi-part"
}

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
