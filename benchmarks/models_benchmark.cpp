// What models of users cost: beside Network, and beside loops of kernel calls written by hand.
//
//   models_benchmark [ROUNDS] [training] [prediction] [tiny] [residual]
//
// One thread, processor time. What is compared takes turns within each of ROUNDS rounds (31 if not given), 20
// ms each, forwards and backwards, so that all of it meets the same state of the machine; a ratio is the
// median of those of the rounds. PyTorch and libtorch are in `compare --models`. The exit status is 1 if a
// goal is missed, a step allocates, or models that are to be the same differ in a bit.

#include "measure.hpp"
#include "models.hpp"

#include <wick/loss/nll.hpp>
#include <wick/models/network.hpp>
#include <wick/ops/activation.hpp>
#include <wick/ops/affine.hpp>
#include <wick/ops/log_softmax.hpp>
#include <wick/random/distributions.hpp>

#if defined(_WIN32)
#include <malloc.h>
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <initializer_list>
#include <new>
#include <ranges>
#include <string>
#include <utility>
#include <vector>

using namespace wick_benchmarks;

namespace {

std::uint64_t allocations = 0;

void* counted(std::size_t size, std::size_t alignment) {
  ++allocations;
  if (size == 0) size = 1;
#if defined(_WIN32)
  void* const p = _aligned_malloc(size, alignment);
#else
  // Whole multiples of the alignment, as std::aligned_alloc demands.
  void* const p = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
#endif
  if (p == nullptr) throw std::bad_alloc();
  return p;
}
// Kept whole: inlined, GCC would take the pair of new and free for a mistake.
[[gnu::noinline]] void release(void* p) noexcept {
#if defined(_WIN32)
  _aligned_free(p);
#else
  std::free(p);
#endif
}

}  // namespace

void* operator new(std::size_t size) { return counted(size, __STDCPP_DEFAULT_NEW_ALIGNMENT__); }
void* operator new(std::size_t size, std::align_val_t a) { return counted(size, std::size_t(a)); }
void operator delete(void* p) noexcept { release(p); }
void operator delete(void* p, std::size_t) noexcept { release(p); }
void operator delete(void* p, std::align_val_t) noexcept { release(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { release(p); }

namespace {

int rounds = 31;
bool failed = false;

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Seconds of a call of each function, by round.
std::vector<std::vector<double>> in_turns(std::initializer_list<std::function<void()>> calls) {
  const std::vector<std::function<void()>> all(calls);
  std::vector<std::vector<double>> times(all.size());
  for (int round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      const std::size_t at = round % 2 == 0 ? i : all.size() - 1 - i;
      times[at].push_back(time_calls(0.02, all[at]).cpu);
    }
  }
  return times;
}

/// The median over the rounds of f(a, b).
template <class F>
double median_of(const std::vector<double>& a, const std::vector<double>& b, F f) {
  std::vector<double> values(a.size());
  std::ranges::transform(a, b, values.begin(), f);
  return median(values);
}
double ratio(const std::vector<double>& a, const std::vector<double>& b) {
  return median_of(a, b, std::divides());
}

void line(const char* what, const std::vector<double>& times, const std::string& text = {}) {
  std::printf("  %-58s %10.2f us  %s\n", what, 1e6 * median(times), text.c_str());
}
std::string number(const char* format, double x) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), format, x);
  return text.data();
}
std::string judged(bool reached) {
  failed = failed || !reached;
  return reached ? "reached" : "MISSED";
}
std::string at_least(double x, double goal) {
  return number("%6.3f", x) + number("  goal %.2f: ", goal) + judged(x >= goal);
}
std::string at_most(double x, double goal) {
  return number("%6.2f", x) + number("  goal at most %.2f: ", goal) + judged(x <= goal);
}

/// Says whether `step` allocates, once it has run some times.
template <class Step>
void count_allocations(const char* what, int steps, const Step& step) {
  for (int i = 0; i < steps; ++i) step();
  const std::uint64_t before = allocations;
  for (int i = 0; i < steps; ++i) step();
  const std::uint64_t found = allocations - before;
  std::printf("  %-58s %10llu     goal 0: %s\n",
              ("allocations, " + std::to_string(steps) + " steps of " + what).c_str(),
              static_cast<unsigned long long>(found), judged(found == 0).c_str());
}

void say(const char* what, bool equal) {
  std::printf("  %-58s %10s     %s\n", what, equal ? "equal" : "DIFFER", judged(equal).c_str());
}
template <class A, class B>
void compare_bits(const char* what, A& a, B& b) {
  say(what,
      std::ranges::equal(std::as_const(*a.parameters()).values(), std::as_const(*b.parameters()).values()));
}

