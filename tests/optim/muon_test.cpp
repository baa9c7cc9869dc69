#include <wick/optim/muon.hpp>

#include "support/allocations.hpp"
#include "support/fixture.hpp"
#include "support/throws.hpp"
#include "support/vector_levels.hpp"

#include <wick/random/distributions.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace wick;
using wick_tests::contains;
using wick_tests::Fixture;
using wick_tests::message_of;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();

template <class T>
std::shared_ptr<ParameterBlock<T>> block_of(const std::vector<std::pair<std::string, Shape>>& parameters) {
  auto block = std::make_shared<ParameterBlock<T>>();
  Generator g(3);
  for (const auto& [name, shape] : parameters) normal_(block->value(block->add(name, shape)), 0.0, 1.0, g);
  return block;
}
template <class T>
void draw_grads(ParameterBlock<T>& block, std::uint64_t seed) {
  Generator g(seed);
  for (const auto& e : block.entries()) normal_(block.grad(e.slot), 0.0, 1.0, g);
}
template <class T>
bool same(TensorView<const T> a, const Tensor<T>& b) {
  return std::ranges::equal(a.span(), b.span());
}

/// One case of tests/reference/make_muon.py after `double`.
template <class T>
void check_case(Fixture& file) {
  const auto rows = static_cast<Index>(file.get<std::int64_t>());
  const auto columns = static_cast<Index>(file.get<std::int64_t>());
  const Shape shape{rows, columns};
  MuonOptions options;
  options.lr = file.get<double>();
  options.weight_decay = file.get<double>();
  options.momentum = file.get<double>();
  options.nesterov = file.get<std::uint8_t>() == 1;
  for (double& x : options.ns_coefficients) x = file.get<double>();
  options.eps = file.get<double>();
  options.ns_steps = file.get<std::int64_t>();
  options.adjust_lr_fn = std::array{"", "original", "match_rms_adamw"}.at(file.get<std::uint8_t>());
  CAPTURE(shape.str());
  const auto block = std::make_shared<ParameterBlock<T>>();
  const Slot slot = block->add("weight", shape);
  const Tensor<T> start = file.tensor<T>(shape);
  std::ranges::copy(start.span(), block->value(slot).data());
  const std::array grads{file.tensor<T>(shape), file.tensor<T>(shape)};
  Muon<T> optimizer(block, options);
  for (std::size_t k = 1; k <= 12; ++k) {
    optimizer.zero_grad();
    std::ranges::copy(grads[k % 2].span(), block->grad(slot).data());
    optimizer.step();
  }
  CHECK(same(std::as_const(*block).value(slot), file.tensor<T>(shape)));
  const Tensor<T> buffer = optimizer.state().tensors["weight.momentum_buffer"].template to<T>();
  CHECK(same(buffer.view(), file.tensor<T>(shape)));
}

/// One of larger matrices, drawn as there, of whose parameter after two steps the bits were summed up.
void check_large(Fixture& file) {
  Generator g(file.get<std::uint64_t>());
  const auto rows = static_cast<Index>(file.get<std::int64_t>());
  const auto columns = static_cast<Index>(file.get<std::int64_t>());
  const Shape shape{rows, columns};
  CAPTURE(shape.str());
  const auto draw = [&] {
    Tensor<float> t(shape);
    uniform_(t.view(), 0, 1, g);
    for (float& x : t.span()) x -= 0.5F;
    return t;
  };
  const auto block = std::make_shared<ParameterBlock<float>>();
  const Slot slot = block->add("weight", shape);
  const Tensor<float> start = draw();
  std::ranges::copy(start.span(), block->value(slot).data());
  Muon<float> optimizer(block);
  for (int k = 0; k < 2; ++k) {
    const Tensor<float> grad = draw();
    std::ranges::copy(grad.span(), block->grad(slot).data());
    optimizer.step();
  }
  std::uint64_t sum = 0;
  std::uint64_t factor = 1;
  for (const float x : std::as_const(*block).value(slot).span()) {
    sum += factor * std::bit_cast<std::uint32_t>(x);
    factor += 2;
  }
  CHECK(sum == file.get<std::uint64_t>());
}

