"""wick and a real PyTorch read each other's files.

usage: torch_test.py PROGRAM MAJOR

PROGRAM is tests/interop/interop.cpp, MAJOR the major version of PyTorch that this run is for. The environment variable
WICK_INTEROP_SEED chooses the objects, WICK_INTEROP_COUNT how many.
"""

import os
import random
import sys
import tempfile
import time
import warnings

NOT_HERE = 76

try:
    import numpy  # noqa: F401  (torch needs it to hand out bytes)
    import torch
    from torch import nn
except ImportError as error:
    print('%s: %s' % (sys.executable, error))
    sys.exit(NOT_HERE)
if torch.__version__.split('.')[0] != sys.argv[2]:
    print('%s has PyTorch %s' % (sys.executable, torch.__version__))
    sys.exit(NOT_HERE)

import cases
import fc_model
from helper import Helper, Refused, Report

NEW = torch.__version__.split('.')[0] != '1'


def loaded(path, **options):
    """The description of what torch.load returns, or None when it throws."""
    try:
        return cases.describe(torch.load(path, **options))
    except Exception:  # pylint: disable=broad-except
        return None


def read_and_rewrite(helper, report, folder, seed, count):
    """Files of torch.save are read with equal bits, and PyTorch reads what wick writes of them in every mode in which it
    reads its own."""
    theirs = os.path.join(folder, 'object.pth')
    ours = os.path.join(folder, 'wick', 'object.pth')  # torch.save puts the file's name into the file
    os.mkdir(os.path.dirname(ours))
    counts = dict.fromkeys(['zip read', 'legacy read', 'written', 'written byte for byte'], 0)
    formats = (('zip', {}, cases.DTYPES), ('legacy', {'_use_new_zipfile_serialization': False}, cases.OLD_DTYPES))
    for number in range(count):
        for kind, options, dtypes in formats:
            name = 'seed %d, %s, object %d' % (seed, kind, number)
            value = cases.Draw(random.Random('%d %d %s' % (seed, number, kind)), dtypes).object(number)
            protocol = {0: 3, 3: 4, 5: 5, 6: 1}.get(number % 7, 2)
            torch.save(value, theirs, pickle_protocol=protocol, **options)
            expected = loaded(theirs, weights_only=False)
            try:
                report.check(name + ' read', cases.difference(helper('describe', theirs), expected))
                counts[kind + ' read'] += 1
                if kind == 'legacy' and number % 4 != 0:
                    continue
                helper('rewrite', theirs, ours)
            except Refused as refusal:
                report.check(name, 'wick refused it: %s' % refusal)
                continue
            for mode in ({'weights_only': False}, {'weights_only': True}, {}):
                expected = loaded(theirs, **mode)
                if expected is not None:
                    got = loaded(ours, **mode)
                    problem = 'PyTorch does not load it' if got is None else cases.difference(got, expected)
                    report.check('%s written, torch.load with %s' % (name, mode or 'defaults'), problem)
            counts['written'] += 1
            with open(theirs, 'rb') as a, open(ours, 'rb') as b:
                same = a.read() == b.read()
            counts['written byte for byte'] += same
            if kind == 'zip' and not NEW and protocol == 2 and number % len(cases.KINDS) in cases.STATE_DICTS:
                report.check(name + ' bytes', not same and 'PyTorch 1.13 writes other bytes')
    print('generated files: ' + ', '.join('%d %s' % (n, what) for what, n in counts.items() if n))


class Payload:

    def __init__(self, text):
        self.text = text

    def __reduce__(self):
        return os.system, (self.text,)


def refusals(helper, report, folder):
    """What wick does not read, it refuses by name, and runs nothing."""
    path = os.path.join(folder, 'refused.pth')
    mark = os.path.join(folder, 'executed')
    values = [(fc_model.Network(3, 2, [2]), ['fc_model', 'Network']), (Payload('echo > ' + mark), ['system']),
              ({'state_dict': {'w': Payload('echo > ' + mark)}}, ['system']), (print, ['print']),
              (torch.eye(3).to_sparse(), ['sparse']), (range(3), ['range']), ('\ud800', ['surrogate'])]
    for value, words in values:
        for options in ({}, {'_use_new_zipfile_serialization': False}):
            torch.save(value, path, **options)
            name = 'refusal of %s' % words[-1]
            try:
                helper('describe', path)
                report.check(name, 'it was read')
            except Refused as refusal:
                missing = [word for word in words if word not in str(refusal)]
                report.check(name, missing and 'the message does not name %s: %s' % (missing, refusal))
    torch.jit.save(torch.jit.script(nn.Linear(2, 2)), path)
    try:
        helper('describe', path)
        report.check('refusal of TorchScript', 'it was read')
    except Refused as refusal:
        report.check('refusal of TorchScript', 'TorchScript' not in str(refusal) and str(refusal))
    report.check('nothing is executed', os.path.exists(mark) and 'a payload ran')