// --- The lesson's network ---

const std::vector<wick::Index> hidden_sizes{512, 256, 128};

/// Network with a training loop's parts.
struct ByNetwork {
  explicit ByNetwork(const wick::Tensor<std::int64_t>& targets) : y(targets) {}

  /// `x`: a tensor, which the tape copies, or a borrowed one.
  template <class Input>
  void step(const Input& x) {
    wick::default_tape<float>().set_generator(draws);
    optimizer.zero_grad();
    const auto loss = criterion(model(x), y);
    keep(loss.item());
    loss.backward();
    optimizer.step();
  }

  wick::Generator generator{0}, draws{5};
  wick::Network<float> model{784, 10, {512, 256, 128}, {}, generator};
  wick::Adam<float> optimizer{model.parameters()};
  wick::NLLLoss<float> criterion;
  const wick::Tensor<std::int64_t>& y;
};

/// A user's model with a generator of its own for dropout.
template <class Module>
struct Recorded {
  void step(const auto& x, const wick::Tensor<std::int64_t>& y) {
    wick::default_tape<float>().set_generator(draws);
    keep(training_step(model, optimizer, x, y));
  }

  wick::Model<Module> model;
  wick::Generator draws{5};
  wick::Adam<float> optimizer{model.parameters()};
};

void lesson() {
  wick::Generator g1(0), g2(0), data(7);
  const auto x = wick::rand<float>({64, 784}, data);
  const auto y = wick::randint(0, 10, {64}, data);
  ByNetwork network(y);
  Recorded<Perceptron> own{wick::Model<Perceptron>(g1, 784, hidden_sizes, 10, 0.5)};
  Recorded<LessonSequential> sequential{lesson_sequential(g2)};
  const wick::Borrowed<float> lent(x);

  std::printf("\n784-512-256-128-10, dropout 0.5, batch 64, training step; speed against Network\n");
  for (int i = 0; i < 20; ++i) {
    network.step(x);
    own.step(x, y);
    sequential.step(x, y);
  }
  compare_bits("parameters of the user's class and of Network, 20 steps", own.model, network.model);
  compare_bits("parameters of the Sequential and of Network, 20 steps", sequential.model, network.model);
  const auto t =
      in_turns({[&] { network.step(x); }, [&] { own.step(x, y); }, [&] { sequential.step(x, y); }});
  line("Network, its loop written out", t[0]);
  line("Model of the user's class", t[1], at_least(ratio(t[0], t[1]), 0.97));
  line("Model<Sequential>", t[2], at_least(ratio(t[0], t[2]), 0.97));
  const auto u =
      in_turns({[&] { network.step(lent); }, [&] { own.step(lent, y); }, [&] { sequential.step(lent, y); }});
  line("Network, inputs borrowed, as train() runs it", u[0]);
  line("Model of the user's class, inputs borrowed", u[1], at_least(ratio(u[0], u[1]), 0.97));
  line("Model<Sequential>, inputs borrowed", u[2], at_least(ratio(u[0], u[2]), 0.97));
  count_allocations("Network", 50, [&] { network.step(x); });
  count_allocations("the user's class", 50, [&] { own.step(x, y); });
  count_allocations("the Sequential", 50, [&] { sequential.step(x, y); });
}

template <class Module>
void predict(const wick::Model<Module>& model, const wick::Tensor<float>& x) {
  const auto outputs = model.predict(x);
  keep(outputs.data()[0]);
}

void lesson_predictions() {
  wick::Generator g1(0), g2(0), g3(0), data(7);
  const wick::Network<float> network(784, 10, {512, 256, 128}, {}, g1);
  const wick::Model<Perceptron> own(g2, 784, hidden_sizes, 10, 0.5);
  const auto sequential = lesson_sequential(g3);
  wick::Workspace<float> workspace;
  std::printf("\nthe same, prediction; speed against Network\n");
  for (const wick::Index batch : {1, 64, 1024}) {
    const auto x = wick::rand<float>({batch, 784}, data);
    const auto expected = network.predict(x);
    const bool equal = own.predict(x) == expected && sequential.predict(x) == expected;
    const auto t = in_turns({[&] { keep(network.predict(x, workspace).data()[0]); }, [&] { predict(own, x); },
                             [&] { predict(sequential, x); }});
    line(("Network, batch " + std::to_string(batch)).c_str(), t[0]);
    line("Model of the user's class", t[1], at_least(ratio(t[0], t[1]), 0.97));
    line("Model<Sequential>", t[2], at_least(ratio(t[0], t[2]), 0.97));
    say("outputs of all three", equal);
  }
}

// --- 4-64-64-2 ---

