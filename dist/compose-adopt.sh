# Accessories that ran before Kawasemi came, in a container of their own project: they stay as they are.

# compose_occupant SLOT ACCESSORY: the container that runs on the accessory's own volume and is not ours.
compose_occupant() {
  awk -F '\t' -v name="$2" '$1 == "own" && $2 == name { print $3 }' "$(compose_folder "$1")/compose.parts" |
    while IFS= read -r kw_volume; do
      docker ps --no-trunc --filter "volume=$kw_volume" --format '{{.ID}} {{.Label "com.docker.compose.project"}}' </dev/null
    done | awk -v ours="$(compose_project accessories "$1")" '$2 != ours && !seen[$1]++ { print $1 }'
}

# compose_adopt SLOT: finds such containers and keeps their ids in shared/adopted/ACCESSORY; kw_scales are the options by
# which Compose starts no others in their place.
compose_adopt() {
  kw_scales=
  mkdir -p "$kw_base/shared/adopted"
  for kw_accessory in $(compose_parts "$1" accessory); do
    rm -f "$kw_base/shared/adopted/$kw_accessory"
    kw_occupants=$(compose_occupant "$1" "$kw_accessory")
    case "$kw_occupants" in
      '') continue ;;
      *[!0-9a-f]*)
        # shellcheck disable=SC2086 # ids
        fail accessories "several containers run on the volume of the accessory $kw_accessory: $(docker inspect --format '{{.Name}}' $kw_occupants </dev/null | tr -d '/' | tr '\n' ' ')"
        ;;
    esac
    printf '%s\n' "$kw_occupants" >"$kw_base/shared/adopted/$kw_accessory"
    kw_scales="$kw_scales --scale $kw_accessory=0"
  done
}

# compose_join SLOT: puts them on the accessories' networks, by the names that the services know them by.
compose_join() {
  awk -F '\t' '$1 == "network"' "$(compose_folder "$1")/compose.parts" | while IFS= read -r kw_line; do
    compose_join_one "$kw_line" || fail accessories "a container could not be put on the accessories' network; the lines above say why"
  done
}

# compose_join_one LINE, in a subshell of its own because of IFS.
compose_join_one() (
  set -f
  IFS='	'
  # shellcheck disable=SC2086 # words are split at tabs
  set -- $1
  [ -s "$kw_base/shared/adopted/$2" ] || exit 0
  kw_container=$(cat "$kw_base/shared/adopted/$2") kw_network=$3 kw_accessory=$2
  shift 3
  docker inspect --format '{{range $name, $_ := .NetworkSettings.Networks}}{{println $name}}{{end}}' "$kw_container" </dev/null |
    grep -qxF -e "$kw_network" && exit 0
  kw_names=$#
  while [ "$kw_names" -gt 0 ]; do
    set -- "$@" --alias "$1"
    shift
    kw_names=$((kw_names - 1))
  done
  docker network connect "$@" "$kw_network" "$kw_container" </dev/null || exit 1
  note "the accessory $kw_accessory is the container $(docker inspect --format '{{.Name}}' "$kw_container" </dev/null | tr -d '/'), which runs on its volume already; it stays as it is"
)

# runtime_accessory NAME: its container.
runtime_accessory() {
  kw_own=$(docker ps -q --no-trunc --filter "label=com.docker.compose.project=$kw_app-accessories" \
    --filter "label=com.docker.compose.service=$1" --filter label=com.docker.compose.oneoff=False </dev/null | head -n 1)
  if [ -z "$kw_own" ] && [ -s "$kw_base/shared/adopted/$1" ]; then
    kw_own=$(docker ps -q --no-trunc --filter "id=$(cat "$kw_base/shared/adopted/$1")" </dev/null)
  fi
  printf '%s' "$kw_own"
}
