# A mixture of experts: each row goes through the one expert that the gate chooses for it.
import torch
from torch import nn
from torch.nn import functional as F


class Mixture(nn.Module):
    def __init__(self, inputs, outputs, experts):
        super().__init__()
        self.gate = nn.Linear(inputs, experts)
        self.up = nn.ModuleList([nn.Linear(inputs, 16) for _ in range(experts)])
        self.down = nn.ModuleList([nn.Linear(16, outputs) for _ in range(experts)])

    def forward(self, x):
        probability = torch.softmax(self.gate(x), 1)
        choice = torch.argmax(probability, 1)
        y = torch.zeros(x.size(0), self.down[0].out_features)
        for i in range(len(self.up)):
            rows = torch.nonzero(choice == i).flatten()
            if rows.numel() == 0:
                continue
            part = self.down[i](torch.tanh(self.up[i](x.index_select(0, rows))))
            weight = probability.index_select(0, rows).narrow(1, i, 1)
            y = y.index_add(0, rows, part * weight)
        return y


torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
x = torch.randn(128, 3)
y = torch.abs(torch.matmul(x, torch.randn(3, 2)))
model = Mixture(3, 2, 4)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)

for step in range(200):
    optimizer.zero_grad()
    loss = F.mse_loss(model(x), y)
    loss.backward()
    optimizer.step()
    if step % 40 == 39:
        print(f'step {step + 1}: loss {loss.item():.6f}')
