# An activation with a derivative of its own, which keeps x alone where autograd would keep sigmoid(x) too.
import torch
from torch import nn
from torch.nn import functional as F


class Swish(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x * torch.sigmoid(x)
        ctx.save_for_backward(y, x)
        return y

    @staticmethod
    def backward(ctx, dy):
        y, x = ctx.saved_tensors
        s = torch.sigmoid(x)
        return dy * (s + y * (1 - s))


class Net(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.first = nn.Linear(2, hidden)
        self.second = nn.Linear(hidden, hidden)
        self.last = nn.Linear(hidden, 1)

    def forward(self, x):
        x = Swish.apply(self.first(x))
        x = Swish.apply(self.second(x))
        return self.last(x)


torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
x = torch.randn(128, 2)
y = torch.prod(x, 1, True)
model = Net(24)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

print('gradcheck', torch.autograd.gradcheck(Swish.apply, torch.randn(5, requires_grad=True)))
for step in range(200):
    optimizer.zero_grad()
    loss = F.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    if step % 50 == 49:
        print(f'step {step + 1}: loss {loss.item():.8f}')
