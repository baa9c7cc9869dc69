#pragma once

// What a file of torch.save holds, as values: numbers, texts, containers and tensors.

#include <wick/base/detail/quote.hpp>
#include <wick/base/error.hpp>
#include <wick/tensor/any_tensor.hpp>
#include <wick/tensor/dtype.hpp>

#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

class TorchValue;

/// Python's None.
struct TorchNone {
  friend bool operator==(TorchNone, TorchNone) = default;
};

/// An integer that does not fit in 64 bits: two's complement, little-endian, as pickle stores it.
struct TorchBigInt {
  std::vector<std::byte> bytes;  ///< the least one first
  friend bool operator==(const TorchBigInt&, const TorchBigInt&) = default;
};

/// Python's bytes and bytearray.
struct TorchBytes {
  std::vector<std::byte> bytes;  ///< in order
  friend bool operator==(const TorchBytes&, const TorchBytes&) = default;
};

/// A tensor, or an nn.Parameter that wraps one.
struct TorchTensor {
  AnyTensor tensor;            ///< the numbers
  bool requires_grad = false;  ///< as it was saved
  bool parameter = false;      ///< whether it is an nn.Parameter
  friend bool operator==(const TorchTensor&, const TorchTensor&) = default;
};

/// torch.Size.
struct TorchSize {
  std::vector<std::int64_t> dims;  ///< sizes of the dimensions
  friend bool operator==(const TorchSize&, const TorchSize&) = default;
};

/// An object without data of its own that PyTorch names in files: a dtype, `torch.float32`, a device,
/// `cuda:0`, or a layout, `torch.strided`.
struct TorchName {
  /// What it names.
  enum class Kind { dtype, device, layout } kind = Kind::dtype;  ///< which of these
  std::string text;                                              ///< as Python prints it
  friend bool operator==(const TorchName&, const TorchName&) = default;
};

/// Something that is not data: an object of a class, a class, a function, a tensor of a kind that is not
/// read. Of all that the file says about it, this is its name; files with it cannot be written.
struct TorchObject {
  std::string name;  ///< of the class or function, as the file has it: `omegaconf.dictconfig.DictConfig`
  friend bool operator==(const TorchObject&, const TorchObject&) = default;
};

/// A list, tuple or set.
struct TorchSequence {
  /// Which of them it is.
  enum class Kind { list, tuple, set } kind = Kind::list;  ///< which of these
  std::vector<TorchValue> items;                           ///< in order
  /// Whether kinds and items are equal.
  friend bool operator==(const TorchSequence&, const TorchSequence&);
};

/// A dict, OrderedDict or Counter: keys of any kind, in order, each once.
struct TorchDict {
  /// Which of them it is.
  enum class Kind { dict, ordered, counter } kind = Kind::dict;  ///< which of these
  std::vector<std::pair<TorchValue, TorchValue>> items;          ///< in order
  /// The attribute `_metadata` of a state dict; null where there is none.
  std::shared_ptr<const TorchValue> metadata;

  /// The value of a text key, or null.
  [[nodiscard]] const TorchValue* find(std::string_view key) const noexcept;
  /// Appends without looking for an equal key.
  void add(std::string_view key, TorchValue value);

  /// Whether kinds, items and their order, and metadata are equal.
  friend bool operator==(const TorchDict&, const TorchDict&);
};

/// One value of a file that torch.save wrote or torch.load will read.
///
/// A value type: containers own what is in them, so there are no cycles; tensors share their immutable bytes.
class TorchValue {
 public:
  /// All that a value may be.
  using Variant =
      std::variant<TorchNone, bool, std::int64_t, TorchBigInt, double, std::complex<double>, std::string,
                   TorchBytes, TorchTensor, TorchSize, TorchName, TorchSequence, TorchDict, TorchObject>;

  TorchValue() = default;
  /// Of anything that Variant can be made of.
  template <class Value>
  requires(!std::is_same_v<std::remove_cvref_t<Value>, TorchValue> && std::is_constructible_v<Variant, Value>)
      TorchValue(Value&& value)  // NOLINT: a value is its contents
      : value_(std::forward<Value>(value)) {}
  /// A text.
  TorchValue(const char* text) : value_(std::string(text)) {}
  /// A tensor that is no parameter.
  TorchValue(const AnyTensor& tensor) : value_(TorchTensor{tensor}) {}

  /// What it is.
  [[nodiscard]] const Variant& variant() const noexcept { return value_; }
  [[nodiscard]] Variant& variant() noexcept { return value_; }