/// Its passes as calls of kernels, written for this network alone. Nothing is checked, recorded or chosen.
class KernelLoop {
 public:
  explicit KernelLoop(const wick::Model<Perceptron>& of) : model_(of), optimizer_(model_.parameters()) {
    auto& block = *model_.parameters();
    const auto offset = [&](std::size_t i) { return block.entries()[i].slot.offset; };
    float* const values = block.values().data();
    float* const grads = block.grads().data();
    for (std::size_t i = 0; i < 3; ++i) {
      layers_[i] = {sizes[i], sizes[i + 1], values + offset(2 * i), values + offset(2 * i + 1)};
      grads_[i] = {sizes[i], sizes[i + 1], grads + offset(2 * i), grads + offset(2 * i + 1)};
    }
  }

  [[nodiscard]] auto& model() { return model_; }

  const float* forward(wick::Index n, const float* x) {
    const auto relu = [](float* p, wick::Index, wick::Index, wick::Index count) {
      wick::relu_forward(p, p, count);
    };
    wick::affine_forward(n, x, layers_[0], h1_.data(), scratch_, relu);
    wick::affine_forward(n, h1_.data(), layers_[1], h2_.data(), scratch_, relu);
    wick::affine_forward(n, h2_.data(), layers_[2], y_.data(), scratch_,
                         [](float*, wick::Index, wick::Index, wick::Index) {});
    wick::detail::log_softmax_rows<float>(n, 2, y_.data(), y_.data());
    return y_.data();
  }

  float forward_backward(wick::Index n, const float* x, const std::int64_t* targets) {
    forward(n, x);
    double loss = 0;
    std::fill_n(dy_.data(), n * 2, 0.0F);
    const double share = 1 / static_cast<double>(n);
    for (wick::Index b = 0; b < n; ++b) {
      const auto at = static_cast<std::size_t>(b * 2 + targets[b]);
      loss -= static_cast<double>(y_[at]);
      dy_[at] = static_cast<float>(-share);
    }
    wick::detail::log_softmax_backward_rows<float>(n, 2, y_.data(), dy_.data(), dy_.data());
    constexpr auto over = wick::Accumulate::no;
    wick::affine_backward_parameters(n, h2_.data(), dy_.data(), grads_[2], scratch_, over);
    backward_input(n, dy_, 2, h2_, d2_);
    wick::affine_backward_parameters(n, h1_.data(), d2_.data(), grads_[1], scratch_, over);
    backward_input(n, d2_, 1, h1_, d1_);
    wick::affine_backward_parameters(n, x, d1_.data(), grads_[0], scratch_, over);
    return static_cast<float>(loss / static_cast<double>(n));
  }

  float step(wick::Index n, const float* x, const std::int64_t* targets) {
    const float loss = forward_backward(n, x, targets);
    optimizer_.step();
    return loss;
  }

 private:
  static constexpr wick::Index most = 64;  ///< rows
  static constexpr std::array<wick::Index, 4> sizes{4, 64, 64, 2};
  using Rows = std::array<float, 64 * most>;

  void backward_input(wick::Index n, const Rows& dy, std::size_t layer, const Rows& activation, Rows& dx) {
    wick::affine_backward_input(n, dy.data(), layers_[layer], dx.data(), scratch_,
                                [&](float* p, wick::Index row, wick::Index col, wick::Index count) {
                                  wick::relu_backward(activation.data() + row * 64 + col, p, p, count);
                                });
  }

  wick::Model<Perceptron> model_;
  wick::Adam<float> optimizer_;
  std::array<wick::Affine<float>, 3> layers_{};
  std::array<wick::AffineGrad<float>, 3> grads_{};
  wick::GemmScratch<float> scratch_;
  alignas(64) Rows h1_{}, h2_{}, y_{}, dy_{}, d1_{}, d2_{};
};

