#pragma once

// What a PyTorch file holds beside models and optimizers, as values and tensors of an archive.

#include <wick/base/printable.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/io/torch/detail/object_in_model.hpp>
#include <wick/io/torch/value.hpp>
#include <wick/state/attributes.hpp>
#include <wick/state/state_dict.hpp>

#include <complex>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Notes of an import: a file can repeat a value, and with it a note, as often as it likes.
struct ImportNotes {
  std::vector<std::string>& notes;
  std::vector<std::string>& unread;

  /// What a note is about is `is_unread` if it is not in the note.
  void add(std::string note, bool is_unread = true) const {
    constexpr std::size_t most = 100;
    if (notes.size() > most) return;
    const bool last = notes.size() == most;
    if (last) note = "and more";
    if (is_unread || last) unread.push_back(note);
    notes.push_back(std::move(note));
  }
};

/// `0x` and hexadecimal digits, as Python's int(text, 0) reads them.
[[nodiscard]] inline std::string hexadecimal(const TorchBigInt& number) {
  std::vector<std::byte> bytes = number.bytes;
  const bool negative = !bytes.empty() && (bytes.back() & std::byte{0x80}) != std::byte{0};
  if (negative) {
    unsigned carry = 1;
    for (std::byte& b : bytes) {
      carry += std::to_integer<unsigned>(~b);
      b = static_cast<std::byte>(carry & 0xFFU);
      carry >>= 8;
    }
  }
  while (bytes.size() > 1 && bytes.back() == std::byte{0}) bytes.pop_back();
  std::string text = negative ? "-0x" : "0x";
  constexpr std::string_view digits = "0123456789abcdef";
  for (auto it = bytes.rbegin(); it != bytes.rend(); ++it) {
    const auto b = std::to_integer<unsigned>(*it);
    if (it != bytes.rbegin() || b >= 16) text += digits[b >> 4];
    text += digits[b & 15U];
  }
  return text;
}

/// Values of any nesting as attributes and tensors with dotted names.
class TorchFlattener {
 public:
  /// `done` is passed over wherever it is.
  TorchFlattener(Attributes& attributes, StateDict& tensors, const ImportNotes& notes,
                 const TorchValue* done = nullptr)
      : attributes_(attributes), tensors_(tensors), notes_(notes), done_(done) {}

  void add(const std::string& name, const TorchValue& value) {
    // The file says the name of a container once, and each value in it gets it.
    if (full_ || &value == done_) return;
    name_bytes_ += name.size();
    constexpr std::size_t most_names = std::size_t{2} << 20;
    if (name_bytes_ > most_names) {
      full_ = true;
      return note("nested values whose names take up more than " + std::to_string(most_names) + " bytes, " +
                  quoted_name(name, 40) + " and later ones");
    }
    // The name of a container is in the names of all that is in it.
    constexpr std::size_t most_name_bytes = ArchiveLimits().name_bytes;
    if (name.size() > most_name_bytes) {
      return note(quoted_name(name, 40) + " is left out: names have at most " +
                  std::to_string(most_name_bytes) + " bytes");
    }
    if (const auto* t = value.get_if<TorchTensor>()) {
      put_tensor(name, t->tensor);
    } else if (const auto* bytes = value.get_if<TorchBytes>()) {
      const auto n = static_cast<Index>(bytes->bytes.size());
      put_tensor(name, AnyTensor::copy_of(TensorView<const std::uint8_t>(
                           reinterpret_cast<const std::uint8_t*>(bytes->bytes.data()), Shape{n})));
    } else if (const auto* z = value.get_if<std::complex<double>>()) {
      put_tensor(name, AnyTensor::copy_of(Tensor<std::complex<double>>::full({}, *z)));
    } else if (const auto* dict = value.get_if<TorchDict>()) {
      if (dict->items.empty() && !name.empty()) note(quoted_name(name) + " is an empty dict", false);
      for (const auto& [key, item] : dict->items) {
        const auto* text = key.get_if<std::string>();
        const auto* number = key.get_if<std::int64_t>();
        if (text == nullptr && number == nullptr) {
          note(quoted_name(name) + " has a key of type " + std::string(key.type_name()));
        } else {
          add(joined(name, text != nullptr ? *text : std::to_string(*number)), item);
        }
      }
    } else if (const auto* object = value.get_if<TorchObject>()) {
      note(subject(name) + " is " + shown_object(*object) + ", which is not data");
    } else if (auto attribute = as_attribute(value)) {
      put_attribute(name, std::move(*attribute));
    } else if (const auto* sequence = value.get_if<TorchSequence>()) {
      for (std::size_t i = 0; i < sequence->items.size(); ++i)
        add(joined(name, std::to_string(i)), sequence->items[i]);
    }
  }

 private:
  void note(std::string text, bool unread = true) { notes_.add(std::move(text), unread); }

  static std::string subject(const std::string& name) {
    return name.empty() ? "the whole file" : quoted_name(name);
  }

  static std::string joined(const std::string& prefix, const std::string& name) {
    return prefix.empty() ? name : prefix + "." + name;
  }

  template <class Item>
  static std::optional<std::vector<Item>> list_of(const std::vector<TorchValue>& items) {
    std::vector<Item> list;
    for (const auto& item : items) {
      const Item* x = item.get_if<Item>();
      if (x == nullptr) return std::nullopt;
      list.push_back(*x);
    }
    return list;
  }
  static std::optional<Attribute> as_attribute(const TorchValue& value) {
    if (value.is<TorchNone>()) return std::monostate();
    if (const auto* b = value.get_if<bool>()) return *b;
    if (const auto* i = value.get_if<std::int64_t>()) return *i;
    if (const auto* x = value.get_if<double>()) return *x;
    if (const auto* s = value.get_if<std::string>()) return *s;
    if (const auto* n = value.get_if<TorchName>()) return n->text;
    if (const auto* n = value.get_if<TorchBigInt>()) return hexadecimal(*n);
    if (const auto* size = value.get_if<TorchSize>()) return size->dims;
    if (const auto* sequence = value.get_if<TorchSequence>()) {
      if (auto integers = list_of<std::int64_t>(sequence->items)) return *integers;
      if (auto numbers = list_of<double>(sequence->items)) return *numbers;
      if (auto texts = list_of<std::string>(sequence->items)) return *texts;
    }
    return std::nullopt;
  }

  void put_attribute(const std::string& name, Attribute value) {
    // As many as a reader of wick's own files takes; a file may hold any number of values.
    constexpr std::size_t most = 4096;
    if (attributes_.size() >= most) {
      if (!many_)
        note("more than " + std::to_string(most) + " values, " + quoted_name(name) + " and later ones");
      many_ = true;
    } else if (attributes_.contains(name)) {
      note(quoted_name(name) + " is there twice");
    } else {
      attributes_.set(name, std::move(value));
    }
  }
  void put_tensor(const std::string& name, const AnyTensor& tensor) {
    if (tensors_.contains(name)) {
      note("the tensor " + quoted_name(name) + " is there twice");
    } else {
      tensors_.insert(name, tensor);
    }
  }

  Attributes& attributes_;
  StateDict& tensors_;
  ImportNotes notes_;
  const TorchValue* done_;
  std::size_t name_bytes_ = 0;
  bool full_ = false;
  bool many_ = false;
};

}  // namespace detail

WICK_END_NAMESPACE
