"""Times saving and loading the lesson's network in PyTorch and in wick, in turns, beside plain writing and reading.

usage: compare_files.py FILE_BENCHMARK [--rounds 5] [--repetitions 50] [--folder DIR]

FILE_BENCHMARK is the program of that name in the build folder. Prints the median over all repetitions of all rounds,
the quartiles, and ratios. Both libraries and the plain reads are timed twice: with memory that is new to the process each
time, as in a program that loads once, and "memory reused", which is what a loop of loads finds. torch.save does not wait
for the disk, so it is compared with saves that do not (SaveOptions{.durable = false}); the library's default does wait,
and is compared with plain writing that does.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import torch
from torch import nn


class Network(nn.Module):
    def __init__(self, sizes=(784, 512, 256, 128), classes=10):
        super().__init__()
        self.hidden_layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.output = nn.Linear(sizes[-1], classes)


def measure(f, repetitions):
    for _ in range(3):
        f()
    times = []
    for _ in range(repetitions):
        begin = time.perf_counter()
        f()
        times.append((time.perf_counter() - begin) * 1e6)
    return times


def torch_file(folder):
    return os.path.join(folder, "benchmark.pth")  # the name that FILE_BENCHMARK looks for


def print_torch_times(folder, repetitions):
    state_dict, model = Network().state_dict(), Network()
    path = torch_file(folder)
    result = {"torch.save": measure(lambda: torch.save(state_dict, path), repetitions)}
    result["torch.load"] = measure(lambda: torch.load(path), repetitions)
    result["torch.load, load_state_dict"] = measure(lambda: model.load_state_dict(torch.load(path)), repetitions)
    print(json.dumps(result))


def torch_times(folder, repetitions, **environment):
    command = [sys.executable, __file__, "--torch", folder, str(repetitions)]
    output = subprocess.run(command, capture_output=True, check=True, text=True, env={**os.environ, **environment})
    return json.loads(output.stdout)


def wick_times(program, folder, repetitions, *more):
    output = subprocess.run([program, folder, str(repetitions), *more], capture_output=True, check=True, text=True)
    return json.loads(output.stdout)


NEW_MEMORY = {"MALLOC_MMAP_THRESHOLD_": "65536"}  # glibc: large blocks come from the system each time
WICK_REUSED = ["load", "load, .pth", "load_checkpoint", "load_checkpoint, .pth", "read"]
TORCH_REUSED = ["torch.load", "torch.load, load_state_dict"]
LOADS = [
    ("load", "torch.load"),
    ("load_checkpoint", "torch.load, load_state_dict"),
    ("load, .pth", "torch.load"),
    ("load_checkpoint, .pth", "torch.load, load_state_dict"),
    ("load", "read"),
    ("load_checkpoint", "read"),
]
RATIOS = [
    ("save", "torch.save"),
    ("save_checkpoint", "torch.save"),
    ("save, .pth", "torch.save"),
    ("save", "write, rename"),
    ("save, durable", "write, fsync, rename, fsync the folder"),
    *LOADS,
    ("map_checkpoint", "read"),
    *((f"{a}, memory reused", f"{b}, memory reused") for a, b in LOADS),
]


def reused(times, names):
    return {f"{name}, memory reused": times[name] for name in names}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--torch"]:
        print_torch_times(sys.argv[2], int(sys.argv[3]))
        sys.exit()
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--repetitions", type=int, default=50)
    parser.add_argument("--folder", default=None, help="on the disk to be measured; default: the current folder")
    options = parser.parse_args()
    program = pathlib.Path(options.program).resolve()
    rounds = []
    with tempfile.TemporaryDirectory(dir=options.folder or ".") as folder:
        torch.save(Network().state_dict(), torch_file(folder))
        for _ in range(options.rounds):
            ours = wick_times(program, folder, options.repetitions)
            size = ours.pop("bytes")
            again = wick_times(program, folder, options.repetitions, "--reuse-memory")
            theirs = torch_times(folder, options.repetitions, **NEW_MEMORY)
            theirs_again = torch_times(folder, options.repetitions)
            rounds.append({**ours, **reused(again, WICK_REUSED), **theirs, **reused(theirs_again, TORCH_REUSED)})
    print(f"PyTorch {torch.__version__}, {size:,} bytes, {options.rounds} rounds of {options.repetitions}; microseconds")
    print(f"{'':44}{'median':>10}{'quartiles':>22}")
    for name in rounds[0]:
        low, middle, high = statistics.quantiles([t for r in rounds for t in r[name]], n=4)
        print(f"{name:44}{middle:10,.0f}{f'{low:,.0f} to {high:,.0f}':>22}")
    print(f"\n{'ratio of times, medians of the rounds':62}{'median':>8}{'range':>16}")
    for name, other in RATIOS:
        ratios = [statistics.median(r[name]) / statistics.median(r[other]) for r in rounds]
        print(f"{name + ' / ' + other:62}{statistics.median(ratios):8.2f}"
              f"{f'{min(ratios):.2f} to {max(ratios):.2f}':>16}")
