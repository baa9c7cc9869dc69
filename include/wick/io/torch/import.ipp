#pragma once

// Definitions of io/torch/import.hpp.

#include <wick/core/compiled.hpp>
#include <wick/core/error.hpp>
#include <wick/core/quote.hpp>
#include <wick/io/archive.hpp>
#include <wick/io/groups.hpp>
#include <wick/io/torch/find_model.hpp>
#include <wick/io/torch/import.hpp>
#include <wick/io/torch/optimizer.hpp>
#include <wick/io/torch/value.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace wick::inline WICK_ABI_NAMESPACE {

namespace detail {

[[nodiscard]] inline StateDict state_dict_in(const TorchDict& dict) {
  StateDict sd;
  for (const auto& [key, value] : dict.items) {
    if (const auto* t = value.get_if<TorchTensor>()) sd.insert(*key.get_if<std::string>(), t->tensor);
  }
  return sd;
}

/// Notes of an import: a file can repeat a value, and with it a note, as often as it likes.
inline void add_note(std::vector<std::string>& notes, std::string note) {
  constexpr std::size_t most = 100;
  if (notes.size() <= most) notes.push_back(notes.size() < most ? std::move(note) : "and more");
}

/// Values of any nesting as attributes and tensors with dotted names.
class TorchFlattener {
 public:
  /// `done` is passed over wherever it is.
  TorchFlattener(Attributes& attributes, StateDict& tensors, std::vector<std::string>& notes,
                 const TorchValue* done = nullptr)
      : attributes_(attributes), tensors_(tensors), notes_(notes), done_(done) {}

  void add(const std::string& name, const TorchValue& value) {
    if (&value == done_) return;
    // The name of a container is in the names of all that is in it.
    constexpr std::size_t most_name_bytes = ArchiveLimits().name_bytes;
    if (name.size() > most_name_bytes) {
      return note(python_quoted(name.substr(0, 40)) + "... is left out: names have at most " +
                  std::to_string(most_name_bytes) + " bytes, this one has " + std::to_string(name.size()));
    }
    if (const auto* t = value.get_if<TorchTensor>()) {
      put_tensor(name, t->tensor);
    } else if (const auto* bytes = value.get_if<TorchBytes>()) {
      const auto n = static_cast<Index>(bytes->bytes.size());
      put_tensor(name, AnyTensor::copy_of(TensorView<const std::uint8_t>(
                           reinterpret_cast<const std::uint8_t*>(bytes->bytes.data()), Shape{n})));
    } else if (const auto* dict = value.get_if<TorchDict>()) {
      for (const auto& [key, item] : dict->items) {
        const auto* text = key.get_if<std::string>();
        const auto* number = key.get_if<std::int64_t>();
        if (text == nullptr && number == nullptr) {
          note("\"" + name + "\" has a key of type " + std::string(key.type_name()));
        } else {
          add(joined(name, text != nullptr ? *text : std::to_string(*number)), item);
        }
      }
    } else if (auto attribute = as_attribute(value)) {
      put_attribute(name, std::move(*attribute));
    } else if (const auto* sequence = value.get_if<TorchSequence>()) {
      for (std::size_t i = 0; i < sequence->items.size(); ++i)
        add(joined(name, std::to_string(i)), sequence->items[i]);
    } else {
      note("\"" + name + "\" is " +
           (value.is<TorchNone>()     ? "None"
            : value.is<TorchBigInt>() ? "an integer of more than 64 bits"
                                      : "a complex number"));
    }
  }

 private:
  void note(std::string text) { add_note(notes_, std::move(text)); }

  static std::string joined(const std::string& prefix, const std::string& name) {
    return prefix.empty() ? name : prefix + "." + name;
  }

  template <class A>
  static std::optional<std::vector<A>> list_of(const std::vector<TorchValue>& items) {
    std::vector<A> list;
    for (const auto& item : items) {
      const A* x = item.get_if<A>();
      if (x == nullptr) return std::nullopt;
      list.push_back(*x);
    }
    return list;
  }
  static std::optional<Attribute> as_attribute(const TorchValue& value) {
    if (const auto* b = value.get_if<bool>()) return *b;
    if (const auto* i = value.get_if<std::int64_t>()) return *i;
    if (const auto* x = value.get_if<double>()) return *x;
    if (const auto* s = value.get_if<std::string>()) return *s;
    if (const auto* n = value.get_if<TorchName>()) return n->text;
    if (const auto* size = value.get_if<TorchSize>()) return size->dims;
    if (const auto* sequence = value.get_if<TorchSequence>()) {
      if (auto integers = list_of<std::int64_t>(sequence->items)) return *integers;
      if (auto numbers = list_of<double>(sequence->items)) return *numbers;
      if (auto texts = list_of<std::string>(sequence->items)) return *texts;
    }
    return std::nullopt;
  }

