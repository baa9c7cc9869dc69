"""Cases for wick_conformance, out of the databases that drive PyTorch's own tests.

    python make_cases.py FOLDER [--samples N] [--numbers N] [--seed N] [--only NAME,...] [--supported PROGRAM]

writes FOLDER/KIND/NAME.json and .safetensors for each entry in scope (scope.py), as README.md describes; each entry's samples are
spread over its list. --samples: how many for each type of elements (0: all), --numbers: the most elements in a tensor (640 where all are larger),
--supported: only the entries that the program lists with --entries, --at-edges: not the samples but edges.py's. Needs torch, safetensors, numpy and expecttest.
"""

import argparse
import inspect
import json
import math
import pathlib
import random
import subprocess
import sys
import warnings

NOT_HERE = 76  # of tests/interop/run.py

try:
    import numpy
    import torch
    from safetensors.torch import save_file
    from torch.testing._internal.common_methods_invocations import op_db
    from torch.testing._internal.common_modules import module_db
    try:
        from torch.testing._internal.common_modules import ModuleErrorEnum
    except ImportError:  # before 2.1
        ModuleErrorEnum = None
    try:
        from torch.testing._internal.common_optimizers import OptimizerErrorEnum, optim_db
    except ImportError:  # before 2.2
        optim_db = []
except ImportError as error:
    print('cannot make cases: %s' % error)
    sys.exit(NOT_HERE)

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import edges
import more
import scope

FLOATS = {'float32': torch.float32, 'float64': torch.float64}
OTHERS = {'int64': torch.int64, 'uint8': torch.uint8, 'bool': torch.bool}
TYPES = {**FLOATS, **OTHERS}
NAMES = {dtype: name for name, dtype in TYPES.items()}


class Unwritable(Exception):
    """A case that the files cannot hold, or that is out of scope."""


def weights(shape, dtype, output):
    """What the elements of an output are weighted with before they are summed and differentiated."""
    n = math.prod(shape)
    return ((((7 * torch.arange(n) + 3 * output) % 12).to(dtype) - 5.5) / 4).reshape(shape)


class Entry:
    """The cases of a name, and their tensors."""

    def __init__(self, kind, name, options):
        self.kind, self.name, self.options = kind, name, options
        self.cases, self.tensors = [], {}

    def begin(self):
        self.pending = {}
        self.prefix = '%d.' % len(self.cases)

    def tensor(self, t, most=None):
        t = t.detach()
        if t.layout != torch.strided or t.dtype not in NAMES:
            raise Unwritable('%s %s' % (t.layout, t.dtype))
        if t.numel() > (most or self.options.numbers) or t.dim() > 8:
            raise Unwritable('too large')
        key = self.prefix + str(len(self.pending))
        self.pending[key] = t.resolve_neg().resolve_conj().contiguous().clone()
        return {'tensor': key}

    def value(self, v):
        if v is None or isinstance(v, (bool, str)):
            return v
        if isinstance(v, torch.Tensor):
            return self.tensor(v)
        if isinstance(v, numpy.generic):
            v = v.item()
        if isinstance(v, int):
            if abs(v) >= 2 ** 63:
                raise Unwritable('a large integer')
            return v
        if isinstance(v, float):
            return v if math.isfinite(v) else {'number': repr(v)}
        if isinstance(v, torch.dtype):
            if v not in NAMES:
                raise Unwritable(str(v))
            return {'dtype': NAMES[v]}
        if isinstance(v, (list, tuple)):
            return [self.value(x) for x in v]
        if isinstance(v, more.Function):
            return {'function': v.name}
        if isinstance(v, more.Scheduler):
            return {'scheduler': v.name, 'arguments': self.named(v.arguments)}
        raise Unwritable(type(v).__name__)

    def named(self, arguments, without=scope.WITHOUT_EFFECT):
        return {k: self.value(v) for k, v in arguments.items() if k not in without}

    def end(self, case):
        self.cases.append(case)
        self.tensors.update(self.pending)

    def write(self, folder):
        if not self.cases:
            return False
        place = folder / self.kind
        place.mkdir(parents=True, exist_ok=True)
        head = {'format': 1, 'kind': self.kind, 'name': self.name, 'torch': torch.__version__.split('+')[0], 'seed': self.options.seed}
        lines = ',\n'.join(json.dumps(c, separators=(',', ':'), allow_nan=False) for c in self.cases)
        text = json.dumps(head)[:-1] + ', "cases": [\n' + lines + '\n]}\n'
        (place / (self.name + '.json')).write_text(text)
        save_file(self.tensors, str(place / (self.name + '.safetensors')))
        return True


