"""Processor time and memory of reading CSV files with pandas' C engine and with wick, in turns.

usage: compare_csv.py CSV_BENCHMARK [--rounds 5] [--megabytes 100] [--folder DIR] [--files mixed,texts]

CSV_BENCHMARK is the program of that name in the build folder. Makes four files of that size, one after the other, which are
written a part at a time: numbers with all their digits, short numbers and words, texts with quotes, and a mixture of numbers,
categories, dates and texts. Every reading is a process of its own, of a file that the system has in its cache;
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


WORDS = np.array(["some", "words, that", "are", 'said "so"', "again", "and", "again"])


def sentences(random, rows):
    return [" ".join(WORDS[k]) for k in random.integers(len(WORDS), size=(rows, 5))]


def dates(random, rows):
    return pd.Series(pd.Timestamp("2000-01-01") + pd.to_timedelta(random.integers(0, 10**9, size=rows), unit="s")).dt.strftime(
        "%Y-%m-%d %H:%M:%S")


# By name: what is in the file, and so many rows of it.
FILES = {
    "numbers": ("numbers, 17 digits", lambda random, rows: {
        f"x{i}": random.normal(size=rows) * 10.0 ** random.integers(-3, 4) for i in range(10)}),
    "short": ("short numbers, words, dates", lambda random, rows: {
        "price": np.round(random.normal(size=rows) * 100, 2), "share": np.round(random.uniform(size=rows), 4),
        "count": random.integers(-10**6, 10**6, size=rows), "small": random.integers(0, 100, size=rows),
        "colour": random.choice(["red", "green", "blue", "dark orange"], size=rows),
        "when": dates(random, rows), "sold": random.choice([True, False], size=rows)}),
    "texts": ("texts in quotes", lambda random, rows: {
        "id": random.integers(0, 10**9, size=rows), "text": sentences(random, rows)}),
    "mixed": ("numbers, categories, dates, texts", lambda random, rows: {
        "x": random.normal(size=rows), "price": np.round(random.normal(size=rows) * 100, 2),
        "count": random.integers(-10**6, 10**6, size=rows),
        "town": random.choice([f"town {i}" for i in range(200)], size=rows),
        "when": dates(random, rows), "remark": sentences(random, rows)}),
}


def write(path, make, size):
    """A file of about `size` bytes."""
    random = np.random.default_rng(0)
    with path.open("w", newline="") as out:
        while out.tell() < size:
            pd.DataFrame(make(random, 100_000)).to_csv(out, index=False, header=out.tell() == 0)


def run(command):
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--folder")
    parser.add_argument("--files", default=",".join(FILES))
    options = parser.parse_args()
    print(f"pandas {pd.__version__}")
    print(f"{'file':34} {'MB':>5} {'pandas s':>9} {'wick s':>7} {'ratio':>6} {'pandas peak MiB':>16} {'wick table MiB':>15} "
          f"{'peak':>8} {'over':>6}")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        for key in options.files.split(","):
            name, make = FILES[key]
            path = pathlib.Path(folder) / f"{key}.csv"
            write(path, make, options.megabytes * 10**6)
            pandas, wick = [], []
            for _ in range(options.rounds):
                pandas.append(run([sys.executable, "-c", PANDAS, str(path)]))
                wick.append(run([options.program, str(path)]))
            theirs = statistics.median(r["seconds"] for r in pandas)
            ours = statistics.median(r["seconds"] for r in wick)
            peak = statistics.median(r["peak_kib"] for r in wick) / 1024
            size = wick[0]["table_bytes"] / 2**20
            their_peak = statistics.median(r["peak_kib"] for r in pandas) / 1024
            print(f"{name:34} {os.path.getsize(path) / 1e6:5.0f} {theirs:9.2f} {ours:7.2f} {theirs / ours:6.2f} "
                  f"{their_peak:16.0f} {size:15.1f} {peak:8.1f} {peak / size - 1:6.1%}", flush=True)
            path.unlink()


if __name__ == "__main__":
    main()
