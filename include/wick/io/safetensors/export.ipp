#pragma once

// Definitions of io/safetensors/export.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/quote.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/io/archive/archive.hpp>
#include <wick/io/archive/group_names.hpp>
#include <wick/io/safetensors/detail/attribute_text.hpp>
#include <wick/io/safetensors/detail/names.hpp>
#include <wick/io/safetensors/export.hpp>
#include <wick/io/safetensors/writer.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

WICK_INLINE Safetensors to_safetensors(const Archive& archive) {
  using Names = detail::SafetensorsNames;
  const auto demand = [](bool ok, const std::string& what) {
    if (!ok) throw OptionError("write_safetensors: " + what);
  };
  Safetensors file;
  const auto note = [&](std::string_view key, std::string text) {
    file.metadata.emplace_back(key, std::move(text));
  };
  note("format", "pt");
  note(Names::version, "1");
  if (archive.architecture) {
    const Architecture& a = *archive.architecture;
    demand(a.input_size >= 1 && a.output_size >= 1 &&
               std::ranges::all_of(a.hidden_layers, [](Index n) { return n >= 1; }),
           "the sizes of the network must be >= 1");
    demand(a.dropout >= 0 && a.dropout <= 1, "dropout must be in [0, 1], got " + python_repr(a.dropout));
    note(Names::type, a.type);
    note(Names::input_size, std::to_string(a.input_size));
    note(Names::output_size, std::to_string(a.output_size));
    note(Names::hidden_layers,
         detail::attribute_text(std::vector<std::int64_t>(a.hidden_layers.begin(), a.hidden_layers.end())));
    note(Names::dropout, detail::attribute_text(a.dropout));
  }

  std::string order;
  for (const auto& [group, state_dict] : archive.tensors) {
    demand(archive.find_tensors(group) == &state_dict,
           "the tensors " + detail::python_quoted(group) + " are given twice");
    order += order.empty() ? "{" : ", ";
    detail::append_json_string(order, group);
    order += ": ";
    order +=
        detail::attribute_text(state_dict.empty() ? Attribute(std::vector<std::int64_t>())
                                                  : Attribute(std::vector<std::string>(state_dict.keys())));
    for (const auto& [name, tensor] : state_dict) {
      file.tensors.insert(group == model_group ? Names::of_parameter(name) : Names::of(group, name), tensor);
    }
  }
  note(Names::tensors, order.empty() ? "{}" : order + "}");

  std::vector<std::string> groups;
  for (const auto& entry : archive.attributes) groups.push_back(entry.first);
  if (!groups.empty()) note(Names::attributes, detail::attribute_text(groups));
  for (const auto& [group, attributes] : archive.attributes) {
    demand(archive.find_attributes(group) == &attributes,
           "the attributes " + detail::python_quoted(group) + " are given twice");
    for (const auto& [name, value] : attributes) {
      const auto* text = std::get_if<std::string>(&value);
      if (text != nullptr && group == metadata_group && Names::is_plain(name)) {
        note(name, *text);
      } else {
        note(Names::of(group, name), detail::attribute_text(value));
      }
    }
  }
  return file;
}

WICK_INLINE void write_safetensors(const Archive& archive, const std::filesystem::path& path,
                                   const SaveOptions& options) {
  const Safetensors file = to_safetensors(archive);
  write_safetensors(file.tensors, path, file.metadata, options);
}

WICK_INLINE void write_safetensors(const Archive& archive, std::ostream& out) {
  const Safetensors file = to_safetensors(archive);
  write_safetensors(file.tensors, out, file.metadata);
}

WICK_END_NAMESPACE