def spread(items, count):
    """`count` of them, the first one included; all for 0."""
    items = list(items)
    if not count or len(items) <= count:
        return items
    return [items[i * len(items) // count] for i in range(count)]


def spread_first(items, count):
    """All of them, `count` that are spread over them first: the files cannot hold each."""
    first = spread(items, count)
    return first + [item for item in items if not any(item is taken for taken in first)]


def tensors_in(value):
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for v in value:
            yield from tensors_in(v)
    elif isinstance(value, dict):
        for v in value.values():
            yield from tensors_in(v)


def results_of(out):
    """The tensors that a call returned."""
    if isinstance(out, (bool, int, float)):
        out = torch.tensor(out, dtype=torch.float64 if isinstance(out, float) else None)
    found = list(tensors_in(out))
    if not found or any(t.dtype not in NAMES for t in found):
        raise Unwritable('a result of another kind')
    return found


def gradients_of(outputs, inputs):
    """The derivatives of the weighted sum of all outputs by the inputs, None where there is none."""
    total = None
    for k, y in enumerate(outputs):
        if not y.requires_grad:
            continue
        term = (y * weights(y.shape, y.dtype, k)).sum()
        total = term if total is None else total + term.to(total.dtype)
    if total is None or not inputs:
        return [None] * len(inputs)
    return torch.autograd.grad(total, inputs, allow_unused=True)


def exact(values, call, dtype, slack=None, by_element=False):
    """`values` in float32, those of `call` in double in their place where PyTorch's own rounding is larger than the tolerance.

    How many tolerances it is off at most is added to `slack`, a list. by_element: finite elements alone, not all or none."""
    if dtype != 'float32':
        return values
    try:
        doubles = call()
    except Exception:  # pylint: disable=broad-except
        return values
    result = []
    for value, double in zip(values, doubles):
        if value is None or double is None or value.dtype != torch.float32 or value.shape != double.shape:
            result.append(value)
            continue
        difference = (value.double() - double).abs()
        ratio = (difference / (1e-5 + 1.3e-6 * double.abs())).nan_to_num(0, 0, 0)
        if slack is not None and ratio.numel() > 0 and 0.25 < ratio.max() < 100:  # more is no rounding
            slack.append(float(ratio.max()))
        too_far = (difference > 1e-5 + 1.3e-6 * double.abs()).any() or not torch.equal(value.isfinite(), double.float().isfinite())
        if by_element:
            wrong = (difference > 1e-5 + 1.3e-6 * double.abs()) & value.isfinite() & double.float().isfinite()
            result.append(torch.where(wrong, double.detach().float(), value))
        else:
            result.append(double.detach().float() if too_far and value.isfinite().all() else value)
    return result


def in_double(value):
    """The same with doubles in place of floats."""
    if isinstance(value, torch.Tensor):
        return value.detach().double().requires_grad_(value.requires_grad) if value.dtype == torch.float32 else value
    if isinstance(value, (list, tuple)):
        return type(value)(in_double(v) for v in value) if type(value) in (list, tuple) else value
    if isinstance(value, dict):
        return {k: in_double(v) for k, v in value.items()}
    return value


def fixed(value):
    """A copy with tensors of its own, as leaves that require gradients where those that are given do."""
    if isinstance(value, torch.Tensor):
        if value.layout != torch.strided:
            raise Unwritable(str(value.layout))
        return value.detach().clone().requires_grad_(value.requires_grad)
    if isinstance(value, (list, tuple)):
        return type(value)(fixed(v) for v in value) if type(value) in (list, tuple) else value
    if isinstance(value, dict):
        return {k: fixed(v) for k, v in value.items()}
    return value


def kind_of(error):
    """The Python exception as the C++ side knows it."""
    return next((t.__name__ for t in (IndexError, NotImplementedError, TypeError, ValueError, RuntimeError) if isinstance(error, t)), type(error).__name__)


# --- Operations ---------------------------------------------------------------------------------------------


def full_name(op):
    return op.name + ('.' + op.variant_test_name if op.variant_test_name else '')


def operation_case(entry, op, sample, dtype, number):
    differentiate = dtype in FLOATS and op.supports_autograd
    args = fixed((sample.input, *sample.args))
    named = fixed(dict(sample.kwargs))
    if named.pop('out', None) is not None:
        raise Unwritable('out')
    entry.begin()
    case = {'id': '%s/%s' % (dtype, number), 'dtype': dtype, 'arguments': [entry.value(a) for a in args], 'named': entry.named(named, {'device', 'memory_format'})}
    floats = [t for t in tensors_in((args, named)) if t.dtype == TYPES[dtype]]
    leaves = [t for t in floats if t.requires_grad]
    places = [i for i, t in enumerate(floats) if t.requires_grad]
    try:
        outputs = results_of(op.op(*args, **named))
    except (RuntimeError, TypeError, ValueError, IndexError, NotImplementedError) as error:
        raise Unwritable('PyTorch itself refuses: %s' % error)
    if 'dtype' not in named:
        def again():
            doubles = in_double((args, named))
            inputs = [t for t in tensors_in(doubles) if t.requires_grad]
            results = results_of(op.op(*doubles[0], **doubles[1]))
            return results + list(gradients_of(results, inputs) if differentiate and any(y.requires_grad for y in results) else [])
    else:
        def again():
            return []
    slack = []
    shown = exact(outputs, again, dtype, slack, entry.options.edges)
    case['results'] = [entry.value(y) for y in shown or outputs]
    if differentiate and any(y.requires_grad for y in outputs):
        found = gradients_of(outputs, leaves)
        found = exact(found, lambda: again()[len(outputs):], dtype, slack, entry.options.edges) or found
        case['gradients'] = [[i, entry.value(g)] for i, g in zip(places, found) if g is not None]
    if slack and entry.options.seed != 0:
        case['slack'] = 4 * max(slack)
    entry.end(case)


def wrong_operation(entry, op, sample, number):
    entry.begin()
    # What is wrong with `out` alone is no case: results are values here. Where another argument is wrong, too, that is the case.
    named = {k: v for k, v in sample.kwargs.items() if k != 'out'}
    try:
        op.op(sample.input, *sample.args, **named)
        raise Unwritable('no error')
    except Unwritable:
        raise
    except Exception as error:  # pylint: disable=broad-except
        kind, text = kind_of(error), str(error).splitlines()[0] if str(error) else ''
    case = {'id': 'error/%s' % number, 'dtype': next((NAMES.get(t.dtype) for t in tensors_in((sample.input, sample.args)) if t.dtype in NAMES), 'float32'),
            'arguments': [entry.value(a) for a in (sample.input, *sample.args)], 'named': entry.named(named, {'device'}),
            'error': kind, 'message': text[:200]}
    entry.end(case)


def operation_edges(entry, op, samples, dtype):
    given = [((s.input, *s.args), {k: v for k, v in s.kwargs.items() if k not in ('out', 'output_size')}) for s in samples]
    for number, arguments in enumerate(edges.suitable(given, entry.options.numbers, entry.options.samples)):
        # Of a loss the input, not the target; no bounds that are in no order.
        most = {'bucketize': 1, 'searchsorted': 0}.get(op.name, 1 if 'loss' in op.name or 'cross_entropy' in op.name else 2)
        for edge, (args, kwargs) in edges.variants(arguments, TYPES[dtype], most):
            changed = Changed(args, kwargs)
            name = '%d/%s' % (number, edge)
            try:
                operation_case(entry, op, changed, dtype, name)
            except Unwritable as why:
                if not str(why).startswith('PyTorch itself refuses'):
                    continue
                try:
                    wrong_operation(entry, op, changed, name)
                except Unwritable:
                    continue


class Changed:
    """What the database calls a SampleInput."""

    def __init__(self, args, kwargs):
        self.input, *self.args = args
        self.kwargs = kwargs


def own_seed(options):
    """Newer versions seed samples themselves, always alike, unless told not to; with seed 0 they may."""
    if options.seed == 0 or not hasattr(torch.testing._internal.common_utils, 'TrackedInputIter'):
        return {}
    return {'set_seed': False}


def operations(options):
    found = {}
    for op in op_db:
        found.setdefault(full_name(op), op)
    for name in scope.OPERATIONS:
        op = found.get(name)
        if op is None or not options.wanted('operation', name):
            continue
        entry = Entry('operation', name, options)
        types = [t for t in options.types if TYPES[t] in op.dtypes]
        for dtype in types or (['int64'] if options.edges and torch.int64 in op.dtypes else []):
            torch.manual_seed(options.seed)
            random.seed(options.seed)
            numpy.random.seed(options.seed)
            differentiable = dtype in FLOATS and op.supports_autograd
            samples = list(enumerate(op.sample_inputs('cpu', TYPES[dtype], requires_grad=differentiable, **own_seed(options))))
            if options.edges:
                operation_edges(entry, op, [s for _, s in samples], dtype)
                continue
            taken = 0
            most = options.samples if dtype in FLOATS else (options.samples + 3) // 4
            for number, sample in spread_first(samples, most):
                try:
                    operation_case(entry, op, sample, dtype, number)
                except Unwritable:
                    continue
                taken += 1
                if most and taken == most:
                    break
        if op.error_inputs_func is not None and not options.edges:
            torch.manual_seed(options.seed)
            try:
                wrong = list(op.error_inputs('cpu'))
            except Exception as error:  # pylint: disable=broad-except
                print('%s: no error inputs: %s' % (name, error))
                wrong = []
            for number, e in enumerate(spread(wrong, 2 * options.samples)):
                try:
                    wrong_operation(entry, op, e.sample_input, number)
                except Unwritable:
                    continue
        yield entry


# --- Modules and losses ---------------------------------------------------------------------------------------


def bound(cls, args, kwargs, everything=False):
    """Constructor arguments by name; those that have their default value are left out unless everything is wanted."""
    signature = inspect.signature(cls)
    try:
        arguments = signature.bind(*args, **kwargs).arguments
    except TypeError as error:
        raise Unwritable('an option of another version: %s' % error)
    result = {}
    for k, v in arguments.items():
        parameter = signature.parameters[k]
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            result.update(v)
        elif everything and not (type(v) is int and type(parameter.default) is float):
            result[k] = v
        elif type(v) is int and type(parameter.default) is float:
            result[k] = float(v)
        elif parameter.default is inspect.Parameter.empty or isinstance(v, torch.Tensor) or not (type(v) is type(parameter.default) and v == parameter.default):
            result[k] = v
    return result


def module_case(entry, cls, constructor, args, kwargs, dtype, training, number, seed):
    entry.begin()
    c_args, c_named = constructor
    case = {'id': '%s/%s%s' % (dtype, number, '' if training else '/eval'), 'dtype': dtype, 'training': training, 'seed': seed,
            'constructor': entry.named(bound(cls, c_args, c_named))}
    torch.manual_seed(seed)
    # With a float where a float is meant: `Softplus(2)` is printed in another way.
    module = cls(**bound(cls, c_args, c_named, everything=True))
    module = module.to(TYPES[dtype])
    module.train(training)
    case['state'] = [[k, entry.value(v)] for k, v in module.state_dict().items() if v.dtype in NAMES]
    case['print'] = str(module)
    args, kwargs = fixed(args), fixed(kwargs)
    if kwargs:
        try:
            names = inspect.signature(module.forward).bind(*args, **kwargs).arguments
        except TypeError as error:
            raise Unwritable(str(error))
        args = tuple(names.values())
    case['inputs'] = [entry.value(a) for a in args]
    floats = [t for t in tensors_in(args) if t.dtype == TYPES[dtype]]
    leaves = [t for t in floats if t.requires_grad]
    places = [i for i, t in enumerate(floats) if t.requires_grad]
    torch.manual_seed(seed)
    try:
        outputs = results_of(module(*args))
    except (RuntimeError, TypeError, ValueError, IndexError) as error:
        raise Unwritable('PyTorch itself refuses: %s' % error)
    case['results'] = [entry.value(y) for y in outputs]
    parameters = [(k, p) for k, p in module.named_parameters() if p.requires_grad]
    found = gradients_of(outputs, leaves + [p for _, p in parameters])
    case['gradients'] = [[i, entry.value(g)] for i, g in zip(places, found) if g is not None]
    case['parameter_gradients'] = [[k, entry.value(g)] for (k, _), g in zip(parameters, found[len(leaves):]) if g is not None]
    buffers = [[k, entry.value(b)] for k, b in module.named_buffers() if b.dtype in NAMES]
    if buffers:
        case['buffers_after'] = buffers
    entry.end(case)


def wrong_module(entry, cls, constructor, args, kwargs, on_construction, dtype, number):
    entry.begin()
    c_args, c_named = constructor
    try:
        named = bound(cls, c_args, c_named)
    except TypeError as error:
        raise Unwritable(str(error))
    case = {'id': 'error/%s' % number, 'dtype': dtype, 'constructor': entry.named(named), 'inputs': []}
    try:
        module = cls(*c_args, **c_named)
    except Exception as error:  # pylint: disable=broad-except
        if not on_construction:
            raise Unwritable('another error')
        case['error'], case['message'] = kind_of(error), str(error).splitlines()[0][:200]
        entry.end(case)
        return
    if on_construction:
        raise Unwritable('no error')
    case['inputs'] = [entry.value(a) for a in (*args, *kwargs.values())]
    try:
        module.to(TYPES[dtype])(*args, **kwargs)
    except Exception as error:  # pylint: disable=broad-except
        case['error'], case['message'] = kind_of(error), str(error).splitlines()[0][:200]
        entry.end(case)
        return
    raise Unwritable('no error')


def module_edges(entry, cls, samples, dtype, training):
    given = [(g.args, g.kwargs, c) for c, g in samples]
    for number, (args, kwargs, constructor) in enumerate(edges.suitable(given, entry.options.numbers, entry.options.samples)):
        constructor = (constructor.args, constructor.kwargs)
        for edge, (args, kwargs) in edges.variants((args, kwargs), TYPES[dtype], 1, 'Dropout' in entry.name):
            name = '%d/%s' % (number, edge)
            if (entry.name, edge) == ('MultiMarginLoss', 'empty'):
                continue  # PyTorch shows memory that nobody has written to
            try:
                module_case(entry, cls, constructor, args, kwargs, dtype, training, name, number)
            except Unwritable as why:
                if not training or not str(why).startswith('PyTorch itself refuses'):
                    continue
                try:
                    wrong_module(entry, cls, constructor, args, kwargs, False, dtype, name)
                except Unwritable:
                    continue


class Given:
    """What the database calls a FunctionInput."""

    def __init__(self, *args, **kwargs):
        self.args, self.kwargs = args, kwargs


def own_module_inputs(name, dtype):
    def numbers(shape, low=-3, high=3):
        return torch.testing.make_tensor(shape, dtype=dtype, device='cpu', low=low, high=high, requires_grad=True)

    if name in more.MODULES:
        for c_args, c_named, shape in more.MODULES[name]:
            yield Given(*c_args, **c_named), Given(numbers(shape))
    elif name == 'EmbeddingBag':
        index = torch.tensor([1, 2, 4, 5, 4, 3, 2, 9])
        offsets = torch.tensor([0, 3, 3])
        for mode in ('mean', 'sum', 'max'):
            yield Given(10, 3, mode=mode), Given(index, offsets)
            yield Given(10, 3, mode=mode, padding_idx=4), Given(index.reshape(2, 4))
        yield Given(10, 3, mode='sum', include_last_offset=True), Given(index, torch.tensor([0, 3, 8]))
        yield Given(10, 3, mode='sum', max_norm=0.5), Given(index.reshape(4, 2))
    elif name == 'TripletMarginLoss':
        for options in ({}, dict(margin=0.5), dict(p=1.0), dict(swap=True), dict(reduction='sum'), dict(reduction='none')):
            yield Given(**options), Given(numbers((4, 5)), numbers((4, 5)), numbers((4, 5)))


def modules(kind, names, options):
    database = {m.module_cls.__name__: m for m in module_db}
    for name in names:
        cls = more.PARAMETRIZED.get(name) or getattr(torch.nn, name, None)
        if not options.wanted(kind, name) or cls is None:
            continue
        info = database.get(name)
        entry = Entry(kind, name, options)
        for dtype in [t for t in FLOATS if t in options.types]:
            for training in (True, False):
                if not training and not (info is not None and info.train_and_eval_differ) and name not in more.MODULES and name != 'EmbeddingBag':
                    continue
                torch.manual_seed(options.seed)
                samples = []
                if info is not None:
                    made = info.module_inputs_func(info, device='cpu', dtype=TYPES[dtype], requires_grad=True, training=training)
                    samples = [(m.constructor_input, m.forward_input) for m in made if m.forward_input is not None]
                samples += own_module_inputs(name, TYPES[dtype])
                samples = list(enumerate(samples))
                if options.edges:
                    module_edges(entry, cls, [s for _, s in samples], dtype, training)
                    continue
                most = 2 * options.samples if training else options.samples
                taken = 0
                for number, (constructor, given) in spread_first(samples, most):
                    try:
                        module_case(entry, cls, (constructor.args, constructor.kwargs), given.args, given.kwargs, dtype, training, number, options.seed + number)
                    except Unwritable:
                        continue
                    taken += 1
                    if most and taken == most:
                        break
        if getattr(info, 'module_error_inputs_func', None) is not None and not options.edges:
            for number, e in enumerate(info.module_error_inputs_func(info, device='cpu', dtype=torch.float32, requires_grad=False, training=True)):
                m = e.module_error_input
                given = m.forward_input or Given()
                try:
                    wrong_module(entry, cls, (m.constructor_input.args, m.constructor_input.kwargs), given.args, given.kwargs,
                                 e.error_on == ModuleErrorEnum.CONSTRUCTION_ERROR, 'float32', number)
                except Unwritable:
                    continue
        yield entry


# --- Optimizers and schedulers ------------------------------------------------------------------------------------

STEPS = 100
SHOWN = (1, 2, 10, 100)
TARGETS = 3


def shapes_for(name):
    """Parameters. The one named `unused` never has a gradient, `rare` has one in every third step."""
    if name == 'Muon':
        return {'weight': (3, 4), 'wide': (2, 5), 'unused': (2, 2), 'rare': (4, 2)}
    return {'weight': (3, 4), 'bias': (5,), 'unused': (2,), 'rare': (2, 3)}


def in_a_row(tensors, dtype):
    """All elements of the tensors, one behind the other."""
    return torch.cat([torch.zeros(0, dtype=dtype)] + [torch.as_tensor(t).detach().to(dtype).reshape(-1) for t in tensors])


def optimizer_case(entry, cls, kwargs, groups, dtype, number):
    """100 steps down the sum of (p - t)^2 / 2, where t changes from step to step and p - t is the gradient."""
    kwargs = {k: v for k, v in kwargs.items() if k not in scope.WITHOUT_EFFECT}
    if any(isinstance(t, torch.Tensor) for t in tensors_in(list(kwargs.values()))):
        raise Unwritable('an option as a tensor')
    entry.begin()
    torch.manual_seed(entry.options.seed + number)
    names = shapes_for(cls.__name__)
    values = {k: torch.nn.Parameter(torch.randn(s, dtype=TYPES[dtype])) for k, s in names.items()}
    targets = {k: torch.randn((TARGETS, *s), dtype=TYPES[dtype]) for k, s in names.items()}
    begin = {k: v.detach().double() for k, v in values.items()}
    case = {'id': '%s/%d' % (dtype, number), 'dtype': dtype, 'constructor': entry.named(kwargs),
            'parameters': [[k, list(s)] for k, s in names.items()], 'steps': STEPS, 'shown': list(SHOWN)}
    dtype = TYPES[dtype]
    case['begin'] = entry.tensor(in_a_row(values.values(), dtype))
    case['targets'] = entry.tensor(torch.stack([in_a_row([t[i] for t in targets.values()], dtype) for i in range(TARGETS)]), 1000)
    if groups:
        case['groups'] = [{'parameters': g['params'], 'options': entry.named({k: v for k, v in g.items() if k != 'params'})} for g in groups]

    def descend(values, targets, kwargs):
        if groups:
            optimizer = cls([{**g, 'params': [values[k] for k in g['params']]} for g in groups], **kwargs)
        else:
            optimizer = cls(list(values.values()), **kwargs)
        after = []
        for step in range(1, STEPS + 1):
            def closure():
                total = 0.0
                for k, v in values.items():
                    v.grad = None
                    if k != 'unused' and (k != 'rare' or step % 3 == 0 or cls.__name__ == 'LBFGS'):
                        v.grad = v.detach() - targets[k][0 if cls.__name__ == 'LBFGS' else step % TARGETS]
                        total += float((v.grad.double() ** 2).sum()) / 2
                return torch.tensor(total, dtype=v.dtype)
            closure()
            optimizer.step(closure if cls.__name__ == 'LBFGS' else None)
            if step in SHOWN:
                after.append(in_a_row(values.values(), dtype))
        return torch.stack(after), optimizer

    after, optimizer = descend(values, targets, kwargs)
    # Adafactor's sizes are sums that PyTorch rounds in an order of its own, by more than the tolerance after some steps.
    if dtype == torch.float32 and cls.__name__ == 'Adafactor':
        first, second = kwargs.get('eps', (None, 1e-3))
        eps = (torch.finfo(torch.float32).eps if first is None else first, second)
        after, optimizer = descend({k: torch.nn.Parameter(v) for k, v in begin.items()},
                                   {k: t.double() for k, t in targets.items()}, {**kwargs, 'eps': eps})
    case['after'] = entry.tensor(after, 1000)
    order = [k for g in groups for k in g['params']] if groups else list(values)
    state = optimizer.state_dict()['state']
    if cls.__name__ != 'LBFGS':
        case['state'] = [[order[i], [[k, list(torch.as_tensor(v).shape)] for k, v in s.items() if v is not None]] for i, s in state.items()]
        case['state_values'] = entry.tensor(in_a_row([v for s in state.values() for v in s.values() if v is not None], dtype), 1000)
    entry.end(case)


def wrong_optimizer(entry, cls, kwargs, number):
    kwargs = {k: v for k, v in kwargs.items()}
    if any(isinstance(t, torch.Tensor) for t in tensors_in(list(kwargs.values()))) or set(kwargs) & scope.WITHOUT_EFFECT:
        raise Unwritable('an option that is out of scope')
    entry.begin()
    try:
        cls([torch.nn.Parameter(torch.zeros(2, 3))], **kwargs)
    except Exception as error:  # pylint: disable=broad-except
        entry.end({'id': 'error/%d' % number, 'dtype': 'float32', 'constructor': entry.named(kwargs), 'error': kind_of(error), 'message': str(error)[:200]})


def optimizers(options):
    for info in optim_db:
        cls = info.optim_cls
        name = cls.__name__
        if name not in scope.OPTIMIZERS or not options.wanted('optimizer', name):
            continue
        entry = Entry('optimizer', name, options)
        for dtype in FLOATS:
            inputs = [(i.kwargs, None) for i in info.optim_inputs_func(device='cpu') if i.params is None]
            if name not in ('LBFGS', 'Muon'):
                inputs.append(({}, [{'params': ['weight', 'rare'], 'lr': 0.02}, {'params': ['bias', 'unused']}]))
            for number, (kwargs, groups) in enumerate(inputs):
                try:
                    optimizer_case(entry, cls, kwargs, groups, dtype, number)
                except Unwritable:
                    continue
        for number, e in enumerate(info.optim_error_inputs_func(device='cpu', dtype=torch.float32)):
            i = e.optimizer_error_input
            if e.error_on == OptimizerErrorEnum.CONSTRUCTION_ERROR and i.params is None:
                try:
                    wrong_optimizer(entry, cls, i.kwargs, number)
                except Unwritable:
                    continue
        yield entry


def schedulers(options):
    epochs = 200
    entries = {}
    for number, scheduler in enumerate(more.SCHEDULERS):
        if not options.wanted('scheduler', scheduler.name):
            continue
        entry = entries.setdefault(scheduler.name, Entry('scheduler', scheduler.name, options))
        entry.begin()
        optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(2))], lr=0.1, momentum=0.9)
        built = scheduler.build(optimizer)
        rates, momenta = [], []
        case = {'id': str(number), 'dtype': 'float64', 'constructor': entry.named(scheduler.arguments), 'lr': 0.1, 'momentum': 0.9}
        # Falls, then stays, then jumps.
        metrics = [1 / (1 + e) if e < 40 else 0.02 + 0.001 * ((e * 7) % 5) for e in range(epochs)]
        for e in range(epochs + 1):
            rates.append(optimizer.param_groups[0]['lr'])
            momenta.append(optimizer.param_groups[0]['momentum'])
            if e == epochs:
                break
            optimizer.step()
            if scheduler.name == 'ReduceLROnPlateau':
                built.step(metrics[e])
            else:
                built.step()
        if scheduler.name == 'ReduceLROnPlateau':
            case['metrics'] = entry.tensor(torch.tensor(metrics, dtype=torch.float64), epochs)
        case['results'] = [entry.tensor(torch.tensor([float(r) for r in rates], dtype=torch.float64), epochs + 1)]
        if len(set(momenta)) > 1:
            case['momenta'] = entry.tensor(torch.tensor([float(m) for m in momenta], dtype=torch.float64), epochs + 1)
        entry.end(case)
    for number, scheduler in enumerate(more.WRONG_SCHEDULERS):
        if scheduler.name not in entries:
            continue
        entry = entries[scheduler.name]
        entry.begin()
        try:
            scheduler.build(torch.optim.SGD([torch.nn.Parameter(torch.zeros(2))], lr=0.1, momentum=0.9))
        except Exception as error:  # pylint: disable=broad-except
            entry.end({'id': 'error/%d' % number, 'dtype': 'float64', 'constructor': entry.named(scheduler.arguments), 'lr': 0.1, 'momentum': 0.9,
                       'error': kind_of(error), 'message': str(error)[:200]})
    yield from entries.values()


