#pragma once

// Elements picked by indices, and added where indices say, recorded. Those that begin with a tensor are in
// graph/index.hpp.

#include <wick/autograd/tape.hpp>
#include <wick/graph/index.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstdint>

WICK_BEGIN_NAMESPACE

/// The slices of a dimension that `index`, a vector, names: rows of a batch, vectors of an embedding. Throws
/// ShapeError when it is none, IndexError for an index that is not there.
/// https://docs.pytorch.org/docs/stable/generated/torch.index_select.html
template <Floating T>
[[nodiscard]] Var<T> index_select(const Var<T>& x, Index dim, TensorArg<std::int64_t> index);

/// x with the slices of `source` added to those that `index`, a vector, names, in its order. Throws
/// ShapeError unless `source` has the shape of x, but for one slice for each index, and IndexError for an
/// index that is not there. https://docs.pytorch.org/docs/stable/generated/torch.Tensor.index_add_.html
template <Floating T>
[[nodiscard]] Var<T> index_add(const Var<T>& x, Index dim, TensorArg<std::int64_t> index,
                               const Var<T>& source);

/// y[i][j] = x[index[i][j]][j] for dim 0, x[i][index[i][j]] for dim 1, and so on: y has the shape of `index`.
/// Throws ShapeError unless `index` has the rank of x and is nowhere larger but along `dim`, IndexError for
/// an index that is not there. https://docs.pytorch.org/docs/stable/generated/torch.gather.html
template <Floating T>
[[nodiscard]] Var<T> gather(const Var<T>& x, Index dim, TensorArg<std::int64_t> index);

/// x with x[index[i][j]][j] += source[i][j] for dim 0, and so on, in the order of the indices. Throws as
/// gather() does, and ShapeError where `index` is larger than `source`.
/// https://docs.pytorch.org/docs/stable/generated/torch.Tensor.scatter_add_.html
template <Floating T>
[[nodiscard]] Var<T> scatter_add(const Var<T>& x, Index dim, TensorArg<std::int64_t> index,
                                 const Var<T>& source);

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/autograd/index.ipp>
#endif
