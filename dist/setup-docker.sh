# Docker for the deploy user: the host's, or one of its own.

# host_docker: it may use the host's, where there is one and it has none of its own.
host_docker() {
  [ "$kw_deploy" != root ] || return 0
  ! peek grep -qs '"currentContext": *"rootless"' "$(home_of "$kw_deploy")/.docker/config.json" || return 0
  if { getent group docker >/dev/null || soon; } && ! in_group "$kw_deploy" docker; then
    change "let $kw_deploy use Docker, which is as much as root's rights" usermod -aG docker "$kw_deploy"
  fi
}

# own_docker: without root's rights, kept up by the deploy user's own systemd.
own_docker() {
  [ "$kw_deploy" != root ] ||
    give_up "rootless Docker is for an ordinary user: name one in hosts, or take docker: rootless out of kawasemi.yml"
  kw_program=$(own_docker_program)
  if [ -z "$kw_program" ] || ! command -v newuidmap >/dev/null || ! command -v slirp4netns >/dev/null; then
    soon ||
      give_up "rootless Docker needs more packages; on Debian: apt-get install docker.io rootlesskit slirp4netns uidmap; on Ubuntu: docker-ce-rootless-extras of Docker itself, and uidmap and slirp4netns"
  fi
  for kw_ids in subuid subgid; do
    grep -qs "^$kw_deploy:" "/etc/$kw_ids" ||
      change "give $kw_deploy a range of IDs in /etc/$kw_ids" add_ids "$kw_ids"
  done
  own_systemd
  kw_file=$(home_of "$kw_deploy")/.config/systemd/user/docker.service
  # The one of Docker's own tool is as good.
  peek test -f "$kw_file" || change "write the unit $kw_file" write_docker_unit "$kw_file"
  as_own systemctl --user -q is-active docker.service 2>/dev/null ||
    change "start a Docker of $kw_deploy's own, without root's rights" start_own_docker
  peek grep -qs '"currentContext": *"rootless"' "$(home_of "$kw_deploy")/.docker/config.json" ||
    change "let $kw_deploy's docker command use it" use_own_docker
  ! in_group "$kw_deploy" docker ||
    setup_warning "$kw_deploy is in the group docker, which is as much as root's rights; take it out: gpasswd -d $kw_deploy docker"
}

# Debian's package keeps it among its examples, Docker's own beside the command.
own_docker_program() {
  command -v dockerd-rootless.sh ||
    find /usr/share/docker.io/contrib/dockerd-rootless.sh -perm -5 2>/dev/null || :
}

# add_ids FILE: 65536 of them after the last that are given.
add_ids() {
  kw_next=$(awk -F : '$2 + $3 > free { free = $2 + $3 } END { print free < 100000 ? 100000 : free }' "/etc/$1" 2>/dev/null || echo 100000)
  printf '%s:%s:65536\n' "$kw_deploy" "$kw_next" >>"/etc/$1"
}

# as_own COMMAND…: as the deploy user with its own systemd, whose folder only its login would name.
as_own() {
  kw_run_dir=/run/user/$(id -u "$kw_deploy" 2>/dev/null || :)
  as_deploy env "HOME=$(home_of "$kw_deploy")" "XDG_RUNTIME_DIR=$kw_run_dir" \
    "DBUS_SESSION_BUS_ADDRESS=unix:path=$kw_run_dir/bus" "$@"
}

# write_docker_unit FILE
write_docker_unit() {
  kw_content="[Unit]
Description=Docker without root's rights, written by Kawasemi's setup-host

[Service]
Environment=PATH=${kw_program%/*}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
ExecStart=$kw_program
ExecReload=/bin/kill -s HUP \$MAINPID
Restart=always
RestartSec=2
StartLimitBurst=3
StartLimitInterval=60s
TasksMax=infinity
Delegate=yes
KillMode=mixed

[Install]
WantedBy=default.target"
  # shellcheck disable=SC2016 # the inner shell expands these
  as_deploy sh -c 'mkdir -p "${1%/*}" && printf "%s\n" "$2" >"$1"' sh "$1" "$kw_content"
  as_own systemctl --user daemon-reload
}

start_own_docker() {
  as_own systemctl --user -q enable --now docker.service
  kw_tries=0
  until as_own docker --host "unix://$kw_run_dir/docker.sock" version >/dev/null 2>&1; do
    kw_tries=$((kw_tries + 1))
    [ "$kw_tries" -lt 100 ] ||
      give_up "the Docker of $kw_deploy did not start; see, as $kw_deploy: journalctl --user -u docker"
    sleep 0.3
  done
}

use_own_docker() {
  as_own docker --context default context inspect rootless >/dev/null 2>&1 ||
    as_own docker --context default context create rootless --docker "host=unix:///run/user/$(id -u "$kw_deploy")/docker.sock" >/dev/null
  as_own docker --context default context use rootless >/dev/null 2>&1
}
