#include "value.hpp"

#include <wick/base/number.hpp>
#include <wick/io/bytes/json.hpp>
#include <wick/io/safetensors/archive.hpp>

#include <charconv>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>

namespace conformance {

namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot open " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Of what JSON has no number for, in Python's words.
double special_number(const std::string& text) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (text == "inf") return infinity;
  if (text == "-inf") return -infinity;
  if (text == "nan") return std::numeric_limits<double>::quiet_NaN();
  throw std::runtime_error("unknown number " + text);
}

class Reader {
 public:
  Reader(std::string_view text, const std::string& name, const wick::StateDict& tensors)
      : json_(text, name), tensors_(tensors) {}

  Value value() {
    Value v;
    switch (json_.peek()) {
      case '{':
        v.kind = Value::Kind::object;
        json_.object("an object", [&](const std::string& key) { v.members.push_back(Member{key, value()}); });
        return meaning(std::move(v));
      case '[':
        v.kind = Value::Kind::list;
        json_.array("a list", [&] { v.list.push_back(value()); });
        return v;
      case '"':
        v.kind = Value::Kind::text;
        v.text = json_.string("a text");
        return v;
      default:
        break;
    }
    if (json_.skip_word("null")) return v;
    const bool is_true = json_.skip_word("true");
    if (is_true || json_.skip_word("false")) {
      v.kind = Value::Kind::boolean;
      v.boolean = is_true;
      return v;
    }
    const std::string_view digits = json_.number("a value");
    const char* const last = digits.data() + digits.size();
    if (digits.find_first_of(".eE") == std::string_view::npos) {
      v.kind = Value::Kind::integer;
      if (std::from_chars(digits.data(), last, v.integer).ptr != last) json_.fail("a number past 2^63");
      v.number = static_cast<double>(v.integer);
    } else {
      v.kind = Value::Kind::number;
      if (std::from_chars(digits.data(), last, v.number).ptr != last) json_.fail("not a number");
    }
    return v;
  }
  void end() { json_.end(); }

 private:
  Value meaning(Value v) const {
    if (v.members.size() != 1 || v.members[0].value.kind != Value::Kind::text) return v;
    const std::string& key = v.members[0].name;
    const std::string& text = v.members[0].value.text;
    Value result;
    if (key == "tensor") {
      const wick::AnyTensor* const tensor = tensors_.find(text);
      if (tensor == nullptr) throw std::runtime_error("no tensor " + text);
      result.kind = Value::Kind::tensor;
      // Not assigned: an AnyTensor is not moved.
      result.tensor = *tensor;
      return result;
    }
    if (key == "number") {
      result.kind = Value::Kind::number;
      result.number = special_number(text);
      return result;
    }
    if (key == "dtype") {
      result.kind = Value::Kind::dtype;
      result.text = text;
      return result;
    }
    return v;
  }

  wick::detail::JsonReader json_;
  const wick::StateDict& tensors_;
};

}  // namespace

const Value* Value::find(std::string_view name) const& {
  for (const auto& [key, value] : members) {
    if (key == name) return &value;
  }
  return nullptr;
}

const Value& Value::at(std::string_view name) const& {
  const Value* const value = find(name);
  if (value == nullptr) throw std::runtime_error("a case without \"" + std::string(name) + "\"");
  return *value;
}

std::string Value::str() const {
  switch (kind) {
    case Kind::none:
      return "None";
    case Kind::boolean:
      return boolean ? "True" : "False";
    case Kind::integer:
      return std::to_string(integer);
    case Kind::number:
      return wick::python_repr(number);
    case Kind::text:
      return "'" + text + "'";
    case Kind::dtype:
      return text;
    case Kind::tensor:
      return "a tensor";
    case Kind::object:
      return "an object";
    case Kind::list:
      break;
  }
  std::string result;
  for (const Value& v : list) result += (result.empty() ? "(" : ", ") + v.str();
  return list.empty() ? "()" : result + ")";
}

Value read_entry(const std::filesystem::path& json) {
  std::filesystem::path data = json;
  data.replace_extension(".safetensors");
  wick::StateDict tensors;
  if (std::filesystem::exists(data)) {
    const wick::Archive archive = wick::read_safetensors(data);
    if (const wick::StateDict* found = archive.find_tensors("model")) tensors = *found;
  }
  const std::string text = text_of(json);
  Reader reader(text, json.string(), tensors);
  Value result = reader.value();
  reader.end();
  if (result.kind != Value::Kind::object || result.at("format").integer != 1) {
    throw std::runtime_error(json.string() + ": not an entry of format 1");
  }
  return result;
}

