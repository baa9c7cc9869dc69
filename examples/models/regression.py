# A noisy curve, fitted by a small network in batches.
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.first = nn.Linear(1, hidden)
        self.second = nn.Linear(hidden, hidden)
        self.last = nn.Linear(hidden, 1)

    def forward(self, x):
        x = torch.tanh(self.first(x))
        x = torch.tanh(self.second(x))
        return self.last(x)


torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
x = 6 * torch.rand(256, 1) - 3
y = torch.sin(2 * x) + 0.1 * torch.randn(256, 1)
model = Net(32)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
criterion = nn.MSELoss()

for epoch in range(20):
    order = torch.randperm(256)
    total = 0
    for i in range(0, 256, 32):
        rows = order[i:i + 32]
        optimizer.zero_grad()
        loss = criterion(model(x[rows]), y[rows])
        loss.backward()
        optimizer.step()
        total += loss.item()
    if epoch % 5 == 4:
        print(f'epoch {epoch + 1}: loss {total / 8:.6f}')

with torch.no_grad():
    for at in [-2.0, 0.0, 1.0]:
        print(f'f({at:.1f}) = {model(torch.full((1, 1), at)).item():.5f}')
