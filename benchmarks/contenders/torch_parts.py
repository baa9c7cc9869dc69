"""PyTorch's modules and optimizers one by one, for benchmarks/parts.

usage: torch_parts.py THREADS {single,foreach,fused} < cases
"""

import sys

import torch

from protocol import serve

THREADS = int(sys.argv[1])
HOW = sys.argv[2] if len(sys.argv) > 2 else "foreach"
FUSED = ("SGD", "Adam", "AdamW", "Adagrad")


def made_module(name, features):
    nn = torch.nn
    of_features = {"LayerNorm": lambda: nn.LayerNorm(features), "RMSNorm": lambda: nn.RMSNorm(features),
                   "GroupNorm": lambda: nn.GroupNorm(8, features), "BatchNorm1d": lambda: nn.BatchNorm1d(features)}
    special = {"GELU_tanh": lambda: nn.GELU(approximate="tanh"), "Threshold": lambda: nn.Threshold(0.1, 20),
               "Softmax": lambda: nn.Softmax(-1), "Softmin": lambda: nn.Softmin(-1), "LogSoftmax": lambda: nn.LogSoftmax(-1)}
    return (of_features.get(name) or special.get(name) or getattr(nn, name))()


def module(name, features, batch):
    made = made_module(name, features)
    x = torch.randn(batch, features, requires_grad=True)
    trained = list(made.parameters())

    def step():
        x.grad = None
        for p in trained:
            p.grad = None
        made(x).sum().backward()
    return step


def optimizer(name, sizes):
    layers = [torch.nn.Linear(a, b) for a, b in zip(sizes, sizes[1:])]
    parameters = [p for layer in layers for p in layer.parameters()]
    for p in parameters:
        p.grad = torch.randn_like(p) * 1e-2
    if name == "LBFGS":
        if HOW != "foreach":
            return None
        made = torch.optim.LBFGS(parameters, lr=1e-3, max_iter=4, history_size=10)
        scales = [(1 + torch.arange(p.numel()) % 16).reshape(p.shape).float() for p in parameters]
        loss = torch.zeros(())

        def bowl():
            with torch.no_grad():
                for p, scale in zip(parameters, scales):
                    torch.mul(p, scale, out=p.grad)
                loss.sub_(1)
            return loss
        return lambda: made.step(bowl)
    if name == "Muon":
        return torch.optim.Muon([p for p in parameters if p.ndim == 2], lr=1e-3).step if HOW == "foreach" else None
    kind, _, variant = name.partition("_")
    if HOW == "fused" and kind not in FUSED:
        return None
    options = {"lr": 1e-3}
    if variant == "momentum":
        options["momentum"] = 0.9
    if HOW == "fused":
        options["fused"] = True
    elif kind != "Adafactor" or HOW == "foreach":
        options["foreach"] = HOW == "foreach"
    return getattr(torch.optim, kind)(parameters, **options).step


def make(kind, sizes, batch, _):
    kind, _, name = kind.partition(".")
    if kind == "optimizer":
        return optimizer(name, sizes)
    return module(name, sizes[0], batch) if HOW == "foreach" else None


torch.manual_seed(1)
torch.set_num_threads(THREADS)
torch.set_default_dtype(torch.float32)
serve(f"PyTorch {torch.__version__.partition('+')[0]}, {HOW}", make)
