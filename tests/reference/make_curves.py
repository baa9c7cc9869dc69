# Makes curves.bin: scores and targets of one question, and the curves that scikit-learn makes of them.
#
#   pip install scikit-learn==1.9.1 numpy==2.4.6
#   python make_curves.py
#
# Numbers little-endian, lists as u32 length and f64 each. u32 cases; for each: scores, targets, weights (an empty list for
# none), u8 "are probabilities", then roc_curve() without and with drop_intermediate: false positive rate, true positive rate,
# thresholds; its area; precision_recall_curve() without and with it: precision, recall, thresholds; the average precision; of
# probabilities calibration_curve() for 1, 5, 10 bins, uniform and quantile: predicted, observed.
import struct
import warnings

import numpy as np
from sklearn import metrics
from sklearn.calibration import calibration_curve

warnings.simplefilter("ignore")
out = []


def numbers(values):
    values = np.asarray(values, dtype=np.float64)
    out.append(struct.pack("<I", len(values)) + values.tobytes())


def case(scores, targets, weights=None):
    scores, targets = np.asarray(scores, dtype=np.float64), np.asarray(targets)
    probabilities = bool(scores.min() >= 0 and scores.max() <= 1 and weights is None)
    numbers(scores)
    numbers(targets)
    numbers([] if weights is None else weights)
    out.append(struct.pack("<B", probabilities))
    for drop in [False, True]:
        for part in metrics.roc_curve(targets, scores, pos_label=1, sample_weight=weights, drop_intermediate=drop):
            numbers(part)
    falses, trues, _ = metrics.roc_curve(targets, scores, pos_label=1, sample_weight=weights)
    numbers([metrics.auc(falses, trues) if not (np.isnan(falses).any() or np.isnan(trues).any()) else np.nan])
    for drop in [False, True]:
        for part in metrics.precision_recall_curve(targets, scores, pos_label=1, sample_weight=weights, drop_intermediate=drop):
            numbers(part)
    numbers([metrics.average_precision_score(targets, scores, pos_label=1, sample_weight=weights)])
    if probabilities:
        for bins in [1, 5, 10]:
            for strategy in ["uniform", "quantile"]:
                observed, predicted = calibration_curve(targets, scores, pos_label=1, n_bins=bins, strategy=strategy)
                numbers(predicted)
                numbers(observed)


def main():
    random = np.random.default_rng(18)
    cases = [
        ([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]),
        ([0.5], [1]),
        ([0.5], [0]),
        ([0.25] * 6, [0, 1, 1, 0, 1, 1]),
        ([0.1, 0.2, 0.3], [1, 1, 1]),
        ([0.1, 0.2, 0.3], [0, 0, 0]),
        ([0.0, 1.0, 0.0, 1.0, 0.5], [0, 1, 1, 0, 1]),
        ([-3.5, 1e30, -1e30, 0, -0.0, 2], [0, 1, 0, 1, 0, 0]),
        ([0.9, 0.8, 0.7, 0.6], [1, 0, 1, 0], [0.0, 1.5, 0.25, 3.0]),
        ([0.1, 0.2, 0.3, 0.4], [1, 0, 1, 0], [0.0, 0.0, 0.0, 2.0]),
    ]
    for rows in [2, 7, 40, 150]:
        truth = random.integers(0, 2, rows)
        truth[:2] = [0, 1]
        scores = random.random(rows)
        cases.append((scores, truth))
        cases.append((np.round(scores, 1), truth))  # ties, and places where bins end
        cases.append((random.normal(size=rows) + truth, truth))
        cases.append((np.round(scores, 1), truth, np.round(random.random(rows) * 2, 2)))
        cases.append((scores, truth, random.random(rows)))
    out.append(struct.pack("<I", len(cases)))
    for arguments in cases:
        case(*arguments)
    with open("curves.bin", "wb") as file:
        file.write(b"".join(out))


main()
