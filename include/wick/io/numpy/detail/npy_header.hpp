#pragma once

// The header of a .npy file: a dict of Python, of which only what NumPy writes is understood. Nothing is run.
// Source: numpy.lib.format, https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html

#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>
#include <wick/tensor/dtype.hpp>
#include <wick/tensor/shape.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

namespace detail {

inline constexpr std::string_view npy_magic{"\x93NUMPY", 6};

struct NpyType {
  std::string_view code;  ///< without the byte order
  DType dtype;
};
inline constexpr std::array<NpyType, 14> npy_types{{{"f2", DType::f16},
                                                    {"f4", DType::f32},
                                                    {"f8", DType::f64},
                                                    {"i1", DType::i8},
                                                    {"i2", DType::i16},
                                                    {"i4", DType::i32},
                                                    {"i8", DType::i64},
                                                    {"u1", DType::u8},
                                                    {"u2", DType::u16},
                                                    {"u4", DType::u32},
                                                    {"u8", DType::u64},
                                                    {"b1", DType::boolean},
                                                    {"c8", DType::c64},
                                                    {"c16", DType::c128}}};

struct NpyHeader {
  DType dtype = DType::f32;
  bool big_endian = false;
  bool fortran_order = false;
  Shape shape;
  std::size_t data = 0;  ///< where the elements begin
};

/// What a dtype is whose elements are no numbers of ours.
[[nodiscard]] inline std::string npy_type_name(std::string_view code) {
  switch (code.empty() ? '\0' : code[0]) {
    case 'O':
      return "Python objects, which only Python can read";
    case 'U':
    case 'S':
    case 'a':
      return "texts";
    case 'M':
    case 'm':
      return "dates or times; save them as integers";
    case 'V':
      return "records or raw bytes";
    case 'f':
    case 'c':
      return "floats of a width that depends on the machine; save them as float64";
    default:
      return "of an unknown type";
  }
}

class NpyHeaderParser {
 public:
  /// `name` stands for the file in messages; `base` is where `bytes` begin in it.
  NpyHeaderParser(std::span<const std::byte> bytes, const std::string& name, std::uint64_t base)
      : text_(reinterpret_cast<const char*>(bytes.data()), bytes.size()), name_(name), base_(base) {}

  [[nodiscard]] NpyHeader parse() {
    find_dict();
    expect('{');
    while (!take('}')) {
      const std::size_t at = at_;
      const std::string_view key = string();
      expect(':');
      if (key == "descr" && !has_descr_) {
        has_descr_ = true;
        descr();
      } else if (key == "fortran_order" && !has_order_) {
        has_order_ = true;
        header_.fortran_order = boolean();
      } else if (key == "shape" && !has_shape_) {
        has_shape_ = true;
        shape();
      } else {
        fail(at,
             "expected each of the keys 'descr', 'fortran_order' and 'shape' once, got " + quoted_name(key));
      }
      if (!take(',')) {
        expect('}');
        break;
      }
    }
    for (; at_ < end_; ++at_) {
      if (text_[at_] != ' ' && text_[at_] != '\n') fail(at_, "expected nothing but spaces behind the dict");
    }
    if (!has_descr_ || !has_order_ || !has_shape_) {
      fail(end_, "expected the keys 'descr', 'fortran_order' and 'shape'");
    }
    header_.data = end_;
    return header_;
  }

 private:
  [[noreturn]] void fail(std::size_t at, const std::string& what) const {
    throw FormatError(name_, base_ + at, "npy: " + what);
  }
  [[nodiscard]] std::uint64_t number_at(std::size_t at, std::size_t size) const {
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(text_[at + i]);
    return value;
  }

  void find_dict() {
    if (!text_.starts_with(npy_magic)) fail(0, "expected an array of NumPy, which begins with \\x93NUMPY");
    if (text_.size() < 10) fail(text_.size(), "the file ends inside the header");
    const auto version = static_cast<unsigned char>(text_[6]);
    if (version < 1 || version > 3 || text_[7] != 0) {
      fail(6, "expected version 1.0, 2.0 or 3.0, got " + std::to_string(version) + "." +
                  std::to_string(static_cast<unsigned char>(text_[7])));
    }
    at_ = version == 1 ? 10 : 12;
    if (text_.size() < at_) fail(text_.size(), "the file ends inside the header");
    const std::uint64_t size = number_at(8, at_ - 8);
    constexpr std::uint64_t most = 65536;
    if (size > most) {
      fail(8, "the header has " + std::to_string(size) + " bytes, the limit is " + std::to_string(most));
    }
    if (size > text_.size() - at_) fail(text_.size(), "the file ends inside the header");
    end_ = at_ + static_cast<std::size_t>(size);
  }

