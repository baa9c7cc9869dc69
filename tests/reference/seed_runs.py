# The lesson's program; its lines for seeds 0, 1 and 2 are in seed_runs.txt.
#
#   python seed_runs.py SEED [LINES]
#   python seed_runs.py SEED LINES float64    all in double, lines of three numbers with all digits: seed_runs_float64.txt
#
# PyTorch 1.13.1 on CPU; float64: PyTorch 2.13.0. Needs the four files of Fashion-MNIST (Debian's package dataset-fashion-mnist).
#
# Another BLAS library or processor rounds otherwise, and training makes much of little. Debian 12's PyTorch 1.13.1
# with its plain BLAS on a processor with AVX2 differs from these eight lines by up to 0.001 for seed 0, 0.014 for
# seed 1 and 0.021 for seed 2 in the losses, and by up to 0.010 in accuracy.
import gzip
import sys

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn, optim
from torch.utils.data import DataLoader, TensorDataset

FOLDER = '/usr/share/datasets/fashion-mnist/'


def data(part):
    with gzip.open(f'{FOLDER}{part}-images-idx3-ubyte.gz') as f:
        images = np.frombuffer(f.read(), np.uint8, offset=16).reshape(-1, 784)
    with gzip.open(f'{FOLDER}{part}-labels-idx1-ubyte.gz') as f:
        labels = np.frombuffer(f.read(), np.uint8, offset=8)
    x = torch.from_numpy(images.copy()).to(dtype).div(255).sub(0.5).div(0.5)  # ToTensor, Normalize(0.5, 0.5)
    return TensorDataset(x, torch.from_numpy(labels.astype(np.int64)))


class Network(nn.Module):
    def __init__(self, input_size, output_size, hidden_layers, drop_p=0.5):
        super().__init__()
        sizes = [input_size, *hidden_layers]
        self.hidden_layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(sizes, sizes[1:]))
        self.output = nn.Linear(sizes[-1], output_size)
        self.dropout = nn.Dropout(p=drop_p)

    def forward(self, x):
        for layer in self.hidden_layers:
            x = self.dropout(F.relu(layer(x)))
        return F.log_softmax(self.output(x), dim=1)


def validation(model, loader, criterion):
    loss = accuracy = 0
    for images, labels in loader:
        output = model(images)
        loss += criterion(output, labels).item()
        accuracy += (labels == output.argmax(1)).to(dtype).mean().item()
    return loss / len(loader), accuracy / len(loader)


seed = int(sys.argv[1])
lines = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
dtype = getattr(torch, sys.argv[3]) if len(sys.argv) > 3 else torch.float32
train_data, test_data = data('train'), data('t10k')
torch.manual_seed(seed)
train_loader = DataLoader(train_data, batch_size=64, shuffle=True)
test_loader = DataLoader(test_data, batch_size=64, shuffle=True)
model = Network(784, 10, [512, 256, 128]).to(dtype)
criterion = nn.NLLLoss()
optimizer = optim.Adam(model.parameters(), lr=0.001)
steps = running_loss = 0
for epoch in range(2):
    for images, labels in train_loader:
        steps += 1
        optimizer.zero_grad()
        loss = criterion(model(images), labels)
        loss.backward()
        optimizer.step()
        running_loss += loss.item()
        if steps % 40 == 0:
            model.eval()
            with torch.no_grad():
                test_loss, accuracy = validation(model, test_loader, criterion)
            model.train()
            if dtype == torch.float64:
                print(f'{running_loss / 40!r} {test_loss!r} {accuracy!r}', flush=True)
            else:
                print(f'Epoch: {epoch + 1}/2..  Training Loss: {running_loss / 40:.3f}..  '
                      f'Test Loss: {test_loss:.3f}..  Test Accuracy: {accuracy:.3f}', flush=True)
            running_loss = 0
            lines -= 1
            if lines == 0:
                sys.exit()