def objects(helper, report, folder):
    """Objects are names and run nothing; what is beside them is read."""
    path = os.path.join(folder, 'objects.pth')
    mark = os.path.join(folder, 'executed')
    values = [(fc_model.Network(3, 2, [2]), 'fc_model.Network'), (Payload('echo > ' + mark), 'system'), (print, 'print'),
              (torch.eye(3).to_sparse(), 'torch._utils._rebuild_sparse_tensor'), (range(3), 'range'), (nn.ReLU, 'ReLU')]
    for value, name in values:
        for options in ({}, {'_use_new_zipfile_serialization': False}, {'pickle_protocol': 4}, {'pickle_protocol': 1}):
            torch.save({'state_dict': {'w': torch.ones(2)}, 'value': value}, path, **options)
            lines = helper('describe_objects', path)
            found = [line for line in lines if line.startswith('object ') and name in line]
            report.check('object %s %s' % (name, options), not found and 'not among %s' % lines)
            report.check('tensor beside %s' % name, not any(line.startswith('tensor ') for line in lines) and 'no tensor')
    report.check('no object is executed', os.path.exists(mark) and 'a payload ran')


def optimizers(helper, report, folder):
    """Every optimizer goes on from a checkpoint that went through wick's own format and back."""
    theirs, middle, ours = (os.path.join(folder, name) for name in ('theirs.pth', 'middle.wick', 'ours.pth'))

    def plain():
        torch.manual_seed(5)
        return nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 2))

    class Tied(nn.Sequential):
        def __init__(self):
            super().__init__(nn.Linear(3, 3), nn.BatchNorm1d(3), nn.ReLU(), nn.Linear(3, 3))
            self[3].weight = self[0].weight

    def tied():
        torch.manual_seed(5)
        return Tied()

    def steps(model, optimizer, count):
        torch.manual_seed(6)
        for _ in range(count):
            x = torch.randn(8, 3)

            def closure():
                optimizer.zero_grad()
                loss = model(x).pow(2).mean()
                loss.backward()
                return loss
            optimizer.step(closure)

    kinds = {name: lambda p, c=getattr(torch.optim, name): c(p, lr=0.01)
             for name in 'ASGD Adadelta Adagrad Adam AdamW Adamax LBFGS NAdam RAdam RMSprop Rprop SGD'.split()}
    if hasattr(torch.optim, 'Muon'):
        kinds['Muon'] = lambda p: torch.optim.Muon([q for q in p if q.dim() == 2])
    kinds['SGD with momentum'] = lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True)
    kinds['AdamW with amsgrad'] = lambda p: torch.optim.AdamW(p, amsgrad=True)
    kinds['Adam with groups'] = lambda p: torch.optim.Adam([{'params': [q for q in p if q.dim() > 1], 'weight_decay': 0.1},
                                                            {'params': [q for q in p if q.dim() == 1], 'lr': 0.1}])
    kinds['Adam without the first layer'] = lambda p: torch.optim.Adam(p[2:])
    kinds['Adam with tied weights'] = kinds['Adam']
    kinds['SGD with momentum, with tied weights'] = kinds['SGD with momentum']
    for name, make in kinds.items():
        mlp = tied if name.endswith('with tied weights') else plain
        model = mlp()
        optimizer = make(list(model.parameters()))
        steps(model, optimizer, 3)
        torch.save({'epoch': 3, 'state_dict': model.state_dict(), 'optimizer': optimizer.state_dict()}, theirs)
        helper('archive', theirs, middle)
        helper('archive', middle, ours)
        results = []
        for path in (theirs, ours):
            checkpoint = torch.load(path)
            model = mlp()
            model.load_state_dict(checkpoint['state_dict'])
            optimizer = make(list(model.parameters()))
            optimizer.load_state_dict(checkpoint['optimizer'])
            steps(model, optimizer, 3)
            results.append(model.state_dict())
        same = all(torch.equal(results[0][key], results[1][key]) for key in results[0])
        report.check('%s goes on' % name, not same and 'with other numbers')


