"""The grid of benchmarks/compare: networks and batches, beside each library."""

import collections
import json
import pathlib
import re
import statistics
import sys

import support
from support import Cell

WIDTHS = (32, 128, 512, 2048, 4096)
BATCHES = (1, 16, 64, 512, 4096)
SMALL = ((8, 32, 32, 1), (64, 256, 256, 10))
SMALL_BATCHES = (16, 64, 256, 1024, 4096)
TINY = ((8, 32, 32, 2), (4, 64, 64, 2))
TINY_BATCHES = (32, 64)
REACHED = 0.9  # of the machine's limit
BOUNDS = """
    PyTorch predict wide 1.0;      PyTorch train wide 1.2;      PyTorch both wide mean 1.8
    ONNX Runtime predict wide 0.95; ONNX Runtime predict wide mean 1.3
    OpenVINO predict wide 0.95;    OpenVINO predict wide mean 1.3
    LiteRT predict wide 0.95;      LiteRT predict wide mean 1.3;  LiteRT predict 8-32-32-1 x 1024 1.0
    wick, native both all 0.95
    by hand train tiny 0.87
"""
Bound = collections.namedtuple("Bound", "library kind where mean value")


def bound(text):
    """LIBRARY predict|train|both wide|small|tiny|all|NETWORK x BATCH [mean] VALUE, in one line."""
    found = re.fullmatch(r"(.+) (predict|train|both) (wide|small|tiny|all|\d[\d-]+ x \d+) (mean )?(\d+\.?\d*)", text.strip())
    if found is None:
        sys.exit(f"--bound: expected something like \"PyTorch train wide 1.2\", got \"{text}\"")
    library, kind, where, mean, value = found.groups()
    return Bound(library, kind, where, bool(mean), float(value))


def add_options(parser):
    parser.add_argument("--cells", nargs="+", choices=["wide", "small", "tiny"], default=["wide", "small", "tiny"])
    parser.add_argument("--widths", nargs="+", type=int, default=WIDTHS)
    parser.add_argument("--batches", nargs="+", type=int)
    parser.add_argument("--network", default="784-w-w-w-10")
    parser.add_argument("--dropout", type=float, default=0.5)
    parser.add_argument("--kinds", nargs="+", choices=["predict", "train"], default=["predict", "train"])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--most", type=float, default=20)
    parser.add_argument("--bound", action="append", default=[])
    parser.add_argument("--heat")


def cells_of(options):
    def of(family, networks, batches, dropout, kinds=("predict", "train")):
        if options.quick:
            networks, batches = networks[:1], batches[2:3] or batches[-1:]
        return [Cell(kind, sizes, batch, dropout, family)
                for kind in kinds if kind in options.kinds for sizes in networks for batch in batches]

    wide = [tuple(int(n.replace("w", str(width))) for n in options.network.split("-")) for width in options.widths]
    made = {"wide": of("wide", wide[1:2] if options.quick and len(wide) > 1 else wide, options.batches or BATCHES,
                       options.dropout),
            "small": of("small", SMALL, options.batches or SMALL_BATCHES, options.dropout),
            "tiny": of("tiny", TINY, TINY_BATCHES, 0.0, ("train",))}
    return [cell for family in options.cells for cell in made[family]]


def measure(running, cell, wall, rounds, seconds, most):
    """Times by library, of those that have the cell: as many for each, the n-th ones taken in turns."""
    once = {}
    for c in running:
        first = c.time(cell.case(), 0)  # the second call: a program makes its first one by itself
        if first is not None:
            once[c] = first
    own = seconds / rounds
    if sum(t[0] for t in once.values()) * rounds > most:
        rounds = 1
    times = {}
    for c, first in once.items():
        times[c.name] = [first[0 if wall else 1]] if first[0] > own else []
    for n in range(rounds):
        for c, first in once.items():
            if len(times[c.name]) == n:
                times[c.name].append(c.time(cell.case(), own if first[0] <= own else 0)[0 if wall else 1])
    for c in running:
        c.time("forget", 0)
    return times


def run(options):
    bounds = [bound(text) for text in re.split(r"[;\n]", BOUNDS) if text.strip()]
    own = [bound(text) for text in options.bound]
    bounds = [b for b in bounds if b.library not in {o.library for o in own}] + own
    options.eigen = options.eigen[-1:]
    without = (set(options.without) | {"compiled"}) - set(options.also)
    seconds = options.seconds or (0.06 if options.quick else 0.3)
    cells = cells_of(options)
    limits, measuring = support.limits_of(options, 0.1)
    results = []
    for threads in options.threads:
        results += grid(options, cells, threads, without, limits, seconds)
    measuring.close()
    print(support.load())
    missed = report(results, bounds)
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(
            {"cpu": support.cpu_name(), "compiler": support.compiler_name(options), "flops": limits.flops,
             "bandwidth": {int(size): value for size, value in limits.read.items()}, "cells": results}, indent=1))
    if options.heat:
        lines = [f"time / wick's time, {support.cpu_name()}, one program for every x86-64"
                 if options.wick[-1] == "shipped" else f"time / wick's time, {support.cpu_name()}, -march=native"]
        for name, threads, kind in tables(results):
            for r in sorted(results, key=lambda r: r["batch"]):  # columns in this order
                if (r["threads"], r["kind"]) == (threads, kind) and name in r["ratios"]:
                    lines.append("\t".join([title(name, threads, kind), r["network"], str(r["batch"]),
                                            f"{r['ratios'][name]:.4f}", str(int(name in r["missed"]))]))
        support.drawn(options, "heat_map", options.heat, lines)
    return 1 if missed else 0


