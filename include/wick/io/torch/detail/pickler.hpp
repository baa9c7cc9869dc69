#pragma once

// Values -> the pickle that torch.save writes for them.

#include <wick/io/torch/detail/pickle_globals.hpp>
#include <wick/io/torch/detail/pickle_writer.hpp>
#include <wick/io/torch/limits.hpp>
#include <wick/io/torch/value.hpp>
#include <wick/tensor/dtype.hpp>
#include <wick/tensor/shape.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The class in module `torch` of storages of this type; empty for the types that PyTorch got in version 2,
/// whose storages are bytes.
[[nodiscard]] constexpr std::string_view torch_storage_class(DType d) noexcept {
  const auto it = std::ranges::find(storage_classes, d, &GlobalName::dtype);
  return it == storage_classes.end() ? std::string_view() : it->name;
}

/// Whether Python lets `value` be a key of a dict or an item of a set.
[[nodiscard]] inline bool is_hashable(const TorchValue& value) {
  if (value.is<TorchDict>()) return false;
  const auto* sequence = value.get_if<TorchSequence>();
  return sequence == nullptr ||
         (sequence->kind == TorchSequence::Kind::tuple && std::ranges::all_of(sequence->items, is_hashable));
}

/// Writes a value and gathers the storages of its tensors, which are numbered in the order of first use.
class TorchPickler {
 public:
  /// Throws OptionError for what torch.load does not read.
  explicit TorchPickler(const TorchValue& value) {
    put(value);
    out_.op(Opcode::stop);
  }
  [[nodiscard]] std::span<const std::byte> pickle() const noexcept { return out_.bytes(); }
  /// Tensors whose bytes are all of a storage. The views of the value's tensors are as good as those.
  [[nodiscard]] const std::vector<AnyTensor>& storages() const noexcept { return storages_; }

 private:
  [[noreturn]] static void fail(const std::string& what) { PickleWriter::fail(what); }

  void put(const TorchValue& value) {
    std::visit([this](const auto& x) { this->put_as(x); }, value.variant());
  }
  void put_as(TorchNone) { out_.op(Opcode::none); }
  void put_as(bool x) { out_.put_bool(x); }
  void put_as(std::int64_t x) { out_.put_integer(x); }
  void put_as(const TorchBigInt& x) { out_.put_big_integer(x.bytes); }
  void put_as(double x) { out_.put_float(x); }
  void put_as(const std::complex<double>& x) {
    out_.put_global("__builtin__", "complex");
    out_.put_tuple(2, [&] {
      out_.put_float(x.real());
      out_.put_float(x.imag());
    });
    out_.put_reduce();
  }
  void put_as(const std::string& x) { out_.put_text(x); }
  void put_as(const TorchBytes& x) {
    std::string latin1;
    for (const std::byte b : x.bytes) {
      const auto c = std::to_integer<unsigned>(b);
      if (c >= 0x80) latin1 += static_cast<char>(0xC0U | (c >> 6));
      latin1 += static_cast<char>(c >= 0x80 ? 0x80U | (c & 0x3FU) : c);
    }
    out_.put_global("_codecs", "encode");
    out_.put_tuple(2, [&] {
      out_.put_text(latin1);
      out_.put_kept_text("latin1");
    });
    out_.put_reduce();
  }
  void put_as(const TorchSize& x) {
    out_.put_global("torch", "Size");
    out_.put_tuple(1, [&] { out_.put_tuple(x.dims); });
    out_.put_reduce();
  }
  void put_as(const TorchName& x) {
    switch (x.kind) {
      case TorchName::Kind::dtype:
        return put_dtype(x.text);
      case TorchName::Kind::device:
        return put_device(x.text);
      case TorchName::Kind::layout:
        break;
    }
    if (!x.text.starts_with("torch.")) {
      fail(python_quoted(x.text) + " is no layout; expected one such as 'torch.strided'");
    }
    out_.put_global("torch.serialization", "_get_layout");
    out_.put_tuple(1, [&] { out_.put_text(x.text); });
    out_.put_reduce();
  }
  // Python looks the name up in its modules: no other names are written.
  void put_dtype(std::string_view text) {
    constexpr std::string_view module = "torch.";
    const auto name = text.substr((std::min)(module.size(), text.size()));
    const auto is_this = [&](DType d) { return name_of(d) == name; };
    if (!text.starts_with(module) || (std::ranges::none_of(all_dtypes, is_this) &&
                                      std::ranges::find(other_dtypes, name) == other_dtypes.end())) {
      fail(python_quoted(text) + " is no dtype; expected one such as 'torch.float32'");
    }
    out_.put_global("torch", name);
  }
  void put_device(std::string_view text) {
    const auto colon = text.find(':');
    const bool has_index = colon != std::string_view::npos;
    const std::string_view type = text.substr(0, colon);
    const std::string_view index = has_index ? text.substr(colon + 1) : "0";
    std::uint8_t number = 0;
    const auto [end, error] = std::from_chars(index.data(), index.data() + index.size(), number);
    const auto is_letter = [](char c) { return c >= 'a' && c <= 'z'; };
    if (type.empty() || !std::ranges::all_of(type, is_letter) || error != std::errc() ||
        end != index.data() + index.size()) {
      fail(python_quoted(text) + " is no device; expected one such as 'cpu' or 'cuda:0'");
    }
    out_.put_global("torch", "device");
    out_.put_tuple(has_index ? 2 : 1, [&] {
      out_.put_text(type);
      if (has_index) out_.put_integer(number);
    });
    out_.put_reduce();
  }

