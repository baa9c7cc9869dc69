"""Public tables that PyPI packages ship: scikit-learn, ISLP, plotnine and palmerpenguins (pip install them, --no-deps will
do), each with its target and task."""

import importlib.util
import pathlib

import numpy as np
import pandas as pd
import sklearn.datasets

# name: (package, file, target, columns left out because they tell the target or number the rows)
FILES = {
    "auto": ("ISLP", "data/Auto.csv", "mpg", ["name"]),
    "bikeshare": ("ISLP", "data/Bikeshare.csv", "bikers", ["casual", "registered"]),
    "boston": ("ISLP", "data/Boston.csv", "medv", []),
    "caravan": ("ISLP", "data/Caravan.csv", "Purchase", []),
    "carseats": ("ISLP", "data/Carseats.csv", "Sales", []),
    "college": ("ISLP", "data/College.csv", "Grad.Rate", []),
    "credit": ("ISLP", "data/Credit.csv", "Balance", ["ID"]),
    "default": ("ISLP", "data/Default.csv", "default", []),
    "diamonds": ("plotnine", "data/diamonds.csv", "price", []),
    "hitters": ("ISLP", "data/Hitters.csv", "Salary", []),
    "oj": ("ISLP", "data/OJ.csv", "Purchase", []),
    "penguins": ("palmerpenguins", "data/penguins.csv", "species", []),
    "wage": ("ISLP", "data/Wage.csv", "wage", ["logwage"]),
}
LOADERS = {
    "breast_cancer": sklearn.datasets.load_breast_cancer,
    "diabetes": sklearn.datasets.load_diabetes,
    "digits": sklearn.datasets.load_digits,
    "wine": sklearn.datasets.load_wine,
}
CLASSES = {"breast_cancer", "caravan", "default", "digits", "oj", "penguins", "wine"}
NAMES = sorted([*FILES, *LOADERS])


def load(name):
    """The table, the name of its target, and whether that is one of classes."""
    if name in LOADERS:
        frame = LOADERS[name](as_frame=True).frame
        target = "target"
        if name in CLASSES:
            frame[target] = "class " + frame[target].astype(str)
        return frame, target, name in CLASSES
    package, file, target, left_out = FILES[name]
    folder = pathlib.Path(importlib.util.find_spec(package).origin).parent
    frame = pd.read_csv(folder / file)
    numbering = [c for c in frame.columns if c.startswith("Unnamed") or c == "rownames"]
    frame = frame.drop(columns=[*left_out, *numbering]).dropna(subset=[target]).reset_index(drop=True)
    return frame, target, name in CLASSES


def folds(frame, target, is_classes, count, seed=0):
    """Pairs of training rows and test rows."""
    from sklearn.model_selection import KFold, StratifiedKFold

    split = (StratifiedKFold if is_classes else KFold)(count, shuffle=True, random_state=seed)
    return list(split.split(frame, frame[target] if is_classes else None))
