"""Objects for torch.save, drawn at random, and a text form of them that the C++ helper can write too."""

import collections
import pickle
import struct

import torch
from torch import nn

NAMES = ['float32', 'float64', 'float16', 'bfloat16', 'int64', 'int32', 'int16', 'int8', 'uint8', 'bool', 'complex64', 'complex128',
         'uint16', 'uint32', 'uint64', 'float8_e4m3fn', 'float8_e5m2', 'float8_e4m3fnuz', 'float8_e5m2fnuz', 'float8_e8m0fnu']
DTYPES = [getattr(torch, name) for name in NAMES if hasattr(torch, name)]
OLD_DTYPES = DTYPES[:12]  # those of PyTorch 1; the legacy format has no others
TEXTS = ['', 'weight', 'hidden_layers.0.bias', 'Grüße', '\u6f22\u5b57', '\U0001f40d', 'nul\0nul', 'line\nline', '"\\',
         'x' * 255, 'y' * 256, '\u00e9' * 200, 'z' * 70000]
INTS = [0, 1, -1, 255, 256, 65535, 65536, 2**31 - 1, 2**31, -2**31, -2**31 - 1, 2**63 - 1, -2**63, 2**63, 2**64 - 1, -2**63 - 1,
        10**30, -10**30, 2**2000, -2**2039, 127, 128, -128, -129]
FLOATS = [0.0, -0.0, 1.0, -1.5, 0.1, 1e-3, 1e308, 5e-324, float('inf'), float('-inf'), float('nan')]


