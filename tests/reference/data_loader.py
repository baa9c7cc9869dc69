"""Orders and generator states of PyTorch's DataLoader, for tests/data/data_loader_test.cpp.

Run: python tests/reference/data_loader.py > tests/reference/data_loader.txt   (torch 2.13.0, CPU)

One line per case: seed n batch_size shuffle drop_last explicit passes stop_after,
then for every pass the batches (indices joined by ',', batches joined by ';', '-' if
there are none), then '|' and a randint(0, 2**20) from the generator and one from the
default generator, which show how much was drawn. stop_after > 0: every pass is left
inside the loop body of that batch. In the body a randint(0, 2**20) is drawn from the
generator and written after ':', so that the moment of every draw matters.
"""

import torch


class Numbers(torch.utils.data.Dataset):
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n

    def __getitem__(self, i):
        return i


def case(seed, n, batch_size, shuffle, drop_last, explicit, passes, stop_after):
    torch.manual_seed(seed)
    generator = None
    if explicit:
        generator = torch.Generator()
        generator.manual_seed(seed + 1)
    loader = torch.utils.data.DataLoader(
        Numbers(n), batch_size=batch_size, shuffle=shuffle, drop_last=drop_last, generator=generator)
    fields = [seed, n, batch_size, int(shuffle), int(drop_last), int(explicit), passes, stop_after]
    out = []
    for _ in range(passes):
        batches = []
        for batch in loader:
            batches.append(",".join(str(int(i)) for i in batch))
            batches[-1] += ":" + str(int(torch.randint(0, 1 << 20, (1,), generator=generator)))
            if stop_after and len(batches) == stop_after:
                break
        out.append(";".join(batches) if batches else "-")
    rest = [int(torch.randint(0, 1 << 20, (1,), generator=g)) for g in (generator, None)]
    print(*fields, *out, "|", *rest)


for seed in (0, 1, 42):
    for n, batch_size in ((1, 1), (2, 1), (5, 5), (6, 3), (7, 3), (10, 4), (3, 8), (33, 16)):
        for shuffle in (False, True):
            for drop_last in (False, True):
                for explicit in (False, True):
                    case(seed, n, batch_size, shuffle, drop_last, explicit, 2, 0)
for explicit in (False, True):
    for stop_after in (1, 2, 3):
        case(7, 10, 4, True, False, explicit, 3, stop_after)
        case(7, 12, 4, True, False, explicit, 3, stop_after)
for explicit in (False, True):
    case(123, 700, 64, True, False, explicit, 2, 0)
