# Makes safetensors_*.safetensors with the Python package, files that wick must read, and write again byte for byte:
#
#   python make_safetensors.py
#
# Versions used: safetensors 0.8.0, PyTorch 2.13.0. The package writes metadata in an order that changes from run to
# run, hence at most one text in each file. tests/io/safetensors/ builds the same tensors.
import torch
from safetensors.torch import save_file


def ramp(dtype, *shape):
    """The numbers 0, 1, 2, ... of any dtype, in any shape."""
    n = 1
    for d in shape:
        n *= d
    return torch.arange(n).to(torch.float32).to(dtype).reshape(shape)


names = ('float64 float32 float16 bfloat16 int64 int32 int16 int8 uint8 bool uint16 uint32 uint64 complex64 '
         'float8_e4m3fn float8_e5m2 float8_e4m3fnuz float8_e5m2fnuz float8_e8m0fnu').split()
save_file({name: ramp(getattr(torch, name), 2, 3) for name in names}, 'safetensors_types.safetensors')

save_file({}, 'safetensors_empty.safetensors')
save_file({'attn.0': ramp(torch.float32, 1, 2, 3)}, 'safetensors_one.safetensors')
save_file({'scalar': ramp(torch.float32), 'none': ramp(torch.float32, 0), 'also none': ramp(torch.int64, 2, 0, 3),
           'eight': ramp(torch.uint8, 1, 1, 1, 1, 2, 1, 1, 1), '': ramp(torch.uint8, 1),
           '"\\/\b\f\n\r\t\x00\x01\x1f\x7f\u00e9\u20ac\U0001f600': ramp(torch.uint8, 3)},
          'safetensors_names.safetensors', metadata={'line\n"\x02"': '\\ \u00fc \x1b'})
# What a program that knows nothing of wick saves: a model, with the usual metadata.
model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 2))
save_file({k: ramp(torch.float32, *v.shape) for k, v in model.state_dict().items()}, 'safetensors_model.safetensors',
          metadata={'format': 'pt'})
