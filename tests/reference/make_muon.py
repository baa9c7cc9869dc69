"""torch.optim.Muon, for tests/optim/muon_test.cpp.

    python make_muon.py

writes muon.bin. Made with torch 2.13.0 on an x86-64 processor with AVX-512; others may add products up in another order, and
round some numbers to a neighbour in bfloat16. Little-endian:
    u32 count, count x:
        u8 double, i64 rows, i64 columns, f64 lr, weight_decay, momentum, u8 nesterov, f64 ns_coefficients x 3, f64 eps,
        i64 ns_steps, u8 adjust_lr_fn: 0 None, 1 original, 2 match_rms_adamw
        the parameter before the first step, two gradients: step k = 1, 2, ... takes number k % 2,
        parameter and momentum_buffer after 12 steps; numbers are f64 if `double` is 1, else f32
    u32 count, count x, with the default options and float:
        u64 seed, i64 rows, i64 columns: of a generator, which draws the parameter and two gradients, uniform in [-0.5, 0.5)
        u64: the sum of (2 i + 1) times the bits of element i of the parameter after two steps, with these gradients
"""

import pathlib
import struct

import numpy
import torch

cases = [
    (torch.float32, (24, 41), {}),
    (torch.float32, (41, 24), {"adjust_lr_fn": "original", "lr": 0.1}),
    (torch.float32, (33, 33), {"adjust_lr_fn": "match_rms_adamw"}),
    (torch.float32, (1, 7), {"nesterov": False}),
    (torch.float32, (7, 1), {"momentum": 0.3, "weight_decay": 0.0}),
    (torch.float32, (17, 16), {"ns_coefficients": (2.0, -1.5, 0.5), "ns_steps": 9, "momentum": 0.0}),
    (torch.float32, (3, 5), {"ns_steps": 0, "eps": 100.0}),
    (torch.float64, (19, 6), {"lr": 0.01}),
    (torch.float64, (6, 19), {"nesterov": False, "momentum": 0.5}),
]
functions = [None, "original", "match_rms_adamw"]
torch.set_num_threads(1)
g = torch.Generator().manual_seed(17)
out = bytearray(struct.pack("<I", len(cases)))
for dtype, shape, options in cases:
    p, *grads = (torch.randn(shape, generator=g, dtype=dtype) for _ in range(3))
    grads[1] *= 1e-3
    parameter = torch.nn.Parameter(p.clone())
    optimizer = torch.optim.Muon([parameter], **options)
    o = optimizer.param_groups[0]
    out += struct.pack("<Bqqdddbdddd", dtype == torch.float64, *shape, o["lr"], o["weight_decay"], o["momentum"],
                       o["nesterov"], *o["ns_coefficients"], o["eps"])
    out += struct.pack("<qB", o["ns_steps"], functions.index(o["adjust_lr_fn"]))
    for k in range(1, 13):
        parameter.grad = grads[k % 2].clone()
        optimizer.step()
    for t in (p, *grads, parameter.detach(), optimizer.state[parameter]["momentum_buffer"]):
        out += t.contiguous().numpy().tobytes()

large = [(50, 700), (530, 70), (12, 1100)]  # sums are cut at 512, and longer ones at 1024
out += struct.pack("<I", len(large))
for seed, shape in enumerate(large):
    g = torch.Generator().manual_seed(seed)
    p, *grads = (torch.rand(shape, generator=g) - 0.5 for _ in range(3))
    parameter = torch.nn.Parameter(p)
    optimizer = torch.optim.Muon([parameter])
    for grad in grads:
        parameter.grad = grad
        optimizer.step()
    bits = parameter.detach().numpy().reshape(-1).view(numpy.uint32).astype(numpy.uint64)
    factors = 2 * numpy.arange(len(bits), dtype=numpy.uint64) + numpy.uint64(1)
    out += struct.pack("<QqqQ", seed, *shape, int((bits * factors).sum(dtype=numpy.uint64)))

pathlib.Path(__file__).with_name("muon.bin").write_bytes(out)
