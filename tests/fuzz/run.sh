#!/usr/bin/env bash
# Builds the fuzz targets and runs each of them, two at a time, or as many as WICK_FUZZ_AT_ONCE says. With WICK_FUZZ_BUILD
# it runs those that are in that build folder already. An input may take 5 seconds, or as many as WICK_FUZZ_TIMEOUT says,
# for machines on which other programs go first.
#
#   ./tests/fuzz/run.sh                       60 seconds each
#   ./tests/fuzz/run.sh 3600                  an hour each
#   ./tests/fuzz/run.sh 60 gzip               only the target fuzz_gzip
#   ./tests/fuzz/run.sh --runs 3000000        three million executions each, however long they take
#   ./tests/fuzz/run.sh --runs 1000000 api    a million of the target fuzz_api
#
# Ends with an error when a target finds something; the input is kept in build/fuzz/findings and the log says what
# is wrong with it. What was found worth keeping stays in build/fuzz/corpus, where the next run goes on.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
source examples/setup.sh

case ${1:-} in
  -h | --help)
    sed -n '2,/^set /s/^# \{0,1\}//p' tests/fuzz/run.sh
    exit 0
    ;;
esac
unit=seconds
if [ "${1:-}" = --runs ]; then
  unit=runs
  shift
  if [ $# = 0 ]; then usage_error "--runs needs a number of executions"; fi
fi
most=${1:-60}
if ! [[ $most =~ ^[1-9][0-9]*$ ]]; then usage_error "expected a number of $unit, got $most"; fi
shift $(($# > 0 ? 1 : 0))
at_once=${WICK_FUZZ_AT_ONCE:-2}

# True when Clang can link libFuzzer and the sanitizers: Debian has them in a package of their own.
links_fuzzer() {
  local folder status=0
  folder=$(mktemp -d)
  echo 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }' >"$folder/f.cpp"
  clang++-14 -fsanitize=fuzzer,address,undefined "$folder/f.cpp" -o "$folder/f" >"$folder/log" 2>&1 || status=$?
  if [ "$status" != 0 ]; then why=$(head -n 3 "$folder/log"); fi
  rm -rf "$folder"
  return "$status"
}

install_build_tools libeigen3-dev libstb-dev
if ! works clang++-14; then install_packages clang-14 || true; fi
if ! works clang++-14; then fail "fuzzing needs clang++-14"; fi
if ! links_fuzzer; then install_packages libclang-rt-14-dev || true; fi
if ! links_fuzzer; then fail "clang++-14 cannot link a fuzz target: $why"; fi

build=${WICK_FUZZ_BUILD:-}
if [ -z "$build" ]; then
  build=build/fuzz
  say "Building the fuzz targets"
  "$cmake" --preset fuzz
  "$cmake" --build --preset fuzz -j "$jobs"
fi
if [ $# = 0 ]; then
  for program in "$build"/fuzz/fuzz_*; do set -- "$@" "${program##*/fuzz_}"; done
fi
# Readers take memory by what they read, not by what a file claims: no single block of 256 MiB is ever needed.
limits=(-timeout="${WICK_FUZZ_TIMEOUT:-5}" -rss_limit_mb=1024 -malloc_limit_mb=256)
# Inputs are small: memory that was given back is soon needed again, and fresh pages take longer than the reading. Where
# each block came from is seen when a finding is run by itself.
export ASAN_OPTIONS=malloc_context_size=1:quarantine_size_mb=8${ASAN_OPTIONS:+:$ASAN_OPTIONS}
symbolizer=$(command -v llvm-symbolizer-14 || true)
if [ -n "$symbolizer" ]; then export ASAN_SYMBOLIZER_PATH=$symbolizer; fi

# executions LOG: how many there were in the runs that wrote their statistics.
executions() { awk '/^stat::number_of_executed_units:/ { n += $2 } END { print n + 0 }' "$1"; }

# still_to_do LOG BEGIN: seconds or runs.
still_to_do() {
  if [ "$unit" = runs ]; then
    echo $((most - $(executions "$1")))
  else
    echo $(($2 + most - SECONDS))
  fi
}

# fuzz NAME: fuzz_until_done() with the processor time that it took in build/fuzz/NAME.times.
fuzz() {
  local status=0
  fuzz_until_done "$1" || status=$?
  times >"$build/$1.times"
  return "$status"
}

# Writes build/fuzz/NAME.log; the status is libFuzzer's. A run that takes too long is tried again: on a busy
# machine the program may just have had to wait.
fuzz_until_done() {
  local program=$build/fuzz/fuzz_$1 corpus=$build/corpus/$1 seeds=$build/seeds/$1 log=$build/$1.log
  local begin=$SECONDS status child= input left how=-max_total_time
  if [ "$unit" = runs ]; then how=-runs; fi
  # Weighing inputs by rare features takes these targets, whose inputs have many, longer than running them.
  local search=()
  case $1 in
    api | legacy | pickle | picture | prediction | safetensors | training | zip) search=(-entropic=0) ;;
  esac
  rm -rf "$seeds"
  mkdir -p "$corpus" "$seeds" "$build/findings"
  "$program" --write-seeds "$seeds" >"$log" 2>&1 || return 1
  trap 'kill "$child" 2>/dev/null || true; exit 1' TERM
  while left=$(still_to_do "$log" "$begin") && [ "$left" -gt 0 ]; do
    status=0
    "$program" "$how=$left" "${limits[@]}" ${search[@]+"${search[@]}"} -print_final_stats=1 \
      -artifact_prefix="$build/findings/$1-" "$corpus" "$seeds" >>"$log" 2>&1 &
    child=$!
    wait "$child" || status=$?
    if [ "$status" != 70 ]; then return "$status"; fi  # 70: too long
    input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
    if ! "$program" "${limits[@]}" "$input" >>"$log" 2>&1; then return 70; fi
    rm -f "$input"
  done
}

for name in "$@"; do
  if [ ! -x "$build/fuzz/fuzz_$name" ]; then usage_error "there is no target fuzz_$name in $build/fuzz"; fi
done
say "Fuzzing for $most $unit each: $*"
declare -A status
pids=()
names=()
collect() {  # the oldest
  status[${names[0]}]=0
  wait "${pids[0]}" || status[${names[0]}]=$?
  pids=("${pids[@]:1}")
  names=("${names[@]:1}")
}
trap 'kill ${pids[@]+"${pids[@]}"} 2>/dev/null || true' EXIT
for name in "$@"; do
  if [ ${#pids[@]} = "$at_once" ]; then collect; fi
  fuzz "$name" &
  pids+=($!)
  names+=("$name")
done
while [ ${#pids[@]} != 0 ]; do collect; done

printf '\n%-14s %12s %12s %10s %10s  %s\n' target executions 'CPU seconds' edges features result
found=0
for name in "$@"; do
  log=$build/$name.log
  # A finding ends the statistics: the last line of progress has the counts then.
  count=$(executions "$log")
  if [ "$count" = 0 ]; then count=$(sed -n 's/^#\([0-9]*\)\t.*/\1/p' "$log" | tail -n 1); fi
  # The second line is of the programs that were started: 1m2.345s 0m0.678s.
  cpu=$(awk -F '[ms ]+' 'NR == 2 { printf "%.0f", $1 * 60 + $2 + $3 * 60 + $4 }' "$build/$name.times")
  edges=$(sed -n 's/.* cov: \([0-9]*\).*/\1/p' "$log" | tail -n 1)
  features=$(sed -n 's/.* ft: \([0-9]*\).*/\1/p' "$log" | tail -n 1)
  result="nothing found"
  if [ "${status[$name]}" != 0 ]; then
    found=1
    result="FOUND: $(grep -m 1 -E 'FINDING:|runtime error:|what\(\):' "$log" || grep -m 1 SUMMARY: "$log" || tail -n 1 "$log")"
  fi
  printf '%-14s %12s %12s %10s %10s  %s\n' "$name" "${count:-0}" "$cpu" "${edges:-0}" "${features:-0}" "$result"
done
if [ "$found" = 1 ]; then
  for name in "$@"; do
    if [ "${status[$name]}" = 0 ]; then continue; fi
    printf '\n-- the end of %s\n' "$build/$name.log"
    grep -v -E '^#[0-9]+\s' "$build/$name.log" | tail -n 40 || true
    input=$(sed -n 's/.*Test unit written to //p' "$build/$name.log" | tail -n 1)
    if [ -n "$input" ]; then printf '\nTo see it again: %s %s\n' "$build/fuzz/fuzz_$name" "$input"; fi
  done
  fail "fuzzing found something"
fi
