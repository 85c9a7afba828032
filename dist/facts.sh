# What the runner has to know of a host before it plans: told in records, nothing is changed.

# ask_begin NONCE BASE APP: how a program begins that only reads. It takes no lock.
ask_begin() {
  set -eu
  kw_nonce=$1 kw_base=$2 kw_app=$3
}

slot_facts() {
  for kw_slot in blue green; do
    fact "slot-$kw_slot" "$(json "$(slot_release "$kw_slot")")"
  done
}

# Releases that were laid down whole.
present_facts() {
  for kw_file in "$kw_base"/releases/*/release.json; do
    [ -f "$kw_file" ] || continue
    kw_file=${kw_file%/release.json}
    fact present "$(json "${kw_file##*/}")"
  done
}

# A line that a crash cut off is no JSON, so its record is not read as one.
ledger_facts() {
  [ ! -f "$kw_base/ledger.jsonl" ] || ledger_lines "$kw_base/ledger.jsonl" | while IFS= read -r kw_line; do
    record "{\"k\":\"fact\",\"name\":\"ledger\",\"value\":$kw_line}"
  done
}

# ledger_lines FILE: the last of it, since what a plan needs lies in the last releases. Scheduled backups would soon be all
# of them, so only the newest of these counts, and those that somebody put back.
ledger_lines() {
  LC_ALL=C awk '
    {
      file = match($0, /"file":"[^"]*\/backups\/scheduled\.[0-9]+\.[a-z0-9.]+"/) ? substr($0, RSTART, RLENGTH) : ""
      scheduled = file != "" && /"event":"backed-up"/
    }
    NR == FNR && scheduled { newest = FNR }
    NR == FNR && file != "" && /"event":"restored"/ { restored[file] = 1 }
    NR == FNR { next }
    !scheduled || FNR >= newest || (file in restored)' "$1" "$1" | tail -n 500
}

# What a deploy itself changes: read from files, so it costs next to nothing.
state_facts() {
  fact live "$(json "$(live_slot)")"
  slot_facts
  present_facts
  ledger_facts
  fact ready true
}

host_facts() {
  fact machine "$(json "$(uname -m)")"
  host_clock
  host_memory
  host_disk "$kw_base"
  runtime_facts
  state_facts
}
