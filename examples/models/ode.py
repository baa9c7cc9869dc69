# A network that is the solution of u'' = -u, u(0) = 1, u'(0) = 0: nobody tells it the cosine.
import torch
from torch import nn
from torch.autograd import grad


class Net(nn.Module):
    def __init__(self, hidden):
        super().__init__()
        self.first = nn.Linear(1, hidden)
        self.second = nn.Linear(hidden, hidden)
        self.last = nn.Linear(hidden, 1)

    def forward(self, t):
        t = torch.tanh(self.first(t))
        t = torch.tanh(self.second(t))
        return self.last(t)


torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
times = torch.linspace(0, 3, 31).reshape(31, 1)
model = Net(16)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

for step in range(600):
    t = times.clone().requires_grad_()
    u = model(t)
    du, = grad(torch.sum(u), t, create_graph=True)
    d2u, = grad(torch.sum(du), t, create_graph=True)
    start = torch.square(u.narrow(0, 0, 1) - 1) + torch.square(du.narrow(0, 0, 1))
    loss = torch.mean(torch.square(d2u + u)) + torch.sum(start)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 150 == 149:
        print(f'step {step + 1}: loss {loss.item():.9f}')

with torch.no_grad():
    for at in [0.0, 1.0, 2.0, 3.0]:
        print(f'u({at:.1f}) = {model(torch.full((1, 1), at)).item():.4f}')
