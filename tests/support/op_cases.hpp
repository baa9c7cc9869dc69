#pragma once

// Replays the cases of reference/tensor_ops.bin: operations on tensors with what PyTorch computes.

#include "support/fixture.hpp"

#include <wick/ops/promote.hpp>
#include <wick/tensor/any_tensor.hpp>
#include <wick/tensor/tensor.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace wick_tests {

struct OpCase {
  std::string operation;
  std::vector<double> arguments;
  std::vector<wick::AnyTensor> given;
  std::vector<wick::AnyTensor> expected;

  [[nodiscard]] wick::Index index(std::size_t i) const { return static_cast<wick::Index>(arguments.at(i)); }
  /// Arguments from the i-th on.
  [[nodiscard]] std::vector<wick::Index> indices(std::size_t i) const {
    std::vector<wick::Index> result;
    for (; i < arguments.size(); ++i) result.push_back(index(i));
    return result;
  }
  template <class T>
  [[nodiscard]] wick::Tensor<T> input(std::size_t i = 0) const {
    REQUIRE(given.at(i).dtype() == wick::dtype_of<T>);
    return given.at(i).to<T>();
  }
};

namespace detail {

inline wick::AnyTensor next_tensor(Fixture& file) {
  const auto dtype = static_cast<wick::DType>(file.get<std::uint8_t>());
  std::vector<wick::Index> dims(file.get<std::uint8_t>());
  for (auto& d : dims) d = file.get<std::uint16_t>();
  const wick::Shape shape{std::span<const wick::Index>(dims)};
  return wick::visit_dtype(dtype, [&]<class T>(T) -> wick::AnyTensor {
    if constexpr (wick::Element<T>) {
      return wick::AnyTensor::copy_of(file.tensor<T>(shape));
    } else {
      throw std::runtime_error("tensor_ops.bin: a dtype that no operation has");
    }
  });
}

inline std::vector<OpCase> read_op_cases() {
  Fixture file("tensor_ops.bin");
  std::vector<OpCase> cases;
  while (!file.at_end()) {
    OpCase c;
    std::istringstream words(file.text());
    words >> c.operation;
    for (std::string word; words >> word;) c.arguments.push_back(std::stod(word));
    const auto count = file.get<std::uint8_t>();
    if (count == 255) {
      c.given = cases.back().given;
    } else {
      for (int i = 0; i < count; ++i) c.given.push_back(next_tensor(file));
    }
    for (int n = file.get<std::uint8_t>(); n > 0; --n) c.expected.push_back(next_tensor(file));
    cases.push_back(std::move(c));
  }
  return cases;
}

template <class T>
[[nodiscard]] bool close_enough(T got, T expected, double tolerance) {
  if constexpr (wick::Floating<T>) {
    const auto x = static_cast<double>(got);
    const auto y = static_cast<double>(expected);
    if (std::isnan(y)) return std::isnan(x);
    if (x == y) return true;
    return std::abs(x - y) <= tolerance * std::abs(y);
  } else {
    return got == expected;
  }
}

}  // namespace detail

/// f(case) for every case of an operation; there has to be one.
template <class Function>
void for_each_case(const std::string& operation, Function f) {
  static const std::vector<OpCase> cases = detail::read_op_cases();
  int count = 0;
  for (const OpCase& c : cases) {
    if (c.operation != operation) continue;
    CAPTURE(operation);
    CAPTURE(count);
    CAPTURE(c.arguments.empty() ? 0 : c.arguments[0]);
    f(c);
    ++count;
  }
  CHECK(count > 0);
}

/// f of a value of the C++ type of a dtype that operations have.
template <class Function>
void with_type(const wick::AnyTensor& t, Function f) {
  wick::visit_dtype(t.dtype(), [&]<class T>(T) {
    if constexpr (wick::Element<T>) {
      f(T{});
    } else {
      FAIL("an element type that no operation has");
    }
  });
}

/// Dtype, shape and elements are what is expected, floats within `tolerance` of their size, 0 for equal ones.
template <class T>
void check_result(const wick::Tensor<T>& got, const wick::AnyTensor& expected, double tolerance = 0,
                  double absolute = 0) {
  const bool right_type = wick::dtype_of<T> == expected.dtype();
  CHECK(right_type);
  CHECK(got.shape().str() == expected.shape().str());
  if (!right_type || !(got.shape() == expected.shape())) return;
  const wick::Tensor<T> wanted = expected.to<T>();
  for (wick::Index i = 0; i < got.numel(); ++i) {
    const T x = got.data()[i];
    const T y = wanted.data()[i];
    if (detail::close_enough(x, y, tolerance)) continue;
    const auto difference = static_cast<double>(x) - static_cast<double>(y);
    if (std::abs(difference) <= absolute) continue;
    CAPTURE(i);
    CAPTURE(x);
    CAPTURE(y);
    CAPTURE(difference);
    FAIL_CHECK("another element than PyTorch's");
    return;
  }
}

/// f(x, y) of the two operands of every case of an operation; each has to compile.
template <class Function>
void binary_cases(const char* operation, Function f) {
  for_each_case(operation, [&](const OpCase& c) {
    with_type(c.given[0], [&]<class Ta>(Ta) {
      with_type(c.given[1], [&]<class Tb>(Tb) {
        if constexpr (std::is_invocable_v<Function, wick::Tensor<Ta>, wick::Tensor<Tb>>) {
          check_result(f(c.input<Ta>(0), c.input<Tb>(1)), c.expected[0]);
        } else {
          FAIL("not compiled for these types");
        }
      });
    });
  });
}

}  // namespace wick_tests
