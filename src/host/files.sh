# Takes the files of a release. Only contents this host lacks travel; all others are hard links to files that are here.
#
# A `tree` is a folder whose files can be linked to: those of the releases that the slots hold, and what arrived in
# transfers that were cut. Files of a tree are told as lines `SHA256 MODE TREE ./PATH`, MODE being `-` or `x` as in a
# manifest, or `?` where somebody changed it. Names with control characters are no files of ours and are left out.

# files_take RELEASE HASH COUNT SUMS: HASH is the manifest's, COUNT that of its files, SUMS one sum for each of 256 groups.
files_take() {
  export LC_ALL=C
  [ "$(slot_release "$(live_slot)")" != "$1" ] || fail release-is-live "release $1 takes traffic now"
  # Until it is laid down whole it does not count as there, also where an earlier attempt had laid it down.
  rm -f "$kw_base/releases/$1/release.json"
  kw_release=$kw_base/releases/$1 kw_incoming=$kw_base/releases/.incoming kw_arriving=$kw_incoming/${kw_run##*/}
  kw_work=$kw_run/work kw_trees=0 kw_first=none
  mkdir -p "$kw_work/tree" "$kw_work/groups"
  cd "$kw_work" || exit
  begin 'compare files'
  files_here "$1"
  files_differ "$4"
  files_tell
  end
  begin 'receive files'
  files_receive
  end
  begin 'lay files'
  files_manifest "$2"
  files_choose
  files_lay
  [ "$(find "$kw_release/files.part" -type f -printf . | wc -c)" = "$3" ] ||
    fail files-lacking "some of the files could not be laid down"
  files_done
  end
  cd /
  rm -rf "$kw_work" "$kw_incoming"
}

# files_here RELEASE: the files that can be linked to, as lines in `known`. kw_first is the tree the groups are compared
# with.
files_here() {
  : >known
  for kw_from in "$1" "$(slot_release "$(live_slot)")" "$(slot_release blue)" "$(slot_release green)"; do
    [ -n "$kw_from" ] && [ -d "$kw_base/releases/$kw_from/files" ] && [ -s "$kw_base/releases/$kw_from/files.list" ] ||
      continue
    case " ${kw_seen:-} " in *" $kw_from "*) continue ;; esac
    kw_seen="${kw_seen:-} $kw_from"
    [ "$kw_first" != none ] || kw_first=$kw_trees
    files_tree "$kw_base/releases/$kw_from/files" "$kw_base/releases/$kw_from/files.list"
  done
  for kw_from in "$kw_incoming"/*/files; do
    [ ! -d "$kw_from" ] || files_tree "$kw_from" ''
  done
  files_hash
}

# files_tree FOLDER LIST: appends lines `INODE MODE TREE ./PATH` to `found`. With a LIST only the files that it names: an
# app may have put others beside them.
files_tree() {
  ln -s "$1" "tree/$kw_trees"
  find "$1/" -type f -readable ! -path '*[[:cntrl:]]*' -printf "%i %m $kw_trees ./%P\n" >walked \
    2>/dev/null || :
  if [ -n "$2" ]; then
    awk 'FILENAME == ARGV[1] { listed[substr($0, 68)] = 1; next }
      substr($0, length($1 $2 $3) + 4) in listed' "$2" walked >>found
  else
    cat walked >>found
  fi
  kw_trees=$((kw_trees + 1))
}

# files_hash: reads what `found` names, each inode once, and appends it to `known`.
files_hash() {
  [ -f found ] || return 0
  awk '!seen[$1]++ { print "tree/" $3 "/" substr($0, length($1 $2 $3) + 6) }' found | tr '\n' '\0' |
    xargs -0r sha256sum -z -- 2>/dev/null | tr '\0' '\n' >sums
  awk 'FILENAME == ARGV[1] { sum[substr($0, 67)] = substr($0, 1, 64); next }
    {
      path = substr($0, length($1 $2 $3) + 4)
      if (!($1 in read)) read[$1] = "tree/" $3 "/" substr(path, 3)
      mode = $2 == "440" ? "-" : $2 == "550" ? "x" : "?"
      if (read[$1] in sum) print sum[read[$1]], mode, $3, path
    }' sums found >>known
  rm found
}

# files_differ SUMS: the groups in which the first tree is not what the manifest says, in `differ`.
files_differ() {
  awk 'BEGIN {
    for (byte = 0; byte < 256; byte++) { file = sprintf("groups/%02x", byte); printf "" >file; close(file) }
  }'
  awk -v tree="$kw_first" '$3 == tree { print $1, $2, substr($0, length($1 $2 $3) + 4) }' known | sort |
    awk '{
      group = "groups/" substr($0, 1, 2)
      if (group != last) close(last)
      last = group
      print >group
    }'
  (cd groups && sha256sum -- *) | awk -v sums="$1" 'BEGIN { split(sums, wanted, " ") }
    substr($1, 1, 16) != wanted[NR] { print $2 }' >differ
}

# files_tell: these groups, and the short sums of all contents that are here for them.
files_tell() {
  fact files-differ "\"$(tr '\n' ' ' <differ)\""
  awk 'FILENAME == ARGV[1] { differs[$1] = 1; next }
    substr($1, 1, 2) in differs && !told[$1]++ {
      printf "%s", substr($1, 1, 16)
      if (++count % 4000 == 0) print ""
    }
    END { print "" }' differ known | while IFS= read -r kw_line; do
    [ -z "$kw_line" ] || fact files-known "\"$kw_line\""
  done
  files_large | while IFS='	' read -r kw_bytes kw_tree kw_from; do
    files_blocks "$kw_bytes" "$kw_tree" "$kw_from"
  done
  fact files-ready true
}

# files_large: large files that may be like one that is lacking, as lines SIZE TREE ./PATH by tabs: those of the first
# tree in groups that differ, and the last that came in a transfer that was cut. A few of them, since each takes time.
files_large() {
  {
    [ "$kw_first" = none ] || find "tree/$kw_first/" -type f -size +255k -readable ! -path '*[[:cntrl:]]*' \
      -printf "%s\t$kw_first\t./%P\n" 2>/dev/null | awk -F '\t' -v tree="$kw_first" '
      FILENAME == ARGV[1] { differs[$1] = 1; next }
      FILENAME == ARGV[2] {
        split($0, field, " ")
        if (field[3] == tree && substr($0, 1, 2) in differs) near[substr($0, 68 + length(tree) + 1)] = 1
        next
      }
      $3 in near' differ known -
    kw_number=0
    while [ "$kw_number" -lt "$kw_trees" ]; do
      case "$(readlink "tree/$kw_number")" in
        "$kw_incoming"/*)
          find "tree/$kw_number/" -type f -size +255k ! -path '*[[:cntrl:]]*' -printf "%T@ %s\t$kw_number\t./%P\n" |
            sort -rn | head -n 1 | cut -d ' ' -f 2-
          ;;
      esac
      kw_number=$((kw_number + 1))
    done
  } | sort -rn | head -n 4
}

# files_blocks SIZE TREE PATH: tells the sums of the blocks of a file, from its start and to its end.
files_blocks() {
  kw_block=$(($1 / 128 + 1))
  fact files-large "{\"tree\":$2,\"path\":$(json "$3"),\"size\":$1,\"block\":$kw_block,\"start\":\"$(
    files_sums "tree/$2/$3" "$kw_block" 0
  )\",\"end\":\"$(files_sums "tree/$2/$3" "$kw_block" $(($1 % kw_block)))\"}"
}

# files_sums FILE BLOCK SKIP
files_sums() {
  tail -c "+$(($3 + 1))" "$1" | SHELL=/bin/sh split -b "$2" --filter=sha256sum - |
    awk '{ printf "%s", substr($1, 1, 12) }'
}

# files_patch: large files of which a part came are put together. Whether they are right is seen by their sum.
files_patch() {
  kw_number=0
  while IFS='	' read -r kw_tree kw_start kw_end kw_mode kw_path; do
    mkdir -p "$kw_arriving/files/${kw_path%/*}"
    {
      head -c "$kw_start" "tree/$kw_tree/$kw_path"
      cat "$kw_arriving/middle/$kw_number"
      tail -c "$kw_end" "tree/$kw_tree/$kw_path"
    } >"$kw_arriving/files/$kw_path"
    if [ "$kw_mode" = x ]; then chmod 0550 "$kw_arriving/files/$kw_path"; else chmod 0440 "$kw_arriving/files/$kw_path"; fi
    kw_number=$((kw_number + 1))
  done <"$kw_arriving/patches"
}

# files_frames: what the runner sends: eight digits, as many bytes, and so on to eight zeros. A runner that is gone must not
# keep the lock, so each of them has to come within half a minute.
files_frames() {
  while kw_size=$(timeout 30 dd bs=8 count=1 iflag=fullblock status=none) && [ ${#kw_size} = 8 ]; do
    case "$kw_size" in
      00000000) return 0 ;;
      *[!0-9]*) return 1 ;;
    esac
    timeout 30 dd bs="$kw_size" count=1 iflag=fullblock status=none || return 1
  done
  return 1
}

# files_receive: `lines` and `files/` come to a folder of their own; what arrived whole is of use to a later try.
files_receive() {
  mkdir -p "$kw_arriving/files"
  {
    ! files_frames || : >whole
  } | gzip -dc | tar -C "$kw_arriving" --no-same-owner -xpmf - || : >broken
  [ -f whole ] && [ ! -f broken ] && [ -f "$kw_arriving/lines" ] ||
    fail files-cut "not all files arrived; the lines above say why. What has arrived is kept for the next try"
  files_patch
  files_tree "$kw_arriving/files" ''
  files_hash
}

# files_manifest HASH: puts the whole manifest together, from the groups that are the same and the lines that came.
files_manifest() {
  awk -v tree="$kw_first" '
    FILENAME == ARGV[1] { differs[$1] = 1; next }
    FILENAME == ARGV[2] {
      whole[substr($1, 1, 16)] = $1
      if ($3 == tree && !(substr($1, 1, 2) in differs)) print $1, $2, substr($0, length($1 $2 $3) + 4)
      next
    }
    length($1) != 16 { print; next }
    $1 in whole { print whole[$1] substr($0, 17); next }
    ++lacking <= 20 { print "lacks the content of " substr($0, 20) >"/dev/stderr" }' differ known "$kw_arriving/lines" |
    sort >manifest
  [ "$(sha256sum <manifest)" = "$1  -" ] ||
    fail files-lacking "the files that are here are not the release's; run this again"
}

# files_choose: where each file comes from. `take.TREE` lists those that a tree has at the same path; `single` has lines
# HOW TREE FROM TO, by tabs, for the others.
files_choose() {
  awk 'FILENAME == ARGV[1] {
      path = substr($0, length($1 $2 $3) + 4)
      if (!(($1, $2, path) in same)) same[$1, $2, path] = $3
      if (!(($1, $2) in alike)) alike[$1, $2] = $3 "\t" path
      if (!($1 in content)) content[$1] = $3 "\t" path
      next
    }
    length($1) != 64 { next }
    {
      path = substr($0, 68)
      if (($1, $2, path) in same) print path >("take." same[$1, $2, path])
      else if (($1, $2) in alike) print "link\t" alike[$1, $2] "\t" path >"single"
      else print "copy" $2 "\t" content[$1] "\t" path >"single"
    }' known manifest
  [ -f single ] || : >single
  sed -n 's/^link - //p' manifest >links
  sed -n 's/^folder - //p' manifest >folders
}

# files_lay: the whole folder, beside its place.
files_lay() {
  kw_part=$kw_release/files.part
  rm -rf "$kw_part"
  mkdir -p "$kw_part"
  for kw_list in take.*; do
    [ -f "$kw_list" ] || continue
    tr '\n' '\0' <"$kw_list" | (cd "tree/${kw_list#take.}" && xargs -0r cp -l --parents -t "$kw_part" --)
  done
  {
    awk -F '\t' '{ sub(/\/[^\/]*$/, "", $4); print $4 }' single
    awk -F '\t' '{ sub(/\/[^\/]*$/, "", $1); print $1 }' links
    cat folders
  } | sort -u | tr '\n' '\0' | (cd "$kw_part" && xargs -0r mkdir -p --)
  while IFS='	' read -r kw_how kw_tree kw_from kw_to; do
    case "$kw_how" in
      link) ln "tree/$kw_tree/$kw_from" "$kw_part/$kw_to" ;;
      copy*)
        cp "tree/$kw_tree/$kw_from" "$kw_part/$kw_to"
        if [ "$kw_how" = copyx ]; then chmod 0550 "$kw_part/$kw_to"; else chmod 0440 "$kw_part/$kw_to"; fi
        ;;
    esac
  done <single
  while IFS='	' read -r kw_to kw_target; do
    ln -sT -- "$kw_target" "$kw_part/$kw_to"
  done <links
  find "$kw_part" -type d -exec chmod u=rwx,g=rx,o= {} +
}

# files_done: into its place. A folder without its list is none.
files_done() {
  sync -f "$kw_part"
  rm -rf "$kw_release/files.list" "$kw_release/files.old"
  [ ! -d "$kw_release/files" ] || mv -T "$kw_release/files" "$kw_release/files.old"
  mv -T "$kw_part" "$kw_release/files"
  cp manifest "$kw_release/files.list.part"
  sync "$kw_release/files.list.part"
  mv -f "$kw_release/files.list.part" "$kw_release/files.list"
  sync "$kw_release"
  rm -rf "$kw_release/files.old"
}
