"""torch.nn.utils.parametrizations, for tests/nn/weight_norm_test.cpp and spectral_norm_test.cpp.

    python make_parametrizations.py

writes parametrizations.bin. Made with torch 2.13.0. Little-endian; a text is a u32 length and its bytes, a tensor a u8 rank, i64
sizes and its numbers, which are f64 where `double` is 1, else f32; named tensors are a u32 count, and each a text and a tensor:
    u32 count, count x:
        text parametrization, text module, u32 sizes, each i64, i64 dim (99: None), i64 n_power_iterations, u8 double
        text print(module), named tensors: the state dict of a module drawn with seed 5
        tensor x1, x2 (of Bilinear), y in training of a second call, where f(y) = sum(y * y) / 2
        named tensors: the gradients of f by parameters; tensor: that by x1 (not of Embedding); named tensors: buffers after that
        tensor y in evaluation
"""

import pathlib
import struct

import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm, weight_norm

NONE = 99
sizes = {"Linear": (5, 3), "Bilinear": (2, 3, 4), "Embedding": (6, 3)}
cases = [("weight_norm", module, {"dim": dim}) for module in sizes for dim in (0, 1, None)]
cases += [("weight_norm", "Bilinear", {"dim": 2}), ("weight_norm", "Linear", {"dim": -1})]
cases += [("spectral_norm", module, {"dim": dim}) for module in sizes for dim in (0, 1)]
cases += [("spectral_norm", "Bilinear", {"dim": -1}), ("spectral_norm", "Linear", {"n_power_iterations": 3}),
          ("spectral_norm", "Large", {})]
sizes["Large"] = (20, 17)  # normal numbers come in another order from 16 on
out = bytearray(struct.pack("<I", 2 * len(cases)))


def text(s):
    return struct.pack("<I", len(s)) + s.encode()


def raw(t):
    t = t.detach()
    return struct.pack("<B", t.dim()) + b"".join(struct.pack("<q", n) for n in t.shape) + t.contiguous().numpy().tobytes()


def named(tensors):
    tensors = list(tensors)
    return struct.pack("<I", len(tensors)) + b"".join(text(k) + raw(t) for k, t in tensors)


for dtype in (torch.float32, torch.float64):
    torch.set_default_dtype(dtype)
    for name, module, options in cases:
        torch.manual_seed(5)
        cls = nn.Linear if module == "Large" else getattr(nn, module)
        m = (weight_norm if name == "weight_norm" else spectral_norm)(cls(*sizes[module]), **options)
        out += text(name) + text(cls.__name__) + struct.pack("<I", len(sizes[module]))
        out += b"".join(struct.pack("<q", n) for n in sizes[module])
        dim = options.get("dim", 0)
        out += struct.pack("<qqB", NONE if dim is None else dim, options.get("n_power_iterations", 1), dtype == torch.float64)
        out += text(str(m)) + named((k, v.clone()) for k, v in m.state_dict().items())
        if module == "Embedding":
            x = [torch.tensor([[1, 4], [4, 0]])]
        else:
            x = [torch.randn(4, n, requires_grad=True) for n in (sizes[module][:2] if module == "Bilinear" else sizes[module][:1])]
        m(*x)
        y = m(*x)
        (y * y).sum().div(2).backward()
        out += b"".join(raw(t.to(dtype)) for t in x) + raw(y) + named((k, p.grad) for k, p in m.named_parameters())
        if module != "Embedding":
            out += raw(x[0].grad)
        out += named((k, b.clone()) for k, b in m.named_buffers()) + raw(m.eval()(*x))

pathlib.Path(__file__).with_name("parametrizations.bin").write_bytes(out)
