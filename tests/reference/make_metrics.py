# Makes metrics.bin: predictions, and what scikit-learn says of them.
#
#   pip install scikit-learn==1.9.1 numpy==2.4.6
#   python make_metrics.py
#
# Numbers little-endian, texts as u32 length and UTF-8. u32 cases; for each: u8 kind, u32 rows, u32 columns, predictions (f64,
# row by row), targets (i64 for kind 0, else f64, as many as predictions), u8 "has weights" and those (f64), u32 values, and for
# each its name and the number (f64). Kinds: 0 probabilities of classes, 1 numbers, 2 scores of class 1, one column.
import struct
import warnings

import numpy as np
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.preprocessing import label_binarize

warnings.simplefilter("ignore")
BINS = 10


def text(value):
    return struct.pack("<I", len(value)) + value.encode()


def calibration_error(confidence, right, weights):
    """By the bins of calibration_curve(), which takes no weights."""
    bins = np.searchsorted(np.linspace(0, 1, BINS + 1)[1:-1], confidence)
    total = 0
    for i in range(BINS):
        w = weights[bins == i]
        if w.sum() > 0:
            total += w.sum() * abs(np.average(confidence[bins == i], weights=w) - np.average(right[bins == i], weights=w))
    return total / weights.sum()


def of_classes(p, y, w):
    classes = p.shape[1]
    labels = list(range(classes))
    guess = p.argmax(axis=1)
    result = {"accuracy": metrics.accuracy_score(y, guess, sample_weight=w),
              "balanced": metrics.balanced_accuracy_score(y, guess, sample_weight=w),
              "mcc": metrics.matthews_corrcoef(y, guess, sample_weight=w)}
    for average in ["micro", "macro", "weighted"] + (["binary"] if classes == 2 else []):
        result["precision " + average] = metrics.precision_score(y, guess, average=average, sample_weight=w)
        result["recall " + average] = metrics.recall_score(y, guess, average=average, sample_weight=w)
        result["f1 " + average] = metrics.f1_score(y, guess, average=average, sample_weight=w)
    for weights in [None, "linear", "quadratic"]:
        result[f"kappa {weights}"] = metrics.cohen_kappa_score(y, guess, labels=labels, weights=weights, sample_weight=w)
    result["log loss"] = metrics.log_loss(y, p, labels=labels, sample_weight=w)
    result["brier"] = metrics.brier_score_loss(y, p, labels=labels, sample_weight=w)
    ones = np.ones(len(y)) if w is None else w
    result["calibration"] = calibration_error(p.max(axis=1), (guess == y).astype(float), ones)
    if classes > 2:
        for k in [1, 2, classes]:
            result[f"top {k}"] = metrics.top_k_accuracy_score(y, p, k=k, labels=labels, sample_weight=w)
        truth, scores = label_binarize(y, classes=labels), p
    else:
        truth, scores = y, p[:, 1]
    for average in ["macro", "weighted"]:
        result["roc " + average] = metrics.roc_auc_score(truth, scores, average=average, sample_weight=w)
        result["ap " + average] = metrics.average_precision_score(truth, scores, average=average, sample_weight=w)
    return result


def of_numbers(p, y, w):
    result = {"mae": metrics.mean_absolute_error(y, p, sample_weight=w),
              "rmse": metrics.root_mean_squared_error(y, p, sample_weight=w),
              "mape": metrics.mean_absolute_percentage_error(y, p, sample_weight=w),
              "r2": metrics.r2_score(y, p, sample_weight=w),
              "explained": metrics.explained_variance_score(y, p, sample_weight=w)}
    if p.shape[1] == 1:
        result["coverage"] = np.average(y[:, 0] <= p[:, 0], weights=w)
    return result


def of_scores(p, y, w):
    s, t = p[:, 0], y[:, 0].astype(int)
    result = {"roc": metrics.roc_auc_score(t, s, sample_weight=w), "ap": metrics.average_precision_score(t, s, sample_weight=w),
              "log loss": metrics.log_loss(t, s, labels=[0, 1], sample_weight=w),
              "brier": metrics.brier_score_loss(t, s, labels=[0, 1], sample_weight=w)}
    if w is None:
        guess = (s > 0.5).astype(int)
        result["f1"] = metrics.f1_score(t, guess)
        result["precision"] = metrics.precision_score(t, guess)
        result["recall"] = metrics.recall_score(t, guess)
        result["balanced"] = metrics.balanced_accuracy_score(t, guess)
        share, mean = calibration_curve(t, s, n_bins=BINS)
        counts = np.bincount(np.searchsorted(np.linspace(0, 1, BINS + 1)[1:-1], s))
        result["calibration"] = np.sum(counts[counts > 0] * abs(share - mean)) / len(s)
    return result


def main():
    random = np.random.default_rng(1)
    cases = []

    def add(kind, p, y, w):
        values = [of_classes, of_numbers, of_scores][kind](p, y, w)
        cases.append(struct.pack("<BII", kind, *p.shape) + p.astype("<f8").tobytes()
                     + y.astype("<i8" if kind == 0 else "<f8").tobytes()
                     + (b"\0" if w is None else b"\1" + w.astype("<f8").tobytes())
                     + struct.pack("<I", len(values)) + b"".join(text(k) + struct.pack("<d", v) for k, v in values.items()))

    for rows, classes in [(40, 2), (60, 3), (50, 5), (1, 2), (2, 3), (30, 7)]:
        for weighted in [False, True]:
            for case in ["plain", "ties", "absent", "one", "sure"]:
                p = random.dirichlet(np.ones(classes), size=rows)
                y = random.integers(classes, size=rows)
                if case == "ties":
                    p = random.integers(1, 4, size=(rows, classes)).astype(float)
                    p /= p.sum(axis=1, keepdims=True)
                elif case == "absent":
                    y %= max(1, classes - 1)
                    p[:, classes - 1] = 0
                    p /= p.sum(axis=1, keepdims=True)
                elif case == "one":
                    y[:] = classes - 1
                elif case == "sure":
                    p = np.eye(classes)[random.integers(classes, size=rows)]
                w = random.integers(0, 4, size=rows) * random.uniform(0.5, 1, size=rows) if weighted else None
                if w is not None:
                    w[0] = 1
                add(0, p, y, w)
    for rows, columns in [(50, 1), (40, 3), (2, 1), (1, 1)]:
        for weighted in [False, True]:
            for case in ["plain", "far", "constant", "exact"]:
                y = random.normal(size=(rows, columns))
                p = y + random.normal(size=(rows, columns)) * 0.3
                if case == "far":
                    y, p = y + 1000, p + 1000
                elif case == "constant":
                    y[:] = 0.5
                elif case == "exact":
                    y[:, 0] = 2
                    p = y.copy()
                w = random.integers(0, 4, size=rows) * 0.25 if weighted else None
                if w is not None:
                    w[0] = 1
                add(1, p, y, w)
    for weighted in [False, True]:
        for case in ["plain", "ties", "ones", "zeros"]:
            p = random.uniform(size=(60, 1))
            y = (random.uniform(size=(60, 1)) < p).astype(float)
            if case == "ties":
                p = np.round(p, 1)
            elif case in ("ones", "zeros"):
                y[:] = case == "ones"
            w = random.integers(0, 4, size=60) * 0.7 if weighted else None
            add(2, p, y, w)
    with open("metrics.bin", "wb") as file:
        file.write(struct.pack("<I", len(cases)) + b"".join(cases))


if __name__ == "__main__":
    main()
