#include "report.hpp"

#include <wick/base/error.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <type_traits>

namespace conformance {

namespace {

std::string shown(double x) {
  char text[40];
  std::snprintf(text, sizeof text, "%.9g", x);
  return text;
}

}  // namespace

void Comparison::fail(const std::string& problem) {
  if (problem_.empty()) problem_ = problem;
}

void Comparison::compare(const std::string& what, const std::string& got, const std::string& expected) {
  if (got != expected) fail(what + ": '" + got + "', expected '" + expected + "'");
}

void Comparison::compare(const std::string& what, const wick::AnyTensor& got, const wick::AnyTensor& expected,
                         bool exact) {
  if (got.dtype() != expected.dtype()) {
    return fail(what + ": " + std::string(name_of(got.dtype())) + ", expected " +
                std::string(name_of(expected.dtype())));
  }
  if (!(got.shape() == expected.shape()))
    return fail(what + ": shape " + got.shape().str() + ", expected " + expected.shape().str());
  if (!wick::is_floating(got.dtype())) {
    if (!(got == expected)) fail(what + ": another element");
    return;
  }
  const bool single = got.dtype() == wick::DType::f32;
  const double relative = relative_ >= 0 ? relative_ : single ? 1.3e-6 : 1e-7;
  const double absolute = absolute_ >= 0 ? absolute_ : single ? 1e-5 : 1e-7;
  const auto ours = got.to<double>();
  const auto theirs = expected.to<double>();
  for (wick::Index i = 0; i < ours.numel(); ++i) {
    const double x = ours.data()[i];
    const double y = theirs.data()[i];
    if (x == y || (std::isnan(x) && std::isnan(y))) continue;
    const double difference = std::abs(x - y);
    const double allowed = exact ? 0 : slack_ * (absolute + relative * std::abs(y));
    // An infinity or NaN on one side makes the first comparison false.
    if (!(difference <= allowed) || std::isinf(y)) {
      fail(what + ": element " + std::to_string(i) + " is " + shown(x) + ", expected " + shown(y));
      largest_ = (std::max)(largest_, std::isfinite(difference / allowed) ? difference / allowed : 1e9);
    } else {
      largest_ = (std::max)(largest_, difference / allowed);
    }
  }
}

std::string wrong_kind(const std::string& python_class, const std::exception& thrown) {
  const auto* const ours = dynamic_cast<const wick::Error*>(&thrown);
  if (ours == nullptr) return std::string("an exception that is no wick::Error: ") + thrown.what();
  // Python's IndexError is the library's, or a ShapeError where no dimension can be meant; its ValueError and
  // RuntimeError are any of the library's errors that say what is wrong with arguments.
  if (dynamic_cast<const wick::FileError*>(&thrown) != nullptr)
    return std::string("an error of a file: ") + thrown.what();
  if (python_class == "IndexError" && dynamic_cast<const wick::OptionError*>(&thrown) != nullptr)
    return std::string("an OptionError: ") + thrown.what();
  return {};
}

}  // namespace conformance
