"""Files of torch.save in all forms, and what is in them.

    python make_torch_files.py

writes torch/<version>_<name>.pth and torch/<version>.bin. It was run with PyTorch 1.13.0 (CPython 3.11) and with
2.13.0. The .bin file says what each .pth file holds, without pickle or zip. All numbers are little-endian, a text
is a u32 length and UTF-8 bytes:

    u32 number of files, then per file its name and one value

A value is a u8 and then
    0 None                      7 bytes: text
    1 bool: u8                  8 tensor: u8 1 requires_grad + 2 parameter, dtype, u8 rank, i64 sizes, u64 bytes, bytes
    2 int: i64                  9 torch.Size: u32 count, i64 each
    3 larger int: text of its bytes, two's complement
    4 float: f64               10 name: u8 (0 dtype, 1 device, 2 layout), text
    5 complex: two f64         11 sequence: u8 (0 list, 1 tuple, 2 set), u32 count, values
    6 text                     12 dict: u8 (0 dict, 1 OrderedDict, 2 Counter), u32 count, keys and values by turns,
                                  u8 1 and the value of its _metadata, or u8 0

Elements of tensors are row-major. All files are read back by torch.load and must be what was saved. The keys of
storages in legacy_* files are memory addresses: these files are different each time.
"""

import collections
import io
import pathlib
import pickle
import struct
import zipfile

import torch
from torch import nn

HERE = pathlib.Path(__file__).parent / "torch"
VERSION = ".".join(torch.__version__.split(".")[:2])
NEW = int(torch.__version__.split(".")[0]) >= 2


# What a value is, in bytes.

def text(s):
    raw = s if isinstance(s, bytes) else s.encode()
    return struct.pack("<I", len(raw)) + raw


def tensor(t):
    flags = int(t.requires_grad) + 2 * isinstance(t, nn.Parameter)
    data = t.detach()
    if data.dtype.is_complex:
        data = data.resolve_conj()
    data = data.resolve_neg().contiguous()
    raw = bytes(data.reshape(-1).view(torch.uint8).tolist()) if data.numel() else b""
    out = struct.pack("<BB", 8, flags) + text(str(t.dtype).removeprefix("torch."))
    return out + struct.pack("<B%dqQ" % t.dim(), t.dim(), *t.shape, len(raw)) + raw


def value(v):
    if v is None:
        return b"\0"
    if isinstance(v, bool):
        return struct.pack("<BB", 1, v)
    if isinstance(v, int):
        if -2**63 <= v < 2**63:
            return struct.pack("<Bq", 2, v)
        return b"\3" + text(pickle.encode_long(v))
    if isinstance(v, float):
        return struct.pack("<Bd", 4, v)
    if isinstance(v, complex):
        return struct.pack("<Bdd", 5, v.real, v.imag)
    if isinstance(v, str):
        return b"\6" + text(v)
    if isinstance(v, (bytes, bytearray)):
        return b"\7" + text(bytes(v))
    if isinstance(v, torch.Tensor):
        return tensor(v)
    if isinstance(v, torch.Size):
        return struct.pack("<BI%dq" % len(v), 9, len(v), *v)
    if isinstance(v, (torch.dtype, torch.device, torch.layout)):
        kind = 0 if isinstance(v, torch.dtype) else 1 if isinstance(v, torch.device) else 2
        return struct.pack("<BB", 10, kind) + text(str(v))
    if isinstance(v, (list, tuple, set)):
        kind = 0 if isinstance(v, list) else 1 if isinstance(v, tuple) else 2
        return struct.pack("<BBI", 11, kind, len(v)) + b"".join(map(value, v))
    if isinstance(v, dict):
        kind = 1 if isinstance(v, collections.OrderedDict) else 2 if isinstance(v, collections.Counter) else 0
        out = struct.pack("<BBI", 12, kind, len(v)) + b"".join(value(k) + value(x) for k, x in v.items())
        metadata = getattr(v, "_metadata", None)
        return out + (b"\0" if metadata is None else b"\1" + value(metadata))
    raise TypeError(type(v))


# What is saved.

def ramp(*shape, dtype=torch.float32):
    n = 1
    for d in shape:
        n *= d
    return torch.arange(n).remainder(100).sub(2).to(dtype).reshape(shape)