  [[noreturn]] static void put_as(const TorchObject& x) {
    fail("an object, " + python_quoted(x.name.substr(0, 100)) + ", is not data and cannot be written");
  }

  void put_as(const TorchSequence& x) {
    enter();
    switch (x.kind) {
      case TorchSequence::Kind::list:
        put_list(x.items);
        break;
      case TorchSequence::Kind::tuple:
        out_.put_tuple(x.items.size(), [&] {
          for (const TorchValue& item : x.items) put(item);
        });
        break;
      case TorchSequence::Kind::set:
        for (const TorchValue& item : x.items) {
          if (!is_hashable(item)) {
            fail("a set with an item of type " + std::string(item.type_name()) + "; Python has no such set");
          }
        }
        out_.put_global("__builtin__", "set");
        out_.put_tuple(1, [&] { put_list(x.items); });
        out_.put_reduce();
        break;
    }
    --depth_;
  }
  void put_list(const std::vector<TorchValue>& items) {
    out_.op(Opcode::empty_list);
    out_.memoize();
    out_.put_batches(items.size(), Opcode::append, Opcode::appends, false,
                     [&](std::size_t i) { put(items[i]); });
  }

  void put_as(const TorchDict& x) {
    enter();
    if (x.metadata != nullptr && x.kind != TorchDict::Kind::ordered) {
      fail("only an OrderedDict can have metadata");
    }
    switch (x.kind) {
      case TorchDict::Kind::dict:
        put_dict(x);
        break;
      case TorchDict::Kind::counter:
        out_.put_global("collections", "Counter");
        out_.put_tuple(1, [&] { put_dict(x); });
        out_.put_reduce();
        break;
      case TorchDict::Kind::ordered:
        put_empty_ordered_dict();
        put_items(x);
        if (x.metadata != nullptr) {
          TorchDict attributes;
          attributes.add("_metadata", *x.metadata);
          put_dict(attributes);
          out_.op(Opcode::build);
        }
        break;
    }
    --depth_;
  }
  void put_empty_ordered_dict() {
    out_.put_global("collections", "OrderedDict");
    out_.op(Opcode::empty_tuple);
    out_.put_reduce();
  }
  void put_dict(const TorchDict& dict) {
    out_.op(Opcode::empty_dict);
    out_.memoize();
    put_items(dict);
  }
  void put_items(const TorchDict& dict) {
    const bool ordered = dict.kind == TorchDict::Kind::ordered;
    std::set<std::string_view> texts;
    std::set<std::int64_t> integers;
    out_.put_batches(dict.items.size(), Opcode::setitem, Opcode::setitems, ordered, [&](std::size_t i) {
      const auto& [key, value] = dict.items[i];
      const auto* text = key.get_if<std::string>();
      const auto* integer = key.get_if<std::int64_t>();
      if ((text != nullptr && !texts.insert(*text).second) ||
          (integer != nullptr && !integers.insert(*integer).second)) {
        fail("a dict has the key " + (text != nullptr ? python_quoted(*text) : std::to_string(*integer)) +
             " twice");
      }
      if (!is_hashable(key)) {
        fail("a dict has a key of type " + std::string(key.type_name()) + "; Python has no such dict");
      }
      // The keys of dicts are constants of programs, those of state dicts are put together.
      if (text != nullptr && !ordered) {
        out_.put_kept_text(*text);
      } else {
        put(key);
      }
      put(value);
    });
  }

