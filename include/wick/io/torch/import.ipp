#pragma once

// Definitions of io/torch/import.hpp.

#include <wick/core/compiled.hpp>
#include <wick/core/error.hpp>
#include <wick/core/printable.hpp>
#include <wick/io/archive.hpp>
#include <wick/io/groups.hpp>
#include <wick/io/torch/find_model.hpp>
#include <wick/io/torch/import.hpp>
#include <wick/io/torch/optimizer.hpp>
#include <wick/io/torch/pickle_globals.hpp>
#include <wick/io/torch/value.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <complex>
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

/// Notes of an import: a file can repeat a value, and with it a note, as often as it likes. What a note is
/// about is `unread` if it is not in the note.
inline void add_note(Imported& imported, std::string note, bool unread = true) {
  constexpr std::size_t most = 100;
  if (imported.notes.size() > most) return;
  const bool last = imported.notes.size() == most;
  if (last) note = "and more";
  if (unread || last) imported.unread.push_back(note);
  imported.notes.push_back(std::move(note));
}

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

/// The name of an object in a message, as short as a terminal can bear it.
[[nodiscard]] inline std::string shown_object(const TorchObject& object) { return shown_name(object.name); }

/// Values of any nesting as attributes and tensors with dotted names.
class TorchFlattener {
 public:
  /// `done` is passed over wherever it is.
  TorchFlattener(Attributes& attributes, StateDict& tensors, Imported& imported,
                 const TorchValue* done = nullptr)
      : attributes_(attributes), tensors_(tensors), imported_(imported), done_(done) {}

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
      if (dict->items.empty() && !name.empty()) note("\"" + name + "\" is an empty dict", false);
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
  void note(std::string text, bool unread = true) { add_note(imported_, std::move(text), unread); }

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
  Imported& imported_;
  const TorchValue* done_;
  std::size_t name_bytes_ = 0;
  bool full_ = false;
  bool many_ = false;
};

/// The sizes that the lesson's checkpoint has beside the state dict.
[[nodiscard]] inline std::optional<Architecture> architecture_in(const TorchDict& dict, Imported& imported) {
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
      add_note(imported, "\"" + std::string(name) + "\" is a value of type " +
                             std::string(value->type_name()) +
                             ", not a number in [0, 1]; the network gets 0.5");
    }
  }
  return a;
}

/// The values in `value` as the group of this name.
inline void add_group(Imported& imported, std::string_view group, const TorchValue& value) {
  Attributes attributes;
  StateDict tensors;
  TorchFlattener(attributes, tensors, imported).add("", value);
  Archive& archive = imported.archive;
  if (!attributes.empty()) archive.attributes.emplace_back(group, std::move(attributes));
  if (!tensors.empty()) archive.tensors.emplace_back(group, std::move(tensors));
}

/// Whether a key of the lesson's checkpoint is for architecture_in().
[[nodiscard]] inline bool is_of_architecture(std::string_view key) noexcept {
  return key == "input_size" || key == "output_size" || key == "hidden_layers" || key == "dropout";
}

/// Whether a further state dict of this name can be a group of its own.
[[nodiscard]] inline bool takes_group(const Archive& archive, std::string_view name) noexcept {
  return archive.tensors.size() < ArchiveLimits().groups / 2 && name.size() <= ArchiveLimits().name_bytes &&
         name != optimizer_group && archive.find_tensors(name) == nullptr;
}

[[nodiscard]] inline bool is_empty_dict(const TorchValue& value) noexcept {
  const auto* dict = value.get_if<TorchDict>();
  return dict != nullptr && dict->items.empty();
}
/// Whether a group of values without any can have this name.
[[nodiscard]] inline bool takes_empty_group(const Archive& archive, std::string_view name) noexcept {
  return archive.attributes.size() < ArchiveLimits().groups / 2 && !name.empty() &&
         name.size() <= ArchiveLimits().name_bytes && name != optimizer_group && name != metadata_group &&
         name != training_group && name != model_group && archive.find_attributes(name) == nullptr;
}

