"""docs/conformance.md has the table that wick_conformance prints for the committed cases.

usage: document_test.py PROGRAM FIXTURES DOCUMENT [--write]
"""

import pathlib
import subprocess
import sys

BEGIN, END = '<!-- table -->\n', '<!-- end of table -->\n'

program, fixtures, document = sys.argv[1:4]
run = subprocess.run([program, '--markdown', fixtures], capture_output=True, encoding='utf-8', check=False)
if run.returncode > 1:
    sys.exit(run.stderr)
path = pathlib.Path(document)
text = path.read_text(encoding='utf-8')
before, rest = text.split(BEGIN)
_, after = rest.split(END)
wanted = before + BEGIN + run.stdout + '\n' + END + after
if sys.argv[4:] == ['--write']:
    path.write_text(wanted, encoding='utf-8')
elif wanted != text:
    ours, theirs = wanted.splitlines(), text.splitlines()
    number = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b), min(len(ours), len(theirs)))
    sys.exit('%s: line %d is not what the program prints; write it anew with --write\n  %s' %
             (document, number + 1, ours[number] if number < len(ours) else 'the end'))