  void skip_spaces() {
    while (at_ < end_ && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  [[nodiscard]] bool take(char c) {
    skip_spaces();
    if (at_ == end_ || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!take(c)) fail(at_, "expected '" + std::string(1, c) + "' in the header");
  }
  [[nodiscard]] std::string_view string() {
    skip_spaces();
    const char quote = at_ < end_ ? text_[at_] : '\0';
    if (quote != '\'' && quote != '"') fail(at_, "expected a text in quotes in the header");
    const std::size_t begin = ++at_;
    while (at_ < end_ && text_[at_] != quote && text_[at_] != '\\') ++at_;
    if (at_ == end_ || text_[at_] != quote)
      fail(begin - 1, "a text in the header is not closed, or has escapes");
    return text_.substr(begin, at_++ - begin);
  }
  [[nodiscard]] bool take_word(std::string_view expected) {
    skip_spaces();
    if (!text_.substr(at_, end_ - at_).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }
  [[nodiscard]] bool boolean() {
    if (take_word("True")) return true;
    if (!take_word("False")) fail(at_, "expected True or False for 'fortran_order'");
    return false;
  }

  void descr() {
    skip_spaces();
    const std::size_t at = at_;
    if (at_ < end_ && (text_[at_] == '[' || text_[at_] == '(')) {
      fail(at, "the elements are records (a structured dtype); save each field as an array of its own");
    }
    const std::string_view descr = string();
    constexpr std::string_view orders = "<>|=";
    const bool ordered = !descr.empty() && orders.find(descr[0]) != std::string_view::npos;
    const std::string_view code = descr.substr(ordered ? 1 : 0);
    for (const NpyType& type : npy_types) {
      if (type.code != code) continue;
      header_.dtype = type.dtype;
      header_.big_endian = ordered && descr[0] == '>';
      if (number_size(type.dtype) > 1 && (!ordered || descr[0] == '|' || descr[0] == '=')) {
        fail(at, "expected a byte order, < or >, for the dtype " + quoted_name(descr));
      }
      return;
    }
    fail(at, "the elements have the dtype " + quoted_name(descr) + ": they are " + npy_type_name(code) +
                 "; expected bool, int, uint, float or complex of 8 to 64 bits");
  }

  void shape() {
    expect('(');
    const std::size_t begin = at_ - 1;
    std::array<Index, Shape::max_rank> dims{};
    std::size_t rank = 0;
    bool comma = false;
    while (!take(')')) {
      if (rank > 0 && !comma) fail(at_, "expected ',' or ')' in the shape");
      const Index size = dimension();
      if (rank == dims.size()) {
        fail(begin, "the array has more than " + std::to_string(dims.size()) + " dimensions");
      }
      dims[rank++] = size;
      comma = take(',');
    }
    if (rank == 1 && !comma) fail(begin, "expected a tuple as shape, such as (3,)");
    const auto sizes = std::span<const Index>(dims).first(rank);
    if (!checked_numel(sizes)) fail(begin, "the number of elements of the shape does not fit in 63 bits");
    header_.shape = Shape(sizes);
  }
  [[nodiscard]] Index dimension() {
    skip_spaces();
    const std::size_t begin = at_;
    std::uint64_t value = 0;
    for (; at_ < end_ && text_[at_] >= '0' && text_[at_] <= '9'; ++at_) {
      const auto digit = static_cast<std::uint64_t>(text_[at_] - '0');
      const auto tens = checked_mul(value, 10);
      const auto next = tens ? checked_add(*tens, digit) : std::nullopt;
      if (!next || *next > static_cast<std::uint64_t>((std::numeric_limits<Index>::max)())) {
        fail(begin, "a dimension does not fit in 63 bits");
      }
      value = *next;
    }
    if (at_ == begin) fail(at_, "expected a number in the shape");
    static_cast<void>(take_word("L"));  // as Python 2 writes long ones
    return static_cast<Index>(value);
  }

  std::string_view text_;
  const std::string& name_;
  std::uint64_t base_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
  bool has_descr_ = false;
  bool has_order_ = false;
  bool has_shape_ = false;
  NpyHeader header_;
};

}  // namespace detail

WICK_END_NAMESPACE
