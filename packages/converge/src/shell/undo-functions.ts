/** Functions that take back what runs did: shell/library.ts. `$KEPT` is a folder of an action's own in the generation. */
export const undoFunctions = String.raw`
# is_still PATH KIND VALUE: what is there is what a run wrote.
is_still() {
  case $2 in
    absent) [ ! -e "$1" ] && [ ! -L "$1" ] ;;
    directory) [ -d "$1" ] && [ ! -L "$1" ] ;;
    symlink) [ -L "$1" ] && [ "$(readlink -- "$1"; echo x)" = "$3$${'{'}NL}x" ] ;;
    file) [ -f "$1" ] && [ ! -L "$1" ] && [ "$(sha256sum <"$1")" = "$3  -" ] ;;
    tree) [ -d "$1" ] && [ "$(stat -c %i -- "$1")" = "$3" ] ;;
    *) return 1 ;;
  esac
}

# keep_undo ID POSSIBLE COMMAND AFTERWARDS: how what an action is about to do can be taken back, as scripts.
keep_undo() {
  undo_folder=$GEN/$STEP-8.undo
  mkdir -p -- "$undo_folder/kept"
  printf '%s\n' "$1" >"$undo_folder/id"
  printf '%s\n' "$2" >"$undo_folder/possible"
  printf '%s\n' "$3" >"$undo_folder/command"
  printf '%s\n' "$4" >"$undo_folder/afterwards"
  sync -f -- "$undo_folder"
  KEPT=$undo_folder/kept
  export KEPT
}

# run_undo FOLDER WHICH: one of an action's scripts, which find the state folder in $S; its output is in $W/out and $W/err.
run_undo() { (KEPT=$1/kept; export KEPT S; exec sh -- "$1/$2") >"$W/out" 2>"$W/err" </dev/null 9>&-; }

# undo_possible FOLDER…: each action of these generations says whether what it did can be taken back.
undo_possible() {
  for undo_at in "$@"; do
    for undo_folder in "$undo_at"/*.undo; do
      [ ! -d "$undo_folder" ] || [ -e "$undo_folder/undone" ] || run_undo "$undo_folder" possible || { emit undo-impossible "$(cat "$W/out" "$W/err" | head -c 4096)"; return 1; }
    done
  done
}

# is_left PATH WAS KIND VALUE: somebody changed what a run wrote, or put something into a folder that it made.
is_left() {
  is_still "$1" "$3" "$4" || return 0
  [ "$3" = directory ] && [ "$2" = absent ] && [ -n "$(ls -A -- "$1")" ]
}

# undo_generation FOLDER: puts back what a run kept, the last first, where nobody changed it since. Stops at an action
# that can't be taken back: what it rests on then stays too. A generation stays until all of it is put back. Never in a
# condition: there set -e would do nothing.
undo_generation() {
  undo_broken=
  [ ! -f "$1/links" ] || LINKS=$LINKS$NL$(cat -- "$1/links")
  for undo_entry in $(ls -r -- "$1" | grep -e '\.entry$' -e '\.undo$'); do
    case $undo_entry in
      *.undo)
        [ ! -e "$1/$undo_entry/undone" ] || continue
        if run_undo "$1/$undo_entry" command; then touch -- "$1/$undo_entry/undone"; emit undone "$(cat -- "$1/$undo_entry/id")"; continue; fi
        emit undo-failed "$(cat "$W/out" "$W/err" | head -c 4096)"
        return 1 ;;
    esac
    { read -r undo_path; read -r undo_was; read -r undo_kind; read -r undo_value; } <"$1/$undo_entry"
    if is_left "$undo_path" "$undo_was" "$undo_kind" "$undo_value"; then emit undo-left "$undo_path"; continue; fi
    STEP=00000
    (
      set -e
      guard_parent "$undo_path" "$(stat -c %U -- "$undo_path" 2>/dev/null || echo root)"
      case $undo_was in
        absent) if [ -d "$undo_path" ] && [ ! -L "$undo_path" ]; then rmdir -- "$undo_path"; else rm -f -- "$undo_path"; fi ;;
        copy)
          temporary "$undo_path"
          cp -a --remove-destination --no-dereference -T -- "$1/$${'{'}undo_entry%.entry}.copy" "$new" && mv -fT -- "$new" "$undo_path" ||
            { rm -f -- "$new"; exit 1; } ;;
        'directory '*)
          set -- $undo_was
          [ -d "$undo_path" ] || mkdir -m 0700 -- "$undo_path"
          chown -h "$3:$4" -- "$undo_path"
          set_mode "$undo_path" "$2" ;;
        'tree '*)
          exchange_trees "$undo_path" "$${'{'}undo_was#tree }"
          rm -rf -- "$${'{'}undo_was#tree }" ;;
      esac
      sync_parent "$undo_path"
    ) >"$W/out" 2>"$W/err" </dev/null 9>&-
    if [ $? = 0 ]; then
      mv -T -- "$1/$undo_entry" "$1/$undo_entry.undone"
      emit undone "$undo_path"
    else
      undo_broken=yes
      emit undo-failed "$undo_path: $(head -c 4096 "$W/err")"
    fi
  done
  sync_parents
  if [ -f "$1/reacted" ]; then
    systemctl daemon-reload </dev/null >/dev/null 2>&1 9>&-
    sort -u "$1/reacted" | while read -r undo_id; do emit undo-reacted "$undo_id"; done
    if [ -f "$1/reactions" ]; then sort -u "$1/reactions" >"$W/reactions"; sh "$W/reactions" </dev/null >/dev/null 2>&1 9>&-; fi
  fi
  for undo_entry in "$1"/*.undo; do
    if [ -d "$undo_entry" ]; then
      run_undo "$undo_entry" afterwards || emit undo-failed "$(cat "$W/out" "$W/err" | head -c 4096)"
    fi
  done
  [ -z "$undo_broken" ] || return 1
  mkdir -p -- "$S/undone" && rm -rf -- "$S/undone/last" && mv -T -- "$1" "$S/undone/last"
  sync -- "$S/generations"
}

# undo_unproven: takes back this run, and those before it that came to no proof, the newest first, as far as it goes.
undo_unproven() {
  undo_first=yes
  for undo_number in $(ls -- "$S/generations" | sort -rn); do
    undo_each=$S/generations/$undo_number
    [ -e "$undo_each/unproven" ] || continue
    undo_possible "$undo_each" >"$W/undo-why" || { [ -z "$undo_first" ] || cat -- "$W/undo-why"; break; }
    undo_first=
    undo_generation "$undo_each"
    [ $? = 0 ] || return 0
  done
  [ -n "$undo_first" ] || emit undo-complete
}

# proven: an action that proves the run has succeeded: what was done until now stays when a later one fails.
proven() { rm -f -- "$S"/generations/*/unproven && sync -- "$S/generations"; }

# roll_back FOLDER: undoes a generation wholly before anything is said: the connection may be gone.
roll_back() {
  roll_lost=
  trap roll_lost=yes HUP INT PIPE TERM
  if undo_possible "$1" >"$W/undo-records"; then undo_generation "$1" >"$W/undo-records" 2>/dev/null
  elif (ACCEPT_LOSS=yes; export ACCEPT_LOSS; undo_possible "$1" >/dev/null); then emit undo-acceptable >>"$W/undo-records"
  fi
  cat -- "$W/undo-records"
  trap 'exit 71' HUP INT PIPE TERM
  [ -z "$roll_lost" ] || exit 71
}

# step_proves ID: right after the subshell of such an action. On failure the run is undone before anything is said: the
# connection may be gone.
step_proves() {
  step_code=$?
  if [ "$step_code" = 0 ]; then
    proven
  else
    mv -f -- "$W/out" "$W/step-out"
    mv -f -- "$W/err" "$W/step-err"
    undo_unproven >"$W/undo-records" 2>/dev/null
    cat -- "$W/undo-records"
    mv -f -- "$W/step-out" "$W/out"
    mv -f -- "$W/step-err" "$W/err"
  fi
  return "$step_code"
}
`
