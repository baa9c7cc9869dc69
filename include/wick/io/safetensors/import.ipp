#pragma once

// Definitions of io/safetensors/import.hpp.

#include <wick/base/buffer.hpp>
#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/quote.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/base/number.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/io/archive/group_names.hpp>
#include <wick/io/bytes/contents.hpp>
#include <wick/io/bytes/stream_bytes.hpp>
#include <wick/io/safetensors/detail/attribute_text.hpp>
#include <wick/io/safetensors/detail/names.hpp>
#include <wick/io/safetensors/import.hpp>
#include <wick/io/safetensors/reader.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <istream>
#include <limits>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Turns what a safetensors file holds into an archive.
class SafetensorsImport {
 public:
  SafetensorsImport(const Safetensors& file, std::string name, const ArchiveLimits& limits)
      : file_(file), name_(std::move(name)), limits_(limits) {}

  [[nodiscard]] Archive run() {
    const std::string* version = find(Names::version);
    if (version == nullptr) {
      for (const auto& [name, tensor] : file_.tensors) add_tensor(std::string(model_group), name, tensor);
      for (const auto& [key, text] : file_.metadata) add_attribute(std::string(metadata_group), key, text);
      if (archive_.tensors.empty()) tensors(std::string(model_group));
      return std::move(archive_);
    }
    if (*version != "1") {
      fail("the file is of version " + python_quoted(*version, 40) +
           " of wick's names, this library knows 1; use a newer wick");
    }
    read_architecture();
    read_tensors();
    read_attributes();
    return std::move(archive_);
  }

 private:
  using Names = SafetensorsNames;

  [[noreturn]] void fail(const std::string& what) const {
    throw FormatError(name_, SafetensorsFormat::length_bytes, what);
  }
  [[nodiscard]] const std::string* find(std::string_view key) const {
    const auto it = std::ranges::find(file_.metadata, key, &std::pair<std::string, std::string>::first);
    return it == file_.metadata.end() ? nullptr : &it->second;
  }
  /// Calls `read` with a reader of the JSON in a text of the metadata.
  template <class Read>
  [[nodiscard]] auto read_text(std::string_view key, const std::string& text, Read read) const {
    try {
      JsonReader json(text, {});
      auto value = read(json);
      json.end();
      return value;
    } catch (const FormatError& e) {
      // The message begins with ": at byte ..." of the text.
      fail("metadata " + python_quoted(key) + std::string(e.what()).substr(1));
    }
  }

  StateDict& tensors(const std::string& group) {
    const auto it = std::ranges::find(archive_.tensors, group, &std::pair<std::string, StateDict>::first);
    if (it != archive_.tensors.end()) return it->second;
    count_group(group);
    return archive_.add_tensors(group);
  }
  Attributes& attributes(const std::string& group) {
    const auto it = std::ranges::find(archive_.attributes, group, &std::pair<std::string, Attributes>::first);
    if (it != archive_.attributes.end()) return it->second;
    count_group(group);
    return archive_.add_attributes(group);
  }
  // Groups are looked up one after the other: thousands would take quadratic time.
  void count_group(const std::string& group) {
    if (archive_.tensors.size() + archive_.attributes.size() >= limits_.groups) {
      fail("there are more than " + std::to_string(limits_.groups) +
           " groups, which is the limit (ArchiveLimits::groups)");
    }
    check_size("the name of a group", group, limits_.name_bytes);
  }
  void check_size(const std::string& what, const std::string& text, std::uint64_t limit,
                  const char* option = "ArchiveLimits::name_bytes") const {
    if (text.size() > limit) {
      fail(what + " has " + std::to_string(text.size()) + " bytes, the limit is " + std::to_string(limit) +
           " (" + option + ")");
    }
  }
  void add_tensor(const std::string& group, const std::string& name, const AnyTensor& tensor) {
    check_size("the name of a tensor", name, limits_.name_bytes);
    tensors(group).insert(name, tensor);
  }
  void add_attribute(const std::string& group, const std::string& name, Attribute value) {
    check_size("the name of an attribute", name, limits_.name_bytes);
    if (const auto* text = std::get_if<std::string>(&value))
      check_size("an attribute", *text, limits_.text_bytes, "ArchiveLimits::text_bytes");
    if (const auto* texts = std::get_if<std::vector<std::string>>(&value)) {
      for (const auto& text : *texts)
        check_size("an attribute", text, limits_.text_bytes, "ArchiveLimits::text_bytes");
    }
    Attributes& all = attributes(group);
    if (all.contains(name)) {
      fail("the attribute " + python_quoted(name) + " of " + python_quoted(group) + " is given twice");
    }
    all.set(name, std::move(value));
  }

  void read_architecture() {
    const std::string* type = find(Names::type);
    if (type == nullptr) return;
    check_size("the type of the network", *type, limits_.name_bytes);
    const auto demand = [this](std::string_view key) -> const std::string& {
      const std::string* text = find(key);
      if (text == nullptr) fail("metadata " + python_quoted(key) + " is missing");
      return *text;
    };
    const auto size = [this](std::string_view key, std::int64_t n) {
      if (n < 1 || n > detail::as_integer<std::int64_t>((std::numeric_limits<Index>::max)())) {
        fail("metadata " + python_quoted(key) + " must be sizes of 1 or more, got " + std::to_string(n));
      }
      return detail::as_integer<Index>(n);
    };
    const auto value = [&](std::string_view key) { return read_text(key, demand(key), read_attribute); };
    const auto read_size = [&](std::string_view key) {
      const Attribute x = value(key);
      const auto* n = std::get_if<std::int64_t>(&x);
      if (n == nullptr) fail("metadata " + python_quoted(key) + " must be an integer");
      return size(key, *n);
    };
    Architecture a;
    a.type = *type;
    a.input_size = read_size(Names::input_size);
    a.output_size = read_size(Names::output_size);
    const Attribute layers = value(Names::hidden_layers);
    const auto* list = std::get_if<std::vector<std::int64_t>>(&layers);
    if (list == nullptr) {
      fail("metadata " + python_quoted(Names::hidden_layers) + " must be a list of integers");
    }
    for (const std::int64_t n : *list) a.hidden_layers.push_back(size(Names::hidden_layers, n));
    const Attribute dropout = value(Names::dropout);
    const auto* p = std::get_if<double>(&dropout);
    const auto* whole = std::get_if<std::int64_t>(&dropout);
    a.dropout = p != nullptr ? *p : whole != nullptr ? static_cast<double>(*whole) : -1;
    if (!(a.dropout >= 0 && a.dropout <= 1)) {
      fail("metadata " + python_quoted(Names::dropout) + " must be a number in [0, 1]");
    }
    archive_.architecture = std::move(a);
  }

