"""Files of torch.save with what training scripts put beside their tensors, and what is in them.

    python make_torch_objects.py

writes torch/objects_<name>.pth and torch/objects.bin, which says what each file holds in the form that
make_torch_files.py describes; further,

    13 an object that is not data: text, the name of its class or function

Numbers of NumPy are those of Python, arrays are tensors, dtypes and paths are texts, namespaces and defaultdicts are dicts,
frozensets sets, deques lists. torch/objects_optimizers.pth and torch/objects_optimizers_mixed.pth have the states of
optimizers alone. Run with PyTorch 2.13.0, NumPy 2.4 (CPython 3.11).
"""

import argparse
import collections
import datetime
import decimal
import enum
import functools
import pathlib
import struct
import types
import warnings

import numpy
import torch
from torch import nn, optim
from torch.distributed.checkpoint.state_dict import get_optimizer_state_dict

HERE = pathlib.Path(__file__).parent / "torch"
# make_torch_files.py writes its files when it is imported; only its description of values is wanted here.
files = types.ModuleType('files')
files.__file__ = __file__
source = (pathlib.Path(__file__).parent / "make_torch_files.py").read_text().split("# What is saved.")[0]
exec(source, files.__dict__)


class Color(enum.Enum):
    RED = 1


class Options(dict):
    """A dict with a class of its own, as configuration libraries have them."""


class Linked:
    """Holds itself."""

    def __init__(self):
        self.me = self
        self.weight = torch.ones(2)


Color.__module__ = Options.__module__ = Linked.__module__ = "__main__"


class Thing:
    """What a test expects of an object: its name."""

    def __init__(self, name):
        self.name = name


def value(v):
    """make_torch_files.value() of the simpler values that readers make of `v`."""
    if isinstance(v, Thing):
        return b"\x0d" + files.text(v.name)
    if isinstance(v, numpy.ndarray):
        t = torch.from_numpy(numpy.ascontiguousarray(v.astype(v.dtype.newbyteorder("="))).reshape(v.shape))
        return files.tensor(t)
    if isinstance(v, (list, tuple)) and not isinstance(v, torch.Size):
        kind = 0 if isinstance(v, list) else 1
        return struct.pack("<BBI", 11, kind, len(v)) + b"".join(map(value, v))
    if isinstance(v, dict):
        kind = 1 if isinstance(v, collections.OrderedDict) else 0
        items = b"".join(value(k) + value(x) for k, x in v.items())
        metadata = getattr(v, "_metadata", None)
        return struct.pack("<BBI", 12, kind, len(v)) + items + (b"\0" if metadata is None else b"\1" + value(metadata))
    return files.value(v)


written = {}


def save(name, saved, meant, **options):
    path = HERE / ("objects_%s.pth" % name)
    torch.save(saved, path, **options)
    written[path.name] = value(meant)


