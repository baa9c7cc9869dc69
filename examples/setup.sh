# Set-up shared by examples/quickstart.sh and tests/run.sh; sourced by them, not run by itself.
# Everything here leaves alone what the machine already has.

say() { printf '\n== %s\n' "$*"; }
note() { printf '   %s\n' "$*"; }
fail() {
  printf '\nerror: %s\n' "$*" >&2
  exit 1
}
usage_error() {
  printf 'error: %s\n' "$*" >&2
  exit 2
}
trap 'exit 130' INT

jobs=$(($(nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) + 1))  # one may wait for the disk

# Root, or sudo that needs no password or can ask for it.
can_be_root() {
  [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; }
}
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# Runs NAME --version: a version manager's shim can be on the PATH without a program behind it.
works() { command -v "$1" >/dev/null && "$1" --version >/dev/null 2>&1; }

# The first CMake on the PATH that is new enough goes into $cmake and $ctest.
find_cmake() {
  local candidate version
  while read -r candidate; do
    if [ -z "$candidate" ]; then continue; fi
    version=$("$candidate" --version 2>/dev/null | sed -n '1s/.* \([0-9][0-9.]*\).*/\1/p') || continue
    if [ -n "$version" ] && [ "$(printf '3.21\n%s\n' "$version" | sort -V | head -n 1)" = 3.21 ] &&
      works "$(dirname "$candidate")/ctest"; then
      cmake=$candidate
      ctest=$(dirname "$candidate")/ctest
      return 0
    fi
  done <<<"$(type -ap cmake)"
  return 1
}

# True when the package is installed.
has_package() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# apt_get ARGUMENT...: apt-get, without questions; what it prints is shown when it fails.
apt_get() {
  local log status=0
  log=$(mktemp)
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1 || status=$?
  if [ "$status" != 0 ]; then cat "$log" >&2; fi
  rm -f "$log"
  return "$status"
}

