# What a release needs on the host besides its files: folders that stay, an environment with what it depends on, and what
# its own commands build.

# systemd_ready RELEASE: the host can run it as it is.
systemd_ready() {
  kw_release=$kw_base/releases/$1
  [ -d "$kw_release/files" ] || fail no-files "the files of release $1 are not on this host"
  kw_parts=$kw_release/systemd.parts
  [ "$(awk -F '\t' '$1 == "scope" { print $2 }' "$kw_parts")" = system ] || return 0
  kw_prefix=$(awk -F '\t' '$1 == "app" { print $2 }' "$kw_parts")
  for kw_service in $(awk -F '\t' '$1 == "web" || $1 == "worker" { print $2 }' "$kw_parts"); do
    cmp -s "$kw_release/units/$kw_service" "/etc/systemd/system/$kw_prefix-$kw_service@.service" ||
      fail not-set-up "the unit $kw_prefix-$kw_service@.service is not the one that kawasemi.yml describes"
    sudo -n -l systemctl start "$kw_prefix-$kw_service@blue.service" >/dev/null 2>&1 </dev/null ||
      fail not-set-up "sudo does not let $(id -un) start $kw_prefix-$kw_service@blue.service"
  done
}

# systemd_share RELEASE FOLDER…: they outlive the release, so links to them take their place.
systemd_share() {
  kw_release=$kw_base/releases/$1
  shift
  for kw_folder in "$@"; do
    if [ ! -d "$kw_base/shared/data/$kw_folder" ]; then
      ! grep -qx "scope	system" "$kw_release/systemd.parts" ||
        fail not-set-up "$kw_base/shared/data/$kw_folder is not there"
      mkdir -p "$kw_base/shared/data/$kw_folder"
    fi
    mkdir -p "$(dirname "$kw_release/files/$kw_folder")"
    rm -rf "${kw_release:?}/files/$kw_folder"
    ln -s "$kw_base/shared/data/$kw_folder" "$kw_release/files/$kw_folder"
  done
}

# systemd_within RELEASE FOLDER SECONDS COMMAND…: with the release's own variables and none of ours.
systemd_within() {
  kw_within=$kw_base/releases/$1 kw_where=$2 kw_limit=$3
  shift 3
  kw_version=$(awk -F '\t' '$1 == "version" { print $2 }' "$kw_within/systemd.parts")
  # shellcheck disable=SC2016 # the inner shell expands these
  env -i PATH="$PATH" HOME="${HOME:-/}" LANG=C.UTF-8 KAWASEMI_APP="$kw_app" KAWASEMI_RELEASE="${kw_within##*/}" \
    KAWASEMI_VERSION="$kw_version" timeout -k 10 "$kw_limit" sh -c '
    umask 022
    set -a
    . "$1/environment"
    PATH="$1/venv/bin:$1/files/node_modules/.bin:$PATH"
    set +a
    cd "$2" || exit
    shift 2
    exec "$@"' sh "$kw_within" "$kw_where" "$@" </dev/null
}

# systemd_made HOME KEY: a folder to make an environment in. It stays there, since programs in it name it; only the link
# HOME/KEY makes it one that is used, so a half made one never is.
systemd_made() {
  (umask 027 && mkdir -p "$1")
  kw_made=$1/$2.$kw_token-$$
  rm -rf "$kw_made"
  mkdir "$kw_made"
}

# systemd_keep HOME KEY
systemd_keep() {
  sync -f "$kw_made"
  ln -sfn "${kw_made##*/}" "$1/$2.part"
  mv -fT "$1/$2.part" "$1/$2"
  sync "$1"
}

# systemd_give_up WHY
systemd_give_up() {
  rm -rf "$kw_made"
  fail dependencies "$1"
}

# systemd_uses RELEASE HOME KEY: prints the folder behind the key, and enters it as used by the release.
systemd_uses() {
  kw_used=$2/$(readlink "$kw_base/shared/$2/$3")
  grep -qsxF -e "$kw_used" "$kw_base/releases/$1/uses" || printf '%s\n' "$kw_used" >>"$kw_base/releases/$1/uses"
  printf '%s' "$kw_base/shared/$kw_used"
}

systemd_key() { printf '%s\n' "$@" | sha256sum | cut -c 1-24; }