def grid(options, cells, threads, without, limits, seconds):
    wall = options.wall or threads > 1
    running = support.started(support.contenders(options, threads, without), threads)
    ours = [c for c in running if c.name.startswith("wick")]
    if not ours:
        sys.exit("compare: wick itself is missing")
    reference = ours[-1].name
    print(f"{support.cpu_name()}; {support.compiler_name(options)}; {threads} thread(s), "
          f"{'wall' if wall else 'processor'} time; limit of one core: {limits.flops / 1e9:.1f} GFLOP/s\n"
          f"ratios to {reference}, {'-O2' if options.wick[-1] == 'shipped' else '-O3 -march=native'}; "
          f"in %: wick's share of the machine's limit", flush=True)
    results = []
    for cell in cells:
        times = measure(running, cell, wall, options.rounds or 3, seconds, options.most)
        if reference not in times:
            support.missing(cell.title(), "wick does not have it")
            continue
        base = times.pop(reference)
        share = cell.least_seconds(limits) / threads / statistics.median(base)
        ratios = {name: statistics.median(a / b for a, b in zip(values, base)) for name, values in times.items()}
        results.append({"threads": threads, "kind": cell.kind, "family": cell.family,
                        "network": cell.network() + (", no dropout" if cell.family == "tiny" else ""),
                        "batch": cell.batch, "seconds": statistics.median(base), "share": share, "rounds": len(base),
                        "ratios": ratios, "missed": []})
        print(f"{cell.title():46} {1e6 * statistics.median(base):12.2f} us {100 * share:4.0f} %  "
              + "  ".join(f"{name} {ratio:.2f}" for name, ratio in ratios.items()), flush=True)
    for c in running:
        c.close()
    return results


def tables(results):
    """Library, threads and kind of each table, prediction beside training."""
    return list(dict.fromkeys((name, r["threads"], kind) for r in results for name in r["ratios"]
                              for kind in ("predict", "train")))


def title(name, threads, kind):
    return f"{name}, {kind}" + (f", {threads} threads" if threads > 1 else "")


def covers(b, name, r):
    """Bounds are for one thread."""
    return (r["threads"] == 1 and name.startswith(b.library) and b.kind in (r["kind"], "both")
            and b.where in (r["family"], "all", f"{r['network']} x {r['batch']}"))


def report(results, bounds):
    """Prints the tables and what misses a bound; the number of misses."""
    count = 0
    for r in results:
        for b in bounds:
            for name in r["ratios"]:
                if covers(b, name, r) and not b.mean and r["ratios"][name] < b.value and r["share"] < REACHED:
                    r["missed"].append(name)
    for name, threads, kind in tables(results):
        here = [r for r in results if (r["threads"], r["kind"]) == (threads, kind) and name in r["ratios"]]
        if not here:
            continue
        batches = sorted({r["batch"] for r in here})
        print(f"\n{title(name, threads, kind)}\n{'':24}" + "".join(f"{batch:>9}" for batch in batches))
        for network in dict.fromkeys(r["network"] for r in here):
            cells = {r["batch"]: f"{r['ratios'][name]:.2f}" + ("*" if name in r["missed"] else " ")
                     for r in here if r["network"] == network}
            print(f"{network:24}" + "".join(f"{cells.get(batch, ''):>9}" for batch in batches))
    print()
    for threads in dict.fromkeys(r["threads"] for r in results):
        for name in dict.fromkeys(name for r in results for name in r["ratios"]):
            for family in dict.fromkeys(r["family"] for r in results):
                for kind in ("predict", "train", "both"):
                    here = [r for r in results if r["threads"] == threads and r["family"] == family
                            and kind in (r["kind"], "both") and name in r["ratios"]]
                    if not here or (kind == "both" and len({r["kind"] for r in here}) < 2):
                        continue
                    worst = min(here, key=lambda r: r["ratios"][name])
                    total = support.mean([r["ratios"][name] for r in here])
                    print(f"{name:28} {threads} thread(s)  {family:6} {kind:8} geometric mean {total:6.2f}   "
                          f"worst {worst['ratios'][name]:6.2f} ({worst['kind']} {worst['network']} x {worst['batch']})")
                    for b in bounds:
                        if (b.mean and threads == 1 and (b.where, b.kind) == (family, kind)
                                and name.startswith(b.library) and total < b.value):
                            count += 1
                            print(f"  missed: the mean is below {b.value}")
    for r in results:
        for name in r["missed"]:
            count += 1
            print(f"missed: {name}, {r['kind']} {r['network']} x {r['batch']}, {r['threads']} thread(s): "
                  f"{r['ratios'][name]:.2f} at {100 * r['share']:.0f} % of the limit")
    print(f"{count} bound(s) missed" if count else "no bound missed")
    return count
