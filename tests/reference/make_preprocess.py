# Makes preprocess.bin: what scikit-learn 1.9.1 makes of columns of numbers and categories.
#
#   pip install scikit-learn==1.9.1 numpy==2.4.6
#   python make_preprocess.py
#
# Little-endian; a text is a u32 length and its bytes.
#
#   u32 columns of numbers; for each:
#       text name; u32 training rows, f64 each (NaN: missing); u32 other rows, f64 each (none is missing)
#       u32 scalings; for each: text name, f64 for each of the other rows
#       f64 mean, median and most frequent number of the training rows
#   u32 columns of categories; for each:
#       u32 training rows, a text each ("": missing); u32 other rows, a text each
#       u32 width, f64 for each of the other rows and each feature of OneHotEncoder, the missing category last
#       f64 place of each of the other rows of OrdinalEncoder (NaN: unknown)
import struct
import warnings

import numpy as np
from sklearn.impute import SimpleImputer
from sklearn.preprocessing import (
    MinMaxScaler,
    OneHotEncoder,
    OrdinalEncoder,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)

warnings.simplefilter("ignore")
QUANTILES = 30
draw = np.random.default_rng(18)
out = bytearray()


def integer(n):
    out.extend(struct.pack("<I", n))


def text(s):
    encoded = s.encode()
    integer(len(encoded))
    out.extend(encoded)


def numbers(x):
    out.extend(np.asarray(x, "<f8").tobytes())


def real_mlp(train, x):
    """Robust scaling and smooth clipping as https://arxiv.org/abs/2407.04491, section 3, defines them."""
    train = train[~np.isnan(train)]
    low, middle, high = np.percentile(train, [25, 50, 75])
    factor = 1 / (high - low) if high != low else 2 / (train.max() - train.min())
    z = factor * (x - middle)
    return z / np.hypot(1, z / 3)  # the root of 1 + (z / 3) ** 2


def logs(x):
    return np.sign(x) * np.log1p(np.abs(x))


def standard(train, x):
    return StandardScaler().fit(train[:, None]).transform(x[:, None])


scalings = {
    "standard": standard,
    "min_max": lambda t, x: MinMaxScaler().fit(t[:, None]).transform(x[:, None]),
    "robust_clipped": real_mlp,
    "quantile_uniform": lambda t, x: QuantileTransformer(n_quantiles=QUANTILES, subsample=None)
    .fit(t[:, None])
    .transform(x[:, None]),
    "quantile_normal": lambda t, x: QuantileTransformer(
        n_quantiles=QUANTILES, subsample=None, output_distribution="normal"
    )
    .fit(t[:, None])
    .transform(x[:, None]),
    "log": lambda t, x: standard(logs(t), logs(x)),
}


def robust(train, x):
    return RobustScaler().fit(train[:, None]).transform(x[:, None])


def with_missing(x, share):
    return np.where(draw.random(len(x)) < share, np.nan, x)


columns = {
    "normal": draw.normal(3, 2, 150),
    "skewed, some missing": with_missing(np.exp(draw.normal(0, 2, 101)), 0.2),
    "few values": draw.integers(-2, 3, 97).astype(float),
    "mostly zero": np.where(draw.random(80) < 0.9, 0.0, draw.normal(0, 1, 80)),
    "large": draw.normal(1e9, 1e7, 60),
    "small": draw.normal(0, 1e-12, 60),
    "two rows": np.array([5.0, -1.0]),
    "huge range": np.concatenate([draw.normal(0, 1, 40), [1e200, -1e150]]),
}

integer(len(columns))
for name, train in columns.items():
    there = train[~np.isnan(train)]
    spread = there.max() / 2 - there.min() / 2
    x = np.concatenate([there[:12], draw.uniform(there.min() - spread / 4, there.max() + spread / 4, 12)])
    text(name)
    integer(len(train))
    numbers(train)
    integer(len(x))
    numbers(x)
    asked = dict(scalings)
    low, high = np.percentile(there, [25, 75])
    if low != high:
        asked["robust"] = robust
    if name == "small":  # what is less than 1e-7 above the least number is equal to it for scikit-learn
        del asked["quantile_normal"]
    if name == "huge range":  # squares overflow
        asked = {"robust_clipped": real_mlp, "robust": robust, "log": scalings["log"]}
    integer(len(asked))
    for scaling, transform in asked.items():
        text(scaling)
        numbers(transform(train, x))
    for strategy in ["mean", "median", "most_frequent"]:
        numbers(SimpleImputer(strategy=strategy).fit(train[:, None]).statistics_)

categories = {
    "towns": (["Rome", "Oslo", "", "Bonn", "Oslo", "Älta", "", "Rome"], ["Oslo", "", "Paris", "Älta", "Bonn", "Rome"]),
    "none missing": (["b", "a", "c", "a"], ["c", "a", "b", "d"]),
}
integer(len(categories))
for train, x in categories.values():
    integer(len(train))
    for s in train:
        text(s)
    integer(len(x))
    for s in x:
        text(s)
    known = sorted({s for s in train if s}, key=lambda s: s.encode())
    order = [known + ([""] if "" in train else [])]
    as_column = np.array(x, dtype=object)[:, None]
    fit_column = np.array(train, dtype=object)[:, None]
    encoder = OneHotEncoder(categories=order, handle_unknown="ignore", sparse_output=False).fit(fit_column)
    features = encoder.transform(as_column)
    integer(features.shape[1])
    numbers(features)
    ordinal = OrdinalEncoder(categories=[known], handle_unknown="use_encoded_value", unknown_value=np.nan)
    ordinal.fit(np.array([s for s in train if s], dtype=object)[:, None])
    numbers(ordinal.transform(as_column))

with open("preprocess.bin", "wb") as file:
    file.write(out)
