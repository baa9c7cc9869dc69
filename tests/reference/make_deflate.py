# Makes deflate.bin: deflate data of zlib, and the size and CRC-32 of what is in them.
#
#   python make_deflate.py    (CPython 3.11, zlib 1.2.13)
#
# Little-endian. u32 cases; for each: u32 size and u32 CRC-32 of the contents, u32 bytes of deflate data, and those.
import random
import struct
import zlib

draw = random.Random(18)
skewed = bytes(min(int(draw.expovariate(0.12)), 255) for _ in range(9000))  # codes of 1 to 15 bits
words = [bytes(draw.choices(b"abcdefgh ", k=draw.randint(2, 9))) for _ in range(60)]
text = b" ".join(draw.choices(words, k=3000))
far = bytes(draw.randbytes(400)) + bytes(32000) + bytes(draw.randbytes(30))
far = far + far[:400]  # distances of up to 32 KiB
contents = [b"", b"a", bytes(100000), b"ab" * 700, bytes(range(256)) * 3, draw.randbytes(700), skewed, text, far]

cases = []
for data in contents:
    for level, strategy in [(9, zlib.Z_DEFAULT_STRATEGY), (1, zlib.Z_DEFAULT_STRATEGY), (9, zlib.Z_FIXED),
                            (9, zlib.Z_HUFFMAN_ONLY), (9, zlib.Z_RLE), (0, zlib.Z_DEFAULT_STRATEGY)]:
        if len(data) > 9000 and (level == 0 or strategy in (zlib.Z_FIXED, zlib.Z_HUFFMAN_ONLY)):
            continue
        z = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
        cases.append((data, z.compress(data) + z.flush()))
z = zlib.compressobj(9, zlib.DEFLATED, -15)  # blocks of several kinds in one, empty ones among them
several = z.compress(text) + z.flush(zlib.Z_FULL_FLUSH) + z.compress(skewed[:2000]) + z.flush(zlib.Z_SYNC_FLUSH) + z.flush()
cases.append((text + skewed[:2000], several))

with open("deflate.bin", "wb") as file:
    file.write(struct.pack("<I", len(cases)))
    for data, packed in cases:
        assert zlib.decompress(packed, -15) == data
        file.write(struct.pack("<III", len(data), zlib.crc32(data), len(packed)) + packed)