  /// Whether it is a Value.
  template <class Value>
  [[nodiscard]] bool is() const noexcept {
    return std::holds_alternative<Value>(value_);
  }
  /// The contents if they are a V, else null.
  template <class Value>
  [[nodiscard]] const Value* get_if() const noexcept {
    return std::get_if<Value>(&value_);
  }
  template <class Value>
  [[nodiscard]] Value* get_if() noexcept {
    return std::get_if<Value>(&value_);
  }
  /// What Python's type() would say, for messages: `int`, `dict`, `torch.Tensor`.
  [[nodiscard]] std::string_view type_name() const noexcept {
    struct Name {
      std::string_view operator()(const TorchNone&) const { return "NoneType"; }
      std::string_view operator()(bool) const { return "bool"; }
      std::string_view operator()(std::int64_t) const { return "int"; }
      std::string_view operator()(const TorchBigInt&) const { return "int"; }
      std::string_view operator()(double) const { return "float"; }
      std::string_view operator()(const std::complex<double>&) const { return "complex"; }
      std::string_view operator()(const std::string&) const { return "str"; }
      std::string_view operator()(const TorchBytes&) const { return "bytes"; }
      std::string_view operator()(const TorchTensor& t) const {
        return t.parameter ? "torch.nn.Parameter" : "torch.Tensor";
      }
      std::string_view operator()(const TorchSize&) const { return "torch.Size"; }
      std::string_view operator()(const TorchName& n) const {
        return n.kind == TorchName::Kind::dtype    ? "torch.dtype"
               : n.kind == TorchName::Kind::device ? "torch.device"
                                                   : "torch.layout";
      }
      std::string_view operator()(const TorchSequence& s) const {
        return s.kind == TorchSequence::Kind::list    ? "list"
               : s.kind == TorchSequence::Kind::tuple ? "tuple"
                                                      : "set";
      }
      std::string_view operator()(const TorchDict& d) const {
        return d.kind == TorchDict::Kind::dict      ? "dict"
               : d.kind == TorchDict::Kind::ordered ? "OrderedDict"
                                                    : "Counter";
      }
      std::string_view operator()(const TorchObject&) const { return "object"; }
    };
    return std::visit(Name{}, value_);
  }

  /// Whether both are the same kind of value, and equal.
  friend bool operator==(const TorchValue& a, const TorchValue& b) { return a.value_ == b.value_; }

 private:
  Variant value_;
};

/// Whether kinds and items are equal.
inline bool operator==(const TorchSequence& a, const TorchSequence& b) {
  return a.kind == b.kind && a.items == b.items;
}
/// Whether kinds, items and their order, and metadata are equal.
inline bool operator==(const TorchDict& a, const TorchDict& b) {
  const bool both = a.metadata != nullptr && b.metadata != nullptr;
  return a.kind == b.kind && a.items == b.items &&
         (both ? *a.metadata == *b.metadata : a.metadata == b.metadata);
}
inline const TorchValue* TorchDict::find(std::string_view key) const noexcept {
  for (const auto& [name, value] : items) {
    const auto* text = name.get_if<std::string>();
    if (text != nullptr && *text == key) return &value;
  }
  return nullptr;
}
inline void TorchDict::add(std::string_view key, TorchValue value) {
  items.emplace_back(std::string(key), std::move(value));
}

namespace detail {

/// The number in a Python number or a tensor with one element.
[[nodiscard]] inline std::optional<double> number_in(const TorchValue& value) {
  if (const auto* x = value.get_if<double>()) return *x;
  if (const auto* x = value.get_if<std::int64_t>()) return static_cast<double>(*x);
  const auto* t = value.get_if<TorchTensor>();
  if (t == nullptr || t->tensor.numel() != 1) return std::nullopt;
  // AnyTensor::to() would be compiled for double with a loop for each type.
  return visit_dtype(t->tensor.dtype(), [&]<class From>(From x) -> std::optional<double> {
    if constexpr (is_complex_type<From>) {
      return std::nullopt;
    } else if constexpr (std::is_same_v<From, bool>) {
      return t->tensor.bytes()[0] != std::byte{0} ? 1.0 : 0.0;
    } else {
      std::memcpy(&x, t->tensor.bytes().data(), sizeof(From));
      return convert_element<double>(x);
    }
  });
}

}  // namespace detail

WICK_END_NAMESPACE
