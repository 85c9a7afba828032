# What setup-host has to know of nginx.

web_installed() {
  command -v nginx >/dev/null || give_up "nginx is not installed; on Debian and Ubuntu: apt-get install nginx"
}

# Every file of conf.d counts.
web_prepare() { :; }
web_enable() { :; }
web_back() { :; }

# It answers an authority itself.
stand_in() { :; }
stand_in_goes() { :; }

# web_adapt FILE: the site on its way in. Without IPv6 in the kernel nginx would not start with its address.
web_adapt() {
  if [ -e /proc/net/if_inet6 ]; then cat; else sed '/^ *listen \[::\]/d'; fi
}

web_test() { nginx -t 2>&1; }

# web_clash BEFORE NOW: what web_test says now of domains that another site has too, and did not before.
web_clash() {
  printf '%s\n' "$2" | grep -F 'conflicting server name' | grep -vxF -e "$1" || :
}

# web_reads FILE
web_reads() {
  nginx -T 2>/dev/null | grep -qF "# configuration file $1:" ||
    give_up "nginx does not read $1; its configuration has to include ${1%/*}/*.conf"
}

web_reload() {
  if [ -d /run/systemd/system ]; then
    systemctl reload-or-restart nginx </dev/null
  else
    nginx -s reload 2>/dev/null || nginx
  fi
}
