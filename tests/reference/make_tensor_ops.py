"""Operations on tensors by PyTorch, for the tests of tests/ops/ that read support/op_cases.hpp.

    python make_tensor_ops.py

writes tensor_ops.bin. Made with torch 2.13.0. Little-endian, until the end of the file:
    text operation and arguments, tensors given, tensors expected
where text is a u32 length and characters, words with spaces between them, and tensors are
    u8 count, count x (u8 dtype as in wick::DType, u8 rank, rank x u16 size, elements)
255 instead of the count of those that are given: the same as in the case before.
"""

import pathlib
import struct

import torch

f32, f64, i64, u8, boolean = torch.float32, torch.float64, torch.int64, torch.uint8, torch.bool
codes = {f64: 1, f32: 2, i64: 5, u8: 9, boolean: 10}
inf, nan = float("inf"), float("nan")
out = bytearray()
count = {}
before = b""


def tensors(list):
    data = struct.pack("<B", len(list))
    for t in list:
        data += struct.pack("<BB", codes[t.dtype], t.dim()) + struct.pack(f"<{t.dim()}H", *t.shape)
        data += t.detach().contiguous().numpy().tobytes()
    return data


def case(name, given, expected, *arguments):
    global out, before
    if isinstance(expected, torch.Tensor):
        expected = [expected]
    count[name] = count.get(name, 0) + 1
    text = " ".join([name] + [repr(int(a) if a == a // 1 and abs(a) < 2**53 else a) for a in arguments]).encode()
    out += struct.pack("<I", len(text)) + text
    given = tensors(list(given))
    out += (b"\xff" if given == before else given) + tensors(list(expected))
    before = given


def draw(shape, dtype, low=-4, high=5):
    """Numbers with ties, and NaN and infinities in the larger float tensors."""
    if dtype == boolean:
        return torch.randint(0, 2, shape).bool()
    if dtype == u8:
        return torch.randint(0, 256, shape).to(u8) if torch.rand(()) < 0.5 else torch.randint(0, 4, shape).to(u8)
    if dtype == i64:
        return torch.randint(low, high, shape)
    return torch.randint(low * 8, high * 8, shape).to(dtype) / 8 + (0 if torch.rand(()) < 0.5 else torch.rand(shape, dtype=dtype))


torch.manual_seed(16)
all_types = [f32, f64, i64, u8, boolean]

# Promotion and broadcasting. Tensors without dimensions are left out where the types differ: there PyTorch takes them
# for numbers.
pairs = [((2, 3), (2, 3)), ((2, 3), (3,)), ((3, 1), (1, 4)), ((2, 1, 3), (4, 1)), ((0, 3), (3,)), ((1,), (5,)), ((2, 3, 2), (1, 3, 1))]
at = 0
for a in all_types:
    for b in all_types:
        for name, f in [("add", torch.add), ("mul", torch.mul), ("lt", torch.lt), ("div", torch.div), ("sub", torch.sub), ("maximum", torch.maximum)]:
            if name == "sub" and boolean in (a, b):
                continue
            at += 1
            s, t = pairs[at % len(pairs)]
            x, y = draw(s, a), draw(t, b)
            case(name, [x, y], f(x, y))
for name, f in [("eq", torch.eq), ("ne", torch.ne), ("le", torch.le), ("gt", torch.gt), ("ge", torch.ge),
                ("minimum", torch.minimum), ("remainder", torch.remainder), ("floor_divide", torch.floor_divide), ("pow", torch.pow)]:
    for a, b in [(f32, f32), (f64, f64), (i64, i64), (f32, i64), (u8, i64)]:
        s, t = pairs[at % len(pairs)]
        at += 1
        x, y = draw(s, a), draw(t, b)
        if name in ("remainder", "floor_divide") and not (a.is_floating_point or b.is_floating_point):
            y = torch.where(y == 0, torch.full_like(y, 3), y)
        case(name, [x, y], f(x, y))
for name, f in [("and", torch.bitwise_and), ("or", torch.bitwise_or), ("xor", torch.bitwise_xor)]:
    for a, b in [(boolean, boolean), (i64, i64), (u8, i64), (u8, boolean)]:
        x, y = draw((3, 4), a), draw((4,), b)
        case(name, [x, y], f(x, y))
special = torch.tensor([0.0, -0.0, 1, -1, inf, -inf, nan, 0.5, -2.5, 3, 4, 1e30, -1e-30])
for d in (f32, f64):
    v = special.to(d)
    for name, f in [("add", torch.add), ("mul", torch.mul), ("lt", torch.lt), ("div", torch.div), ("sub", torch.sub), ("maximum", torch.maximum),
                    ("eq", torch.eq), ("le", torch.le), ("minimum", torch.minimum), ("pow", torch.pow), ("remainder", torch.remainder)]:
        case(name, [v.reshape(-1, 1), v], f(v.reshape(-1, 1), v))
big = torch.tensor([2**62, -2**63, 2**63 - 1, -1, 3])
for name, f in [("add", torch.add), ("mul", torch.mul), ("sub", torch.sub)]:
    case(name, [big.reshape(-1, 1), big], f(big.reshape(-1, 1), big))

# With numbers: the first argument is 0 bool, 1 integer, 2 float; the second the number.
for d in all_types:
    for kind, value in ((0, True), (1, 3), (1, -2), (2, 1.5), (2, 0.1)):
        x = draw((2, 3), d)
        if d == u8 and value == -2:
            continue
        case("add_number", [x], x + value, kind, value)
        if d != boolean and kind != 0:
            case("number_minus", [x], value - x, kind, value)
        case("mul_number", [x], x * value, kind, value)
        case("div_number", [x], x / value, kind, value)
        case("lt_number", [x], x < value, kind, value)

# Functions.
floats = torch.cat([torch.linspace(-5, 5, 41, dtype=f64), torch.tensor([0.0, -0.0, inf, -inf, nan, 1e-10, -1e-10, 1e-30, 80, -80, 100, -100, 87.5,
                   -88.5, 700, -720, -745, 800, 0.625, -0.62, 1e5, 1e10, -1e22, 3e38, 2.5, 3.5, -0.5, 1, 8, 1024, 1000, 2**-20, 1.0000001], dtype=f64)])
functions = ("exp expm1 sigmoid tanh log log1p log2 log10 sin cos tan sqrt rsqrt reciprocal abs sign square relu floor ceil trunc round "
             "isnan isinf isfinite neg").split()
for x in (floats.float(), floats):
    for name in functions:
        f = getattr(torch, name)
        # From double: PyTorch's own functions of floats are less exact.
        y = f(x)
        if y.dtype == f32:
            y = f(x.double()).float()
        case(name, [x], y)
    for p in (2, 3, 0.5, -0.5, -1, -2, 0, 2.5, -1.7, 33.3):
        # Powers that PyTorch computes by products and roots of floats; else from double.
        exact = x.dtype == f64 or p in (2, 3, 0.5, -0.5, -1, -2)
        y = torch.pow(x, p) if exact else torch.pow(x.double(), struct.unpack("f", struct.pack("f", p))[0]).float()
        case("pow_number", [x], y, 2, p)
x = torch.tensor([[0, 1, 2], [3, 7, 100]])
for name in functions:
    f = getattr(torch, name)
    if name in ("floor", "ceil", "trunc", "round"):
        continue
    case(name, [x], f(x))
    if name not in ("sign", "relu", "abs", "neg", "square"):
        case(name, [x.bool()], f(x.bool()))
case("pow_number", [torch.arange(-3, 4)], torch.arange(-3, 4) ** 5, 1, 5)
case("pow_number", [torch.arange(7, dtype=u8)], torch.arange(7, dtype=u8) ** 3, 1, 3)
case("pow_number", [torch.arange(7)], torch.arange(7) ** 2.0, 2, 2)
wild = torch.exp(torch.linspace(-20, 20, 23, dtype=f64))
case("pow", [wild.reshape(-1, 1), torch.linspace(-30, 30, 17, dtype=f64)], torch.pow(wild.reshape(-1, 1), torch.linspace(-30, 30, 17, dtype=f64)))

# Choosing.
for d in (f32, f64, i64, u8):
    x = draw((3, 4), d, 0, 9)
    case("clamp", [x], torch.clamp(x, 2, 5), 1, 2, 1, 5)
    case("clamp", [x], torch.clamp(x, 5, 2), 1, 5, 1, 2)
    case("clamp", [x], torch.clamp(x, 1.5, 3.25), 2, 1.5, 2, 3.25)
case("clamp", [special], torch.clamp(special, -1.0, 2.0), 2, -1, 2, 2)
for m, s, t in [((2, 3), (2, 3), (2, 3)), ((3,), (2, 3), (1,)), ((2, 1), (3,), (2, 3)), ((2, 1, 1), (3, 1), (4,)), ((0, 2), (2,), (1, 1))]:
    for a, b in [(f32, f32), (i64, f64), (u8, boolean)]:
        mask, x, y = draw(m, boolean), draw(s, a), draw(t, b)
        case("where", [mask, x, y], torch.where(mask, x, y))
    case("masked_fill", [x, mask], x.masked_fill(mask, 1), 1, 1)

# Reductions: arguments are keepdim and the dimensions; none for the whole tensor.
shapes = [(5,), (3, 4), (2, 3, 4), (4, 1, 3), (), (1,), (2, 2, 2, 3), (3, 40)]
reductions = [("sum", torch.sum), ("prod", torch.prod), ("amax", torch.amax), ("amin", torch.amin), ("mean", torch.mean), ("var", torch.var), ("std", torch.std),
              ("any", lambda x, *a, **k: torch.any(x, *a, **k).bool()), ("all", lambda x, *a, **k: torch.all(x, *a, **k).bool())]
for i, shape in enumerate(shapes):
    for j, d in enumerate(all_types):
        if (i + j) % 2 == 1 and d != f32:
            continue
        x = draw(shape, d)
        if d in (f32, f64) and (i + j) % 3 == 0:
            x = torch.where(torch.rand(shape) < 0.15, torch.full(shape, nan, dtype=d), x)
        if len(shape) == 3 and j % 2 == 0:
            x = x.permute(2, 0, 1)  # not contiguous: the same elements after contiguous()
        for name, f in reductions:
            if name in ("mean", "var", "std") and d not in (f32, f64):
                continue
            if name in ("var", "std") and x.numel() < 2:
                continue
            wanted = [()]
            if x.dim() > 0 and len(shape) < 4 and x.numel() < 100:
                wanted += [(k,) for k in range(x.dim())] if d in (f32, i64) else [(-1,)]
            elif x.dim() > 0:
                wanted += [(0,), (1,)]
            if x.dim() == 3 and name not in ("prod", "any", "all"):
                wanted += [(0, 2), (1, -1)]
            if len(shape) == 4 and name not in ("prod", "any", "all"):
                wanted += [(0, 2), (1, 3), (3, 0, 1)]
            for dims in wanted:
                if name in ("var", "std") and dims and any(x.size(k) < 2 for k in dims):
                    continue
                keep = (len(dims) + i + j) % 2 == 1
                if dims == ():
                    y = f(x)
                    keep = False
                elif name in ("prod", "any", "all"):
                    y = f(x, dims[0], keepdim=keep)
                elif name in ("var", "std"):
                    y = f(x, dims, correction=1, keepdim=keep)
                else:
                    y = f(x, dims, keepdim=keep)
                case(name, [x], y, keep, *dims)
        for name, f in [("argmax", torch.argmax), ("argmin", torch.argmin)]:
            if d == boolean:
                continue
            case(name, [x], f(x), 0)
            if x.dim() > 0 and i < 6:
                for k in range(x.dim()):
                    case(name, [x], f(x, k, keepdim=True), 1, k)
        for name, f in [("max_along", torch.max), ("min_along", torch.min)]:
            if x.dim() > 0 and i < 6:
                for k in range(x.dim()):
                    y = f(x, k)
                    case(name, [x], [y.values, y.indices], 0, k)
for d in (f32, f64):
    x = draw((3, 4), d)
    for correction in (0, 1, 2):
        case("var_correction", [x], torch.var(x, 1, correction=correction), correction, 1)
        case("std_correction", [x], torch.std(x, (0, 1), correction=correction), correction, 0, 1)
    for p in (1, 2, 3, 0, inf, -inf, 0.5):
        case("norm", [x], torch.linalg.vector_norm(x, p), p)
        case("norm", [x], torch.linalg.vector_norm(x, p, 0), p, 0)
    x = torch.tensor([[1.0, 2, 3], [-inf, -inf, -inf], [inf, 0, 1], [nan, 0, 1], [1000, 1000, -1000]]).to(d)
    for k in (0, 1, -1):
        case("logsumexp", [x], torch.logsumexp(x, k), 0, k)
    case("logsumexp", [x[:1]], torch.logsumexp(x[:1], (0, 1), keepdim=True), 1, 0, 1)
    x = torch.empty(0, 3, dtype=d)
    for name, f in reductions:
        if name not in ("amax", "amin"):
            y = f(x, 0) if name not in ("var", "std") else f(x, 0, correction=0)
            if name not in ("var", "std"):
                case(name, [x], y, 0, 0)
        if name in ("sum", "prod", "mean", "any", "all"):
            case(name, [x], f(x), 0)
    case("logsumexp", [x], torch.logsumexp(x, 0), 0, 0)
for x in (torch.randint(0, 5, (2, 100), dtype=u8), torch.randn(100, 3), torch.randn(2, 530), torch.randn(2, 40, 3)):
    for k in range(x.dim()):
        case("sum", [x], x.sum(k), 0, k)
        if x.dtype == f32:
            case("mean", [x], x.mean(k), 0, k)
            case("var", [x], x.double().var(k).float(), 0, k)

# Sorting.
for d in all_types:
    for shape, k in [((7,), 0), ((3, 4), 1), ((3, 4), 0), ((2, 5, 3), 1), ((0, 3), 1), ((), 0)]:
        x = draw(shape, d)
        if d in (f32, f64) and x.dim() == 2:
            x = torch.where(torch.rand(shape) < 0.2, torch.full(shape, nan, dtype=d), x)
        for descending in (False, True):
            y = torch.sort(x, dim=k, descending=descending, stable=True)
            case("sort", [x], [y.values, y.indices], k, descending)
        case("cumsum", [x], torch.cumsum(x, k), k)
        case("cumprod", [x], torch.cumprod(x, k), k)
    x = draw((4, 3), d)
    case("unique", [x], torch.unique(x))
    y = torch.unique(x, return_inverse=True, return_counts=True)
    case("unique_all", [x], y)
    # No ties: of equal elements PyTorch may choose any.
    if d != boolean:
        x = torch.randperm(12).reshape(3, 4).to(d)
        for k, dim, largest in [(2, 1, True), (2, 0, False), (4, 1, True), (0, 1, True)]:
            y = torch.topk(x, k, dim, largest)
            case("topk", [x], [y.values, y.indices], k, dim, largest)
case("unique", [torch.tensor([3.0, nan, 1, nan, 3])], torch.unique(torch.tensor([3.0, nan, 1, nan, 3])))

# Shapes, joining, picking.
x = torch.arange(24.0).reshape(2, 3, 4)
for dims in [(2, 0, 1), (0, 2, 1), (1, 0, 2), (-1, -2, -3), (0, 1, 2)]:
    case("permute", [x], x.permute(dims), *dims)
for a, b in [(0, 1), (1, 2), (-1, 0), (1, 1)]:
    case("transpose", [x], x.transpose(a, b), a, b)
for d in all_types:
    x, y, z = draw((2, 3), d), draw((2, 1), d), draw((2, 2), d)
    case("cat", [x, y, z], torch.cat([x, y, z], 1), 1)
    case("cat", [x.T, z.T], torch.cat([x.T, z.T], 0), 0)
    case("stack", [x, x, x + x], torch.stack([x, x, x + x], 1), 1)
    case("stack", [x, x], torch.stack([x, x], -1), -1)
for size in (1, 2, 3, 7):
    case("split", [torch.arange(14).reshape(2, 7)], torch.split(torch.arange(14).reshape(2, 7), size, 1), size, 1)
    case("chunk", [torch.arange(14).reshape(7, 2)], torch.chunk(torch.arange(14).reshape(7, 2), size, 0), size, 0)
for d in (f32, i64, boolean):
    x = draw((3, 4), d)
    for k in (0, 1):
        index = torch.randint(0, x.size(k), (2, 3))
        case("gather", [x, index], torch.gather(x, k, index), k)
        index = torch.randint(0, x.size(k), (5,))
        case("index_select", [x, index], torch.index_select(x, k, index), k)
        if d != boolean:
            index, source = torch.randint(0, x.size(k), (2, 3)), draw((3, 3), d)
            case("scatter_add", [x, index, source], x.scatter_add(k, index, source), k)
    mask = draw((3, 1), boolean)
    case("masked_select", [x, mask], torch.masked_select(x, mask))
    case("nonzero", [x], torch.nonzero(x))
    case("tril", [x], torch.tril(x), 0)
    case("triu", [x], torch.triu(x, 1), 1)
index = torch.randint(0, 4, (2, 3))
case("one_hot", [index], torch.nn.functional.one_hot(index, 5), 5)
case("one_hot", [index], torch.nn.functional.one_hot(index), -1)

# Products.
for d in (f32, f64, i64):
    for s, t in [((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 3), (3, 4)), ((2, 2, 3), (2, 3, 4)), ((2, 2, 3), (3, 4)), ((2, 3), (4, 3, 2)),
                 ((2, 1, 2, 3), (3, 3, 2)), ((3,), (2, 3, 2)), ((2, 2, 3), (3,)), ((0, 3), (3, 2)), ((2, 0), (0, 3)), ((0, 2, 3), (3, 2)), ((9, 17), (17, 5))]:
        x, y = draw(s, d), draw(t, d)
        case("matmul", [x, y], torch.matmul(x, y))
    x, y = draw((3,), d), draw((4,), d)
    case("outer", [x, y], torch.outer(x, y))

# Making: the expected tensor alone.
for a in [(0, 5, 1), (2, 11, 3), (5, -3, -2), (0, 0, 1)]:
    case("arange", [], torch.arange(*a), 1, *a)
for a in [(0, 1, 0.25), (0, 1, 0.1), (1, 0, -0.3), (0, 2, 0.7)]:
    case("arange", [], torch.arange(*a), 2, *a)
    case("arange", [], torch.arange(*a, dtype=f64), 3, *a)
for a in [(0, 1, 5), (-1, 1, 4), (3, -3, 7), (2, 5, 1), (0, 1, 0), (0, 1, 100), (-0.3, 0.7, 11)]:
    case("linspace", [], torch.linspace(*a), 2, *a)
    case("linspace", [], torch.linspace(*a, dtype=f64), 3, *a)

# Random numbers: seed, and what follows.
for seed in (0, 42, 2**32 + 5):
    for shape in ((5,), (2, 6)):
        p = torch.rand(shape)
        for n, again in ((1, 0), (3, 0), (4, 1), (1, 1)):
            torch.manual_seed(seed)
            y = torch.multinomial(p, n, bool(again))
            case("multinomial", [p], [y, torch.randint(0, 2**20, (1,))], seed, n, again)
            torch.manual_seed(seed)
            y = torch.multinomial(p.double(), n, bool(again))
            case("multinomial", [p.double()], [y, torch.randint(0, 2**20, (1,))], seed, n, again)
            torch.manual_seed(seed + 1)

(pathlib.Path(__file__).parent / "tensor_ops.bin").write_bytes(out)

