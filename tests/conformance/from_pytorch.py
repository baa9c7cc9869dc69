"""Writes docs/from-pytorch.md, or compares it: what each name of PyTorch is called here, and in which header.

usage: from_pytorch.py PROGRAM FIXTURES INCLUDE DOCUMENT [--write]

PROGRAM is wick_conformance, whose entries are what is there; FIXTURES/scope.txt says what is in scope; names are looked up in the
headers, so an entry that no header declares is an error.
"""

import pathlib
import re
import subprocess
import sys

# What is written in another way than by the function's own name.
WRITTEN = {
    'add': 'x + y', 'sub': 'x - y', 'mul': 'x * y', 'true_divide': 'x / y', 'div.no_rounding_mode': 'x / y', 'neg': '-x',
    '__radd__': '2 + x', '__rsub__': '2 - x', '__rmul__': '2 * x', '__rdiv__': '2 / x', '__rmod__': '7 % x',
    '__rand__': 'y & x', '__ror__': 'y | x', '__rxor__': 'y ^ x', '__rmatmul__': 'matmul(y, x)',
    'bitwise_and': 'x & y', 'bitwise_or': 'x | y', 'bitwise_xor': 'x ^ y', 'bitwise_not': '~x',
    'max.binary': 'maximum(x, y)', 'min.binary': 'minimum(x, y)', 'argwhere': 'nonzero(x)',
    'linalg.vector_norm': 'norm(x, p)', 'norm.inf': 'norm(x, p)', 'view': 'reshape(x, shape)', 'view_as': 'reshape(x, y.shape())',
    'reshape_as': 'reshape(x, y.shape())', 'expand_as': 'expand(x, y.shape())', 'broadcast_to': 'expand(x, shape)',
    'ravel': 'flatten(x)', 'T': 't(x)', 't': 't(x)', 'split_with_sizes': 'split(x, {2, 3}, dim)',
    'split.list_args': 'split(x, {2, 3}, dim)', 'squeeze.multiple': 'squeeze(x, {0, 2})',
    'nn.functional.gelu': 'gelu(x)', 'constant_': 't.fill(value)', 'ones_': 't.fill(1)', 'zeros_': 't.fill(0)',
    'div.trunc_rounding': 'div(x, y, "trunc")', 'div.floor_rounding': 'div(x, y, "floor")', '__rpow__': 'pow(2, x)',
    'mT': 'transpose(x, -2, -1)', 'var_mean.unbiased': 'var_mean(x, dim, {.correction = 0})',
    'std_mean.unbiased': 'std_mean(x, dim, {.correction = 0})', 'scatter_reduce.sum': 'scatter_reduce(x, dim, index, y, "sum")',
    'scatter_reduce.prod': 'scatter_reduce(x, dim, index, y, "prod")', 'scatter_reduce.mean': 'scatter_reduce(x, dim, index, y, "mean")',
    'clone': 'auto y = x',
    'scatter_reduce.amax': 'scatter_reduce(x, dim, index, y, "amax")', 'scatter_reduce.amin': 'scatter_reduce(x, dim, index, y, "amin")',
    'var.unbiased': 'var(x, dim, {.correction = 0})', 'std.unbiased': 'std(x, dim, {.correction = 0})',
}
ALIASES = {'+': 'operator+', '-': 'operator-', '*': 'operator*', '/': 'operator/', '%': 'operator%', '&': 'operator&', '|': 'operator|',
           '^': 'operator^', '~': 'operator~'}

# What needs no function, and the headers of tensors and of variables.
PLAIN = {'auto y = x': ('tensor/tensor.hpp', 'autograd/var.hpp')}

# What variables have beside their operations.
LOOKS = pathlib.PurePath('ops/of_variables.hpp')

# Classes of modules, for functions of torch.nn.utils.parametrizations.
PARAMETRIZED = {'weight_norm': 'WeightNorm', 'spectral_norm': 'SpectralNorm'}

OUTSIDE = """Outside of what this library is for: convolutions, pooling and padding, recurrent layers, attention, sparse and quantised
tensors, complex numbers, factorisations of matrices (`torch.linalg`), Fourier transforms, half precision, devices."""

