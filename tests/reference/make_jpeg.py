"""JPEG files of the kinds that cameras and programs write, for tests/image/detail/jpeg_structure_test.cpp.

Run: python tests/reference/make_jpeg.py   (needs Pillow; was run with 13.0.0; writes beside itself)

jpeg_NAME.jpg is the picture, and jpeg_NAME.png what Pillow's libjpeg-turbo makes of it.
"""

import pathlib

from PIL import Image

here = pathlib.Path(__file__).parent


def picture(mode, width, height):
    """Smooth colours with an edge, so that every kind of coefficient occurs."""
    image = Image.new("RGB", (width, height))
    for y in range(height):
        for x in range(width):
            edge = 60 if x * 2 > y + width // 2 else 0
            image.putpixel((x, y), ((x * 7 + edge) % 256, (y * 5 + 40) % 256, (90 + 3 * x - 2 * y + edge) % 256))
    return image.convert(mode)


def write(name, mode="RGB", width=37, height=29, **options):
    path = here / f"jpeg_{name}.jpg"
    picture(mode, width, height).save(path, "JPEG", quality=options.pop("quality", 85), **options)
    decoded = Image.open(path)
    decoded.convert("L" if mode == "L" else "RGB").save(here / f"jpeg_{name}.png", optimize=True)
    print(name, path.stat().st_size, "bytes")


write("gray", "L")
write("444", subsampling=0)
write("422", subsampling=1)
write("420", subsampling=2)
write("optimized", subsampling=2, optimize=True)
write("one", width=1, height=1)
write("restart_blocks", subsampling=2, restart_marker_blocks=2)
write("restart_rows", subsampling=0, restart_marker_rows=1)
write("progressive", subsampling=2, progressive=True)
write("progressive_444", subsampling=0, progressive=True, quality=95)
write("progressive_gray", "L", progressive=True)
write("progressive_restart", subsampling=0, progressive=True, restart_marker_blocks=3)
write("exif", subsampling=2, exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0", comment=b"a comment", dpi=(72, 72))
write("noise", subsampling=2, quality=100)