# install_packages PACKAGE...: Debian packages, where there is apt-get. Says what it could not install and
# returns 1; whether that is needed is for the caller to find out. Who cannot become root is told once what an
# administrator has to install; the packages in $later_packages, which are asked for later, are named then as well.
later_packages=()
told_administrator=
apt_updated=
install_packages() {
  local package wanted=()
  if [ $# = 0 ]; then return 0; fi
  if ! command -v apt-get >/dev/null; then
    note "no apt-get on this machine, so not installed: $*"
    return 1
  fi
  if ! can_be_root; then
    if [ -z "$told_administrator" ]; then
      for package in ${later_packages[@]+"${later_packages[@]}"}; do
        if [[ " $* " != *" $package "* ]] && ! has_package "$package"; then wanted+=("$package"); fi
      done
      note "not root, and no sudo that works. An administrator can install what is missing here:"
      note "    apt-get install $* ${wanted[*]-}"
      told_administrator=yes
    fi
    return 1
  fi
  say "Installing $*"
  if [ -z "$apt_updated" ]; then
    # One unreachable source must not stop the rest: the install tells what is missing.
    apt_get update || note "apt-get update failed; going on with the lists that are there"
    apt_updated=yes
  fi
  for package in "$@"; do
    if apt-cache show "$package" >/dev/null 2>&1; then
      wanted+=("$package")
    else
      note "no package $package in this machine's sources"
    fi
  done
  if [ ${#wanted[@]} = 0 ] || ! apt_get install -y --no-install-recommends "${wanted[@]}"; then return 1; fi
  hash -r
  [ ${#wanted[@]} = $# ]
}

# install_build_tools PACKAGE...: a compiler, CMake, Ninja or make, and the libraries named.
# Libraries that cannot be had as packages are left to CMake, which fetches pinned versions.
install_build_tools() {
  local package missing=()
  if [ -z "${CXX:-}" ] && ! works g++; then missing+=(g++); fi
  if ! find_cmake; then missing+=(cmake); fi
  if ! works ninja; then missing+=(ninja-build); fi
  if command -v dpkg-query >/dev/null; then
    for package in "$@"; do
      if ! has_package "$package"; then missing+=("$package"); fi
    done
  fi
  if ! install_packages ${missing[@]+"${missing[@]}"}; then
    note "going on: CMake fetches the libraries that it does not find"
    if ! works git; then install_packages git || true; fi
  fi

  local needed="wick needs a C++20 compiler (GCC 11, Clang 14 or newer), CMake 3.21 or newer, and Ninja or make"
  if ! find_cmake; then fail "$needed: no CMake 3.21 on the PATH. One way to get it: pip install cmake"; fi
  if [ -n "${CXX:-}" ]; then
    if ! works "$CXX"; then fail "$needed: CXX=$CXX does not run"; fi
  elif ! works g++; then
    if ! works clang++; then fail "$needed: no C++ compiler on the PATH"; fi
    export CXX=clang++
  elif [ "$(g++ -dumpversion | cut -d. -f1)" -lt 11 ]; then
    fail "$needed: g++ is $(g++ -dumpversion). Install a newer one and run again with CXX=g++-12"
  fi
  if works ninja; then
    export CMAKE_GENERATOR=${CMAKE_GENERATOR:-Ninja}
  elif ! works make; then
    fail "$needed: neither ninja nor make on the PATH"
  fi
  note "CMake: $cmake, compiler: ${CXX:-g++}, jobs: $jobs"
}

sha256_of() {
  if command -v sha256sum >/dev/null; then sha256sum -- "$1"; else shasum -a 256 -- "$1"; fi | cut -d' ' -f1
}

# Fashion-MNIST's four files: name, SHA-256 as published, SHA-256 in Debian's package (which holds
# the same compressed data under a new gzip header).
fashion_mnist_files='
train-images-idx3-ubyte.gz 3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84 b0564c3eedabfbf835052cff8503ea422014ce006caf5b757f851416ee8300c7
train-labels-idx1-ubyte.gz a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845 0ae29f65d86684f32d1b9c85147786c547b9c6aebcaf235f0400a0cce308b056
t10k-images-idx3-ubyte.gz 346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073 cc1d090a38ace84dfa1aa66e3ada7c336ef481a96936906477e6dd344da56eaa
t10k-labels-idx1-ubyte.gz 67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5 8d3605d196f4be44669e46906da9733c8131fef761fdbfec72c424d5222f1a05
'

# True when FOLDER holds all four files with the right contents.
is_fashion_mnist() {
  local name published debian sum
  while read -r name published debian; do
    if [ -z "$name" ]; then continue; fi
    if [ ! -r "$1/$name" ]; then return 1; fi
    sum=$(sha256_of "$1/$name")
    if [ "$sum" != "$published" ] && [ "$sum" != "$debian" ]; then
      note "$1/$name is not Fashion-MNIST's file: its SHA-256 is $sum"
      return 1
    fi
  done <<<"$fashion_mnist_files"
}

# fetch URL FILE: downloads, going on where FILE ends.
fetch() {
  if command -v curl >/dev/null; then
    curl --fail --location --silent --show-error --retry 3 --continue-at - --output "$2" "$1"
  else
    wget --quiet --tries=3 --continue --output-document="$2" "$1"
  fi
}

# download URL FILE SHA256: FILE appears only when it is complete and its checksum is right; until then
# it is FILE.part, which the next run goes on with.
download() {
  local sum status=0
  if [ -r "$2" ] && [ "$(sha256_of "$2")" = "$3" ]; then return 0; fi
  note "$1"
  fetch "$1" "$2.part" || status=$?
  case $status in
    22 | 33 | 8)  # curl, curl, wget: the server refuses, maybe to go on from where FILE.part ends
      rm -f "$2.part"
      status=0
      fetch "$1" "$2.part" || status=$?
      ;;
  esac
  if [ "$status" != 0 ]; then fail "could not download $1; run again to go on where it stopped"; fi
  sum=$(sha256_of "$2.part")
  if [ "$sum" != "$3" ]; then
    rm -f "$2.part"
    fail "$1: its SHA-256 is $sum, expected $3; what was downloaded has been deleted"
  fi
  mv -f "$2.part" "$2"
}

# Puts the folder that holds Fashion-MNIST into $fashion_mnist: the one that WICK_FASHION_MNIST
# names, else ./data/fashion-mnist, else Debian's package, else a download to ./data/fashion-mnist.
find_fashion_mnist() {
  local system=/usr/share/datasets/fashion-mnist local=$PWD/data/fashion-mnist
  if [ -n "${WICK_FASHION_MNIST:-}" ]; then
    if [ ! -d "$WICK_FASHION_MNIST" ]; then fail "WICK_FASHION_MNIST=$WICK_FASHION_MNIST is not a folder"; fi
    fashion_mnist=$WICK_FASHION_MNIST
    return 0
  fi
  for fashion_mnist in "$local" "$system"; do
    if is_fashion_mnist "$fashion_mnist"; then return 0; fi
  done
  if install_packages dataset-fashion-mnist && is_fashion_mnist "$system"; then return 0; fi

  say "Downloading Fashion-MNIST (30 MB) to $local"
  if ! command -v curl >/dev/null && ! command -v wget >/dev/null; then install_packages curl ca-certificates || true; fi
  local name published debian
  local from=${WICK_FASHION_MNIST_URL:-http://fashion-mnist.s3-website.eu-central-1.amazonaws.com}
  mkdir -p "$local"
  while read -r name published debian; do
    if [ -n "$name" ]; then download "${from%/}/$name" "$local/$name" "$published"; fi
  done <<<"$fashion_mnist_files"
  fashion_mnist=$local
}
