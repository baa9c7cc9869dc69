"""The lesson's network with other activations and with LayerNorm by PyTorch, for tests/models/network_test.cpp.

    python make_network_options.py

writes network_options.bin. Made with torch 2.13.0. Little-endian; a text is a u32 length and that many bytes:
    u32 count, count x networks of 6 inputs, hidden layers [8, 5], 3 outputs and dropout 0.25 in double, made after
    manual_seed(seed) and trained after manual_seed(seed + 1):
        u64 seed, text activation, text normalisation, text print(model), text state_dict().keys(),
        x (7, 6), 7 x i64 targets, eval output (7, 3),
        loss of each of 3 steps of Adam(lr=0.01), gradient of each parameter in the first of them, each parameter
        after the last, i64 what random_() draws then
"""

import pathlib
import struct

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.set_default_dtype(torch.float64)
out = bytearray()


class Network(nn.Module):
    def __init__(self, input_size, output_size, hidden_layers, drop_p=0.5, activation=None, norm=None):
        super().__init__()
        sizes = [input_size, *hidden_layers]
        self.hidden_layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:]))
        if norm is not None:
            self.norms = nn.ModuleList(norm(size) for size in hidden_layers)
        self.output = nn.Linear(sizes[-1], output_size)
        self.dropout = nn.Dropout(p=drop_p)
        if activation is not None:
            self.activation = activation

    def forward(self, x):
        activation = getattr(self, "activation", F.relu)
        for i, layer in enumerate(self.hidden_layers):
            x = layer(x)
            if hasattr(self, "norms"):
                x = self.norms[i](x)
            x = self.dropout(activation(x))
        return F.log_softmax(self.output(x), dim=1)


def raw(t):
    return t.detach().contiguous().numpy().tobytes()


def text(s):
    data = s.encode()
    return struct.pack("<I", len(data)) + data


activations = {"relu": None, "tanh": nn.Tanh(), "sigmoid": nn.Sigmoid(), "gelu_tanh": nn.GELU(approximate="tanh"),
               "identity": nn.Identity()}
norms = {"none": None, "layer_norm": nn.LayerNorm}
cases = [(a, n) for n in norms for a in activations]
out += struct.pack("<I", len(cases))
for seed, (activation, norm) in enumerate(cases):
    torch.manual_seed(seed)
    model = Network(6, 3, [8, 5], 0.25, activations[activation], norms[norm])
    x = torch.randn(7, 6, generator=torch.Generator().manual_seed(seed + 100))
    y = torch.randint(0, 3, (7,), generator=torch.Generator().manual_seed(seed + 200))
    out += struct.pack("<Q", seed) + text(activation) + text(norm)
    out += text(str(model)) + text(str(model.state_dict().keys())) + raw(x) + raw(y)
    out += raw(model.eval()(x))
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    torch.manual_seed(seed + 1)
    gradients = None
    for _ in range(3):
        optimizer.zero_grad()
        loss = F.nll_loss(model(x), y)
        loss.backward()
        if gradients is None:
            gradients = [p.grad.clone() for p in model.parameters()]
        optimizer.step()
        out += raw(loss)
    for tensor in [*gradients, *model.parameters()]:
        out += raw(tensor)
    out += raw(torch.empty((), dtype=torch.int64).random_())

pathlib.Path(__file__).with_name("network_options.bin").write_bytes(out)
