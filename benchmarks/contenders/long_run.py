"""PyTorch's loop on Fashion-MNIST, epoch by epoch, as long_run.cpp has wick's: long_run.py THREADS NAME RUN FLUSH FOLDER IMAGES

The images are in memory as tensors, normalised once; fused Adam.
"""

import gzip
import pathlib
import sys
import time

import numpy
import torch
import torch.nn.functional as F
from torch import nn

FRAME, ZERO_AFTER = 4, 200
threads, name, run, flush, folder, images = sys.argv[1:]
torch.set_num_threads(int(threads))
torch.set_flush_denormal(flush == "1")
zeros = run == "zeros"


def idx(file, header):
    path = pathlib.Path(folder) / file
    if path.exists():
        return numpy.frombuffer(path.read_bytes(), "u1", offset=header)
    with gzip.open(str(path) + ".gz") as stream:
        return numpy.frombuffer(stream.read(), "u1", offset=header)


def data(prefix):
    x = torch.tensor(idx(f"{prefix}-images-idx3-ubyte", 16).reshape(-1, 784), dtype=torch.float32) / 255
    y = torch.tensor(idx(f"{prefix}-labels-idx1-ubyte", 8), dtype=torch.int64)
    return (x if zeros else (x - 0.5) / 0.5), y


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        sizes = (784, 512, 256, 128)
        self.hidden_layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.output = nn.Linear(128, 10)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x):
        for layer in self.hidden_layers:
            x = self.dropout(F.relu(layer(x)))
        return F.log_softmax(self.output(x), dim=1)


def evaluate():
    model.eval()
    loss, accuracy = 0.0, 0.0
    with torch.inference_mode():
        for x, y in zip(test_x.split(64), test_y.split(64)):
            scores = model(x)
            loss += F.nll_loss(scores, y)
            accuracy += (scores.argmax(1) == y).float().mean()
    model.train()
    return float(loss), float(accuracy)


def epoch():
    global steps, running
    for chosen in torch.randperm(len(train_x)).split(64):
        optimizer.zero_grad(set_to_none=True)
        loss = F.nll_loss(model(train_x[chosen]), train_y[chosen])
        loss.backward()
        optimizer.step()
        running += loss.item()
        steps += 1
        if zeros and steps == ZERO_AFTER:
            inner = slice(FRAME, -FRAME)
            kept = train_x.view(-1, 28, 28)[:, inner, inner].clone()
            train_x.zero_()
            train_x.view(-1, 28, 28)[:, inner, inner] = kept
        if not zeros and steps % 40 == 0:
            evaluate()
            running = 0.0


def subnormal_share():
    averages = [state["exp_avg"] for state in optimizer.state.values()]
    # Compared as integers: with flush-to-zero a comparison would take them for zero.
    bits = [a.view(torch.int32) & 0x7FFFFFFF for a in averages]
    return sum(int(((b > 0) & (b < 0x00800000)).sum()) for b in bits) / max(1, sum(a.numel() for a in averages))


torch.manual_seed(0)
train_x, train_y = (t[:int(images)] for t in data("train"))
test_x, test_y = data("t10k")
model = Network()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
steps, running = 0, 0.0
print(name, flush=True)
for line in sys.stdin:
    what = line.split()[0]
    if what == "epoch":
        wall, cpu = time.perf_counter(), time.process_time()
        epoch()
        print(time.perf_counter() - wall, time.process_time() - cpu, flush=True)
    else:
        print(f"{subnormal_share()} 0" if what == "subnormal" else "-", flush=True)
