#!/usr/bin/env bash
# Builds wick for other systems with cross compilers, runs its tests there by emulation, and lets each system read the
# files of the others.
#
#   ./tests/portability/run.sh                 all tests for 64-bit Windows (mingw-w64, Wine) and 64-bit Arm (qemu)
#   ./tests/portability/run.sh windows         for one of them; the other is arm64
#   ./tests/portability/run.sh --smoke         only the files, which takes a minute
#
# WICK_HOST_EXCHANGE names a tests/portability/wick_exchange that is built for this machine already.
#
# Installs what it needs (Debian, Ubuntu). Every step that fails ends the script with an error.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source examples/setup.sh

smoke=
systems=()
for argument in "$@"; do
  case $argument in
    windows | arm64) systems+=("$argument") ;;
    --smoke) smoke=yes ;;
    -h | --help)
      sed -n '2,/^set /s/^# \{0,1\}//p' tests/portability/run.sh
      exit 0
      ;;
    *) usage_error "unknown option $argument; there are windows, arm64 and --smoke" ;;
  esac
done
if [ ${#systems[@]} = 0 ]; then systems=(windows arm64); fi

work=$PWD/build/portability
headers=$work/headers
declare -A compiler=([host]=${CXX:-g++} [windows]=x86_64-w64-mingw32-g++-posix [arm64]=aarch64-linux-gnu-g++)
declare -A packages=([windows]="g++-mingw-w64-x86-64-posix wine64 wine" [arm64]="g++-aarch64-linux-gnu qemu-user")
declare -A emulator=([host]= [windows]=wine [arm64]="qemu-aarch64 -L /usr/aarch64-linux-gnu")
# A Wine of one's own, silent about what it lacks.
export WINEPREFIX=$work/wine WINEDEBUG=-all

install_needed() {
  local system package missing=()
  install_build_tools libeigen3-dev doctest-dev libstb-dev libcli11-dev
  for system in "${systems[@]}"; do
    for package in ${packages[$system]}; do
      if ! has_package "$package"; then missing+=("$package"); fi
    done
  done
  install_packages ${missing[@]+"${missing[@]}"} || fail "these tests need ${missing[*]}"
}

# Libraries that are headers, without the rest of /usr/include, which is of another system.
link_headers() {
  mkdir -p "$headers/include"
  ln -sfn /usr/include/eigen3/Eigen "$headers/include/Eigen"
  ln -sfn /usr/include/stb "$headers/include/stb"
  ln -sfn /usr/include/CLI "$headers/include/CLI"
  ln -sfn /usr/include/doctest "$headers/doctest"
}

on() {  # SYSTEM PROGRAM [ARGUMENT...]
  local system=$1
  shift
  # shellcheck disable=SC2086  # an emulator has options
  ${emulator[$system]} "$@"
}

build_exchange() {  # SYSTEM
  local more=
  if [ "$1" = windows ]; then more=-static; fi
  # shellcheck disable=SC2086
  "${compiler[$1]}" -std=c++20 -O1 -Wall -Wextra -Wpedantic -Wconversion -Wshadow $more -pthread \
    -Iinclude -Itests -isystem "$headers/include" tests/portability/exchange.cpp -o "$work/exchange/$1.exe"
}

exchange_files() {
  local system
  say "Files from each system to each: host ${systems[*]}"
  local folders=() builds=()
  mkdir -p "$work/exchange"
  for system in host "${systems[@]}"; do
    if [ "$system" = host ] && [ -n "${WICK_HOST_EXCHANGE:-}" ]; then
      cp "$WICK_HOST_EXCHANGE" "$work/exchange/host.exe"
      continue
    fi
    build_exchange "$system" &
    builds+=($!)
  done
  local build
  for build in "${builds[@]}"; do wait "$build"; done
  for system in host "${systems[@]}"; do
    rm -rf "build/portability/files/$system"
    on "$system" "$work/exchange/$system.exe" write "build/portability/files/$system"
    folders+=("build/portability/files/$system")
  done
  for system in host "${systems[@]}"; do
    note "on $system:"
    on "$system" "$work/exchange/$system.exe" read "${folders[@]}"
  done
}

configure() {  # SYSTEM [CMAKE_OPTION...]
  local system=$1
  shift
  "$cmake" -S . -B "$work/$system" -DCMAKE_BUILD_TYPE=Release -DWICK_NATIVE=OFF -DWICK_WERROR=ON \
    -DWICK_TEST_DOCUMENTS=OFF -DWICK_EIGEN_INCLUDE_DIR="$headers/include" \
    -DWICK_STB_INCLUDE_DIR="$headers/include/stb" \
    -DCMAKE_DISABLE_FIND_PACKAGE_doctest=ON -DFETCHCONTENT_SOURCE_DIR_DOCTEST="$headers" \
    -DCMAKE_DISABLE_FIND_PACKAGE_CLI11=ON -DFETCHCONTENT_SOURCE_DIR_CLI11="$headers" "$@"
}

export_cpp() {  # SYSTEM
  local tool=$work/$1/examples/wick
  if [ "$1" = windows ]; then tool+=.exe; fi
  on "$1" "$tool" export-cpp --force --name exported tests/reference/checkpoint_v1.wick "build/portability/$1.hpp"
  echo "#include \"$1.hpp\"" >"$work/$1.cpp"
  "${compiler[$1]}" -std=c++17 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -fsyntax-only "$work/$1.cpp"
}

test_on() {  # SYSTEM
  say "Building for $1"
  configure "$1" --toolchain "$PWD/tests/portability/$1.cmake"
  "$cmake" --build "$work/$1" -j "$jobs"
  say "Testing on $1"
  "$ctest" --test-dir "$work/$1" -j "$jobs" --output-on-failure
  export_cpp "$1"
  cmp "$work/host.hpp" "$work/$1.hpp" || fail "export-cpp gives other bytes on $1"
  note "export-cpp gives the bytes that it gives on the host"
}

install_needed
link_headers
exchange_files
if [ -n "$smoke" ]; then exit 0; fi
say "Building the host's export-cpp"
configure host
"$cmake" --build "$work/host" -j "$jobs" --target wick_tool
export_cpp host
for system in "${systems[@]}"; do test_on "$system"; done
