// wick info: what a file holds.

#include "commands.hpp"
#include "files.hpp"
#include "json.hpp"
#include "messages.hpp"
#include "text.hpp"

#include <wick/io/archive/archive.hpp>
#include <wick/io/archive/groups.hpp>
#include <wick/state/attributes.hpp>
#include <wick/state/state_dict.hpp>
#include <wick/tensor/dtype.hpp>

#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>

namespace tool {

namespace {

struct Sizes {
  std::uint64_t elements = 0;
  std::uint64_t bytes = 0;
};

Sizes sizes_of(const wick::StateDict& group) {
  Sizes sizes;
  for (const auto& [name, tensor] : group) {
    sizes.elements += static_cast<std::uint64_t>(tensor.numel());
    sizes.bytes += tensor.bytes().size();
  }
  return sizes;
}

void print_tensors(const std::string& name, const wick::StateDict& group, bool table) {
  const Sizes sizes = sizes_of(group);
  std::cout << '\n'
            << shown(name) << ": " << counted(group.size(), "tensor") << ", "
            << counted(sizes.elements, name == wick::model_group ? "parameter" : "element") << ", "
            << counted(sizes.bytes, "byte") << '\n';
  if (!table) return;
  Table rows({false, false, false, true});
  for (const auto& [key, tensor] : group) {
    rows.add({shown(key), tensor.shape().str(), std::string(wick::name_of(tensor.dtype())),
              std::to_string(tensor.numel())});
  }
  std::cout << rows;
}

constexpr std::size_t most_values = 50;  // of a group, unless all are asked for

void print_values(const wick::Attributes& group, bool all) {
  Table rows({false, false});
  std::size_t count = 0;
  for (const auto& [key, value] : group) {
    if (!all && count == most_values) break;
    rows.add({shown(key), attribute_text(value)});
    ++count;
  }
  std::cout << rows;
  if (count < group.size()) std::cout << "  ... and " << group.size() - count << " more\n";
}

void print_text(const File& file, bool all) {
  const wick::Archive& archive = file.archive;
  std::cout << printable(file.name) << ": " << file.kind << ", " << counted(file.size, "byte") << '\n';
  if (archive.architecture) std::cout << architecture_text(*archive.architecture) << '\n';
  const bool has_model = archive.find_tensors(wick::model_group) != nullptr;
  bool left_out = false;
  for (const auto& [name, group] : archive.tensors) {
    const bool table = all || !has_model || name == wick::model_group;
    print_tensors(name, group, table);
    left_out = left_out || (!table && !group.empty());
  }
  for (const auto& [name, group] : archive.attributes) {
    std::cout << '\n' << shown(name) << ": " << counted(group.size(), "value") << '\n';
    print_values(group, all);
    left_out = left_out || (!all && group.size() > most_values);
  }
  if (left_out) std::cout << "\n--all lists the rest.\n";
}

void print_json(const File& file) {
  const wick::Archive& archive = file.archive;
  JsonWriter json(std::cout);
  json.begin('{');
  json.key("file").text(file.name).key("format").text(file.format);
  if (file.version > 0) json.key("format_version").integer(file.version);
  json.key("file_bytes").integer(file.size);
  json.key("architecture");
  if (archive.architecture) {
    const wick::Architecture& a = *archive.architecture;
    json.begin('{').key("type").text(a.type).key("input_size").integer(a.input_size);
    json.key("output_size").integer(a.output_size).key("hidden_layers").begin('[');
    for (const wick::Index size : a.hidden_layers) json.integer(size);
    json.end(']').key("dropout").number(a.dropout).end('}');
  } else {
    json.raw("null");
  }
  const wick::StateDict* model = archive.find_tensors(wick::model_group);
  json.key("parameters").integer(model == nullptr ? 0 : sizes_of(*model).elements);
  json.key("tensors").begin('{');
  for (const auto& [name, group] : archive.tensors) {
    json.key(name).begin('[');
    for (const auto& [key, tensor] : group) {
      json.begin('{').key("name").text(key).key("dtype").text(wick::name_of(tensor.dtype()));
      json.key("shape").raw(tensor.shape().str()).key("elements").integer(tensor.numel());
      json.key("bytes").integer(tensor.bytes().size()).end('}');
    }
    json.end(']');
  }
  json.end('}').key("attributes").begin('{');
  for (const auto& [name, group] : archive.attributes) {
    json.key(name).begin('{');
    for (const auto& [key, value] : group) json.key(key).raw(json_attribute(value));
    json.end('}');
  }
  json.end('}').key("notes").begin('[');
  if (lacks_model(file)) json.text(file.no_model);
  for (const std::string& text : file.notes) json.text(text);
  json.end(']').end('}');
}

}  // namespace

int info(const InfoOptions& options) {
  const File file = read(options.file, options.source);
  if (options.json) {
    print_json(file);
  } else {
    print_text(file, options.all);
    if (lacks_model(file)) note("info", file.name + ": " + file.no_model);
    for (const std::string& text : file.notes) note("info", "not shown: " + text);
  }
  return exit_ok;
}

}  // namespace tool
