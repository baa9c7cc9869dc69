// Checksums of what the library computes, one a line, for a table that was made on another processor.
//
// A build has to give the same bits on every processor that runs it. This program is built for one
// instruction set after the other, and what it prints is compared with bits.txt. Instructions that
// approximate, functions that the C library chooses when a program starts, and sums whose order follows the
// size of a cache would show.

#include <wick/autograd.hpp>
#include <wick/loss/nll.hpp>
#include <wick/models/network.hpp>
#include <wick/nn/model.hpp>
#include <wick/ops/activations.hpp>
#include <wick/ops/angles.hpp>
#include <wick/ops/create.hpp>
#include <wick/ops/log_softmax.hpp>
#include <wick/ops/softmax.hpp>
#include <wick/ops/special.hpp>
#include <wick/optim/adam.hpp>
#include <wick/random/distributions.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <initializer_list>
#include <iomanip>
#include <iostream>
#include <span>
#include <sstream>
#include <string>
#include <type_traits>
#include <vector>

namespace {

using namespace wick;

/// FNV-1a of 64 bits.
class Checksum {
 public:
  template <class T>
  void add(std::span<T> numbers) {
    for (const std::byte b : std::as_bytes(numbers)) {
      value_ = (value_ ^ static_cast<std::uint64_t>(b)) * 0x100000001b3U;
    }
  }
  template <class T>
  void add(const Tensor<T>& t) {
    add(std::span<const T>(t.data(), static_cast<std::size_t>(t.numel())));
  }

