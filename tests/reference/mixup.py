"""Shares that torch.distributions.Beta draws, for tests/data/mixup_test.cpp.

Run: python tests/reference/mixup.py > tests/reference/mixup.txt   (torch 2.13.0, CPU)

One line per case: alpha, the seed, five draws of Beta(alpha, alpha), then '|' and a randint(0, 2**20).
"""

import torch

for alpha in (0.1, 0.2, 1.0, 2.5):
    for seed in range(4):
        torch.manual_seed(seed)
        beta = torch.distributions.Beta(torch.tensor([alpha]), torch.tensor([alpha]))
        draws = [beta.sample(()).item() for _ in range(5)]
        print(alpha, seed, *(f'{d:.9g}' for d in draws), '|', int(torch.randint(0, 2**20, ())))
