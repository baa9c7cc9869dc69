"""Small .gz files made by zlib, for tests/data/gzip_test.cpp and tests/data/idx_test.cpp.

Run: python tests/reference/gzip_samples.py   (writes beside itself; CPython 3.11)

All hold the IDX array images.idx3 of shape (3, 4, 5) with the bytes i * 37 % 256.
"""

import gzip
import pathlib
import struct
import zlib

here = pathlib.Path(__file__).parent
idx = struct.pack(">BBBBIII", 0, 0, 8, 3, 3, 4, 5) + bytes(i * 37 % 256 for i in range(60))


def member(flags, extra, level=9, strategy=zlib.Z_DEFAULT_STRATEGY):
    z = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
    header = b"\x1f\x8b\x08" + bytes([flags]) + b"\0\0\0\0\0\x03" + extra
    if flags & 2:
        header += struct.pack("<H", zlib.crc32(header) & 0xFFFF)
    return header + z.compress(idx) + z.flush() + struct.pack("<II", zlib.crc32(idx), len(idx))


(here / "images.idx3").write_bytes(idx)
(here / "images_plain.gz").write_bytes(member(0, b""))
(here / "images_stored.gz").write_bytes(member(0, b"", level=0))
(here / "images_huffman.gz").write_bytes(member(0, b"", strategy=zlib.Z_HUFFMAN_ONLY))
(here / "images_fixed.gz").write_bytes(member(0, b"", strategy=zlib.Z_FIXED))
(here / "images_all_fields.gz").write_bytes(
    member(2 | 4 | 8 | 16, struct.pack("<H", 5) + b"extra" + "bilder-\u00e4\u00f6\u00fc.idx3\0".encode("latin-1") + b"a comment\0"))
for path in sorted(here.glob("images_*.gz")):
    assert gzip.decompress(path.read_bytes()) == idx, path
