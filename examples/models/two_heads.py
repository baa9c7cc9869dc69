# One body, two heads: a value and a class, trained together.
import torch
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    def __init__(self, inputs, hidden, classes):
        super().__init__()
        self.body = nn.Linear(inputs, hidden)
        self.value = nn.Linear(hidden, 1)
        self.kind = nn.Linear(hidden, classes)

    def forward(self, x):
        x = torch.relu(self.body(x))
        return self.value(x), self.kind(x)


torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
x = torch.randn(200, 6)
values = torch.sum(x * x, 1, True) / 6
kinds = torch.argmax(torch.matmul(x, torch.randn(6, 3)), 1)
model = Net(6, 32, 3)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

for step in range(150):
    optimizer.zero_grad()
    value, kind = model(x)
    value_loss = F.mse_loss(value, values)
    kind_loss = F.cross_entropy(kind, kinds)
    loss = value_loss + 0.5 * kind_loss
    loss.backward()
    optimizer.step()
    if step % 50 == 49:
        print(f'step {step + 1}: value {value_loss.item():.6f}, class {kind_loss.item():.6f}')

with torch.no_grad():
    value, kind = model(x)
    right = torch.sum(torch.eq(torch.argmax(kind, 1), kinds))
    print(f'value {value[0, 0].item():.4f} for {values[0, 0].item():.4f}')
    print(f'{right.item()} of 200 right')
