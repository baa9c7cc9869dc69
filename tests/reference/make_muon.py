"""torch.optim.Muon, for tests/optim/muon_test.cpp.

    python make_muon.py

writes muon.bin. Made with torch 2.13.0 on an x86-64 processor with AVX-512; others may add products up in another order, and
round some numbers to a neighbour in bfloat16. Little-endian:
    u32 count, count x:
        u8 double, i64 rows, i64 columns, f64 lr, weight_decay, momentum, u8 nesterov, f64 ns_coefficients x 3, f64 eps,
        i64 ns_steps, u8 adjust_lr_fn: 0 None, 1 original, 2 match_rms_adamw
        the parameter before the first step, two gradients: step k = 1, 2, ... takes number k % 2,
        parameter and momentum_buffer after 12 steps; numbers are f64 if `double` is 1, else f32
"""

import pathlib
import struct

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

pathlib.Path(__file__).with_name("muon.bin").write_bytes(out)
