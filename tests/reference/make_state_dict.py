"""What load_state_dict of PyTorch says about state dicts that do and do not fit a model.

    python make_state_dict.py

writes state_dict.bin. Made with torch 2.13.0. All numbers are u32, little-endian; a text is its length and UTF-8 bytes, a
list its length and texts, a shape a u8 rank and i64 dimensions:

    number of models, then per model
      class name; tensors: count, (name, shape)...; modules: list
    number of cases, then per case
      which model; strict; state dict: count, (name, shape)...; text of keys()
      1 if it loaded; text of the error or of the result; missing keys: list; unexpected keys: list
"""

import collections
import itertools
import pathlib
import random
import struct

import torch
from torch import nn


class Network(nn.Module):
    """The lesson's network."""

    def __init__(self, input_size, output_size, hidden_layers):
        super().__init__()
        sizes = [input_size, *hidden_layers]
        self.hidden_layers = nn.ModuleList([nn.Linear(i, o) for i, o in itertools.pairwise(sizes)])
        self.output = nn.Linear(sizes[-1], output_size)
        self.dropout = nn.Dropout(p=0.5)


class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(()))
        self.shift = nn.Parameter(torch.zeros(1))


class Mixed(nn.Module):
    """Modules without tensors in between, tensors of its own, scalars, modules in modules."""

    def __init__(self):
        super().__init__()
        self.noise = nn.Dropout()
        self.first = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Sequential(nn.Linear(3, 1), nn.ReLU()))
        self.temperature = nn.Parameter(torch.zeros(()))
        self.inner = Inner()
        self.end = nn.Identity()


MODELS = [Network(4, 2, [3, 2]), Network(4, 2, [3]), Network(4, 2, []), Network(4, 2, [3] * 11), Mixed()]
STRAYS = [
    "zz", "aa.bb", "hidden_layers.foo", "hidden_layers.0", "hidden_layers.0.weight.x", "hidden_layers.7.weight",
    "hidden_layers", "hidden_layers.", "dropout.x", "dropout", "dropout.p.q", "output.weight.foo", "output.foo",
    "output", "", ".", "..", ".weight", "output..weight", "hidden_layers.0.", "weight", "Output.weight",
    "_extra_state", "output._extra_state", "hidden_layers._extra_state", "hidden_layers.0.bias._extra_state",
    "noise.x", "first.2.1.x", "first.2.0.weight.y", "first.1.x", "first.3", "inner.zz", "inner.scale.a", "end.b",
    "temperature.x", "temperatur", "module.output.weight", "it's", 'say "hi"', "both ' and \"", "tab\there",
    "back\\slash", "new\nline", "caf\u00e9", "bell\x07", "del\x7f",
]
SHAPES = [(), (0,), (1,), (2,), (3,), (2, 3), (3, 2), (1, 1), (4, 3), (2, 3, 1), (0, 3), (512, 784)]


def number(n):
    return struct.pack("<I", n)


def text(s):
    return number(len(s.encode())) + s.encode()


def texts(items):
    return number(len(items)) + b"".join(text(s) for s in items)


def tensors(items):
    result = number(len(items))
    for name, t in items.items():
        result += text(name) + struct.pack("<B", t.dim()) + struct.pack(f"<{t.dim()}q", *t.shape)
    return result


def case(model, sd, strict):
    keys = str(sd.keys())
    # An error does not carry the lists; the same names with shapes that fit, loaded leniently, give them.
    fitting = collections.OrderedDict(
        (k, model.state_dict()[k] if k in model.state_dict() else v) for k, v in sd.items())
    lists = model.load_state_dict(fitting, strict=False)
    try:
        outcome, message = 1, str(model.load_state_dict(sd, strict=strict))
    except RuntimeError as e:
        outcome, message = 0, str(e)
    return (number(MODELS.index(model)) + number(strict) + tensors(sd) + text(keys) + number(outcome)
            + text(message) + texts(lists.missing_keys) + texts(lists.unexpected_keys))


def main():
    rng = random.Random(4)
    cases = []
    for model in MODELS:
        own = model.state_dict()
        good = collections.OrderedDict(own)
        for strict in (True, False):
            cases.append(case(model, good, strict))
            cases.append(case(model, collections.OrderedDict(), strict))
            cases.append(case(model, collections.OrderedDict((s, torch.zeros(1)) for s in STRAYS), strict))
        for _ in range(20 if len(own) > 20 else 50):
            sd = collections.OrderedDict(own)
            for k in rng.sample(list(sd), rng.choice([0, 0, 1, 2, len(sd)])):
                del sd[k]
            for s in rng.sample(STRAYS, rng.choice([0, 0, 1, 2, 5])):
                sd[s] = torch.zeros(rng.choice(SHAPES[:7]))
            for k in rng.sample(list(sd), min(len(sd), rng.choice([0, 0, 1, 2, 4]))):
                sd[k] = torch.zeros(rng.choice(SHAPES))
            items = list(sd.items())
            if rng.random() < 0.5:
                rng.shuffle(items)
            cases.append(case(model, collections.OrderedDict(items), rng.random() < 0.7))
    out = number(len(MODELS))
    for model in MODELS:
        modules = [name for name, _ in model.named_modules() if name]
        out += text(type(model).__name__) + tensors(model.state_dict()) + texts(modules)
    out += number(len(cases)) + b"".join(cases)
    pathlib.Path(__file__).with_name("state_dict.bin").write_bytes(out)


main()
