"""Losses by PyTorch, for tests/loss/losses_test.cpp.

    python make_losses.py

writes losses.bin. Made with torch 2.13.0. Little-endian, until the end of the file:
    text name of the function and its options, `<name> <option>=<number> ...`
    u8 count of inputs, for each: u8 kind, u8 rank, rank x i64 sizes, elements
        (kind 0: f64, by which there is a gradient, 1: f64, 2: i64)
    the loss: u8 rank, rank x i64 sizes, f64 elements
    for each input of kind 0: its gradient, f64, when element i of the loss has the derivative 1 / (1 + i)
A text is a u32 length and characters. Reductions are 0 (mean), 1 (sum) and 2 (none); tensors of weights are inputs, the
last ones, and the options `weight` and `pos_weight` say that they are there.
"""

import pathlib
import struct

import torch
import torch.nn.functional as F

out = bytearray()
reductions = ["mean", "sum", "none"]


def shape(t):
    return struct.pack("<B", t.dim()) + struct.pack(f"<{t.dim()}q", *t.shape)


def case(name, inputs, kinds, f=None, weights={}, **options):
    """Calls F.name, or f, with the inputs, weights and options."""
    global out
    f = f or getattr(F, name)
    for r, reduction in enumerate(reductions):
        if options.get("batchmean") and r > 0:
            continue
        text = " ".join([name, f"reduction={r}"] + [f"{k}={float(v)!r}" for k, v in options.items()])
        text = " ".join([text] + [f"{k}=1" for k in weights])
        out += struct.pack("<I", len(text)) + text.encode()
        given = [t.detach().clone().requires_grad_() if k == 0 else t for t, k in zip(inputs, kinds)]
        every = list(zip(given + list(weights.values()), list(kinds) + [1] * len(weights)))
        out += struct.pack("<B", len(every))
        for t, k in every:
            assert t.dtype == (torch.int64 if k == 2 else torch.float64)
            out += struct.pack("<B", k) + shape(t) + t.detach().contiguous().numpy().tobytes()
        named = {k: v for k, v in options.items() if k != "batchmean"}
        loss = f(*given, **weights, **named, reduction="batchmean" if options.get("batchmean") else reduction)
        out += shape(loss) + loss.detach().contiguous().numpy().tobytes()
        dy = 1 / (1 + torch.arange(loss.numel(), dtype=torch.float64))
        wanted = [t for t, k in zip(given, kinds) if k == 0]
        for g in torch.autograd.grad(loss, wanted, dy.reshape(loss.shape)):
            out += g.contiguous().numpy().tobytes()


torch.manual_seed(0)


def draw(*shape):
    return torch.randn(shape, dtype=torch.float64)


x, y = 2 * draw(3, 4), 2 * draw(3, 4)
x[0, 0] = y[0, 0]
signs = torch.where(draw(3, 4) > 0, 1.0, -1.0).double()
case("l1_loss", [x, y], [0, 0])
case("mse_loss", [x, y], [0, 0])
for beta in [1.0, 0.25, 0.0]:
    case("smooth_l1_loss", [x, y], [0, 0], beta=beta)
for delta in [1.0, 2.5]:
    case("huber_loss", [x, y], [0, 0], delta=delta)
rates = torch.rand(3, 4, dtype=torch.float64) * 5
counts = torch.poisson(rates)
case("poisson_nll_loss", [x, counts], [0, 1])
case("poisson_nll_loss", [x, counts], [0, 1], full=True)
case("poisson_nll_loss", [rates, counts], [0, 1], log_input=False, full=True, eps=1e-3)
variance = torch.rand(3, 4, dtype=torch.float64)
variance[1, 1] = 0
case("gaussian_nll_loss", [x, y, variance], [0, 0, 0])
case("gaussian_nll_loss", [x, y, variance[:, 2:3] + 0.1], [0, 0, 0], full=True, eps=0.2)
case("gaussian_nll_loss", [x, y, variance[:, 2] + 0.1], [0, 0, 0])
log_p, p = F.log_softmax(x, 1), F.softmax(y, 1)
p0 = p.clone()
p0[0, 1] = 0
case("kl_div", [log_p, p], [0, 0])
case("kl_div", [log_p, p0], [0, 1])
case("kl_div", [log_p, p.log()], [0, 0], log_target=True)
case("kl_div", [log_p, p], [0, 0], batchmean=True)