def numpy_values():
    """Pairs of what is saved and what it is read as."""
    big = numpy.arange(6, dtype=">f4").reshape(2, 3)
    pairs = {
        "float64": (numpy.float64(0.91), 0.91),
        "float32": (numpy.float32(0.1), float(numpy.float32(0.1))),
        "float16": (numpy.float16(-1.5), -1.5),
        "nan": (numpy.float32("inf"), float("inf")),
        "int64": (numpy.int64(-5), -5),
        "int8": (numpy.int8(-128), -128),
        "uint16": (numpy.uint16(65535), 65535),
        "uint64": (numpy.uint64(2**64 - 1), 2**64 - 1),
        "true": (numpy.bool_(True), True),
        "false": (numpy.bool_(False), False),
        "complex64": (numpy.complex64(1 - 2j), 1 - 2j),
        "text": (numpy.str_("Grüße"), "Grüße"),
        "bytes": (numpy.bytes_(b"ab\xff"), b"ab\xff"),
        "dtype": (numpy.dtype("float32"), "float32"),
        "big_dtype": (numpy.dtype(">i8"), "int64"),
        "text_dtype": (numpy.dtype("U7"), "U7"),
        "columns": (numpy.asfortranarray(numpy.arange(6.0).reshape(2, 3)), numpy.arange(6.0).reshape(2, 3)),
        "columns_3": (numpy.asfortranarray(numpy.arange(24).reshape(2, 3, 4)), numpy.arange(24).reshape(2, 3, 4)),
        "big": (big, big.astype("f4")),
        "big_columns": (numpy.asfortranarray(big), big.astype("f4")),
        "scalar": (numpy.array(1.5), numpy.array(1.5)),
        "empty": (numpy.zeros((2, 0, 3), numpy.float32), numpy.zeros((2, 0, 3), numpy.float32)),
        "list": ([numpy.array([1.0, 2.0]), numpy.array([3.0])], [numpy.array([1.0, 2.0]), numpy.array([3.0])]),
        "random": (numpy.random.RandomState(0).get_state(), numpy.random.RandomState(0).get_state()),
        "record": (numpy.zeros(2, [("a", "f4"), ("b", "i4")]), Thing("numpy.ndarray")),
        "objects": (numpy.array(["x", None], dtype=object), Thing("numpy.ndarray")),
        "texts": (numpy.array(["cat", "dog"]), Thing("numpy.ndarray")),
        "date": (numpy.datetime64("2020-01-01"), Thing("numpy.generic")),
        "long_double": (numpy.longdouble(1), Thing("numpy.generic")),
        "class": (numpy.float32, Thing("numpy.float32")),
    }
    for name in "? b h i l B H I L e f d F D".split():
        array = numpy.array([0, 1, 3]).astype(name)
        pairs["array_" + array.dtype.name] = (array, array)
    return pairs


def both(pairs):
    return {k: a for k, (a, _) in pairs.items()}, {k: b for k, (_, b) in pairs.items()}


