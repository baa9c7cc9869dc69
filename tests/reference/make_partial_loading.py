"""Prefixes, other names and fine-tuning in PyTorch.

    python make_partial_loading.py

writes partial_loading.bin. Made with torch 2.13.0. All numbers are u32, little-endian; a text is its length and UTF-8 bytes, a
list its length and texts, a shape a u8 rank and i64 dimensions, a tensor its shape and f32 elements, a state dict its length,
names and tensors:

    number of prefix cases, then per case
      prefix; names: list; the names after consume_prefix_in_state_dict_if_present: list
    number of multilayer perceptrons, then per one
      description; sizes: count, numbers from input to output; state dict; x: tensor; log-probabilities: tensor
    fine-tuning
      state dict of the first network (6 inputs, 5 and 4 hidden, 3 outputs); of the second one with 2 outputs;
      the result of loading the first one's tensors that fit into the second: text; missing keys: list;
      x: tensor; labels: count, numbers; state dict of the second after a step of Adam with lr 0.01
"""

import collections
import itertools
import pathlib
import struct

import torch
from torch import nn
from torch.nn.modules.utils import consume_prefix_in_state_dict_if_present

torch.set_num_threads(1)


class Network(nn.Module):
    """The lesson's network, without dropout."""

    def __init__(self, input_size, output_size, hidden_layers):
        super().__init__()
        sizes = [input_size, *hidden_layers]
        self.hidden_layers = nn.ModuleList([nn.Linear(i, o) for i, o in itertools.pairwise(sizes)])
        self.output = nn.Linear(sizes[-1], output_size)

    def forward(self, x):
        for layer in self.hidden_layers:
            x = torch.relu(layer(x))
        return torch.log_softmax(self.output(x), dim=1)


class Named(nn.Module):
    """Layers as attributes, in the order of their names here."""

    def __init__(self, names, sizes):
        super().__init__()
        self.names = names
        for name, (i, o) in zip(names, itertools.pairwise(sizes), strict=True):
            setattr(self, name, nn.Linear(i, o))

    def forward(self, x):
        for name in self.names[:-1]:
            x = torch.relu(getattr(self, name)(x))
        return torch.log_softmax(getattr(self, self.names[-1])(x), dim=1)


def sequential(sizes, dropout):
    layers = []
    for i, o in itertools.pairwise(sizes):
        layers += [nn.Linear(i, o), nn.ReLU()] + ([nn.Dropout(0.2)] if dropout else [])
    return nn.Sequential(*layers[: -2 if dropout else -1], nn.LogSoftmax(dim=1)).eval()


def number(n):
    return struct.pack("<I", n)


def text(s):
    return number(len(s.encode())) + s.encode()


def texts(items):
    items = list(items)
    return number(len(items)) + b"".join(text(s) for s in items)


def tensor(t):
    t = t.detach().contiguous()
    return struct.pack("<B", t.dim()) + struct.pack(f"<{t.dim()}q", *t.shape) + t.numpy().tobytes()


def state_dict(sd):
    return number(len(sd)) + b"".join(text(k) + tensor(v) for k, v in sd.items())


def prefix_cases():
    cases = [
        ("module.", ["module.fc1.weight", "module.fc1.bias", "module.out.weight"]),
        ("module.", ["module.fc1.weight", "fc1.bias", "xmodule.a", "module", "module.", "modul.a"]),
        ("module.", ["module.module.fc1.weight", "a.module.b"]),
        ("mod", ["module.a", "model.a", "a.mod"]),
        ("", ["a", "b.c"]),
        ("model.", []),
    ]
    result = number(len(cases))
    for prefix, names in cases:
        sd = collections.OrderedDict((n, torch.zeros(1)) for n in names)
        consume_prefix_in_state_dict_if_present(sd, prefix)
        result += text(prefix) + texts(names) + texts(sd)
    return result


def perceptrons():
    by_name = lambda sd: dict(sorted(sd.items()))  # as Python's safetensors writes them
    same = lambda sd: sd
    models = [
        ("Sequential with dropout", [6, 5, 4, 3], lambda s: sequential(s, True), same),
        ("Sequential without dropout, equal sizes", [5, 5, 5, 5], lambda s: sequential(s, False), same),
        ("Sequential of many equal layers, sorted by name", [4] * 9, lambda s: sequential(s, True), by_name),
        ("fc1, fc2, out", [6, 5, 4, 3], lambda s: Named(["fc1", "fc2", "out"], s), same),
        ("fc1, fc2, fc3 sorted by name, equal sizes", [4, 4, 4, 4], lambda s: Named(["fc1", "fc2", "fc3"], s), by_name),
        ("words in the order of the model, equal sizes", [4, 4, 4, 4], lambda s: Named(["stem", "body", "head"], s), same),
        ("words sorted by name, sizes that differ", [6, 5, 4, 3], lambda s: Named(["stem", "body", "classifier"], s), by_name),
        ("DataParallel", [6, 5, 4, 3], lambda s: nn.DataParallel(Network(s[0], s[-1], s[1:-1])), same),
        ("DataParallel sorted by name, equal sizes", [4, 4, 4, 4],
         lambda s: nn.DataParallel(Network(s[0], s[-1], s[1:-1])), by_name),
        ("one layer", [3, 2], lambda s: Named(["linear"], s), same),
    ]
    result = number(len(models))
    for description, sizes, make, order in models:
        model = make(sizes)
        x = torch.randn(5, sizes[0])
        result += text(description) + number(len(sizes)) + b"".join(map(number, sizes))
        result += state_dict(order(model.state_dict())) + tensor(x) + tensor(model(x))
    return result


def fine_tuning():
    first, second = Network(6, 3, [5, 4]), Network(6, 2, [5, 4])
    result = state_dict(first.state_dict()) + state_dict(second.state_dict())
    own = second.state_dict()
    fitting = {k: v for k, v in first.state_dict().items() if v.shape == own[k].shape}
    loaded = second.load_state_dict(fitting, strict=False)
    result += text(str(loaded)) + texts(loaded.missing_keys)
    x, labels = torch.randn(8, 6), torch.tensor([0, 1, 1, 0, 1, 0, 0, 1])
    optimizer = torch.optim.Adam(second.parameters(), lr=0.01)
    nn.NLLLoss()(second(x), labels).backward()
    optimizer.step()
    result += tensor(x) + number(len(labels)) + b"".join(map(number, labels.tolist()))
    return result + state_dict(second.state_dict())


torch.manual_seed(11)
path = pathlib.Path(__file__).with_name("partial_loading.bin")
path.write_bytes(prefix_cases() + perceptrons() + fine_tuning())
