"""What PyTorch says of models: print(model), names and shapes of state dicts, errors.

    python make_module_prints.py

writes module_prints.txt. Made with torch 2.13.0. Each part begins with a line `=== <name>` and has, each
under a line `--- <what>`: the text of print(model); the state dict, a line `<name> <shape>` for each tensor;
named_parameters(), named_modules() (`<name> <class>`), and the order in which apply() visits modules, where
the test compares them. nn_module_test.cpp and module_tree_test.cpp build the same models in C++. The part `init` has the
first numbers of weights that torch.nn.init fills for seed 0, in hexadecimal, and `error` parts have messages.
"""

import collections
import pathlib

import torch
from torch import nn


class Block(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.norm = nn.LayerNorm(n)
        self.up = nn.Linear(n, 4 * n)
        self.act = nn.GELU(approximate="tanh")
        self.down = nn.Linear(4 * n, n)
        self.drop = nn.Dropout(0.1)


class Residual(nn.Module):
    def __init__(self, n, depth):
        super().__init__()
        self.first = nn.Linear(5, n)
        self.blocks = nn.ModuleList(Block(n) for _ in range(depth))
        self.head = nn.Sequential(nn.LayerNorm(n), nn.Linear(n, 3), nn.LogSoftmax(dim=1))


class Mixed(nn.Module):
    """Lists of unlike modules, dictionaries, parameters after modules, buffers, a module without any."""

    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(2, 3), nn.Linear(3, 3), nn.Linear(3, 3), nn.Linear(3, 2)])
        self.empty = nn.ModuleList()
        self.heads = nn.ModuleDict({"policy": nn.Linear(2, 4), "value": nn.Linear(2, 1)})
        self.flat = nn.Flatten()
        self.scale = nn.Parameter(torch.ones(2))
        self.register_buffer("mean", torch.zeros(2))
        self.register_buffer("seen", torch.zeros(1), persistent=False)
        self.act = nn.Sequential(nn.Tanh(), nn.Sigmoid(), nn.ReLU(), nn.Identity())


class Swish(nn.Module):
    def __init__(self, beta):
        super().__init__()
        self.beta = beta

    def extra_repr(self):
        return f"beta={self.beta}\nlearned=False"


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self.up = nn.Linear(4, 4)
        self.swish = Swish(2)
        self.down = nn.Linear(4, 4)
        self.down.weight = self.up.weight


class NoBias(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = nn.Linear(3, 2, bias=False)


class Activations(nn.Module):
    """Every activation, with its defaults and with options."""

    def __init__(self):
        super().__init__()
        self.defaults = nn.Sequential(
            nn.LeakyReLU(), nn.ELU(), nn.SELU(), nn.CELU(), nn.SiLU(), nn.GELU(), nn.Mish(), nn.Softplus(), nn.LogSigmoid(),
            nn.Hardtanh(), nn.ReLU6(), nn.Hardsigmoid(), nn.Hardswish(), nn.Softsign(), nn.Tanhshrink(), nn.Hardshrink(),
            nn.Softshrink(), nn.RReLU(), nn.GLU(), nn.PReLU(), nn.AlphaDropout())
        self.options = nn.Sequential(
            nn.LeakyReLU(0.2), nn.ELU(0.5), nn.CELU(2.0), nn.GELU("tanh"), nn.Softplus(2.0, 5.0), nn.Hardtanh(-2.0, 3.5),
            nn.Hardshrink(0.25), nn.Softshrink(1.0), nn.Threshold(0.1, 20.0), nn.RReLU(0.25, 0.5), nn.GLU(1), nn.Softmax(1),
            nn.Softmin(-1), nn.LogSoftmax(0), nn.PReLU(3), nn.AlphaDropout(0.25))


class Norms(nn.Module):
    """Modules with statistics of their input, and others with parameters."""

    def __init__(self):
        super().__init__()
        self.batch = nn.BatchNorm1d(4)
        self.plain = nn.BatchNorm1d(4, eps=1e-3, momentum=None, affine=False)
        self.untracked = nn.BatchNorm1d(4, momentum=0.5, track_running_stats=False)
        self.group = nn.GroupNorm(2, 4)
        self.group_plain = nn.GroupNorm(4, 4, eps=0.1, affine=False)
        self.instance = nn.InstanceNorm1d(4)
        self.instance_affine = nn.InstanceNorm1d(4, affine=True)
        self.rms = nn.RMSNorm(4)
        self.rms_plain = nn.RMSNorm(4, eps=1e-6, elementwise_affine=False)
        self.bilinear = nn.Bilinear(2, 3, 4)
        self.bilinear_plain = nn.Bilinear(2, 3, 4, bias=False)
        self.parts = nn.Unflatten(1, (2, 3))
        self.one_part = nn.Unflatten(-1, (6,))


out = []


def part(name, model):
    out.append(f"=== {name}\n--- print\n{model}")
    out.append("--- state_dict")
    out.extend(f"{k} {list(v.shape)}" for k, v in model.state_dict().items())
    out.append("--- named_parameters")
    out.extend(k for k, _ in model.named_parameters())
    out.append("--- named_buffers")
    out.extend(k for k, _ in model.named_buffers())
    out.append("--- named_modules")
    out.extend(f"{k} {type(m).__name__}" for k, m in model.named_modules())
    out.append("--- apply")
    model.apply(lambda m: out.append(type(m).__name__))


def error(name, model, state):
    try:
        model.load_state_dict(state)
    except RuntimeError as e:
        out.append(f"=== {name}\n{e}")


torch.manual_seed(0)
part("residual", Residual(4, 2))
part("deep", Residual(4, 3))
part("mixed", Mixed())
part("tied", Tied())
part("no bias", NoBias())
part("sequential", nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Sequential(nn.Linear(8, 2), nn.Dropout())))
part("named", nn.Sequential(collections.OrderedDict(
    [("fc1", nn.Linear(4, 8)), ("act", nn.ReLU()), ("fc2", nn.Linear(8, 2))])))
part("linear", nn.Linear(2, 3))
part("activations", Activations())
part("norms", Norms())
part("blocks", nn.ModuleList([Block(4), Block(4), Block(8)]))

state = Residual(4, 2).state_dict()
del state["first.bias"]
state["blocks.0.extra"] = torch.zeros(1)
state["head.1.weight"] = torch.zeros(2, 4)
error("error in Residual", Residual(4, 2), state)
state = Tied().state_dict()
del state["down.weight"]
error("error in Tied", Tied(), state)
state = Mixed().state_dict()
state["seen"] = torch.zeros(1)
del state["mean"]
error("error in Mixed", Mixed(), state)

torch.manual_seed(1)
tied = Tied()
out.append("=== values of tied")
for k, v in tied.state_dict().items():
    out.append(k + " " + " ".join(float(x).hex() for x in v.flatten().tolist()))

out.append("=== init")
for name in ["xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_"]:
    for dtype in [torch.float32, torch.float64]:
        torch.manual_seed(0)
        weight = torch.empty(4, 6, dtype=dtype)
        getattr(nn.init, name)(weight)
        bits = {torch.float32: "float", torch.float64: "double"}[dtype]
        out.append(f"{name} {bits} " + " ".join(float(x).hex() for x in weight.flatten().tolist()))
torch.manual_seed(0)
weight = torch.empty(4, 6, dtype=torch.float64)
nn.init.kaiming_uniform_(weight, a=0.5, mode="fan_out")
out.append("kaiming_uniform_fan_out double " + " ".join(float(x).hex() for x in weight.flatten().tolist()))

pathlib.Path(__file__).with_name("module_prints.txt").write_text("\n".join(out) + "\n")