/// A dict of tensors and of something in the place of tensors that is not data; of the latter, the first.
[[nodiscard]] inline const std::pair<TorchValue, TorchValue>* object_in_state_dict(const TorchValue& value) {
  const auto* dict = value.get_if<TorchDict>();
  if (dict == nullptr) return nullptr;
  const std::pair<TorchValue, TorchValue>* object = nullptr;
  bool has_tensor = false;
  bool all_objects_are_tensors = true;  // of kinds that are not read
  for (const auto& item : dict->items) {
    const auto* o = item.second.get_if<TorchObject>();
    const auto* name = item.first.get_if<std::string>();
    if (name != nullptr && name->ends_with("_extra_state")) continue;
    if (name == nullptr || (o == nullptr && !item.second.is<TorchTensor>())) return nullptr;
    if (o != nullptr && object == nullptr) object = &item;
    has_tensor = has_tensor || o == nullptr;
    all_objects_are_tensors =
        all_objects_are_tensors && (o == nullptr || o->name.starts_with("torch._utils._rebuild_"));
  }
  const bool is_one = (dict->kind == TorchDict::Kind::ordered && has_tensor) || all_objects_are_tensors;
  return is_one ? object : nullptr;
}
/// What state dicts are usually called in checkpoints, first the most usual.
inline constexpr std::array<const char*, 3> usual_model_keys{"state_dict", "model_state_dict", "model"};

[[nodiscard]] inline std::string refusal_of_object(const TorchObject& object) {
  return shown_object(object) + ", which is not data; " + advice_on_global(object.name);
}

/// Why the model cannot be in `value`: an object, of which only the name is known, is in its place or in the
/// place of one of its tensors. Empty otherwise.
[[nodiscard]] inline std::string object_in_place_of_model(const TorchValue& value, std::string_view key) {
  const auto in_state_dict = [](const std::pair<TorchValue, TorchValue>& item) {
    return "in the state dict, " + quoted_name(*item.first.get_if<std::string>()) + " is " +
           refusal_of_object(*item.second.get_if<TorchObject>());
  };
  if (const auto* object = value.get_if<TorchObject>()) {
    return (key.empty() ? "the file holds " : quoted_name(key) + " is ") + refusal_of_object(*object);
  }
  if (is_torch_state_dict(value)) return {};
  if (const auto* item = object_in_state_dict(value)) return in_state_dict(*item);
  const auto* dict = value.get_if<TorchDict>();
  if (dict == nullptr) return {};
  const TorchObject* whole_model = nullptr;
  for (const char* usual : usual_model_keys) {
    const TorchValue* item = dict->find(usual);
    if (item == nullptr) continue;
    if (is_torch_state_dict(*item)) return {};
    if (const auto* in = object_in_state_dict(*item)) return in_state_dict(*in);
    if (whole_model == nullptr) whole_model = item->get_if<TorchObject>();
  }
  std::vector<std::string_view> names;
  const std::pair<TorchValue, TorchValue>* in = nullptr;
  for (const auto& [name, item] : dict->items) {
    const auto* text = name.get_if<std::string>();
    if (text == nullptr || *text == metadata_group || *text == training_group) continue;
    const auto* object = object_in_state_dict(item);
    if (object == nullptr && !is_torch_state_dict(item)) continue;
    names.emplace_back(*text);
    in = object;
  }
  if (whole_model != nullptr) {
    return "the model is " + refusal_of_object(*whole_model) +
           (names.empty() ? std::string() : "; a key names " + quoted_names(names));
  }
  return names.size() == 1 && in != nullptr ? in_state_dict(*in) : std::string();
}

/// Puts an optimizer into the group of its kind, or if there is one already, into one of its own name. False
/// if there is no place for it; what it was left out for is noted then.
[[nodiscard]] inline bool add_optimizer(Imported& imported, const std::string& name, const TorchValue& value,
                                        const StateDict* model) {
  Archive& archive = imported.archive;
  const bool first = archive.find_attributes(optimizer_group) == nullptr;
  if (!first && (!takes_group(archive, name) || archive.find_attributes(name) != nullptr ||
                 name == metadata_group || name == training_group)) {
    return false;
  }
  try {
    const auto names = optimizer_parameters(value, model != nullptr ? *model : StateDict());
    OptimizerState state = optimizer_from_torch(value, names);
    // No groups are one of all parameters of the model. Further optimizers are told from other groups of an
    // archive by having parameter groups.
    const bool of_all =
        model != nullptr && std::ranges::equal(names, *model, {}, {}, &StateDict::Entry::first);
    if (state.groups.empty() && (!first || !of_all))
      state.groups.push_back({.parameters = names, .options = {}});
    put_optimizer(archive, state, first ? optimizer_group : std::string_view(name));
    return true;
  } catch (const OptionError& e) {
    add_note(imported, quoted_name(name) + " as an optimizer, but its values are kept: " + e.what(), false);
    return false;
  }
}

