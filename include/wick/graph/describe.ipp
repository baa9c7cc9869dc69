#pragma once

// Definitions of graph/describe.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>
#include <wick/graph/describe.hpp>
#include <wick/graph/symbol.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// A description and the name of its file, for errors.
class DescriptionReader {
 public:
  DescriptionReader(const Attributes& description, std::string file)
      : description_(description), file_(std::move(file)) {}

  template <class Value>
  [[nodiscard]] const std::vector<Value>& list(const char* name) const {
    const Attribute* const found = description_.find(name);
    const auto* const values = found == nullptr ? nullptr : std::get_if<std::vector<Value>>(found);
    // PyTorch's format does not say of what type the values of an empty list would be.
    static const std::vector<Value> none;
    if (values == nullptr && found != nullptr && is_empty_list(*found)) return none;
    if (values == nullptr) {
      refuse(std::string("expected a list \"") + name + "\"" +
             (found == nullptr ? ", which is missing" : ", got another type"));
    }
    return *values;
  }
  [[noreturn]] void refuse(const std::string& what) const { throw FormatError(file_, "program: " + what); }

 private:
  [[nodiscard]] static bool is_empty_list(const Attribute& value) noexcept {
    const auto is_empty = [&]<class List>(const List* list) { return list != nullptr && list->empty(); };
    return is_empty(std::get_if<std::vector<std::int64_t>>(&value)) ||
           is_empty(std::get_if<std::vector<double>>(&value)) ||
           is_empty(std::get_if<std::vector<std::string>>(&value));
  }

  const Attributes& description_;
  std::string file_;
};

/// The next values of a list.
template <class Value>
class Taking {
 public:
  Taking(const DescriptionReader& from, const char* name)
      : from_(&from), name_(name), values_(from.list<Value>(name)) {}
  [[nodiscard]] const Value& next() { return many(1)[0]; }
  [[nodiscard]] std::span<const Value> many(std::size_t n) {
    if (n > values_.size() - at_) refuse("too few");
    at_ += n;
    return values_.subspan(at_ - n, n);
  }
  void expect_end() const {
    if (at_ < values_.size()) refuse("more than the " + std::to_string(at_) + " that are used");
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    from_->refuse(std::string("the list \"") + name_ + "\" has " + std::to_string(values_.size()) +
                  " values, " + what);
  }

  const DescriptionReader* from_;
  const char* name_;
  std::span<const Value> values_;
  std::size_t at_ = 0;
};

// In a description the number of samples is -1, and k times it -k: any_rows is a number of this library.
[[nodiscard]] constexpr std::int64_t described_size(Index size) noexcept {
  return counts_samples(size) ? -(size / any_rows) : size;
}
[[nodiscard]] inline Index built_size(std::int64_t size, const DescriptionReader& reader) {
  constexpr std::int64_t most = 1024;
  if (size < -most || !std::in_range<Index>(size) || (size > 0 && size % any_rows == 0))
    reader.refuse(std::to_string(size) + " is no size");
  const auto as_index = [](auto number) { return static_cast<Index>(number); };
  return size < 0 ? as_index(-size) * any_rows : as_index(size);
}

/// Elements of a value for each sample. Dimensions that are 0 count as 1: an operation that finds nothing in
/// a row takes its time for each of them.
[[nodiscard]] inline Index extent_of(const Shape& shape) noexcept {
  Index extent = 1;
  for (const Index d : shape.dims()) extent *= (std::max)(d, Index{1});
  return counts_samples(extent) ? extent / any_rows : extent;
}

/// A list of whole numbers behind their count.
[[nodiscard]] inline std::vector<Index> take_counted(Taking<std::int64_t>& from,
                                                     const DescriptionReader& reader) {
  const std::int64_t count = from.next();
  if (count < 0) reader.refuse("expected a count, got " + std::to_string(count));
  std::vector<Index> result;
  for (const std::int64_t v : from.many(static_cast<std::size_t>(count)))
    result.push_back(built_size(v, reader));
  return result;
}

}  // namespace detail

template <Floating T>
Attributes describe_program(const Program<T>& program, const ParameterBlock<T>& block) {
  using Leaf = typename Step<T>::Leaf;
  std::map<Index, std::string> names;  // by offset
  for (const auto& e : block.entries()) names.emplace(e.slot.offset, e.name);
  std::vector<std::string> operations;
  std::vector<std::string> parameters;
  std::vector<std::int64_t> operands;
  std::vector<std::int64_t> attributes;
  std::vector<std::int64_t> shapes;
  std::vector<std::int64_t> outputs(program.outputs().begin(), program.outputs().end());
  std::vector<double> numbers;
  std::vector<double> constants;
  const auto add_counted = [](std::span<const Index> from, std::vector<std::int64_t>& to) {
    to.push_back(static_cast<std::int64_t>(from.size()));
    for (const Index i : from) to.push_back(detail::described_size(i));
  };
  for (const Step<T>& s : program.steps()) {
    switch (s.leaf) {
      case Leaf::input:
        operations.emplace_back("input");
        add_counted(s.shape.dims().subspan(1), shapes);
        break;
      case Leaf::parameter: {
        operations.emplace_back("parameter");
        const auto found = names.find(s.place);
        if (found == names.end() || !(block.value(block.slot(found->second)).shape() == s.shape))
          throw IndexError("describe_program: the program reads parameters of another block");
        parameters.push_back(found->second);
        break;
      }
      case Leaf::constant: {
        operations.emplace_back("constant");
        add_counted(s.shape.dims(), shapes);
        const auto values = program.constants().subspan(static_cast<std::size_t>(s.place),
                                                        static_cast<std::size_t>(s.shape.numel()));
        constants.insert(constants.end(), values.begin(), values.end());
        break;
      }
      case Leaf::none:
        operations.emplace_back(s.operation->name);
        for (int k = 0; k < s.operation->operands; ++k) operands.push_back(s.in[static_cast<std::size_t>(k)]);
        numbers.push_back(static_cast<double>(s.number));
        add_counted(s.attributes, attributes);
    }
  }
  return {{"operations", std::move(operations)}, {"operands", std::move(operands)},
          {"numbers", std::move(numbers)},       {"attributes", std::move(attributes)},
          {"parameters", std::move(parameters)}, {"shapes", std::move(shapes)},
          {"constants", std::move(constants)},   {"outputs", std::move(outputs)}};
}

