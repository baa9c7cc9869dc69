"""torch.nn.NLLLoss, for tests/loss/nll_test.cpp.

    python make_nll.py

writes nll.bin. Made with torch 2.13.0. Little-endian; `T` is f64 where the u8 `double` is 1, else f32:
    u32 count, count x:
        u8 double, u8 reduction (0 mean, 1 sum, 2 none), u8 has_weight, i64 ignore_index, i64 B, i64 C,
        log_probs (B, C), target B x i64, C x T weight if it has one, the loss (B values for none, else one),
        B x T derivative by each loss for none, gradient by log_probs (B, C)
"""

import itertools
import pathlib
import struct

import torch
from torch import nn

out = bytearray()
g = torch.Generator().manual_seed(5)


def raw(t):
    return t.detach().contiguous().numpy().tobytes()


def cases():
    for dtype, reduction, weighted in itertools.product((torch.float32, torch.float64), ("mean", "sum", "none"),
                                                        (False, True)):
        for b, c in ((1, 1), (6, 4), (17, 6), (0, 3)):
            target = torch.randint(0, c, (b,), generator=g)
            yield dtype, reduction, weighted, -100, b, c, target
            if b > 1:
                some = torch.where(torch.arange(b) % 3 == 1, -100, target)
                yield dtype, reduction, weighted, -100, b, c, some
                yield dtype, reduction, weighted, 2, b, c, target
                yield dtype, reduction, weighted, -100, b, c, torch.full((b,), -100)
                yield dtype, reduction, weighted, 77, b, c, torch.full((b,), 77)


cases = list(cases())
out += struct.pack("<I", len(cases))
for dtype, reduction, weighted, ignore, b, c, target in cases:
    x = torch.log_softmax(torch.randn(b, c, generator=g, dtype=dtype) * 3, 1).requires_grad_()
    weight = torch.rand(c, generator=g, dtype=dtype) * 2 if weighted else None
    if weighted and c > 3:
        weight[3] = 0
    loss = nn.NLLLoss(weight, ignore_index=ignore, reduction=reduction)(x, target)
    upstream = torch.randn(loss.shape, generator=g, dtype=dtype) if reduction == "none" else torch.ones((), dtype=dtype)
    loss.backward(upstream)
    out += struct.pack("<BBBqqq", dtype == torch.float64, ("mean", "sum", "none").index(reduction), weighted, ignore, b, c)
    out += raw(x) + raw(target) + (raw(weight) if weighted else b"") + raw(loss)
    out += (raw(upstream) if reduction == "none" else b"") + raw(x.grad)

pathlib.Path(__file__).with_name("nll.bin").write_bytes(out)