# --- Initialisers ---------------------------------------------------------------------------------------------------


def initialisers(options):
    for name, cases in more.INITIALISERS.items():
        if not options.wanted('initialiser', name):
            continue
        entry = Entry('initialiser', name, options)
        for dtype in FLOATS:
            for number, (named, shape) in enumerate(cases):
                entry.begin()
                t = torch.zeros(shape, dtype=TYPES[dtype])
                torch.manual_seed(options.seed + number)
                getattr(torch.nn.init, name)(t, **named)
                entry.end({'id': '%s/%d' % (dtype, number), 'dtype': dtype, 'seed': options.seed + number, 'shape': list(shape),
                           'constructor': entry.named(named), 'results': [entry.tensor(t, 1000)]})
        for number, (named, shape) in enumerate(more.WRONG_INITIALISERS.get(name, [])):
            entry.begin()
            try:
                getattr(torch.nn.init, name)(torch.zeros(shape), **named)
            except Exception as error:  # pylint: disable=broad-except
                entry.end({'id': 'error/%d' % number, 'dtype': 'float32', 'seed': 0, 'shape': list(shape), 'constructor': entry.named(named),
                           'error': kind_of(error), 'message': str(error)[:200]})
        yield entry


def all_names():
    """(kind, name) of everything in scope."""
    for kind, names in (('module', scope.MODULES), ('loss', scope.LOSSES), ('optimizer', scope.OPTIMIZERS),
                        ('scheduler', sorted({s.name for s in more.SCHEDULERS})), ('initialiser', sorted(more.INITIALISERS)),
                        ('operation', scope.OPERATIONS)):
        for name in names:
            yield kind, name


