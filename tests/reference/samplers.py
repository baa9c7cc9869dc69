"""What PyTorch draws for subsets, weighted samples and random splits, for tests/data/samplers_test.cpp.

Run: python tests/reference/samplers.py > tests/reference/samplers.txt   (torch 2.13.0, CPU)

One line per case: a kind, the seed, whether a generator is given, the batch size, numbers joined by ',' (weights,
the rows of a subset, or the lengths of a split), the number of samples; then the batches of two passes, or the parts
of a split (indices joined by ',', each followed by ';'), then '|' and a randint(0, 2**20) of the generator.
"""

import torch
from torch.utils.data import DataLoader, Subset, WeightedRandomSampler, random_split


def batches(loader):
    return ''.join(','.join(str(int(i)) for i in batch) + ';' for _ in range(2) for batch in loader)


def case(kind, seed, explicit, batch_size, numbers, samples, run):
    torch.manual_seed(seed)
    generator = torch.Generator().manual_seed(seed + 1) if explicit else None
    text = run(generator)
    after = int(torch.randint(0, 2**20, (), generator=generator))
    print(kind, seed, int(explicit), batch_size, ','.join(map(str, numbers)), samples, text, '|', after)


weights = [[1.0, 2.0, 0.0, 4.0], [0.1, 0.9, 0.4, 0.7, 3.0, 0.6, 0.0], [1e-3, 1e5, 1e4, 2.5e4, 7.0], [1.0] * 30]
for seed, w in enumerate(weights):
    for explicit in (False, True):
        for samples in (2, 5, 40):
            sampler = lambda g: WeightedRandomSampler(w, samples, generator=g)
            case('weighted', seed, explicit, 4, w, samples,
                 lambda g: batches(DataLoader(range(len(w)), 4, sampler=sampler(g), generator=g)))
for seed, rows in enumerate([[3], [5, 1, 9, 0], [2, 2, 7], list(range(10, 30))]):
    for explicit in (False, True):
        for shuffle in (False, True):
            data = Subset(range(40), rows)
            case('shuffled' if shuffle else 'subset', seed, explicit, 3, rows, len(rows),
                 lambda g: batches(DataLoader(data, 3, shuffle=shuffle, generator=g)))
for seed, lengths in enumerate([[6, 4], [1, 1], [17, 5], [12, 4, 6]]):
    for explicit in (False, True):
        def split(g):
            g = torch.default_generator if g is None else g
            return ''.join(','.join(map(str, p.indices)) + ';' for p in random_split(range(sum(lengths)), lengths, g))
        case('split', seed, explicit, 0, lengths, sum(lengths), split)
