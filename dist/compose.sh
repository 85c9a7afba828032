# Docker Compose on the host. What a release consists of lies in its folder: compose.{blue,green,accessories}.json,
# env.defaults, env, and compose.parts (lines of words with tabs between them: app, web, worker, accessory, volume, own, network).

# A clean environment: the process's own would win over the env files.
compose_clean() {
  env -i PATH="$PATH" HOME="${HOME:-/}" ${DOCKER_HOST:+"DOCKER_HOST=$DOCKER_HOST"} \
    ${DOCKER_CONFIG:+"DOCKER_CONFIG=$DOCKER_CONFIG"} ${XDG_RUNTIME_DIR:+"XDG_RUNTIME_DIR=$XDG_RUNTIME_DIR"} \
    "$@" </dev/null
}

compose_folder() { printf '%s' "$kw_base/slots/$1/release"; }

# compose_parts SLOT KIND: the names of that kind, one a line.
compose_parts() {
  awk -F '\t' -v kind="$2" '$1 == kind { print $2 }' "$(compose_folder "$1")/compose.parts"
}

# compose_project PART SLOT: the name of the slot's own project (PART is the slot) or of the accessories'.
compose_project() { printf '%s-%s' "$(compose_parts "$2" app)" "$1"; }

# compose_call SECONDS PART SLOT ARGUMENT…: Compose with the release in SLOT, on the project of PART.
compose_call() {
  kw_limit=$1 kw_part=$2 kw_folder=$(compose_folder "$3") kw_project=$(compose_project "$2" "$3")
  shift 3
  compose_clean timeout -k 10 "$kw_limit" docker compose -p "$kw_project" --project-directory "$kw_folder" \
    --env-file "$kw_folder/env.defaults" --env-file "$kw_folder/env" -f "$kw_folder/compose.$kw_part.json" "$@"
}

# compose_has_release SLOT: an empty slot has nothing to stop or to tell.
compose_has_release() { [ -f "$(compose_folder "$1")/compose.parts" ]; }

# compose_warn TEXT: for the log, and as a fact for the run's annotations.
compose_warn() {
  note "warning: $1"
  fact warning "$(json "$1")"
}

# compose_containers PROJECT [SERVICE]: ids, one-off commands left out.
compose_containers() {
  docker ps -aq --no-trunc --filter "label=com.docker.compose.project=$1" --filter label=com.docker.compose.oneoff=False \
    ${2:+--filter "label=com.docker.compose.service=$2"} </dev/null
}

# docker_told ARGUMENT…: what Docker answers. One that hangs must not hold up whoever asks.
docker_told() { timeout -k 5 20 docker "$@" </dev/null; }

compose_facts() {
  kw_status=0
  kw_info=$(docker_told info --format '{{.ServerVersion}}|{{.DockerRootDir}}|{{.DriverStatus}}|{{.SecurityOptions}}' 2>&1) || kw_status=$?
  if [ "$kw_status" = 0 ]; then
    fact docker "$(json "${kw_info%%|*}")"
    kw_info=${kw_info#*|}
    host_disk "${kw_info%%|*}"
    case "$kw_info" in
      *io.containerd.snapshotter*) fact image-store '"containerd"' ;;
      *) fact image-store '"classic"' ;;
    esac
    case "$kw_info" in *name=rootless*) fact docker-rootless true ;; esac
    kw_memory=$(compose_slot_memory "$(live_slot)")
    kw_memory=${kw_memory:-0 0}
    fact live-memory "${kw_memory% *}"
    fact idle-memory "${kw_memory#* }"
    fact compose "$(json "$(docker_told compose version --short 2>/dev/null || :)")"
  elif [ "$kw_status" = 124 ] || [ "$kw_status" = 137 ]; then
    fact docker-problem '"Docker on the host does not answer within 20 s"'
  else
    fact docker-problem "$(json "$kw_info")"
  fi
}

runtime_facts() { compose_facts; }

# runtime_check_image SERVICE REFERENCE ID…: the image under the name is one of those ids.
runtime_check_image() {
  kw_service=$1 kw_reference=$2
  shift 2
  kw_found=$(docker image inspect --format '{{.Id}}' "$kw_reference" 2>/dev/null </dev/null) ||
    fail image-missing "the image of $kw_service, $kw_reference, is not on this host"
  for kw_id in "$@"; do
    [ "$kw_found" != "$kw_id" ] || return 0
  done
  fail image-changed "the image of $kw_service, $kw_reference, is $kw_found here, but $* was recorded"
}

# compose_volumes SLOT: shared volumes belong to no project. Making one that is there changes nothing.
compose_volumes() {
  awk -F '\t' '$1 == "volume"' "$(compose_folder "$1")/compose.parts" | while IFS= read -r kw_line; do
    compose_volume "$kw_line" || fail volume "a shared volume could not be made; the lines above say why"
  done
}

