#!/usr/bin/env python3
"""Compares the time that fit() takes with that of scikit-learn's MLP, for the same computation on public tables.

    python3 benchmarks/tables/training_speed.py build/release/benchmarks/tables_training
        [--tables auto,wine] [--hidden 100 100,100 256,256] [--types double,float] [--rounds 3] [--validate]

Both train a perceptron with ReLU by Adam on the same rows, scaled and with one column for each category, in batches of 200,
for the same number of epochs, on one thread, in turns. Seconds are those of the processor, medians over the rounds.
With --validate, both measure a tenth of the rows after each epoch (early_stopping of scikit-learn, without its end).
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
    print("| table | rows x features | hidden | type | scikit-learn, us a step | wick, us a step | ratio | losses |")
    print("|---|---|---|---|---:|---:|---:|---|")
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name in options.tables.split(","):
            features, targets, task = numbers(name)
            np.save(folder / "x.npy", features)
            np.save(folder / "y.npy", targets)
            batch = min(BATCH, len(features))
            epochs = max(2, options.rows // len(features))
            steps = epochs * -(-len(features) // batch)
            for hidden in options.hidden:
                hidden = tuple(map(int, hidden.split(",")))
                for kind in options.types.split(","):
                    typed = features.astype(np.float32 if kind == "float" else np.float64)
                    ours, theirs = [], []
                    for _ in range(options.rounds):
                        theirs.append(time_sklearn(typed, targets, task, hidden, epochs, options.validate))
                        ours.append(time_wick(options.program, folder, task, kind, hidden, batch, epochs, options.validate))
                    a, b = (statistics.median(x[0] for x in each) for each in (theirs, ours))
                    ratios.append(a / b)
                    # Of numbers scikit-learn minimises half of the squared error.
                    factor = 2 if task == "regression" else 1
                    print(f"| {name} | {features.shape[0]} x {features.shape[1]} | {'-'.join(map(str, hidden))} | {kind} "
                          f"| {a / steps * 1e6:.0f} | {b / steps * 1e6:.0f} | {a / b:.2f} "
                          f"| {factor * theirs[0][1]:.4f} {ours[0][1]:.4f} |", flush=True)
    print(f"\ngeometric mean {statistics.geometric_mean(ratios):.2f}, least {min(ratios):.2f}")


if __name__ == "__main__":
    main()
