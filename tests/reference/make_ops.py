"""Dropout masks and log-softmax by PyTorch, for tests/ops/{dropout,log_softmax}_test.cpp.

    python make_ops.py

writes ops.bin. Made with torch 2.13.0. Little-endian; `T` is f64 where the u8 `double` is 1, else f32:
    u32 count, count x (u8 double, f64 p, u64 seed, u32 n, n x T mask, i64 what random_() draws next)
    u32 count, count x (u8 double, i64 B, i64 C, x, y = log_softmax(x), dy, dx), each B * C x T
"""

import pathlib
import struct

import torch
import torch.nn.functional as F

out = bytearray()
dtypes = {torch.float32: 0, torch.float64: 1}


def raw(t):
    return t.detach().contiguous().numpy().tobytes()


cases = []
for dtype in dtypes:
    for p in (0.0, 1e-3, 0.1, 0.25, 0.3, 1 / 3, 0.5, 0.9, 0.999, 1.0):
        for n in (1, 37):
            cases.append((dtype, p, len(cases), n))
    cases.append((dtype, 0.5, 2**32 + 42, 64))
    cases.append((dtype, 0.2, 2**64 - 1, 64))
# Around the sizes in which draws are made in bulk, here and in the generator (624 words).
for n in (0, 311, 312, 313, 511, 512, 513, 1300):
    cases.append((torch.float32, 0.4, 7, n))
out += struct.pack("<I", len(cases))
for dtype, p, seed, n in cases:
    torch.manual_seed(seed if seed < 2**63 else seed - 2**64)
    mask = F.dropout(torch.ones(n, dtype=dtype), p, training=True)
    after = torch.empty((), dtype=torch.int64).random_()
    out += struct.pack("<BdQI", dtypes[dtype], p, seed, n) + raw(mask) + raw(after)

g = torch.Generator().manual_seed(1)
inf, nan = float("inf"), float("nan")


def logits(dtype):
    yield torch.randn(5, 10, generator=g, dtype=dtype)
    yield torch.randn(3, 1, generator=g, dtype=dtype) * 100
    yield torch.randn(2, 150, generator=g, dtype=dtype) * 3
    yield torch.randn(4, 7, generator=g, dtype=dtype) * 1e4
    yield torch.tensor([[1e4, -1e4, 0], [-1e4, -1e4, -1e4], [1e4, 1e4, -1e4]], dtype=dtype)
    yield torch.tensor([[3.0] * 8, [-1e30] * 8, [0.0] * 8, [1e30] * 8], dtype=dtype)
    yield torch.tensor([[-inf, 0, 1], [0, -inf, -inf], [-inf, -inf, -inf], [inf, 0, 1], [nan, 0, 1], [0, 1, nan]],
                       dtype=dtype)


blocks = [x for dtype in dtypes for x in logits(dtype)]
out += struct.pack("<I", len(blocks))
for x in blocks:
    x.requires_grad_()
    y = F.log_softmax(x, dim=1)
    dy = torch.randn(x.shape, generator=g, dtype=x.dtype)
    y.backward(dy)
    out += struct.pack("<Bqq", dtypes[x.dtype], *x.shape) + raw(x) + raw(y) + raw(dy) + raw(x.grad)

pathlib.Path(__file__).with_name("ops.bin").write_bytes(out)