q = torch.sigmoid(x)
q[0, :2] = torch.tensor([0.0, 1.0])
t = torch.rand(3, 4, dtype=torch.float64)
t[0] = torch.tensor([0.0, 1.0, 1.0, 0.0])
case("binary_cross_entropy", [q, t], [0, 1])
case("binary_cross_entropy", [torch.sigmoid(x), t], [0, 0])
case("binary_cross_entropy", [q, t], [0, 1], weights={"weight": torch.rand(4, dtype=torch.float64)})
case("binary_cross_entropy_with_logits", [30 * x, t], [0, 1])
case("binary_cross_entropy_with_logits", [x, t], [0, 0], weights={"weight": torch.rand(3, 1, dtype=torch.float64)})
case("binary_cross_entropy_with_logits", [x, t], [0, 1], weights={"pos_weight": torch.rand(4, dtype=torch.float64) * 3})
case("binary_cross_entropy_with_logits", [30 * x, t], [0, 1],
     weights={"weight": torch.rand(3, 4, dtype=torch.float64), "pos_weight": torch.rand(4, dtype=torch.float64) * 3})

case("hinge_embedding_loss", [x, signs], [0, 1])
case("hinge_embedding_loss", [x, signs], [0, 1], margin=2.5)
case("margin_ranking_loss", [x, y, signs], [0, 0, 1])
case("margin_ranking_loss", [x, y, signs], [0, 0, 1], margin=0.7)
case("soft_margin_loss", [x, signs], [0, 1])
case("cosine_embedding_loss", [x, y, torch.tensor([1.0, -1, -1]).double()], [0, 0, 1])
case("cosine_embedding_loss", [x, y, torch.tensor([-1.0, 1, -1]).double()], [0, 0, 1], margin=-0.5)
case("cosine_embedding_loss", [x[1], y[1], torch.tensor(1.0).double()], [0, 0, 1])
z = draw(3, 4)
case("triplet_margin_loss", [x, y, z], [0, 0, 0])
case("triplet_margin_loss", [x, y, z], [0, 0, 0], margin=3.0, p=1.0, swap=True)
case("triplet_margin_loss", [x, y, z], [0, 0, 0], margin=2.0, p=3.5, eps=1e-3)
classes = torch.tensor([2, 0, 3])
case("multi_margin_loss", [x, classes], [0, 2])
case("multi_margin_loss", [x, classes], [0, 2], p=2, margin=0.5)
case("multi_margin_loss", [x, classes], [0, 2], weights={"weight": torch.rand(4, dtype=torch.float64)}, margin=2.0)
labels = torch.tensor([[3, 0, -1, 1], [-1, 0, 0, 0], [0, 1, 2, 3]])
case("multilabel_margin_loss", [x, labels], [0, 2])
case("multilabel_soft_margin_loss", [x, t.round()], [0, 1])
case("multilabel_soft_margin_loss", [x, t], [0, 1], weights={"weight": torch.rand(4, dtype=torch.float64)})

weight = torch.rand(4, dtype=torch.float64)
case("cross_entropy", [x, classes], [0, 2])
case("cross_entropy", [x, classes], [0, 2], label_smoothing=0.2)
case("cross_entropy", [x, classes], [0, 2], weights={"weight": weight}, label_smoothing=0.2, ignore_index=0)
case("cross_entropy", [x, classes], [0, 2], weights={"weight": weight})
case("cross_entropy", [x, p], [0, 0])
case("cross_entropy", [x, p], [0, 1], weights={"weight": weight}, label_smoothing=0.1)

pathlib.Path(__file__).with_name("losses.bin").write_bytes(out)
