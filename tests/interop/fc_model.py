"""The network of the PyTorch lesson on saving and loading models, and its function that rebuilds one from a file."""

import torch
import torch.nn.functional as F
from torch import nn


class Network(nn.Module):

    def __init__(self, input_size, output_size, hidden_layers, drop_p=0.5):
        super().__init__()
        sizes = [input_size] + list(hidden_layers)
        self.hidden_layers = nn.ModuleList([nn.Linear(n, m) for n, m in zip(sizes, sizes[1:])])
        self.output = nn.Linear(sizes[-1], output_size)
        self.dropout = nn.Dropout(p=drop_p)

    def forward(self, x):
        for layer in self.hidden_layers:
            x = self.dropout(F.relu(layer(x)))
        return F.log_softmax(self.output(x), dim=1)


def save_checkpoint(filepath, model, **more):
    checkpoint = {'input_size': (model.hidden_layers[0] if model.hidden_layers else model.output).in_features,
                  'output_size': model.output.out_features,
                  'hidden_layers': [layer.out_features for layer in model.hidden_layers],
                  'state_dict': model.state_dict()}
    checkpoint.update(more)
    torch.save(checkpoint, filepath)


def load_checkpoint(filepath):
    checkpoint = torch.load(filepath)
    model = Network(checkpoint['input_size'], checkpoint['output_size'], checkpoint['hidden_layers'])
    model.load_state_dict(checkpoint['state_dict'])
    return model
