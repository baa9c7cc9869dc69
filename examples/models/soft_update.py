# Values of states, learned from those that a second network gives to the states after them. The second network
# follows the first one slowly.
import copy

import torch
from torch import nn
from torch.nn import functional as F


class Net(nn.Module):
    def __init__(self, states, hidden):
        super().__init__()
        self.first = nn.Linear(states, hidden)
        self.last = nn.Linear(hidden, 1)

    def forward(self, x):
        return self.last(torch.tanh(self.first(x)))


torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
online = Net(4, 32)
target = copy.deepcopy(online)
optimizer = torch.optim.Adam(online.parameters(), lr=0.01)

for step in range(300):
    state = torch.randn(64, 4)
    following = 0.8 * state + 0.2 * torch.randn(64, 4)
    reward = torch.mean(state, 1, True)
    with torch.no_grad():
        goal = reward + 0.9 * target(following)
    optimizer.zero_grad()
    loss = F.mse_loss(online(state), goal)
    loss.backward()
    optimizer.step()
    with torch.no_grad():
        for theirs, ours in zip(target.parameters(), online.parameters()):
            theirs.lerp_(ours, 0.05)
    if step % 60 == 59:
        print(f'step {step + 1}: loss {loss.item():.6f}')

with torch.no_grad():
    ones = torch.ones(1, 4)
    print(f'online {online(ones).item():.5f}, target {target(ones).item():.5f}')
