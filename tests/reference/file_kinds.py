# Makes file_kinds.txt: the first 48 bytes (300 of tar archives), in hexadecimal, of files that other programs write.
#
#   python file_kinds.py > file_kinds.txt
#
# PyTorch 1.13.1 (its ONNX exporter needs no further package); the safetensors file is laid out by hand
# after https://github.com/huggingface/safetensors: u64 length, JSON, data.
import bz2
import collections
import gzip
import io
import json
import lzma
import pickle
import struct
import sys
import tarfile
import types
import zlib

import numpy
import torch


def line(kind, data, most=48):
    print(kind, data[:most].hex())


def saved(value, **options):
    out = io.BytesIO()
    torch.save(value, out, **options)
    return out.getvalue()


def joblib_wrapper():
    """An object that pickle names as joblib's own wrapper of arrays."""
    module = types.ModuleType('joblib.numpy_pickle')
    module.NumpyArrayWrapper = type('NumpyArrayWrapper', (), {'__module__': module.__name__})
    sys.modules['joblib'] = types.ModuleType('joblib')
    sys.modules[module.__name__] = module
    return module.NumpyArrayWrapper()


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

# Formats of packages that are not installed here begin as their documents say: HDF5 (File Format Specification,
# superblock), GGUF (ggml/docs/gguf.md), TensorFlow Lite (schema.fbs: file_identifier), SavedModel (saved_model.proto).
line('legacy_torch', saved({'w': tensor}, _use_new_zipfile_serialization=False, pickle_protocol=0))
line('legacy_torch', saved({'w': tensor}, _use_new_zipfile_serialization=False, pickle_protocol=1))
for protocol in range(6):
    line('pickle', pickle.dumps({'a': 1.0}, protocol))
    line('pickle', pickle.dumps([1.0], protocol))
    line('pickle', pickle.dumps(collections.OrderedDict(a=1.0), protocol))
line('joblib', pickle.dumps({'coef': joblib_wrapper()}, 4))
out = io.BytesIO()
numpy.save(out, numpy.ones(3))
line('npy', out.getvalue())
line('hdf5', b'\x89HDF\r\n\x1a\n' + bytes(40))
line('gguf', b'GGUF\3\0\0\0' + bytes(32))
line('tflite', b'\x1c\0\0\0TFL3' + bytes(40))
line('saved_model', b'\x08\x01\x12\xa0\x07\x0a\x05')
line('onnx', b'\x08\x0a:\x12\x0a\x0c')  # onnx.helper.make_model: no producer
for format in tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode='w', format=format) as archive:
        archive.addfile(tarfile.TarInfo('plain.pth'), io.BytesIO())
    line('tar', out.getvalue(), 300)
line('bzip2', bz2.compress(b'wick'))
line('xz', lzma.compress(b'wick'))
line('zstd', bytes.fromhex('28b52ffd2004210000') + b'wick')
line('zlib', zlib.compress(b'wick'))
line('zlib', zlib.compress(b'wick', 9))
line('seven_zip', b"7z\xbc\xaf'\x1c" + bytes(40))
line('rar', b'Rar!\x1a\x07\1\0')
line('json', json.dumps({'error': 'not found'}).encode())
line('json', b'\xef\xbb\xbf[\n  1]')
line('json', json.dumps({'metadata': {}, 'weight_map': {}}, indent=2).encode())
line('xml', b'<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>')
line('jpeg', bytes.fromhex('ffd8ffe000104a464946'))
line('zeros', bytes(64), 64)

line('unknown', b'{not JSON}')
line('unknown', b'{')
line('unknown', b'just some text')
line('unknown', b'\x89')
line('unknown', b'\0' * 48)
