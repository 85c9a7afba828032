# Brings the release's images in one stream for `docker load`, where Docker on the host can reach no tunnel. An image that
# is here under another name only gets its tag, and layers of images that are here are not sent again.

# load_images STORE [TAG CONFIG_DIGEST MANIFEST_DIGEST LAYERS]…: STORE is Docker's image store, LAYERS are the digests of
# the uncompressed layers, lowest first, spaces between them.
load_images() {
  load_chains "$1" >"$kw_run/chains"
  shift
  kw_lacking=
  while [ $# -gt 0 ]; do
    if image_present "$1" "$2" "$3"; then
      note "$1 is here already"
    elif load_named "$1" "$2" "$3"; then
      note "$1 is here already under another name"
    else
      kw_lacking=yes
      fact image-lacking "{\"tag\":$(json "$1"),\"known\":$(load_known "$4")}"
    fi
    shift 4
  done
  [ -z "$kw_lacking" ] || load_stream
}

# load_chains STORE: the layers of each image that is here, on a line of its own. The containerd store takes no archive
# without them, so there they are not asked for.
load_chains() {
  [ "$1" = classic ] || return 0
  docker image ls -q --no-trunc </dev/null | sort -u |
    xargs -r docker image inspect --format '{{range .RootFS.Layers}}{{.}} {{end}}' 2>/dev/null || :
}

# load_known LAYERS: how many of them, from the lowest, an image here has.
load_known() {
  awk -v own="$1" '
    BEGIN { count = split(own, layer, " ") }
    {
      same = 0
      while (same < count && $(same + 1) == layer[same + 1]) same++
      if (same > most) most = same
    }
    END { print most + 0 }' "$kw_run/chains"
}

# load_named TAG CONFIG_DIGEST MANIFEST_DIGEST: gives the tag to the image that has one of these ids.
load_named() {
  docker tag "$2" "$1" >/dev/null 2>&1 </dev/null || docker tag "$3" "$1" >/dev/null 2>&1 </dev/null || return 1
  image_present "$1" "$2" "$3"
}

load_stream() {
  note 'the images come in a stream, since Docker here can reach no tunnel'
  fact images-ready true
  kw_status=0
  {
    ! files_frames || : >"$kw_run/whole"
  } | docker load >"$kw_run/load" 2>&1 || kw_status=$?
  [ -f "$kw_run/whole" ] || fail image-cut "the images did not arrive whole"
  [ "$kw_status" = 0 ] || fail image-load "Docker could not load the images: $(tail -n 1 "$kw_run/load")"
}

# load_check [TAG CONFIG_DIGEST MANIFEST_DIGEST LAYERS]…: each is here now, and is what was built.
load_check() {
  while [ $# -gt 0 ]; do
    image_present "$1" "$2" "$3" ||
      fail image-mismatch "$1 was loaded, but here it is $(docker image inspect --format '{{.Id}}' "$1" 2>/dev/null </dev/null || printf 'not there'), and what was built is $2 (its manifest $3)"
    shift 4
  done
}