  void put_attribute(const std::string& name, Attribute value) {
    // Attributes are looked up one after the other; a file may hold any number of values.
    constexpr std::size_t most = 4096;
    if (attributes_.size() >= most) {
      if (!full_) note("more than " + std::to_string(most) + " values, \"" + name + "\" and later ones");
      full_ = true;
    } else if (attributes_.contains(name)) {
      note("\"" + name + "\" is there twice");
    } else {
      attributes_.set(name, std::move(value));
    }
  }
  void put_tensor(const std::string& name, const AnyTensor& tensor) {
    if (tensors_.contains(name)) {
      note("the tensor \"" + name + "\" is there twice");
    } else {
      tensors_.insert(name, tensor);
    }
  }

  Attributes& attributes_;
  StateDict& tensors_;
  std::vector<std::string>& notes_;
  const TorchValue* done_;
  bool full_ = false;
};

/// The sizes that the lesson's checkpoint has beside the state dict.
[[nodiscard]] inline std::optional<Architecture> architecture_in(const TorchDict& dict,
                                                                 std::vector<std::string>& notes) {
  const auto size = [](const TorchValue* value) -> Index {
    const auto* n = value == nullptr ? nullptr : value->get_if<std::int64_t>();
    return n != nullptr && *n >= 1 ? static_cast<Index>(*n) : 0;
  };
  const TorchValue* layers = dict.find("hidden_layers");
  const auto* list = layers == nullptr ? nullptr : layers->get_if<TorchSequence>();
  Architecture a{.type = "Network",
                 .input_size = size(dict.find("input_size")),
                 .output_size = size(dict.find("output_size")),
                 .hidden_layers = {},
                 .dropout = 0.5};
  if (a.input_size == 0 || a.output_size == 0 || list == nullptr) return std::nullopt;
  for (const auto& item : list->items) {
    a.hidden_layers.push_back(size(&item));
    if (a.hidden_layers.back() == 0) return std::nullopt;
  }
  for (const char* name : {"dropout", "drop_p"}) {
    const TorchValue* value = dict.find(name);
    const auto p = value == nullptr ? std::nullopt : number_in(*value);
    if (p && *p >= 0 && *p <= 1) {
      a.dropout = *p;
      break;
    }
    if (value != nullptr) {
      add_note(notes, "\"" + std::string(name) + "\" is a value of type " + std::string(value->type_name()) +
                          ", not a number in [0, 1]; the network gets 0.5");
    }
  }
  return a;
}

/// The values in `value` as the group of this name.
inline void add_group(Archive& archive, std::string_view group, const TorchValue& value,
                      std::vector<std::string>& notes) {
  Attributes attributes;
  StateDict tensors;
  TorchFlattener(attributes, tensors, notes).add("", value);
  if (!attributes.empty()) archive.attributes.emplace_back(group, std::move(attributes));
  if (!tensors.empty()) archive.tensors.emplace_back(group, std::move(tensors));
}

/// Whether a key of the lesson's checkpoint is for architecture_in().
[[nodiscard]] inline bool is_of_architecture(std::string_view key) noexcept {
  return key == "input_size" || key == "output_size" || key == "hidden_layers" || key == "dropout";
}

/// Whether a further state dict of this name can be a group of its own.
[[nodiscard]] inline bool takes_group(const Archive& archive, std::string_view name) noexcept {
  return archive.tensors.size() < ArchiveLimits().groups / 2 && name != optimizer_group &&
         archive.find_tensors(name) == nullptr;
}

/// What a state dict has beside tensors, see is_torch_state_dict().
inline void add_extra_states(TorchFlattener& others, const TorchDict& state_dict, const std::string& prefix) {
  for (const auto& [key, value] : state_dict.items) {
    if (!value.is<TorchTensor>()) others.add(prefix + *key.get_if<std::string>(), value);
  }
}

/// The item of a list or tuple that the beginning of `path` numbers, or null; `rest` is what follows the
/// number.
[[nodiscard]] inline const TorchValue* item_at(const TorchValue& value, std::string_view path,
                                               std::string_view& rest) {
  const auto* sequence = value.get_if<TorchSequence>();
  std::size_t i = 0;
  const auto [end, error] = std::from_chars(path.data(), path.data() + path.size(), i);
  const std::string_view after = path.substr(static_cast<std::size_t>(end - path.data()));
  if (sequence == nullptr || error != std::errc() || i >= sequence->items.size()) return nullptr;
  if (!after.empty() && after.front() != '.') return nullptr;
  rest = after.empty() ? after : after.substr(1);
  return &sequence->items[i];
}

/// The value at a dotted path of text keys and of numbers of items.
[[nodiscard]] inline const TorchValue& value_at(const TorchValue& root, std::string_view path,
                                                const std::string& file) {
  const TorchValue* value = &root;
  while (!path.empty()) {
    const auto* dict = value->get_if<TorchDict>();
    const TorchValue* next = dict == nullptr ? nullptr : dict->find(path);  // a key with dots in it
    std::string_view rest;
    if (dict != nullptr && next == nullptr) {
      const auto dot = path.find('.');
      if (dot != std::string_view::npos) rest = path.substr(dot + 1);
      next = dict->find(path.substr(0, dot));
    } else if (dict == nullptr) {
      next = item_at(*value, path, rest);
    }
    if (next == nullptr) {
      std::string keys;
      if (dict != nullptr) {
        for (const auto& [key, item] : dict->items) {
          if (const auto* text = key.get_if<std::string>())
            keys += (keys.empty() ? "\"" : ", \"") + *text + "\"";
        }
      }
      throw FileError(file, "there is no key \"" + std::string(path) + "\"" +
                                (dict == nullptr ? " in a value of type " + std::string(value->type_name())
                                                 : "; there are: " + keys));
    }
    value = next;
    path = rest;
  }
  return *value;
}

}  // namespace detail