class Draw:
    """Draws values; equal seeds give equal values. `rng` is a random.Random; torch's generator is seeded from it."""

    def __init__(self, rng, dtypes=None):
        self.rng = rng
        self.dtypes = dtypes or DTYPES
        torch.manual_seed(rng.getrandbits(63))

    def bits(self, shape, dtype):
        """A contiguous tensor of any bits that the dtype has, with NaNs of all kinds among the floats."""
        count = 1
        for size in shape:
            count *= size
        if dtype == torch.bool:
            return torch.randint(0, 2, shape, dtype=torch.uint8).to(torch.bool)
        item = torch.empty((), dtype=dtype).element_size()
        return torch.randint(0, 256, (count * item,), dtype=torch.uint8).view(dtype).reshape(shape)

    def shape(self, limit=2000):
        kind = self.rng.random()
        if kind < 0.08:
            return ()
        dims = self.rng.choice([1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 7, 8])
        shape = []
        left = limit
        for _ in range(dims):
            shape.append(self.rng.randint(1, max(1, min(left, 40 if dims < 3 else 4))))
            left //= shape[-1]
        if kind < 0.16:
            shape[self.rng.randrange(dims)] = 0
        return tuple(shape)

    def view(self, t):
        """`t`, or a view of it with other strides, another offset, or elements that lie on each other."""
        kind = self.rng.choice(['same', 'transpose', 'permute', 'slice', 'steps', 'select', 'expand', 'overlap', 'flat', 'diagonal',
                                'conjugate'])
        dims = t.dim()
        if kind == 'conjugate':
            return t.conj()  # of a real tensor: the tensor
        if dims == 0 or t.numel() == 0:
            return t.expand(3, 2) if kind == 'expand' and dims == 0 else t
        if kind == 'transpose' and dims >= 2:
            return t.transpose(0, -1)
        if kind == 'permute':
            order = list(range(dims))
            self.rng.shuffle(order)
            return t.permute(order)
        axis = self.rng.randrange(dims)
        if kind == 'slice':
            start = self.rng.randrange(t.size(axis))
            return t.narrow(axis, start, self.rng.randint(0, t.size(axis) - start))
        if kind == 'steps':
            index = [slice(None)] * dims
            index[axis] = slice(self.rng.randrange(t.size(axis)), None, self.rng.randint(2, 3))
            return t[tuple(index)]
        if kind == 'select':
            return t.select(axis, self.rng.randrange(t.size(axis)))
        if kind == 'expand' and dims < 7:
            return t.unsqueeze(axis).expand(*t.shape[:axis], self.rng.randint(0, 3), *t.shape[axis:])
        if kind == 'overlap':
            n = t.numel()
            rows = self.rng.randint(1, min(n, 5))
            return torch.as_strided(t, (rows, n - rows + 1), (1, 1), t.storage_offset()) if t.is_contiguous() else t
        if kind == 'flat' and t.is_contiguous():
            return t.reshape(-1)[t.numel() // 2:]
        if kind == 'diagonal' and dims >= 2:
            return t.diagonal(0, 0, -1)
        return t

    def tensor(self):
        t = self.view(self.bits(self.shape(), self.rng.choice(self.dtypes)))
        for _ in range(self.rng.choice([0, 0, 1, 2])):
            t = self.view(t)
        if t.dtype in DTYPES[:4] and self.rng.random() < 0.1:
            t = t.detach().requires_grad_()
        return t

    def parameter(self):
        t = self.bits(self.shape(), self.rng.choice(self.dtypes))
        return nn.Parameter(t, requires_grad=t.dtype in DTYPES[:4] and self.rng.random() < 0.7)

    def leaf(self):
        kind = self.rng.choice(['tensor', 'tensor', 'tensor', 'parameter', 'none', 'bool', 'int', 'int', 'float', 'text', 'size',
                                'dtype', 'device', 'layout', 'complex', 'bytes'])
        if kind == 'tensor':
            return self.tensor()
        if kind == 'parameter':
            return self.parameter()
        if kind == 'none':
            return None
        if kind == 'bool':
            return self.rng.random() < 0.5
        if kind == 'int':
            return self.rng.choice(INTS) if self.rng.random() < 0.6 else self.rng.randint(-2**self.rng.randint(1, 300), 2**200)
        if kind == 'float':
            return self.rng.choice(FLOATS) if self.rng.random() < 0.5 else self.rng.gauss(0, 1)
        if kind == 'text':
            return self.text()
        if kind == 'size':
            return torch.Size(self.shape())
        if kind == 'dtype':
            return self.rng.choice(self.dtypes)
        if kind == 'device':
            return torch.device('cpu')
        if kind == 'layout':
            return torch.strided
        if kind == 'complex':
            return complex(self.rng.choice(FLOATS), self.rng.gauss(0, 1))
        return bytes(self.rng.getrandbits(8) for _ in range(self.rng.choice([0, 1, 40, 300])))

    def text(self):
        return self.rng.choice(TEXTS) if self.rng.random() < 0.5 else 'key_%d' % self.rng.randrange(10**6)

    def nested(self, depth=4):
        kind = self.rng.choice(['leaf', 'list', 'tuple', 'dict', 'ordered', 'set', 'counter']) if depth > 0 else 'leaf'
        if kind == 'leaf':
            return self.leaf()
        count = self.rng.choice([0, 1, 2, 3, 4, 5])
        if kind == 'list':
            return [self.nested(depth - 1) for _ in range(count)]
        if kind == 'tuple':
            return tuple(self.nested(depth - 1) for _ in range(count))
        if kind == 'set':
            return {self.rng.choice([self.text(), self.rng.choice(INTS[2:]), 0.5]) for _ in range(count)}
        if kind == 'counter':
            return collections.Counter({self.rng.choice([self.text(), 5]): self.rng.randrange(9) for _ in range(count)})
        items = [(self.key(), self.nested(depth - 1)) for _ in range(count)]
        return dict(items) if kind == 'dict' else collections.OrderedDict(items)

    def key(self):
        kind = self.rng.random()
        if kind < 0.7:
            return self.text()
        return self.rng.choice([None, True, 7, -7, 2**70, 2.5, (1, 'a'), ()])

    def shared(self):
        """Several views of one storage, as in models with tied weights."""
        base = self.bits((self.rng.randint(1, 300),), self.rng.choice(self.dtypes))
        views = [base, base[base.numel() // 2:], base[::2]]
        for _ in range(self.rng.randint(1, 4)):
            views.append(self.view(base))
        views.append(views[0])
        self.rng.shuffle(views)
        return {'view%d' % i: v for i, v in enumerate(views)}

    def module(self, depth=2):
        kind = self.rng.choice(['linear', 'norm', 'layer_norm', 'embedding', 'list', 'sequential', 'empty'])
        n = self.rng.randint(1, 6)
        if depth > 0 and kind in ('list', 'sequential'):
            children = [self.module(depth - 1) for _ in range(self.rng.randint(0, 3))]
            return nn.ModuleList(children) if kind == 'list' else nn.Sequential(*children)
        if kind == 'norm':
            return nn.BatchNorm1d(n)
        if kind == 'layer_norm':
            return nn.LayerNorm(n)
        if kind == 'embedding':
            return nn.Embedding(n, self.rng.randint(1, 5))
        if kind == 'empty':
            return self.rng.choice([nn.ReLU(), nn.Dropout(0.25)])
        layer = nn.Linear(n, self.rng.randint(1, 5), bias=self.rng.random() < 0.8)
        return layer.half() if self.rng.random() < 0.2 else layer.double() if self.rng.random() < 0.2 else layer

    def optimizer(self):
        """The state of an optimizer before or after some steps, some with a scheduler."""
        model = nn.Sequential(nn.Linear(self.rng.randint(1, 6), 3), nn.ReLU(), nn.Linear(3, 2))
        make = self.rng.choice([
            lambda p: torch.optim.Adam(p, lr=0.01), lambda p: torch.optim.Adam(p, amsgrad=True, weight_decay=0.1),
            lambda p: torch.optim.AdamW(p), lambda p: torch.optim.SGD(p, lr=0.1),
            lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9), lambda p: torch.optim.RMSprop(p, centered=True, momentum=0.5)
        ])
        optimizer = make(model.parameters())
        for _ in range(self.rng.randint(0, 3)):
            optimizer.zero_grad()
            model(torch.randn(4, model[0].in_features)).square().sum().backward()
            optimizer.step()
        return model, optimizer

    def checkpoint(self):
        """What training programs save: sizes as in the lesson, and what else people put beside them."""
        model, optimizer = self.optimizer()
        checkpoint = {'input_size': model[0].in_features, 'output_size': 2, 'hidden_layers': [3],
                      'state_dict': model.state_dict()}
        extras = [('optimizer', optimizer.state_dict()), ('epoch', self.rng.randrange(100)), ('loss', self.rng.random()),
                  ('classes', ['T-shirt/top', 'Trouser']), ('best', None), ('rng_state', torch.get_rng_state()),
                  ('betas', (0.9, 0.999)), ('amp', False)]
        for key, value in self.rng.sample(extras, self.rng.randint(0, len(extras))):
            checkpoint[key] = value
        return checkpoint

    def object(self, number):
        """Object `number` of a series: the kinds take turns."""
        return KINDS[number % len(KINDS)](self)


KINDS = [
    Draw.tensor, Draw.nested, Draw.shared, lambda draw: draw.module().state_dict(), Draw.checkpoint, Draw.tensor, Draw.parameter,
    lambda draw: draw.optimizer()[1].state_dict(), lambda draw: [draw.tensor() for _ in range(draw.rng.randint(1, 30))],
    lambda draw: {draw.text(): draw.nested() for _ in range(5)}
]
STATE_DICTS = (3, 4, 7)  # in KINDS: what training programs save


def bytes_of(t):
    """The elements of a tensor in row-major order, little-endian."""
    t = t.detach().resolve_conj().clone(memory_format=torch.contiguous_format).reshape(-1)
    return t.view(torch.uint8).numpy().tobytes() if t.numel() else b''


def describe(value, lines=None):
    """One line for each value, containers before their contents. tests/interop/interop.cpp writes the same."""
    lines = [] if lines is None else lines
    if value is None:
        lines.append('none')
    elif isinstance(value, bool):
        lines.append('bool %d' % value)
    elif isinstance(value, int):
        if -2**63 <= value < 2**63:
            lines.append('int %d' % value)
        else:
            lines.append('bigint ' + pickle.encode_long(value).hex())
    elif isinstance(value, float):
        lines.append('float ' + struct.pack('>d', value).hex())
    elif isinstance(value, complex):
        lines.append('complex ' + struct.pack('>dd', value.real, value.imag).hex())
    elif isinstance(value, str):
        lines.append('str ' + value.encode('utf-8', 'surrogatepass').hex())
    elif isinstance(value, (bytes, bytearray)):
        lines.append('bytes ' + bytes(value).hex())
    elif isinstance(value, torch.Tensor):
        kind = 'parameter' if isinstance(value, nn.Parameter) else 'tensor'
        lines.append('%s %s [%s] %d %s' % (kind, str(value.dtype)[6:], ','.join(map(str, value.shape)), value.requires_grad,
                                           bytes_of(value).hex()))
    elif isinstance(value, torch.Size):
        lines.append('size [%s]' % ','.join(map(str, value)))
    elif isinstance(value, (torch.dtype, torch.device, torch.layout)):
        lines.append('%s %s' % (type(value).__name__, value))
    elif isinstance(value, (set, frozenset)):
        items = sorted('\n'.join(describe(item)) for item in value)
        lines.append('set %d' % len(items))
        lines.extend('\n'.join(items).splitlines())
    elif isinstance(value, (list, tuple)):
        lines.append('%s %d' % ('list' if isinstance(value, list) else 'tuple', len(value)))
        for item in value:
            describe(item, lines)
    elif isinstance(value, dict):
        kind = {dict: 'dict', collections.OrderedDict: 'ordered', collections.Counter: 'counter'}[type(value)]
        lines.append('%s %d' % (kind, len(value)))
        for key, item in value.items():
            describe(key, lines)
            describe(item, lines)
        if getattr(value, '_metadata', None) is not None:
            lines.append('metadata')
            describe(value._metadata, lines)
    else:
        raise TypeError('no description of %r' % type(value))
    return lines


def difference(got, expected):
    """Where two descriptions differ, in words; empty when they are equal."""
    for i, (a, b) in enumerate(zip(got, expected)):
        if a != b:
            return 'line %d is\n  %s\nexpected\n  %s' % (i + 1, a[:300], b[:300])
    if len(got) != len(expected):
        return '%d lines, expected %d' % (len(got), len(expected))
    return ''
