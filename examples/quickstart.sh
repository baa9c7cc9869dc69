#!/usr/bin/env bash
# From a fresh clone to a trained network: installs what is missing, gets Fashion-MNIST, builds the
# examples, trains for 2 epochs, leaves checkpoint.wick and three pictures, predictions.png, curves.png and
# confusion.png, and says what to do next. An interrupted run ends with exit status 130.
#
#   ./examples/quickstart.sh [options of train_fashion_mnist, e.g. --epochs 5 --seed 1]
#
# Debian and Ubuntu need nothing beforehand; elsewhere have a C++20 compiler, CMake, Ninja or make,
# git and curl. WICK_FASHION_MNIST names a folder that already holds the data.
set -euo pipefail
caller=$PWD
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source examples/setup.sh

# True when the option $1 is among the arguments after it.
given() {
  local option=$1 argument
  shift
  for argument in "$@"; do
    case $argument in "$option" | "$option="*) return 0 ;; esac
  done
  return 1
}

case ${1:-} in
  -h | --help)
    sed -n '2,/^set /s/^# \{0,1\}//p' examples/quickstart.sh
    exit 0
    ;;
esac
if [ -z "${WICK_FASHION_MNIST:-}" ] && ! given --data "$@"; then later_packages=(dataset-fashion-mnist); fi
install_build_tools libeigen3-dev libstb-dev libcli11-dev
if ! given --data "$@"; then
  find_fashion_mnist
  set -- --data "$fashion_mnist" "$@"
fi

say "Building the examples"
"$cmake" --preset release -DWICK_BUILD_TESTS=OFF -DWICK_BUILD_EXAMPLES=ON
"$cmake" --build --preset release -j "$jobs" --target train_fashion_mnist save_load_tutorial

if ! given --epochs "$@"; then set -- "$@" --epochs 2; fi
if ! given --checkpoint "$@"; then set -- "$@" --checkpoint checkpoint.wick; fi
if ! given --picture "$@"; then set -- "$@" --picture predictions.png; fi
if ! given --curves "$@"; then set -- "$@" --curves curves.png; fi
if ! given --confusion "$@"; then set -- "$@" --confusion confusion.png; fi
say "train_fashion_mnist $*"
wick=$PWD
cd "$caller"
"$wick/build/release/examples/train_fashion_mnist" "$@"

# value OPTION ARGUMENT...: what was given with OPTION.
value() {
  local option=$1 before= argument
  shift
  for argument in "$@"; do
    if [ "$before" = "$option" ]; then
      printf '%s' "$argument"
      return
    fi
    case $argument in "$option="*) printf '%s' "${argument#*=}"; return ;; esac
    before=$argument
  done
}
checkpoint=$(value --checkpoint "$@")
say "What to do next"
note "look at the pictures   $(value --picture "$@"), $(value --curves "$@"), $(value --confusion "$@")"
note "train on               $wick/build/release/examples/train_fashion_mnist --data $(value --data "$@") --resume $checkpoint --checkpoint $checkpoint --epochs 4"
note "predict a picture      $cmake --build $wick/build/release --target wick_tool"
note "                       $wick/build/release/examples/wick predict $checkpoint PICTURE.png"
if grep -q '^Qt6_DIR:PATH=/' "$wick/build/release/CMakeCache.txt"; then
  note "open the desktop       $cmake --build $wick/build/release --target wick_desktop"
  note "                       $wick/build/release/examples/desktop/wick-desktop $checkpoint"
else
  note "open the desktop       install Qt 6 (Debian's package qt6-base-dev), run this again, and see docs/desktop.md"
fi
note "in a program of yours  README.md, and docs/embedding.md"
