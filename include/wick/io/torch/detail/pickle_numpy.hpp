#pragma once

// NumPy's numbers, arrays and dtypes in pickles: the closed list of calls that NumPy writes for them, as
// data. Source: numpy/_core/src/multiarray, array_reduce, arraydescr_reduce and gentype_reduce

#include <wick/base/detail/as_integer.hpp>
#include <wick/io/bytes/tensor_bytes.hpp>
#include <wick/io/torch/detail/pickle_builder.hpp>
#include <wick/io/torch/detail/pickle_text.hpp>
#include <wick/tensor/dtype.hpp>
#include <wick/tensor/half.hpp>
#include <wick/tensor/shape.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The type of elements that NumPy calls `f4`, if it is one of ours.
[[nodiscard]] inline std::optional<DType> numpy_dtype(char letter, std::uint64_t size) noexcept {
  struct Entry {
    char letter;
    std::uint64_t size;
    DType dtype;
  };
  constexpr std::array<Entry, 14> known{{{'b', 1, DType::boolean},
                                         {'i', 1, DType::i8},
                                         {'i', 2, DType::i16},
                                         {'i', 4, DType::i32},
                                         {'i', 8, DType::i64},
                                         {'u', 1, DType::u8},
                                         {'u', 2, DType::u16},
                                         {'u', 4, DType::u32},
                                         {'u', 8, DType::u64},
                                         {'f', 2, DType::f16},
                                         {'f', 4, DType::f32},
                                         {'f', 8, DType::f64},
                                         {'c', 8, DType::c64},
                                         {'c', 16, DType::c128}}};
  for (const Entry& e : known) {
    if (e.letter == letter && e.size == size) return e.dtype;
  }
  return std::nullopt;
}

/// Makes nodes for what NumPy writes. A dtype's node has its letter in `index`, its size in `a` and the
/// letter of its byte order in `b`; what has no type of ours becomes an object.
class PickleNumpy {
 public:
  explicit PickleNumpy(PickleBuilder& builder) : b_(builder) {}

  /// numpy.dtype('f4', False, True).
  NodeId dtype(const std::vector<NodeId>& args) {
    if (args.empty() || args.size() > 3) fail_arguments("numpy.dtype", "1 to 3", args.size());
    const std::string_view code = b_.text(args[0], "a dtype of NumPy");
    std::uint64_t size = 0;
    const auto [end, error] = std::from_chars(code.data() + (std::min)(code.size(), std::size_t{1}),
                                              code.data() + code.size(), size);
    if (code.size() < 2 || error != std::errc() || end != code.data() + code.size()) {
      return b_.make_object("numpy", "dtype");
    }
    PickleNode node{.kind = NodeKind::numpy_dtype, .a = size, .b = std::uint64_t{'|'}};
    node.index = static_cast<unsigned char>(code[0]);
    return b_.make(node);
  }
  /// (version, byte order, subarray, names, fields, ...).
  void build_dtype(NodeId dtype, NodeId state) {
    const std::vector<NodeId> items = tuple(state, "a tuple as state of a dtype");
    if (items.size() < 5) fail_arguments("the state of a dtype", "at least 5", items.size());
    const std::string_view order = b_.text(items[1], "a byte order");
    if (order != "<" && order != ">" && order != "|" && order != "=") {
      b_.fail("expected a byte order of NumPy: <, >, = or |");
    }
    b_.node(dtype).b = static_cast<unsigned char>(order[0]);
    const bool plain =
        b_.is(items[2], NodeKind::none) && b_.is(items[3], NodeKind::none) && b_.is(items[4], NodeKind::none);
    if (!plain) b_.node(dtype).index = 'V';  // fields, or arrays as elements
  }