def all_entries(options):
    if options.edges:
        for entries in (modules('module', scope.MODULES, options), modules('loss', scope.LOSSES, options), operations(options)):
            yield from entries
        return
    for entries in (modules('module', scope.MODULES, options), modules('loss', scope.LOSSES, options), optimizers(options),
                    schedulers(options), initialisers(options), operations(options)):
        yield from entries


def make(folder, samples=4, numbers=64, seed=0, only='', supported=None, at_edges=False):
    """Writes the cases; returns how many entries were written."""
    options = argparse.Namespace(samples=samples, numbers=numbers, seed=seed, types=['float32'] if at_edges else list(TYPES), edges=at_edges)
    names = set(filter(None, only.split(',')))
    if supported:
        listed = subprocess.run([supported, '--entries'], check=True, capture_output=True, encoding='utf-8').stdout
        known = {tuple(line.split(' ', 1)) for line in listed.splitlines()}
    else:
        known = None
    options.wanted = lambda kind, name: (not names or name in names) and (known is None or (kind, name) in known)
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / 'scope.txt').write_text(''.join('%s %s\n' % each for each in all_names()))
    warnings.simplefilter('ignore')
    torch.set_num_threads(1)
    written, without = 0, set()
    for entry in all_entries(options):
        if at_edges or any('error' not in c for c in entry.cases):
            written += entry.write(folder)
        else:
            without.add((entry.kind, entry.name))
    if at_edges:
        return written
    # Entries all of whose cases are larger: one is enough.
    larger = argparse.Namespace(samples=1, numbers=max(numbers, 640), seed=seed, types=['float32'], edges=False, wanted=lambda kind, name: (kind, name) in without)
    for entry in all_entries(larger):
        written += entry.write(folder)
    return written


if __name__ == '__main__':
    parser = argparse.ArgumentParser()
    parser.add_argument('folder')
    parser.add_argument('--samples', type=int, default=4)
    parser.add_argument('--numbers', type=int, default=64)
    parser.add_argument('--seed', type=int, default=0)
    parser.add_argument('--only', default='')
    parser.add_argument('--supported')
    parser.add_argument('--at-edges', action='store_true')
    print('%d entries' % make(**vars(parser.parse_args())))
