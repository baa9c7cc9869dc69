"""Times the lesson's network in PyTorch and in wick, in turns, and prints the ratios.

usage: compare_pytorch.py NETWORK_BENCHMARK [--rounds 5] [--threads 1]

NETWORK_BENCHMARK is the program of that name in the build folder. PyTorch runs with fused Adam, the batch in memory and
inference_mode, which are its best settings for this. Medians over the rounds.
"""

import argparse
import json
import statistics
import subprocess
import time

import torch
import torch.nn.functional as F
from torch import nn


class Network(nn.Module):
    def __init__(self, sizes=(784, 512, 256, 128), classes=10):
        super().__init__()
        self.hidden_layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.output = nn.Linear(sizes[-1], classes)
        self.dropout = nn.Dropout(0.5)

    def forward(self, x):
        for layer in self.hidden_layers:
            x = self.dropout(F.relu(layer(x)))
        return F.log_softmax(self.output(x), dim=1)


def rate(step, samples, seconds=1.0):
    for _ in range(20):
        step()
    count, begin = 0, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        for _ in range(10):
            step()
        count += 10
    return samples * count / (time.perf_counter() - begin)


def torch_rates(optimizer_options):
    model, criterion = Network(), nn.NLLLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, **optimizer_options)
    x, y = torch.rand(64, 784), torch.randint(0, 10, (64,))

    def train():
        optimizer.zero_grad()
        criterion(model(x), y).backward()
        optimizer.step()

    rates = {"train, batch 64": rate(train, 64)}
    model.eval()
    with torch.inference_mode():
        for batch in (1, 64, 1024):
            images = torch.rand(batch, 784)
            rates[f"predict, batch {batch}"] = rate(lambda: model(images), batch)
    return rates


def wick_rates(program, threads):
    names = {
        "train, batch 64": f"BM_train_step/batch:64/threads:{threads}/real_time",
        "predict, batch 1": "BM_predict/batch:1",
        "predict, batch 64": "BM_predict/batch:64",
        "predict, batch 1024": "BM_predict/batch:1024",
    }
    pattern = "|".join(f"^{name}$" for name in names.values())
    output = subprocess.run([program, f"--benchmark_filter={pattern}", "--benchmark_format=json"],
                            capture_output=True, check=True, text=True).stdout
    found = {b["name"]: b["items_per_second"] for b in json.loads(output)["benchmarks"]}
    return {key: found[name] for key, name in names.items()}


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    fused = {"fused": True} if torch.__version__ >= "2" else {}
    rounds = [(torch_rates(fused), wick_rates(options.program, options.threads)) for _ in range(options.rounds)]
    print(f"PyTorch {torch.__version__}, {options.threads} thread(s), {options.rounds} rounds, medians, samples/s")
    print(f"{'':22}{'PyTorch':>12}{'wick':>12}{'ratio':>8}")
    for key in rounds[0][0]:
        theirs = statistics.median(r[0][key] for r in rounds)
        ours = statistics.median(r[1][key] for r in rounds)
        ratio = statistics.median(r[1][key] / r[0][key] for r in rounds)
        print(f"{key:22}{theirs:12,.0f}{ours:12,.0f}{ratio:8.2f}")
