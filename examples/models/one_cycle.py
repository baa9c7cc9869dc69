# Batch normalisation, AdamW and one cycle of learning rates.
#
#   one_cycle.py                     a small network, on numbers that it draws
#   one_cycle.py EPOCHS [FOLDER]     a larger one, on Fashion-MNIST; also prints what each epoch took
import gzip
import pathlib
import sys
import time

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Net(nn.Module):
    def __init__(self, inputs, hidden, classes):
        super().__init__()
        self.first = nn.Linear(inputs, hidden, bias=False)
        self.second = nn.Linear(hidden, hidden // 2, bias=False)
        self.last = nn.Linear(hidden // 2, classes)
        self.first_norm = nn.BatchNorm1d(hidden)
        self.second_norm = nn.BatchNorm1d(hidden // 2)
        self.dropout = nn.Dropout(0.2)

    def forward(self, x):
        x = self.dropout(torch.relu(self.first_norm(self.first(x.flatten(1)))))
        x = self.dropout(torch.relu(self.second_norm(self.second(x))))
        return self.last(x)


class Batches:
    """Batches of tensors in memory, of a new order in each pass if shuffled: faster than a DataLoader, which
    collates one sample after the other."""

    def __init__(self, x, y, size, shuffle):
        self.x, self.y, self.size, self.shuffle = x, y, size, shuffle

    def __len__(self):
        return (len(self.x) + self.size - 1) // self.size

    def __iter__(self):
        if not self.shuffle:
            yield from zip(self.x.split(self.size), self.y.split(self.size))
            return
        for chosen in torch.randperm(len(self.x)).split(self.size):
            yield self.x[chosen], self.y[chosen]


def run(model, loader, test_loader, epochs, timed):
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.001, weight_decay=0.05, fused=True if timed else None)
    scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=0.004, epochs=epochs, steps_per_epoch=len(loader))
    begin, first_clock = time.perf_counter(), time.process_time()
    for epoch in range(1, epochs + 1):
        model.train()
        total = 0
        for inputs, targets in loader:
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(inputs), targets)
            loss.backward()
            optimizer.step()
            scheduler.step()
            total += loss.item()
        model.eval()
        right, count = 0, 0
        with torch.no_grad():
            for inputs, targets in test_loader:
                right += (model(inputs).argmax(1) == targets).sum().item()
                count += len(targets)
        line = f'epoch {epoch}: loss {total / len(loader):.4f}, accuracy {right / count:.4f}'
        if timed:
            line += f', {time.perf_counter() - begin:.2f} s, processor {time.process_time() - first_clock:.2f} s'
        print(line, flush=True)


def idx(path, header):
    data = path.read_bytes() if path.exists() else gzip.open(f'{path}.gz').read()
    return torch.frombuffer(bytearray(data[header:]), dtype=torch.uint8)


def fashion_mnist(folder, prefix):
    x = idx(folder / f'{prefix}-images-idx3-ubyte', 16).reshape(-1, 28, 28)
    return (x / 255 - 0.5) / 0.5, idx(folder / f'{prefix}-labels-idx1-ubyte', 8).long()


torch.manual_seed(0)
if len(sys.argv) > 1:
    torch.set_num_threads(1)
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else '/usr/share/datasets/fashion-mnist')
    run(Net(784, 512, 10), Batches(*fashion_mnist(folder, 'train'), 128, True),
        Batches(*fashion_mnist(folder, 't10k'), 1000, False), int(sys.argv[1]), True)
else:
    x = torch.rand(512, 8) - 0.5
    y = (x @ (torch.rand(8, 4) - 0.5)).argmax(1)
    data = TensorDataset(x, y)
    run(Net(8, 32, 4), DataLoader(data, batch_size=64, shuffle=True), DataLoader(data, batch_size=128), 8, False)
