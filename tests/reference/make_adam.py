"""torch.optim.Adam, for tests/optim/adam_test.cpp.

    python make_adam.py

writes adam.bin. Made with torch 2.13.0. Little-endian; `T` is f64 where the u8 `double` is 1, else f32:
    u32 count, count x:
        u8 double, f64 lr, f64 beta1, f64 beta2, f64 eps, f64 weight_decay, u8 amsgrad, u8 maximize,
        a (3, 5) and b (7) before the first step,
        8 gradients, each a (3, 5) then b (7): step k = 1, 2, ... takes number k % 8. lr is halved after step 50.
        for the steps 1, 2 and 100: for a, then b: value, exp_avg, exp_avg_sq, with amsgrad max_exp_avg_sq
"""

import pathlib
import struct

import torch

out = bytearray()
g = torch.Generator().manual_seed(11)


def raw(t):
    return t.detach().contiguous().numpy().tobytes()


variants = [{}, {"weight_decay": 0.01}, {"amsgrad": True}, {"maximize": True}, {"betas": (0.5, 0.9), "eps": 1e-3},
            {"betas": (0.0, 0.0)}, {"betas": (0.99, 0.9999), "lr": 0.02}, {"lr": 0.0}, {"eps": 0.0},
            {"weight_decay": 0.3, "amsgrad": True, "maximize": True, "lr": 0.01, "betas": (0.8, 0.95)}]
out += struct.pack("<I", 2 * len(variants))
for dtype in (torch.float32, torch.float64):
    for options in variants:
        o = {"lr": 1e-3, "betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.0, "amsgrad": False, "maximize": False,
             **options}
        parameters = [torch.randn(shape, generator=g, dtype=dtype).requires_grad_() for shape in ((3, 5), (7,))]
        # Gradients of very different sizes, and some that are exactly 0 now and then.
        size = [torch.pow(10.0, torch.linspace(-6, 3, p.numel(), dtype=dtype)).reshape(p.shape) for p in parameters]
        grads = [[torch.randn(p.shape, generator=g, dtype=dtype) * s for p, s in zip(parameters, size)] for _ in range(8)]
        grads[3][0][1] = 0
        grads[3][1][:] = 0
        out += struct.pack("<BdddddBB", dtype == torch.float64, o["lr"], *o["betas"], o["eps"], o["weight_decay"],
                           o["amsgrad"], o["maximize"])
        out += b"".join(map(raw, parameters)) + b"".join(raw(t) for pair in grads for t in pair)
        adam = torch.optim.Adam(parameters, **o)
        for k in range(1, 101):
            for p, grad in zip(parameters, grads[k % 8]):
                p.grad = grad.clone()
            adam.step()
            if k == 50:
                adam.param_groups[0]["lr"] /= 2
            if k in (1, 2, 100):
                for p in parameters:
                    s = adam.state[p]
                    out += raw(p) + raw(s["exp_avg"]) + raw(s["exp_avg_sq"])
                    out += raw(s["max_exp_avg_sq"]) if o["amsgrad"] else b""

pathlib.Path(__file__).with_name("adam.bin").write_bytes(out)
