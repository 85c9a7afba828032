# An nginx in a container, which the first deploy starts. Until then there is none to ask.

web_installed() {
  command -v docker >/dev/null || give_up "Docker is not installed; on Debian: apt-get install docker.io docker-compose"
  kw_inside=yes
}

# web_adapt FILE: the container is on the host's network.
web_adapt() {
  if [ -e /proc/net/if_inet6 ]; then cat; else sed '/^ *listen \[::\]/d'; fi
}

# web_prepare FILE
web_prepare() { mkdir -p "${1%/*}"; }

web_enable() { :; }

web_test() {
  kw_container=$(web_container)
  [ -z "$kw_container" ] || docker exec "$kw_container" nginx -t 2>&1 </dev/null
}

# web_clash BEFORE NOW: of domains, new in the words of `nginx -t`.
web_clash() { printf '%s\n' "$2" | grep -F 'conflicting server name' | grep -vxF -e "$1" || :; }

# web_reads FILE
web_reads() {
  kw_container=$(web_container)
  [ -z "$kw_container" ] || docker exec "$kw_container" nginx -T 2>/dev/null </dev/null |
    grep -qF "# configuration file /etc/nginx/conf.d/${1##*/}:" ||
    give_up "nginx in its container does not read $1; its configuration has to include /etc/nginx/conf.d/*.conf"
}

web_reload() {
  kw_container=$(web_container)
  [ -z "$kw_container" ] || docker exec "$kw_container" nginx -s reload 2>/dev/null </dev/null
}

web_back() { :; }

# web_sees FOLDER…: what certificates need, as the host has it. One that was made again is another to the container.
web_sees() {
  kw_container=$(web_container 2>/dev/null)
  [ -n "$kw_container" ] || return 0
  for kw_folder; do
    kw_here=$(stat -Lc %d:%i "$kw_folder" 2>/dev/null || :)
    kw_there=$(docker exec "$kw_container" stat -Lc %d:%i "$kw_folder" 2>/dev/null </dev/null || :)
    if [ -n "$kw_here" ] && [ "$kw_here" = "$kw_there" ]; then continue; fi
    give_up "the nginx that runs in its container does not see $kw_folder of this server, which its certificate needs. A container that is made anew does: deploy with \`tls.acme\` in kawasemi.yml, then make it anew with the command that this deploy prints (docker compose … up -d)"
  done
}

# stand_in FOLDER PORT: answers the authority while there is no nginx to do it.
stand_in() {
  [ -z "$(web_container)" ] || return 0
  command -v python3 >/dev/null ||
    give_up "python3 is not installed, which answers the authority before the first deploy; on Debian and Ubuntu: apt-get install python3"
  timeout 300 python3 -I -m http.server --directory "$1" "$2" >/dev/null 2>&1 </dev/null &
  kw_stand_in=$!
}

stand_in_goes() {
  [ -n "${kw_stand_in:-}" ] || return 0
  kill "$kw_stand_in" 2>/dev/null || :
  wait "$kw_stand_in" 2>/dev/null || :
  kw_stand_in=
}
