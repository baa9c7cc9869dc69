"""The Python programs in examples/models print what tests/reference/models says, to which the C++ programs are held.

usage: models_test.py [--write]

--write makes tests/reference/models anew (version used: PyTorch 2.13.0, CPU).
"""

import contextlib
import io
import os
import re
import runpy
import sys

NOT_HERE = 76
HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAMS = os.path.join(HERE, '..', '..', 'examples', 'models')
REFERENCE = os.path.join(HERE, '..', 'reference', 'models')

try:
    import torch
except ImportError as error:
    print('%s: %s' % (sys.executable, error))
    sys.exit(NOT_HERE)
if torch.__version__.split('.')[0] == '1':
    print('%s has PyTorch %s' % (sys.executable, torch.__version__))
    sys.exit(NOT_HERE)


def printed_by(name):
    """What a program prints, run in this process: importing PyTorch takes longer than all of them."""
    torch.set_default_dtype(torch.float32)
    with contextlib.redirect_stdout(io.StringIO()) as text:
        runpy.run_path(os.path.join(PROGRAMS, name + '.py'), run_name='__main__')
    return text.getvalue()


def equal(a, b):
    """The same text, or numbers with as many places that differ by one in the last."""
    if a == b:
        return True
    number = re.compile(r'(-?\d+)\.(\d+)(\D?)')
    x, y = number.fullmatch(a), number.fullmatch(b)
    if not x or not y or x[3] != y[3] or len(x[2]) != len(y[2]):
        return False
    return abs(int(x[1] + x[2]) - int(y[1] + y[2])) <= 1


if __name__ == '__main__':
    torch.set_num_threads(1)
    names = sorted(file[:-3] for file in os.listdir(PROGRAMS) if file.endswith('.py'))
    failed = 0
    for name in names:
        text = printed_by(name)
        path = os.path.join(REFERENCE, name + '.txt')
        if sys.argv[1:] == ['--write']:
            with open(path, 'w', encoding='utf-8', newline='\n') as file:
                file.write(text)
            continue
        with open(path, encoding='utf-8') as file:
            expected = file.read()
        words = text.split(), expected.split()
        if text.count('\n') != expected.count('\n') or len(words[0]) != len(words[1]) or not all(map(equal, *words)):
            failed += 1
            print('FAILED %s prints\n%sexpected\n%s' % (name, text, expected))
    print('%d programs, %d failed' % (len(names), failed))
    sys.exit(failed != 0 or not names)