class Network(nn.Module):
    """The lesson's network."""

    def __init__(self, input_size, output_size, hidden_layers):
        super().__init__()
        sizes = [input_size, *hidden_layers]
        self.hidden_layers = nn.ModuleList([nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])])
        self.output = nn.Linear(sizes[-1], output_size)
        self.dropout = nn.Dropout(p=0.5)


class Buffers(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(3)
        self.head = nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 1))
        self.tied = self.head[2]


def trained(make):
    torch.manual_seed(1)
    model = nn.Linear(3, 2)
    optimizer = make(model.parameters())
    for _ in range(2):
        optimizer.zero_grad()
        model(torch.ones(4, 3)).pow(2).sum().backward()
        optimizer.step()
    return optimizer.state_dict()


def dtypes(old_only=False):
    names = ["float64", "float32", "float16", "bfloat16", "int64", "int32", "int16", "int8", "uint8"]
    tensors = {name: ramp(2, 3, dtype=getattr(torch, name)) for name in names}
    tensors["bool"] = torch.tensor([True, False, True])
    tensors["complex64"] = torch.tensor([1 + 2j, -3j], dtype=torch.complex64)
    tensors["complex128"] = torch.tensor([[1 + 2j, -3j]], dtype=torch.complex128)
    tensors["special"] = torch.tensor([float("nan"), float("inf"), -0.0, 1e-45])
    if NEW and not old_only:
        for name in ["uint16", "uint32", "uint64"]:
            tensors[name] = torch.tensor([[0, 1, 65535]]).to(getattr(torch, name))
        for name in ["float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz", "float8_e8m0fnu"]:
            tensors[name] = torch.arange(6, dtype=torch.uint8).mul(40).view(getattr(torch, name)).reshape(3, 2)
    return tensors


def strides():
    t = ramp(4, 3, 5)
    base = torch.arange(30, dtype=torch.int16)
    return collections.OrderedDict(
        whole=t, transposed=t[0].t(), permuted=t.permute(2, 0, 1), rows=t[1:3], columns=t[:, :, 1:4], every_second=t[::2, :, ::2],
        one_row=t[2, 1], one_number=t[3, 2, 4], expanded=torch.tensor([7.0]).expand(3, 4),
        part_expanded=torch.tensor([[1.0], [2.0]]).expand(2, 5), overlapping=base.as_strided((4, 3), (2, 1), 3),
        backwards_in_memory=base.as_strided((2, 3, 4), (1, 2, 7)), unit_dims=base.as_strided((1, 5, 1), (99, 1, 77), 20),
        scalar=torch.tensor(2.5), scalar_long=torch.tensor(-7), empty=torch.zeros(0), empty_inside=torch.zeros(2, 0, 3),
        empty_view=t[4:], eight=ramp(1, 2, 1, 2, 1, 2, 1, 2).permute(7, 6, 5, 4, 3, 2, 1, 0), channels_last=ramp(2, 3, 2, 2).to(memory_format=torch.channels_last),
        complex_transposed=torch.tensor([[1 + 2j, 3], [4j, -5]]).t(), bool_columns=torch.tensor([[True, False], [False, False]])[:, 0])


def shared():
    weight = nn.Parameter(ramp(3, 3))
    storage = ramp(10)
    again = [storage[:4], storage[4:]]
    return {"embedding.weight": weight, "decoder.weight": weight, "data": weight.data, "halves": again, "all": storage, "again": again,
            "odd": storage[1::2]}


def nested():
    numbers = [0, 1, 255, 256, 65535, 65536, -1, -2**31, 2**31 - 1, 2**31, -2**31 - 1, 2**63 - 1, -2**63, 2**63, -2**63 - 1, 2**64, 10**30,
               -10**30, 127, 128, -128, -129]
    inner = {"lr": 0.001, "betas": (0.9, 0.999), "none": None, "flags": [True, False], 3: "three", -4: "minus four", 2.5: "float",
             (1, "a"): "tuple", None: "none", b"k": "bytes", True: "bool"}
    return {"numbers": numbers, "floats": [0.0, -0.0, 1e308, 5e-324, float("inf"), float("-inf"), 0.1], "inner": inner,
            "texts": ["", "a", "\u00e4\u00f6\u00fc \u4e2d\u6587 \U0001f525", "x" * 255, "y" * 256, "z" * 1000, "new\nline\0zero"],
            "tuples": [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), ((), ((),))], "lists": [[], [[]], [[[1]], 2]], "empty": {},
            "ordered": collections.OrderedDict([("b", 1), ("a", 2)]), "one": collections.OrderedDict([("only", [])]),
            "counter": collections.Counter("abracadabra"), "set": {7}, "empty set": set(), "complex": complex(1.5, -2),
            "bytes": [b"", b"abc", bytes(range(256)), bytearray(b"xyz\xff"), bytearray()], "size": torch.Size([2, 3]), "no size": torch.Size([]),
            "many": list(range(1100)), "many keys": {"key %d" % i: i for i in range(1003)}, "same": [inner, inner],
            "tensor inside": [{"t": (ramp(2), [ramp(3)])}]}


