"""Conversions to and from 8-bit floats, unsigned integers and complex numbers, by PyTorch.

    python make_float8.py

writes float8.bin. Made with torch 2.13.0. Little-endian:
    for each of e4m3fn, e5m2, e4m3fnuz, e5m2fnuz, e8m0fnu: 256 x f32      the values of all bytes
    u32 n, n x (f32, u8 for each of the five)      floats: boundaries, ties and their neighbours, random
    u32 n, n x (f64, u16, u32, u64)      doubles within the range of the integers
    u32 n, n x (2 x f64, 2 x f32 complex64, f64 real, u8 bool)      complex numbers
"""

import pathlib
import struct

import numpy as np
import torch

KINDS = [torch.float8_e4m3fn, torch.float8_e5m2, torch.float8_e4m3fnuz, torch.float8_e5m2fnuz, torch.float8_e8m0fnu]
rng = np.random.default_rng(8)
every = torch.arange(256, dtype=torch.int32).to(torch.uint8)
out = bytearray()

points = []
for kind in KINDS:
    values = every.view(kind).float().numpy().astype(np.float32)
    out += values.tobytes()
    finite = np.unique(values[np.isfinite(values)])
    points += [finite, ((finite[1:].astype(np.float64) + finite[:-1]) / 2).astype(np.float32)]
points += [np.float32([0, -0.0, np.inf, -np.inf, np.nan, 464, 465, 240, 248, 249, 57344, 61440, 65536, 1e38, 3.4e38, 1e-45,
                       2**-127, 2**-128, 3 * 2**-128, 2**-149, 1.5 * 2**127, 1.4999 * 2**127]),
           (rng.standard_normal(2000) * 10.0 ** rng.integers(-6, 6, 2000)).astype(np.float32)]
points = np.concatenate(points)
with np.errstate(over="ignore"):
    floats = np.unique(np.concatenate([points, np.nextafter(points, np.float32(np.inf)),
                                       np.nextafter(points, np.float32(-np.inf))]))
floats = np.concatenate([floats, np.float32([-0.0])])
t = torch.from_numpy(floats)
columns = [t.to(kind).view(torch.uint8).numpy() for kind in KINDS]
rows = np.zeros(len(floats), dtype=[("x", "<f4")] + [(str(k), "u1") for k in range(5)])
rows["x"] = floats
for k, column in enumerate(columns):
    rows[str(k)] = column
out += struct.pack("<I", len(rows)) + rows.tobytes()

doubles = np.concatenate([[0, 0.5, 0.999, 1.5, 65535.5, 65535, 4294967295.0, 2.0**53 + 2, 1e19, 1.8e19, 2.0**63, 2.0**63 - 1024],
                          rng.random(200) * 2.0 ** rng.integers(0, 64, 200)])
t = torch.from_numpy(doubles)
rows = np.zeros(len(doubles), dtype=[("x", "<f8"), ("u16", "<u2"), ("u32", "<u4"), ("u64", "<u8")])
rows["x"] = doubles
rows["u16"] = torch.where(t < 2**16, t, 0.0).to(torch.uint16).numpy()
rows["u32"] = torch.where(t < 2**32, t, 0.0).to(torch.uint32).numpy()
rows["u64"] = t.to(torch.uint64).numpy()
out += struct.pack("<I", len(rows)) + rows.tobytes()

z = rng.standard_normal(100) + 1j * rng.standard_normal(100)
z[:4] = [0, 1j, complex(-0.0, 0), complex(1e300, -1e-300)]
t = torch.from_numpy(z)
rows = np.zeros(len(z), dtype=[("z", "<c16"), ("c64", "<c8"), ("real", "<f8"), ("bool", "u1")])
rows["z"], rows["c64"], rows["real"] = z, t.to(torch.complex64).numpy(), t.real.numpy()
rows["bool"] = t.to(torch.bool).numpy()
out += struct.pack("<I", len(rows)) + rows.tobytes()
pathlib.Path(__file__).with_name("float8.bin").write_bytes(out)
