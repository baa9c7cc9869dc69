# A loss of one's own: quantiles, by the pinball loss.
import torch
from torch import nn


def pinball_loss(prediction, target, quantile):
    error = target - prediction
    return torch.mean(torch.maximum(quantile * error, (quantile - 1) * error))


class Net(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.first = nn.Linear(1, hidden)
        self.last = nn.Linear(hidden, 1)

    def forward(self, x):
        return self.last(torch.tanh(self.first(x)))


torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
x = 2 * torch.rand(400, 1)
y = x + x * torch.randn(400, 1)

for quantile in [0.1, 0.5, 0.9]:
    model = Net(16)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for step in range(150):
        optimizer.zero_grad()
        loss = pinball_loss(model(x), y, quantile)
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        below = torch.sum(torch.lt(y, model(x)))
    print(f'quantile {quantile:.1f}: loss {loss.item():.6f}, {below.item()} of 400 below it')
