# prune_release ID: one old release and its images. A file or an image that is still in use stays, and is told.
prune_release() {
  case "$1" in '' | . | .. | */*) return ;; esac
  for kw_image in $(docker image ls -q --no-trunc --filter "reference=kawasemi/$kw_app-*:$1" --format '{{.Repository}}:{{.Tag}}' </dev/null); do
    docker image rm "$kw_image" </dev/null >/dev/null 2>&1 || note "image $kw_image stays: it is in use"
  done
  rm -rf "${kw_base:?}/releases/$1" "${kw_base:?}/backups/$1".*
}

# prune_releases ID…: all but the named releases.
prune_releases() {
  for kw_folder in "$kw_base"/releases/*/; do
    kw_id=${kw_folder%/}
    kw_id=${kw_id##*/}
    kw_keep=
    for kw_kept in "$@"; do [ "$kw_kept" != "$kw_id" ] || kw_keep=yes; done
    [ -n "$kw_keep" ] || [ "$kw_id" = '*' ] || prune_release "$kw_id"
  done
}

# prune_runs COUNT: what earlier programs printed; the newest stay.
prune_runs() {
  find "$kw_base/runs" -mindepth 1 -maxdepth 1 -type d -printf '%T@ %f\n' | sort -rn | awk -v keep="$1" 'NR > keep { print $2 }' |
    while IFS= read -r kw_old; do rm -rf "${kw_base:?}/runs/$kw_old"; done
}
