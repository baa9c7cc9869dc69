"""PyTorch in Python, for benchmarks/compare: pytorch.py THREADS [--compile] < cases

Its best settings for this work: the batch in memory as tensors, fused Adam, gradients set to None, inference_mode.
"""

import sys

import torch
import torch.nn.functional as F
from torch import nn

from timing import time_calls


class Network(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.hidden_layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:-1]))
        self.output = nn.Linear(sizes[-2], sizes[-1])
        self.dropout = nn.Dropout(0.5)

    def forward(self, x):
        for layer in self.hidden_layers:
            x = self.dropout(F.relu(layer(x)))
        return F.log_softmax(self.output(x), dim=1)


def training(batch):
    model = Network((784, 512, 256, 128, 10))
    forward = torch.compile(model) if compiled else model
    fused = {"fused": True} if int(torch.__version__.split(".")[0]) >= 2 else {}
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, **fused)
    x, y = torch.rand(batch, 784), torch.randint(0, 10, (batch,))

    def step():
        optimizer.zero_grad(set_to_none=True)
        F.nll_loss(forward(x), y).backward()
        optimizer.step()

    return step


def prediction(sizes, batch):
    model = Network(sizes).eval()
    forward = torch.compile(model) if compiled else model
    x = torch.rand(batch, sizes[0])

    def call():
        with torch.inference_mode():
            forward(x)

    return call


compiled = "--compile" in sys.argv
torch.set_num_threads(int(sys.argv[1]))
lesson = (784, 512, 256, 128, 10)
cases = {"train64": lambda: training(64), "train256": lambda: training(256),
         "tiny1": lambda: prediction((8, 32, 32, 1), 1), "small1": lambda: prediction((64, 256, 256, 10), 1)}
for size in (1, 16, 64, 256, 1024):
    cases[f"predict{size}"] = lambda size=size: prediction(lesson, size)
ready = {}
print(f"PyTorch {torch.__version__.split('+')[0]}" + (", compiled" if compiled else ""), flush=True)
for line in sys.stdin:
    name, seconds = line.split()
    try:
        if name in cases and name not in ready:
            ready[name] = cases[name]()
            ready[name]()
        print(*time_calls(float(seconds), ready[name]) if name in ready else "-", flush=True)
    except Exception as error:  # torch.compile needs a compiler and may refuse
        print(f"pytorch.py: {name}: {str(error).splitlines()[0]}", file=sys.stderr)
        cases.pop(name, None)
        ready.pop(name, None)
        print("-", flush=True)
