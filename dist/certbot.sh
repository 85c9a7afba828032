# Certificates by certbot, for a web server that gets none by itself. These functions go with those of
# certificates.sh.

certbot_installed() {
  for kw_command in certbot openssl; do
    command -v "$kw_command" >/dev/null || soon ||
      give_up "$kw_command is not installed; on Debian and Ubuntu: apt-get install $kw_command"
  done
}

# renewed_hook FILE CONTENT: what certbot runs after each renewal.
renewed_hook() {
  system_file "$1" "$2"
  [ -x "$1" ] || change "let certbot run $1" chmod 0755 "$1"
}

# site_until_certified FILE CERTIFICATE PLAIN WHOLE: no web server takes a site whose certificate is missing, so until there
# is one the site is there in plain HTTP. A site that has HTTPS by other files keeps it: it answers the authority too. Where
# there is one, it may lack a domain for which only the whole site answers.
site_until_certified() {
  keep_site "$1"
  if [ -e "$2" ]; then
    site "$1" "$4"
  elif ! grep -qsE '^ *(ssl_certificate|SSLCertificateFile) ' "$1"; then
    site "$1" "$3"
  fi
}

# certificate NAME FILE WEBROOT PORT HOOK EMAIL AUTHORITY DOMAIN...: one for exactly these names, from that authority.
certificate() {
  kw_name=$1 kw_file=$2 kw_webroot=$3 kw_port=$4 kw_hook=$5 kw_email=$6 kw_authority=$7
  shift 7
  certificate_fits "$@" ||
    change "get a certificate for $* from $kw_authority" get_certificate "$@"
}

# certificate_fits DOMAIN...: whether the one that is there has not run out, holds these names and no others, and is
# renewed by the same authority.
certificate_fits() {
  openssl x509 -in "$kw_file" -noout -checkend 0 >/dev/null 2>&1 || return 1
  kw_holds=$(openssl x509 -in "$kw_file" -noout -ext subjectAltName 2>/dev/null | tr -d ' ' | tr , '\n' |
    sed -n 's/^DNS://p' | sort)
  [ "$kw_holds" = "$(printf '%s\n' "$@" | sort)" ] || return 1
  grep -qxF "server = $kw_authority" "/etc/letsencrypt/renewal/$kw_name.conf"
}

# get_certificate DOMAIN...
get_certificate() {
  stand_in "$kw_webroot" "$kw_port"
  acme_answered "$1" ||
    give_up "on port $kw_port nothing here answers for $1 what an authority asks; look what else listens there"
  set -- --domains "$(IFS=,; printf '%s' "$*")"
  if [ -n "$kw_email" ]; then set -- --email "$kw_email" "$@"; else set -- --register-unsafely-without-email "$@"; fi
  [ ! -e "$kw_file" ] || set -- --force-renewal --renew-with-new-domains "$@"
  kw_said=$(certbot certonly --non-interactive --agree-tos --server "$kw_authority" --webroot --webroot-path "$kw_webroot" \
    --cert-name "$kw_name" --deploy-hook "$kw_hook" "$@" 2>&1) ||
    give_up "no certificate from $kw_authority, so the site is as it was before: $(printf '%s\n' "$kw_said" | certbot_reason)"
  stand_in_goes
  [ -e "$kw_file" ] || give_up "certbot made no $kw_file: $(printf '%s\n' "$kw_said" | certbot_reason)"
}

# acme_answered DOMAIN: a reload is an order, and until it is done the site before would answer the authority. Fails where
# nobody answers as asked for long.
acme_answered() {
  kw_word="kawasemi-$$"
  kw_asked="/.well-known/acme-challenge/$kw_word"
  mkdir -p "$kw_webroot${kw_asked%/*}"
  printf '%s\n' "$kw_word" >"$kw_webroot$kw_asked"
  kw_tries=100
  while [ "$kw_tries" -gt 0 ] && ! ask_here "$kw_port" "$1" "$kw_asked" | grep -qxF "$kw_word"; do
    kw_tries=$((kw_tries - 1))
    sleep 0.1
  done
  rm -f "$kw_webroot$kw_asked"
  [ "$kw_tries" -gt 0 ]
}

# ask_here PORT DOMAIN PATH: what the web server answers here.
ask_here() {
  # shellcheck disable=SC2016 # bash expands these
  timeout 5 bash -c 'exec 3<>"/dev/tcp/127.0.0.1/$1" && printf "GET %s HTTP/1.0\r\nHost: %s\r\n\r\n" "$3" "$2" >&3 && cat <&3' \
    bash "$@" 2>/dev/null || :
}

# certbot_reason: what the authority said, out of what certbot did; in one line.
certbot_reason() {
  awk '
    { line[NR] = $0 }
    /^ *Domain: / { domain = $2 }
    /^ *Type: / { type = $2 }
    /^ *Detail: / { sub(/^ *Detail: /, ""); said = said (said == "" ? "" : "; ") domain " (" type "): " $0 }
    END {
      if (said == "") for (i = NR > 12 ? NR - 11 : 1; i <= NR; i++) said = said (said == "" ? "" : " ") line[i]
      print substr(said, 1, 2000)
    }'
}

# renewal_timer: certbot's own renews what runs out soon.
renewal_timer() {
  [ -d /run/systemd/system ] || return 0
  for kw_timer in certbot.timer snap.certbot.renew.timer; do
    systemctl cat "$kw_timer" >/dev/null 2>&1 </dev/null || continue
    if ! systemctl is-active -q "$kw_timer" || ! systemctl is-enabled -q "$kw_timer"; then
      change "start $kw_timer, which renews certificates" systemctl enable -q --now "$kw_timer"
    fi
    return 0
  done
  soon || printf 'setup-host: nothing here renews the certificate: certbot has no timer\n' >&2
}
