#!/usr/bin/env python3
"""Compares `wick fit` with scikit-learn on public tables, five folds each, and prints the table of docs/tables.md.

    python3 benchmarks/tables/compare.py build/release/examples/wick results.jsonl [--time 60] [--tables auto,wine]

Every model gets the rows of four folds and is measured on the fifth: accuracy of classes, R2 of numbers. `wick fit` runs
with its defaults on one thread, the same rows for its own test included; scikit-learn's models with their defaults, behind
scaling (of the MLP), imputation and encoding of categories. What is in the file of results already is not run again.
"""

import argparse
import collections
import json
import os
import pathlib
import subprocess
import tempfile
import time
import warnings

for name in ["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"]:
    os.environ[name] = "1"

import data  # noqa: E402
import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402
from sklearn.compose import make_column_selector, make_column_transformer  # noqa: E402
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor  # noqa: E402
from sklearn.impute import SimpleImputer  # noqa: E402
from sklearn.metrics import accuracy_score, r2_score  # noqa: E402
from sklearn.neural_network import MLPClassifier, MLPRegressor  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler  # noqa: E402

MODELS = ["wick", "hgb", "mlp"]
FOLDS = 5


def sklearn_model(kind, is_classes):
    numbers = make_column_selector(dtype_include=[np.number, bool])
    others = make_column_selector(dtype_exclude=[np.number, bool])
    if kind == "mlp":
        prepare = make_column_transformer(
            (make_pipeline(SimpleImputer(), StandardScaler()), numbers),
            (OneHotEncoder(handle_unknown="ignore"), others),
        )
        model = MLPClassifier if is_classes else MLPRegressor
    else:
        prepare = make_column_transformer(
            (OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan), others), remainder="passthrough"
        )
        model = HistGradientBoostingClassifier if is_classes else HistGradientBoostingRegressor
    return make_pipeline(prepare, model(random_state=0))


def run_sklearn(kind, train, test, target, is_classes):
    model = sklearn_model(kind, is_classes)
    start = time.perf_counter()
    model.fit(train.drop(columns=[target]), train[target])
    seconds = time.perf_counter() - start
    return model.predict(test.drop(columns=[target])), seconds


def run_wick(program, train, test, target, is_classes, budget):
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        train.to_csv(folder / "train.csv", index=False)
        test.drop(columns=[target]).to_csv(folder / "test.csv", index=False)
        start = time.perf_counter()
        subprocess.run(
            [program, "fit", folder / "train.csv", "--target", target, "--out", folder / "out", "--time", str(budget),
             "--threads", "1"],
            check=True, capture_output=True,
        )
        seconds = time.perf_counter() - start
        out = subprocess.run(
            [program, "predict", folder / "out/model.wick", folder / "test.csv"], check=True, capture_output=True, text=True
        ).stdout.splitlines()[1:]
    return np.array([line.strip('"') for line in out] if is_classes else [float(line) for line in out]), seconds


def measure(arguments):
    done = set()
    path = pathlib.Path(arguments.results)
    if path.exists():
        done = {(r["table"], r["fold"], r["model"]) for r in map(json.loads, path.read_text().splitlines())}
    with path.open("a") as out:
        for name in arguments.tables.split(",") if arguments.tables else data.NAMES:
            frame, target, is_classes = data.load(name)
            for fold, (a, b) in enumerate(data.folds(frame, target, is_classes, FOLDS)):
                train, test = frame.iloc[a], frame.iloc[b]
                for model in MODELS:
                    if (name, fold, model) in done:
                        continue
                    if model == "wick":
                        predicted, seconds = run_wick(arguments.wick, train, test, target, is_classes, arguments.time)
                    else:
                        predicted, seconds = run_sklearn(model, train, test, target, is_classes)
                    truth = test[target].astype(str) if is_classes else test[target]
                    predicted = predicted.astype(str) if is_classes else predicted
                    value = (accuracy_score if is_classes else r2_score)(truth, predicted)
                    out.write(json.dumps({"table": name, "fold": fold, "model": model, "value": round(float(value), 5),
                                          "seconds": round(seconds, 3)}) + "\n")
                    out.flush()


def show(path):
    values = collections.defaultdict(dict)
    seconds = collections.defaultdict(list)
    for line in pathlib.Path(path).read_text().splitlines():
        r = json.loads(line)
        values[r["table"], r["fold"]][r["model"]] = r["value"]
        seconds[r["table"], r["model"]].append(r["seconds"])
    ranks = collections.defaultdict(list)
    print("| table | metric | wick | HistGradientBoosting | MLP | seconds of wick |")
    print("|---|---|---|---|---|---|")
    relative = []
    for name in data.NAMES:
        rows = [v for (table, _), v in sorted(values.items()) if table == name and len(v) == len(MODELS)]
        if not rows:
            continue
        means = [np.mean([row[m] for row in rows]) for m in MODELS]
        for row in rows:
            order = pd.Series([-row[m] for m in MODELS]).rank().tolist()
            for model, rank in zip(MODELS, order):
                ranks[model].append(rank)
        relative.append((means[0] - means[1]) / abs(means[1]))
        metric = "accuracy" if name in data.CLASSES else "R2"
        print(f"| {name} | {metric} | " + " | ".join(f"{m:.4f}" for m in means)
              + f" | {np.mean(seconds[name, 'wick']):.1f} |")
    print("| mean rank | | " + " | ".join(f"{np.mean(ranks[m]):.2f}" for m in MODELS) + " | |")
    print(f"\nAgainst HistGradientBoosting: {100 * np.mean(relative):+.2f} % of the metric on average")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wick")
    parser.add_argument("results")
    parser.add_argument("--time", type=float, default=60)
    parser.add_argument("--tables", default="")
    arguments = parser.parse_args()
    warnings.filterwarnings("ignore")
    measure(arguments)
    show(arguments.results)


if __name__ == "__main__":
    main()
