"""What torch.Generator and its distributions give on CPU, for tests/random/{generator,distributions}_test.cpp.

    python make_random.py

writes random.bin. Made with torch 2.13.0. The file is a list of operations on one generator, in order,
each with its arguments and PyTorch's result; the tests replay them. All numbers are little-endian. An
operation is a u8 code, then

    1 manual_seed   u64 seed; also begins a new stream: u32 length + name
    2 raw 64 bits   u32 n, n x u64
    3 uniform_      u8 dtype, f64 low, f64 high, u32 n, n elements
    4 bernoulli_    u8 dtype, f64 p, u32 n, n x u8
    5 randint       u8 dtype, i64 low, i64 high, u32 n, n x i64
    6 randperm      u32 n, n x i64
    7 normal_       u8 dtype, f64 mean, f64 stddev, u32 n, n elements
    8 random_()     u32 n, n x i64
    0 end of file
"""

import pathlib
import random
import struct

import torch

CODES = {torch.float64: 1, torch.float32: 2, torch.int64: 5, torch.int32: 6, torch.uint8: 9, torch.bool: 10}
out = bytearray()
gen = torch.Generator()


def raw(t):
    return t.numpy().tobytes()


def seed(name, value):
    global out
    gen.manual_seed(value)
    out += struct.pack("<BQI", 1, value % 2**64, len(name)) + name.encode()


def bits(n):
    global out
    t = torch.empty(n, dtype=torch.int64).random_(-(2**63), None, generator=gen)
    out += struct.pack("<BI", 2, n) + raw(t)


def uniform(n, low=0.0, high=1.0, dtype=torch.float32):
    global out
    t = torch.empty(n, dtype=dtype).uniform_(low, high, generator=gen)
    out += struct.pack("<BBddI", 3, CODES[dtype], low, high, n) + raw(t)


def bernoulli(n, p, dtype=torch.float32):
    global out
    t = torch.empty(n, dtype=dtype).bernoulli_(p, generator=gen)
    out += struct.pack("<BBdI", 4, CODES[dtype], p, n) + raw(t.to(torch.uint8))


def randint(n, low, high, dtype=torch.int64):
    global out
    t = torch.randint(low, high, (n,), dtype=dtype, generator=gen)
    out += struct.pack("<BBqqI", 5, CODES[dtype], low, high, n) + raw(t.to(torch.int64))


def randperm(n):
    global out
    out += struct.pack("<BI", 6, n) + raw(torch.randperm(n, generator=gen))


def normal(n, mean=0.0, std=1.0, dtype=torch.float32):
    global out
    t = torch.empty(n, dtype=dtype).normal_(mean, std, generator=gen)
    out += struct.pack("<BBddI", 7, CODES[dtype], mean, std, n) + raw(t)


def random63(n):
    global out
    t = torch.empty(n, dtype=torch.int64)
    for i in range(n):
        t[i] = torch.empty((), dtype=torch.int64).random_(generator=gen)
    out += struct.pack("<BI", 8, n) + raw(t)


SEEDS = [0, 1, 42, 2**32 + 42, -1, 2**31, 67280421310721]
for s in SEEDS:
    seed("bits", s)
    bits(1 if s == 1 else 320)  # 640 words: past one refill
    random63(3)

for s in SEEDS[:5]:
    seed("uniform", s)
    for n in (0, 1, 7):
        uniform(n)
    uniform(1300)
    uniform(40, -0.25, 0.75)
    uniform(40, 1 / 28, 1 / 3)
    uniform(40, -1 / 784**0.5, 1 / 784**0.5)
    uniform(5, 3.0, 3.0)
    uniform(9, -3e38, 0.0)
    for n in (1, 8, 330):
        uniform(n, dtype=torch.float64)
    uniform(40, -0.1, 0.3, torch.float64)
    uniform(5, 1e300, 2e300, torch.float64)

for s in SEEDS[:5]:
    seed("bernoulli", s)
    for p in (0.0, 1.0, 0.5, 0.2, 2.0**-53, 1 - 2.0**-53, 1e-300):
        bernoulli(33, p)
    bernoulli(1300, 0.3)
    for dtype in (torch.float64, torch.int64, torch.uint8, torch.bool):
        bernoulli(40, 0.7, dtype)

for s in SEEDS[:5]:
    seed("randint", s)
    for n in (0, 1, 700):
        randint(n, 0, 10)
    for low, high in ((0, 1), (-5, 5), (0, 2**28 - 1), (0, 2**28), (-3, 2**28 - 4), (-3, 2**28 - 3), (0, 2**28 + 1),
                      (0, 2**32 - 1), (0, 2**32), (0, 2**32 + 1), (-(2**63), 2**63 - 1), (2**62, 2**63 - 1)):
        randint(17, low, high)
    randint(17, 0, 256, torch.uint8)
    randint(17, -7, 2**31 - 1, torch.int32)
    randint(3, 0, 10)

for s in SEEDS[:5]:
    seed("randperm", s)
    for n in (0, 1, 2, 3, 10, 700):
        randperm(n)
    bits(1)

for s in SEEDS[:5]:
    seed("normal", s)
    for n in (1, 1, 2, 3, 15, 1):  # an odd number so far: one value of a pair is left
        normal(n)
    normal(4, 2.0, 0.5)
    for n in (16, 17, 31, 32, 33, 100, 700):
        normal(n)
    normal(1)  # still from the pair above
    normal(20, -3.0, 0.0)
    for n in (1, 15, 16, 25):
        normal(n, dtype=torch.float64)
    normal(40, 5.0, 2.0, torch.float64)
    normal(1)
    seed("normal", s)  # forgets the pair
    normal(2)
    bits(2)

rng = random.Random(7)
for s in (3, 2**40 + 9, -12345):
    seed("mixed", s)
    for _ in range(120):
        n = rng.choice([1, 2, 5, 17, 40])
        both = rng.choice([torch.float32, torch.float64])
        rng.choice([
            lambda: bits(n), lambda: uniform(n, -1.0, 2.0, both), lambda: uniform(n, dtype=both),
            lambda: bernoulli(n, rng.random()), lambda: randint(n, -9, 9 + rng.randrange(2**29)),
            lambda: randperm(n), lambda: normal(n, dtype=both), lambda: random63(1),
        ])()

out += b"\0"
pathlib.Path(__file__).with_name("random.bin").write_bytes(out)
