# Lays a release down in releases/ID; nothing of it runs yet.

# release_folder ID: from now on it does not count as laid down, until its release.json is there again.
release_folder() {
  mkdir -p "$kw_base/releases"
  (umask 027 && mkdir -p "$kw_base/releases/$1")
  rm -f "$kw_base/releases/$1/release.json"
}

# release_folder_inside ID PATH
release_folder_inside() { (umask 027 && mkdir -p "$kw_base/releases/$1/$2"); }

# take_assets RELEASE IMAGE PATH URL: static files that live inside an image are laid out by their URL, so that the web
# server can hand them out for as long as pages of this release are open somewhere. Only files and folders: the web
# server would follow a link to whatever it may read on the host.
take_assets() {
  kw_assets="$kw_base/releases/$1/assets"
  kw_container=$kw_app-assets
  # One that a killed program left would stay for ever, and its image with it.
  docker rm -f "$kw_container" >/dev/null 2>&1 </dev/null || :
  docker create --pull never --network none --name "$kw_container" "$2" >/dev/null </dev/null
  rm -rf "$kw_assets.part"
  (umask 027 && mkdir -p "$kw_assets.part" "$kw_assets$4")
  docker cp "$kw_container:$3/." - </dev/null | tar -C "$kw_assets.part" --no-same-owner -xf - || {
    docker rm -f "$kw_container" >/dev/null
    fail assets "$2 has no folder $3"
  }
  docker rm -f "$kw_container" >/dev/null
  find "$kw_assets.part" ! -type f ! -type d -exec rm -f {} +
  chmod -R u=rwX,g=rX,o= "$kw_assets.part"
  rm -rf "$kw_assets${4%/}"
  mv "$kw_assets.part" "$kw_assets${4%/}"
}

# fetch_images NAME…: images of accessories; the host's own Docker gets them where it may.
fetch_images() {
  for kw_image in "$@"; do
    image_there "$kw_image" || fetch_image "$kw_image"
  done
}

image_there() { docker image inspect "$1" >/dev/null 2>&1 </dev/null; }

fetch_image() {
  docker pull -q "$1" </dev/null || fail image-pull "Docker on this host could not pull $1; the lines above say why"
}

# take_images RELEASE [NAME REFERENCE FETCH]…: images of services that nobody builds here. The release has them under a
# name of its own, since another image may be behind NAME tomorrow. Its file `images` says which names are here because
# of us.
take_images() {
  kw_list=$kw_base/releases/$1/images
  shift
  : >"$kw_list.part"
  while [ $# -gt 0 ]; do
    take_image "$@"
    shift 3
  done
  sort -u -o "$kw_list.part" "$kw_list.part"
  mv "$kw_list.part" "$kw_list"
}

# take_image NAME REFERENCE FETCH: FETCH is always, missing or never. What an earlier attempt took stays, and services of
# one release get the same from the same name.
take_image() {
  kw_whose=theirs
  ! cat "$kw_base"/releases/*/images "$kw_list.part" 2>/dev/null | grep -qxF "ours $1" || kw_whose=ours
  if ! image_there "$1" && ! image_there "$2"; then
    [ "$3" != never ] || fail image-missing "$1 is not on this host, and the compose file has pull_policy: never for it"
    fetch_image "$1"
    kw_whose=ours
  elif [ "$3" = always ] && ! image_there "$2" && ! grep -qxF -e "ours $1" -e "theirs $1" "$kw_list.part"; then
    fetch_image "$1"
  fi
  image_there "$2" || docker tag "$1" "$2" </dev/null
  note "$1 is $(docker image inspect --format '{{.Id}}' "$2" </dev/null)"
  printf '%s %s\n' "$kw_whose" "$1" >>"$kw_list.part"
}
