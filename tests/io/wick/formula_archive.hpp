#pragma once

// The archive behind tests/reference/checkpoint_v1.wick: every part of the format, filled by a formula.
// tests/reference/make_checkpoint.py writes the same in Python.

#include <wick/io/archive/archive.hpp>
#include <wick/tensor/any_tensor.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace wick_tests {

/// Element k of the file's parameters: a multiple of 1/1024 in [-1, 1), exact in float.
[[nodiscard]] inline double formula(std::int64_t k) {
  return static_cast<double>(k * 7919 % 2048 - 1024) / 1024;
}

/// 0, 1, -2, 3, -4, ... where T has signs; else 0, 1, 2, 3, ...; false, true, false, ... for bool.
template <class T>
[[nodiscard]] wick::AnyTensor counting(const wick::Shape& shape) {
  wick::Tensor<T> t(shape);
  for (wick::Index i = 0; i < t.numel(); ++i) {
    const bool negative = i % 2 == 0 && !std::is_same_v<T, std::uint8_t>;
    const auto x = static_cast<std::int64_t>(negative ? -i : i);
    t.data()[i] = std::is_same_v<T, bool> ? wick::convert_element<T>(i % 2) : wick::convert_element<T>(x);
  }
  return wick::AnyTensor::copy_of(t);
}

[[nodiscard]] inline wick::Archive formula_archive() {
  using wick::AnyTensor;
  using wick::Shape;
  wick::Archive a;
  a.architecture = wick::Architecture{
      .type = "Network", .input_size = 6, .output_size = 3, .hidden_layers = {5, 4}, .dropout = 0.25};

  wick::StateDict model;
  std::int64_t k = 0;
  for (const auto& [name, shape] :
       std::vector<std::pair<std::string, Shape>>{{"hidden_layers.0.weight", {5, 6}},
                                                  {"hidden_layers.0.bias", {5}},
                                                  {"hidden_layers.1.weight", {4, 5}},
                                                  {"hidden_layers.1.bias", {4}},
                                                  {"output.weight", {3, 4}},
                                                  {"output.bias", {3}}}) {
    wick::Tensor<float> t(shape);
    for (float& x : t.span()) x = static_cast<float>(formula(k++));
    model.insert(name, AnyTensor::copy_of(t));
  }
  a.tensors.emplace_back("model", std::move(model));

  wick::StateDict dtypes;
  dtypes.insert("double", counting<double>({2, 3}));
  dtypes.insert("float", counting<float>({2, 3}));
  dtypes.insert("half", counting<wick::Half>({2, 3}));
  dtypes.insert("bfloat16", counting<wick::BFloat16>({2, 3}));
  dtypes.insert("int64", counting<std::int64_t>({2, 3}));
  dtypes.insert("int32", counting<std::int32_t>({2, 3}));
  dtypes.insert("int16", counting<std::int16_t>({2, 3}));
  dtypes.insert("int8", counting<std::int8_t>({2, 3}));
  dtypes.insert("uint8", counting<std::uint8_t>({2, 3}));
  dtypes.insert("bool", counting<bool>({2, 3}));
  dtypes.insert("empty", counting<float>({0, 3}));
  dtypes.insert("scalar", AnyTensor::copy_of(wick::Tensor<double>::full({}, -0.5)));
  dtypes.insert("eight dimensions", counting<std::int16_t>({1, 2, 1, 1, 3, 1, 1, 2}));
  dtypes.insert("Größe ✓", counting<float>({1}));
  a.tensors.emplace_back("every dtype", std::move(dtypes));
  a.tensors.emplace_back("no tensors", wick::StateDict());

  a.attributes.emplace_back(
      "metadata",
      wick::Attributes{
          {"yes", true},
          {"no", false},
          {"smallest", (std::numeric_limits<std::int64_t>::min)()},
          {"third", 1.0 / 3},
          {"infinite", -std::numeric_limits<double>::infinity()},
          {"text", "zwölf \"Boxkämpfer\"\n✓"},
          {"", ""},
          {"integers", std::vector<std::int64_t>{0, -1, (std::numeric_limits<std::int64_t>::max)()}},
          {"numbers", std::vector<double>{0.25, -0.0}},
          {"texts", std::vector<std::string>{"T-shirt/top", "", "Ankle boot"}},
          {"no integers", std::vector<std::int64_t>{}},
          {"no numbers", std::vector<double>{}},
          {"no texts", std::vector<std::string>{}}});
  a.attributes.emplace_back("no attributes", wick::Attributes());
  return a;
}

}  // namespace wick_tests
