# Makes csv.bin: CSV files drawn at random, and what pandas reads in them.
#
#   pip install pandas==3.1.1 numpy==2.4.6
#   python make_csv.py
#
# Numbers little-endian, texts as u32 length and UTF-8. u32 files; for each: its bytes (u32 length), u8 separator, u8
# decimal, u8 "the first row is a header", u32 rows, u32 columns; for each column: its name, u8 kind, then one value for each
# row: 0 integers (i64), 1 reals (f64), 2 truth values (i8, -1 missing), 3 dates (i64 microseconds since 1970, the smallest
# number where missing), 4 texts (u8 "there is one", then the text).
#
# Reals are those of float_precision="round_trip", which are rounded to nearest. Dates are texts for pandas; those of which
# datetime.fromisoformat makes a date and which have one of the forms in DATE are said to be dates here. Integers that do not
# fit in 64 bits, of which pandas makes Python's integers, are texts here, as they are in the file.
import csv
import datetime
import io
import re
import struct

import numpy as np
import pandas as pd

DATE = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d{1,6})?)?Z?)?")
INTEGERS = ["0", "1", "-1", "+5", "007", "-0", " 12", "12 ", "9223372036854775807", "-9223372036854775808", "123456789012"]
WIDE = ["9223372036854775808", "99999999999999999999999", "-9223372036854775809"]
REALS = ["1.5", "-.5", "3.", "1e5", "1E-3", "0.1", "1e400", "-1e400", "1e-400", "4.9e-324", "2.4703282292062327e-324",
         "2.4703282292062328e-324", "0.30000000000000004", "123456789012345678901234567890.5", "inf", "-inf", "Infinity",
         "+INF", "9007199254740993.0", "1.7976931348623159e308", "1.7976931348623158e308", " 1.5 ", "-0.0", "8.5e22", "1e23",
         "0.000000000000000000000000001", "2.2250738585072011e-308", "17.000000000000001776356839400250464677810668945312"]
TRUTHS = ["true", "False", "TRUE", "fAlSe"]
MISSING = ["", "NA", "NaN", "null", "None", "#N/A", "-nan", "<NA>", "1.#IND"]
DATES = ["2024-02-29", "1999-12-31", "0001-01-01", "9999-12-31T23:59:59.999999", "2020-06-01 12:30", "2020-06-01T12:30:59.5"]
NO_DATES = ["2023-02-29", "2020-13-01", "2020-01-01T25:00", "2020-1-1", "2020-01-01T"]
TEXTS = ["a", "b", "c", "hello, world", 'say "hi"', "line\nbreak", "x\r\ny", "ü", "日本", "1.2.3", "1e", "e5", ".", "-", "+",
         "1_000", "0x10", "NAN", "nA", " ", "  NA", "tab\tin", "1,5", "5'10\"", "TRUE1", "infinite", "--1", "1-", "1 2",
         "1e5.5", "\u2028"]
POOLS = [INTEGERS, INTEGERS + MISSING, REALS, REALS + MISSING, INTEGERS + REALS + MISSING, TRUTHS, TRUTHS + MISSING, DATES,
         DATES + NO_DATES + MISSING, TEXTS, TEXTS[:3] + MISSING, MISSING, INTEGERS + WIDE,
         INTEGERS + REALS + TRUTHS + MISSING + DATES + NO_DATES + TEXTS]


def text(value):
    encoded = value.encode()
    return struct.pack("<I", len(encoded)) + encoded


def microseconds(value):
    moment = datetime.datetime.fromisoformat(value).replace(tzinfo=None)
    return (moment - datetime.datetime(1970, 1, 1)) // datetime.timedelta(microseconds=1)


def column(series, raw):
    """The kind and the values of what pandas read, and of the texts of the same column."""
    kind = str(series.dtype)
    if kind == "int64":
        return struct.pack(f"<B{len(series)}q", 0, *series)
    if kind == "float64":
        return struct.pack(f"<B{len(series)}d", 1, *series)
    present = [x for x in series if not pd.isna(x)]
    if present and all(isinstance(x, (bool, np.bool_)) for x in present):
        return struct.pack(f"<B{len(series)}b", 2, *(-1 if pd.isna(x) else int(x) for x in series))
    texts = [None if pd.isna(x) else x for x in raw]
    given = [x for x in texts if x is not None]

    def is_date(value):
        try:
            return DATE.fullmatch(value) is not None and microseconds(value) is not None
        except ValueError:
            return False

    if given and all(map(is_date, given)):
        return struct.pack(f"<B{len(texts)}q", 3, *(-2**63 if x is None else microseconds(x) for x in texts))
    return struct.pack("<B", 4) + b"".join(b"\0" if x is None else b"\1" + text(x) for x in texts)


def drawn(random, number):
    rows = [1, 2, 3, 5, 10, 40][int(random.integers(6))] if number % 40 else 600
    columns = int(random.integers(1, 6))
    cells = []
    for _ in range(columns):
        pool = POOLS[int(random.integers(len(POOLS)))]
        cells.append([pool[int(k)] for k in random.integers(len(pool), size=rows)])
        if random.random() < 0.1:
            cells[-1][int(random.integers(rows))] = TEXTS[int(random.integers(len(TEXTS)))]
    names = ["a", "b", "x y", "", "a.1", "ü", "1"]
    separator = ",;\t|"[int(random.integers(4))]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, quoting=[csv.QUOTE_MINIMAL, csv.QUOTE_ALL][int(random.integers(2))],
                        lineterminator=["\n", "\r\n"][int(random.integers(2))])
    header = random.random() < 0.8
    if header:
        writer.writerow(names[int(k)] for k in random.integers(len(names), size=columns))
    writer.writerows(zip(*cells))
    contents = out.getvalue()
    if random.random() < 0.3 and not contents.endswith('"\n'):
        contents = contents.rstrip("\r\n")
    decimal = "."
    if separator != "," and random.random() < 0.2:
        decimal = ","
    if "\r" not in "".join(sum(cells, [])) and random.random() < 0.1:
        contents = contents.replace("\r\n", "\n").replace("\n", "\r")
    return ("\ufeff" if random.random() < 0.2 else "") + contents, separator, decimal, header


def main():
    random = np.random.default_rng(1)
    files = []
    while len(files) < 120:
        contents, separator, decimal, header = drawn(random, len(files))
        options = {"sep": separator, "decimal": decimal, "header": 0 if header else None, "engine": "c", "low_memory": False,
                   "float_precision": "round_trip"}
        try:
            read = pd.read_csv(io.BytesIO(contents.encode()), **options)
            raw = pd.read_csv(io.BytesIO(contents.encode()), dtype=str, **options)
        except pd.errors.EmptyDataError:
            continue
        encoded = contents.encode()
        files.append(struct.pack("<I", len(encoded)) + encoded
                     + struct.pack("<BBBII", ord(separator), ord(decimal), header, *read.shape)
                     + b"".join(text(str(name)) + column(read.iloc[:, i], raw.iloc[:, i])
                                for i, name in enumerate(read.columns)))
    with open("csv.bin", "wb") as file:
        file.write(struct.pack("<I", len(files)) + b"".join(files))


if __name__ == "__main__":
    main()
