"""What torchinfo's summary() prints for models of library modules.

    pip install torchinfo==1.8.0
    python make_summaries.py

writes summaries.txt, made with torch 2.13.0 and torchinfo 1.8.0: parts that begin with a line `=== <name>`. Spaces
at the ends of lines are left out.
"""

import collections
import pathlib

import torch
from torch import nn
from torchinfo import summary

out = []


def part(name, model, size):
    text = str(summary(model, input_size=size, verbose=0))
    out.append("=== " + name)
    out.extend(line.rstrip() for line in text.split("\n"))


mlp = nn.Sequential(nn.Linear(784, 512), nn.ReLU(), nn.Dropout(0.2), nn.Linear(512, 10), nn.LogSoftmax(dim=1))
part("mlp", mlp, (64, 784))
nested = nn.Sequential(collections.OrderedDict([
    ("flat", nn.Flatten()),
    ("body", nn.Sequential(nn.Linear(12, 8, bias=False), nn.LayerNorm(8), nn.Sequential(nn.Tanh(), nn.Linear(8, 8)))),
    ("head", nn.Linear(8, 2))]))
nested.body[0].weight.requires_grad_(False)
part("nested", nested, (5, 3, 4))
part("linear", nn.Linear(1000, 1000), (2048, 1000))
pathlib.Path(__file__).with_name("summaries.txt").write_text("\n".join(out) + "\n")
