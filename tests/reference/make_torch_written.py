# Makes torch_written_*.pth, files of torch.save that wick's writer must equal byte for byte:
#
#   python3 make_torch_written.py
#
# Version used: PyTorch 1.13.0 with CPython 3.11; the strings that CPython keeps once, and so writes once, depend on
# both. tests/io/torch/write_test.cpp builds the same values.
import collections

import torch


def ramp(dtype, *shape):
    """The numbers 0, 1, 2, ... of any dtype, in any shape."""
    n = 1
    for d in shape:
        n *= d
    return torch.arange(n).to(dtype).reshape(shape)


class Network(torch.nn.Module):
    """Modules with and without tensors, nested ones, and more than ten tensors."""

    def __init__(self):
        super().__init__()
        self.hidden_layers = torch.nn.ModuleList(torch.nn.Linear(3, 3) for _ in range(5))
        self.output = torch.nn.Linear(3, 2)
        self.scale = torch.nn.Parameter(torch.ones(()))


def filled(module):
    with torch.no_grad():
        for p in module.parameters():
            p.copy_(ramp(torch.float32, *p.shape))
    return module


network = filled(Network())
state_dict = network.state_dict()
# Modules without tensors have paths too, but wick knows the names of tensors only; here every module has some.
torch.save(state_dict, 'torch_written_network.pth')

# The lesson's checkpoint with Adam's state.
small = filled(torch.nn.Sequential(torch.nn.Linear(2, 2)))
adam = torch.optim.Adam(small.parameters(), lr=0.25)
for p in small.parameters():
    p.grad = torch.zeros(p.shape)
adam.step()
torch.save({'input_size': 2, 'output_size': 2, 'hidden_layers': [], 'state_dict': small.state_dict(),
            'optimizer': adam.state_dict()}, 'torch_written_checkpoint.pth')

# Names in batches of a thousand, over one storage.
one = torch.ones(1)
torch.save(collections.OrderedDict((f'name.{i}', one.view(1)) for i in range(2001)), 'torch_written_many.pth')
torch.save({i: [i] for i in range(1001)}, 'torch_written_batches.pth')

# Everything else.
dtypes = [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16,
          torch.int8, torch.uint8, torch.bool, torch.complex64, torch.complex128]
torch.save({
    'tensors': [ramp(d, 2, 3) for d in dtypes],
    'shapes': [ramp(torch.uint8, *s) for s in [(), (0,), (1,), (2, 0, 3), (2, 1, 3, 2), (1, 1, 1, 1, 2, 1, 1, 1)]],
    'integers': [0, 1, 255, 256, 65535, 65536, -1, -2**31, 2**31 - 1, 2**31, -2**31 - 1, 2**63 - 1, -2**63, 2**63, 2**70,
                 -2**70, 2**2039 - 1],
    'floats': [0.0, -0.0, 0.1, float('inf'), float('nan'), 5e-324],
    'texts': ['', 'a', 'a', 'two', '\u00e9\u20ac\U0001f600', 'line\nend\0'],
    'bytes': [b'\x00\x7f\x80\xff', b'second'],
    'complex': 1 - 2j,
    'tuples': [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)],
    'lists': [[], [1], [1, 2]],
    'dicts': [{}, {'a': None}, {1: True, None: False, tuple([3, 4]): 0.5}],
    'ordered': [collections.OrderedDict(), collections.OrderedDict([('a', 1)]),
                collections.OrderedDict([('a', 1), ('b', 2)])],
    'sets': [set(), {1}, {1, 2}],
    'counter': collections.Counter({'x': 3, 'y': 1}),
    'size': [torch.Size([]), torch.Size([2, 3]), torch.Size([2, 3, 4, 5])],
    'dtypes': [torch.float32, torch.bool, torch.float32],
    'devices': [torch.device('cpu'), torch.device('cuda:1')],
    'layout': torch.strided,
    'parameter': torch.nn.Parameter(ramp(torch.float32, 2)),
    'frozen': torch.nn.Parameter(ramp(torch.float32, 2), requires_grad=False),
    'grad': ramp(torch.float32, 2).requires_grad_(),
    'two state dicts': [filled(torch.nn.Sequential(torch.nn.Linear(1, 1))).state_dict() for _ in range(2)],
}, 'torch_written_values.pth')