def main():
    warnings.simplefilter("ignore")
    for protocol in (2, 4, 5):
        saved, meant = both(numpy_values())
        if protocol == 5:  # NumPy has another way for these there, with a further argument
            saved["columns"], meant["columns"] = numpy.ones((2, 2), order="F"), numpy.ones((2, 2))
        save("numpy_protocol_%d" % protocol, saved, meant, pickle_protocol=protocol)

    named = collections.namedtuple("named", "a b")
    named.__module__ = "__main__"
    named.__qualname__ = "named"
    import __main__
    __main__.named = named
    weight = torch.arange(6, dtype=torch.float32).reshape(2, 3)
    data, plain = both({
        "namespace": (argparse.Namespace(lr=0.1, hidden=[16], device=torch.device("cpu")),
                      {"lr": 0.1, "hidden": [16], "device": torch.device("cpu")}),
        "simple": (types.SimpleNamespace(a=1, inner=argparse.Namespace(b=(2,))), {"a": 1, "inner": {"b": (2,)}}),
        "path": (pathlib.PosixPath("/home/me/data"), "/home/me/data"),
        "pure": (pathlib.PurePosixPath("a/b"), "a/b"),
        "windows": (pathlib.PureWindowsPath("C:\\Users\\me"), "C:\\Users\\me"),
        "here": (pathlib.PurePosixPath("."), "."),
        "default_list": (collections.defaultdict(list, loss=[1.0, 2.0]), {"loss": [1.0, 2.0]}),
        "default_dict": (collections.defaultdict(dict, a={"b": 1}), {"a": {"b": 1}}),
        "default_lambda": (collections.defaultdict(nn.ReLU, a=1), {"a": 1}),
        "deque": (collections.deque([1, 2, 3], maxlen=5), [1, 2, 3]),
        "frozen": (frozenset([7]), {7}),
        "size": (torch.Size([1, 2]), torch.Size([1, 2])),
        "dtype": (torch.float16, torch.float16),
        "weight": (weight, weight),
    })
    for protocol in (2, 4):
        save("data_protocol_%d" % protocol, data, plain, pickle_protocol=protocol)

    objects, names = both({
        "enum": (Color.RED, Thing("__main__.Color")),
        "options": (Options(a=1), Thing("__main__.Options")),
        "linked": (Linked(), Thing("__main__.Linked")),
        "named": (named(1, 2), Thing("__main__.named")),
        "class": (nn.ReLU, Thing("torch.nn.modules.activation.ReLU")),
        "module": (nn.Linear(2, 2), Thing("torch.nn.modules.linear.Linear")),
        "function": (torch.nn.functional.relu, Thing("torch.nn.functional.relu")),
        "partial": (functools.partial(torch.nn.functional.relu, inplace=True), Thing("functools.partial")),
        "date": (datetime.datetime(2024, 1, 1, 12), Thing("datetime.datetime")),
        "decimal": (decimal.Decimal("1.5"), Thing("decimal.Decimal")),
        "sparse": (torch.eye(3).to_sparse(), Thing("torch._utils._rebuild_sparse_tensor")),
        "quantised": (torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8), Thing("torch._utils._rebuild_qtensor")),
        "storage": (torch.ones(3).untyped_storage(), Thing("torch.UntypedStorage")),
        "optimizer": (optim.SGD([nn.Parameter(torch.ones(2))], lr=0.1), Thing("torch.optim.sgd.SGD")),
        "weight": (weight, weight),
    })
    for name, options in (("objects", {}), ("objects_protocol_4", {"pickle_protocol": 4})):
        save(name, objects, names, **options)
    del objects["quantised"], names["quantised"]  # the old format writes another name for its storage
    save("legacy_objects", objects, names, _use_new_zipfile_serialization=False)

    # torch.load reads back protocol 1 with weights_only=False, and 0 not at all.
    old = {"weight": weight, "none": None, "true": True, "false": False, "int": -7, "long": 2**40, "big": -2**80 + 1, "float": 0.1,
           "inf": float("-inf"), "text": "Grüße\n\\u \U0001f40d\0", "empty": "", "bytes": b"ab\xff\n", "list": [1, [2.5]],
           "tuple": (1, "a", None, (2, 3)), "dict": {1: "a", "b": {}}, "set": {1}, "module": nn.Linear(2, 2).state_dict(),
           "args": argparse.Namespace(a=1), "number": numpy.float64(0.5)}
    meant = dict(old, args={"a": 1}, number=0.5)
    for protocol in (0, 1):
        save("protocol_%d" % protocol, old, meant, pickle_protocol=protocol)
        save("legacy_protocol_%d" % protocol, old, meant, pickle_protocol=protocol, _use_new_zipfile_serialization=False)

    with open(HERE / "objects.bin", "wb") as out:
        out.write(struct.pack("<I", len(written)))
        for name, content in written.items():
            out.write(files.text(name) + content)
    optimizers()
    mixed_optimizers()


