# An autoencoder whose decoder has the weight of the encoder, transposed.
import torch
from torch import nn
from torch.nn import functional as F


class Autoencoder(nn.Module):
    def __init__(self, n, code):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(n))
        self.encoder = nn.Linear(n, code)

    def forward(self, x):
        code = torch.tanh(self.encoder(x))
        return torch.sigmoid(torch.matmul(code, self.encoder.weight) + self.bias)


torch.set_default_dtype(torch.float64)
torch.manual_seed(0)
code = torch.randn(256, 3)
x = torch.sigmoid(torch.matmul(code, torch.randn(3, 12)))
model = Autoencoder(12, 4)
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)

for step in range(200):
    optimizer.zero_grad()
    loss = F.mse_loss(model(x), x)
    loss.backward()
    optimizer.step()
    if step % 50 == 49:
        print(f'step {step + 1}: loss {loss.item():.7f}')

with torch.no_grad():
    y = model(x)
    print(f'{x[0, 0].item():.4f} became {y[0, 0].item():.4f}')
    print(f'{x[0, 1].item():.4f} became {y[0, 1].item():.4f}')