REASONS = {
    'Bilinear': '`wick::Bilinear`; the runner calls modules of one input alone',
    'Embedding': 'models take floats; `one_hot` and `matmul` do it',
    'EmbeddingBag': 'as `Embedding`',
    'nn.functional.embedding': '`index_select(weight, 0, indices)`', 'nn.functional.embedding_bag': 'as `Embedding`',
    'addmm': '`matmul(x, y) + b`', 'addmv': '`matmul(x, y) + b`', 'addr': '`outer(x, y) + b`', 'baddbmm': '`matmul(x, y) + b`',
    'mv': '`matmul(x, y)`', 'inner': '`matmul`', 'addcmul': '`x + a * y * z`', 'addcdiv': '`x + a * y / z`',
    'lerp': '`x + (y - x) * w`', 'clone': 'tensors are values: `auto y = x`', 'rsub': '`y - x`', 'to': '`to<double>(x)`',
    'select': '`x[i]`, or `narrow` and `squeeze`', 'hstack': '`cat`', 'vstack': '`cat`', 'dstack': '`cat`', 'column_stack': '`cat`',
    'deg2rad': '`x * (pi / 180)`', 'rad2deg': '`x * (180 / pi)`', 'exp2': '`pow(2, x)`', 'frac': '`x - trunc(x)`',
    'mT': '`transpose(x, -2, -1)`', 'movedim': '`permute`', 'atleast_1d': '`reshape`', 'atleast_2d': '`reshape`', 'unflatten': '`reshape`',
    'unbind': '`x[i]`, or `split(x, 1, dim)`', 'tensor_split': '`split`', 'trace': '`sum(x * eye(n))`', 'float_power': '`pow` of doubles',
    'aminmax': '`amin` and `amax`', 'var_mean': '`var` and `mean`', 'var_mean.unbiased': '`var` and `mean`',
    'std_mean': '`std` and `mean`', 'std_mean.unbiased': '`std` and `mean`', 'dist': '`norm(x - y, p)`', '__rpow__': '`pow(2, x)`',
    'nn.functional.pairwise_distance': '`norm(x - y + eps, p, -1)`', 'nn.functional.normalize': '`x / norm(x, 2, -1, true)`',
    'nn.functional.group_norm': 'the module `GroupNorm`', 'nn.functional.rms_norm': 'the module `RMSNorm`',
    'nn.functional.bilinear': 'the module `Bilinear`',
    'isposinf': '`isinf(x) & (x > 0)`', 'isneginf': '`isinf(x) & (x < 0)`', 'count_nonzero': '`sum(ne(x, 0))`',
    'take': '`gather` of `flatten(x)`', 'tile': '`expand` and `reshape`', 'repeat': '`expand` and `reshape`',
    'quantile': '`sort`', 'median': '`sort`', 'kthvalue': '`sort`', 'logit': '`log(x / (1 - x))`', 'div.trunc_rounding': '`trunc(x / y)`',
    'div.floor_rounding': '`floor_divide`', 'scatter_reduce.sum': '`scatter_add`',
}


def declared(folder, pattern):
    """Name: header, of what matches in the headers of a folder, detail/ left out."""
    found = {}
    # Shapes first: other headers have more forms of their functions.
    for path in sorted(folder.rglob('*.hpp'), key=lambda path: (path.name != 'shapes.hpp', path)):
        # The last is for losses alone.
        if 'detail' in path.relative_to(folder).parts or path.name in ('loss_input.hpp', LOOKS.name):
            continue
        for match in re.finditer(pattern, path.read_text(encoding='utf-8')):
            found.setdefault(match.group(1), path)
    return found


