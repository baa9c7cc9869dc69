# Makes numpy.bin: files that NumPy writes, and what is in them.
#
#   pip install numpy==2.4.6
#   python make_numpy.py
#
# Numbers little-endian, texts as u32 length and UTF-8. u32 files of numpy.save; for each: its bytes (u32 length), u8 "one that
# numpy.save writes by itself", the name of the dtype, u8 rank and i64 dimensions, the elements row by row, little-endian (u32
# length). u32 files that are refused; for each: its bytes, what the message says. u32 arrays and the bytes of the archive of
# numpy.savez that has them, then for each its name and which of the first files it is (u32).
import io
import struct

import numpy as np


def chunk(data):
    return struct.pack("<I", len(data)) + data


def saved(array, version=None):
    out = io.BytesIO()
    if version is None:
        np.save(out, array)
    else:
        np.lib.format.write_array(out, array, version=version)
    return out.getvalue()


def by_hand(header, data=b"", version=(1, 0)):
    text = header.encode()
    length = struct.pack("<H" if version == (1, 0) else "<I", len(text))
    return b"\x93NUMPY" + bytes(version) + length + text + data


def described(data, array, plain):
    little = np.ascontiguousarray(array).reshape(array.shape)
    little = little.astype(little.dtype.newbyteorder("<"))
    return (chunk(data) + struct.pack("<B", plain) + chunk(little.dtype.name.encode())
            + struct.pack(f"<B{array.ndim}q", array.ndim, *array.shape) + chunk(little.tobytes()))


def main():
    random = np.random.default_rng(1)
    codes = ["?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8", "c8", "c16"]
    arrays = []
    for code in codes:
        values = random.integers(-100, 100, size=(2, 3)) * (1.0 if code[0] not in "fc" else 0.37)
        arrays.append(values.astype(code))
    arrays += [np.float64(1.5).reshape(()), np.arange(5, dtype="<i4"), np.zeros((0, 3), "<f4"), np.ones((2, 1, 3, 1, 2), "<f4"),
               np.arange(24, dtype="<i2").reshape(1, 2, 1, 3, 1, 2, 2, 1), np.array([np.nan, -np.inf, -0.0, 5e-324])]
    files = [described(saved(a), a, True) for a in arrays]
    others = [np.asfortranarray(np.arange(6, dtype="<f8").reshape(2, 3)),
              np.asfortranarray(np.arange(24, dtype="<i2").reshape(2, 3, 4)), np.arange(6, dtype=">i4").reshape(3, 2),
              np.asfortranarray(np.arange(6, dtype=">f4").reshape(3, 2)), np.array([1 + 2j, 3 - 4j], ">c8"),
              np.asfortranarray(np.zeros((3, 0, 2), "<f4")), np.array([1, 256], ">u2")]
    files += [described(saved(a), a, False) for a in others]
    files += [described(saved(arrays[4], version), arrays[4], False) for version in [(1, 0), (2, 0), (3, 0)]]
    plain = "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }\n"
    one = np.ones(1, "<f4")
    for header in [plain, '{"shape":(1,),"fortran_order":False,"descr":"<f4"}',
                   "{ 'descr' :'<f4' ,\n'fortran_order': False, 'shape': ( 1L , ) } \n"]:
        np.testing.assert_array_equal(np.load(io.BytesIO(by_hand(header, one.tobytes())), allow_pickle=False), one)
        files.append(described(by_hand(header, one.tobytes()), one, False))

    objects = io.BytesIO()
    np.save(objects, np.array([{}], dtype=object), allow_pickle=True)
    refused = [(objects.getvalue(), "they are Python objects"), (saved(np.array(["a"])), "they are texts"),
               (saved(np.array([b"a"])), "they are texts"), (saved(np.array(["2024-01-01"], "M8[D]")), "they are dates"),
               (saved(np.zeros(1, "m8[s]")), "they are dates"), (saved(np.zeros(2, "V3")), "they are records or raw bytes"),
               (saved(np.zeros(1, [("a", "<f4")])), "the elements are records"),
               (saved(np.zeros(1, np.longdouble)), "floats of a width that depends on the machine"),
               (saved(np.zeros((1,) * 9)), "more than 8 dimensions"),
               (saved(one) + b"\0", "got 5"), (saved(one)[:-1], "expected 4 bytes of elements"),
               (b"", "begins with \\x93NUMPY"), (b"\x93NUMPY\x01\0", "ends inside the header"),
               (b"\x93NUMPY\x02\0\0\0\0", "ends inside the header"), (by_hand(plain, one.tobytes(), (4, 0)), "got 4.0"),
               (b"\x93NUMPY\x01\0\xff\xff{}", "ends inside the header"),
               (b"\x93NUMPY\x02\0\xff\xff\xff\xff{}", "the limit is 65536")]
    for header, what in [("{}", "expected the keys"), ("", "expected '{'"), ("[]", "expected '{'"),
                         (plain[:-3], "expected a text in quotes"), (plain.replace("),", ") 1,"), "expected '}'"), (plain.replace("1,", "-1,"), "expected a number in the shape"),
                         (plain.replace("(1,)", "(1)"), "expected a tuple as shape"), (plain.replace("(1,)", "1"), "expected '('"),
                         (plain.replace("(1,)", "(1 1,)"), "expected ',' or ')'"),
                         (plain.replace("False", "0"), "expected True or False"), (plain.replace("<", "="), "expected a byte order"),
                         (plain.replace("<", ""), "expected a byte order"), (plain.replace("<f4", "<f\\x34"), "has escapes"),
                         (plain.replace("<f4", "<q4"), "of an unknown type"), (plain.replace("descr", "shape"), "expected '('"), (plain.replace("{", "{'fortran_order': True, "), "once, got"),
                         (plain.replace("shape", "shap"), "once, got"), (plain.strip() + " x", "nothing but spaces"),
                         (plain.replace("(1,)", "(18446744073709551616,)"), "does not fit in 63 bits"),
                         (plain.replace("(1,)", "(9223372036854775808,)"), "does not fit in 63 bits"),
                         (plain.replace("(1,)", "(4294967296, 4294967296)"), "does not fit in 63 bits"),
                         (plain.replace("(1,)", "(4611686018427387904,)"), "bytes of elements"),
                         (plain.replace("(1,)", "(0, 4611686018427387904, 4)"), "does not fit in 63 bits")]:
        refused.append((by_hand(header, one.tobytes()), what))

    archive = io.BytesIO()
    chosen = {"weight": 11, "a/b": 4, "ü": 14}
    np.savez(archive, **{name: arrays[i] for name, i in chosen.items()})
    with open("numpy.bin", "wb") as file:
        file.write(struct.pack("<I", len(files)) + b"".join(files))
        file.write(struct.pack("<I", len(refused)) + b"".join(chunk(data) + chunk(what.encode()) for data, what in refused))
        file.write(struct.pack("<I", len(chosen)) + chunk(archive.getvalue()))
        file.write(b"".join(chunk(name.encode()) + struct.pack("<I", i) for name, i in chosen.items()))


if __name__ == "__main__":
    main()
