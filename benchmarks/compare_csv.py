"""Processor time and memory of reading CSV files with pandas' C engine and with wick, in turns.

usage: compare_csv.py CSV_BENCHMARK [--rounds 5] [--megabytes 100] [--folder DIR]

CSV_BENCHMARK is the program of that name in the build folder. Makes three files: numbers with all their digits, short
numbers and words, and texts with quotes. Every reading is a process of its own, of a file that the system has in its cache;
times are those of the processor, so other programs on the machine matter little. Prints medians, and by how much the peak
of the memory exceeds the values of the table.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd

PANDAS = """
import json, resource, sys, time
import pandas as pd
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
begin = time.process_time()
table = pd.read_csv(sys.argv[1], engine="c")
seconds = time.process_time() - begin
print(json.dumps({"seconds": seconds, "rows": len(table), "table_bytes": int(table.memory_usage(deep=True).sum()),
                  "peak_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before}))
"""


def tables(random, rows):
    """Tables by name, each of so many rows."""
    yield "numbers, 17 digits", pd.DataFrame(
        {f"x{i}": random.normal(size=rows) * 10.0 ** random.integers(-3, 4) for i in range(10)})
    yield "short numbers, words, dates", pd.DataFrame({
        "price": np.round(random.normal(size=rows) * 100, 2), "share": np.round(random.uniform(size=rows), 4),
        "count": random.integers(-10**6, 10**6, size=rows), "small": random.integers(0, 100, size=rows),
        "colour": random.choice(["red", "green", "blue", "dark orange"], size=rows),
        "when": pd.date_range("2000-01-01", periods=rows, freq="min").strftime("%Y-%m-%d %H:%M:%S"),
        "sold": random.choice([True, False], size=rows)})
    words = np.array(["some", "words, that", "are", 'said "so"', "again", "and", "again"])
    yield "texts in quotes", pd.DataFrame({
        "id": np.arange(rows), "text": [" ".join(words[k]) for k in random.integers(len(words), size=(rows, 5))]})


def run(command):
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--folder")
    options = parser.parse_args()
    print(f"pandas {pd.__version__}")
    print(f"{'file':28} {'MB':>5} {'pandas s':>9} {'wick s':>7} {'ratio':>6} {'table MiB':>10} {'peak MiB':>9} {'over':>6}")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for number, (name, sample) in enumerate(tables(np.random.default_rng(0), 20_000)):
            path = pathlib.Path(folder) / f"{number}.csv"
            rows = int(20_000 * options.megabytes * 1e6 / len(sample.to_csv(index=False)))
            table = list(tables(np.random.default_rng(number), rows))[number][1]
            table.to_csv(path, index=False)
            del table
            pandas, wick = [], []
            for _ in range(options.rounds):
                pandas.append(run([sys.executable, "-c", PANDAS, str(path)]))
                wick.append(run([options.program, str(path)]))
            theirs = statistics.median(r["seconds"] for r in pandas)
            ours = statistics.median(r["seconds"] for r in wick)
            peak = statistics.median(r["peak_kib"] for r in wick) / 1024
            size = wick[0]["table_bytes"] / 2**20
            print(f"{name:28} {os.path.getsize(path) / 1e6:5.0f} {theirs:9.2f} {ours:7.2f} {theirs / ours:6.2f} {size:10.1f} "
                  f"{peak:9.1f} {peak / size - 1:6.1%}")
            path.unlink()


if __name__ == "__main__":
    main()
