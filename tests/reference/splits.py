"""Folds of scikit-learn's splitters without a shuffle, for tests/data/splits_test.cpp.

Run: python tests/reference/splits.py > tests/reference/splits.txt   (scikit-learn 1.9.1)

One line per case: the splitter, the number of folds, the gap, the labels of the rows (classes, groups, or zeros)
joined by ',', then for each fold '|' and the rows of its test part joined by ','.
"""

import random

from sklearn.model_selection import GroupKFold, KFold, StratifiedKFold, TimeSeriesSplit

random.seed(1)


def case(name, splitter, folds, labels, gap=0):
    rows = [[0]] * len(labels)
    grouped = {'groups': labels} if name == 'group_k_fold' else {}
    parts = [test for _, test in splitter.split(rows, labels, **grouped)]
    text = ' '.join('| ' + ','.join(map(str, part)) for part in parts)
    print(name, folds, gap, ','.join(map(str, labels)), text)


for n in (2, 3, 7, 10, 23):
    for folds in (2, 3, 5):
        if folds <= n:
            case('k_fold', KFold(folds), folds, [0] * n)
for n in (10, 23, 40):
    for folds in (2, 3, 4):
        for classes in (1, 2, 3):
            labels = [k % classes for k in range(folds * classes)]
            labels += random.choices(range(classes), weights=range(1, classes + 1), k=max(0, n - len(labels)))
            random.shuffle(labels)
            case('stratified_k_fold', StratifiedKFold(folds), folds, labels)
        groups = list(range(7)) + random.choices(range(-2, 5), k=n - 7)
        random.shuffle(groups)
        case('group_k_fold', GroupKFold(folds), folds, groups)
        case('time_series_split', TimeSeriesSplit(folds), folds, [0] * n)
        if n > 10:
            case('time_series_split', TimeSeriesSplit(folds, gap=2), folds, [0] * n, 2)
