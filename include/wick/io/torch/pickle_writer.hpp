#pragma once

// Values -> the pickle that torch.save writes for them.

#include <wick/core/error.hpp>
#include <wick/io/bytes.hpp>
#include <wick/io/torch/value.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace wick::inline WICK_ABI_NAMESPACE {

namespace detail {

/// Name in module `torch` of the class that PyTorch has for storages of this type; empty for the types that
/// PyTorch got in version 2, whose storages are bytes.
[[nodiscard]] constexpr std::string_view torch_storage_class(DType d) noexcept {
  switch (d) {
    case DType::f64:
      return "DoubleStorage";
    case DType::f32:
      return "FloatStorage";
    case DType::f16:
      return "HalfStorage";
    case DType::bf16:
      return "BFloat16Storage";
    case DType::i64:
      return "LongStorage";
    case DType::i32:
      return "IntStorage";
    case DType::i16:
      return "ShortStorage";
    case DType::i8:
      return "CharStorage";
    case DType::u8:
      return "ByteStorage";
    case DType::boolean:
      return "BoolStorage";
    case DType::c64:
      return "ComplexFloatStorage";
    case DType::c128:
      return "ComplexDoubleStorage";
    default:
      return {};
  }
}

inline constexpr std::string_view torch_prefix = "torch.";

/// Whether `text` is the name of a dtype of PyTorch, with the prefix: a name is executed by torch.load as far
/// as that it looks it up, so no others are written.
[[nodiscard]] inline bool is_torch_dtype(std::string_view text) {
  if (!text.starts_with(torch_prefix)) return false;
  const std::string_view name = text.substr(torch_prefix.size());
  constexpr std::array without_tensors{"complex32", "qint8",
                                       "qint32",    "quint8",
                                       "quint4x2",  "quint2x4",
                                       "bits1x8",   "bits2x4",
                                       "bits4x2",   "bits8",
                                       "bits16",    "int1",
                                       "int2",      "int3",
                                       "int4",      "int5",
                                       "int6",      "int7",
                                       "uint1",     "uint2",
                                       "uint3",     "uint4",
                                       "uint5",     "uint6",
                                       "uint7",     "float4_e2m1fn_x2"};
  return std::ranges::find(all_dtypes, name, name_of) != all_dtypes.end() ||
         std::ranges::find(without_tensors, name) != without_tensors.end();
}

/// Text of a pickle: UTF-8 in which the halves of surrogate pairs may stand alone.
[[nodiscard]] inline bool is_python_text(std::string_view text) {
  constexpr std::string_view lead_of_surrogates = "\xED";
  std::size_t begin = 0;
  for (auto at = text.find(lead_of_surrogates); at != std::string_view::npos;
       at = text.find(lead_of_surrogates, begin)) {
    const auto is_trail = [&](std::size_t i, unsigned low, unsigned high) {
      return i < text.size() && static_cast<unsigned char>(text[i]) >= low &&
             static_cast<unsigned char>(text[i]) <= high;
    };
    if (!ByteReader::is_utf8(text.substr(begin, at - begin)) || !is_trail(at + 1, 0x80, 0xBF) ||
        !is_trail(at + 2, 0x80, 0xBF)) {
      return false;
    }
    begin = at + 3;
  }
  return ByteReader::is_utf8(text.substr(begin));
}

/// Whether Python lets `value` be a key of a dict or an item of a set.
[[nodiscard]] inline bool is_hashable(const TorchValue& value) {
  if (value.is<TorchDict>()) return false;
  const auto* sequence = value.get_if<TorchSequence>();
  return sequence == nullptr ||
         (sequence->kind == TorchSequence::Kind::tuple && std::ranges::all_of(sequence->items, is_hashable));
}

/// Writes the opcodes that CPython's pickle writes for the objects of torch.save, memo numbers included, and
/// gathers the storages of the tensors.
class TorchPickler {
 public:
  struct Storage {
    AnyTensor tensor;  ///< whose bytes are all of the storage
    std::string key;
  };

  /// Throws OptionError for what torch.load does not read.
  void dump(const TorchValue& value) {
    op(0x80);
    out_.put(std::uint8_t{2});
    put(value);
    op('.');
  }
  [[nodiscard]] std::span<const std::byte> pickle() const noexcept { return out_.bytes(); }
  [[nodiscard]] const std::vector<Storage>& storages() const noexcept { return storages_; }

 private:
  static constexpr std::size_t batch = 1000;
  static constexpr std::size_t most_nested = 500;

  [[noreturn]] static void fail(const std::string& what) { throw OptionError("write_torch: " + what); }

  void op(unsigned code) { out_.put(static_cast<std::uint8_t>(code)); }