def optimizers():
    """A model and the state of an optimizer after two steps, for each optimizer and for models of several kinds."""
    torch.manual_seed(0)

    def trained(model, make):
        optimizer = make(model)
        for _ in range(2):
            def closure():
                optimizer.zero_grad()
                loss = model(torch.randn(4, 3)).square().mean()
                loss.backward()
                return loss
            optimizer.step(closure)
        return {"model": model.state_dict(), "optimizer": optimizer.state_dict()}

    def mlp():
        return nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))

    class Tied(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(3, 3), nn.Linear(3, 3)
            self.b.weight = self.a.weight

        def forward(self, x):
            return self.b(torch.relu(self.a(x)))

    kinds = {name: (lambda m, c=getattr(optim, name): c(m.parameters()))
             for name in "ASGD Adadelta Adafactor Adagrad Adam AdamW Adamax LBFGS NAdam RAdam RMSprop Rprop SGD".split()}
    kinds["SGD_momentum"] = lambda m: optim.SGD(m.parameters(), lr=0.1, momentum=0.9)
    kinds["AdamW_amsgrad"] = lambda m: optim.AdamW(m.parameters(), amsgrad=True)
    kinds["Adam_foreach"] = lambda m: optim.Adam(m.parameters(), foreach=True)
    kinds["Adam_named"] = lambda m: optim.Adam(m.named_parameters())
    kinds["Adam_groups"] = lambda m: optim.Adam([{"params": m[0].parameters(), "lr": 1e-4}, {"params": m[2].parameters(), "lr": 1e-2}])
    kinds["Adam_equal_groups"] = lambda m: optim.Adam([{"params": m[0].parameters()}, {"params": m[2].parameters()}])
    kinds["AdamW_decay"] = lambda m: optim.AdamW([{"params": [m[0].weight, m[2].weight], "weight_decay": 0.01},
                                                  {"params": [m[0].bias, m[2].bias], "weight_decay": 0.0}])

    def frozen(m):
        m[0].requires_grad_(False)
        return optim.Adam(m[2].parameters())

    kinds["Adam_frozen"] = frozen
    all_states = {name: trained(mlp(), make) for name, make in kinds.items()}
    all_states["Adam_batchnorm"] = trained(nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2)), kinds["Adam"])
    all_states["Adam_tied"] = trained(Tied(), kinds["Adam"])
    late = trained(mlp(), kinds["Adam"])
    late["optimizer"]["state"][3]["step"] -= 1  # a parameter that had no gradient once
    all_states["Adam_late"] = late
    torch.save(all_states, HERE / "objects_optimizers.pth")


class Mixed(nn.Module):
    """Tied weights, batch normalisation, and shapes that do not tell one layer from another."""

    def __init__(self, tied, norm):
        super().__init__()
        self.a, self.b, self.c = nn.Linear(3, 3), nn.Linear(3, 3), nn.Linear(3, 3)
        self.norm = nn.BatchNorm1d(3) if norm else nn.Identity()
        if tied:
            self.b.weight = self.a.weight

    def forward(self, x):
        return self.c(self.b(torch.relu(self.norm(self.a(x)))))


def mixed_optimizers():
    """Optimizers of models with tied or frozen parameters or batch normalisation, with groups in any order, by numbers,
    with names, and as distributed training saves them, each with the names of its parameters in its order."""
    all_states = {}
    for number in range(2 * 2 * 3 * 4 * 3):
        tied, norm, frozen, groups, kind = number % 2, number // 2 % 2, number // 4 % 3, number // 12 % 4, number // 48
        torch.manual_seed(number)
        model = Mixed(tied, norm)
        if frozen == 1:
            model.a.bias.requires_grad_(False)
        elif frozen == 2:
            model.c.requires_grad_(False)
        trained = [(n, p) for n, p in model.named_parameters() if p.requires_grad]
        if groups == 0:
            parts = [trained]
        elif groups == 1:
            parts = [[x for x in trained if x[1].dim() > 1], [x for x in trained if x[1].dim() == 1]]
        elif groups == 2:
            parts = [trained[::-1]]
        else:
            parts = [trained[:1], trained[1:3], trained[3:]]
        by_name = kind == 1
        if by_name:
            parts = [part for part in parts if part]  # torch.optim takes no empty group among those with names
        optimizer = optim.SGD([{"params": part if by_name else [p for _, p in part], "weight_decay": 0.1 * (i % 2)}
                               for i, part in enumerate(parts)], lr=0.1, momentum=0.9)
        for _ in range(2):
            optimizer.zero_grad()
            model(torch.randn(4, 3)).square().mean().backward()
            optimizer.step()
        state = optimizer.state_dict() if kind < 2 else get_optimizer_state_dict(model, optimizer)
        all_states["tied=%d norm=%d frozen=%d groups=%d kind=%d" % (tied, norm, frozen, groups, kind)] = {
            "state_dict": model.state_dict(), "optimizer": state, "names": [n for part in parts for n, _ in part]}
    torch.save(all_states, HERE / "objects_optimizers_mixed.pth", _use_new_zipfile_serialization=False)  # is smaller


main()
