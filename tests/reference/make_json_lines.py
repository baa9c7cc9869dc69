# Makes json_lines.bin: files of JSON lines, and what Python's json module reads in them.
#
#   python make_json_lines.py    (CPython 3.11)
#
# Little-endian, texts as u32 length and UTF-8. u32 files; for each: its text, u32 columns and their names, u32 rows, and row by
# row for each column u8 what is there and that: 0 nothing, 1 a truth value (u8), 2 a number (f64), 3 a text.
import json
import random
import struct

draw = random.Random(18)


def text(s):
    encoded = s.encode()
    return struct.pack("<I", len(encoded)) + encoded


def some_text():
    alphabet = "ab \"\\/\n\t\u00e4\u20ac\U0001f600\u0001"
    return "".join(draw.choices(alphabet, k=draw.randint(0, 6)))


def some_number():
    kind = draw.randrange(5)
    if kind == 0:
        return draw.randint(-(2**63), 2**63 - 1)
    if kind == 1:
        return draw.uniform(-1, 1) * 10.0 ** draw.randint(-320, 308)
    if kind == 2:
        return struct.unpack("<d", struct.pack("<Q", draw.getrandbits(62)))[0]
    return draw.randint(-9, 9)


values = {"number": some_number, "truth": lambda: draw.random() < 0.5, "text": some_text}


def written(value):
    if isinstance(value, float) and draw.random() < 0.3:
        return draw.choice(["%.25e", "%.17E", "%.20g"]) % value
    return json.dumps(value, ensure_ascii=draw.random() < 0.5)


out = bytearray()
count = 60
for _ in range(count):
    columns = {some_text() + str(i): draw.choice(list(values)) for i in range(draw.randint(1, 5))}
    lines = []
    for _ in range(draw.randint(1, 12)):
        keys = [k for k in columns if draw.random() < 0.9]
        if draw.random() < 0.3:
            draw.shuffle(keys)
        blank = draw.choice(["", " ", "\t"])
        members = [json.dumps(k) + blank + ":" + blank + written(None if draw.random() < 0.1 else values[columns[k]]()) for k in keys]
        lines.append(blank + "{" + (blank + "," + blank).join(members) + "}" + draw.choice(["", " ", "\r"]))
        if draw.random() < 0.1:
            lines.append(draw.choice(["", "  ", "\r"]))
    file = "\n".join(lines) + draw.choice(["", "\n"])
    rows = [json.loads(line) for line in file.split("\n") if line.strip()]
    names = list(dict.fromkeys(k for row in rows for k in row))
    if not names:
        names, rows, file = ["x"], [{"x": 1}], '{"x": 1}'
    out += text(file) + struct.pack("<I", len(names)) + b"".join(text(n) for n in names) + struct.pack("<I", len(rows))
    for row in rows:
        for name in names:
            value = row.get(name)
            if value is None:
                out += b"\0"
            elif isinstance(value, bool):
                out += struct.pack("<BB", 1, value)
            elif isinstance(value, str):
                out += b"\3" + text(value)
            else:
                out += struct.pack("<Bd", 2, value)

with open("json_lines.bin", "wb") as file:
    file.write(struct.pack("<I", count) + out)