def steps_of_optimizers(helper, report, folder):
    """Every optimizer goes on in C++ from Python's state, and in Python from that."""
    if torch.__version__.startswith('1.'):
        return  # AdamW and RAdam cannot be told by their options there, and NAdam rounds in another way
    theirs = os.path.join(folder, 'python.pth')
    ours = os.path.join(folder, 'wick.pth')
    data = os.path.join(folder, 'data.pth')

    def mlp():
        torch.manual_seed(5)
        return nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))

    def grads(seed):
        torch.manual_seed(seed)
        return {name: torch.randn(3, *p.shape) for name, p in mlp().named_parameters()}

    def steps(model, optimizer, given):
        for k in range(3):
            def closure():
                for name, p in model.named_parameters():
                    p.grad = given[name][k].clone() if name in given else None
                return 1.0
            closure()
            optimizer.step(closure) if isinstance(optimizer, torch.optim.LBFGS) else optimizer.step()

    kinds = {name: lambda p, c=getattr(torch.optim, name): c(p, lr=0.01)
             for name in 'ASGD Adadelta Adagrad Adam AdamW Adamax LBFGS NAdam RAdam RMSprop Rprop SGD'.split()}
    old = torch.__version__.startswith('1.')
    if old:
        del kinds['RAdam']  # its options are those of others
    else:
        kinds['Adafactor'] = torch.optim.Adafactor
    if hasattr(torch.optim, 'Muon'):  # of some of the parameters, which a file without names would not tell
        kinds['Muon'] = lambda p: torch.optim.Muon([('0.weight', p[0]), ('2.weight', p[2])], lr=0.01)
    kinds['SGD with momentum'] = lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True)
    kinds['RMSprop with all'] = lambda p: torch.optim.RMSprop(p, momentum=0.9, centered=True, weight_decay=0.1)
    kinds['AdamW with amsgrad'] = lambda p: torch.optim.AdamW(p, amsgrad=True)
    kinds['Rprop with other steps'] = lambda p: torch.optim.Rprop(p, lr=0.1, step_sizes=(1e-6, 50))
    for name in 'Adagrad', 'NAdam', 'SGD':
        kinds[name + ' with groups'] = lambda p, c=getattr(torch.optim, name): c(
            [{'params': p[:2], 'weight_decay': 0.1}, {'params': p[2:], 'lr': 0.1}])  # in the model's order: files have no names
    for name, make in kinds.items():
        for missing in (), ('0.bias',):
            if missing and name.startswith('LBFGS'):
                continue
            first, second, third = ({n: g for n, g in grads(seed).items() if n not in missing} for seed in (6, 7, 8))
            model = mlp()
            optimizer = make(list(model.parameters()))
            steps(model, optimizer, first)
            torch.save({'state_dict': model.state_dict(), 'optimizer': optimizer.state_dict()}, theirs)
            torch.save(second, data)
            helper('optimize', theirs, data, ours)
            steps(model, optimizer, second)
            checkpoint = torch.load(ours)
            label = name + (', one not reached' if missing else '')
            for key, value in model.state_dict().items():
                report.check(label + ' goes on in C++, ' + key, near(checkpoint['state_dict'][key], value, 1e-5))
            resumed = mlp()
            resumed.load_state_dict(checkpoint['state_dict'])
            again = make(list(resumed.parameters()))
            again.load_state_dict(checkpoint['optimizer'])
            steps(model, optimizer, third)
            steps(resumed, again, third)
            for key, value in model.state_dict().items():
                report.check(label + ' goes on in Python again, ' + key, near(resumed.state_dict()[key], value, 2e-5))
            have = {k: sorted(v) for k, v in again.state_dict()['state'].items()}
            want = {k: sorted(v) for k, v in optimizer.state_dict()['state'].items() if v}
            report.check(label + ' has the same state', '' if old or have == want else '%s, expected %s' % (have, want))


def near(got, expected, bound):
    """What is wrong with two tensors or lists of numbers that should be equal within `bound`."""
    got, expected = torch.as_tensor(got, dtype=torch.float64), torch.as_tensor(expected, dtype=torch.float64)
    if got.shape != expected.shape:
        return 'shape %s, expected %s' % (tuple(got.shape), tuple(expected.shape))
    error = (got - expected).abs().max().item() if got.numel() else 0.0
    near.largest[bound] = max(near.largest.get(bound, 0.0), error)
    return '' if error <= bound else 'they differ by %g, allowed are %g' % (error, bound)


near.largest = {}


