"""PyTorch in Python, for benchmarks/compare: pytorch.py THREADS [--compile] < cases

Its best settings for this work: the batch in memory as tensors, fused Adam, gradients set to None, inference_mode.
"""

import sys

import torch
import torch.nn.functional as F
from torch import nn

from protocol import serve


class Network(nn.Module):
    def __init__(self, sizes, dropout):
        super().__init__()
        self.hidden_layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:-1]))
        self.output = nn.Linear(sizes[-2], sizes[-1])
        self.dropout = nn.Dropout(dropout) if dropout else nn.Identity()

    def forward(self, x):
        for layer in self.hidden_layers:
            x = self.dropout(F.relu(layer(x)))
        # One output is no class: in prediction it is taken raw.
        x = self.output(x)
        return F.log_softmax(x, dim=1) if self.training or x.shape[1] > 1 else x


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm, self.up, self.down = nn.LayerNorm(width), nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, x):
        return x + self.down(F.gelu(self.up(self.norm(x)), approximate="tanh"))


class Residual(nn.Module):
    """A layer up to the width of the blocks, one for each hidden size, and a layer down to the classes."""

    def __init__(self, sizes):
        super().__init__()
        self.first, self.last = nn.Linear(sizes[0], sizes[1]), nn.Linear(sizes[-2], sizes[-1])
        self.blocks = nn.Sequential(*(Block(width) for width in sizes[1:-1]))

    def forward(self, x):
        return F.log_softmax(self.last(self.blocks(self.first(x))), dim=1)


def training(model, sizes, batch):
    forward = torch.compile(model) if compiled else model
    fused = {"fused": True} if int(torch.__version__.split(".")[0]) >= 2 else {}
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, **fused)
    x, y = torch.rand(batch, sizes[0]), torch.randint(0, sizes[-1], (batch,))

    def step():
        optimizer.zero_grad(set_to_none=True)
        F.nll_loss(forward(x), y).backward()
        optimizer.step()

    return step


def prediction(sizes, batch):
    model = Network(sizes, 0.5).eval()
    forward = torch.compile(model) if compiled else model
    x = torch.rand(batch, sizes[0])

    def call():
        with torch.inference_mode():
            forward(x)

    return call


def make(kind, sizes, batch, dropout):
    if kind == "train":
        return training(Network(sizes, dropout), sizes, batch)
    if kind == "residual":
        return training(Residual(sizes), sizes, batch)
    return prediction(sizes, batch) if kind == "predict" else None


compiled = "--compile" in sys.argv
torch.set_num_threads(int(sys.argv[1]))
serve(f"PyTorch {torch.__version__.split('+')[0]}" + (", compiled" if compiled else ""), make)