  /// An opcode with a number of one byte, or else its long form with four.
  void op_index(char short_form, char long_form, std::uint32_t index) {
    if (index <= 0xFF) {
      op(static_cast<unsigned char>(short_form));
      out_.put(static_cast<std::uint8_t>(index));
    } else {
      op(static_cast<unsigned char>(long_form));
      out_.put(index);
    }
  }
  std::uint32_t memoize() {
    if (memo_size_ == (std::numeric_limits<std::uint32_t>::max)()) fail("more than 2^32 objects");
    op_index('q', 'r', memo_size_);
    return memo_size_++;
  }
  void get(std::uint32_t index) { op_index('h', 'j', index); }

  void put_global(const std::string& module, std::string_view name) {
    std::string both = module + "\n" + std::string(name) + "\n";
    if (const auto it = globals_.find(both); it != globals_.end()) {
      get(it->second);
      return;
    }
    op('c');
    out_.put_bytes(std::as_bytes(std::span(both)));
    globals_.emplace(std::move(both), memoize());
  }

  /// Texts that Python keeps once, such as the names in its programs and all of one character, are written
  /// once; equal texts that are objects of their own are written each time.
  void put_text(std::string_view text, bool kept_once) {
    kept_once = kept_once || text.size() <= 1;
    if (kept_once) {
      if (const auto it = texts_.find(text); it != texts_.end()) {
        get(it->second);
        return;
      }
    }
    const std::uint32_t index = put_new_text(text);
    if (kept_once) texts_.emplace(text, index);
  }
  std::uint32_t put_new_text(std::string_view text) {
    if (text.size() > (std::numeric_limits<std::uint32_t>::max)()) {
      fail("a text has " + std::to_string(text.size()) + " bytes, at most 2^32 - 1 can be written");
    }
    if (!is_python_text(text)) fail("a text is not UTF-8; store other bytes as TorchBytes");
    op('X');
    out_.put_string(text);
    return memoize();
  }

