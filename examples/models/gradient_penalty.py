# A critic that tells two clouds of points apart, its slope held near 1 by a penalty on the gradient by the points.
import torch
from torch import nn


class Critic(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.first = nn.Linear(2, hidden)
        self.second = nn.Linear(hidden, hidden)
        self.last = nn.Linear(hidden, 1)

    def forward(self, x):
        x = torch.tanh(self.first(x))
        x = torch.tanh(self.second(x))
        return self.last(x)


torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
critic = Critic(32)
optimizer = torch.optim.Adam(critic.parameters(), lr=0.01)

for step in range(100):
    real = 0.5 * torch.randn(64, 2) + 1
    fake = torch.randn(64, 2)
    t = torch.rand(64, 1)
    between = (t * real + (1 - t) * fake).requires_grad_()
    slope, = torch.autograd.grad(torch.sum(critic(between)), between, create_graph=True)
    norm = torch.sqrt(torch.sum(torch.square(slope), 1))
    penalty = torch.mean(torch.square(norm - 1))
    distance = torch.mean(critic(real)) - torch.mean(critic(fake))
    loss = 10 * penalty - distance
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 20 == 19:
        print(f'step {step + 1}: distance {distance.item():.6f}, penalty {penalty.item():.6f}')