void tiny() {
  wick::Generator generator(0), data(7);
  Recorded<Perceptron> own{wick::Model<Perceptron>(generator, 4, std::vector<wick::Index>{64, 64}, 2, 0.0)};
  KernelLoop loop(own.model);
  const auto x = wick::rand<float>({64, 4}, data);
  const auto y = wick::randint(0, 2, {64}, data);
  const wick::Borrowed<float> lent(x);
  const auto by_hand = [&] { keep(loop.step(64, x.data(), y.data())); };

  std::printf("\n4-64-64-2, batch 64, training step; time against the loop of kernel calls\n");
  for (int i = 0; i < 20; ++i) {
    by_hand();
    own.step(x, y);
  }
  compare_bits("parameters of the loop and of the model, 20 steps", own.model, loop.model());
  const auto t =
      in_turns({by_hand, [&] { own.step(x, y); }, [&] { own.step(lent, y); }, [&] { own.optimizer.step(); }});
  line("loop of kernel calls", t[0]);
  line("Model", t[1], at_most(ratio(t[1], t[0]), 1.3));
  line("Model, inputs borrowed", t[2], at_most(ratio(t[2], t[0]), 1.3));
  line("Adam alone, of both", t[3]);
  count_allocations("the model", 50, [&] { own.step(x, y); });

  // An operation is one that the model's forward pass and the loss record, or the derivative of one. What
  // recording costs is what a pass takes longer than the loop of kernels that computes the same, shared out
  // among them.
  const auto one = wick::rand<float>({1, 4}, data);
  const auto target = wick::randint(0, 2, {1}, data);
  const wick::Borrowed<float> lent_one(one);
  const auto pass = [&](const auto& input) {
    own.optimizer.zero_grad();
    const auto loss = nll_loss(own.model(input), target);
    loss.backward();
    keep(loss.item());
  };
  const auto forward = [&](const auto& input) {
    const auto output = own.model(input);
    keep(output.value().data()[0]);
  };
  std::size_t of_forward = 0;
  std::size_t of_pass = 0;
  {
    const auto output = own.model(one);
    of_forward = wick::default_tape<float>().size() - 1;  // without the input
    const auto loss = nll_loss(output, target);
    of_pass = 2 * (wick::default_tape<float>().size() - 1);
    loss.backward();
  }
  std::printf(
      "\nthe same network, batch 1: recording; nanoseconds an operation above the loop of kernel calls\n");
  const auto p =
      in_turns({[&] { keep(loop.forward_backward(1, one.data(), target.data())); }, [&] { pass(one); },
                [&] { pass(lent_one); }, [&] { keep(loop.forward(1, one.data())[0]); }, [&] { forward(one); },
                [&] { forward(lent_one); }});
  const auto each = [](const std::vector<double>& a, const std::vector<double>& b, std::size_t n) {
    return 1e9 * median_of(a, b, std::minus()) / static_cast<double>(n);
  };
  line("loop, forward and backward", p[0]);
  line(("Model, " + std::to_string(of_pass) + " operations and derivatives").c_str(), p[1],
       at_most(each(p[1], p[0], of_pass), 50));
  line("the same, inputs borrowed", p[2], at_most(each(p[2], p[0], of_pass), 50));
  line("loop, forward alone", p[3]);
  line(("Model, " + std::to_string(of_forward) + " operations").c_str(), p[4],
       at_most(each(p[4], p[3], of_forward), 50));
  line("the same, inputs borrowed", p[5], at_most(each(p[5], p[3], of_forward), 50));
  count_allocations("the model", 50, [&] { pass(one); });
}

// --- A residual network ---

void residual() {
  wick::Generator generator(0), data(7);
  Recorded<Residual> own{wick::Model<Residual>(generator, 64, 256, 4, 10)};
  const auto x = wick::rand<float>({64, 64}, data);
  const auto images = wick::rand<float>({64, 784}, data);
  const auto y = wick::randint(0, 10, {64}, data);
  ByNetwork network(y);

  std::printf(
      "\n64-256x4-10, LayerNorm, GELU, batch 64, training step; time against Network's of the lesson\n");
  const auto t =
      in_turns({[&] { network.step(images); }, [&] { own.step(x, y); }, [&] { own.optimizer.step(); }});
  line("Network of the lesson", t[0]);
  line("Model", t[1], number("%6.3f", ratio(t[1], t[0])));
  line("Adam alone", t[2]);
  count_allocations("the model", 50, [&] { own.step(x, y); });
  int n = 0;
  count_allocations("the model, every third without a block", 60, [&] {
    own.model.module().skips = ++n % 3 == 0;
    own.step(x, y);
  });
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::pair<std::string, void (*)()>> parts{
      {"training", lesson}, {"prediction", lesson_predictions}, {"tiny", tiny}, {"residual", residual}};
  std::vector<std::string> wanted(argv + 1, argv + argc);
  if (!wanted.empty() && std::atoi(wanted[0].c_str()) > 0) {
    rounds = std::atoi(wanted[0].c_str());
    wanted.erase(wanted.begin());
  }
  for (const auto& name : wanted) {
    if (std::ranges::find(parts, name, &decltype(parts)::value_type::first) != parts.end()) continue;
    std::fprintf(stderr, "usage: models_benchmark [ROUNDS] [training] [prediction] [tiny] [residual]\n");
    return 2;
  }
  for (const auto& [name, run] : parts) {
    if (wanted.empty() || std::ranges::find(wanted, name) != wanted.end()) run();
  }
  return failed ? 1 : 0;
}