# compose_volume LINE, in a subshell of its own because of IFS.
compose_volume() (
  set -f
  IFS='	'
  # shellcheck disable=SC2086 # words are split at tabs
  set -- $1
  kw_volume=$2 kw_driver=$3
  shift 3
  docker volume inspect "$kw_volume" >/dev/null 2>&1 </dev/null && exit 0
  kw_options=$#
  while [ "$kw_options" -gt 0 ]; do
    set -- "$@" --opt "$1"
    shift
    kw_options=$((kw_options - 1))
  done
  docker volume create --driver "$kw_driver" "$@" "$kw_volume" >/dev/null </dev/null
)

# compose_accessory_files SLOT: files that accessories mount. One that a running accessory may have open is left alone.
compose_accessory_files() {
  kw_from=$(compose_folder "$1")/accessories kw_to=$kw_base/shared/accessories
  [ -d "$kw_from" ] || return 0
  kw_running=$(docker ps -q --filter "label=com.docker.compose.project=$(compose_project accessories "$1")" </dev/null)
  (cd "$kw_from/" && find . -type f) | sed 's|^\./||' | while IFS= read -r kw_file; do
    if [ -e "$kw_to/$kw_file" ] && [ -n "$kw_running" ]; then
      cmp -s "$kw_from/$kw_file" "$kw_to/$kw_file" ||
        compose_warn "$kw_file, which an accessory mounts, differs in this release; $kw_to/$kw_file is left as it was. To take it over, copy it there and restart the accessory."
      continue
    fi
    (umask 022 && mkdir -p "$(dirname "$kw_to/$kw_file")")
    cp -p "$kw_from/$kw_file" "$kw_to/$kw_file.part"
    mv -f "$kw_to/$kw_file.part" "$kw_to/$kw_file"
  done
}

# compose_accessory_changes SLOT: accessories that run with other settings than this release's file has.
compose_accessory_changes() {
  kw_project=$(compose_project accessories "$1") kw_folder=$(compose_folder "$1")
  compose_call 60 accessories "$1" config --hash '*' | while read -r kw_service kw_hash; do
    for kw_container in $(compose_containers "$kw_project" "$kw_service"); do
      [ "$(docker inspect --format '{{index .Config.Labels "com.docker.compose.config-hash"}}' "$kw_container" </dev/null)" = "$kw_hash" ] ||
        compose_warn "the accessory $kw_service runs with other settings than this release's compose file has. A deploy never changes an accessory; to do it by hand (it will be away for a moment): docker compose -p $kw_project --env-file $kw_folder/env.defaults --env-file $kw_folder/env -f $kw_folder/compose.accessories.json up -d $kw_service"
    done
  done
}

# compose_accessories_ready SLOT: all of them run and none is unwell, so there is nothing to wait for.
compose_accessories_ready() {
  compose_states "$(compose_project accessories "$1")" | awk -v all="$(compose_parts "$1" accessory | tr '\n' ' ')" '
    BEGIN { n = split(all, list, " "); for (i = 1; i <= n; i++) missing[list[i]] = 1 }
    $3 == "running" && ($8 == "healthy" || $8 == "none") { delete missing[$2] }
    END { for (name in missing) exit 1 }'
}

# compose_accessories_start SLOT SECONDS
compose_accessories_start() {
  compose_adopt "$1"
  # shellcheck disable=SC2086 # options
  compose_call $(($2 + 300)) accessories "$1" up -d --no-build --no-recreate --wait --wait-timeout "$2" $kw_scales || {
    compose_logs_of "$(compose_project accessories "$1")" 40
    fail accessories "the accessories ($(compose_parts "$1" accessory | tr '\n' ' ')) are not ready after $2 s"
  }
  compose_join "$1"
}

# runtime_accessories_up SLOT SECONDS
runtime_accessories_up() {
  compose_volumes "$1"
  [ -n "$(compose_parts "$1" accessory)" ] || return 0
  compose_accessory_files "$1"
  compose_accessories_ready "$1" || compose_accessories_start "$1" "$2"
  compose_accessory_changes "$1"
}

# compose_services SLOT KIND: their keys in the slot's project.
compose_services() { compose_parts "$1" "$2" | sed "s/\$/-$1/"; }

# compose_up SLOT KIND: fresh anonymous volumes, or the ones of the slot's last release would come back.
compose_up() {
  kw_services=$(compose_services "$1" "$2")
  [ -n "$kw_services" ] || return 0
  # shellcheck disable=SC2086 # names without spaces
  compose_call 600 "$1" "$1" up -d --no-build --remove-orphans --renew-anon-volumes $kw_services ||
    fail start "Compose could not start $2 services of $(slot_release "$1") in slot $1; the lines above say why"
}