def networks(helper, report, folder):
    """The lesson's network predicts the same in both languages, whichever wrote the file."""
    ours = os.path.join(folder, 'wick.pth')
    theirs = os.path.join(folder, 'python.pth')
    data = os.path.join(folder, 'data.pth')
    output = os.path.join(folder, 'output.pth')
    for inputs, outputs, hidden in ((784, 10, [512, 256, 128]), (784, 10, [400, 200, 100]), (5, 3, [4]), (7, 2, []), (30, 20, [17, 17]),
                                    (64, 33, [128] * 6)):
        name = 'network %d, %d, %s' % (inputs, outputs, hidden)
        x = torch.randn(9, inputs)
        torch.save({'x': x}, data)

        torch.manual_seed(3)
        model = fc_model.Network(inputs, outputs, hidden).eval()
        with torch.no_grad():
            expected = model(x)
        zipped = {}
        old = {'_use_new_zipfile_serialization': False}
        for kind, options in (('zip', zipped), ('legacy', old)):
            fc_model.save_checkpoint(theirs, model)
            torch.save(torch.load(theirs), theirs, **options)
            helper('predict', theirs, data, output)
            report.check(name + ', checkpoint from Python, ' + kind, near(torch.load(output)['output'], expected, 1e-6))
            if hidden:  # of a bare state dict the sizes are those of its tensors
                torch.save(model.state_dict(), theirs, **options)
                helper('predict', theirs, data, output)
                report.check(name + ', state dict from Python, ' + kind, near(torch.load(output)['output'], expected, 1e-6))

        # torch.manual_seed and wick::manual_seed give the same network.
        helper('new', ours, inputs, outputs, ','.join(map(str, hidden)), 0.5, 3)
        rebuilt = fc_model.load_checkpoint(ours)
        report.check(name + ', load_checkpoint', cases.difference(str(rebuilt).splitlines(), str(fc_model.Network(inputs, outputs, hidden)).splitlines()))
        report.check(name + ', parameters', cases.difference(cases.describe(rebuilt.state_dict()), cases.describe(model.state_dict())))
        helper('predict', ours, data, output)
        with torch.no_grad():
            report.check(name + ', checkpoint from C++', near(rebuilt.eval()(x), torch.load(output)['output'], 1e-6))


def train(model, optimizer, x, y, seed):
    """The losses of a step for each batch, and how near to zero an input of a ReLU came."""
    nearest = []
    hooks = [layer.register_forward_hook(lambda *args: nearest.append(args[2].abs().min().item())) for layer in model.hidden_layers]
    torch.manual_seed(seed)
    criterion = nn.NLLLoss()
    losses = []
    for images, labels in zip(x, y):
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    for hook in hooks:
        hook.remove()
    return losses, min(nearest)


def resumed(path, dropout, dtype):
    """The network and the optimizer in a checkpoint, as a Python program takes a run up again."""
    checkpoint = torch.load(path)
    model = fc_model.load_checkpoint(path).to(dtype)
    model.load_state_dict(checkpoint['state_dict'])  # without the detour through floats
    model.dropout.p = dropout
    optimizer = torch.optim.Adam(model.parameters())
    optimizer.load_state_dict(checkpoint['optimizer'])
    return model, optimizer


def continued(path, data, dropout, x, y):
    """Five steps from a checkpoint in Python: the losses and the seed of the dropout. Where rounding decides the sign of a
    ReLU's input, no two programs agree on the next loss, so that seeds are passed over until no input is near zero."""
    torch.save({'x': x, 'y': y}, data)
    for seed in range(100):
        model, optimizer = resumed(path, dropout, x.dtype)
        losses, nearest = train(model, optimizer, x, y, seed)
        if nearest > 2e-6 or x.dtype == torch.float64:
            return losses, seed
        x.copy_(torch.rand_like(x) * 2 - 1)
        torch.save({'x': x, 'y': y}, data)
    raise RuntimeError('no run without an input near zero')


