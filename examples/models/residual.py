# Blocks with a residual, normalised, as a classifier.
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset


class Block(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.norm = nn.LayerNorm(n)
        self.up = nn.Linear(n, 4 * n)
        self.down = nn.Linear(4 * n, n)

    def forward(self, x):
        return x + self.down(F.gelu(self.up(self.norm(x)), approximate='tanh'))


class Net(nn.Module):
    def __init__(self, n, classes):
        super().__init__()
        self.first = nn.Linear(8, n)
        self.blocks = nn.Sequential(Block(n), Block(n))
        self.last = nn.Linear(n, classes)

    def forward(self, x):
        return self.last(self.blocks(self.first(x)))


torch.manual_seed(0)
x = torch.rand(512, 8) - 0.5
y = torch.argmax(x @ (torch.rand(8, 4) - 0.5), 1)
data = TensorDataset(x, y)
loader = DataLoader(data, batch_size=64, shuffle=True)
model = Net(16, 4)
optimizer = torch.optim.Adam(model.parameters(), lr=0.003)

for epoch in range(8):
    total = 0
    for inputs, targets in loader:
        optimizer.zero_grad()
        loss = F.cross_entropy(model(inputs), targets)
        loss.backward()
        optimizer.step()
        total += loss.item()
    print(f'epoch {epoch + 1}: loss {total / len(loader):.4f}')

with torch.no_grad():
    right = torch.sum(torch.eq(torch.argmax(model(x), 1), y))
    print(f'{right.item()} of 512 right')
