# What the host's SSH server has to say. Its configuration is never ours to change.

# way_in KEY: that the deploy user gets in, once it is there. KEY is empty where none was given.
way_in() {
  kw_sshd=$(sshd -T -C "user=$kw_deploy,host=localhost,addr=127.0.0.1" 2>/dev/null || :)
  among "$kw_deploy" "$(sshd_says allowusers)" ||
    give_up "sshd lets in only the users of its AllowUsers; add $kw_deploy there and reload it, since setup-host never changes sshd's configuration"
  kw_groups=$(id -nG "$kw_deploy" 2>/dev/null || printf '%s' "$kw_deploy")
  kw_allowed=$(sshd_says allowgroups)
  kw_in=
  for kw_name in $kw_groups; do
    if among "$kw_name" "$kw_allowed"; then kw_in=yes; fi
  done
  [ -n "$kw_in" ] ||
    give_up "sshd lets in only the groups of its AllowGroups; let $kw_deploy in there and reload it, since setup-host never changes sshd's configuration"
  if [ -z "$1" ] && [ ! -s "$(home_of "$kw_deploy")/.ssh/authorized_keys" ]; then
    fact warning "$(json "nobody can come in as $kw_deploy yet: give the public half of the deploys' key as deploy-key")"
  fi
}

sshd_says() { printf '%s\n' "$kw_sshd" | sed -n "s/^$1 //p" | cut -d @ -f 1 | tr '\n' ' '; }

# among NAME PATTERNS: or there are none.
among() {
  [ -n "$2" ] || return 0
  for kw_pattern in $2; do
    # shellcheck disable=SC2254 # it is a pattern
    case "$1" in $kw_pattern) return 0 ;; esac
  done
  return 1
}
