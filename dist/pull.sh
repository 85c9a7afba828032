# Brings the release's images from the runner through the tunnel. Two ids are right for an image: the digest of its
# config is its id in Docker's classic store, the digest of its manifest in the containerd store.

# image_present REFERENCE CONFIG_DIGEST MANIFEST_DIGEST: is the recorded image here under this name?
image_present() {
  kw_id=$(docker image inspect --format '{{.Id}}' "$1" </dev/null 2>/dev/null) || return 1
  [ "$kw_id" = "$2" ] || [ "$kw_id" = "$3" ]
}

# pull_images REGISTRY AUTH [NAME TAG CONFIG_DIGEST MANIFEST_DIGEST]…: all at once, since they share layers. AUTH is
# base64 and goes into a Docker configuration of its own, which is gone when this ends. A subshell, for its own traps.
pull_images() (
  kw_registry=$1
  kw_auth=$2
  shift 2
  kw_pids=
  mkdir -p "$kw_base/runs"
  # What a program that was killed left behind: nobody else pulls while we hold the lock.
  rm -rf "$kw_base"/runs/pull.*
  kw_folder=$(umask 077 && mktemp -d "$kw_base/runs/pull.XXXXXX")
  trap 'pull_close "$kw_folder" $kw_pids' 0
  trap 'exit 143' 1 2 15
  (umask 077 && printf '{"auths":{"%s":{"auth":"%s"}}}' "$kw_registry" "$kw_auth" >"$kw_folder/config.json")

  # First turn: the images that are missing go behind the list again, each with its pull's log and process.
  kw_left=$(($# / 4))
  while [ "$kw_left" -gt 0 ]; do
    if image_present "$2" "$3" "$4"; then
      note "$2 is here already"
    else
      kw_log="$kw_folder/$kw_left.log"
      DOCKER_CONFIG="$kw_folder" docker pull -q "$kw_registry/$1@$4" </dev/null >"$kw_log" 2>&1 9>&- &
      kw_pids="$kw_pids $!"
      set -- "$@" "$1" "$2" "$3" "$4" "$kw_log" "$!"
    fi
    shift 4
    kw_left=$((kw_left - 1))
  done

  while [ $# -gt 0 ]; do
    wait "$6" || fail image-pull "Docker could not pull $2: $(tail -n 1 "$5")"
    pull_take "$kw_registry/$1@$4" "$2" "$3" "$4"
    shift 6
  done
)

# pull_close FOLDER PID…: no pull goes on without us.
pull_close() {
  kw_folder=$1
  shift
  for kw_pid in "$@"; do kill "$kw_pid" 2>/dev/null || :; done
  wait
  rm -rf "$kw_folder"
}

# pull_take REFERENCE TAG CONFIG_DIGEST MANIFEST_DIGEST: checks what was pulled and gives it its tag, without which a
# prune takes it. The name with the tunnel's port goes.
pull_take() {
  kw_id=$(docker image inspect --format '{{.Id}}' "$1" </dev/null 2>/dev/null) ||
    fail image-missing "$2 was pulled, and Docker does not have it"
  if [ "$kw_id" != "$3" ] && [ "$kw_id" != "$4" ]; then
    docker rmi "$1" </dev/null >/dev/null 2>&1 || :
    fail image-mismatch "$2 is $kw_id, but what was built is $3 (its manifest $4)"
  fi
  docker tag "$1" "$2" </dev/null
  docker rmi "$1" </dev/null >/dev/null
  image_present "$2" "$3" "$4" || fail image-missing "$2 was pulled, and lost its tag"
  note "$2 is pulled"
}
