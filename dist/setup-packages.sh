# What a host lacks of Debian's and Ubuntu's packages. Those that are there stay as they are.

# distribution: one whose packages we know by name.
distribution() {
  case " $(os_release ID) $(os_release ID_LIKE) " in
    *' debian '* | *' ubuntu '*) ;;
    *) give_up "this server runs $(os_release PRETTY_NAME), and setup-host knows the packages of Debian and Ubuntu only; install what is needed yourself and use mode: print" ;;
  esac
  kw_wants=''
}

os_release() { sed -n "s/^$1=//p" /etc/os-release | tr -d "\"'" | head -n 1; }

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# want PACKAGE…: a name with `?` at its end is taken only where there is one.
want() {
  for kw_name in "$@"; do
    case "$kw_name" in *[!a-z0-9+.?-]* | -*) give_up "$kw_name is no name of a package" ;; esac
    case " $kw_wants " in *" $kw_name "*) ;; *) kw_wants="$kw_wants $kw_name" ;; esac
  done
}

need_package() { installed "$1" || want "$1"; }

# need_command COMMAND PACKAGE…: whoever it came from.
need_command() {
  kw_command=$1
  shift
  command -v "$kw_command" >/dev/null || want "$@"
}

need_docker() {
  need_command docker docker.io 'docker-cli?' 'ca-certificates?'
  docker compose version >/dev/null 2>&1 || want compose
}

# need_own_docker: what it takes besides Docker. Docker's own packages have most of it in one of theirs; Ubuntu's have
# rootlesskit, but not the program that starts Docker with it.
need_own_docker() {
  if installed docker-ce; then
    need_command dockerd-rootless.sh docker-ce-rootless-extras
  else
    case " $(os_release ID) $(os_release ID_LIKE) " in
      *' ubuntu '*)
        command -v dockerd-rootless.sh >/dev/null ||
          give_up "Ubuntu's docker.io lacks dockerd-rootless.sh; install Docker's own packages (docs.docker.com/engine/install/ubuntu), or leave out docker: rootless"
        ;;
    esac
    need_command rootlesskit rootlesskit
  fi
  need_command newuidmap uidmap
  need_command slirp4netns slirp4netns
  need_package libpam-systemd
  need_package dbus-user-session
}

# need_python INTERPRETER: one that can make virtual environments.
need_python() { "$1" -c 'import venv, ensurepip' 2>/dev/null || want "$1-venv"; }

# packages: all of them in one go, after the host's own sources were asked for each. Their lists are read into a folder of
# our own, so that a plan changes nothing.
packages() {
  [ -n "$kw_wants" ] || return 0
  kw_apt=$(mktemp -d)
  chmod 0755 "$kw_apt"
  mkdir -p "$kw_apt/lists/partial"
  kw_said=$(apt update 2>&1) || give_up "apt-get update failed: $(last_lines "$kw_said")"
  kw_composes='docker-compose-v2 docker-compose-plugin docker-compose'
  # shellcheck disable=SC2046,SC2086 # a word for each package
  kw_candidates=$(candidates $(printf '%s\n' $kw_wants | sed -e 's/?$//' -e "s/^compose\$/$kw_composes/"))
  for kw_name in $kw_wants; do
    case "$kw_name" in
      compose) install_compose ;;
      *\?) ! available "${kw_name%?}" || kw_installs="$kw_installs ${kw_name%?}" ;;
      *)
        available "$kw_name" ||
          give_up "there is no package $kw_name in the sources of this server; correct its name in kawasemi.yml, or add the source that has it to /etc/apt"
        kw_installs="$kw_installs $kw_name"
        ;;
    esac
  done
  # shellcheck disable=SC2086 # a word for each package
  kw_said=$(apt -s install $kw_installs 2>&1) || give_up "apt-get cannot install$kw_installs: $(last_lines "$kw_said")"
  # shellcheck disable=SC2086 # a word for each package
  change "install the packages$kw_installs" apt install $kw_installs
}

# apt ARGUMENT…: asks nothing, keeps the files of /etc as they are, removes nothing, waits for another apt.
apt() {
  DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -qy \
    -o APT::Install-Recommends=false -o APT::Get::Remove=false -o Dir::Log::Planner= \
    -o "Dir::State::Lists=$kw_apt/lists" -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache=" \
    -o DPkg::Lock::Timeout=300 -o Dpkg::Options::=--force-confold "$@" </dev/null
}

# candidates PACKAGE…: ` NAME=VERSION` of each that could be installed. In one call, since apt reads all its lists for each.
candidates() {
  LC_ALL=C apt-cache -o "Dir::State::Lists=$kw_apt/lists" -o "Dir::Cache::pkgcache=" -o "Dir::Cache::srcpkgcache=" \
    policy "$@" 2>/dev/null </dev/null | awk '
      /^[^ ].*:$/ { name = substr($0, 1, length($0) - 1) }
      $1 == "Candidate:" && $2 != "(none)" { printf " %s=%s", name, $2 }'
}

available() { case "$kw_candidates" in *" $1="*) ;; *) return 1 ;; esac; }

# install_compose: Ubuntu's, Docker's own, or Debian's, which was something else before version 2.
install_compose() {
  for kw_candidate in $kw_composes; do
    available "$kw_candidate" || continue
    case "$kw_candidates" in *" $kw_candidate=1."*) continue ;; esac
    kw_installs="$kw_installs $kw_candidate"
    return 0
  done
  give_up "the sources of this server have no Compose plugin for Docker; install Docker's own packages, whose docker-compose-plugin has it"
}

last_lines() { printf '%s\n' "$1" | tail -n 5; }
