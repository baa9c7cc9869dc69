"""torchvision's ToTensor and Normalize for every pixel value, for tests/data/transforms_test.cpp.

Run: python tests/reference/transforms.py > tests/reference/transforms.txt   (torch 2.13.0, CPU)

ToTensor is byte.to(float).div(255); Normalize is sub_(mean).div_(std) with mean and std
made float tensors. One line per pixel value: the bits, in hex, of float32 ToTensor,
float32 normalised with (0.5, 0.5) and (0.2860, 0.3530), float64 with (0.2860, 0.3530).
"""

import struct

import torch

pixels = torch.arange(256, dtype=torch.uint8)


def normalised(dtype, mean, std):
    x = pixels.to(dtype).div(255)
    return x.sub_(torch.as_tensor(mean, dtype=dtype)).div_(torch.as_tensor(std, dtype=dtype))


half = normalised(torch.float32, 0.5, 0.5)
assert torch.equal(half, pixels.float().div(255).sub(0.5).div(0.5))
columns = (
    pixels.to(torch.float32).div(255),
    half,
    normalised(torch.float32, 0.2860, 0.3530),
    normalised(torch.float64, 0.2860, 0.3530),
)
for i in range(256):
    a, b, c, d = (x[i].item() for x in columns)
    print(*(struct.pack(">f", x).hex() for x in (a, b, c)), struct.pack(">d", d).hex())
