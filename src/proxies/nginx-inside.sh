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