/// What one step with the default options but lr 1 and no weight decay takes away from a matrix with this
/// gradient, computed in double from the formula, element by element.
std::vector<double> step_in_double(const Tensor<float>& grad) {
  const auto rows = static_cast<std::size_t>((std::min)(grad.size(0), grad.size(1)));
  const auto columns = static_cast<std::size_t>((std::max)(grad.size(0), grad.size(1)));
  const bool transposed = grad.size(0) > grad.size(1);
  std::vector<double> x(rows * columns);
  double squares = 0;
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) {
      const double g = static_cast<double>(grad.data()[transposed ? c * rows + r : r * columns + c]);
      // The average is 0.05 g after the first step, and with nesterov g (1 - 0.95) + 0.95 * 0.05 g.
      x[r * columns + c] = g * 0.05 * 1.95;
      squares += x[r * columns + c] * x[r * columns + c];
    }
  }
  for (double& each : x) each /= std::sqrt(squares);
  const auto product = [&](const std::vector<double>& a, const std::vector<double>& b, std::size_t n,
                           std::size_t k, bool b_transposed) {
    std::vector<double> sums(rows * n);
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        for (std::size_t l = 0; l < k; ++l) {
          sums[i * n + j] += a[i * k + l] * b[b_transposed ? j * k + l : l * n + j];
        }
      }
    }
    return sums;
  };
  for (int step = 0; step < 5; ++step) {
    const auto s = product(x, x, rows, columns, true);
    auto polynomial = product(s, s, rows, rows, false);
    for (std::size_t i = 0; i < s.size(); ++i) polynomial[i] = 2.0315 * polynomial[i] - 4.775 * s[i];
    const auto more = product(polynomial, x, columns, rows, false);
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = 3.4445 * x[i] + more[i];
  }
  const double adjust =
      std::sqrt((std::max)(1.0, static_cast<double>(grad.size(0)) / static_cast<double>(grad.size(1))));
  std::vector<double> result(x.size());
  for (std::size_t r = 0; r < rows; ++r) {
    for (std::size_t c = 0; c < columns; ++c) {
      result[transposed ? c * rows + r : r * columns + c] = adjust * x[r * columns + c];
    }
  }
  return result;
}

}  // namespace

TEST_CASE("twelve steps are PyTorch's to the last bit, at every level of vector instructions") {
  wick_tests::at_each_vector_level([] {
    Fixture file("muon.bin");
    const auto count = file.get<std::uint32_t>();
    REQUIRE(count == 9);
    for (std::uint32_t i = 0; i < count; ++i) {
      file.get<std::uint8_t>() == 1 ? check_case<double>(file) : check_case<float>(file);
    }
    const auto large = file.get<std::uint32_t>();
    REQUIRE(large == 3);
    for (std::uint32_t i = 0; i < large; ++i) check_large(file);
    CHECK(file.at_end());
  });
}

TEST_CASE("one step is the formula in double, as far as bfloat16 goes") {
  for (const Shape& shape : {Shape{9, 700}, Shape{700, 9}, Shape{70, 75}}) {
    CAPTURE(shape.str());
    const auto block = block_of<float>({{"weight", shape}});
    const Tensor<float> before(std::as_const(*block).value("weight"));
    Muon<float> optimizer(block, {.lr = 1, .weight_decay = 0});
    draw_grads(*block, 1);
    const Tensor<float> grad(std::as_const(*block).grad("weight"));
    optimizer.step();
    const std::vector<double> expected = step_in_double(grad);
    const auto after = std::as_const(*block).value("weight");
    double difference = 0;
    double size = 0;
    for (Index i = 0; i < after.numel(); ++i) {
      const double moved = static_cast<double>(before.data()[i]) - static_cast<double>(after.data()[i]);
      const double wanted = expected[static_cast<std::size_t>(i)];
      difference += (moved - wanted) * (moved - wanted);
      size += wanted * wanted;
    }
    // Half an epsilon of bfloat16 is 0.002; five iterations of a polynomial with slopes up to 3.4 add up.
    CHECK(std::sqrt(difference / size) < 0.02);
    CHECK(size > 0);
  }
}

TEST_CASE_TEMPLATE("neither threads nor vector levels change a bit, and copies go on as the original", T,
                   float, double) {
  const auto start = block_of<T>({{"a", {70, 66}}, {"b", {9, 401}}, {"c", {401, 9}}, {"d", {65, 130}}});
  start->require_grad();
  const auto run = [&](ThreadPool* pool) {
    const auto block = std::make_shared<ParameterBlock<T>>(*start);
    Muon<T> first(block, MuonOptions{.lr = 0.1}, pool);
    draw_grads(*block, 1);
    first.step();
    Muon<T> second = first;
    first = std::move(second);
    draw_grads(*block, 2);
    first.step();
    return std::pair{block->state_dict(), first.state()};
  };
  const auto alone = run(nullptr);
  wick_tests::at_each_vector_level([&] {
    for (int threads = 1; threads <= 3; ++threads) {
      CAPTURE(threads);
      ThreadPool pool(threads);
      CHECK(run(&pool) == alone);
    }
  });
}

