"""Random tensors and the text that PyTorch prints for them.

    python make_print.py [COUNT [SEED [FILE]]]

writes COUNT cases (default 220) to print.bin. Made with torch 2.13.0. All numbers are little-endian:
u32 count; then per case u8 dtype (wick::DType), u8 rank, rank x i64 dims, u32 length, that many bytes of
UTF-8 text, and the elements. Cases with many elements hold few texts but many bytes, so the committed
file has only a handful of them.
"""

import pathlib
import random
import struct
import sys

import numpy as np
import torch

DTYPES = {
    1: torch.float64, 2: torch.float32, 3: torch.float16, 4: torch.bfloat16, 5: torch.int64,
    6: torch.int32, 7: torch.int16, 8: torch.int8, 9: torch.uint8, 10: torch.bool,
    11: torch.uint16, 12: torch.uint32, 13: torch.uint64, 14: torch.complex64, 15: torch.complex128,
    16: torch.float8_e4m3fn, 17: torch.float8_e5m2, 18: torch.float8_e4m3fnuz, 19: torch.float8_e5m2fnuz,
    20: torch.float8_e8m0fnu,
}
WEIGHTS = {1: 5, 2: 8, 3: 2, 4: 2, 5: 4, 6: 2, 7: 1, 8: 1, 9: 2, 10: 2, 11: 1, 12: 1, 13: 1, 14: 4, 15: 2,
           16: 1, 17: 1, 18: 1, 19: 1, 20: 1}
EDGES = [0.0, -0.0, 1e-4, 0.99e-4, 1.0, 1000.0, 1001.0, 999.5, 1e8, 1.5e8, 0.5, 0.00005, 0.99995, 9.99995,
         123456.0, 2.5, 0.12345, 1e-45, 5e-324, 1e38, 65504.0, 1e300, -1.0, 0.1, 100000.0, 99999.0]


def shape(rng, large):
    rank = rng.choices([0, 1, 2, 3, 4], [1, 4, 4, 3, 2])[0]
    if large:
        rank = max(rank, 1)
        dims = [rng.randint(1, 9) for _ in range(rank)]
        dims[rng.randrange(rank)] = rng.choice([7, 40, 500, 999, 1000, 1001, 1200])
        while np.prod(dims) > 3000:
            i = int(np.argmax(dims))
            dims[i] = max(1, dims[i] // 2)
        return dims
    dims = [rng.choice([1, 1, 2, 3, 4, 5, 7, 8]) for _ in range(rank)]
    if rank == 1 and rng.random() < 0.5:
        dims = [rng.randint(1, 60)]
    if rng.random() < 0.08 and rank:
        dims[rng.randrange(rank)] = 0
    while np.prod(dims) > 150:
        dims[int(np.argmax(dims))] = 2
    return dims


def values(rng, gen, dims, dtype):
    if dtype == torch.bool:
        return torch.randint(0, 2, dims, generator=gen).bool()
    if dtype.is_complex:
        part = torch.float32 if dtype == torch.complex64 else torch.float64
        return torch.complex(values(rng, gen, dims, part), values(rng, gen, dims, part))
    if not dtype.is_floating_point:
        info = torch.iinfo(dtype)
        low, high = rng.choice([(0, 2), (0, 10), (-5, 5), (-100, 100), (info.min, info.max)])
        low, high = max(low, info.min), min(high, info.max)
        if dtype in (torch.uint16, torch.uint32, torch.uint64):  # randint draws none of these
            return torch.randint(low, min(high, 2**63 - 1), dims, generator=gen).to(dtype)
        return torch.randint(low, high, dims, generator=gen, dtype=dtype)
    kind = rng.randrange(9)
    t = torch.randn(dims, generator=gen, dtype=torch.float64)
    if kind == 1:
        t = t * 10.0 ** rng.randint(-12, 12)
    elif kind == 2:
        t = (t * rng.choice([1, 10, 1000, 1e6, 1e9])).round()
    elif kind == 3:
        t = t * 10.0 ** torch.randint(-6, 7, dims, generator=gen).double()
    elif kind == 4:
        t = torch.tensor([rng.choice(EDGES) * rng.choice([1, -1]) for _ in range(t.numel())]).double().reshape(dims)
    elif kind == 5:
        t = torch.where(torch.rand(dims, generator=gen) < 0.4, rng.choice([0.0, -0.0]), t)
    elif kind == 6:
        t = torch.where(torch.rand(dims, generator=gen) < 0.3,
                        rng.choice([float("nan"), float("inf"), -float("inf")]), t)
    elif kind == 7:
        t = torch.full(dims, rng.choice([float("nan"), float("inf"), 0.0, -0.0, 7.0, 0.25, 1e-5]), dtype=torch.float64)
    elif kind == 8:
        t = t.abs() * 0.999 + rng.choice([0, 1, 99, 999, 0.001])
    return t.to(dtype)


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 220
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    path = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else pathlib.Path(__file__).with_name("print.bin")
    rng = random.Random(seed)
    gen = torch.Generator().manual_seed(seed)
    out = bytearray(struct.pack("<I", count))
    for i in range(count):
        code = rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        dims = shape(rng, large=i % 25 == 24)
        t = values(rng, gen, dims, DTYPES[code])
        text = str(t).encode()
        raw = t.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes() if t.numel() else b""
        out += struct.pack("<BB", code, len(dims)) + struct.pack(f"<{len(dims)}q", *dims)
        out += struct.pack("<I", len(text)) + text + raw
    path.write_bytes(out)


main()