  /// Groups and tensors in the order that the metadata tells, then those that it does not mention.
  void read_tensors() {
    if (const std::string* text = find(Names::tensors)) {
      // Names that are not there, or there again, are nothing to keep.
      std::set<const AnyTensor*> listed;
      const auto order = read_text(Names::tensors, *text, [&](JsonReader& json) {
        std::vector<std::pair<std::string, std::vector<std::string>>> groups;
        json.object("an object", [&](const std::string& group) {
          auto& names = groups.emplace_back(group, std::vector<std::string>()).second;
          json.array("a list of names", [&] {
            std::string name = json.string("a name");
            const AnyTensor* tensor = file_.tensors.find(full_name(group, name));
            if (tensor != nullptr && listed.insert(tensor).second) names.push_back(std::move(name));
          });
        });
        return groups;
      });
      for (const auto& [group, names] : order) {
        static_cast<void>(tensors(group));
        for (const auto& name : names) add_tensor(group, name, *file_.tensors.find(full_name(group, name)));
      }
    }
    for (const auto& [full, tensor] : file_.tensors) {
      const auto [group, name] =
          Names::has_group(full) ? split(full) : std::pair(std::string(model_group), full);
      if (full_name(group, name) != full) fail_name(full);
      const StateDict* known = archive_.find_tensors(group);
      if (known == nullptr || !known->contains(name)) add_tensor(group, name, tensor);
    }
  }
  void read_attributes() {
    if (const std::string* text = find(Names::attributes)) {
      const auto groups = read_text(Names::attributes, *text, [](JsonReader& json) {
        std::vector<std::string> names;
        json.array("a list of names", [&] { names.push_back(json.string("a name")); });
        return names;
      });
      for (const auto& group : groups) static_cast<void>(attributes(group));
    }
    for (const auto& [key, text] : file_.metadata) {
      if (Names::is_plain(key)) {
        add_attribute(std::string(metadata_group), key, text);
      } else if (Names::has_group(key)) {
        const auto [group, name] = split(key);
        add_attribute(group, name, read_text(key, text, read_attribute));
      }
    }
  }
  static std::string full_name(std::string_view group, const std::string& name) {
    return group == model_group ? Names::of_parameter(name) : Names::of(group, name);
  }
  [[nodiscard]] std::pair<std::string, std::string> split(const std::string& full) const {
    auto parts = Names::split(full);
    if (!parts) fail_name(full);
    return *std::move(parts);
  }
  [[noreturn]] void fail_name(const std::string& full) const {
    fail("the name " + python_quoted(full) + " is not one that wick writes");
  }

  const Safetensors& file_;
  std::string name_;
  ArchiveLimits limits_;
  Archive archive_;
};

}  // namespace detail

WICK_INLINE Archive from_safetensors(const Safetensors& file, const std::string& name,
                                     const ArchiveLimits& limits) {
  return detail::SafetensorsImport(file, name, limits).run();
}

WICK_INLINE Archive view_safetensors(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                                     const std::string& name, const ArchiveLimits& limits) {
  ArchiveLimits with_prefixes = limits;
  with_prefixes.name_bytes = detail::SafetensorsNames::longest(limits.name_bytes);
  return from_safetensors(parse_safetensors(bytes, std::move(owner), name, with_prefixes), name, limits);
}

WICK_INLINE Archive read_safetensors(const std::filesystem::path& path, const ArchiveLimits& limits) {
  auto bytes = std::make_shared<const Buffer<std::byte>>(detail::read_contents(
      path,
      {limits.file_bytes, limits.stream_bytes, "ArchiveLimits::file_bytes", "ArchiveLimits::stream_bytes"}));
  const std::span<const std::byte> view(bytes->data(), static_cast<std::size_t>(bytes->size()));
  return view_safetensors(view, std::move(bytes), display_name(path), limits);
}

WICK_INLINE Archive read_safetensors(std::span<const std::byte> bytes, const ArchiveLimits& limits) {
  auto copy = std::make_shared<Buffer<std::byte>>(static_cast<Index>(bytes.size()));
  std::copy(bytes.begin(), bytes.end(), copy->data());
  const std::span<const std::byte> view(copy->data(), bytes.size());
  return view_safetensors(view, std::move(copy), "<memory>", limits);
}

WICK_INLINE Archive read_safetensors(std::istream& in, const ArchiveLimits& limits) {
  auto bytes = std::make_shared<const Buffer<std::byte>>(
      detail::read_to_end(in, limits.stream_bytes, "<stream>", "ArchiveLimits::stream_bytes"));
  const std::span<const std::byte> view(bytes->data(), static_cast<std::size_t>(bytes->size()));
  return view_safetensors(view, std::move(bytes), "<stream>", limits);
}

WICK_END_NAMESPACE
