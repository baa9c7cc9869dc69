"""Applies what Preprocessor::json() wrote to a CSV file, by docs/tables.md alone: a line of features for each row.

    python read_preprocessing.py DESCRIPTION.json ROWS.csv
"""

import csv
import datetime
import json
import math
import statistics
import sys
from bisect import bisect_left, bisect_right

MISSING = {"", "NA", "N/A", "NaN", "nan", "NULL", "null", "None"}
EPOCH = datetime.datetime(1970, 1, 1)


def share_below(x, q):
    if x <= q[0] or x >= q[-1]:
        return float(x > q[0])
    low, up = bisect_left(q, x), bisect_right(q, x)
    place = (low + up - 1) / 2 if low < up else low - 1 + (x - q[low - 1]) / (q[low] - q[low - 1])
    return place / (len(q) - 1)


def scaled(x, s):
    x = s["fill"] if x is None else x
    if s["scaling"] == "none":
        return x
    if s["scaling"].startswith("quantile"):
        p = share_below(x, s["quantiles"])
        return p if s["scaling"] == "quantile_uniform" else statistics.NormalDist().inv_cdf(min(max(p, 1e-7), 1 - 1e-7))
    x = math.copysign(math.log1p(abs(x)), x) if s["scaling"] == "log" else x
    y = (x - s["center"]) / s["scale"]
    return y / math.hypot(1, y / 3) if s["scaling"] == "robust_clipped" else y


def date_parts(text):
    t = datetime.datetime.fromisoformat(text)
    hour = (t - t.replace(hour=0, minute=0, second=0, microsecond=0)) / datetime.timedelta(hours=1)
    days = (t - EPOCH) / datetime.timedelta(days=1)
    return dict(days=days, year=t.year, month=t.month, day=t.day, weekday=t.weekday(), hour=hour)


def features(column, text):
    text, treatment = None if text in MISSING else text, column["treatment"]
    if treatment in ("number", "date"):
        parts = text and (date_parts(text) if treatment == "date" else {None: float(text)})
        y = [scaled(parts and parts[s.get("part")], s) for s in column["numbers"]]
        return y + [float(text is None)] * column["indicator"]
    if text is not None and column["kind"] in ("boolean", "integer"):
        text = text.capitalize() if column["kind"] == "boolean" else str(int(text))
    known = column["categories"] + [None] * column.get("missing", False)
    place = known.index(text) if text in known else -1
    if treatment == "ordinal":
        y = [scaled(None if place < 0 else place, s) for s in column["numbers"]]
        return y + [float(place < 0)] * column["indicator"]
    if treatment == "embedding":
        return [place + 1]
    return [(0 if place < 0 else 2 * place - 1)] if len(known) == 2 else [int(i == place) for i in range(len(known))]


with open(sys.argv[1], encoding="utf-8") as file:
    columns = json.load(file)["columns"]
with open(sys.argv[2], encoding="utf-8", newline="") as file:
    for row in csv.DictReader(file):
        print(*[f"{y!r}" for column in columns for y in features(column, row[column["name"]])])