  /// One line of the table.
  [[nodiscard]] std::string line(const char* what, const char* type) const {
    std::ostringstream out;
    out << what << ' ' << type << ' ' << std::hex << std::setw(16) << std::setfill('0') << value_;
    return out.str();
  }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325U;
};

template <class T>
constexpr const char* type_name = std::is_same_v<T, float> ? "float" : "double";

template <class T>
void draws(std::vector<std::string>& lines) {
  Checksum uniform;
  Checksum normal;
  Generator g(1);
  for (const Index n : {1, 15, 16, 1000}) {
    Tensor<T> t(Shape{n});
    uniform_(t.view(), -0.3, 0.7, g);
    uniform.add(t);
    normal_(t.view(), 0.1, 1.3, g);
    normal.add(t);
  }
  lines.push_back(uniform.line("uniform", type_name<T>));
  lines.push_back(normal.line("normal", type_name<T>));
}

template <class T>
void log_softmax(std::vector<std::string>& lines) {
  Checksum forward;
  Checksum backward;
  Generator g(2);
  for (const Index classes : {1, 2, 7, 10, 65, 200}) {
    const auto x = randn<T>({9, classes}, g);
    const auto dy = randn<T>({9, classes}, g);
    Tensor<T> y(x.shape());
    Tensor<T> dx(x.shape());
    log_softmax_forward<T>(x.view(), y.view());
    log_softmax_backward<T>(y.view(), dy.view(), dx.view());
    forward.add(y);
    backward.add(dx);
  }
  lines.push_back(forward.line("log_softmax", type_name<T>));
  lines.push_back(backward.line("log_softmax_backward", type_name<T>));
}

template <class T>
void activations(std::vector<std::string>& lines) {
  const auto x = linspace<T>(-120, 120, 20011);
  const auto rows = reshape(linspace<T>(-9, 9, 4 * 103), Shape{4, 103});
  Checksum sum;
  for (const auto& y : {exp(x), sigmoid(x), tanh(x), silu(x), mish(x), softplus(x), logsigmoid(x), selu(x),
                        gelu(x), softmax(rows, 1), softmin(rows, 0)}) {
    sum.add(y);
  }
  lines.push_back(sum.line("activations", type_name<T>));
}

/// Functions that are made of those of double.
template <class T>
void special(std::vector<std::string>& lines) {
  const auto x = linspace<T>(-30, 30, 20011);
  const auto unit = linspace<T>(-0.9999, 0.9999, 20011);
  const auto positive = linspace<T>(0.001, 60, 20011);
  Checksum angles;
  for (const auto& y : {asin(unit), acos(unit), atan(x), atan2(x, positive), hypot(x, positive), sinh(x),
                        cosh(x), asinh(x), acosh(positive + T(1)), atanh(unit), sinc(x)}) {
    angles.add(y);
  }
  lines.push_back(angles.line("angles", type_name<T>));
  Checksum others;
  for (const auto& y : {exp2(x), erf(x), erfc(x), erfinv(unit), lgamma(x), digamma(x), polygamma(1, positive),
                        polygamma(2, x), logaddexp(x, positive), logaddexp2(x, positive), xlogy(x, positive),
                        logcumsumexp(x, 0), logspace<T>(-3, 3, 101)}) {
    others.add(y);
  }
  lines.push_back(others.line("special", type_name<T>));
}

/// Values and averages that Adam's steps leave, over many sizes of gradients.
template <class T>
void adam(const char* what, const AdamOptions& options, std::vector<std::string>& lines) {
  Generator g(3);
  const std::initializer_list<Index> hidden{17};
  Network<T> net(13, 5, hidden, {}, g);
  Adam<T> optimizer(net.parameters(), options);
  Checksum sum;
  for (int step = 0; step < 300; ++step) {
    const auto grads = net.parameters()->grads();
    Tensor<T> drawn(Shape{static_cast<Index>(grads.size())});
    normal_(drawn.view(), 0.0, step % 3 == 0 ? 1e-6 : 1.0, g);
    for (std::size_t i = 0; i < grads.size(); ++i) grads[i] = drawn.data()[i];
    optimizer.step();
  }
  for (const auto& e : net.parameters()->entries()) sum.add(net.parameters()->value(e.slot).span());
  lines.push_back(sum.line(what, type_name<T>));
}

/// Steps of training with dropout, then predictions of one and of many rows.
template <class T>
void training(std::vector<std::string>& lines) {
  Generator g(4);
  const std::initializer_list<Index> hidden{65, 40, 20};
  Network<T> net(100, 10, hidden, {.dropout = 0.5}, g);
  Adam<T> optimizer(net.parameters(), {});
  const NLLLoss<T> criterion;
  Recorder<T> recorder;
  recorder->set_generator(g);
  const auto x = randn<T>({64, 100}, g);
  const auto target = randint(0, 10, {64}, g);
  Checksum losses;
  for (int step = 0; step < 25; ++step) {
    optimizer.zero_grad();
    const auto loss = criterion(net(recorder->input(x)), target);
    const T value = loss.item();
    losses.add(std::span<const T>(&value, 1));
    loss.backward();
    optimizer.step();
  }
  lines.push_back(losses.line("losses", type_name<T>));
  Checksum parameters;
  for (const auto& e : net.parameters()->entries()) parameters.add(net.parameters()->value(e.slot).span());
  lines.push_back(parameters.line("parameters", type_name<T>));
  Checksum predictions;
  for (const Index rows : {1, 3, 64}) predictions.add(net.predict(x.view().rows(0, rows)));
  lines.push_back(predictions.line("predictions", type_name<T>));
}

template <class T>
void all(std::vector<std::string>& lines) {
  draws<T>(lines);
  log_softmax<T>(lines);
  adam<T>("adam", {}, lines);
  adam<T>("adam_amsgrad", {.weight_decay = 0.01, .amsgrad = true}, lines);
  training<T>(lines);
  special<T>(lines);
  activations<T>(lines);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> found;
  all<float>(found);
  all<double>(found);
  if (argc < 2) {
    for (const auto& line : found) std::cout << line << "\n";
    return 0;
  }
  std::ifstream table(argv[1]);
  std::vector<std::string> expected;
  for (std::string line; std::getline(table, line);) {
    if (!line.empty() && line[0] != '#') expected.push_back(line);
  }
  if (expected.size() != found.size()) {
    std::cout << argv[1] << " has " << expected.size() << " checksums, expected " << found.size() << "\n";
    return 1;
  }
  bool equal = true;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i] == expected[i]) continue;
    std::cout << "expected " << expected[i] << ", got " << found[i] << "\n";
    equal = false;
  }
  return equal ? 0 : 1;
}
