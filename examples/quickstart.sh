#!/usr/bin/env bash
# From a fresh clone to a trained network: installs what is missing, gets Fashion-MNIST, builds the
# examples, trains for 2 epochs, and leaves checkpoint.wick and predictions.png.
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
say "train_fashion_mnist $*"
trainer=$PWD/build/release/examples/train_fashion_mnist
cd "$caller"
exec "$trainer" "$@"
