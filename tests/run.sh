#!/usr/bin/env bash
# Builds wick and runs its tests, after installing what is missing (Debian, Ubuntu).
#
#   ./tests/run.sh        the tests of every part, optimised for this machine, with the Eigen that the system has:
#                         about twelve minutes on two cores
#   ./tests/run.sh --all  all tests, that is also: with Eigen 5; with Clang under sanitizers; in 32 bits; projects that use
#                         wick in each way; every header alone and under the macros of others; the programs in the
#                         documents; the reference of names; the desktop program; PyTorch itself; files to and from Windows and Arm
#                         (./tests/portability/run.sh runs all tests there); fuzzing; checks of style. About two hours
#   ./tests/run.sh --ci   the same without GCC with Eigen 5, 32 bits, clang-tidy of the examples, each header alone, new
#                         cases of PyTorch's test databases and with fewer projects that use wick, which would make it
#                         too long for two cores
#
# Every step that fails ends the script with an error; --all and --ci end with CTest's summary.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source examples/setup.sh
source tests/interop/setup.sh

mode=${1:-quick}
case $mode in
  quick | --all | --ci) ;;
  -h | --help)
    sed -n '2,/^set /s/^# \{0,1\}//p' tests/run.sh
    exit 0
    ;;
  *) usage_error "unknown option $mode; there are --all and --ci" ;;
