"""Activations by PyTorch, for tests/ops/activations_test.cpp.

    python make_activations.py

writes activations.bin. Made with torch 2.13.0. Little-endian; a text is a u32 length and characters, numbers are
f32 or f64 as said:
    32 f64: inputs, the first 16 ordinary; 32 f64: dy; 32 f64: v
    u32 count of functions, for each: text name, u8 count of arguments, f64 arguments,
        f32 y, f32 dx, f64 y, f64 dx, f64 ddx (32 each): dx is the derivative of sum(y dy), ddx that of sum(dx v) by x
    24 f64: inputs of shape (2, 4, 3); 24 f64: dy
    u32 count of functions along a dimension, for each: text name, i64 dimension, u32 n, n f64 y, 24 f64 dx
        (y has the derivative sum(y dy[:n]))
    4 f64: weights of prelu; 24 f64 y; 24 f64 dx; 4 f64 derivatives by the weights; f64 weight; 24 f64 y; f64 derivative
    rrelu of the 24 inputs in training after manual_seed(7), lower 0.1, upper 0.4: 24 f32, 24 f64
    alpha_dropout with p = 0.3 after manual_seed(7): 24 f32, 24 f64
"""

import pathlib
import struct

import torch
import torch.nn.functional as F

inf, nan = float("inf"), float("nan")
out = bytearray()


def text(s):
    global out
    out += struct.pack("<I", len(s)) + s.encode()


def numbers(t):
    global out
    out += t.detach().contiguous().numpy().tobytes()


torch.manual_seed(0)
ordinary = torch.empty(16, dtype=torch.float64).uniform_(-5, 5)
special = torch.tensor([nan, inf, -inf, 0.0, -0.0, 1e-8, -1e-8, 50, -50, 1e4, -1e4, 3, -3, 6, 1, -1], dtype=torch.float64)
x = torch.cat([ordinary, special]).float().double()
dy = torch.randn(32, dtype=torch.float64).float().double()
v = torch.randn(32, dtype=torch.float64)
for t in [x, dy, v]:
    numbers(t)

functions = {
    "leaky_relu": [(F.leaky_relu, []), (F.leaky_relu, [0.2]), (F.leaky_relu, [-0.5])],
    "elu": [(F.elu, []), (F.elu, [0.3])],
    "selu": [(F.selu, [])],
    "celu": [(F.celu, []), (F.celu, [2.5])],
    "silu": [(F.silu, [])],
    "mish": [(F.mish, [])],
    "gelu": [(F.gelu, [])],
    "gelu_tanh": [(lambda t: F.gelu(t, approximate="tanh"), [])],
    "softplus": [(F.softplus, []), (F.softplus, [2.0, 3.0]), (F.softplus, [0.5, 20.0])],
    "logsigmoid": [(F.logsigmoid, [])],
    "hardtanh": [(F.hardtanh, []), (F.hardtanh, [-2.0, 3.5])],
    "relu6": [(F.relu6, [])],
    "hardsigmoid": [(F.hardsigmoid, [])],
    "hardswish": [(F.hardswish, [])],
    "hardshrink": [(F.hardshrink, []), (F.hardshrink, [1.0])],
    "softshrink": [(F.softshrink, []), (F.softshrink, [1.0])],
    "softsign": [(F.softsign, [])],
    "tanhshrink": [(F.tanhshrink, [])],
    "threshold": [(F.threshold, [0.1, 20.0]), (F.threshold, [-1.0, 0.0])],
}
cases = [(name, f, arguments) for name, list in functions.items() for f, arguments in list]
out += struct.pack("<I", len(cases))
for name, f, arguments in cases:
    text(name)
    out += struct.pack("<B", len(arguments)) + struct.pack(f"<{len(arguments)}d", *arguments)
    for dtype in [torch.float32, torch.float64]:
        t = x.to(dtype).requires_grad_()
        y = f(t, *arguments)
        (dx,) = torch.autograd.grad(y, t, dy.to(dtype), create_graph=True)
        numbers(y)
        numbers(dx)
        if dtype == torch.float64:
            ddx = torch.zeros_like(t)
            if dx.requires_grad and name != "hardsigmoid":  # which PyTorch has no second derivative of; it is 0
                (ddx,) = torch.autograd.grad(dx, t, v, allow_unused=True, materialize_grads=True)
            numbers(ddx)

x = torch.randn(2, 4, 3, dtype=torch.float64).float().double()
dy = torch.randn(24, dtype=torch.float64)
numbers(x)
numbers(dy)
cases = [("softmax", F.softmax, d) for d in [0, 1, 2, -2]] + [("log_softmax", F.log_softmax, d) for d in [0, 1, -1]]
cases += [("softmin", F.softmin, d) for d in [0, -1]] + [("glu", F.glu, d) for d in [0, 1]]
out += struct.pack("<I", len(cases))
for name, f, d in cases:
    text(name)
    t = x.clone().requires_grad_()
    y = f(t, dim=d)
    n = y.numel()
    (dx,) = torch.autograd.grad(y, t, dy[:n].reshape(y.shape))
    out += struct.pack("<qI", d, n)
    numbers(y)
    numbers(dx)

weight = torch.tensor([0.25, -0.5, 2, 0], dtype=torch.float64, requires_grad=True)
numbers(weight)
t = x.clone().requires_grad_()
y = F.prelu(t, weight)
dx, dw = torch.autograd.grad(y, [t, weight], dy.reshape(y.shape))
for r in [y, dx, dw]:
    numbers(r)
weight = torch.tensor([0.3], dtype=torch.float64, requires_grad=True)
y = F.prelu(x, weight)
numbers(weight)
numbers(y)
numbers(torch.autograd.grad(y, weight, dy.reshape(y.shape))[0])

for f in [lambda t: F.rrelu(t, 0.1, 0.4, training=True), lambda t: F.alpha_dropout(t, 0.3, training=True)]:
    for dtype in [torch.float32, torch.float64]:
        torch.manual_seed(7)
        numbers(f(x.to(dtype)))

pathlib.Path(__file__).with_name("activations.bin").write_bytes(out)