# compose_open_files SLOT: folders that containers see are for whatever user runs in them. The release's own folder is
# still closed to everybody else on the host.
compose_open_files() {
  [ ! -d "$(compose_folder "$1")/files" ] || find "$(compose_folder "$1")/files" -type d -exec chmod 0755 {} +
}

# What is left of the slot's last workers goes here, before anybody looks how the new ones do.
runtime_start() {
  compose_volumes "$1"
  compose_open_files "$1"
  compose_remove_workers "$1"
  compose_up "$1" web
}

runtime_start_workers() { compose_up "$1" worker; }

runtime_stop_workers() {
  compose_has_release "$1" || return 0
  kw_project=$(compose_project "$1" "$1")
  for kw_service in $(compose_services "$1" worker); do
    for kw_container in $(compose_containers "$kw_project" "$kw_service"); do
      docker stop "$kw_container" >/dev/null </dev/null
    done
  done
}

compose_remove_workers() {
  runtime_stop_workers "$1"
  for kw_service in $(compose_services "$1" worker); do
    for kw_container in $(compose_containers "$(compose_project "$1" "$1")" "$kw_service"); do
      docker rm -v "$kw_container" >/dev/null </dev/null
    done
  done
}

# runtime_workers_back SLOT OTHER: workers of SLOT take over from those of OTHER.
runtime_workers_back() {
  runtime_stop_workers "$2"
  runtime_start_workers "$1"
}

# compose_whole SLOT ARGUMENT…: by the containers' labels, so it also reaches what an older release left.
compose_whole() {
  compose_has_release "$1" || return 0
  kw_project=$(compose_project "$1" "$1")
  shift
  (cd / && compose_clean timeout -k 10 3900 docker compose -p "$kw_project" "$@")
}

runtime_stop() {
  refuse_live "$1"
  compose_whole "$1" stop
}

# runtime_remove SLOT: containers and networks; never a volume that has a name.
runtime_remove() {
  refuse_live "$1"
  compose_whole "$1" down --remove-orphans
}

# compose_logs_of PROJECT LINES
compose_logs_of() {
  docker ps -a --no-trunc --filter "label=com.docker.compose.project=$1" \
    --format '{{.ID}} {{.Label "com.docker.compose.service"}}' </dev/null | while read -r kw_container kw_service; do
    docker logs --tail "$2" "$kw_container" 2>&1 </dev/null | cut -b 1-2000 | awk -v name="$kw_service" '{ print name " | " $0 }'
  done
}

# runtime_logs SLOT LINES
runtime_logs() {
  compose_has_release "$1" || return 0
  compose_logs_of "$(compose_project "$1" "$1")" "$2"
}

