#pragma once

// Reads the little-endian files that the programs in tests/reference/ write.

#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace wick_tests {

/// A reference file, read from front to back. Throws std::runtime_error past its end.
class Fixture {
 public:
  explicit Fixture(const std::string& name) : path_(std::filesystem::path(WICK_TEST_DATA) / name) {
    std::ifstream file(path_, std::ios::binary);
    if (!file) throw std::runtime_error("cannot open " + path_.string());
    bytes_.assign(std::istreambuf_iterator<char>(file), {});
  }

  /// One number. The tests run on little-endian machines.
  template <class T>
  [[nodiscard]] T get() {
    T value;
    read(&value, sizeof(T));
    return value;
  }
  template <class T>
  [[nodiscard]] wick::Tensor<T> tensor(const wick::Shape& shape) {
    wick::Tensor<T> t(shape);
    read(t.data(), static_cast<std::size_t>(t.numel()) * sizeof(T));
    return t;
  }
  /// A u32 length and that many characters.
  [[nodiscard]] std::string text() {
    std::string s(get<std::uint32_t>(), '\0');
    read(s.data(), s.size());
    return s;
  }
  /// A u8 rank and that many i64 dimensions.
  [[nodiscard]] wick::Shape shape() {
    std::vector<wick::Index> dims(get<std::uint8_t>());
    for (auto& d : dims) d = static_cast<wick::Index>(get<std::int64_t>());
    return wick::Shape(std::span<const wick::Index>(dims));
  }
  [[nodiscard]] bool at_end() const noexcept { return at_ == bytes_.size(); }

 private:
  void read(void* to, std::size_t n) {
    if (n > bytes_.size() - at_) throw std::runtime_error(path_.string() + " is too short");
    if (n > 0) std::memcpy(to, bytes_.data() + at_, n);
    at_ += n;
  }

  std::filesystem::path path_;
  std::vector<char> bytes_;
  std::size_t at_ = 0;
};

}  // namespace wick_tests
