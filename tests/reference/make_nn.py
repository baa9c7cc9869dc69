"""Layers and the lesson's network by PyTorch, for tests/nn/linear_test.cpp and tests/models/network_test.cpp.

    python make_nn.py

writes nn.bin. Made with torch 2.13.0. Little-endian; `T` is f64 where the u8 `double` is 1, else f32; a text is a
u32 length and that many bytes:
    u32 count, count x freshly made torch.nn.Linear:
        u8 double, u64 seed, i64 in, i64 out, 3 x T first weights, 3 x T last weights, 3 x T first biases (fewer where
        the layer is smaller), u64 fingerprint of the weight, u64 of the bias, i64 what random_() draws next.
        Fingerprint: sum over i of (2 i + 1) * (bits of element i), modulo 2^64.
    u32 count, count x networks, made after manual_seed(seed) and run in training mode after manual_seed(seed + 1):
        u8 double, u64 seed, f64 p, i64 in, i64 out, u32 n, n x i64 hidden, i64 B, x (B, in),
        train output (B, out), derivative by it (B, out), gradient of each parameter in order, eval output (B, out),
        i64 what random_() draws after the training pass
    u32 count, count x (f64 p, i64 in, i64 out, u32 n, n x i64 hidden, text print(model), text state_dict().keys())
"""

import pathlib
import struct

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)  # so that products are summed in one order, whatever the machine is busy with
out = bytearray()
dtypes = {torch.float32: 0, torch.float64: 1}


class Network(nn.Module):
    def __init__(self, input_size, output_size, hidden_layers, drop_p=0.5):
        super().__init__()
        sizes = [input_size, *hidden_layers]
        self.hidden_layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:]))
        self.output = nn.Linear(sizes[-1], output_size)
        self.dropout = nn.Dropout(p=drop_p)

    def forward(self, x):
        for layer in self.hidden_layers:
            x = self.dropout(F.relu(layer(x)))
        return F.log_softmax(self.output(x), dim=1)


def raw(t):
    return t.detach().contiguous().numpy().tobytes()


def text(s):
    data = s.encode()
    return struct.pack("<I", len(data)) + data


def next_draw():
    return raw(torch.empty((), dtype=torch.int64).random_())


def fingerprint(t):
    a = t.detach().numpy().reshape(-1)
    bits = a.view(np.uint32 if a.dtype == np.float32 else np.uint64).astype(np.uint64)
    with np.errstate(over="ignore"):
        return int(np.sum((2 * np.arange(bits.size, dtype=np.uint64) + 1) * bits, dtype=np.uint64))


linears = [(dtype, seed, a, b) for dtype in dtypes
           for seed, a, b in ((0, 784, 512), (1, 512, 256), (2, 1, 1), (3, 1, 7), (4, 7, 1), (5, 3, 2), (6, 17, 33),
                              (2**40 + 5, 101, 10), (123456789, 2000, 3), (42, 256, 128), (9, 49, 16))]
out += struct.pack("<I", len(linears))
for dtype, seed, a, b in linears:
    torch.set_default_dtype(dtype)
    torch.manual_seed(seed)
    layer = nn.Linear(a, b)
    w = layer.weight.reshape(-1)
    out += struct.pack("<BQqq", dtypes[dtype], seed, a, b) + raw(w[:3]) + raw(w[-3:]) + raw(layer.bias[:3])
    out += struct.pack("<QQ", fingerprint(layer.weight), fingerprint(layer.bias)) + next_draw()

networks = [(0.0, 12, 5, [20, 9], 6), (0.3, 12, 5, [20, 9], 6), (0.5, 12, 5, [20, 9], 6), (0.5, 9, 4, [18, 17, 16], 5),
            (0.5, 7, 3, [11], 8), (0.3, 6, 20, [], 4), (0.5, 10, 18, [24], 1), (1.0, 5, 3, [6, 4], 3),
            (0.25, 4, 3, [5, 5, 5, 5], 20)]
out += struct.pack("<I", len(networks) * len(dtypes))
for dtype in dtypes:
    torch.set_default_dtype(dtype)
    for seed, (p, a, b, hidden, batch) in enumerate(networks):
        torch.manual_seed(seed)
        model = Network(a, b, hidden, p)
        x = torch.randn(batch, a, generator=torch.Generator().manual_seed(seed + 100))
        dy = torch.randn(batch, b, generator=torch.Generator().manual_seed(seed + 200))
        torch.manual_seed(seed + 1)
        y = model(x)
        after = next_draw()
        y.backward(dy)
        out += struct.pack("<BQdqqI", dtypes[dtype], seed, p, a, b, len(hidden))
        out += struct.pack(f"<{len(hidden)}q", *hidden) + struct.pack("<q", batch)
        out += raw(x) + raw(y) + raw(dy)
        for parameter in model.parameters():
            out += raw(parameter.grad)
        model.eval()
        out += raw(model(x)) + after
torch.set_default_dtype(torch.float32)

prints = [(0.5, 784, 10, [512, 256, 128]), (0.5, 784, 10, [400, 200, 100]), (0.5, 784, 10, []), (0.0, 4, 2, [3]),
          (1.0, 4, 2, [3, 3]), (0.25, 4, 2, [4, 4, 4, 4]), (0.1, 4, 4, [4, 4]), (1e-5, 8, 3, [8, 8, 6, 6, 6, 8, 8]),
          (0.3, 5, 1, [5] + [7] * 11 + [5]), (1 / 3, 2, 2, [2])]
out += struct.pack("<I", len(prints))
for p, a, b, hidden in prints:
    model = Network(a, b, hidden, p)
    out += struct.pack("<dqqI", p, a, b, len(hidden)) + struct.pack(f"<{len(hidden)}q", *hidden)
    out += text(str(model)) + text(str(model.state_dict().keys()))

pathlib.Path(__file__).with_name("nn.bin").write_bytes(out)
