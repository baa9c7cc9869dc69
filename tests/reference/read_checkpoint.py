# Reads a checkpoint as docs/checkpoint-format.md describes it, with nothing but Python's standard library,
# and prints what is in it:
#
#   python read_checkpoint.py FILE
#
# Run by tests/io/wick/read_checkpoint_test.cpp. It trusts files more than a program should: it checks what the
# tests are about (checksums, zeros, tiling), with asserts.
import math
import struct
import sys

data = open(sys.argv[1], 'rb').read()
sys.stdout.reconfigure(encoding='utf-8', newline='\n')


def crc32c(some):
    crc = 0xFFFFFFFF
    for byte in some:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def align(n, a):
    return (n + a - 1) // a * a


def take(code):
    """The next value: a code of the struct module, or `text`."""
    global at
    if code == 'text':
        size = take('I')
        at += size
        return data[at - size:at].decode()
    at += struct.calcsize('<' + code)
    return struct.unpack_from('<' + code, data, at - struct.calcsize('<' + code))[0]


def bfloat16(raw):
    return [struct.unpack('<f', b'\0\0' + raw[i:i + 2])[0] for i in range(0, len(raw), 2)]


def small(bits, fraction_bits, bias):
    """A finite number of eight bits: sign, exponent, fraction."""
    exponent, fraction = bits >> fraction_bits & (0x7F >> fraction_bits), bits & ((1 << fraction_bits) - 1)
    value = fraction + (1 << fraction_bits if exponent else 0)
    return (-1) ** (bits >> 7) * value * 2.0 ** (max(exponent, 1) - bias - fraction_bits)


def elements(raw, dtype, code):
    """The numbers of a tensor; of complex ones the parts."""
    if dtype == 'bfloat16':
        return bfloat16(raw)
    values = struct.unpack(f'<{len(raw) // struct.calcsize("<" + code)}{code}', raw)
    if dtype == 'float8_e8m0fnu':
        return [2.0 ** (x - 127) for x in values]
    return [small(x, *float8[dtype]) for x in values] if dtype in float8 else values


dtypes = {1: ('float64', 'd'), 2: ('float32', 'f'), 3: ('float16', 'e'), 4: ('bfloat16', 'H'), 5: ('int64', 'q'),
          6: ('int32', 'i'), 7: ('int16', 'h'), 8: ('int8', 'b'), 9: ('uint8', 'B'), 10: ('bool', '?'),
          11: ('uint16', 'H'), 12: ('uint32', 'I'), 13: ('uint64', 'Q'), 14: ('complex64', 'f'), 15: ('complex128', 'd'),
          16: ('float8_e4m3fn', 'B'), 17: ('float8_e5m2', 'B'), 18: ('float8_e4m3fnuz', 'B'),
          19: ('float8_e5m2fnuz', 'B'), 20: ('float8_e8m0fnu', 'B')}
float8 = {'float8_e4m3fn': (3, 7), 'float8_e5m2': (2, 15), 'float8_e4m3fnuz': (3, 8), 'float8_e5m2fnuz': (2, 16)}
attributes = {0: '?', 1: 'q', 2: 'd', 3: 'text', 4: 'q', 5: 'd', 6: 'text'}

magic, version, minimum, header_size, payload, payload_size, header_crc = struct.unpack_from('<8sIIQQQI', data)
assert magic == b'\x89WICK\r\n\x1a' and minimum <= 2 and crc32c(data[:60]) == struct.unpack_from('<I', data, 60)[0]
assert payload == align(64 + header_size, 64) and payload + payload_size == len(data)
assert crc32c(data[64:64 + header_size]) == header_crc and not any(data[64 + header_size:payload])
print('version', version, 'header', header_size, 'payload', payload_size)

at = 64
end = 0  # of the last tensor
while at < 64 + header_size:
    tag, flags, size = take('4s'), take('I'), take('Q')
    body = at
    if tag == b'ARCH':
        name, inputs, outputs = take('text'), take('Q'), take('Q')
        print('architecture', name, inputs, outputs, [take('Q') for _ in range(take('Q'))], take('d'))
    elif tag == b'TENS':
        group = take('text')
        for _ in range(take('Q')):
            name, (dtype, code), rank = take('text'), dtypes[take('B')], take('B')
            shape = [take('Q') for _ in range(rank)]
            offset, length, crc = take('Q'), take('Q'), take('I')
            assert offset == align(end, 64) and not any(data[payload + end:payload + offset])
            parts = 2 if dtype.startswith('complex') else 1
            assert length == math.prod(shape) * parts * struct.calcsize('<' + code)
            end = offset + length
            raw = data[payload + offset:payload + end]
            assert crc32c(raw) == crc
            print('tensor', repr(group), repr(name), dtype, shape, 'sum', math.fsum(elements(raw, dtype, code)))
    elif tag == b'ATTR':
        group = take('text')
        for _ in range(take('Q')):
            name, kind = take('text'), take('B')
            if kind == 7:
                assert minimum >= 2
                value = None
            else:
                value = [take(attributes[kind]) for _ in range(take('Q'))] if kind >= 4 else take(attributes[kind])
            print('attribute', repr(group), repr(name), repr(value))
    else:
        assert not flags & 1, 'a newer reader is needed'
        at = body + size
    assert at == body + size
    at = 64 + align(at - 64, 8)
assert end == payload_size