def names():
    out = [torch.float32, torch.float16, torch.int64, torch.device("cpu"), torch.device("cuda", 1), torch.device("cuda"), torch.strided,
           torch.complex64, torch.float32]
    return out + ([torch.uint16, torch.float8_e5m2] if NEW else [])


def parameters():
    plain = nn.Parameter(ramp(2))
    frozen = nn.Parameter(ramp(2).long(), requires_grad=False)
    needs_grad = ramp(3).requires_grad_()
    out = {"plain": plain, "frozen": frozen, "needs_grad": needs_grad, "list": [plain, nn.Parameter(ramp(2, 2).t())]}
    if NEW:
        out["tagged"] = nn.Parameter(ramp(2))
        out["tagged"].tag = "attributes are left out"
    with_attribute = ramp(2)
    with_attribute.tag = {"left": "out"}
    out["with_attribute"] = with_attribute
    return out


def lesson():
    torch.manual_seed(0)
    model = Network(6, 3, [5, 4])
    return {"input_size": 6, "output_size": 3, "hidden_layers": [each.out_features for each in model.hidden_layers],
            "state_dict": model.state_dict()}


# How it is saved.

files = {}


def same(a, b):
    return value(a) == value(b)


def load(path):
    return torch.load(path, weights_only=False) if NEW else torch.load(path)


def keep(name, expected, raw, check=True):
    path = HERE / f"{VERSION}_{name}.pth"
    path.write_bytes(raw)
    files[path.name] = value(expected)
    if check and not same(load(path), expected):
        raise SystemExit(f"{path.name} is not what torch.load reads")


def save(name, obj, check=True, **options):
    out = io.BytesIO()
    torch.save(obj, out, **options)
    keep(name, obj, out.getvalue(), check)
    return out.getvalue()


OLD = {"_use_new_zipfile_serialization": False}
torch.manual_seed(0)
save("state_dict", nn.Sequential(nn.Linear(3, 2), nn.ReLU(), nn.Linear(2, 1)).state_dict())
save("modules", Buffers().state_dict())
save("lesson", lesson())
save("dtypes", dtypes())
save("strides", strides())
save("shared", shared())
save("nested", nested())
save("names", names())
save("parameters", parameters())
save("adam", trained(lambda p: torch.optim.Adam(p, lr=0.01, amsgrad=True)))
save("sgd", trained(lambda p: torch.optim.SGD(p, lr=0.1, momentum=0.9, nesterov=True)))
save("tensor", ramp(3, 2))
save("number", 17)
if NEW:  # 1.13 forgets the signs of negative views
    save("views_of_signs", [torch.tensor([1 + 2j, -3j]).conj(), torch.tensor([[1 + 2j, 3j], [5, 6 - 1j]]).conj().t(),
                            torch.tensor([1 + 2j, 3j]).conj().imag, torch._neg_view(ramp(3)), torch._neg_view(torch.tensor([1 + 2j]).conj())])
save("legacy_state_dict", nn.Linear(3, 2).state_dict(), **OLD)
save("legacy_lesson", lesson(), **OLD)
save("legacy_dtypes", dtypes(old_only=True), **OLD)
save("legacy_strides", strides(), **OLD)
save("legacy_shared", shared(), **OLD)
save("legacy_nested", nested(), **OLD)
save("legacy_parameters", parameters(), **OLD)
save("legacy_adam", trained(torch.optim.Adam), **OLD)
save("legacy_number", None, **OLD)
for protocol in 3, 4, 5:
    save(f"protocol_{protocol}", {"lesson": lesson(), "nested": nested() if protocol == 5 else [{1, 2}, "x" * 300, b"y" * 300, bytearray(b"z"), 2**70]},
         pickle_protocol=protocol)