esac
if [ $# -gt 1 ]; then usage_error "at most one option"; fi

eigen5=build/eigen5/include
# SHA-256 over the sorted list of the SHA-256 of each file of Eigen 5.0.1's Eigen/ folder (upstream
# commit bc3b39870ecb690a623a3f49149a358b95c5781d), so that it does not matter where they come from.
eigen5_sum=7152e5995c295360fe3e2e77b8deed05f8e52805d33eb79aec83d522438235a8

eigen5_sum_of() {
  (cd "$1" && find Eigen -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)
}

# Puts Eigen 5's headers into $eigen5, out of a Python package that carries them: the packages of
# Debian 12 and Ubuntu have Eigen 3.4 only. Returns 1, with the reason in $why, if they cannot be had.
get_eigen5() {
  if [ -d "$eigen5/Eigen" ] && [ "$(eigen5_sum_of "$eigen5")" = "$eigen5_sum" ]; then return 0; fi
  say "Getting Eigen 5"
  if ! works python3; then install_packages python3 || true; fi
  if ! python3 -m pip --version >/dev/null 2>&1; then install_packages python3-pip || true; fi
  if ! python3 -m pip --version >/dev/null 2>&1; then
    why="python3 -m pip does not run"
    return 1
  fi
  local temporary
  temporary=$(mktemp -d)
  # Headers are the same in the package's builds for every platform; name one that pip can unpack anywhere.
  if ! python3 -m pip --quiet --disable-pip-version-check download --no-deps --only-binary=:all: \
    --platform manylinux2014_x86_64 --implementation cp --python-version 311 --abi cp311 \
    --dest "$temporary" eigency==5.0.1.1; then
    rm -rf "$temporary"
    why="pip could not download eigency 5.0.1.1, which carries its headers"
    return 1
  fi
  python3 -m zipfile -e "$temporary"/eigency-*.whl "$temporary/package"
  local sum
  sum=$(eigen5_sum_of "$temporary/package/eigency/eigen")
  if [ "$sum" != "$eigen5_sum" ]; then
    rm -rf "$temporary"
    fail "the Eigen 5 headers that pip downloaded have the checksum $sum, expected $eigen5_sum"
  fi
  rm -rf "$eigen5"
  mkdir -p "$eigen5" && mv "$temporary/package/eigency/eigen/Eigen" "$eigen5/" || fail "cannot write $eigen5"
  rm -rf "$temporary"
}

# with_progress WHAT LOG COMMAND...: the command's output goes to LOG. One line says how far it is; the end of LOG is
# shown if it fails.
with_progress() {
  local what=$1 log=$2 begin=$SECONDS status=0 child at
  shift 2
  mkdir -p "$(dirname "$log")"
  "$@" >"$log" 2>&1 &
  child=$!
  trap 'kill "$child" 2>/dev/null || true; exit 130' INT
  while [ -t 1 ] && kill -0 "$child" 2>/dev/null; do
    # [12/345] of Ninja, [ 12%] of make, 12/345 of CTest.
    at=$(tail -n 1 "$log" | sed -n 's/^ *\(\[[^]]*\]\|[0-9]*\/[0-9]* \).*/\1/p')
    printf '\r   %s %s  %d:%02d ' "$what" "$at" $(((SECONDS - begin) / 60)) $(((SECONDS - begin) % 60))
    sleep 1
  done
  wait "$child" || status=$?
  trap 'exit 130' INT
  if [ -t 1 ]; then printf '\r'; fi
  printf '   %s: %d:%02d%*s\n' "$what" $(((SECONDS - begin) / 60)) $(((SECONDS - begin) % 60)) 20 ''
  if [ "$status" != 0 ]; then
    grep -E -A 20 'error:|ERROR:|^FAILED:' "$log" | head -n 60 >&2 || true
    tail -n 20 "$log" >&2
    fail "$what failed; all that it printed is in $log"
  fi
}

# One program with a test of every header, those of real training, and those that kill processes.
quick() {
  local minutes=$(((23 + cores - 1) / cores))
  say "The tests of every part: about $minutes minutes with $cores processors that have nothing else to do"
  with_progress Configuring build/log/configure.log "$cmake" --preset release -DWICK_BUILD_TESTS=ON -DWICK_BUILD_EXAMPLES=ON
  with_progress Building build/log/build.log "$cmake" --build --preset release -j "$jobs" --target wick_quick
  with_progress Testing build/log/test.log "$ctest" --preset release -j "$jobs" \
    --exclude-regex '^(docs|package|interop|desktop|portability)/|^structure/(headers_|flags|build_link|link$)|^native$'
  sed -n 's/^[0-9]*% tests passed.*/   &/p' build/log/test.log
  note "What else there is: ./tests/run.sh --all ($(((220 + cores - 1) / cores)) minutes or so; --help says what is in it)"
}

skipped=
tests=()  # options of ctest
portability=

# build_and_test PRESET [CMAKE_OPTION...]
build_and_test() {
  local preset=$1
  shift
  say "Building: $preset"
  "$cmake" --preset "$preset" -DWICK_BUILD_TESTS=ON "$@"
  "$cmake" --build --preset "$preset" -j "$jobs"
  if [ -n "$skipped" ]; then say "$skipped"; fi
  if [ "$preset" = release ] && [ -n "$portability" ]; then
    WICK_HOST_EXCHANGE=$PWD/build/release/tests/portability/wick_exchange ./tests/portability/run.sh --smoke
  fi
  say "Testing: $preset"
  "$ctest" --preset "$preset" -j "$jobs" ${tests[@]+"${tests[@]}"}
}

# Whether g++ makes programs of 32 bits; installs what that takes. Debian's g++-multilib would, too, but excludes cross
# compilers, hence the flag in the preset for the one header that is only there.
compiles_for_32_bits() {
  local flags=(-m32 -idirafter /usr/include/x86_64-linux-gnu)
  why="this is no x86-64 with g++"
  if [ "$(uname -m)" != x86_64 ] || ! works g++; then return 1; fi
  if ! has_package "g++-$(g++ -dumpversion)-multilib"; then install_packages "g++-$(g++ -dumpversion)-multilib" || true; fi
  why="g++ -m32 does not compile"
  mkdir -p build && g++ "${flags[@]}" -x c++ - -o build/bits32-works <<<'#include <string>
#include <sys/stat.h>
int main() { return std::string().size(); }' 2>/dev/null && build/bits32-works
}

# Compares the texts: clang-format-14's own --dry-run objects to namespace comments that it leaves as they are.
check_format() {
  say "Checking the format"
  find . -path './build*' -prune -o \( -name '*.?pp' -o -name '*.inl' \) -print0 |
    xargs -0 -n 1 -P "$jobs" bash -c 'clang-format-14 "$0" | diff -u --label "$0" --label "$0, formatted" "$0" -' ||
    fail "run clang-format-14 -i on the files above"
  note "clang-format-14 has nothing to change"
}

# Every header, through one translation unit that includes them all, the tool through another; with --all the examples,
# too, each of which takes as long as all headers.
check_tidy() {  # BUILD_FOLDER of Clang
  say "Checking with clang-tidy"
  # Not in CMake's list: clang-tidy takes the flags of their neighbours.
  local headers=$1/wick_headers.cpp tool=$1/wick_tool.cpp
  find include -name '*.?pp' ! -path '*/distributed/mpi.hpp' | LC_ALL=C sort | sed 's|^include/\(.*\)|#include <\1>|' >"$headers"
  find "$PWD/examples/tool" -name '*.cpp' | LC_ALL=C sort | sed 's|.*|#include "&"|' >"$tool"
  local files=("$headers" "$tool")
  if [ "$mode" = --all ]; then files+=(examples/*.cpp); fi
  printf '%s\0' "${files[@]}" | grep -zv '_mpi\.cpp$' |
    xargs -0 -n 1 -P "$jobs" clang-tidy-14 -p "$1" --quiet --checks=-bugprone-suspicious-include
  note "clang-tidy-14 has nothing to say"
}

cores=$((jobs - 1))
if [ "$mode" = quick ]; then
  later_packages=(dataset-fashion-mnist)
  install_build_tools libeigen3-dev doctest-dev libstb-dev libcli11-dev
  find_fashion_mnist
  export WICK_FASHION_MNIST=$fashion_mnist
  quick
  exit 0
fi

install_build_tools libeigen3-dev doctest-dev libstb-dev libcli11-dev pkg-config
find_fashion_mnist
export WICK_FASHION_MNIST=$fashion_mnist
eigen5_options=(-DWICK_EIGEN_INCLUDE_DIR="$PWD/$eigen5")
if ! get_eigen5; then
  skipped="Eigen 5: skipped ($why)"
  eigen5_options=()
fi
missing=()
if ! works clang++-14; then missing+=(clang-14); fi
if ! works clang-tidy-14; then missing+=(clang-tidy-14); fi
if ! works clang-format-14; then missing+=(clang-format-14); fi
if ! works doxygen; then missing+=(doxygen); fi
install_packages ${missing[@]+"${missing[@]}"} || fail "$mode needs ${missing[*]}"
install_packages libclang-rt-14-dev || fail "$mode needs Clang's sanitizers"
# The desktop program, and a screen for it.
install_packages qt6-base-dev xvfb xdotool fonts-dejavu-core || fail "$mode needs Qt 6, Xvfb and xdotool"
# Training in several processes; with the other MPI, too.
install_packages libopenmpi-dev openmpi-bin || fail "$mode needs Open MPI"
if [ "$mode" = --all ]; then install_packages libmpich-dev mpich || fail "$mode needs MPICH"; fi
# Reports are opened in it.
install_packages chromium || note "skipped: reports in a browser (no package chromium)"
portability=yes
get_interop_packages
check_format
at_once=4
fuzz_seconds=60
if [ "$mode" = --ci ]; then
  at_once=9
  fuzz_seconds=30
  tests=(--exclude-regex 'structure/headers_alone|interop/conformance')
fi
# Two builds cover the pairs: Clang with Eigen 5 under sanitizers, GCC with the system's Eigen as programs are built.
build_and_test sanitize -DCMAKE_CXX_COMPILER=clang++-14 -DWICK_FUZZ=ON ${eigen5_options[@]+"${eigen5_options[@]}"}
check_tidy build/sanitize
WICK_FUZZ_BUILD=build/sanitize WICK_FUZZ_AT_ONCE=$at_once ./tests/fuzz/run.sh "$fuzz_seconds"
without='interop/(torch|safetensors|conformance)|structure/headers_alone'  # they ran with Clang
if [ "$mode" = --all ]; then
  tests=()
  if [ -z "$skipped" ]; then build_and_test eigen5; fi
  if compiles_for_32_bits; then
    build_and_test bits32
  else
    note "skipped: 32 bits ($why)"
  fi
else
  without+='|package/add_subdirectory$'  # as readme, but for the way to the headers
  without+='|package/(wide_vectors|clang_o3|small_lto)$'
fi
tests=(--exclude-regex "$without")
build_and_test release -DWICK_BUILD_EXAMPLES=ON -DWICK_WERROR=ON
