# Makes the folder model_files: files as users of PyTorch have them, and others that are taken for such.
#
#   python make_model_files.py
#
# PyTorch 2.13, NumPy 2.4, safetensors 0.8. inputs.txt has the input and the outputs of the networks that are there to
# be predicted with: a name, then numbers. The Stable-Baselines3 archive has the records of a real one with less in them.
import io
import json
import os
import zipfile
from collections import OrderedDict

import numpy
import torch
from safetensors.torch import save_file
from torch import nn

here = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'model_files')
os.makedirs(here, exist_ok=True)
os.chdir(here)
torch.manual_seed(0)


def net(activation=nn.ReLU, bias=True, inputs=4, hidden=5, outputs=3):
    return nn.Sequential(nn.Linear(inputs, hidden, bias=bias), activation(), nn.Linear(hidden, outputs, bias=bias))


def own(m):
    """With the names of wick's Network."""
    names = {'0': 'hidden_layers.0', '2': 'output'}
    return OrderedDict((names[k.split('.')[0]] + '.' + k.split('.')[1], v.clone()) for k, v in m.state_dict().items())


x = torch.randn(1, 4)
results = {'x': x}


def note(name, m):
    results[name] = torch.log_softmax(m(x), 1)


m = net()
sd = own(m)
note('own', m)
torch.save(sd, 'own.pth')
torch.save(m.state_dict(), 'sequential.pth')
optimizer = torch.optim.Adam(m.parameters())
m(x).sum().backward()
optimizer.step()
m.load_state_dict({k: v for k, v in zip(m.state_dict(), sd.values())})

# Where the state dict is.
torch.save({'model': {'state_dict': sd, 'model_args': {'hidden': 5}}, 'optimizer': optimizer.state_dict(),
            'training_history': {'loss': [1., 2.]}}, 'two_levels.pth')
torch.save({'model': {'net': sd}, 'epoch': 1}, 'nested.pth')
torch.save((sd, {'epoch': 1}), 'tuple.pth')
other = net(outputs=2)
torch.save({'generator': sd, 'discriminator': own(other)}, 'two.pth')
torch.save({'agent': {'actor': sd, 'critic': own(other)}}, 'two_nested.pth')
torch.save({**sd, '_extra_state': {'fp8': False}}, 'extra_state.pth')
torch.save({**sd, '_extra_state': torch.zeros(3)}, 'extra_tensor.pth')

# Names.
torch.save({'module.' + k: v for k, v in sd.items()}, 'prefix.pth')
torch.save(torch.optim.swa_utils.AveragedModel(m).state_dict(), 'averaged.pth')
actor, critic = net(outputs=2), net(outputs=1)
note('actor', actor)
results['critic'] = critic(x)
torch.save(nn.ModuleDict({'actor': actor, 'critic': critic}).state_dict(), 'actor_critic.pth')
policy = nn.ModuleDict({'extractor': nn.ModuleDict({'policy_net': nn.Sequential(nn.Linear(4, 5), nn.ReLU()),
                                                    'value_net': nn.Sequential(nn.Linear(4, 5), nn.ReLU())}),
                        'action_net': nn.Linear(5, 2), 'value_net': nn.Linear(5, 1)})
results['policy'] = torch.log_softmax(policy['action_net'](policy['extractor']['policy_net'](x)), 1)
torch.save(policy.state_dict(), 'policy.pth')

# Networks.
no_bias = net(bias=False)
note('no_bias', no_bias)
torch.save(no_bias.state_dict(), 'no_bias.pth')
torch.save(own(no_bias), 'no_bias_own.pth')
torch.save(net(nn.Tanh).state_dict(), 'tanh.pth')
torch.save(own(net(outputs=1)), 'one_output.pth')
torch.save({'input_size': 4, 'output_size': 3, 'hidden_layers': [5], 'dropout': '0.2', 'state_dict': sd},
           'dropout_text.pth')

# Files without a model.
torch.save(torch.optim.lr_scheduler.StepLR(optimizer, 3).state_dict(), 'scheduler.pth')
torch.save(torch.optim.SGD(m.parameters(), lr=0.1).state_dict(), 'sgd.pth')
torch.save(list(sd.values()), 'list.pth')
torch.save(dict(enumerate(sd.values())), 'int_keys.pth')
torch.save({k.encode(): v for k, v in sd.items()}, 'bytes_keys.pth')
torch.save({**sd, 'epoch': 5}, 'mixed.pth')

# A model in several files.
first = {k: v for k, v in sd.items() if k.startswith('hidden')}
second = {k: v for k, v in sd.items() if k.startswith('output')}
for pattern, save in (('model-0000{}-of-00002.safetensors', save_file), ('pytorch_model-0000{}-of-00002.bin', torch.save)):
    save(first, pattern.format(1))
    save(second, pattern.format(2))
    weight_map = {k: pattern.format(1 if k in first else 2) for k in sorted(sd)}
    name = 'model.safetensors' if save is save_file else 'pytorch_model.bin'
    with open(name + '.index.json', 'w') as out:
        json.dump({'metadata': {'total_size': 4 * sum(v.numel() for v in sd.values())}, 'weight_map': weight_map}, out,
                  indent=2)

# Other kinds.
numpy.savez('arrays.npz', **{k: v.numpy() for k, v in sd.items()})
numpy.savez_compressed('compressed.npz', **{k: v.numpy() for k, v in sd.items()})
torch.export.save(torch.export.export(net(inputs=2, hidden=2, outputs=2).eval(), (torch.rand(1, 2),)), 'program.pt2')
with zipfile.ZipFile('download.zip', 'w', zipfile.ZIP_DEFLATED) as archive:
    archive.write('own.pth', 'run/own.pth')


def saved(value):
    out = io.BytesIO()
    torch.save(value, out)
    return out.getvalue()


with zipfile.ZipFile('stable_baselines3.zip', 'w') as archive:
    archive.writestr('data', '{}')
    archive.writestr('pytorch_variables.pth', saved({}))
    archive.writestr('policy.pth', saved(sd))
    archive.writestr('policy.optimizer.pth', saved({}))
    archive.writestr('_stable_baselines3_version', '2.7.0')
with zipfile.ZipFile('model.keras', 'w') as archive:
    for record in 'metadata.json', 'config.json', 'model.weights.h5':
        archive.writestr(record, '{}')
with open('crlf.pth', 'wb') as out:
    out.write(saved(sd).replace(b'\n', b'\r\n'))

with open('inputs.txt', 'w') as out:
    for name, values in results.items():
        print(name, *(repr(v) for v in values.flatten().tolist()), file=out)
