"""Runs a driver with a Python that has what the driver needs.

usage: run.py DRIVER PROGRAM [ARGUMENT...]

Interpreters are tried in this order: those that the environment variable WICK_PYTHON names (separated as in PATH), the
packages that tests/interop/setup.sh put into build/python, `python3` on the PATH, and /usr/bin/python3. A driver that
does not find its packages ends with exit status 76. When all do, this program ends with 77: skipped.
"""

import os
import shutil
import subprocess
import sys

NOT_HERE = 76
SKIPPED = 77


def candidates():
    for python in filter(None, os.environ.get('WICK_PYTHON', '').split(os.pathsep)):
        yield python, None
    own = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', 'build', 'python')
    if os.path.isdir(own):
        yield sys.executable, own
    for python in (shutil.which('python3'), '/usr/bin/python3', sys.executable):
        if python:
            yield python, None


if __name__ == '__main__':
    tried = []
    for python, packages in candidates():
        if (python, packages) in tried:
            continue
        environment = {key: value for key, value in os.environ.items() if key not in ('PYTHONPATH', 'PYTHONHOME')}
        environment.update(PYTHONDONTWRITEBYTECODE='1', OMP_NUM_THREADS='1')
        if packages:
            environment['PYTHONPATH'] = packages
        try:
            status = subprocess.run([python, *sys.argv[1:]], env=environment, check=False).returncode
        except OSError as error:
            print('%s: %s' % (python, error))
            status = NOT_HERE
        if status != NOT_HERE:
            sys.exit(status)
        tried.append((python, packages))
    print('skipped: none of these has what is needed: ' + ', '.join(python for python, _ in tried))
    sys.exit(SKIPPED)
