# What a plan has to know of a host: who holds the lease, and what the release that is live consists of. Values never
# leave the host: of an entry in a file its name is told, and a sum of KEY with the entry. KEY is a random word that each
# plan makes anew, so that what is told here says nothing without it. Nothing is changed.

# plan_lease: whose it is, where it is somebody's.
plan_lease() { [ "$(lease_expires)" -le "$(date +%s)" ] || lease_report_held; }

# plan_entries FACT KEY FILE PROGRAM: the entries that the awk program finds in the file.
plan_entries() {
  [ -f "$3" ] || return 0
  # The key goes by the environment, which is this user's alone to read.
  fact "$1" "\"$(kw_key=$2 LC_ALL=C awk "$4"'
    function tell(name, entry) {
      printf "%s ", name
      fflush()
      print ENVIRON["kw_key"] entry | "sha256sum"
      close("sha256sum")
    }' "$3" | awk '{ printf "%s:%s ", $1, substr($2, 1, 64) }')\""
}

# plan_variables KEY FILE: lines NAME="value", in which a quote of the value has a backslash before it. A value may go on
# over several lines.
plan_variables() {
  plan_entries variables "$1" "$2" '{
    if (!open) {
      if (!match($0, /^[A-Za-z_][A-Za-z0-9_]*="/)) next
      name = substr($0, 1, RLENGTH - 2)
      entry = $0
      rest = substr($0, RLENGTH + 1)
    } else {
      entry = entry "\n" $0
      rest = $0
    }
    gsub(/\\./, "", rest)
    open = !index(rest, "\"")
    if (!open) tell(name, entry)
  }'
}

# plan_sections FACT KEY FILE: of JSON that is indented by two, the entries of each section, as SECTION/NAME.
plan_sections() {
  plan_entries "$1" "$2" "$3" '
    /^  "[a-z]+": [{]$/ { split($0, part, "\""); section = part[2]; next }
    /^  [}]/ { section = "" }
    section == "" { next }
    /^    "/ { split($0, part, "\""); name = part[2]; entry = "" }
    { entry = entry $0 "\n" }
    /^    [^ ]/ && !/[[{]$/ {
      sub(/,?\n$/, "", entry)
      if (name ~ /^[A-Za-z0-9_.-]+$/) tell(section "/" name, entry)
      name = ""
    }'
}

# plan_files KEY FOLDER PATH…: a sum of KEY with each file, in their order; `-` where there is none.
plan_files() {
  kw_key=$1 kw_folder=$2 kw_sums=
  shift 2
  for kw_path in "$@"; do
    if [ -f "$kw_folder/$kw_path" ]; then
      kw_sum=$({ printf '%s\n' "$kw_key" && cat "$kw_folder/$kw_path"; } | sha256sum)
      kw_sums="$kw_sums ${kw_sum%% *}"
    else
      kw_sums="$kw_sums -"
    fi
  done
  fact files "\"${kw_sums# }\""
}

# plan_list FILE: the list of a release's files, compressed, in facts list-0, list-1, …
plan_list() {
  [ -f "$1" ] || return 0
  kw_part=0
  gzip -c "$1" | base64 -w 400000 | while IFS= read -r kw_line; do
    fact "list-$kw_part" "\"$kw_line\""
    kw_part=$((kw_part + 1))
  done
}

# plan_layers IMAGE…: the layers that are here for sure.
plan_layers() {
  fact layers "\"$(docker image inspect --format '{{range .RootFS.Layers}}{{.}} {{end}}' "$@" 2>/dev/null </dev/null |
    tr -cd 'a-f0-9sh: \n' | tr '\n' ' ')\""
}
