# Makes file_kinds.txt: the first 48 bytes, in hexadecimal, of files that other programs write.
#
#   python file_kinds.py > file_kinds.txt
#
# PyTorch 1.13.1 (its ONNX exporter needs no further package); the safetensors file is laid out by hand
# after https://github.com/huggingface/safetensors: u64 length, JSON, data.
import gzip
import io
import json
import struct

import torch


def line(kind, data):
    print(kind, data[:48].hex())


def saved(value, **options):
    out = io.BytesIO()
    torch.save(value, out, **options)
    return out.getvalue()


tensor = torch.zeros(2)
line('zip', saved({'w': tensor}))
line('zip', b'PK\x05\x06' + bytes(18))  # an empty archive
line('legacy_torch', saved({'w': tensor}, _use_new_zipfile_serialization=False))
line('legacy_torch', saved({'w': tensor}, _use_new_zipfile_serialization=False, pickle_protocol=4))

header = json.dumps({'w': {'dtype': 'F32', 'shape': [2], 'data_offsets': [0, 8]}}).encode()
line('safetensors', struct.pack('<Q', len(header)) + header + bytes(8))

out = io.BytesIO()
torch.onnx.export(torch.nn.Linear(2, 1), torch.zeros(1, 2), out)
line('onnx', out.getvalue())

line('gzip', gzip.compress(b'wick', mtime=0))
line('html', b'<!DOCTYPE html>\n<html lang="en"><head><title>Not Found</title>')
line('html', b'\r\n  <html><body>404</body></html>')
line('git_lfs', b'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a2146')
line('png', bytes.fromhex('89504e470d0a1a0a0000000d49484452') + struct.pack('>II', 28, 28))

magic = b'\x89WICK\r\n\x1a'
line('wick', magic + struct.pack('<II', 1, 1))
line('wick', magic[:7])  # cut off
line('damaged_wick', magic.replace(b'\r\n', b'\n') + b'\1\0\0\0')  # to Unix line ends
line('damaged_wick', magic.replace(b'\n', b'\r\n') + b'\1\0\0\0')  # to Windows line ends
line('damaged_wick', bytes(b & 127 for b in magic) + b'\1\0\0\0')  # seven bits
line('damaged_wick', magic[1:] + b'\1\0\0\0')
line('damaged_wick', magic[:7] + b'\1\0\0\0')  # the end-of-file mark taken out

line('unknown', b'just some text')
line('unknown', b'\x89')
line('unknown', b'\0' * 48)