namespace {

WrongType wrong_type(const Value& v, std::string_view name) {
  return WrongType(std::string(name) + "=" + v.str());
}

}  // namespace

Arguments::Arguments(const std::vector<Value>& positional, const std::vector<Member>& named)
    : positional_(positional), named_(named), used_(positional.size()), used_named_(named.size()) {}

const Value* Arguments::find(std::size_t position, std::string_view name) const {
  const Value* found = nullptr;
  if (position < positional_.size()) {
    used_[position] = 1;
    found = &positional_[position];
  }
  for (std::size_t i = 0; i < named_.size() && !name.empty(); ++i) {
    if (named_[i].name != name) continue;
    used_named_[i] = 1;
    found = &named_[i].value;
  }
  return found == nullptr || found->kind == Value::Kind::none ? nullptr : found;
}

const Value& Arguments::at(std::size_t position, std::string_view name) const {
  const Value* const found = find(position, name);
  if (found == nullptr) {
    throw Unsupported("without " +
                      (name.empty() ? "argument " + std::to_string(position) : std::string(name)));
  }
  return *found;
}

wick::Index Arguments::index(std::size_t position, std::string_view name) const {
  const Value& v = at(position, name);
  if (v.kind != Value::Kind::integer) throw wrong_type(v, name);
  return static_cast<wick::Index>(v.integer);
}
wick::Index Arguments::index(std::size_t position, std::string_view name, wick::Index otherwise) const {
  return has(position, name) ? index(position, name) : otherwise;
}

double Arguments::number(std::size_t position, std::string_view name) const {
  const Value& v = at(position, name);
  if (v.kind == Value::Kind::boolean) return v.boolean ? 1 : 0;
  if (!v.is_number()) throw wrong_type(v, name);
  return v.number;
}
double Arguments::number(std::size_t position, std::string_view name, double otherwise) const {
  return has(position, name) ? number(position, name) : otherwise;
}

bool Arguments::flag(std::size_t position, std::string_view name, bool otherwise) const {
  const Value* const v = find(position, name);
  if (v == nullptr) return otherwise;
  if (v->kind == Value::Kind::integer) return v->integer != 0;
  if (v->kind != Value::Kind::boolean) throw Unsupported(std::string(name) + "=" + v->str());
  return v->boolean;
}

std::string Arguments::text(std::size_t position, std::string_view name, std::string_view otherwise) const {
  const Value* const v = find(position, name);
  if (v == nullptr) return std::string(otherwise);
  if (v->kind != Value::Kind::text) throw Unsupported(std::string(name) + "=" + v->str());
  return v->text;
}

std::vector<wick::Index> Arguments::sizes(std::size_t position, std::string_view name) const {
  const Value& v = at(position, name);
  if (v.kind == Value::Kind::integer) return {static_cast<wick::Index>(v.integer)};
  if (v.kind != Value::Kind::list) throw Unsupported(std::string(name) + "=" + v.str());
  std::vector<wick::Index> result;
  for (const Value& each : v.list) {
    if (each.kind != Value::Kind::integer) throw Unsupported(std::string(name) + "=" + v.str());
    result.push_back(static_cast<wick::Index>(each.integer));
  }
  return result;
}

std::vector<wick::Index> Arguments::rest(std::size_t position, std::string_view name) const {
  if (position >= positional_.size() && !has(position, name)) return {};
  if (position + 1 >= positional_.size()) return sizes(position, name);
  std::vector<wick::Index> result;
  for (; position < positional_.size(); ++position) result.push_back(index(position, name));
  return result;
}

wick::Shape Arguments::shape(std::size_t position, std::string_view name) const {
  const std::vector<wick::Index> dims = rest(position, name);
  return wick::Shape(std::span<const wick::Index>(dims));
}

wick::Axes Arguments::axes(std::size_t position, std::string_view name) const {
  if (!has(position, name)) return wick::Axes::all();
  const std::vector<wick::Index> dims = sizes(position, name);
  return wick::Axes(std::span<const wick::Index>(dims));
}

void Arguments::check_all_used() const {
  for (std::size_t i = 0; i < used_.size(); ++i) {
    if (used_[i] == 0 && positional_[i].kind != Value::Kind::none)
      throw Unsupported("argument " + std::to_string(i) + "=" + positional_[i].str());
  }
  for (std::size_t i = 0; i < used_named_.size(); ++i) {
    if (used_named_[i] == 0 && named_[i].value.kind != Value::Kind::none)
      throw Unsupported(named_[i].name + "=" + named_[i].value.str());
  }
}

}  // namespace conformance
