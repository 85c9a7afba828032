# Every program that changes a host begins with these functions. A program reports with record lines (a control
# character, the run's nonce, JSON); whatever else it prints is log text. Exit status 70 or 71: it said why in a record.

record() { printf '\n\036%s %s\n' "$kw_nonce" "$1"; }

# json TEXT: the text as a JSON string, control characters but tab and newline left out. What needs no escape, as nearly
# all that is told, costs no process.
json() {
  case "$1" in
    *[!A-Za-z0-9' .,:;/@_+=()-']*) json_escaped "$1" ;;
    *) printf '"%s"' "$1" ;;
  esac
}

json_escaped() {
  printf '%s\n' "$1" | tr -d '\000-\010\013-\037\177' | sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/	/\\t/g' |
    awk 'BEGIN { printf "\"" } NR > 1 { printf "\\n" } { printf "%s", $0 } END { printf "\"" }'
}

now_ms() { date +%s%3N; }

begin() {
  kw_step=$1
  kw_began=$(now_ms)
  record "{\"k\":\"begin\",\"step\":$(json "$1")}"
}

end() {
  record "{\"k\":\"end\",\"step\":$(json "$kw_step"),\"ms\":$(($(now_ms) - kw_began))}"
  kw_step=
}

# fact NAME JSON
fact() { record "{\"k\":\"fact\",\"name\":$(json "$1"),\"value\":$2}"; }

note() { printf '%s\n' "$1"; }

tell_failure() { record "{\"k\":\"fail\",\"code\":$(json "$1"),\"message\":$(json "$2")}"; }

# fail CODE MESSAGE
fail() {
  tell_failure "$1" "$2"
  exit 70
}

# refuse CODE MESSAGE: like fail, for what did not even begin.
refuse() {
  tell_failure "$1" "$2"
  exit 71
}

# put FILE MODE CONTENT: written beside its place, synced, renamed. Where `set -e` is off, as in whatever runs in a
# condition, a full disk must not put half a file there either: so each step needs the one before it.
put() {
  (
    umask 077
    printf '%s' "$3" >"$1.part"
  ) && put_part "$1" "$2"
}

# put_part FILE MODE: FILE.part is whole, and becomes FILE.
put_part() { chmod "$2" "$1.part" && sync "$1.part" && mv -f "$1.part" "$1"; }

# put_base64 FILE MODE CONTENT
put_base64() {
  (
    umask 077
    printf '%s' "$3" | base64 -d >"$1.part"
  ) && put_part "$1" "$2"
}

# live_slot: the slot that takes traffic, or nothing where none does.
live_slot() {
  case "$(readlink "$kw_base/live" 2>/dev/null || :)" in
    slots/blue) printf blue ;;
    slots/green) printf green ;;
  esac
}

# slot_release SLOT: the release that the slot holds, or nothing.
slot_release() {
  kw_link=$(readlink "$kw_base/slots/$1/release" 2>/dev/null || :)
  printf '%s' "${kw_link##*/}"
}

# refuse_live SLOT: what follows would stop or change the slot, so it must not be the live one.
refuse_live() {
  [ "$(live_slot)" != "$1" ] ||
    fail slot-is-live "slot $1 takes traffic now, so this stage must not touch it"
}

# ends_line FILE: whether its last byte ends a line. A power cut may leave half a line, or zeros, at its end.
ends_line() { [ ! -s "$1" ] || [ "$(tail -c 1 "$1" | tr -d '\n' | wc -c)" -eq 0 ]; }

# ledger FIELDS: one line, appended at once and synced. FIELDS is JSON without its braces.
ledger() {
  (
    umask 027
    # Half a line stays what it is, and does not take this one with it.
    ends_line "$kw_base/ledger.jsonl" || printf '\n' >>"$kw_base/ledger.jsonl"
    printf '{"at":"%s","token":%s,"owner":%s,%s}\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$kw_token" \
      "$(json "$kw_owner")" "$1" >>"$kw_base/ledger.jsonl"
  ) && sync "$kw_base/ledger.jsonl"
}

# flip SLOT: the switch. One rename, synced.
flip() {
  ln -sfn "slots/$1" "$kw_base/live.part"
  mv -fT "$kw_base/live.part" "$kw_base/live"
  sync "$kw_base"
}