/// All of `values` in a list are optimizers, as Lightning keeps them.
[[nodiscard]] inline const TorchSequence* optimizers_in(const TorchValue& value) {
  const auto* list = value.get_if<TorchSequence>();
  const bool all =
      list != nullptr && !list->items.empty() && std::ranges::all_of(list->items, is_torch_optimizer);
  return all ? list : nullptr;
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
      std::vector<std::string_view> keys;
      if (dict != nullptr) {
        for (const auto& [key, item] : dict->items) {
          if (const auto* text = key.get_if<std::string>()) keys.emplace_back(*text);
        }
      }
      throw FileError(file, "there is no key " + quoted_name(path) +
                                (dict == nullptr ? " in a value of type " + std::string(value->type_name())
                                                 : "; there are: " + quoted_names(keys)));
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
  FoundModel model;
  result.no_model = detail::object_in_place_of_model(value, key);
  if (result.no_model.empty()) {
    model = find_torch_model(value);
    result.no_model = std::move(model.why_not);
  }
  Attributes metadata;
  StateDict metadata_tensors;
  detail::TorchFlattener others(metadata, metadata_tensors, result, model.value);
  StateDict parameters;  // other groups are added to those of the archive
  if (model.value != nullptr) {
    const TorchDict& state_dict = *model.value->get_if<TorchDict>();
    parameters = detail::state_dict_in(state_dict);
    archive.tensors.emplace_back(model_group, parameters);
    detail::add_extra_states(others, state_dict, "");
  }
  const auto* dict = value.get_if<TorchDict>();
  if (is_torch_optimizer(value)) {
    if (!detail::add_optimizer(result, "optimizer", value, nullptr)) others.add("", value);
  } else if (dict != nullptr && model.value != &value) {
    archive.architecture = detail::architecture_in(*dict, result);
    const auto* parent = model.parent == nullptr ? nullptr : model.parent->get_if<TorchDict>();
    if (!archive.architecture && parent != nullptr && parent != dict) {
      archive.architecture = detail::architecture_in(*parent, result);
    }
    for (const auto& item : dict->items) {
      const auto* name = item.first.get_if<std::string>();
      if (&item.second == model.value) continue;
      if (const auto* number = item.first.get_if<std::int64_t>()) {
        others.add(std::to_string(*number), item.second);
      } else if (name == nullptr) {
        detail::add_note(result, "a key of type " + std::string(item.first.type_name()));
      } else if (archive.architecture && detail::is_of_architecture(*name)) {
        continue;
      } else if (is_torch_optimizer(item.second)) {
        if (!detail::add_optimizer(result, *name, item.second, &parameters)) others.add(*name, item.second);
      } else if (const auto* optimizers = detail::optimizers_in(item.second)) {
        for (std::size_t i = 0; i < optimizers->items.size(); ++i) {
          const std::string numbered = *name + "." + std::to_string(i);
          const TorchValue& optimizer = optimizers->items[i];
          if (!detail::add_optimizer(result, numbered, optimizer, &parameters))
            others.add(numbered, optimizer);
        }
      } else if (*name == training_group && item.second.is<TorchDict>()) {
        detail::add_group(result, training_group, item.second);
      } else if (*name == metadata_group && item.second.is<TorchDict>()) {
        others.add("", item.second);
      } else if (is_torch_state_dict(item.second) && detail::takes_group(archive, *name)) {
        const TorchDict& state_dict = *item.second.get_if<TorchDict>();
        archive.tensors.emplace_back(*name, detail::state_dict_in(state_dict));
        detail::add_extra_states(others, state_dict, *name + ".");
      } else if (detail::is_empty_dict(item.second) && detail::takes_empty_group(archive, *name)) {
        archive.attributes.emplace_back(*name, Attributes());
      } else {
        others.add(*name, item.second);
      }
    }
  } else {
    others.add(value.is<TorchTensor>() ? "tensor" : "", value);
  }
  if (model.value == nullptr && archive.tensors.empty() && metadata_tensors.empty() &&
      !result.unread.empty() && result.no_model.ends_with("without tensors")) {
    result.no_model += "; " + result.unread.front();
  }
  if (!metadata.empty()) archive.attributes.emplace_back(metadata_group, std::move(metadata));
  if (!metadata_tensors.empty()) archive.tensors.emplace_back(metadata_group, std::move(metadata_tensors));
  return result;
}

}  // namespace wick::inline WICK_ABI_NAMESPACE
