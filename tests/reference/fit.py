"""The numbers of the loop that fit() is, written in PyTorch, for tests/training/fit_test.cpp.

Run: python tests/reference/fit.py > tests/reference/fit.txt   (torch 2.13.0, CPU)

Two runs in double. One line per epoch: the run, the epoch, the training loss, the validation loss, the validation
accuracy, the learning rate of the epoch's last step, and whether the epoch is the best so far. Then a line with the
run, `end`, the best epoch, and the sum of what its model predicts for the validation data, class by class.
Data and initial parameters are sines, so that both programs can make them.
"""

import math

import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def data(rows, phase):
    x = torch.tensor([[math.sin(phase + 0.37 * (6 * i + j)) for j in range(6)] for i in range(rows)],
                     dtype=torch.float64)
    return TensorDataset(x, (x[:, :3] + 0.3 * x[:, 3:]).argmax(1))


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden_layers = nn.ModuleList([nn.Linear(6, 8), nn.Linear(8, 5)])
        self.output = nn.Linear(5, 3)
        self.dropout = nn.Dropout(0.2)
        self.double()
        with torch.no_grad():
            for number, p in enumerate(self.parameters()):
                values = [0.5 * math.sin(10 * number + k) for k in range(p.numel())]
                p.copy_(torch.tensor(values, dtype=torch.float64).reshape(p.shape))

    def forward(self, x):
        for layer in self.hidden_layers:
            x = self.dropout(torch.relu(layer(x)))
        return torch.log_softmax(self.output(x), dim=1)


def run(name, accumulate, clip_norm, clip_value, patience, min_delta, plateau):
    train_data, validation_data = data(50, 0), data(30, 0.2)
    train_loader = DataLoader(train_data, batch_size=8, shuffle=True)
    validation_loader = DataLoader(validation_data, batch_size=16, shuffle=True)
    model = Network()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    if plateau:
        scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    else:
        scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=60)
    criterion = nn.NLLLoss()
    torch.manual_seed(11)
    best, reference, waited, best_epoch, best_state = math.inf, math.inf, 0, 0, None
    for epoch in range(1, 41):
        model.train()
        losses = []
        batches = len(train_loader)
        for number, (x, y) in enumerate(train_loader):
            loss = criterion(model(x), y)
            losses.append(loss.item())
            group = number // accumulate
            (loss / min(accumulate, batches - group * accumulate)).backward()
            if (number + 1) % accumulate == 0 or number + 1 == batches:
                if clip_norm is not None:
                    nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
                if clip_value is not None:
                    nn.utils.clip_grad_value_(model.parameters(), clip_value)
                lr = optimizer.param_groups[0]['lr']
                optimizer.step()
                optimizer.zero_grad()
                if not plateau:
                    scheduler.step()
        model.eval()
        loss, accuracy = 0, 0
        with torch.no_grad():
            for x, y in validation_loader:
                log_probabilities = model(x)
                loss += criterion(log_probabilities, y).item() / len(validation_loader)
                accuracy += (log_probabilities.argmax(1) == y).double().mean().item() / len(validation_loader)
        is_best = loss < best
        if is_best:
            best, best_epoch = loss, epoch
            best_state = {k: v.clone() for k, v in model.state_dict().items()}
        if loss < reference - min_delta:
            reference, waited = loss, 0
        else:
            waited += 1
        print(name, epoch, repr(sum(losses) / len(losses)), repr(loss), repr(accuracy), repr(lr), int(is_best))
        if plateau:
            scheduler.step(loss)
        if waited >= patience:
            break
    model.load_state_dict(best_state)
    with torch.no_grad():
        sums = model(validation_data.tensors[0]).sum(0)
    print(name, 'end', best_epoch, *(repr(s.item()) for s in sums))


run('cosine', 1, 0.5, None, 5, 0, False)
run('plateau', 3, None, 0.02, 4, 0.01, True)
