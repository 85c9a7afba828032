# Lays a release down in releases/ID; nothing of it runs yet.

# release_folder ID
release_folder() {
  mkdir -p "$kw_base/releases"
  (umask 027 && mkdir -p "$kw_base/releases/$1")
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
  docker create --network none --name "$kw_container" "$2" >/dev/null </dev/null
  rm -rf "$kw_assets.part"
  (umask 027 && mkdir -p "$kw_assets.part" "$kw_assets$4")
  docker cp -q "$kw_container:$3/." - </dev/null | tar -C "$kw_assets.part" --no-same-owner -xf - || {
    docker rm -f "$kw_container" >/dev/null
    fail assets "$2 has no folder $3"
  }
  docker rm -f "$kw_container" >/dev/null
  find "$kw_assets.part" ! -type f ! -type d -exec rm -f {} +
  chmod -R u=rwX,g=rX,o= "$kw_assets.part"
  rm -rf "$kw_assets${4%/}"
  mv "$kw_assets.part" "$kw_assets${4%/}"
}

# fetch_images NAME…: images the app did not build; the host's own Docker gets them where it may.
fetch_images() {
  for kw_image in "$@"; do
    docker image inspect "$kw_image" >/dev/null 2>&1 </dev/null || docker pull -q "$kw_image" </dev/null ||
      fail image-pull "Docker on this host could not pull $kw_image; the lines above say why"
  done
}