def main():
    program, fixtures, include, document = sys.argv[1:5]
    include = pathlib.Path(include)
    root = include / 'wick'
    run = subprocess.run([program, '--entries'], capture_output=True, encoding='utf-8', check=True)
    there = [tuple(line.split(' ', 1)) for line in run.stdout.splitlines()]
    scope = [tuple(line.split(' ', 1))
             for line in (pathlib.Path(fixtures) / 'scope.txt').read_text(encoding='utf-8').splitlines() if line]

    classes = declared(root / 'nn', r'\n(?:class|struct) (\w+)')
    classes |= declared(root / 'loss', r'\n(?:class|struct) (\w+)') | declared(root / 'optim', r'\n(?:class|struct) (\w+)')
    classes |= declared(root / 'loss', r'\nusing (\w+) =') | declared(root / 'optim', r'\nusing (\w+) =')
    classes |= declared(root / 'nn', r'\nusing (\w+) =')
    word = r'\n(?=\S)(?:\[\[nodiscard\]\] )?(?:inline |constexpr )*[\w:<>, ]+?[ >]?\(?\b(operator[^\s(]+|\w+)\)?\('
    tail = r'\n(?:\S[^\n]*\[\[nodiscard\]\]) (?:inline )?[\w:<>, ]+?[ >]?\(?\b(operator[^\s(]+|\w+)\)?\('
    tensors = declared(root / 'ops', word) | declared(root / 'ops', tail)
    tensors |= {k: v for k, v in declared(root / 'loss', word).items() if k not in tensors}
    tensors |= {k: v for k, v in declared(root / 'tensor', word).items() if k not in tensors}
    variables = declared(root / 'graph', word) | declared(root / 'autograd', word)
    # Functions of everything: what they record is in autograd.
    variables |= {name: root / 'autograd/activations.hpp' for name, path in tensors.items()
                  if path.name == 'activations.hpp' and name not in variables}
    # Functions of everything in ops, and those that look at the numbers of a variable.
    of_all = r'template <[^\n]*\bShaped\w*[^\n]*>\n(?:requires[^\n]*\n)?[^\n]*?\b(\w+)\('
    variables |= {name: path for name, path in declared(root / 'ops', of_all).items() if name not in variables}
    looks = re.findall(r'\n\[\[nodiscard\]\] [\w:<>]+ (operator[^\s(]+|\w+)\(', (root / LOOKS).read_text(encoding='utf-8'))
    variables |= {name: root / LOOKS for name in looks if name not in variables}
    initial = declared(root / 'random', word) | declared(root / 'nn', word)

    def header(path):
        return '`%s`' % path.relative_to(include).as_posix()

    def code(name):
        return '`%s`' % name

    lines = {'module': [], 'loss': [], 'optimizer': [], 'scheduler': [], 'initialiser': [], 'operation': []}
    for kind, name in there:
        if name in PARAMETRIZED:
            where = classes[PARAMETRIZED[name]]
            lines[kind].append((code('nn.utils.parametrizations.%s(nn.Linear(...))' % name),
                                code('wick::%s<wick::Linear<float>>' % PARAMETRIZED[name]), header(where)))
        elif kind in ('module', 'loss', 'optimizer', 'scheduler'):
            if name not in classes:
                sys.exit('%s %s is in no header' % (kind, name))
            python = {'module': 'nn.', 'loss': 'nn.', 'optimizer': 'optim.', 'scheduler': 'lr_scheduler.'}[kind] + name
            lines[kind].append((code(python), code('wick::' + name), header(classes[name])))
        elif kind == 'initialiser':
            where = initial.get(name)
            if where is None and name not in WRITTEN:
                sys.exit('%s %s is in no header' % (kind, name))
            lines[kind].append((code('nn.init.' + name), code(WRITTEN.get(name, name)),
                                header(where or root / 'tensor/tensor.hpp')))
        else:
            written = WRITTEN.get(name, name.removeprefix('nn.functional.').split('.')[0])
            if written in PLAIN:  # C++ itself
                lines[kind].append((code(name), code(written), *(header(root / file) for file in PLAIN[written])))
                continue
            first = re.match(r'\w+(?=\()|\w+$', written)
            symbol = re.search(r'[-+*/%&|^~]', written)
            key = first.group(0) if first else ALIASES[symbol.group(0)]
            if key not in tensors and key not in variables:
                sys.exit('%s %s: %s is in no header' % (kind, name, key))
            lines[kind].append((code(name.replace('nn.functional.', 'F.')), code(written).replace('|', '\\|'),
                                header(tensors[key]) if key in tensors else '',
                                header(variables[key]) if key in variables else ''))

    def table(*rows):
        head, *rest = rows
        return '\n'.join(['| ' + ' | '.join(row) + ' |' for row in [head, ['---'] * len(head), *rest]]) + '\n'

    missing = [(kind, name) for kind, name in scope if (kind, name) not in there]
    text = ["""# From PyTorch's names to wick's

Written and checked by `tests/conformance/from_pytorch.py` from the entries of the conformance runner: what is here was compared with
PyTorch, case by case; how it came out is in [conformance.md](conformance.md). Arguments have PyTorch's order and names; keyword
arguments are fields of an options struct, `wick::Adam optimizer(p, {.lr = 1e-3})`. How programs are written is in
[models.md](models.md) and [tutorial.md](tutorial.md).
"""]
    for kind, title in (('module', 'Modules'), ('loss', 'Losses'), ('optimizer', 'Optimizers'), ('scheduler', 'Schedulers'),
                        ('initialiser', 'Initial values')):
        text += ['## %s\n' % title, table(('Python', 'C++', 'header'), *lines[kind])]
    text += ['## Operations\n', """Of tensors, and of variables, whose derivatives are recorded; where both have one header, a function is one template for
both. Functions in `wick/ops/of_variables.hpp` look at the numbers of a variable, and those without a header for variables take tensors
alone. `<wick/ops.hpp>` and `<wick/autograd.hpp>` include them all.
""", table(('Python', 'C++', 'of tensors', 'of variables'), *lines['operation'])]
    text += ['## What is not there\n', OUTSIDE + '\n']
    if missing:
        text += ['In scope, and not written yet:\n',
                 table(('Python', 'instead'), *[(code(name.replace('nn.functional.', 'F.')), REASONS.get(name, '')) for kind, name in missing])]
    wanted = '\n'.join(text)

    path = pathlib.Path(document)
    if sys.argv[5:] == ['--write']:
        path.write_text(wanted, encoding='utf-8')
        return
    got = path.read_text(encoding='utf-8')
    if wanted != got:
        ours, theirs = wanted.splitlines(), got.splitlines()
        number = next((i for i, (a, b) in enumerate(zip(ours, theirs)) if a != b), min(len(ours), len(theirs)))
        sys.exit('%s: line %d is not what follows from the runner and the headers; write it anew with --write\n  %s' %
                 (document, number + 1, ours[number] if number < len(ours) else 'the end'))


main()
