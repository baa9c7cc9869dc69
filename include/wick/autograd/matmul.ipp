#pragma once

// Definitions of autograd/matmul.hpp.

#include <wick/autograd/broadcast.hpp>
#include <wick/autograd/matmul.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/ops/gemm.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

template <Trans TA, Trans TB, Floating T>
inline constexpr Rule<T> product_rule{
    .name = "matmul", .derive = [](Tape<T>& tape, int id, const Var<T>& dc, Gradients<T>& to) {
      constexpr auto no = Trans::no;
      constexpr auto yes = Trans::yes;
      const std::array<int, 3> in = tape.node(id).in;
      to.add(in[0], [&] {
        if constexpr (TA == no) {
          return product < no, TB == no ? yes : no > (dc, tape.kept(id, 1));
        } else {
          return product<no, yes>(tape.kept(id, 1), dc);
        }
      });
      to.add(in[1], [&] {
        if constexpr (TB == yes) {
          return product<yes, no>(dc, tape.kept(id, 0));
        } else {
          return product < TA == no ? yes : no, no > (tape.kept(id, 0), dc);
        }
      });
    }};

[[noreturn]] inline void refuse_matmul(const Shape& a, const Shape& b, Index rows, Index depth, Index other,
                                       Index cols) {
  const auto sizes = [](Index x, Index y) { return std::to_string(x) + "x" + std::to_string(y); };
  throw ShapeError("matmul: mat1 and mat2 shapes cannot be multiplied (" + sizes(rows, depth) + " and " +
                   sizes(other, cols) + ") (shapes " + a.str() + " and " + b.str() + ")");
}

}  // namespace detail

template <Trans TA, Trans TB, Floating T>
Var<T> product(const Var<T>& a, const Var<T>& b) {
  static_assert(TA == Trans::no || TB == Trans::no);
  Tape<T>& tape = a.tape();
  const int x = tape.operand(a);
  const int y = tape.operand(b);
  const T* const left = tape.value(x);
  const T* const right = tape.value(y);
  const Shape& s = tape.shape(x);
  const Shape& t = tape.shape(y);
  if (s.dim() != 2 || t.dim() != 2) {
    throw ShapeError("product: expected two matrices, got shapes " + s.str() + " and " + t.str());
  }
  constexpr std::size_t row = TA == Trans::no ? 0 : 1;
  constexpr std::size_t col = TB == Trans::no ? 1 : 0;
  const Index m = s.dims()[row];
  const Index k = s.dims()[1 - row];
  const Index n = t.dims()[col];
  if (t.dims()[1 - col] != k) detail::refuse_matmul(s, t, m, k, t.dims()[1 - col], n);
  const int id = tape.whole(detail::product_rule<TA, TB, T>, {x, y, no_node}, Shape{m, n});
  gemm<TA, TB>(m, n, k, left, right, tape.node(id).value, Accumulate::no, tape.scratch());
  return tape.done(id);
}

template <Floating T>
Var<T> matmul(const Var<T>& x, const Var<T>& y) {
  const Shape s = x.shape();
  const Shape t = y.shape();
  if (s.dim() == 0 || t.dim() == 0) {
    throw ShapeError("both arguments to matmul need to be at least 1D, but they are " +
                     std::to_string(s.dim()) + "D and " + std::to_string(t.dim()) + "D (shapes " + s.str() +
                     " and " + t.str() + ")");
  }
  const Index depth = s[-1];
  const Index other = t[0];
  const Index cols = t.dim() == 1 ? 1 : t[-1];
  const Index rows = depth > 0 ? s.numel() / depth : s.dim() == 1 ? 1 : s[0];
  if (t.dim() > 2 || depth != other) detail::refuse_matmul(s, t, rows, depth, other, cols);
  const Var<T> result =
      product<Trans::no, Trans::no>(reshape(x, Shape{rows, depth}), reshape(y, Shape{other, cols}));
  std::array<Index, Shape::max_rank> dims{};
  std::ranges::copy(s.dims().first(s.dim() - 1), dims.begin());
  std::size_t rank = s.dim() - 1;
  if (t.dim() == 2) dims[rank++] = cols;
  return reshape(result, Shape(std::span<const Index>(dims.data(), rank)));
}

#ifdef WICK_COMPILED
template Var<float> product<Trans::no, Trans::no>(const Var<float>&, const Var<float>&);
template Var<float> product<Trans::no, Trans::yes>(const Var<float>&, const Var<float>&);
template Var<float> product<Trans::yes, Trans::no>(const Var<float>&, const Var<float>&);
template Var<float> matmul(const Var<float>&, const Var<float>&);
template Var<double> product<Trans::no, Trans::no>(const Var<double>&, const Var<double>&);
template Var<double> product<Trans::no, Trans::yes>(const Var<double>&, const Var<double>&);
template Var<double> product<Trans::yes, Trans::no>(const Var<double>&, const Var<double>&);
template Var<double> matmul(const Var<double>&, const Var<double>&);
#endif

WICK_END_NAMESPACE