# systemd_python RELEASE HASH INTERPRETER REQUIREMENTS SECONDS: a virtual environment for the hash, made once.
systemd_python() {
  kw_id=$1 kw_home=$kw_base/shared/venvs kw_seconds=$5
  kw_python=$(command -v "$3") || fail python "there is no $3 on this host"
  "$kw_python" -c 'import ensurepip, venv' 2>/dev/null </dev/null ||
    fail python "$3 on this host cannot make virtual environments (on Debian and Ubuntu: apt-get install python3-venv)"
  kw_key=$(systemd_key "$2" "$kw_python" "$("$kw_python" -VV </dev/null)" "$(uname -m)")
  if [ -x "$kw_home/$kw_key/bin/python" ]; then
    fact dependencies '"reused"'
  else
    systemd_made "$kw_home" "$kw_key"
    # The group's bit that makes new files the web server's group's would be lost on the way; all may read them instead,
    # since nobody else gets this far.
    (umask 022 && "$kw_python" -m venv "$kw_made" </dev/null) || systemd_give_up "$3 could not make a virtual environment"
    systemd_within "$kw_id" "$kw_base/releases/$kw_id/files" "$kw_seconds" "$kw_made/bin/python" -m pip install --no-input \
      --disable-pip-version-check --no-cache-dir -r "$4" ||
      systemd_give_up "pip could not install $4; the lines above say why"
    systemd_keep "$kw_home" "$kw_key"
    fact dependencies '"installed"'
  fi
  kw_found=$(systemd_uses "$kw_id" venvs "$kw_key")
  ln -sfn "../../shared/venvs/${kw_found##*/}" "$kw_base/releases/$kw_id/venv"
}

# systemd_node RELEASE HASH LOCK SECONDS: node_modules for the hash, made once.
systemd_node() {
  kw_id=$1 kw_home=$kw_base/shared/node_modules kw_seconds=$4
  kw_inside=$kw_base/releases/$1/files/$(dirname "$3")
  command -v npm >/dev/null || fail node "there is no npm on this host"
  kw_key=$(systemd_key "$2" "$(node --version </dev/null)" "$(uname -m)")
  if [ -d "$kw_home/$kw_key/node_modules" ]; then
    fact dependencies '"reused"'
  else
    systemd_made "$kw_home" "$kw_key"
    cp "$kw_inside/package.json" "$kw_base/releases/$1/files/$3" "$kw_made/"
    [ ! -f "$kw_inside/.npmrc" ] || cp "$kw_inside/.npmrc" "$kw_made/"
    systemd_within "$kw_id" "$kw_made" "$kw_seconds" npm ci --omit=dev --no-audit --no-fund ||
      systemd_give_up "npm could not install $3; the lines above say why"
    mkdir -p "$kw_made/node_modules"
    systemd_keep "$kw_home" "$kw_key"
    fact dependencies '"installed"'
  fi
  rm -rf "${kw_inside:?}/node_modules"
  kw_found=$(systemd_uses "$kw_id" node_modules "$kw_key")
  ln -s "$kw_found/node_modules" "$kw_inside/node_modules"
}

# systemd_build RELEASE SECONDS COMMAND…
systemd_build() {
  kw_id=$1 kw_limit=$2
  shift 2
  kw_status=0
  systemd_within "$kw_id" "$kw_base/releases/$kw_id/files" "$kw_limit" "$@" || kw_status=$?
  case "$kw_status" in
    0) ;;
    124 | 137) fail build "\`$*\` was stopped after $kw_limit s" ;;
    *) fail build "\`$*\` ended with status $kw_status; the lines above say why" ;;
  esac
}

# systemd_assets RELEASE PATH URL: static files are laid out by their URL, so that the web server can hand them out for
# as long as pages of this release are open somewhere. Only files and folders: it would follow a link anywhere.
systemd_assets() {
  kw_release=$kw_base/releases/$1 kw_url=${3%/}
  kw_assets=$kw_release/assets
  [ -d "$kw_release/files/$2" ] || fail assets "the release has no folder $2"
  rm -rf "$kw_assets.part" "${kw_assets:?}$kw_url"
  (umask 027 && mkdir -p "$kw_assets.part" "$(dirname "$kw_assets$kw_url")")
  (umask 027 && cp -RP "$kw_release/files/$2/." "$kw_assets.part/")
  find "$kw_assets.part" ! -type f ! -type d -exec rm -f {} +
  chmod -R u=rwX,g=rX,o= "$kw_assets.part"
  mv -T "$kw_assets.part" "$kw_assets$kw_url"
}

# runtime_tidy: environments that no release here uses any more, and half made ones.
runtime_tidy() {
  for kw_home in venvs node_modules; do
    for kw_made in "$kw_base/shared/$kw_home"/*; do
      [ -d "$kw_made" ] && [ ! -L "$kw_made" ] || continue
      grep -qsxF -e "$kw_home/${kw_made##*/}" "$kw_base"/releases/*/uses || rm -rf "$kw_made"
    done
    find "$kw_base/shared/$kw_home" -maxdepth 1 -xtype l -exec rm -f {} + 2>/dev/null || :
  done
}
