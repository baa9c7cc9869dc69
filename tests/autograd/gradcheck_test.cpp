#include "support/recorded.hpp"
#include "support/throws.hpp"

#include <wick/autograd/elementwise.hpp>
#include <wick/autograd/gradcheck.hpp>

#include <doctest/doctest.h>

using namespace wick;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::numbers;
using wick_tests::Variables;

namespace {

// An operation of a user's own, x^3; its derivative or that of its derivative may be wrong.
enum class Fault { none, first, second };

template <Fault fault>
Var<double> cube(const Var<double>& x) {
  static constexpr Rule<double> rule{
      .name = "cube",
      .keeps = Keeps::input,
      .apply =
          [](const Stretch<double>& s) {
            for (Index i = 0; i < s.n; ++i) s.out[i] = s.in[i] * s.in[i] * s.in[i];
          },
      .derive =
          [](Tape<double>& tape, int id, const Var<double>& dy, Gradients<double>& to) {
            to.add(tape.node(id).in[0], [&] {
              const Var<double> y = tape.kept(id, 0);
              const double factor = fault == Fault::first ? 3.1 : 3;
              return dy * (factor * (fault == Fault::second ? y.detach() : y) * y);
            });
          }};
  return x.tape().elementwise(rule, x);
}

}  // namespace

TEST_CASE("gradcheck: an operation of a user's own, right and wrong") {
  const auto x = numbers({3}, 1, 0.5, 1);
  CHECK(gradcheck([](const Variables& v) { return cube<Fault::none>(v[0]); }, {x}));
  CHECK(gradgradcheck([](const Variables& v) { return cube<Fault::none>(v[0]); }, {x}));
  CHECK(contains(
      message_of<Error>([&] { gradcheck([](const Variables& v) { return cube<Fault::first>(v[0]); }, {x}); }),
      "gradcheck: Jacobian mismatch for output element 0 with respect to element 0 of input 0, "
      "numerical: "));
  CHECK(gradcheck([](const Variables& v) { return cube<Fault::second>(v[0]); }, {x}));
  CHECK_THROWS_AS(gradgradcheck([](const Variables& v) { return cube<Fault::second>(v[0]); }, {x}), Error);
}
