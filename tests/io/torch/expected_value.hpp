#pragma once

// The values that tests/reference/make_torch_files.py describes, and files put together byte by byte.

#include "support/fixture.hpp"

#include <wick/io/torch/value.hpp>

#include <algorithm>
#include <complex>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace wick_tests {

[[nodiscard]] inline std::vector<std::byte> read_bytes_of(Fixture& in) {
  const std::string text = in.text();
  const auto raw = std::as_bytes(std::span(text));
  return {raw.begin(), raw.end()};
}

[[nodiscard]] inline wick::DType dtype_named(const std::string& name) {
  for (const wick::DType d : wick::all_dtypes) {
    if (wick::name_of(d) == name) return d;
  }
  throw std::runtime_error("no dtype " + name);
}

[[nodiscard]] inline wick::TorchTensor read_expected_tensor(Fixture& in) {
  const auto flags = in.get<std::uint8_t>();
  const wick::DType dtype = dtype_named(in.text());
  const wick::Shape shape = in.shape();
  auto bytes = std::make_shared<std::vector<std::byte>>(static_cast<std::size_t>(in.get<std::uint64_t>()));
  for (std::byte& b : *bytes) b = in.get<std::byte>();
  return {.tensor = {dtype, shape, *bytes, bytes},
          .requires_grad = (flags & 1) != 0,
          .parameter = (flags & 2) != 0};
}

/// The next value of the file.
[[nodiscard]] inline wick::TorchValue read_expected(Fixture& in) {
  using namespace wick;
  switch (const auto kind = in.get<std::uint8_t>()) {
    case 0:
      return TorchNone{};
    case 1:
      return in.get<std::uint8_t>() != 0;
    case 2:
      return in.get<std::int64_t>();
    case 3:
      return TorchBigInt{read_bytes_of(in)};
    case 4:
      return in.get<double>();
    case 5: {
      const auto real = in.get<double>();
      return std::complex<double>(real, in.get<double>());
    }
    case 6:
      return in.text();
    case 7:
      return TorchBytes{read_bytes_of(in)};
    case 8:
      return read_expected_tensor(in);
    case 9: {
      TorchSize size;
      for (auto n = in.get<std::uint32_t>(); n > 0; --n) size.dims.push_back(in.get<std::int64_t>());
      return size;
    }
    case 10: {
      const auto name = static_cast<TorchName::Kind>(in.get<std::uint8_t>());
      return TorchName{name, in.text()};
    }
    case 11: {
      TorchSequence sequence{static_cast<TorchSequence::Kind>(in.get<std::uint8_t>()), {}};
      for (auto n = in.get<std::uint32_t>(); n > 0; --n) sequence.items.push_back(read_expected(in));
      return sequence;
    }
    case 12: {
      TorchDict dict{
          .kind = static_cast<TorchDict::Kind>(in.get<std::uint8_t>()), .items = {}, .metadata = {}};
      for (auto n = in.get<std::uint32_t>(); n > 0; --n) {
        TorchValue key = read_expected(in);
        dict.items.emplace_back(std::move(key), read_expected(in));
      }
      if (in.get<std::uint8_t>() != 0) dict.metadata = std::make_shared<const TorchValue>(read_expected(in));
      return dict;
    }
    case 13:
      return TorchObject{in.text()};
    default:
      throw std::runtime_error("unknown kind of value " + std::to_string(kind));
  }
}

/// Where two values differ, as a path; empty if they are equal. NaN equals NaN, and -0.0 is not 0.0.
[[nodiscard]] inline std::string difference(const wick::TorchValue& a, const wick::TorchValue& b,
                                            const std::string& path = "value") {
  using namespace wick;
  if (a.type_name() != b.type_name()) {
    return path + ": " + std::string(a.type_name()) + " and " + std::string(b.type_name());
  }
  if (const auto* x = a.get_if<double>()) {
    const bool same = std::bit_cast<std::uint64_t>(*x) == std::bit_cast<std::uint64_t>(*b.get_if<double>());
    return same ? "" : path + ": numbers differ";
  }
  if (const auto* s = a.get_if<TorchSequence>()) {
    const auto& other = b.get_if<TorchSequence>()->items;
    if (s->items.size() != other.size()) return path + ": lengths differ";
    for (std::size_t i = 0; i < other.size(); ++i) {
      const auto found = difference(s->items[i], other[i], path + "[" + std::to_string(i) + "]");
      if (!found.empty()) return found;
    }
    return "";
  }
  if (const auto* d = a.get_if<TorchDict>()) {
    const auto& other = *b.get_if<TorchDict>();
    if (d->items.size() != other.items.size()) return path + ": numbers of items differ";
    for (std::size_t i = 0; i < other.items.size(); ++i) {
      const auto* text = d->items[i].first.get_if<std::string>();
      const std::string at = path + "." + (text != nullptr ? *text : std::to_string(i));
      auto found = difference(d->items[i].first, other.items[i].first, at + " (key)");
      if (found.empty()) found = difference(d->items[i].second, other.items[i].second, at);
      if (!found.empty()) return found;
    }
    if ((d->metadata == nullptr) != (other.metadata == nullptr)) return path + ": one has _metadata";
    return d->metadata == nullptr ? "" : difference(*d->metadata, *other.metadata, path + "._metadata");
  }
  return a == b ? "" : path + ": contents differ";
}

}  // namespace wick_tests
