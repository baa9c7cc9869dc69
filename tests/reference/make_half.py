"""Conversions to and from 16-bit floats, and between element types, by PyTorch.

    python make_half.py

writes half.bin. Made with torch 2.13.0. Little-endian:
    u32 n, n x (f32, u16 half, u16 bfloat16)   floats: boundaries, ties and their neighbours, random
    u32 n, n x (f64, f32, u16 half, u16 bfloat16, i64, i32, u8, u8 bool)   doubles
    u32 n, n x (i64, f64, f32, u16 half, u16 bfloat16, i32, i16, i8, u8, u8 bool)   integers
"""

import pathlib
import struct

import numpy as np
import torch

rng = np.random.default_rng(3)
every = np.arange(65536, dtype=np.uint16)
out = bytearray()


def neighbours(values):
    v = np.asarray(values, dtype=np.float32)
    with np.errstate(over="ignore"):
        return np.concatenate([v, np.nextafter(v, np.float32(np.inf)), np.nextafter(v, np.float32(-np.inf))])


def bits16(t, dtype):
    return t.to(dtype).view(torch.int16).numpy().view(np.uint16)


# Numbers halfway between two neighbours of either format, and those neighbours.
finite = every[(every & 0x7C00) != 0x7C00][::151].view(np.float16).astype(np.float32)
step = np.abs(np.spacing(finite.astype(np.float16)).astype(np.float32))
brain = (every[(every & 0x7F80) != 0x7F80][::151].astype(np.uint32) << 16)
floats = np.concatenate([
    neighbours(finite), neighbours(finite + step / 2), neighbours(brain.view(np.float32)),
    neighbours((brain | 0x8000).view(np.float32)),
    neighbours([0, 65504, 65519, 65520, 65536, 2**-14, 2**-24, 2**-25, 2**-26, 3 * 2**-25, 3.4e38, 3.3961775e38,
                2**-126, 2**-149, 1, -65520, -(2**-25)]),
    np.array([np.inf, -np.inf, -0.0], dtype=np.float32),
    rng.integers(0, 2**32, 1000, dtype=np.uint64).astype(np.uint32).view(np.float32),
    (rng.standard_normal(1000) * 1e3).astype(np.float32),
])
floats = floats[~np.isnan(floats)]
t = torch.from_numpy(floats)
rows = np.zeros(len(floats), dtype=[("x", "<f4"), ("half", "<u2"), ("brain", "<u2")])
rows["x"], rows["half"], rows["brain"] = floats, bits16(t, torch.float16), bits16(t, torch.bfloat16)
out += struct.pack("<I", len(rows)) + rows.tobytes()

# Within int64: what lies outside is undefined in PyTorch too. int32 and uint8 only from their own range.
doubles = np.concatenate([
    [0, -0.0, 0.5, -0.5, 0.999, -0.999, 1.5, 2.5, 1e-300, 5e-324, 1 + 2**-24, 1 + 2**-24 + 2**-50, 2049 + 2**-40, 255.9],
    rng.standard_normal(150) * 60 + 128, rng.standard_normal(150) * 1e18])
doubles = doubles[np.abs(doubles) < 9e18]
t = torch.from_numpy(doubles)
rows = np.zeros(len(doubles), dtype=[("x", "<f8"), ("f", "<f4"), ("half", "<u2"), ("brain", "<u2"), ("i64", "<i8"),
                                     ("i32", "<i4"), ("u8", "u1"), ("bool", "u1")])
small32 = torch.where(t.abs() < 2e9, t, 0.0)
small8 = torch.where((t >= 0) & (t < 256), t, 0.0)
rows["x"], rows["f"] = doubles, t.float().numpy()
rows["half"], rows["brain"] = bits16(t, torch.float16), bits16(t, torch.bfloat16)
rows["i64"], rows["i32"] = t.long().numpy(), small32.int().numpy()
rows["u8"], rows["bool"] = small8.to(torch.uint8).numpy(), t.bool().numpy()
out += struct.pack("<I", len(rows)) + rows.tobytes()

integers = np.concatenate([
    [0, 1, -1, 127, 128, 255, 256, -128, -129, 32767, 32768, 65504, 65519, 65520, 65536, 2049, 2051, 2**24 + 1, 2**53 + 1,
     2**31 - 1, 2**31, -(2**31) - 1, 2**63 - 1, -(2**63)],
    rng.integers(-(2**63), 2**63 - 1, 100), rng.integers(-70000, 70000, 100)]).astype(np.int64)
t = torch.from_numpy(integers)
rows = np.zeros(len(integers), dtype=[("x", "<i8"), ("d", "<f8"), ("f", "<f4"), ("half", "<u2"), ("brain", "<u2"),
                                      ("i32", "<i4"), ("i16", "<i2"), ("i8", "i1"), ("u8", "u1"), ("bool", "u1")])
rows["x"], rows["d"], rows["f"] = integers, t.double().numpy(), t.float().numpy()
rows["half"], rows["brain"] = bits16(t, torch.float16), bits16(t, torch.bfloat16)
rows["i32"], rows["i16"], rows["i8"] = t.int().numpy(), t.short().numpy(), t.to(torch.int8).numpy()
rows["u8"], rows["bool"] = t.to(torch.uint8).numpy(), t.bool().numpy()
out += struct.pack("<I", len(rows)) + rows.tobytes()

pathlib.Path(__file__).with_name("half.bin").write_bytes(out)