  void put_as(const TorchTensor& x) {
    if (!x.parameter) return put_tensor(x.tensor, x.requires_grad);
    out_.put_global("torch._utils", "_rebuild_parameter");
    out_.put_tuple(3, [&] {
      put_tensor(x.tensor, false);
      out_.put_bool(x.requires_grad);
      put_empty_ordered_dict();
    });
    out_.put_reduce();
  }
  void put_tensor(const AnyTensor& tensor, bool requires_grad) {
    const bool is_old_type = !torch_storage_class(tensor.dtype()).empty();
    const auto dims = tensor.shape().dims();
    std::array<std::int64_t, Shape::max_rank> size{};
    std::array<std::int64_t, Shape::max_rank> stride{};
    std::uint64_t step = 1;
    for (std::size_t i = dims.size(); i-- > 0;) {
      size[i] = static_cast<std::int64_t>(dims[i]);
      stride[i] = static_cast<std::int64_t>(step);
      step *= static_cast<std::uint64_t>((std::max)(dims[i], Index{1}));  // fits, see Shape
    }
    out_.put_global("torch._utils", is_old_type ? "_rebuild_tensor_v2" : "_rebuild_tensor_v3");
    out_.op(Opcode::mark);
    put_storage(tensor);
    out_.put_integer(0);  // the first element
    out_.put_tuple(std::span<const std::int64_t>(size).first(dims.size()));
    out_.put_tuple(std::span<const std::int64_t>(stride).first(dims.size()));
    out_.put_bool(requires_grad);
    put_empty_ordered_dict();  // hooks
    if (!is_old_type) out_.put_global("torch", name_of(tensor.dtype()));
    out_.op(Opcode::tuple);
    out_.memoize();
    out_.put_reduce();
  }
  void put_storage(const AnyTensor& tensor) {
    const std::string_view type = torch_storage_class(tensor.dtype());
    const auto bytes = tensor.bytes();
    out_.op(Opcode::mark);
    out_.put_kept_text("storage");
    if (type.empty()) {
      out_.put_global("torch.storage", "UntypedStorage");
    } else {
      out_.put_global("torch", type);
    }
    const std::tuple same(bytes.data(), bytes.size(), tensor.dtype());
    const auto it = bytes.empty() ? keys_.end() : keys_.find(same);
    if (it != keys_.end()) {
      out_.get(it->second);
    } else {
      const std::uint32_t key = out_.put_new_text(std::to_string(storages_.size()));
      storages_.push_back(tensor);
      if (!bytes.empty()) keys_.emplace(same, key);
    }
    out_.put_kept_text("cpu");
    out_.put_integer(
        static_cast<std::int64_t>(bytes.size() / (type.empty() ? 1 : item_size(tensor.dtype()))));
    out_.op(Opcode::tuple);
    out_.memoize();
    out_.op(Opcode::binpersid);
  }

  void enter() {
    constexpr std::size_t most = TorchLimits().depth;
    if (++depth_ > most) {
      fail("containers are nested more than " + std::to_string(most) + " deep, which readers refuse");
    }
  }

  PickleWriter out_;
  std::size_t depth_ = 0;
  std::map<std::tuple<const std::byte*, std::size_t, DType>, std::uint32_t> keys_;  ///< memo numbers
  std::vector<AnyTensor> storages_;
};

}  // namespace detail

WICK_END_NAMESPACE
