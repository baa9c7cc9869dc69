"""The lesson's network with each normalisation that takes rows of features by PyTorch, for
tests/nn/all_normalisations_test.cpp.

    python make_network_norms.py

writes network_norms.bin. Made with torch 2.13.0. Little-endian; a text is a u32 length and that many bytes:
    u32 count, count x networks of 6 inputs, hidden layers [8, 4], 3 outputs and dropout 0.25 in double, made after
    manual_seed(seed) and trained after manual_seed(seed + 1), seed being the number of the case:
        text case, text print(model), text state_dict().keys(), x (7, 6), 7 x i64 targets, output (7, 3) in eval,
        output (7, 3) and loss of each of 3 steps of Adam(lr=0.01) in train, gradient of each parameter in the first of
        them, each tensor of the state dict after the last as double, output (7, 3) in eval then
    text: what a training step of a BatchNorm1d says to a single row
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
    def __init__(self, input_size, output_size, hidden_layers, drop_p, norm):
        super().__init__()
        sizes = [input_size, *hidden_layers]
        self.hidden_layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes[:-1], sizes[1:]))
        self.norms = nn.ModuleList(norm(size) for size in hidden_layers)
        self.output = nn.Linear(sizes[-1], output_size)
        self.dropout = nn.Dropout(p=drop_p)

    def forward(self, x):
        for layer, norm in zip(self.hidden_layers, self.norms):
            x = self.dropout(F.relu(norm(layer(x))))
        return F.log_softmax(self.output(x), dim=1)


def raw(t):
    return t.detach().double().contiguous().numpy().tobytes()


def text(s):
    data = s.encode()
    return struct.pack("<I", len(data)) + data


cases = {
    "layer": lambda n: nn.LayerNorm(n, eps=0.01, bias=False),
    "layer plain": lambda n: nn.LayerNorm(n, elementwise_affine=False),
    "batch": nn.BatchNorm1d,
    "batch cumulative": lambda n: nn.BatchNorm1d(n, momentum=None),
    "batch plain": lambda n: nn.BatchNorm1d(n, eps=0.1, momentum=0.5, affine=False),
    "rms": nn.RMSNorm,
    "rms plain": lambda n: nn.RMSNorm(n, eps=0.1, elementwise_affine=False),
    "group": lambda n: nn.GroupNorm(2, n),
    "group plain": lambda n: nn.GroupNorm(1, n, eps=0.01, affine=False),
}
out += struct.pack("<I", len(cases))
for seed, (name, norm) in enumerate(cases.items()):
    torch.manual_seed(seed)
    model = Network(6, 3, [8, 4], 0.25, norm)
    x = torch.randn(7, 6, generator=torch.Generator().manual_seed(seed + 100))
    y = torch.randint(0, 3, (7,), generator=torch.Generator().manual_seed(seed + 200))
    out += text(name) + text(str(model)) + text(str(model.state_dict().keys()))
    out += raw(x) + y.numpy().tobytes() + raw(model.eval()(x))
    model.train()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    torch.manual_seed(seed + 1)
    gradients = None
    for _ in range(3):
        optimizer.zero_grad()
        result = model(x)
        loss = F.nll_loss(result, y)
        loss.backward()
        if gradients is None:
            gradients = [p.grad.clone() for p in model.parameters()]
        optimizer.step()
        out += raw(result) + raw(loss)
    for tensor in [*gradients, *model.state_dict().values()]:
        out += raw(tensor)
    out += raw(model.eval()(x))

try:
    nn.BatchNorm1d(8)(torch.zeros(1, 8))
except ValueError as e:
    out += text(str(e))

pathlib.Path(__file__).with_name("network_norms.bin").write_bytes(out)