# compose_memory PID: bytes that its container uses, or null where the kernel does not tell us. Pages of files that
# nobody uses now are left out, as `docker stats` does: the kernel gives them to whoever asks.
compose_memory() {
  kw_group=$(awk -F : '
    $2 ~ /(^|,)memory(,|$)/ { v1 = "/sys/fs/cgroup/memory" $3 }
    $1 == 0 { v2 = "/sys/fs/cgroup" $3 }
    END { print v1 == "" ? v2 : v1 }' "/proc/$1/cgroup" 2>/dev/null) || :
  if [ -r "$kw_group/memory.current" ]; then
    kw_used=$(cat "$kw_group/memory.current") kw_idle=inactive_file
  elif [ -r "$kw_group/memory.usage_in_bytes" ]; then
    kw_used=$(cat "$kw_group/memory.usage_in_bytes") kw_idle=total_inactive_file
  else
    printf null
    return
  fi
  awk -v used="$kw_used" -v key="$kw_idle" '
    $1 == key { used -= $2 }
    END { printf "%.0f", used < 0 ? 0 : used }' "$kw_group/memory.stat"
}

# compose_slot_memory LIVE: "LIVE_BYTES IDLE_BYTES": what the containers of the live slot use now, or may use where a
# limit of theirs is more; and what those of the other slot use. Nothing where nothing is live.
compose_slot_memory() {
  [ -n "$1" ] && compose_has_release "$1" || return 0
  kw_ids=$(docker_told ps -q --no-trunc --filter "label=kawasemi.app=$(compose_parts "$1" app)" --filter label=kawasemi.slot) || return 0
  [ -n "$kw_ids" ] || return 0
  # shellcheck disable=SC2086 # ids
  docker_told inspect --format '{{index .Config.Labels "kawasemi.slot"}} {{.State.Pid}} {{.HostConfig.Memory}}' $kw_ids |
    while read -r kw_slot kw_pid kw_limit; do
      printf '%s %s %s\n' "$kw_slot" "$(compose_memory "$kw_pid")" "$kw_limit"
    done | awk -v live="$1" '
      $1 != live { idle += $2; next }
      { sum += ($2 + 0 > $3 + 0) ? $2 : $3 }
      END { printf "%.0f %.0f", sum, idle }'
}

# compose_states PROJECT: one line for each container, words without spaces:
# id, service, state, restarts, exit status, out of memory, image, health, process id. Only `ps` tells the health in the
# same way in every version of Docker.
compose_states() {
  kw_listed=$(docker_told ps -a --no-trunc --filter "label=com.docker.compose.project=$1" \
    --filter label=com.docker.compose.oneoff=False --format '{{.ID}} {{.Status}}') || return 1
  [ -n "$kw_listed" ] || return 0
  # shellcheck disable=SC2046 # ids
  kw_inspected=$(docker_told inspect --format '{{.Id}} {{index .Config.Labels "com.docker.compose.service"}} {{.State.Status}} {{.RestartCount}} {{.State.ExitCode}} {{.State.OOMKilled}} {{.Image}} {{.State.Pid}}' \
    $(printf '%s\n' "$kw_listed" | cut -d ' ' -f 1)) || return 1
  printf '%s\n\n%s\n' "$kw_listed" "$kw_inspected" | awk '
    NF == 0 { listed = 1; next }
    !listed { health[$1] = /\(unhealthy\)/ ? "unhealthy" : /\(healthy\)/ ? "healthy" : /\(health: starting\)/ ? "starting" : "none"; next }
    { pid = $8; $8 = health[$1]; print $0, pid }'
}

runtime_status() {
  compose_has_release "$1" || return 0
  compose_states "$(compose_project "$1" "$1")" |
    while read -r kw_id kw_service kw_state kw_count kw_code kw_oom kw_image kw_health kw_pid; do
      fact service "{\"name\":$(json "${kw_service%-"$1"}"),\"state\":\"$kw_state\",\"restarts\":$kw_count,\"exit\":$kw_code,\"outOfMemory\":$kw_oom,\"image\":\"$kw_image\",\"health\":\"$kw_health\",\"memory\":$(compose_memory "$kw_pid")}"
    done
}

# runtime_restarts SLOT: how often Docker has restarted its containers so far.
runtime_restarts() { compose_states "$(compose_project "$1" "$1")" | awk '{ sum += $4 } END { print sum + 0 }'; }

# runtime_dead SLOT [RESTARTS]: why the slot's services are not all up, or nothing. RESTARTS happened before and are
# forgiven. Workers count once they were started. Where Docker does not answer, nothing is known, so nothing is said.
runtime_dead() {
  kw_states=$(compose_states "$(compose_project "$1" "$1")") || return 0
  printf '%s\n' "$kw_states" | awk -v webs="$(compose_services "$1" web | tr '\n' ' ')" -v slot="-$1" -v known="${2:-0}" '
    function plain(name) { sub(slot "$", "", name); return name }
    BEGIN { n = split(webs, list, " "); for (i = 1; i <= n; i++) missing[list[i]] = web[list[i]] = 1 }
    # A worker that is only made yet is being started at this moment.
    NF == 0 || (!($2 in web) && $3 == "created") { next }
    { delete missing[$2]; restarts += $4; if ($4 > 0) who = $2 }
    why == "" && $3 != "running" {
      why = plain($2) " is " $3 ", its exit status " $5 ($6 == "true" ? ", out of memory" : "")
    }
    why == "" && $8 == "unhealthy" { why = plain($2) " is unhealthy by its own health check" }
    END {
      for (name in missing) if (why == "") why = plain(name) " has no container"
      if (why == "" && restarts > known) why = plain(who) " died and was restarted"
      printf "%s", why
    }'
}

# runtime_watch SLOT SECONDS: from now on Docker tells what could be the end of a container of the slot, as it happens.
# That ends by itself, also where the watcher is killed, and it keeps none of the watcher's locks.
runtime_watch() {
  kw_stirs=$kw_run/stirs
  : >"$kw_stirs"
  timeout "$(($2 + 5))" docker events --since "$(date +%s)" --format '{{.Action}}' \
    --filter type=container --filter "label=com.docker.compose.project=$(compose_project "$1" "$1")" \
    --filter event=create --filter event=start --filter event=die --filter event=pause --filter event=destroy \
    --filter event=health_status >>"$kw_stirs" 2>/dev/null </dev/null 8>&- 9>&- &
  kw_teller=$!
}

# runtime_stirs: whether something may have changed since this was asked last; always where Docker does not tell. What
# happens while the old news are cleared away is seen by the look that follows.
runtime_stirs() {
  if [ -s "$kw_stirs" ]; then
    : >"$kw_stirs"
    return 0
  fi
  ! kill -0 "$kw_teller" 2>/dev/null
}

runtime_unwatch() { kill "$kw_teller" 2>/dev/null || :; }
