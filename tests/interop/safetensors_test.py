"""wick and Python's safetensors package read each other's files.

usage: safetensors_test.py PROGRAM

PROGRAM is tests/interop/interop.cpp. The environment variables WICK_INTEROP_SEED and WICK_INTEROP_COUNT choose the files.
"""

import os
import random
import sys
import tempfile
import warnings

NOT_HERE = 76

try:
    import numpy  # noqa: F401
    import safetensors
    import safetensors.torch
    import torch
except ImportError as error:
    print('%s: %s' % (sys.executable, error))
    sys.exit(NOT_HERE)

import cases
import fc_model
from helper import Helper, Refused, Report


def supported(dtype):
    try:
        return safetensors.torch.load(safetensors.torch.save({'t': torch.zeros(1, dtype=dtype)}))['t'].dtype == dtype
    except Exception:  # pylint: disable=broad-except
        return False


def hexed(text):
    return text.encode().hex()


def describe(path):
    """One line for each entry of the metadata and each tensor, sorted. interop.cpp writes the same."""
    lines = []
    with safetensors.safe_open(path, framework='pt') as file:
        for key, value in (file.metadata() or {}).items():
            lines.append('metadata %s %s' % (hexed(key), hexed(value)))
        for name in file.keys():
            t = file.get_tensor(name)
            lines.append('tensor %s %s [%s] %s' % (hexed(name), str(t.dtype)[6:], ','.join(map(str, t.shape)), cases.bytes_of(t).hex()))
    return sorted(lines)


def contents(draw, dtypes):
    """Tensors by name and metadata, or None."""
    rng = draw.rng
    texts = [text for text in cases.TEXTS if len(text) < 500]  # names have a limit

    def name():
        return rng.choice(texts) if rng.random() < 0.3 else 'layers.%d.weight' % rng.randrange(1000)

    tensors = {name(): draw.bits(draw.shape(), rng.choice(dtypes)) for _ in range(rng.choice([0, 1, 2, 3, 5, 12]))}
    metadata = {name(): name() for _ in range(rng.choice([0, 0, 1, 3]))}
    if rng.random() < 0.3:
        metadata['format'] = 'pt'
    return tensors, metadata or None


def files(helper, report, folder, seed, count):
    dtypes = [dtype for dtype in cases.DTYPES if supported(dtype)]
    print('dtypes: ' + ', '.join(str(dtype)[6:] for dtype in dtypes))
    theirs = os.path.join(folder, 'python.safetensors')
    ours = os.path.join(folder, 'wick.safetensors')
    for number in range(count):
        tensors, metadata = contents(cases.Draw(random.Random('%d %d' % (seed, number))), dtypes)
        name = 'seed %d, file %d' % (seed, number)
        safetensors.torch.save_file(tensors, theirs, metadata)
        expected = describe(theirs)
        try:
            report.check(name + ' read', cases.difference(helper('describe_safetensors', theirs), expected))
            helper('rewrite_safetensors', theirs, ours)
        except Refused as refusal:
            report.check(name, 'wick refused it: %s' % refusal)
            continue
        report.check(name + ' written', cases.difference(describe(ours), expected))
        if len(metadata or {}) < 2:  # the order of more entries is another one in every run of the package
            with open(theirs, 'rb') as a, open(ours, 'rb') as b:
                report.check(name + ' bytes', a.read() != b.read() and 'the files differ')
    print('generated files: %d read, %d written' % (count, count))


def networks(helper, report, folder):
    """The lesson's network, and a run of training, from one language to the other."""
    theirs = os.path.join(folder, 'python.safetensors')
    ours = os.path.join(folder, 'wick.safetensors')
    data = os.path.join(folder, 'data.safetensors')
    output = os.path.join(folder, 'output.safetensors')
    for inputs, outputs, hidden in ((784, 10, [512, 256, 128]), (5, 3, [4]), (30, 20, [17, 17])):
        name = 'network %d, %d, %s' % (inputs, outputs, hidden)
        x = torch.randn(9, inputs)
        safetensors.torch.save_file({'x': x}, data)
        torch.manual_seed(3)
        model = fc_model.Network(inputs, outputs, hidden).eval()
        with torch.no_grad():
            expected = model(x)
        safetensors.torch.save_file(model.state_dict(), theirs)
        helper('predict', theirs, data, output)
        got = safetensors.torch.load_file(output)['output']
        error = (got - expected).abs().max().item()
        report.check(name + ', from Python', error > 1e-6 and 'the outputs differ by %g' % error)

        helper('new', ours, inputs, outputs, ','.join(map(str, hidden)), 0.25, 3)
        other = fc_model.Network(inputs, outputs, hidden)
        other.load_state_dict(safetensors.torch.load_file(ours))
        report.check(name + ', from C++', cases.difference(cases.describe(other.state_dict()), cases.describe(model.state_dict())))

    # What the metadata carry: the state of training, through a .safetensors file and back.
    model = fc_model.Network(12, 3, [8], drop_p=0.0)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.005, betas=(0.8, 0.95))
    torch.nn.functional.nll_loss(model(torch.randn(4, 12)), torch.tensor([0, 1, 2, 1])).backward()
    optimizer.step()
    path = os.path.join(folder, 'run.pth')
    fc_model.save_checkpoint(path, model, dropout=0.25, optimizer=optimizer.state_dict())
    back = os.path.join(folder, 'back.pth')
    helper('convert', path, ours)
    helper('convert', ours, back)
    before = torch.load(path, weights_only=False)
    after = torch.load(back, weights_only=False)
    for part in ('input_size', 'output_size', 'hidden_layers', 'dropout'):
        report.check('through safetensors: ' + part, after[part] != before[part] and '%r' % after[part])
    parameters = [list(checkpoint['state_dict'].items()) for checkpoint in (after, before)]
    report.check('through safetensors: parameters', cases.difference(*map(cases.describe, parameters)))
    states = [list(checkpoint['optimizer']['state'].items()) for checkpoint in (after, before)]
    report.check('through safetensors: optimizer', cases.difference(*map(cases.describe, states)))
    again = torch.optim.Adam(model.parameters())
    again.load_state_dict(after['optimizer'])
    groups = again.state_dict()['param_groups']
    report.check('through safetensors: options', groups != optimizer.state_dict()['param_groups'] and '%r' % groups)


if __name__ == '__main__':
    warnings.filterwarnings('ignore')
    torch.set_num_threads(1)
    seed = int(os.environ.get('WICK_INTEROP_SEED', '1'))
    count = int(os.environ.get('WICK_INTEROP_COUNT', '400'))
    print('safetensors %s, PyTorch %s, %s, seed %d' % (safetensors.__version__, torch.__version__, sys.executable, seed), flush=True)
    report = Report()
    with tempfile.TemporaryDirectory() as folder, Helper(sys.argv[1]) as helper:
        files(helper, report, folder, seed, count)
        try:
            networks(helper, report, folder)
        except Refused as refusal:
            report.check('networks', 'wick refused a file: %s' % refusal)
    sys.exit(report.status())
