# A site that comes with its certificate, or not at all. These functions go with those of setup-host.

# keep_site FILE: what is there now comes back unless site_certified is reached.
keep_site() {
  kw_kept=$(cat "$1" 2>/dev/null || :)
  planning || kw_first=$1
}

site_certified() { kw_first=''; }

# first_site_back FILE: as keep_site found it.
first_site_back() {
  [ -e "$1" ] || [ -n "$kw_kept" ] || return 0
  ! holds "$1" "$kw_kept" || return 0
  if [ -n "$kw_kept" ]; then lay "$1" "$kw_kept"; else rm -f "$1"; fi
  web_back "$1"
  rm -f "$1.kawasemi-reload"
  web_reload || :
}
