# Makes checkpoint_v1.wick from docs/checkpoint-format.md, with nothing but Python's standard library:
#
#   python make_checkpoint.py
#
# The file is what every later version of wick must still read. wick's own writer of version 1 gives the same
# bytes for the same contents, which are those of formula_archive() in tests/io/wick/formula_archive.hpp.
import math
import struct


def crc32c(some):
    crc = 0xFFFFFFFF
    for byte in some:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def fill(some, a):
    return some + bytes(-len(some) % a)


def number(code, *values):
    return struct.pack('<' + code * len(values), *values)


def text(s):
    return number('I', len(s.encode())) + s.encode()


def section(tag, flags, *body):
    body = b''.join(body)
    return fill(tag + number('I', flags) + number('Q', len(body)) + body, 8)


payload = b''


def tensor(name, dtype, code, shape, values):
    global payload
    raw = b''.join(number('H', struct.unpack('<I', number('f', v))[0] >> 16) if code == 'bf16' else number(code, v)
                   for v in values)
    payload = fill(payload, 64)
    entry = text(name) + number('B', dtype, len(shape))
    entry += number('Q', *shape, len(payload), len(raw)) + number('I', crc32c(raw))
    payload += raw
    return entry


def group(name, *entries):
    return text(name) + number('Q', len(entries)) + b''.join(entries)


def attribute(name, kind, *values):
    code = {0: '?', 1: 'q', 2: 'd', 4: 'q', 5: 'd'}.get(kind)
    raw = b''.join(text(v) if code is None else number(code, v) for v in values)
    return text(name) + number('B', kind) + (number('Q', len(values)) if kind >= 4 else b'') + raw


k = 0
parameters = []
for name, shape in [('hidden_layers.0.weight', (5, 6)), ('hidden_layers.0.bias', (5,)),
                    ('hidden_layers.1.weight', (4, 5)), ('hidden_layers.1.bias', (4,)),
                    ('output.weight', (3, 4)), ('output.bias', (3,))]:
    n = math.prod(shape)
    parameters.append(tensor(name, 2, 'f', shape, [(i * 7919 % 2048 - 1024) / 1024 for i in range(k, k + n)]))
    k += n


def counting(n):  # 0, 1, -2, 3, -4, ...
    return [-i if i % 2 == 0 else i for i in range(n)]


every = [tensor(name, dtype, code, (2, 3), counting(6))
         for name, dtype, code in [('double', 1, 'd'), ('float', 2, 'f'), ('half', 3, 'e'), ('bfloat16', 4, 'bf16'),
                                   ('int64', 5, 'q'), ('int32', 6, 'i'), ('int16', 7, 'h'), ('int8', 8, 'b')]]
every.append(tensor('uint8', 9, 'B', (2, 3), range(6)))
every.append(tensor('bool', 10, '?', (2, 3), [i % 2 == 1 for i in range(6)]))
every.append(tensor('empty', 2, 'f', (0, 3), []))
every.append(tensor('scalar', 1, 'd', (), [-0.5]))
every.append(tensor('eight dimensions', 7, 'h', (1, 2, 1, 1, 3, 1, 1, 2), counting(12)))
every.append(tensor('Größe ✓', 2, 'f', (1,), [0]))

header = section(b'ARCH', 1, text('Network'), number('Q', 6, 3, 2, 5, 4), number('d', 0.25))
header += section(b'TENS', 1, group('model', *parameters))
header += section(b'TENS', 1, group('every dtype', *every))
header += section(b'TENS', 1, group('no tensors'))
header += section(b'ATTR', 0, group(
    'metadata', attribute('yes', 0, True), attribute('no', 0, False), attribute('smallest', 1, -2**63),
    attribute('third', 2, 1 / 3), attribute('infinite', 2, -math.inf),
    attribute('text', 3, 'zwölf "Boxkämpfer"\n✓'),
    attribute('', 3, ''), attribute('integers', 4, 0, -1, 2**63 - 1), attribute('numbers', 5, 0.25, -0.0),
    attribute('texts', 6, 'T-shirt/top', '', 'Ankle boot'), attribute('no integers', 4), attribute('no numbers', 5),
    attribute('no texts', 6)))
header += section(b'ATTR', 0, group('no attributes'))

offset = len(fill(bytes(64) + header, 64))
preamble = b'\x89WICK\r\n\x1a' + number('I', 1, 1) + number('Q', len(header), offset, len(payload))
preamble += number('I', crc32c(header)) + bytes(16)
preamble += number('I', crc32c(preamble))
with open('checkpoint_v1.wick', 'wb') as f:
    f.write(fill(preamble + header, 64) + payload)