  /// scalar(dtype, bytes): a number of Python, a text or bytes.
  NodeId scalar(const std::vector<NodeId>& args) {
    if (args.size() != 2) fail_arguments("numpy.scalar", "2", args.size());
    const PickleNode type = dtype_at(args[0]);
    const auto letter = static_cast<char>(type.index);
    const auto element = numpy_dtype(letter, type.a);
    if (!element && letter != 'U' && letter != 'S') return b_.make_object("numpy", "generic");
    b_.charge(2 * b_.node(args[1]).b);
    auto bytes = bytes_at(args[1]);
    const std::size_t unit = letter == 'U' ? sizeof(std::uint32_t) : 1;
    if (bytes.size() % unit != 0 || bytes.size() / unit != type.a) {
      b_.fail("a scalar of NumPy has " + std::to_string(bytes.size()) + " bytes, its dtype asks for " +
              std::to_string(type.a) + (unit == 1 ? "" : " times 4"));
    }
    if (letter == 'S') {
      while (!bytes.empty() && bytes.back() == std::byte{0}) bytes.pop_back();
      return b_.make_decoded(NodeKind::bytes, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
    if (is_big(type) != (std::endian::native == std::endian::big)) {
      swap_bytes(bytes, letter == 'U' ? sizeof(std::uint32_t) : number_size(*element));
    }
    return letter == 'U' ? text(bytes) : number(*element, bytes);
  }

  /// _reconstruct(ndarray, (0,), b'b'): an array that BUILD fills.
  NodeId reconstruct(const std::vector<NodeId>& args) {
    if (args.size() != 3) fail_arguments("numpy._reconstruct", "3", args.size());
    const PickleNode& type = b_.node(args[0]);
    if (type.kind != NodeKind::global || type.global != PickleGlobal::numpy_array) {
      b_.expected("numpy.ndarray as class of an array", args[0]);
    }
    b_.charge(sizeof(ArrayClaim));
    PickleNode node{.kind = NodeKind::array};
    node.index = as_integer<std::uint32_t>(b_.graph().arrays.size());
    b_.graph().arrays.emplace_back();
    return b_.make(node);
  }
  /// (version, shape, dtype, whether columns come first, bytes).
  void build_array(NodeId array, NodeId state) {
    const std::vector<NodeId> items = tuple(state, "a tuple as state of an array");
    if (items.size() != 5) fail_arguments("the state of an array", "5", items.size());
    fill(array, items[4], items[2], items[1], b_.boolean(items[3], "the order of an array"));
  }
  /// _frombuffer(bytes, dtype, shape, order) of protocol 5.
  NodeId from_buffer(const std::vector<NodeId>& args) {
    if (args.size() < 4 || args.size() > 5) fail_arguments("numpy._frombuffer", "4", args.size());
    const std::string_view order = b_.text(args[3], "the order of an array");
    if (args.size() == 5 || (order != "C" && order != "F")) return b_.make_object("numpy", "ndarray");
    b_.charge(sizeof(ArrayClaim));
    PickleNode node{.kind = NodeKind::array};
    node.index = as_integer<std::uint32_t>(b_.graph().arrays.size());
    b_.graph().arrays.emplace_back();
    const NodeId array = b_.make(node);
    fill(array, args[0], args[1], args[2], order == "F");
    return array;
  }

 private:
  [[noreturn]] void fail_arguments(const char* of, const char* wanted, std::size_t got) const {
    b_.fail(std::string("expected ") + wanted + " items for " + of + ", got " + std::to_string(got));
  }
  std::vector<NodeId> tuple(NodeId id, const char* what) {
    if (!b_.is(id, NodeKind::tuple)) b_.expected(what, id);
    return b_.items(id);
  }
  [[nodiscard]] PickleNode dtype_at(NodeId id) const {
    if (!b_.is(id, NodeKind::numpy_dtype)) b_.expected("a dtype of NumPy", id);
    return b_.node(id);
  }
  static bool is_big(const PickleNode& dtype) noexcept {
    const bool native = dtype.b == '=' || dtype.b == '|';
    return native ? std::endian::native == std::endian::big : dtype.b == '>';
  }
  /// Bytes, the Latin-1 form that protocols before 3 have for them, or a text of Python 2.
  [[nodiscard]] std::vector<std::byte> bytes_at(NodeId id) const {
    const PickleNode& node = b_.node(id);
    if (node.kind == NodeKind::latin1) {
      if (auto bytes = decode_latin1(b_.graph().text_of(node))) return std::move(*bytes);
      b_.fail("bytes as latin1 with a character past U+00FF");
    }
    if (node.kind != NodeKind::bytes && node.kind != NodeKind::text) b_.expected("bytes of NumPy", id);
    const auto raw = b_.graph().bytes_of(node);
    return {raw.begin(), raw.end()};
  }

  template <class Number>
  static Number read(std::span<const std::byte> bytes) noexcept {
    Number x;
    std::memcpy(&x, bytes.data(), sizeof(Number));
    return x;
  }
  NodeId real(double x) { return b_.make({.kind = NodeKind::real, .a = std::bit_cast<std::uint64_t>(x)}); }
  NodeId integer(std::int64_t x) {
    return b_.make({.kind = NodeKind::integer, .a = std::bit_cast<std::uint64_t>(x)});
  }
  NodeId complex(double re, double im) {
    return b_.make({.kind = NodeKind::complex,
                    .a = std::bit_cast<std::uint64_t>(re),
                    .b = std::bit_cast<std::uint64_t>(im)});
  }
  // By hand: AnyTensor::to() would be compiled for each type here, with loops that convert from each other.
  NodeId number(DType dtype, std::span<const std::byte> bytes) {
    switch (dtype) {
      case DType::boolean:
        return b_.make({.kind = NodeKind::boolean, .a = bytes[0] != std::byte{0} ? 1U : 0U});
      case DType::i8:
        return integer(read<std::int8_t>(bytes));
      case DType::i16:
        return integer(read<std::int16_t>(bytes));
      case DType::i32:
        return integer(read<std::int32_t>(bytes));
      case DType::i64:
        return integer(read<std::int64_t>(bytes));
      case DType::u8:
        return integer(read<std::uint8_t>(bytes));
      case DType::u16:
        return integer(read<std::uint16_t>(bytes));
      case DType::u32:
        return integer(read<std::uint32_t>(bytes));
      case DType::u64:
        break;
      case DType::f16:
        return real(static_cast<double>(to_float(read<Half>(bytes))));
      case DType::f32:
        return real(static_cast<double>(read<float>(bytes)));
      case DType::f64:
        return real(read<double>(bytes));
      case DType::c64:
        return complex(static_cast<double>(read<float>(bytes)),
                       static_cast<double>(read<float>(bytes.subspan(sizeof(float)))));
      case DType::c128:
        return complex(read<double>(bytes), read<double>(bytes.subspan(sizeof(double))));
      case DType::bf16:
      case DType::f8_e4m3fn:
      case DType::f8_e5m2:
      case DType::f8_e4m3fnuz:
      case DType::f8_e5m2fnuz:
      case DType::f8_e8m0fnu:
        b_.fail("a number of a type that NumPy does not have");
    }
    const auto x = read<std::uint64_t>(bytes);
    if (x <= static_cast<std::uint64_t>((std::numeric_limits<std::int64_t>::max)()))
      return integer(static_cast<std::int64_t>(x));
    std::string raw;
    for (unsigned i = 0; i < 9; ++i) raw += static_cast<char>(i < 8 ? (x >> (8 * i)) & 0xFFU : 0);
    return b_.make_decoded(NodeKind::big_integer, std::move(raw));
  }
  /// Code points of four bytes; zeros at the end are not part of the text.
  NodeId text(std::span<const std::byte> bytes) {
    std::vector<std::uint32_t> points(bytes.size() / sizeof(std::uint32_t));
    if (!points.empty()) std::memcpy(points.data(), bytes.data(), points.size() * sizeof(std::uint32_t));
    while (!points.empty() && points.back() == 0) points.pop_back();
    std::string utf8;
    for (const std::uint32_t c : points) {
      if (!append_utf8(utf8, c)) b_.fail("a text of NumPy with half a surrogate pair or past U+10FFFF");
    }
    return b_.make_decoded(NodeKind::text, std::move(utf8));
  }

  void fill(NodeId array, NodeId data, NodeId dtype, NodeId shape, bool columns_first) {
    const PickleNode type = dtype_at(dtype);
    const auto element = numpy_dtype(static_cast<char>(type.index), type.a);
    const std::vector<NodeId> sizes = tuple(shape, "a tuple as shape of an array");
    if (!element || sizes.size() > Shape::max_rank) {  // texts, objects, dates, records
      const NodeId object = b_.make_object("numpy", "ndarray");
      b_.node(array) = b_.node(object);
      return;
    }
    std::vector<Index> dims;
    for (const NodeId size : sizes) {
      const std::uint64_t n = b_.count(size, "the size of an array");
      dims.push_back(
          static_cast<Index>((std::min)(n, static_cast<std::uint64_t>((std::numeric_limits<Index>::max)()))));
    }
    const auto numel = checked_numel(dims);
    const auto bytes = numel ? checked_mul(*numel, item_size(*element)) : std::nullopt;
    const PickleNode source = b_.node(data);
    if (source.kind != NodeKind::latin1 && source.kind != NodeKind::bytes && source.kind != NodeKind::text) {
      b_.expected("the bytes of an array", data);
    }
    // A byte of Latin-1 is one or two of the pickle. They are counted only where there can be enough of them.
    const bool enough = bytes && *bytes <= source.b;
    if (enough) b_.charge_copy(*bytes);
    const bool latin1 = source.kind == NodeKind::latin1 && enough && source.b / 2 <= *bytes;
    if (!enough || (latin1 ? latin1_size(source) : source.b) != *bytes) {
      b_.fail("the bytes of an array of NumPy are not as many as its shape asks for");
    }
    ArrayClaim& claim = b_.graph().arrays[b_.node(array).index];
    claim.data = source;
    claim.layout.dtype = *element;
    claim.layout.shape = Shape(dims);
    Index step = 1;
    for (std::size_t i = 0; i < dims.size(); ++i) {
      const std::size_t d = columns_first ? i : dims.size() - 1 - i;
      claim.layout.strides[d] = step;
      if (*numel != 0) step *= dims[d];
    }
    claim.layout.contiguous = !columns_first || dims.size() < 2;
    claim.big_endian = is_big(type);
    b_.node(array).a = 1;
  }
  [[nodiscard]] std::uint64_t latin1_size(const PickleNode& node) const {
    const std::string_view utf8 = b_.graph().text_of(node);
    return static_cast<std::uint64_t>(
        std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
  }

  PickleBuilder& b_;
};

}  // namespace detail

WICK_END_NAMESPACE