template <Floating T>
Program<T> build_program(const Attributes& description, const ParameterBlock<T>& block,
                         OperationTable<T> operations, const std::string& file, const ProgramLimits& limits) {
  const detail::DescriptionReader reader(description, file);
  detail::Taking<std::int64_t> operands(reader, "operands");
  detail::Taking<std::int64_t> attributes(reader, "attributes");
  detail::Taking<std::int64_t> shapes(reader, "shapes");
  detail::Taking<double> numbers(reader, "numbers");
  detail::Taking<double> constants(reader, "constants");
  detail::Taking<std::string> parameters(reader, "parameters");
  const auto& names = reader.list<std::string>("operations");
  if (names.size() > limits.steps) {
    reader.refuse("expected at most " + std::to_string(limits.steps) + " steps, got " +
                  std::to_string(names.size()));
  }
  std::map<std::string_view, const Operation<T>*> known;
  for (const Operation<T>* operation : operations) known.emplace(operation->name, operation);

  Trace<T> trace(block);
  std::vector<Symbol<T>> values;
  const auto value = [&](std::int64_t id) {
    if (id < 0 || std::cmp_greater_equal(id, values.size()))
      reader.refuse("step " + std::to_string(id) + " is read before it is there");
    return values[static_cast<std::size_t>(id)];
  };
  const auto add = [&](const std::string& name) -> Symbol<T> {
    if (name == "input") return trace.input(Shape(detail::take_counted(shapes, reader)));
    if (name == "parameter") {
      const std::string& wanted = parameters.next();
      if (!block.contains(wanted)) reader.refuse("there is no parameter " + detail::quoted_name(wanted));
      return trace.parameter(block.slot(wanted));
    }
    if (name == "constant") {
      const Shape shape(detail::take_counted(shapes, reader));
      const auto from = constants.many(static_cast<std::size_t>(shape.numel()));
      std::vector<T> copy(from.size());
      std::ranges::transform(from, copy.begin(), [](double v) { return static_cast<T>(v); });
      return trace.constant(TensorView<const T>(copy.data(), shape));
    }
    const auto found = known.find(name);
    if (found == known.end()) {
      reader.refuse(
          "operation " + detail::quoted_name(name) +
          " is not in the table of operations; did a newer version of the library write this file?");
    }
    const Operation<T>& operation = *found->second;
    std::vector<Symbol<T>> in;
    in.reserve(static_cast<std::size_t>(operation.operands));
    for (int k = 0; k < operation.operands; ++k) in.push_back(value(operands.next()));
    const T number = static_cast<T>(numbers.next());
    return trace.record(operation, in, number, detail::take_counted(attributes, reader));
  };
  for (const std::string& name : names) {
    try {
      values.push_back(add(name));
    } catch (const FormatError&) {
      throw;
    } catch (const Error& e) {
      reader.refuse("step " + std::to_string(values.size()) + ": " + e.what());
    }
    const Index of_sample = detail::extent_of(values.back().shape());
    if (of_sample > limits.elements) {
      reader.refuse("step " + std::to_string(values.size() - 1) + ": expected at most " +
                    std::to_string(limits.elements) + " elements for each sample, got " +
                    std::to_string(of_sample));
    }
  }
  for (const auto* list : {&operands, &attributes, &shapes}) list->expect_end();
  numbers.expect_end();
  constants.expect_end();
  parameters.expect_end();
  std::vector<Symbol<T>> outputs;
  for (const std::int64_t id : reader.list<std::int64_t>("outputs")) outputs.push_back(value(id));
  if (outputs.empty()) reader.refuse("expected an output or more, got none");
  Program<T> program(trace, outputs);
  if (program.memory() > limits.memory) {
    reader.refuse("expected to need at most " + std::to_string(limits.memory) +
                  " elements of memory for a sample, got " + std::to_string(program.memory()));
  }
  return program;
}

#ifdef WICK_COMPILED
template Attributes describe_program(const Program<float>&, const ParameterBlock<float>&);
template Attributes describe_program(const Program<double>&, const ParameterBlock<double>&);
template Program<float> build_program(const Attributes&, const ParameterBlock<float>&, OperationTable<float>,
                                      const std::string&, const ProgramLimits&);
template Program<double> build_program(const Attributes&, const ParameterBlock<double>&,
                                       OperationTable<double>, const std::string&, const ProgramLimits&);
#endif

WICK_END_NAMESPACE
