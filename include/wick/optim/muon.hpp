#pragma once

// Muon.

#include <wick/base/buffer.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/optim/detail/rule_optimizer.hpp>
#include <wick/optim/parameter_group.hpp>
#include <wick/state/parameter_block.hpp>

#include <array>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

struct MuonOptions {
  double lr = 1e-3;           ///< step size, >= 0
  double weight_decay = 0.1;  ///< p is multiplied by 1 - lr * weight_decay, >= 0
  double momentum = 0.95;     ///< of the average of gradients, >= 0
  bool nesterov = true;       ///< look ahead
  /// a, b and c of the iteration below.
  std::array<double, 3> ns_coefficients = {3.4445, -4.7750, 2.0315};
  double eps = 1e-7;          ///< what a matrix is divided by at least, >= 0
  std::int64_t ns_steps = 5;  ///< iterations, 0 to 99
  /// What the step size is multiplied by for a parameter (rows, columns): "original" or empty, Python's None:
  /// sqrt(max(1, rows / columns)); "match_rms_adamw": 0.2 sqrt(max(rows, columns)), for AdamW's step sizes.
  std::string adjust_lr_fn = {};

  friend bool operator==(const MuonOptions&, const MuonOptions&) = default;
};

namespace detail {

struct MuonRule {
  using Options = MuonOptions;
  template <class T>
  struct Scalars {
    T take;  ///< 1 - momentum
    T momentum;
    bool nesterov;
    float a, b, c;
    float eps;
    std::int64_t iterations;
    T keep;  ///< 1 - lr weight_decay
    double lr;
    bool match_adamw;
  };
  /// Matrices of one parameter after the other.
  struct Work {
    Buffer<float> update;  ///< laid out like the parameter
    Buffer<float> x, next;
    Buffer<float> gram, polynomial;
    std::vector<Buffer<float>> rooms;  ///< of each thread
  };

  static constexpr std::array<StateTensor, 1> tensors{{{"momentum_buffer", false}}};
  static constexpr std::array<const char*, 0> numbers{};
  static constexpr OptimizerKind kind{.name = "Muon",
                                      .tensors = tensors,
                                      .numbers = numbers,
                                      .counts_steps = false,
                                      .takes_matrices_alone = true};

  static void validate(const Options& o);
  [[nodiscard]] static Attributes attributes(const Options& o);
  [[nodiscard]] static Options read(const OptionReader& in);
  [[nodiscard]] static unsigned used(const Options& /*o*/) noexcept { return 1U; }
  /// PyTorch does not, but whoever took a step has a buffer.
  [[nodiscard]] static bool counts(const Options& /*o*/) noexcept { return true; }
  template <class T>
  [[nodiscard]] static Scalars<T> scalars(const Options& o, std::int64_t k, float* own) noexcept;
  template <class T>
  static void update(const Scalars<T>& s, const Shape& shape, const T* g, T* p,
                     const std::array<T*, 1>& state, Work& work, ThreadPool* pool);
};

}  // namespace detail

/// For gradient g of a matrix p (rows, columns):
///
///     m = momentum m + (1 - momentum) g                       momentum_buffer, zero at first
///     x = m, with nesterov momentum m + (1 - momentum) g      transposed if it has more rows than columns
///     x = x / max(norm(x), eps)
///     ns_steps times: x = a x + (b s + c s s) x with s = x x^T
///     p = p (1 - lr weight_decay) - adjusted lr x             see MuonOptions::adjust_lr_fn
///
/// The iteration brings the singular values of x near 1. It takes matrices alone: biases and the like are
/// another optimizer's, in groups of both,
///
///     wick::Muon hidden(model.parameters(), {{{"up.weight", "down.weight"}, {.lr = 0.02}}});
///     wick::AdamW others(model.parameters(), {{{"up.bias", "down.bias", "head"}, {.lr = 3e-4}}});
///
/// As in PyTorch x is computed in bfloat16, whatever T is: each number and each product of matrices is
/// rounded to 8 bits, with sums in float. Sums are added up in the order of PyTorch 2.13 on x86-64 processors
/// with AVX-512, so that parameters are PyTorch's there, to the last bit and after any number of steps, for
/// matrices of up to 1024 rows and columns and for many larger ones. Elsewhere PyTorch adds up in another
/// order. Then some numbers of x are rounded to a neighbour, 0.4 % away, and what is multiplied by them
/// follows: parameters differ by 1e-4 of their norm after a step with lr 0.02, and by 3e-3 after 100. Neither
/// threads nor the level of vector instructions change a bit.
/// K. Jordan, https://kellerjordan.github.io/posts/muon/; J. Liu et al., https://arxiv.org/abs/2502.16982;
/// https://docs.pytorch.org/docs/stable/generated/torch.optim.Muon.html
template <Floating T>
class Muon : public detail::RuleOptimizer<T, detail::MuonRule> {
  using Base = detail::RuleOptimizer<T, detail::MuonRule>;

 public:
  /// Throws OptionError for an option out of range (NaN included), no parameters, or one that is no matrix.
  explicit Muon(std::shared_ptr<ParameterBlock<T>> parameters, const MuonOptions& options = {},
                ThreadPool* pool = nullptr)
      : Base(std::move(parameters), options, pool) {}
  /// With options of their own for groups of parameters, see ParameterGroup; what is in no group may have any
  /// shape. Throws OptionError also for a path that names nothing, and for parameters in more than one group.
  Muon(std::shared_ptr<ParameterBlock<T>> parameters,
       std::initializer_list<ParameterGroup<MuonOptions>> groups, ThreadPool* pool = nullptr)
      : Base(std::move(parameters), groups.begin(), groups.size(), pool) {}
  template <std::same_as<ParameterGroup<MuonOptions>> Group>
  Muon(std::shared_ptr<ParameterBlock<T>> parameters, const std::vector<Group>& groups,
       ThreadPool* pool = nullptr)
      : Base(std::move(parameters), groups.data(), groups.size(), pool) {}
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/optim/muon.ipp>
#endif
