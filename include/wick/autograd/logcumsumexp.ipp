#pragma once

// Definitions of autograd/logcumsumexp.hpp.

#include <wick/autograd/detail/recurrence.hpp>
#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/join.hpp>
#include <wick/autograd/logcumsumexp.hpp>
#include <wick/autograd/shapes.hpp>
#include <wick/autograd/signs.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/graph/logcumsumexp.hpp>
#include <wick/ops/axes.hpp>
#include <wick/ops/special.hpp>

#include <limits>

WICK_BEGIN_NAMESPACE

namespace detail {

// The derivative is the sum of dy_i exp(x_k - y_i) over i >= k, which is exp(x_k - y_k) times s_k, where
//
//     s_k = dy_k + exp(y_k - y_(k+1)) s_(k+1):
//
// no exponent is above 0. Where both are -infinity, there is nothing to share out.
template <Floating T>
inline constexpr Rule<T> logcumsumexp_rule{
    .name = "logcumsumexp", .derive = [](Tape<T>& tape, int id, const Var<T>& dy, Gradients<T>& to) {
      to.add(tape.node(id).in[0], [&] {
        const Index dim = *static_cast<const Index*>(tape.node(id).kept);
        const Var<T> y(tape, id);
        const Var<T> x = tape.kept(id, 0);
        if (y.dim() == 0 || y.numel() == 0) return dy;
        const Var<T> before = cat({narrow(y, dim, 0, 1), narrow(y, dim, 0, y.size(dim) - 1)}, dim);
        const Var<T> factors = exp(replaced(ReplaceNan(), before - y, T(0)));
        const Var<T> shares = exp(replaced(ReplaceNan(), x - y, -std::numeric_limits<T>::infinity()));
        return shares * recurrence({dim, true, true}, factors, dy);
      });
    }};

template <Floating T>
Var<T> summed(RunningLog how, const Var<T>& x) {
  Tape<T>& tape = x.tape();
  const int in = tape.operand(x);
  const Shape shape = tape.shape(in);
  const Along along("logcumsumexp", how.dim, shape);
  const T* const elements = tape.value(in);
  const int id = tape.whole(logcumsumexp_rule<T>, {in, no_node, no_node}, shape);
  tape.node(id).keep(tape.arena().template make<Index>(how.dim));
  running_log_to(elements, along, tape.node(id).value);
  return tape.done(id);
}

#ifdef WICK_COMPILED
template Var<float> summed(RunningLog, const Var<float>&);
template Var<double> summed(RunningLog, const Var<double>&);
#endif

}  // namespace detail

WICK_END_NAMESPACE
