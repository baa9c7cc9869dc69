"""The optimizers of torch.optim, for tests/optim/detail/rule_optimizer_test.cpp.

    python make_optimizers.py

writes optimizers.bin. Made with torch 2.13.0 and expecttest; option sets are those of PyTorch's own tests
(torch.testing._internal.common_optimizers) and some more. Little-endian; a text is a u32 length and its bytes, a
tensor a u8 rank, i64 sizes and its numbers, which are f64 if the u8 `double` before them is 1, else f32:
    u32 count, count x:
        text class, u32 options, each: text name, u8 kind, 0: f64; 1: u8, a bool; 2: two f64; 3: None
        u8 double, a (2, 2), of Adafactor (2, 2, 3), and b (3) before the first step,
        8 gradients, each a then b: step k = 1, 2, ... takes number k % 8. lr is halved after step 50.
        for the steps 1, 2 and 100: for a, then b: value, u32 states, each: text name, u8 double, tensor
"""

import pathlib
import struct

import torch
from torch.testing._internal.common_optimizers import optim_db

names = ["SGD", "AdamW", "RMSprop", "Adagrad", "Adamax", "NAdam", "RAdam", "Adadelta", "ASGD", "Rprop", "Adafactor"]
more = {
    "SGD": [{"momentum": 0.9, "nesterov": True, "maximize": True, "lr": 0.01}, {"momentum": 0.5, "dampening": -0.5}],
    "AdamW": [{"amsgrad": True, "maximize": True, "weight_decay": 0.2, "lr": 0.01}],
    "RMSprop": [{"momentum": 0.9, "alpha": 0.5}, {"centered": True, "maximize": True, "eps": 1e-3}],
    "Adagrad": [{"initial_accumulator_value": 2.0, "eps": 0.01, "maximize": True}],
    "Adamax": [{"betas": (0.0, 0.5), "eps": 0.01}],
    "NAdam": [{"betas": (0.5, 0.9), "eps": 0.01, "momentum_decay": 0.0}],
    "RAdam": [{"betas": (0.5, 0.7), "eps": 0.01}, {"betas": (0.9, 0.2), "lr": 0.01}],
    "Adadelta": [{"rho": 0.0}, {"rho": 1.0, "eps": 1e-3}],
    "ASGD": [{"t0": 10.0, "lambd": 0.01, "alpha": 0.5}],
    "Adafactor": [{"eps": (1e-3, 1e-2), "lr": 0.1, "beta2_decay": -0.5}],
    "Rprop": [{"etas": (0.1, 3.0), "step_sizes": (0.001, 0.5), "maximize": True}],
}
excluded = {"params", "foreach", "fused", "capturable", "differentiable", "decoupled_weight_decay"}
out = bytearray()


def text(s):
    return struct.pack("<I", len(s)) + s.encode()


def raw(t):
    t = t.detach()
    head = struct.pack("<B", t.dim()) + b"".join(struct.pack("<q", n) for n in t.shape)
    return head + t.contiguous().numpy().tobytes()


def option(name, value):
    if isinstance(value, bool):
        return text(name) + struct.pack("<BB", 1, value)
    if isinstance(value, tuple) and None in value:
        return b"".join(text("%s(%d)" % (name, i)) + (struct.pack("<B", 3) if v is None else struct.pack("<Bd", 0, v))
                        for i, v in enumerate(value))
    if isinstance(value, tuple):
        return text(name) + struct.pack("<Bdd", 2, *value)
    return text(name) + struct.pack("<Bd", 0, value)


sets = []
for name in names:
    info = next(i for i in optim_db if i.optim_cls.__name__ == name)
    for given in [i.kwargs for i in info.optim_inputs_func("cpu", torch.float64)] + more[name]:
        tensors = any(isinstance(v, torch.Tensor) for v in given.values())
        if not tensors and not excluded.difference({"decoupled_weight_decay"}) & given.keys():
            sets.append((name, given))
out += struct.pack("<I", 2 * len(sets))
for dtype in (torch.float32, torch.float64):
    g = torch.Generator().manual_seed(13)
    for name, given in sets:
        parameters = [torch.randn(shape, generator=g, dtype=torch.float32).to(dtype).requires_grad_()
                      for shape in ((2, 2, 3) if name == "Adafactor" else (2, 2), (3,))]
        size = [torch.pow(10.0, torch.linspace(-4, 1, p.numel(), dtype=dtype)).reshape(p.shape) for p in parameters]
        grads = [[torch.randn(p.shape, generator=g, dtype=torch.float32).to(dtype) * s
                  for p, s in zip(parameters, size)] for _ in range(8)]
        grads[3][0].view(-1)[1] = 0
        grads[5][1][:] = 0
        optimizer = getattr(torch.optim, name)(parameters, **given)
        options = {k: v for k, v in optimizer.param_groups[0].items()
                   if k not in excluded or (k == "decoupled_weight_decay" and name in ("NAdam", "RAdam"))}
        count = len(options) + sum(isinstance(v, tuple) and None in v for v in options.values())
        out += text(name) + struct.pack("<I", count) + b"".join(option(*i) for i in options.items())
        wide = struct.pack("<B", dtype == torch.float64)
        out += wide + b"".join(map(raw, parameters)) + b"".join(raw(t) for pair in grads for t in pair)
        for k in range(1, 101):
            for p, grad in zip(parameters, grads[k % 8]):
                p.grad = grad.clone()
            optimizer.step()
            if k == 50:
                optimizer.param_groups[0]["lr"] /= 2
            if k in (1, 2, 100):
                for p in parameters:
                    state = {n: t for n, t in optimizer.state[p].items() if n != "step" and t is not None}
                    out += raw(p) + struct.pack("<I", len(state))
                    for n, t in state.items():
                        out += text(n) + struct.pack("<B", t.dtype == torch.float64) + raw(t)

pathlib.Path(__file__).with_name("optimizers.bin").write_bytes(out)
