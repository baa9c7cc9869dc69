#pragma once

// What became of a case.

#include <wick/tensor/any_tensor.hpp>

#include <string>
#include <vector>

namespace conformance {

struct Outcome {
  enum class Kind {
    passed,
    values_only,  ///< the values agree; PyTorch has a gradient, the library has no recorded form
    failed,
    unsupported,
  };
  Kind kind = Kind::passed;
  std::string detail = {};
  /// The largest difference in units of the tolerance: at most 1 in what passed.
  double largest = 0;
};

/// Compares as torch.testing.assert_close does, with its tolerances.
class Comparison {
 public:
  /// Adds what is wrong with `got`, if something is. Elements are exact if asked for.
  void compare(const std::string& what, const wick::AnyTensor& got, const wick::AnyTensor& expected,
               bool exact = false);
  void compare(const std::string& what, const std::string& got, const std::string& expected);
  void fail(const std::string& problem);
  /// Wider by this factor, for what a hundred steps lead to.
  void set_tolerance(double relative, double absolute) {
    relative_ = relative;
    absolute_ = absolute;
  }

  /// As much wider as this factor says.
  void set_slack(double factor) { slack_ = factor; }

  [[nodiscard]] bool failed() const { return !problem_.empty(); }
  [[nodiscard]] Outcome outcome() const {
    return {failed() ? Outcome::Kind::failed : Outcome::Kind::passed, problem_, largest_};
  }

 private:
  std::string problem_;
  double largest_ = 0;
  double relative_ = -1;
  double absolute_ = -1;
  double slack_ = 1;
};

/// What an error of the library has to be where PyTorch's is of this class; empty if `thrown` fits.
[[nodiscard]] std::string wrong_kind(const std::string& python_class, const std::exception& thrown);

}  // namespace conformance