def training(helper, report, folder):
    """A run begun in one language continues in the other."""
    ours = os.path.join(folder, 'wick.pth')
    theirs = os.path.join(folder, 'python.pth')
    data = os.path.join(folder, 'data.pth')
    torch.manual_seed(11)
    teacher = torch.randn(784, 10)
    for dropout in (0.0, 0.5):
        for lr, betas, amsgrad, decay in ((0.001, (0.9, 0.999), False, 0), (0.002, (0.8, 0.99), True, 0.01)):
            for dtype, steps, bound in ((torch.float32, 5, 1e-5), (torch.float64, 10, 1e-12)):
                name = 'training in %s with dropout %g, lr %g' % (dtype, dropout, lr)
                x = (torch.rand(10 + steps, 8, 784) * 2 - 1).to(dtype)
                y = (x.float() @ teacher).argmax(-1)
                model = fc_model.Network(784, 10, [512, 256, 128], drop_p=dropout).to(dtype)
                optimizer = torch.optim.Adam(model.parameters(), lr=lr, betas=betas, amsgrad=amsgrad, weight_decay=decay)
                train(model, optimizer, x[:10], y[:10], 6)
                fc_model.save_checkpoint(theirs, model, dropout=dropout, optimizer=optimizer.state_dict())
                expected, seed = continued(theirs, data, dropout, x[10:], y[10:])
                got = [float(loss) for loss in helper('train', theirs, data, ours, seed)]
                report.check(name + ', begun in Python', near(got, expected, bound))
                report.check(name + ', other dropout', dropout > 0 and helper('train', theirs, data, ours, seed + 1) == got and
                             'another seed gives the same losses')

                # The file that C++ left behind: both go on from it.
                helper('train', theirs, data, ours, seed)
                model, optimizer = resumed(ours, dropout, dtype)
                group = optimizer.param_groups[0]
                options = (group['lr'], tuple(group['betas']), group['amsgrad'], group['weight_decay'])
                report.check(name + ', options', options != (lr, betas, amsgrad, decay) and str(options))
                taken = {int(state['step']) for state in optimizer.state.values()}
                report.check(name + ', steps', taken != {10 + steps} and str(taken))
                expected, seed = continued(ours, data, dropout, x[10:], y[10:])
                got = [float(loss) for loss in helper('train', ours, data, theirs, seed)]
                report.check(name + ', begun in C++', near(got, expected, bound))


class Residual(nn.Module):
    """A model of a user's own, which interop.cpp has, too."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(6, 16)
        self.norm = nn.LayerNorm(16)
        self.up = nn.Linear(16, 16)
        self.head = nn.Linear(16, 3)

    def forward(self, x):
        x = self.first(x)
        return self.head(x + nn.functional.gelu(self.up(self.norm(x)), approximate='tanh'))


def own_models(helper, report, folder):
    """A model of a class of the user's own goes on in either language, with its optimizer."""
    ours = os.path.join(folder, 'wick.pth')
    theirs = os.path.join(folder, 'python.pth')
    data = os.path.join(folder, 'data.pth')
    torch.manual_seed(5)
    x = torch.randn(30, 8, 6)
    y = x @ torch.randn(6, 3)

    def steps(model, optimizer, part):
        losses = []
        for inputs, targets in zip(x[part], y[part]):
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(model(inputs), targets)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses

    def helped(path, part, to):
        torch.save({'x': x[part], 'y': y[part]}, data)
        return [float(loss) for loss in helper('own', path, data, to)]

    model = Residual()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    torch.save(model.state_dict(), theirs)
    first = helped(theirs, slice(0, 10), ours)
    report.check('own model, begun in C++', near(first, steps(model, optimizer, slice(0, 10)), 1e-5))

    # Its file, in Python: the parameters, the optimizer, and what class it is of.
    checkpoint = torch.load(ours)
    report.check('own model, class', checkpoint['architecture'] != {'class': 'Residual'} and str(checkpoint['architecture']))
    resumed = Residual()
    report.check('own model, keys', str(resumed.load_state_dict(checkpoint['state_dict'])) != '<All keys matched successfully>')
    again = torch.optim.Adam(resumed.parameters())
    again.load_state_dict(checkpoint['optimizer'])
    expected = steps(resumed, again, slice(10, 20))
    report.check('own model, continued', near(helped(ours, slice(10, 20), theirs), expected, 1e-5))

    # And on in C++ from Python's.
    torch.save({'state_dict': resumed.state_dict(), 'optimizer': again.state_dict()}, theirs)
    report.check('own model, continued again', near(helped(theirs, slice(20, 30), ours), steps(resumed, again, slice(20, 30)), 1e-5))


if __name__ == '__main__':
    warnings.filterwarnings('ignore')
    torch.set_num_threads(1)
    seed = int(os.environ.get('WICK_INTEROP_SEED', '1'))
    count = int(os.environ.get('WICK_INTEROP_COUNT', '300'))
    print('PyTorch %s, %s, seed %d' % (torch.__version__, sys.executable, seed), flush=True)
    report = Report()
    with tempfile.TemporaryDirectory() as folder, Helper(sys.argv[1]) as helper:
        for number, part in enumerate((lambda *a: read_and_rewrite(*a, seed, count), refusals, objects, optimizers, steps_of_optimizers, networks, training,
                                       own_models), 1):
            start = time.time()
            try:
                part(helper, report, folder)
            except Refused as refusal:
                report.check('part %d' % number, 'wick refused a file: %s' % refusal)
            print('%.1f s' % (time.time() - start), flush=True)
    for bound, error in sorted(near.largest.items()):
        print('largest difference where %g is allowed: %.2g' % (bound, error))
    sys.exit(report.status())
