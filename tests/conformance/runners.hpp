#pragma once

// What runs the cases of one kind of entry.

#include "report.hpp"
#include "value.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace conformance {

/// One kind: the names that its tables have, and what becomes of a case of one.
struct Runner {
  std::string_view kind;
  std::vector<std::string> (*names)();
  Outcome (*run)(std::string_view name, const Value& one_case);
};

[[nodiscard]] Runner operation_runner();
[[nodiscard]] Runner loss_runner();
[[nodiscard]] Runner module_runner();
[[nodiscard]] Runner optimizer_runner();
[[nodiscard]] Runner scheduler_runner();
[[nodiscard]] Runner initialiser_runner();

/// Runs what has to throw where PyTorch does.
template <class Function>
[[nodiscard]] Outcome expect_error(const Value& one_case, const Function& f) {
  const std::string& expected = one_case.at("error").text;
  try {
    f();
  } catch (const WrongType&) {
    return {};  // found by the compiler
  } catch (const Unsupported& reason) {
    return {Outcome::Kind::unsupported, reason.what()};
  } catch (const std::exception& thrown) {
    const std::string problem = wrong_kind(expected, thrown);
    return {problem.empty() ? Outcome::Kind::passed : Outcome::Kind::failed,
            problem.empty() ? problem : "expected " + expected + ", got " + problem};
  }
  return {Outcome::Kind::failed,
          "no error, where PyTorch has " + expected + ": " + one_case.at("message").text};
}

/// f, with what it throws as an outcome.
template <class Function>
[[nodiscard]] Outcome guarded(const Function& f) {
  try {
    return f();
  } catch (const Unsupported& reason) {
    return {Outcome::Kind::unsupported, reason.what()};
  } catch (const std::exception& thrown) {
    return {Outcome::Kind::failed, std::string("throws: ") + thrown.what()};
  }
}

/// What the elements of result `output` are weighted with before they are summed and differentiated.
template <class T>
[[nodiscard]] wick::Tensor<T> weights_of(const wick::Shape& shape, std::size_t output) {
  wick::Tensor<T> result(shape);
  for (wick::Index i = 0; i < result.numel(); ++i) {
    const auto k = (7 * static_cast<std::size_t>(i) + 3 * output) % 12;
    result.data()[i] = static_cast<T>((static_cast<double>(k) - 5.5) / 4);
  }
  return result;
}

}  // namespace conformance
