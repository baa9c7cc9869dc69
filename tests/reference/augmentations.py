"""Pictures changed as torchvision changes them, for tests/data/augmentations_test.cpp.

Run: python tests/reference/augmentations.py > tests/reference/augmentations.txt   (torch 2.13.0, CPU)

Two pictures of two channels, five rows and four columns, whose values are the numbers from 1 to 80, are changed one
after the other. One line per case: what is done, the seed, the values joined by ',', then '|' and a
randint(0, 2**20). Drawn is what torchvision's transforms draw, in its order, by the same functions of PyTorch.
"""

import math

import torch
import torch.nn.functional as F


def horizontal(x):
    return x.flip(-1) if torch.rand(1) < 0.5 else x


def vertical(x):
    return x.flip(-2) if torch.rand(1) < 0.3 else x


def crop(x):
    h, w = x.shape[-2:]
    x = F.pad(x, [2, 2, 2, 2])
    i = torch.randint(0, 5, size=(1,)).item()
    j = torch.randint(0, 5, size=(1,)).item()
    return x[:, i:i + h, j:j + w]


def rotation(x):
    angle = math.radians(float(torch.empty(1).uniform_(-40.0, 40.0).item()))
    h, w = x.shape[-2:]
    columns = torch.linspace(-w / 2 + 0.5, w / 2 - 0.5, w).expand(h, w)
    rows = torch.linspace(-h / 2 + 0.5, h / 2 - 0.5, h).unsqueeze(1).expand(h, w)
    from_column = (math.cos(angle) * columns - math.sin(angle) * rows) / (w / 2)
    from_row = (math.sin(angle) * columns + math.cos(angle) * rows) / (h / 2)
    grid = torch.stack([from_column, from_row], dim=-1).unsqueeze(0)
    return F.grid_sample(x.unsqueeze(0), grid, mode='nearest', padding_mode='zeros', align_corners=False)[0]


def noise(x):
    return x + 0.1 * torch.randn_like(x)


for name, steps in {'horizontal': [horizontal], 'vertical': [vertical], 'crop': [crop], 'rotation': [rotation],
                    'noise': [noise], 'all': [crop, horizontal, rotation, noise, vertical]}.items():
    for seed in range(4):
        torch.manual_seed(seed)
        values = []
        for picture in torch.arange(1, 81, dtype=torch.float32).reshape(2, 2, 5, 4):
            for step in steps:
                picture = step(picture)
            values += [f'{v:.7g}' for v in picture.flatten().tolist()]
        print(name, seed, ','.join(values), '|', int(torch.randint(0, 2**20, ())))
