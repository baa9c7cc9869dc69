"""Inputs at the edges, made of the samples of the databases: infinities and signed zeros, NaN, no rows, one row, one feature.

Tensors with two dimensions or more are not contiguous here: what PyTorch makes of strides is what is compared.
"""

import math

import torch

INFINITE = (math.inf, -math.inf, 0.0, -0.0)
NAN = (math.nan,)


def mapped(value, f):
    """The same with f of each tensor."""
    if isinstance(value, torch.Tensor):
        return f(value)
    if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
        return type(value)(mapped(v, f) for v in value)
    if isinstance(value, dict):
        return {k: mapped(v, f) for k, v in value.items()}
    return value


def strided(t):
    """The same numbers with other strides."""
    return t.transpose(0, -1).contiguous().transpose(0, -1) if t.dim() > 1 else t


def special(t, numbers, shift):
    """These numbers in the place of all but two of a period, in another order for each period and shift."""
    period = len(numbers) + 2
    flat = t.detach().clone().reshape(-1)
    for i in range(flat.numel()):
        place = (i + shift * (i // period)) % period
        if place < len(numbers):
            flat[i] = numbers[place]
    return flat.reshape(t.shape)


def variants(arguments, dtype, most, contiguous=False):
    """(name, arguments) for each edge. The first `most` tensors of floats get special numbers."""
    tensors = []
    mapped(arguments, lambda t: tensors.append(t) or t)
    floats = [t for t in tensors if t.dtype == dtype and dtype.is_floating_point]
    first = (floats or tensors or [torch.zeros(())])[0]
    if first.dim() == 0 or first.numel() < 2 or any(t.layout != torch.strided for t in tensors):
        return

    # Where numbers are drawn, their order is that of the memory.
    turned = (lambda t: t) if contiguous else strided

    def like(made, t):
        return made.detach().requires_grad_(t.requires_grad)

    def with_special(numbers):
        count = []

        def f(t):
            if t.dtype != dtype or len(count) == most:
                return like(turned(t), t)
            count.append(t)
            return like(turned(special(t, numbers, len(count) - 1)), t)
        return f

    if floats and most > 0:
        yield 'infinite', mapped(arguments, with_special(INFINITE))
        yield 'nan', mapped(arguments, with_special(NAN))

    def rows(n):
        return lambda t: like(turned(t[:n]), t) if t.dim() > 0 and t.shape[0] == first.shape[0] else t

    yield 'empty', mapped(arguments, rows(0))
    if first.shape[0] > 1:
        yield 'row', mapped(arguments, rows(1))
    if first.dim() > 1 and first.shape[-1] > 1:
        yield 'feature', mapped(arguments, lambda t: like(turned(t[..., :1]), t) if t.dim() > 1 and t.shape[-1] == first.shape[-1] else t)


def most_of(arguments, of):
    """The largest `of` a tensor."""
    found = []
    mapped(arguments, lambda t: found.append(of(t)) or t)
    return max(found)


def smaller(arguments, first, numbers):
    """Fewer rows, and where that is not enough fewer of everything."""
    def cut(sizes):
        return lambda t: t[tuple(slice(0, n) for n in sizes[:t.dim()])].detach().clone().requires_grad_(t.requires_grad)

    rows = max(1, min(3, first.shape[0]))
    fewer = mapped(arguments, lambda t: cut([rows])(t) if t.dim() > 0 and t.shape[0] == first.shape[0] else t)
    if most_of(fewer, torch.Tensor.numel) <= numbers:
        return fewer
    each = {1: numbers, 2: 4, 3: 3}.get(most_of(arguments, torch.Tensor.dim), 2)
    return mapped(arguments, cut([each] * 8))


def suitable(samples, numbers, count):
    """The arguments of `count` of the samples with a small first tensor, spread over the list: those of matrices before others."""
    def first_of(arguments):
        found = []
        mapped(arguments, lambda t: found.append(t) or t)
        return found[0] if found and found[0].dim() > 0 and found[0].numel() > 1 and found[0].layout == torch.strided else None

    found = [(arguments, first_of(arguments)) for arguments in samples]
    found = [(arguments, first, most_of(arguments, torch.Tensor.numel) <= numbers) for arguments, first in found if first is not None]
    for fits in (lambda t, small: t.dim() == 2 and small, lambda t, small: small, lambda t, small: t.dim() == 2, lambda t, small: True):
        chosen = [each for each in found if fits(*each[1:])]
        if chosen:
            break
    chosen = [chosen[i * len(chosen) // count] for i in range(min(count, len(chosen)))]
    return [arguments if small else smaller(arguments, first, numbers) for arguments, first, small in chosen]
