# Python packages that the tests in tests/interop use; sourced by tests/run.sh, after examples/setup.sh.

# can_import PYTHON VERSION_OF_TORCH MODULE...: whether that Python has the modules, torch in such a version.
can_import() {
  local python=$1 version=$2
  shift 2
  "$python" -c "
import importlib, sys
for name in sys.argv[2:]: importlib.import_module(name)
sys.exit(not importlib.import_module('torch').__version__.startswith(sys.argv[1]))" "$version" "$@" >/dev/null 2>&1
}

# Installs PyTorch 2, safetensors, NumPy and expecttest, which the databases of its tests need, into build/python, and
# Debian's PyTorch 1, where the machine does not have
# them yet. What cannot be had is said here; the tests that need it report themselves as skipped.
get_interop_packages() {
  local here=build/python
  if ! can_import python3 2. numpy safetensors expecttest &&
    ! PYTHONPATH=$here can_import python3 2. numpy safetensors expecttest; then
    say "Getting PyTorch 2 and safetensors"
    if ! python3 -m pip --version >/dev/null 2>&1; then install_packages python3-pip || true; fi
    # The build for processors: 200 MB, where the other one has gigabytes of libraries for graphics cards.
    rm -rf "$here.part"
    if python3 -m pip -qq --disable-pip-version-check install --target "$here.part" --only-binary=:all: \
      torch==2.13.0+cpu safetensors numpy expecttest; then
      rm -rf "$here" && mv "$here.part" "$here"
    else
      rm -rf "$here.part"
      note "skipped: pip finds no CPU build of PyTorch 2.13; an index that has it can be named in PIP_EXTRA_INDEX_URL"
    fi
  fi
  if ! can_import /usr/bin/python3 1. numpy && ! install_packages python3-torch python3-numpy; then
    note "skipped: Debian's python3-torch cannot be installed"
  fi
}