WICK_INLINE Imported import_torch(const TorchValue& root, const std::string& file, std::string_view key) {
  const TorchValue& value = detail::value_at(root, key, file);
  Imported result;
  Archive& archive = result.archive;
  FoundModel model = find_torch_model(value);
  result.no_model = std::move(model.why_not);
  Attributes metadata;
  StateDict metadata_tensors;
  detail::TorchFlattener others(metadata, metadata_tensors, result.notes, model.value);
  std::vector<std::string> names;
  if (model.value != nullptr) {
    const TorchDict& state_dict = *model.value->get_if<TorchDict>();
    archive.tensors.emplace_back(model_group, detail::state_dict_in(state_dict));
    names = archive.tensors.back().second.keys();
    detail::add_extra_states(others, state_dict, "");
  }
  if (const auto* dict = value.get_if<TorchDict>(); dict != nullptr && model.value != &value) {
    archive.architecture = detail::architecture_in(*dict, result.notes);
    const auto* parent = model.parent == nullptr ? nullptr : model.parent->get_if<TorchDict>();
    if (!archive.architecture && parent != nullptr && parent != dict) {
      archive.architecture = detail::architecture_in(*parent, result.notes);
    }
    for (const auto& item : dict->items) {
      const auto* name = item.first.get_if<std::string>();
      if (&item.second == model.value) continue;
      if (const auto* number = item.first.get_if<std::int64_t>()) {
        others.add(std::to_string(*number), item.second);
      } else if (name == nullptr) {
        detail::add_note(result.notes, "a key of type " + std::string(item.first.type_name()));
      } else if (archive.architecture && detail::is_of_architecture(*name)) {
        continue;
      } else if (is_torch_optimizer(item.second) && archive.find_attributes(optimizer_group) == nullptr) {
        try {
          put_optimizer(archive, optimizer_from_torch(item.second, names));
        } catch (const OptionError& e) {
          detail::add_note(result.notes, "\"" + *name + "\": " + e.what());
        }
      } else if (*name == training_group && item.second.is<TorchDict>()) {
        detail::add_group(archive, training_group, item.second, result.notes);
      } else if (*name == metadata_group && item.second.is<TorchDict>()) {
        others.add("", item.second);
      } else if (is_torch_state_dict(item.second) && detail::takes_group(archive, *name)) {
        const TorchDict& state_dict = *item.second.get_if<TorchDict>();
        archive.tensors.emplace_back(*name, detail::state_dict_in(state_dict));
        detail::add_extra_states(others, state_dict, *name + ".");
      } else {
        others.add(*name, item.second);
      }
    }
  } else {
    others.add(value.is<TorchTensor>() ? "tensor" : "", value);
  }
  if (!metadata.empty()) archive.attributes.emplace_back(metadata_group, std::move(metadata));
  if (!metadata_tensors.empty()) archive.tensors.emplace_back(metadata_group, std::move(metadata_tensors));
  return result;
}

}  // namespace wick::inline WICK_ABI_NAMESPACE
