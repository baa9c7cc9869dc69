"""Makes cases with the PyTorch that is here and runs wick_conformance on them; a driver for tests/interop/run.py.

usage: torch_test.py PROGRAM FIXTURES [SEED]...

With the version that made the committed cases, those that it makes again have to agree with them. Cases with these seeds (1)
have to pass; what an older version is known to do in another way (versions.py) is listed.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import versions

import make_cases  # ends the program with 76 where PyTorch is not here
import torch
from safetensors.torch import load_file

program, fixtures = sys.argv[1], pathlib.Path(sys.argv[2])
faults = 0
with tempfile.TemporaryDirectory() as folder:
    again = pathlib.Path(folder) / 'again'
    version = json.loads((fixtures / 'operation' / 'add.json').read_text(encoding='utf-8'))['torch']
    if torch.__version__.split('+')[0] == version:
        make_cases.make(again / 'fixtures', samples=2, numbers=40, supported=program)
        make_cases.make(again / 'edges', samples=1, numbers=30, at_edges=True)
        for path in sorted(fixtures.rglob('*.json')) + sorted((fixtures.parent / 'edges').rglob('*.json')):
            other = again / path.relative_to(fixtures.parent)
            if not other.exists():
                continue  # of an entry that the program does not have any more
            ours, theirs = json.loads(path.read_text(encoding='utf-8')), json.loads(other.read_text(encoding='utf-8'))
            tensors, others = (load_file(str(p.with_suffix('.safetensors'))) for p in (path, other))
            same = ours == theirs and tensors.keys() == others.keys()
            for key in tensors if same else ():
                try:  # PyTorch rounds in another way on other processors
                    torch.testing.assert_close(tensors[key], others[key], rtol=1e-5, atol=1e-6, equal_nan=True)
                except AssertionError as error:
                    same = False
                    print('%s, tensor %s: %s' % (path.name, key, error))
            if not same:
                faults += 1
                print('FAILED: %s is not what PyTorch %s makes' % (path.relative_to(fixtures.parent), version))
    for seed in map(int, sys.argv[3:] or ['1']):
        cases = pathlib.Path(folder) / ('cases%d' % seed)
        make_cases.make(cases, samples=12, numbers=400, seed=seed, supported=program)
        run = subprocess.run([program, str(cases)], check=False, capture_output=True, encoding='utf-8')
        left, known = versions.unexplained(torch.__version__, run.stdout)
        print('PyTorch %s, seed %d: %s' % (torch.__version__, seed, (run.stdout.strip().splitlines() or ['nothing'])[-1]))
        for (entry, why), count in sorted(known.items()):
            print('%d x %s: this version %s' % (count, entry, why))
        for failure in left:
            print('FAILED: ' + failure)
        faults += len(left) or (run.returncode != 0 and not known) or run.returncode > 1
sys.exit(1 if faults else 0)
