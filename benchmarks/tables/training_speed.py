#!/usr/bin/env python3
"""Compares the time that fit() takes with that of scikit-learn's MLP, for the same computation on public tables.

    python3 benchmarks/tables/training_speed.py build/release/benchmarks/tables_training
        [--tables auto,wine] [--hidden 100 100,100 256,256] [--types double,float] [--rounds 3] [--validate]

Both train a perceptron with ReLU by Adam on the same rows, scaled and with one column for each category, in batches of 200,
for the same number of epochs, on one thread, in turns. Times are those of the processor, medians over the rounds.
With --validate, both measure a tenth of the rows after each epoch (early_stopping of scikit-learn, without its end).

`of products` is the time that a step's products alone take at the greatest rate that NumPy's reach on this machine, by the
time of wick's step; `at most` is the ratio that a program would reach which does nothing else. The last line of a size
compares wick in float32, its default, with scikit-learn in double, which it computes in unless it is given float32.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import time
import warnings

for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"]:
    os.environ[name] = "1"

import data  # noqa: E402
import numpy as np  # noqa: E402
from sklearn.compose import make_column_selector, make_column_transformer  # noqa: E402
from sklearn.impute import SimpleImputer  # noqa: E402
from sklearn.neural_network import MLPClassifier, MLPRegressor  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import OneHotEncoder, StandardScaler  # noqa: E402

BATCH = 200


def numbers(name):
    """Features, targets and the task of a table."""
    frame, target, is_classes = data.load(name)
    prepare = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), make_column_selector(dtype_include=[np.number, bool])),
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), make_column_selector(dtype_exclude=[np.number, bool])),
    )
    features = np.ascontiguousarray(prepare.fit_transform(frame.drop(columns=[target])), dtype=np.float64)
    if is_classes:
        targets = np.unique(frame[target], return_inverse=True)[1].astype(np.int64)
        return features, targets, "classes" if targets.max() > 1 else "binary"
    targets = frame[target].to_numpy(np.float64)
    return features, (targets - targets.mean()) / targets.std(), "regression"


def time_sklearn(features, targets, task, hidden, epochs, validate):
    model = (MLPRegressor if task == "regression" else MLPClassifier)(
        hidden_layer_sizes=hidden, batch_size=min(BATCH, len(features)), max_iter=epochs, n_iter_no_change=epochs + 1, random_state=0,
        early_stopping=validate)
    begin = time.process_time()
    model.fit(features, targets)
    seconds = time.process_time() - begin
    assert model.n_iter_ == epochs
    return seconds, model.loss_


def time_wick(program, folder, task, kind, hidden, batch, epochs, validate):
    out = json.loads(subprocess.run(
        [program, folder / "x.npy", folder / "y.npy", task, kind, ",".join(map(str, hidden)), str(batch), str(epochs),
         "0.1" if validate else "0"],
        check=True, capture_output=True, text=True).stdout)
    return out["seconds"], out["loss"]


def product_rate(kind):
    """Multiplications and additions a second of the fastest of some products."""
    random = np.random.default_rng(0)
    best = 0
    for rows, inner, columns in [(200, 256, 256), (200, 100, 100), (256, 512, 512)]:
        a = random.normal(size=(rows, inner)).astype(kind)
        b = random.normal(size=(inner, columns)).astype(kind)
        for _ in range(200):
            begin = time.perf_counter()
            a @ b
            best = max(best, 2 * rows * inner * columns / (time.perf_counter() - begin))
    return best


def product_work(rows, sizes):
    """Of a step: forward, for the weights and, but for the first layer, for the inputs."""
    each = [2 * rows * a * b for a, b in zip(sizes, sizes[1:])]
    return 3 * sum(each) - each[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--tables", default="breast_cancer,bikeshare,caravan,diamonds,digits,penguins,wage")
    parser.add_argument("--hidden", nargs="+", default=["100", "100,100", "256,256"])
    parser.add_argument("--types", default="double,float")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rows", type=int, default=200_000, help="that all epochs of a training have together")
    parser.add_argument("--validate", action="store_true")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    types = {"double": np.float64, "float": np.float32}
    rates = {kind: product_rate(types[kind]) for kind in options.types.split(",")}
    print("products: " + ", ".join(f"{rate / 1e9:.0f} GFLOP/s in {kind}" for kind, rate in rates.items()))
    print("| table | rows x features | hidden | type | scikit-learn, us a step | wick, us a step | ratio | of products | at most "
          "| losses |")
    print("|---|---|---|---|---:|---:|---:|---:|---:|---|")
    ratios = {"double": [], "float": [], "defaults": []}
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name in options.tables.split(","):
            features, targets, task = numbers(name)
            np.save(folder / "x.npy", features)
            np.save(folder / "y.npy", targets)
            rows = len(features)
            batch = min(BATCH, rows)
            epochs = max(2, options.rows // rows)
            steps = epochs * -(-rows // batch)
            outputs = int(targets.max()) + 1 if task == "classes" else 1
            for hidden in options.hidden:
                hidden = tuple(map(int, hidden.split(",")))
                work = product_work(rows * epochs / steps, [features.shape[1], *hidden, outputs])
                times = {kind: ([], []) for kind in rates}
                # Of numbers scikit-learn minimises half of the squared error.
                factor = 2 if task == "regression" else 1
                for _ in range(options.rounds):
                    for kind, (theirs, ours) in times.items():
                        y = targets.astype(types[kind]) if task == "regression" else targets
                        theirs.append(time_sklearn(features.astype(types[kind]), y, task, hidden, epochs, options.validate))
                        ours.append(time_wick(options.program, folder, task, kind, hidden, batch, epochs, options.validate))
                medians = {kind: [statistics.median(x[0] for x in each) / steps for each in both]
                           for kind, both in times.items()}
                size = f"| {name} | {rows} x {features.shape[1]} | {'-'.join(map(str, hidden))} "
                for kind, (theirs, ours) in medians.items():
                    ratios[kind].append(theirs / ours)
                    alone = work / rates[kind]
                    print(f"{size}| {kind} | {theirs * 1e6:.0f} | {ours * 1e6:.0f} | {theirs / ours:.2f} | {alone / ours:.0%} "
                          f"| {theirs / alone:.1f} | {factor * times[kind][0][0][1]:.4f} {times[kind][1][0][1]:.4f} |",
                          flush=True)
                if len(medians) == 2:
                    ratios["defaults"].append(medians["double"][0] / medians["float"][1])
                    print(f"{size}| defaults | {medians['double'][0] * 1e6:.0f} | {medians['float'][1] * 1e6:.0f} "
                          f"| {ratios['defaults'][-1]:.2f} | | | |", flush=True)
    print()
    for name, values in ratios.items():
        if values:
            print(f"{name}: geometric mean {statistics.geometric_mean(values):.2f}, least {min(values):.2f}")


if __name__ == "__main__":
    main()