TEST_CASE("steps after the first allocate nothing, and gaps between parameters stay zero") {
  ThreadPool pool(2);
  const auto block = block_of<float>({{"a", {3, 5}}, {"b", {131, 7}}, {"c", {5, 1}}});
  for (ThreadPool* const shared : {static_cast<ThreadPool*>(nullptr), &pool}) {
    Muon<float> optimizer(block, MuonOptions{}, shared);
    draw_grads(*block, 1);
    optimizer.step();
    CHECK(wick_tests::allocations_in([&] {
            optimizer.step();
            optimizer.set_lr(0.5);
            optimizer.set_momentum(0, 0.5);
            optimizer.step();
          }) == 0);
  }
  std::vector<bool> gap(block->values().size(), true);
  for (const auto& e : block->entries())
    std::fill_n(gap.begin() + e.slot.offset, e.slot.shape.numel(), false);
  REQUIRE(std::ranges::count(gap, true) > 0);
  for (std::size_t i = 0; i < gap.size(); ++i) {
    if (gap[i]) REQUIRE(block->values()[i] == 0);
  }
}

TEST_CASE("a group names the matrices, and what is in none may have any shape") {
  const auto block = block_of<float>({{"up.weight", {4, 3}}, {"up.bias", {4}}, {"down.weight", {2, 4}}});
  const auto refused = [&](const auto& make) { return message_of<OptionError>(make); };
  CHECK(refused([&] { Muon<float>{block}; }) ==
        "Muon only supports 2D parameters whereas we found a parameter with size: torch.Size([4]), "
        "\"up.bias\"; leave it to another optimizer, with groups");
  CHECK(contains(refused([&] { Muon<float>(block, {{"up", {}}}); }), "torch.Size([4]), \"up.bias\""));
  const StateDict before = block->state_dict();
  Muon<float> optimizer(block, {{"up.weight", {.lr = 0.5}}, {"down", {.lr = 0.25}}});
  draw_grads(*block, 1);
  optimizer.step();
  CHECK(block->state_dict()["up.bias"] == before["up.bias"]);
  CHECK_FALSE(block->state_dict()["down.weight"] == before["down.weight"]);
  const OptimizerState state = optimizer.state();
  CHECK(state.tensors.size() == 2);
  CHECK(state.step == 0);  // as PyTorch's, it counts none
  CHECK(optimizer.lr(1) == 0.25);
  // A matrix without a gradient, and a frozen one, take no step.
  block->set_requires_grad(block->slot("up.weight"), false);
  const StateDict now = block->state_dict();
  optimizer.zero_grad();
  std::ranges::fill(block->grad("up.weight").span(), 1.F);
  optimizer.step();
  CHECK(block->state_dict() == now);
  CHECK(optimizer.state() == state);
  // What joins a group later is looked at, too.
  block->add("down.bias", {2});
  draw_grads(*block, 2);
  CHECK(contains(refused([&] { optimizer.step(); }), "torch.Size([2]), \"down.bias\""));
}

