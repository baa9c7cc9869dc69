"""torch.optim.lr_scheduler, for tests/optim/lr_scheduler_test.cpp.

    python make_schedulers.py

writes schedulers.bin: the rates that PyTorch sets over 200 steps. Made with torch 2.13.0. Little-endian; a text is a
u32 length and its bytes:
    u32 count, count x:
        text name, u32 rates, u8 groups,
        f64 learning rate of each group when the scheduler was made and after each step, `rates` x `groups`,
        f64 first beta (or momentum) at the same times, `rates`
The optimizer is SGD with lr 0.1 and momentum 0.9, with a second group of lr 0.02 where there are two.
"""

import math
import pathlib
import struct

import torch
from torch.optim import lr_scheduler as lrs

out = bytearray()
count = 0


def metric(k):
    """Falls, waits, jumps: what a plateau is made of."""
    return 1.0 / (1 + k // 7) + 0.05 * math.floor(k / 60) + (0.001 if k % 2 else 0.0)


def case(name, make, groups=1, steps=200, metrics=None, betas=False):
    global out, count
    parameters = [torch.nn.Parameter(torch.zeros(2)) for _ in range(groups)]
    parts = [{"params": [p], "lr": lr} for p, lr in zip(parameters, (0.1, 0.02))]
    optimizer = torch.optim.Adam(parts, lr=0.1) if betas else torch.optim.SGD(parts, lr=0.1, momentum=0.9)
    scheduler = make(optimizer)
    rates, momenta = [], []

    def note():
        rates.extend(float(g["lr"]) for g in optimizer.param_groups)
        group = optimizer.param_groups[0]
        momenta.append(float(group["betas"][0] if betas else group["momentum"]))

    note()
    for k in range(steps):
        optimizer.step()
        scheduler.step(metrics(k)) if metrics else scheduler.step()
        note()
    out += struct.pack("<I", len(name)) + name.encode() + struct.pack("<IB", len(momenta), groups)
    out += struct.pack("<%dd" % len(rates), *rates) + struct.pack("<%dd" % len(momenta), *momenta)
    count += 1


case("StepLR", lambda o: lrs.StepLR(o, step_size=30))
case("StepLR, two groups", lambda o: lrs.StepLR(o, step_size=7, gamma=0.9), groups=2)
case("MultiStepLR", lambda o: lrs.MultiStepLR(o, milestones=[120, 30, 80, 30], gamma=0.5))
case("ConstantLR", lambda o: lrs.ConstantLR(o))
case("ConstantLR, two groups", lambda o: lrs.ConstantLR(o, factor=0.3, total_iters=40), groups=2)
case("LinearLR", lambda o: lrs.LinearLR(o))
case("LinearLR, long", lambda o: lrs.LinearLR(o, start_factor=0.05, end_factor=0.8, total_iters=150), groups=2)
case("ExponentialLR", lambda o: lrs.ExponentialLR(o, gamma=0.97), groups=2)
case("PolynomialLR", lambda o: lrs.PolynomialLR(o, total_iters=150), groups=2)
case("PolynomialLR, power", lambda o: lrs.PolynomialLR(o, total_iters=190, power=2.5))
case("CosineAnnealingLR", lambda o: lrs.CosineAnnealingLR(o, T_max=50), groups=2)
case("CosineAnnealingLR, eta_min", lambda o: lrs.CosineAnnealingLR(o, T_max=200, eta_min=0.001))
case("CosineAnnealingWarmRestarts", lambda o: lrs.CosineAnnealingWarmRestarts(o, T_0=17), groups=2)
case("CosineAnnealingWarmRestarts, T_mult", lambda o: lrs.CosineAnnealingWarmRestarts(o, T_0=10, T_mult=2, eta_min=0.003))
case("LambdaLR", lambda o: lrs.LambdaLR(o, [lambda k: 0.95**k, lambda k: 1 / (1 + k)]), groups=2)
case("MultiplicativeLR", lambda o: lrs.MultiplicativeLR(o, lambda k: 1 - 1 / (k + 3)), groups=2)
case("OneCycleLR", lambda o: lrs.OneCycleLR(o, max_lr=0.4, total_steps=201))
case("OneCycleLR, linear", lambda o: lrs.OneCycleLR(o, max_lr=[0.4, 0.2], epochs=3, steps_per_epoch=67, pct_start=0.2,
                                                    anneal_strategy="linear", base_momentum=0.7, max_momentum=0.99,
                                                    div_factor=10.0, final_div_factor=100.0), groups=2)
case("OneCycleLR, three phases", lambda o: lrs.OneCycleLR(o, max_lr=0.4, total_steps=250, three_phase=True, pct_start=0.4),
     betas=True)
case("CyclicLR", lambda o: lrs.CyclicLR(o, base_lr=0.01, max_lr=0.3, step_size_up=23, step_size_down=31))
case("CyclicLR, triangular2", lambda o: lrs.CyclicLR(o, base_lr=[0.01, 0.02], max_lr=[0.3, 0.1], step_size_up=13,
                                                     mode="triangular2", base_momentum=0.5, max_momentum=0.95), groups=2)
case("CyclicLR, exp_range", lambda o: lrs.CyclicLR(o, base_lr=0.01, max_lr=0.3, step_size_up=13, mode="exp_range",
                                                   gamma=0.99), betas=True)
case("CyclicLR, without momentum", lambda o: lrs.CyclicLR(o, base_lr=0.01, max_lr=0.3, step_size_up=13,
                                                          cycle_momentum=False))
case("ReduceLROnPlateau", lambda o: lrs.ReduceLROnPlateau(o, patience=3), metrics=metric, groups=2)
case("ReduceLROnPlateau, max", lambda o: lrs.ReduceLROnPlateau(o, mode="max", factor=0.5, patience=2, threshold=0.01,
                                                               threshold_mode="abs", cooldown=4, min_lr=[1e-3, 1e-4]),
     metrics=lambda k: -metric(k), groups=2)
case("ChainedScheduler", lambda o: lrs.ChainedScheduler(
    [lrs.ConstantLR(o, factor=0.1, total_iters=20), lrs.ExponentialLR(o, gamma=0.98), lrs.CosineAnnealingLR(o, T_max=70)],
    optimizer=o), groups=2)
case("SequentialLR", lambda o: lrs.SequentialLR(o, [lrs.LinearLR(o, start_factor=0.1, total_iters=20),
                                                    lrs.CosineAnnealingLR(o, T_max=80), lrs.StepLR(o, step_size=9, gamma=0.7)],
                                                milestones=[20, 100]), groups=2)
case("SequentialLR, others", lambda o: lrs.SequentialLR(
    o, [lrs.ExponentialLR(o, gamma=0.95), lrs.CosineAnnealingWarmRestarts(o, T_0=11), lrs.MultiplicativeLR(o, lambda k: 0.97),
        lrs.PolynomialLR(o, total_iters=30), lrs.LambdaLR(o, lambda k: 0.9**k), lrs.ConstantLR(o),
        lrs.MultiStepLR(o, [0, 5], gamma=0.5)], milestones=[15, 50, 70, 110, 140, 170]), groups=2)

pathlib.Path(__file__).with_name("schedulers.bin").write_bytes(struct.pack("<I", count) + out)
