# Caddy gets certificates by itself, after its reload. These functions go with those of certificates.sh.

# caddy_begins: what it says from now on counts.
caddy_begins() { kw_since=$(date +%s); }

# caddy_certified DOMAIN...: it has one for each, or says that the authority refused, as far as it does so within a minute;
# after other troubles it tries again.
caddy_certified() {
  if planning || ! command -v openssl >/dev/null; then return 0; fi
  kw_tries=120
  for kw_domain; do
    until caddy_has "$kw_domain"; do
      kw_reason=$(caddy_reason "$kw_domain")
      [ -z "$kw_reason" ] || give_up "no certificate, so the site is as it was before: $kw_reason"
      kw_tries=$((kw_tries - 1))
      if [ "$kw_tries" -lt 0 ]; then
        printf 'Caddy has no certificate for %s yet: see journalctl -u caddy\n' "$kw_domain"
        return 0
      fi
      sleep 0.5
    done
  done
}

# caddy_has DOMAIN
caddy_has() {
  timeout 5 openssl s_client -connect 127.0.0.1:443 -servername "$1" </dev/null 2>/dev/null | grep -q 'BEGIN CERTIFICATE'
}

# caddy_reason DOMAIN: why the authority refused, once Caddy has tried in every way.
caddy_reason() {
  journalctl -u caddy --since "@$kw_since" -o cat 2>/dev/null </dev/null | grep -F '"msg":"will retry"' | grep -F "[$1] " |
    grep -F urn:ietf:params:acme:error | sed -nE 's/.*"error":"(([^"\\]|\\.)*)".*/\1/p' | tail -n 1 | cut -c 1-1000
}
