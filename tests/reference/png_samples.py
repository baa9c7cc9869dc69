"""Small PNG files of every kind of pixel, for tests/image/image_test.cpp.

Run: python tests/reference/png_samples.py   (writes beside itself; only zlib is used)

Every picture is 3 wide and 2 high. Pixel i, counted row by row, has
  gray   40 i          red   40 i          green  255 - 40 i      blue   7 i
  alpha  50 i          16 bits: gray * 256 + 99
  palette: index i into the colours above; 1 bit: i % 2
"""

import pathlib
import struct
import zlib

here = pathlib.Path(__file__).parent


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write(name, depth, color, rows, before=b""):
    header = struct.pack(">IIBBBBB", 3, 2, depth, color, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows))
    (here / f"png_{name}.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + chunk(b"IDAT", data) + chunk(b"IEND", b""))


def rows(pixel):
    return [b"".join(pixel(3 * y + x) for x in range(3)) for y in range(2)]


def rgb(i):
    return bytes((40 * i, 255 - 40 * i, 7 * i))


write("gray", 8, 0, rows(lambda i: bytes((40 * i,))))
write("gray16", 16, 0, rows(lambda i: struct.pack(">H", 40 * i * 256 + 99)))
write("gray_alpha", 8, 4, rows(lambda i: bytes((40 * i, 50 * i))))
write("rgb", 8, 2, rows(rgb))
write("rgb_alpha", 8, 6, rows(lambda i: rgb(i) + bytes((50 * i,))))
write("palette", 8, 3, rows(lambda i: bytes((i,))), chunk(b"PLTE", b"".join(rgb(i) for i in range(6))))
write("one_bit", 1, 0, [b"\x40", b"\xa0"])
