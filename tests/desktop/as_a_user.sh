#!/usr/bin/env bash
# Uses the desktop program as a user does: on a screen of its own, by keys, looking at the titles of windows.
#
#   as_a_user.sh PROGRAM MODEL_PROGRAM MODEL SCREENSHOTS
set -euo pipefail

program=$1 model_program=$2 model=$3 screenshots=$4
home=$(mktemp -d)
program_id= screen_id=
clean_up() {
  if [ -n "$program_id" ]; then kill "$program_id" 2>/dev/null || true; fi
  if [ -n "$screen_id" ]; then kill "$screen_id" 2>/dev/null || true; fi
  rm -rf "$home"
}
trap clean_up EXIT

fail() {
  printf 'error: %s\n' "$*" >&2
  screenshot failed || true
  exit 1
}
screenshot() {
  if command -v import >/dev/null; then import -window root "$screenshots/as_a_user_$1.png"; fi
}
# The title of a window that matches; nothing if there is none.
title() {
  local id
  id=$(xdotool search --onlyvisible --name "$1" 2>/dev/null | tail -n 1) || true
  if [ -n "$id" ]; then xdotool getwindowname "$id" 2>/dev/null || true; fi
}
# wait_for PATTERN: until a window's title matches; the title is in $found then.
wait_for() {
  local i
  for ((i = 0; i < 600; ++i)); do
    found=$(title "$1")
    if [ -n "$found" ]; then return 0; fi
    if ! kill -0 "$program_id" 2>/dev/null; then fail "the program ended while waiting for the window $1"; fi
    sleep 0.1
  done
  fail "there was no window $1, but: $(title 'wick$')"
}
wait_for_end_of() {
  local i
  for ((i = 0; i < 600; ++i)); do
    if [ -z "$(title "$1")" ]; then return 0; fi
    sleep 0.1
  done
  fail "the window $1 did not close"
}
# There is no window manager, which would give the newest window the keys.
focus() {
  xdotool windowfocus --sync "$(xdotool search --onlyvisible --name "$1" | tail -n 1)"
}
keys() { xdotool key --clearmodifiers "$@"; }
# A title as a pattern that matches nothing else.
exactly() { printf '^%s$' "$(printf '%s' "$1" | sed 's/[][\.*^$/]/\\&/g')"; }
# What the network says of a test image, without the program: "Ankle boot - 98 %"; its true class in $true_class.
expect() {
  local said
  said=$("$model_program" "$model" "$1" "$home/$1.png")
  expected=$(sed -n 1p <<<"$said")
  true_class=$(sed -n 2p <<<"$said")
}

mkdir -p "$screenshots"
status=0
"$model_program" "$model" 0 "$home/0.png" >"$home/said" || status=$?
if [ "$status" -ne 0 ]; then
  cat "$home/said"
  exit "$status"
fi
Xvfb -displayfd 3 -screen 0 1280x900x24 -nolisten tcp 3>"$home/display" 2>"$home/screen.log" &
screen_id=$!
for ((i = 0; i < 300; ++i)); do
  if [ -s "$home/display" ]; then break; fi
  sleep 0.1
done
[ -s "$home/display" ] || { cat "$home/screen.log" >&2; fail "Xvfb does not start"; }
DISPLAY=:$(cat "$home/display")
XDG_CONFIG_HOME=$home/config XDG_RUNTIME_DIR=$home
export DISPLAY XDG_CONFIG_HOME XDG_RUNTIME_DIR
unset QT_QPA_PLATFORM WAYLAND_DISPLAY

# A model and a picture on the command line.
expect 0
[ "${expected%% - *}" = "$true_class" ] || fail "the network takes test image 0, $true_class, for $expected"
"$program" "$model" "$home/0.png" &
program_id=$!
wait_for "$(exactly "$expected - wick")"
main="wick\$"
focus "$main"
screenshot picture
printf 'a picture of the command line: %s\n' "$found"

# Test images, by keys.
right=0
for i in 0 1 2 3 4 5 6 7 8 9; do
  keys ctrl+Right
  expect "$i"
  wait_for "$(exactly "$expected - wick")"
  if [ "${expected%% - *}" = "$true_class" ]; then right=$((right + 1)); fi
done
[ "$right" -ge 8 ] || fail "of ten test images $right are right"
screenshot sample
printf 'ten test images: %s right, the last is %s\n' "$right" "$found"

# A broken model, chosen in the dialog.
head -c 20000 "$model" >"$home/broken.wick"
keys ctrl+o
wait_for '^Open a model or a picture$'
focus '^Open a model or a picture$'
xdotool type --delay 5 "$home/broken.wick"
keys Return
wait_for '^Cannot open the model - wick$'
screenshot broken
printf 'a broken model: %s\n' "$found"
focus '^Cannot open the model - wick$'
keys Return
wait_for_end_of '^Cannot open the model - wick$'
focus "$main"
keys ctrl+Left
expect 8
wait_for "$(exactly "$expected - wick")"

# Training for a long time; meanwhile there are other pictures, which the old network classifies.
keys alt+a
xdotool type 100
keys ctrl+t
wait_for ' - training [0-9]* % - wick$'
for i in 9 10 11; do
  keys ctrl+Right
  expect "$i"
  pattern=$(exactly "$expected")
  wait_for "${pattern%\$} - training [0-9]* % - wick\$"
done
screenshot training
printf 'while training: %s\n' "$found"
keys Escape
wait_for "$(exactly "$expected - wick")"
printf 'after cancelling: %s\n' "$found"

# Closed amid a training it ends by itself.
keys ctrl+t
wait_for ' - training [0-9]* % - wick$'
keys ctrl+q
status=0
wait "$program_id" || status=$?
program_id=
[ "$status" -eq 0 ] || fail "the program ended with $status"

# The next time it opens the same model.
"$program" "$home/0.png" &
program_id=$!
expect 0
wait_for "$(exactly "$expected - wick")"
focus "$main"
keys ctrl+q
wait "$program_id" || fail "the program ended with $?"
program_id=
printf 'the next start: %s\n' "$found"

# A folder is labelled by keys: the first picture is a bag, the second a shirt, and the second one is taken back.
mkdir "$home/pictures"
for i in 1 2 3; do
  "$model_program" "$model" "$i" "$home/pictures/$i.png" >/dev/null
done
"$program" "$home/pictures" &
program_id=$!
expect 1
wait_for "$(exactly "$expected - wick")"
focus "$main"
# To the next one and back: what was in view before is not selected any more.
keys ctrl+Right
expect 2
wait_for "$(exactly "$expected - wick")"
keys ctrl+Left
expect 1
wait_for "$(exactly "$expected - wick")"
keys 8
expect 2
wait_for "$(exactly "$expected - wick")"
screenshot folder
keys 6
expect 3
wait_for "$(exactly "$expected - wick")"
keys ctrl+z
expect 2
wait_for "$(exactly "$expected - wick")"
keys ctrl+q
wait "$program_id" || fail "the program ended with $?"
program_id=
labels=$(cat "$home/pictures/labels.csv")
[ "$labels" = "$(printf 'file,label\n1.png,Bag\n2.png,')" ] || fail "labels.csv is $labels"
printf 'a folder: %s\n' "$(tr '\n' ' ' <"$home/pictures/labels.csv")"