  void put_integer(std::int64_t x) {
    if (x >= 0 && x <= 0xFF) {
      op('K');
      out_.put(static_cast<std::uint8_t>(x));
    } else if (x >= 0 && x <= 0xFFFF) {
      op('M');
      out_.put(static_cast<std::uint16_t>(x));
    } else if (x >= (std::numeric_limits<std::int32_t>::min)() &&
               x <= (std::numeric_limits<std::int32_t>::max)()) {
      op('J');
      out_.put(static_cast<std::uint32_t>(x));
    } else {
      std::array<std::byte, sizeof x> bytes{};
      for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::byte>(static_cast<std::uint64_t>(x) >> (8 * i));
      }
      put_long(shortest(bytes));
    }
  }
  /// Two's complement without bytes at the end that only repeat the sign.
  static std::span<const std::byte> shortest(std::span<const std::byte> bytes) {
    const auto sign = [](std::byte b) {
      return (b & std::byte{0x80}) != std::byte{0} ? std::byte{0xFF} : std::byte{0};
    };
    while (bytes.size() > 1 && bytes.back() == sign(bytes[bytes.size() - 2]))
      bytes = bytes.first(bytes.size() - 1);
    return bytes;
  }
  void put_long(std::span<const std::byte> bytes) {
    constexpr std::size_t most = 255;
    if (bytes.size() > most) {
      fail("an integer of " + std::to_string(bytes.size()) + " bytes; torch.load reads at most 255");
    }
    op(0x8A);
    out_.put(static_cast<std::uint8_t>(bytes.size()));
    out_.put_bytes(bytes);
  }
  void put_big_integer(const TorchBigInt& x) {
    const auto bytes = shortest(x.bytes);
    if (bytes.size() > sizeof(std::int64_t)) return put_long(bytes);
    const bool negative = !bytes.empty() && (bytes.back() & std::byte{0x80}) != std::byte{0};
    std::uint64_t bits = negative ? ~std::uint64_t{0} : 0;
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      bits &= ~(std::uint64_t{0xFF} << (8 * i));
      bits |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
    }
    put_integer(std::bit_cast<std::int64_t>(bits));
  }
  void put_float(double x) {
    op('G');
    const auto bits = std::bit_cast<std::uint64_t>(x);
    for (int shift = 56; shift >= 0; shift -= 8) out_.put(static_cast<std::uint8_t>(bits >> shift));
  }

  /// A tuple of `n` items, which `put_items` writes.
  template <class PutItems>
  void put_tuple(std::size_t n, PutItems put_items) {
    if (n == 0) return op(')');
    if (n > 3) op('(');
    put_items();
    op(n > 3 ? unsigned{'t'} : static_cast<unsigned>(0x84 + n));
    memoize();
  }
  void put_tuple(std::span<const std::int64_t> items) {
    put_tuple(items.size(), [&] {
      for (const std::int64_t x : items) put_integer(x);
    });
  }
  void reduce() {
    op('R');
    memoize();
  }
  void put_empty_ordered_dict() {
    put_global("collections", "OrderedDict");
    op(')');
    reduce();
  }

  /// Items in batches, each between a mark and `many`, or a single one before `one`. `single_last`: also a
  /// last batch of one.
  template <class PutItem>
  void put_batches(std::size_t n, char one, char many, bool single_last, PutItem put_item) {
    for (std::size_t i = 0; i < n;) {
      const std::size_t end = (std::min)(i + batch, n);
      const bool single = end - i == 1 && (single_last || n == 1);
      if (!single) op('(');
      for (; i < end; ++i) put_item(i);
      op(static_cast<unsigned char>(single ? one : many));
    }
  }
  void put_list(const std::vector<TorchValue>& items) {
    op(']');
    memoize();
    put_batches(items.size(), 'a', 'e', false, [&](std::size_t i) { put(items[i]); });
  }
  void put_items(const TorchDict& dict) {
    const bool ordered = dict.kind == TorchDict::Kind::ordered;
    std::set<std::string_view> texts;
    std::set<std::int64_t> integers;
    put_batches(dict.items.size(), 's', 'u', ordered, [&](std::size_t i) {
      const auto& [key, value] = dict.items[i];
      const auto* text = key.get_if<std::string>();
      const auto* integer = key.get_if<std::int64_t>();
      if ((text != nullptr && !texts.insert(*text).second) ||
          (integer != nullptr && !integers.insert(*integer).second)) {
        fail("the key " + (text != nullptr ? "\"" + *text + "\"" : std::to_string(*integer)) +
             " is in a dict twice");
      }
      if (!is_hashable(key))
        fail("a key of type " + std::string(key.type_name()) + "; Python has no such dict");
      if (text != nullptr) {
        put_text(*text, !ordered);
      } else {
        put(key);
      }
      put(value);
    });
  }

  void put_storage(const AnyTensor& tensor) {
    const std::string_view name = torch_storage_class(tensor.dtype());
    const std::uint64_t count =
        name.empty() ? tensor.bytes().size() : static_cast<std::uint64_t>(tensor.numel());
    op('(');
    put_text("storage", true);
    if (name.empty()) {
      put_global("torch.storage", "UntypedStorage");
    } else {
      put_global("torch", name);
    }
    const auto bytes = tensor.bytes();
    const auto same = std::tuple(bytes.data(), bytes.size(), tensor.dtype());
    const auto it = bytes.empty() ? storage_keys_.end() : storage_keys_.find(same);
    if (it != storage_keys_.end()) {
      get(it->second);
    } else {
      storages_.push_back({tensor, std::to_string(storages_.size())});
      const std::uint32_t index = put_new_text(storages_.back().key);
      if (!bytes.empty()) storage_keys_.emplace(same, index);
    }
    put_text("cpu", true);
    put_integer(static_cast<std::int64_t>(count));
    op('t');
    memoize();
    op('Q');
  }
  void put_tensor(const AnyTensor& tensor, bool requires_grad) {
    const bool is_old_type = !torch_storage_class(tensor.dtype()).empty();
    const auto dims = tensor.shape().dims();
    std::array<std::int64_t, Shape::max_rank> size{};
    std::array<std::int64_t, Shape::max_rank> stride{};
    std::int64_t step = 1;
    for (std::size_t i = dims.size(); i-- > 0;) {
      size[i] = static_cast<std::int64_t>(dims[i]);
      stride[i] = step;
      step *= (std::max)(size[i], std::int64_t{1});
    }
    put_global("torch._utils", is_old_type ? "_rebuild_tensor_v2" : "_rebuild_tensor_v3");
    op('(');
    put_storage(tensor);
    put_integer(0);
    put_tuple(std::span<const std::int64_t>(size).first(dims.size()));
    put_tuple(std::span<const std::int64_t>(stride).first(dims.size()));
    put_bool(requires_grad);
    put_empty_ordered_dict();
    if (!is_old_type) put_global("torch", name_of(tensor.dtype()));
    op('t');
    memoize();
    reduce();
  }
  void put_bool(bool b) { op(b ? 0x88 : 0x89); }

  void put(const TorchValue& value) {
    if (++nested_ > most_nested) fail("values are nested more than " + std::to_string(most_nested) + " deep");
    std::visit([this](const auto& x) { put_as(x); }, value.variant());
    --nested_;
  }
  void put_as(TorchNone) { op('N'); }
  void put_as(bool x) { put_bool(x); }
  void put_as(std::int64_t x) { put_integer(x); }
  void put_as(const TorchBigInt& x) { put_big_integer(x); }
  void put_as(double x) { put_float(x); }
  void put_as(const std::complex<double>& x) {
    put_global("__builtin__", "complex");
    put_tuple(2, [&] {
      put_float(x.real());
      put_float(x.imag());
    });
    reduce();
  }
  void put_as(const std::string& x) { put_text(x, false); }
  void put_as(const TorchBytes& x) {
    std::string latin1;
    for (const std::byte b : x.bytes) {
      const auto c = std::to_integer<unsigned>(b);
      if (c >= 0x80) latin1 += static_cast<char>(0xC0U | (c >> 6));
      latin1 += static_cast<char>(c >= 0x80 ? 0x80U | (c & 0x3FU) : c);
    }
    put_global("_codecs", "encode");
    put_tuple(2, [&] {
      put_text(latin1, false);
      put_text("latin1", true);
    });
    reduce();
  }
  void put_as(const TorchTensor& x) {
    if (!x.parameter) return put_tensor(x.tensor, x.requires_grad);
    put_global("torch._utils", "_rebuild_parameter");
    put_tuple(3, [&] {
      put_tensor(x.tensor, false);
      put_bool(x.requires_grad);
      put_empty_ordered_dict();
    });
    reduce();
  }
  void put_as(const TorchSize& x) {
    put_global("torch", "Size");
    put_tuple(1, [&] { put_tuple(x.dims); });
    reduce();
  }
  void put_as(const TorchName& x) {
    switch (x.kind) {
      case TorchName::Kind::dtype:
        if (!is_torch_dtype(x.text))
          fail("\"" + x.text + "\" is no dtype; expected one such as torch.float32");
        return put_global("torch", std::string_view(x.text).substr(torch_prefix.size()));
      case TorchName::Kind::device:
        return put_device(x.text);
      case TorchName::Kind::layout:
        if (!x.text.starts_with(torch_prefix)) {
          fail("\"" + x.text + "\" is no layout; expected one such as torch.strided");
        }
        put_global("torch.serialization", "_get_layout");
        put_tuple(1, [&] { put_text(x.text, false); });
        return reduce();
    }
  }
  void put_device(std::string_view text) {
    const auto colon = text.find(':');
    const std::string_view type = text.substr(0, colon);
    const std::string_view index = colon == std::string_view::npos ? "0" : text.substr(colon + 1);
    std::uint8_t number = 0;
    const auto [end, error] = std::from_chars(index.data(), index.data() + index.size(), number);
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    if (type.empty() || !std::ranges::all_of(type, is_letter) || error != std::errc() ||
        end != index.data() + index.size()) {
      fail("\"" + std::string(text) + "\" is no device; expected one such as cpu or cuda:0");
    }
    put_global("torch", "device");
    put_tuple(colon == std::string_view::npos ? 1 : 2, [&] {
      put_text(type, false);
      if (colon != std::string_view::npos) put_integer(number);
    });
    reduce();
  }
  void put_as(const TorchSequence& x) {
    switch (x.kind) {
      case TorchSequence::Kind::list:
        return put_list(x.items);
      case TorchSequence::Kind::tuple:
        return put_tuple(x.items.size(), [&] {
          for (const TorchValue& item : x.items) put(item);
        });
      case TorchSequence::Kind::set:
        break;
    }
    for (const TorchValue& item : x.items) {
      if (!is_hashable(item)) {
        fail("a set with an item of type " + std::string(item.type_name()) + "; Python has no such set");
      }
    }
    put_global("__builtin__", "set");
    put_tuple(1, [&] { put_list(x.items); });
    reduce();
  }
  void put_as(const TorchDict& x) {
    using Kind = TorchDict::Kind;
    if (x.metadata != nullptr && x.kind != Kind::ordered) fail("only an OrderedDict can have metadata");
    const auto put_dict = [&] {
      op('}');
      memoize();
      put_items(x);
    };
    switch (x.kind) {
      case Kind::dict:
        return put_dict();
      case Kind::counter:
        put_global("collections", "Counter");
        put_tuple(1, put_dict);
        return reduce();
      case Kind::ordered:
        break;
    }
    put_empty_ordered_dict();
    put_items(x);
    if (x.metadata == nullptr) return;
    TorchDict state;
    state.add("_metadata", *x.metadata);
    put_as(state);
    op('b');
  }

  ByteWriter out_;
  std::uint32_t memo_size_ = 0;
  std::size_t nested_ = 0;
  std::map<std::string, std::uint32_t, std::less<>> globals_;
  std::map<std::string, std::uint32_t, std::less<>> texts_;
  std::map<std::tuple<const std::byte*, std::size_t, DType>, std::uint32_t> storage_keys_;
  std::vector<Storage> storages_;
};

}  // namespace detail

}  // namespace wick::inline WICK_ABI_NAMESPACE
