"""Runs the programs of docs/pytorch.md, C++ and Python in turn, in one folder, and compares what they print.

usage: document_test.py DOCUMENT PROGRAM...

PROGRAM... are the C++ programs in the order of the document, as tests/docs builds them. A ```python block is run in the
same interpreter as those before it. What is shown after a program, as ```text for C++ and ```console for Python, must be
printed by it, line by line.
"""

import contextlib
import io
import os
import re
import subprocess
import sys
import tempfile

NOT_HERE = 76

try:
    import numpy  # noqa: F401
    import torch
except ImportError as error:
    print('%s: %s' % (sys.executable, error))
    sys.exit(NOT_HERE)
if torch.__version__.startswith('1.'):
    print('%s has PyTorch %s' % (sys.executable, torch.__version__))
    sys.exit(NOT_HERE)


def parts(text):
    """('cpp' or 'python', code, what is shown of its output) in order; C++ blocks are joined to whole programs."""
    found = []
    depth = 0
    for kind, block in re.findall(r'^```(\w+)\n(.*?)^```$', text, re.S | re.M):
        if kind == 'cpp':
            if depth == 0 and not (found and found[-1][0] == 'cpp' and 'main(' not in found[-1][1]):
                found.append(['cpp', '', ''])
            found[-1][1] += block
            bare = re.sub(r'"(\\.|[^"\\])*"|//.*', '', block)
            depth += bare.count('{') - bare.count('}')
        elif kind == 'python':
            found.append(['python', block, ''])
        elif kind in ('text', 'console'):
            assert found[-1][0] == ('cpp' if kind == 'text' else 'python'), 'output without a program:\n' + block
            found[-1][2] += block
    return found


def main():
    with open(sys.argv[1], encoding='utf-8') as file:
        found = parts(file.read())
    programs = [os.path.abspath(path) for path in sys.argv[2:]]
    assert len(programs) == sum(kind == 'cpp' for kind, _, _ in found), 'the document has other programs'
    torch.set_num_threads(1)
    names = {'__name__': '__main__'}
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for number, (kind, code, shown) in enumerate(found, 1):
            if kind == 'cpp':
                printed = subprocess.run([programs.pop(0)], check=True, stdout=subprocess.PIPE, encoding='utf-8').stdout
            else:
                with contextlib.redirect_stdout(io.StringIO()) as out:
                    exec(compile(code, 'block %d' % number, 'exec'), names)  # pylint: disable=exec-used
                printed = out.getvalue()
            lines = iter(line.rstrip() for line in printed.splitlines())
            missing = [line for line in map(str.rstrip, shown.splitlines()) if line and line not in lines]
            print('block %d, %s: %s' % (number, kind, 'ok' if not missing else 'FAILED'))
            if missing:
                failed += 1
                print('shown, but not printed at this place:\n%s\nprinted:\n%s' % ('\n'.join(missing), printed))
        os.chdir('/')
    return 1 if failed or not found else 0


if __name__ == '__main__':
    sys.exit(main())