save("legacy_protocol_4", lesson(), pickle_protocol=4, **OLD)


def repack(name, expected, raw, change=lambda entry, data: data, compress=zipfile.ZIP_STORED, comment=b""):
    """The same records, packed by Python's zipfile."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", compress) as new:
        for entry in old.namelist():
            new.writestr(zipfile.ZipInfo(entry), change(entry, old.read(entry)), compress)
        new.comment = comment
    keep(name, expected, out.getvalue())


base = lesson()
out = io.BytesIO()
torch.save(base, out)
repack("repacked", base, out.getvalue(), comment=b"packed again")
if NEW:
    big = {"f32": ramp(2, 3), "i16": ramp(4, dtype=torch.int16), "c64": torch.tensor([1 + 2j, 3j]), "u8": ramp(3, dtype=torch.uint8), "t": ramp(2, 3).t()}
    sizes = {"0": 4, "1": 2, "2": 4, "3": 1, "4": 4}
    out = io.BytesIO()
    torch.save(big, out)

    def swap(entry, data):
        record = entry.partition("/")[2]
        if record == "byteorder":
            return b"big"
        if record.startswith("data/"):
            n = sizes[record[5:]]
            return b"".join(data[i:i + n][::-1] for i in range(0, len(data), n))
        return data

    repack("big_endian", big, out.getvalue(), swap)
    torch.serialization.set_crc32_options(False)
    save("without_checksums", {"t": ramp(2, 2)})


class OldPickler(pickle._Pickler):
    """Storages with parts of their own, as PyTorch 0.1 to 0.3 wrote them, and OrderedDicts and texts of Python 2."""

    def persistent_id(self, obj):
        return obj.parts if isinstance(obj, Storage) else None

    def save_text(self, obj):
        raw = obj.encode()
        self.write(b"U" + bytes([len(raw)]) + raw if len(raw) < 256 else b"T" + struct.pack("<i", len(raw)) + raw)
        self.memoize(obj)

    def save_ordered(self, obj):
        self.save_reduce(collections.OrderedDict, ([[k, v] for k, v in obj.items()],), obj=obj)

    dispatch = dict(pickle._Pickler.dispatch)
    dispatch[str] = save_text
    dispatch[collections.OrderedDict] = save_ordered


class Storage:
    def __init__(self, key, count, part):
        self.parts = ("storage", torch.FloatStorage, key, "cuda:0", count, part)


class Rebuilt:
    def __init__(self, *arguments):
        self.arguments = arguments

    def __reduce__(self):
        return torch._utils._rebuild_tensor, self.arguments


def old_file():
    out = io.BytesIO()
    for header in 0x1950A86A20F9469CFC6C, 1001, {"protocol_version": 1001, "little_endian": True, "type_sizes": {"short": 2, "int": 4, "long": 4}}:
        pickle.dump(header, out, protocol=2)
    whole, first, second = Storage("94", 10, None), Storage("94", 10, ("95", 0, 4)), Storage("94", 10, ("96", 4, 6))
    OldPickler(out, protocol=2).dump(collections.OrderedDict(
        [("whole", Rebuilt(whole, 0, (10,), (1,))), ("first", Rebuilt(first, 1, (3,), (1,))), ("second", Rebuilt(second, 0, (2, 3), (3, 1))),
         ("second.t", Rebuilt(second, 0, (3, 2), (1, 3))), ("long name " * 30, Rebuilt(first, 0, (4,), (1,)))]))
    pickle.dump(["94"], out, protocol=2)
    out.write(struct.pack("<q10f", 10, *range(10)))
    return out.getvalue()


numbers = torch.arange(10.0)
expected = collections.OrderedDict([("whole", numbers), ("first", numbers[1:4]), ("second", numbers[4:].reshape(2, 3)),
                                    ("second.t", numbers[4:].reshape(2, 3).t()), ("long name " * 30, numbers[:4])])
raw = old_file()
loaded = torch.load(io.BytesIO(raw), map_location="cpu", **({"weights_only": False} if NEW else {}))
if not same(loaded, expected):
    raise SystemExit("torch.load reads the old file differently")
keep("legacy_old", expected, raw, check=False)

out = struct.pack("<I", len(files)) + b"".join(text(name) + content for name, content in files.items())
(HERE / f"{VERSION}.bin").write_bytes(out)
