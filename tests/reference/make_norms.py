"""Normalising and bilinear layers by PyTorch, for tests/nn/batch_norm_test.cpp and tests/nn/group_norm_test.cpp.

    python make_norms.py

writes norms.bin. Made with torch 2.13.0. Little-endian; a tensor is u8 rank, rank x i64 sizes, f64 elements, a text a u32
length and characters:
    u32 count of BatchNorm1d, for each: text options, tensors: x, weight, bias (none if not affine), y of x in training,
        then of 2 x + 1: y, the gradients by x, weight and bias when element i of y has the derivative 1 / (1 + i);
        running mean, variance and the number of batches (none if not tracked); y of x in evaluation
    u32 count of others, for each: text name, u8 count of inputs, u8 count of parameters, tensors: inputs, parameters, y,
        gradients by the inputs and by the parameters
"""

import pathlib
import struct

import torch
from torch import nn

out = bytearray()


def text(s):
    global out
    out += struct.pack("<I", len(s)) + s.encode()


def tensor(t):
    global out
    out += struct.pack("<B", t.dim()) + struct.pack(f"<{t.dim()}q", *t.shape)
    out += t.detach().double().contiguous().numpy().tobytes()


def derivatives(y, inputs):
    dy = 1 / (1 + torch.arange(y.numel(), dtype=torch.float64))
    for g in torch.autograd.grad(y, inputs, dy.reshape(y.shape)):
        tensor(g)


torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
norms = [
    ("default", nn.BatchNorm1d(4), (5, 4)),
    ("default", nn.BatchNorm1d(4), (3, 4, 6)),
    ("cumulative", nn.BatchNorm1d(4, momentum=None), (5, 4)),
    ("plain", nn.BatchNorm1d(4, eps=0.1, momentum=0.5, affine=False), (3, 4, 2)),
    ("untracked", nn.BatchNorm1d(4, track_running_stats=False), (5, 4)),
]
out += struct.pack("<I", len(norms))
for name, m, shape in norms:
    text(name)
    for p in m.parameters():
        nn.init.normal_(p)
    x = torch.randn(shape)
    tensor(x)
    for p in m.parameters():
        tensor(p)
    tensor(m(x))
    x2 = (2 * x + 1).requires_grad_()
    y = m(x2)
    tensor(y)
    derivatives(y, [x2, *m.parameters()])
    for b in m.buffers():
        tensor(b)
    m.eval()
    tensor(m(x))

others = [
    ("group", nn.GroupNorm(2, 4), [(3, 4)]),
    ("group", nn.GroupNorm(2, 4), [(3, 4, 5)]),
    ("group_plain", nn.GroupNorm(4, 4, eps=0.1, affine=False), [(3, 4, 5)]),
    ("instance", nn.InstanceNorm1d(4), [(3, 4, 5)]),
    ("instance_affine", nn.InstanceNorm1d(4, affine=True), [(3, 4, 5)]),
    ("instance_affine", nn.InstanceNorm1d(4, affine=True), [(4, 5)]),
    ("rms", nn.RMSNorm(4), [(3, 4)]),
    ("rms_plain", nn.RMSNorm(4, eps=0.01, elementwise_affine=False), [(2, 3, 4)]),
    ("bilinear", nn.Bilinear(2, 3, 4), [(5, 2), (5, 3)]),
    ("bilinear_plain", nn.Bilinear(2, 3, 4, bias=False), [(5, 2), (5, 3)]),
]
out += struct.pack("<I", len(others))
for name, m, shapes in others:
    text(name)
    for p in m.parameters():
        nn.init.normal_(p)
    x = [torch.randn(s, requires_grad=True) for s in shapes]
    p = list(m.parameters())
    out += struct.pack("<BB", len(x), len(p))
    for t in x + p:
        tensor(t)
    y = m(*x)
    tensor(y)
    derivatives(y, x + p)

pathlib.Path(__file__).with_name("norms.bin").write_bytes(out)