TEST_CASE("a restored optimizer goes on bit for bit, from options as PyTorch's files have them") {
  const auto a = block_of<double>({{"w", {5, 3}}});
  const MuonOptions options{.lr = 0.02,
                            .weight_decay = 0.5,
                            .momentum = 0.75,
                            .nesterov = false,
                            .ns_coefficients = {2, -1.5, 0.5},
                            .eps = 1e-3,
                            .ns_steps = 7,
                            .adjust_lr_fn = "match_rms_adamw"};
  Muon<double> first(a, options);
  draw_grads(*a, 1);
  first.step();
  OptimizerState saved = first.state();
  CHECK(saved.type == "Muon");
  CHECK(saved.options.get<std::string>("adjust_lr_fn") == "match_rms_adamw");
  const auto b = std::make_shared<ParameterBlock<double>>(*a);
  Muon<double> second(b);
  CHECK(std::holds_alternative<std::monostate>(*second.state().options.find("adjust_lr_fn")));
  Attributes one_by_one{
      {"ns_coefficients(0)", std::int64_t{2}}, {"ns_coefficients(1)", -1.5}, {"ns_coefficients(2)", 0.5}};
  for (const auto& [name, value] : saved.options) {
    if (name != "ns_coefficients") one_by_one.set(name, value);
  }
  saved.options = one_by_one;
  second.load_state(saved);
  CHECK(second.options() == options);
  CHECK(second.state() == first.state());
  for (auto* const block : {a.get(), b.get()}) draw_grads(*block, 2);
  first.step();
  second.step();
  CHECK(a->state_dict() == b->state_dict());

  const OptimizerState good = second.state();
  const auto refused = [&](const auto& spoil) {
    OptimizerState bad = good;
    spoil(bad);
    auto text = message_of<Error>([&] { second.load_state(bad); });
    CHECK(second.state() == good);
    return text;
  };
  CHECK(contains(refused([](auto& s) { s.options.set("ns_steps", 5.0); }),
                 "option \"ns_steps\" is missing or of another type"));
  CHECK(contains(refused([](auto& s) { s.options.set("adjust_lr_fn", 1.0); }), "\"adjust_lr_fn\""));
  CHECK(contains(refused([](auto& s) {
                   s.options.set("ns_coefficients", std::vector<double>{1, 2});
                 }),
                 "expected 3 ns_coefficients, got 2"));
  CHECK(contains(refused([](auto& s) {
                   s.tensors = {};
                   s.tensors.insert("w.momentum_buffer", AnyTensor::copy_of(Tensor<double>::zeros({3, 5})));
                 }),
                 "size mismatch"));
}

TEST_CASE("options out of range are refused in PyTorch's words") {
  const auto block = block_of<float>({{"w", {2, 3}}});
  const auto refused = [&](const MuonOptions& o) {
    return message_of<OptionError>([&] { Muon<float>(block, o); });
  };
  CHECK(refused({.lr = -0.5}) == "Muon: Learning rate should be >= 0 but is: -0.5");
  CHECK(refused({.lr = not_a_number}) == "Muon: Learning rate should be >= 0 but is: nan");
  CHECK(refused({.weight_decay = -0.2}) == "Muon: weight decay should be >= 0 but is: -0.2");
  CHECK(refused({.momentum = -1}) == "Muon: momentum should be >= 0 but is: -1.0");
  CHECK(refused({.eps = -1}) == "Muon: eps should be >= 0 but is: -1.0");
  CHECK(contains(refused({.ns_steps = 100}), "Number of steps must be less than 100"));
  CHECK(contains(refused({.ns_steps = -1}), "but is: -1"));
  CHECK(contains(refused({.ns_coefficients = {1, not_a_number, 1}}), "Newton-Schulz coefficient: nan"));
  CHECK(contains(refused({.adjust_lr_fn = "arbitrary"}),
                 "Adjust learning rate function arbitrary is not supported"));
  CHECK(message_of<OptionError>([] { Muon<float>(nullptr); }) ==
        "Muon: optimizer got an empty parameter list");
}

TEST_CASE("gradients of nothing but zeros, with NaN, infinite, or of empty matrices") {
  const auto block = block_of<float>({{"a", {3, 4}}, {"b", {3, 4}}, {"empty", {0, 4}}, {"c", {1, 1}}});
  const Tensor<float> before(std::as_const(*block).value("a"));
  Muon<float> optimizer(block, {.lr = 0.5, .weight_decay = 0.5});
  const auto step = [&](float in_b) {
    optimizer.zero_grad();
    std::ranges::fill(block->grad("a").span(), 0.F);
    std::ranges::fill(block->grad("b").span(), 1.F);
    block->grad("b").data()[5] = in_b;
    static_cast<void>(block->grad("empty"));
    optimizer.step();
  };
  step(not_a_number);
  // Divided by eps, zeros stay zeros, and only weight decay is left.
  for (Index i = 0; i < 12; ++i) CHECK(block->value("a").data()[i] == before.data()[i] * 0.75F);
  for (const float x : block->value("b").span()) CHECK(std::isnan(x));
  std::ranges::fill(block->value("b").span(), 1.F);
  optimizer = Muon<float>(block);
  step(std::numeric_limits<float>::infinity());
  for (const float x : block->value("b").span()) CHECK(std::isnan(x));
  for (const float x : block->value("a").span()) CHECK(std::isfinite(x));
}
