// Runs operations and losses.

#include "operations.hpp"

#include "differences.hpp"
#include "runners.hpp"

#include <wick/autograd.hpp>

#include <algorithm>
#include <set>

namespace conformance {

namespace {

std::vector<const Operation*> find(std::span<const std::span<const Operation>> tables,
                                   std::string_view name) {
  std::vector<const Operation*> found;
  for (const auto& table : tables) {
    for (const Operation& each : table) {
      if (each.name == name) found.push_back(&each);
    }
  }
  return found;
}

std::vector<std::string> names_in(std::span<const std::span<const Operation>> tables) {
  std::set<std::string> names;
  for (const auto& table : tables) {
    for (const Operation& each : table) names.emplace(each.name);
  }
  return {names.begin(), names.end()};
}

std::size_t type_number(const std::string& dtype) {
  constexpr std::array<std::string_view, 5> names{"float32", "float64", "int64", "uint8", "bool"};
  const auto found = std::ranges::find(names, dtype);
  if (found == names.end()) throw Unsupported("elements of " + dtype);
  return static_cast<std::size_t>(found - names.begin());
}

template <class T>
auto recorded_form_of(const Operation& operation) {
  if constexpr (std::is_same_v<T, float>) {
    return operation.float_recorded;
  } else {
    return operation.double_recorded;
  }
}
template <class T>
const std::vector<wick::Var<T>>& variables_of(const Results& results) {
  if constexpr (std::is_same_v<T, float>) {
    return results.floats;
  } else {
    return results.doubles;
  }
}

void compare_results(Comparison& comparison, const std::string& form, const Results& got,
                     const Value& expected) {
  if (got.values.size() != expected.list.size()) {
    return comparison.fail(form + "returns " + std::to_string(got.values.size()) + " tensors, expected " +
                           std::to_string(expected.list.size()));
  }
  for (std::size_t i = 0; i < got.values.size(); ++i)
    comparison.compare(form + "result " + std::to_string(i), got.values[i], expected.list[i].tensor);
}

/// Whether these indices along a dimension of x name these elements.
bool name_elements(const wick::AnyTensor& given, wick::Index dim, const wick::AnyTensor& indices,
                   const wick::AnyTensor& elements) {
  const wick::Tensor<double> x = given.to<double>();
  const wick::Tensor<std::int64_t> index = indices.to<std::int64_t>();
  const wick::Tensor<double> element = elements.to<double>();
  const auto rank = static_cast<wick::Index>(x.dim());
  wick::Index inner = 1;
  for (wick::Index d = dim < 0 ? dim + rank + 1 : dim + 1; d < rank; ++d) inner *= x.size(d);
  const wick::Index size = rank == 0 ? 1 : x.size(dim);
  const wick::Index rows = size == 0 || inner == 0 ? 0 : x.numel() / size;  // lines along the dimension
  const wick::Index each = rows == 0 ? 0 : index.numel() / rows;
  for (wick::Index i = 0; i < index.numel(); ++i) {
    const wick::Index outer = i / (each * inner);
    const std::int64_t at = index.data()[i];
    if (at < 0 || at >= size) return false;
    const double found = x.data()[(outer * size + at) * inner + i % inner];
    if (!(found == element.data()[i] || (found != found && element.data()[i] != element.data()[i])))
      return false;
  }
  return index.numel() == element.numel();
}
/// Of equal elements PyTorch's order is not defined: the expected results, with the indices that were found
/// where they name the same elements.
Value with_any_order(std::string_view name, const Results& got, const Value& expected,
                     const Arguments& arguments) {
  Value result = expected;
  const bool ranks = name == "topk" || name == "kthvalue" || name == "median";
  if (!ranks || got.values.size() != 2 || expected.list.size() != 2 ||
      !(got.values[1].shape() == expected.list[1].tensor.shape()))
    return result;
  const wick::Index dim = name == "median" ? arguments.index(1, "dim") : arguments.index(2, "dim", -1);
  if (name_elements(arguments.at(0).tensor, dim, got.values[1], expected.list[0].tensor))
    result.list[1].tensor = got.values[1];
  return result;
}

/// The weighted sum of all results with another tensor in the place of the `number`th of doubles.
double sum_with(const Operation& operation, const Arguments& arguments, std::size_t number,
                const wick::Tensor<double>& x) {
  std::vector<Value> positional = arguments.positional();
  std::vector<Member> named = arguments.named();
  std::size_t count = 0;
  const auto put = [&](Value& v) {
    const auto one = [&](Value& each) {
      if (each.kind == Value::Kind::tensor && each.tensor.dtype() == wick::DType::f64 && count++ == number)
        each.tensor = wick::AnyTensor::copy_of(x);
    };
    one(v);
    for (Value& each : v.list) one(each);
  };
  for (Value& v : positional) put(v);
  for (Member& member : named) put(member.value);
  wick::Recorder<double> recorder;
  const Arguments changed(positional, named);
  Taped<double> call(changed, recorder.tape());
  const Results results = operation.double_recorded(call);
  double total = 0;
  for (std::size_t k = 0; k < results.doubles.size(); ++k) {
    if (!results.doubles[k].requires_grad()) continue;
    const wick::Tensor<double> y = results.doubles[k].tensor();
    const wick::Tensor<double> weights = weights_of<double>(y.shape(), k);
    for (wick::Index i = 0; i < y.numel(); ++i) total += y.data()[i] * weights.data()[i];
  }
  return total;
}

/// A case of floats with doubles in their place: its derivatives beside differences, which floats are too
/// coarse for.
void differentiate_in_double(Comparison& comparison, const Operation& operation, const Arguments& given) {
  std::vector<Value> positional = given.positional();
  std::vector<Member> named = given.named();
  const auto widen = [](Value& v) {
    const auto one = [](Value& each) {
      if (each.kind == Value::Kind::tensor && each.tensor.dtype() == wick::DType::f32)
        each.tensor = wick::AnyTensor::copy_of(each.tensor.to<double>());
    };
    one(v);
    for (Value& each : v.list) one(each);
  };
  for (Value& v : positional) widen(v);
  for (Member& member : named) widen(member.value);
  const Arguments arguments(positional, named);
  wick::Recorder<double> recorder;
  Taped<double> call(arguments, recorder.tape());
  const Results results = operation.double_recorded(call);
  std::vector<wick::Var<double>> outputs;
  std::vector<wick::Var<double>> weights;
  for (std::size_t k = 0; k < results.doubles.size(); ++k) {
    if (!results.doubles[k].requires_grad()) continue;
    outputs.push_back(results.doubles[k]);
    weights.push_back(recorder.tape().constant(weights_of<double>(results.doubles[k].shape(), k)));
  }
  const auto inputs = call.inputs();
  const auto tensors = Taped<double>::tensors_of(arguments);
  if (outputs.empty() || inputs.empty() || tensors.size() != inputs.size()) return;
  const auto found = wick::grad(outputs, inputs, weights, {.allow_unused = true});
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i].empty() || tensors[i]->numel() == 0) continue;
    compare_differences(comparison, "in double, gradient by input " + std::to_string(i),
                        tensors[i]->to<double>(), wick::Tensor<double>(found[i].tensor()),
                        [&](const wick::Tensor<double>& x) { return sum_with(operation, arguments, i, x); });
  }
}

/// Values of the recorded form, and its gradients if the case has some.
template <class T>
void run_recorded(Comparison& comparison, const Operation& operation, const Arguments& arguments,
                  const Value& one_case) {
  wick::Recorder<T> recorder;
  Taped<T> call(arguments, recorder.tape());
  const Results results = recorded_form_of<T>(operation)(call);
  compare_results(comparison, "recorded, ", results,
                  with_any_order(operation.name, results, one_case.at("results"), arguments));
  if (const Value* print = one_case.find("print"); print != nullptr && results.print)
    comparison.compare("print", *results.print, print->text);
  const Value* const gradients = one_case.find("gradients");
  if (gradients == nullptr || comparison.failed()) return;
  std::vector<wick::Var<T>> outputs;
  std::vector<wick::Var<T>> weights;
  const auto& variables = variables_of<T>(results);
  for (std::size_t k = 0; k < variables.size(); ++k) {
    if (!variables[k].requires_grad()) continue;
    outputs.push_back(variables[k]);
    weights.push_back(recorder.tape().constant(weights_of<T>(variables[k].shape(), k)));
  }
  const auto inputs = call.inputs();
  const auto given = Taped<T>::tensors_of(arguments);
  if (outputs.empty() || inputs.empty()) {
    if (!gradients->list.empty()) comparison.fail("no gradient");
    return;
  }
  const auto found = wick::grad(outputs, inputs, weights, {.allow_unused = true});
  for (const Value& each : gradients->list) {
    // By the position of an input, or by the bytes of a tensor among the arguments.
    const wick::AnyTensor& expected = each.list[1].tensor;
    const Value& which = each.list[0];
    const auto number = static_cast<std::size_t>(which.integer);
    if (number >= found.size() || given.size() != found.size()) return comparison.fail("no such input");
    const std::string what = "gradient by input " + std::to_string(number);
    if (found[number].empty()) {
      comparison.compare(what, wick::AnyTensor::copy_of(wick::Tensor<T>::zeros(given[number]->shape())),
                         expected);
    } else {
      comparison.compare(what, wick::AnyTensor::copy_of(found[number].tensor()), expected);
    }
    if constexpr (std::is_same_v<T, double>) {
      if (!by_differences || comparison.failed() || given[number]->numel() == 0) continue;
      const wick::Tensor<double> zeros = wick::Tensor<double>::zeros(given[number]->shape());
      compare_differences(
          comparison, what, given[number]->template to<double>(),
          found[number].empty() ? zeros : wick::Tensor<double>(found[number].tensor()),
          [&](const wick::Tensor<double>& x) { return sum_with(operation, arguments, number, x); });
    }
  }
}

/// Whether `dtype` of this function says to which type its input is converted before it begins.
bool converts_first(std::string_view name) {
  constexpr std::array<std::string_view, 6> names{"sum", "nansum", "prod", "mean", "cumsum", "cumprod"};
  return std::ranges::find(names, name) != names.end();
}
wick::AnyTensor converted(const wick::AnyTensor& x, const std::string& dtype) {
  if (dtype == "float32") return wick::AnyTensor::copy_of(x.to<float>());
  if (dtype == "float64") return wick::AnyTensor::copy_of(x.to<double>());
  if (dtype == "int64") return wick::AnyTensor::copy_of(x.to<std::int64_t>());
  throw Unsupported("dtype=" + dtype);
}

/// Of elements of `dtype`. Without what is recorded where the input was converted: that is of one type.
Outcome run(std::span<const std::span<const Operation>> tables, std::string_view name, const Value& one_case,
            const Arguments& arguments, const std::string& dtype, bool converts = false) {
  const auto rows = find(tables, name);
  const std::size_t type = type_number(dtype);
  if (one_case.find("error") != nullptr) {
    bool compiled = false;
    const auto call = [&] {
      for (const Operation* row : rows) {
        if (row->plain[type] != nullptr) {
          compiled = true;
          static_cast<void>(row->plain[type](arguments));
        } else if (type == 0 && row->float_recorded != nullptr) {
          compiled = true;
          wick::Recorder<float> recorder;
          Taped<float> taped(arguments, recorder.tape());
          static_cast<void>(row->float_recorded(taped));
        } else if (type == 1 && row->double_recorded != nullptr) {
          compiled = true;
          wick::Recorder<double> recorder;
          Taped<double> taped(arguments, recorder.tape());
          static_cast<void>(row->double_recorded(taped));
        }
      }
    };
    Outcome outcome = expect_error(one_case, call);
    // What Python finds out by looking at types is found by the compiler.
    const std::string& error = one_case.at("error").text;
    const bool by_types = error == "TypeError" || error == "NotImplementedError" || error == "AttributeError";
    if (!compiled || (by_types && outcome.kind == Outcome::Kind::unsupported)) return {};
    return outcome;
  }
  Comparison comparison;
  if (const Value* const slack = one_case.find("slack"); slack != nullptr)
    comparison.set_slack(slack->number);
  bool ran = false;
  bool recorded = false;
  std::string unsupported;
  const auto try_it = [&](const auto& f) {
    try {
      f();
      ran = true;
      return true;
    } catch (const Unsupported& reason) {
      unsupported = reason.what();
      return false;
    }
  };
  for (const Operation* row : rows) {
    if (row->plain[type] != nullptr) {
      try_it([&] {
        const Results got = row->plain[type](arguments);
        compare_results(comparison, "", got, with_any_order(name, got, one_case.at("results"), arguments));
      });
    }
    if (type == 0 && row->float_recorded != nullptr && !converts)
      recorded = try_it([&] { run_recorded<float>(comparison, *row, arguments, one_case); }) || recorded;
    if (by_differences && type == 0 && !converts && row->double_recorded != nullptr && !comparison.failed() &&
        one_case.find("gradients") != nullptr) {
      try {
        differentiate_in_double(comparison, *row, arguments);
      } catch (const Unsupported&) {  // NOLINT(bugprone-empty-catch): then not this one
      }
    }
    if (type == 1 && row->double_recorded != nullptr && !converts)
      recorded = try_it([&] { run_recorded<double>(comparison, *row, arguments, one_case); }) || recorded;
  }
  if (!ran) {
    const bool only_recorded =
        std::ranges::any_of(rows, [](const Operation* row) { return row->float_recorded != nullptr; }) &&
        std::ranges::none_of(rows, [](const Operation* row) { return row->plain[0] != nullptr; });
    const std::string why = only_recorded ? "of floats alone" : "elements of " + dtype;
    return {Outcome::Kind::unsupported, unsupported.empty() ? why : unsupported};
  }
  Outcome outcome = comparison.outcome();
  if (outcome.kind == Outcome::Kind::passed && one_case.find("gradients") != nullptr && !recorded) {
    outcome.kind = Outcome::Kind::values_only;
    outcome.detail = unsupported.empty() ? "no recorded form" : "recorded: " + unsupported;
  }
  return outcome;
}

std::array<std::span<const Operation>, 11> operation_tables() {
  return {elementwise_operations(), arithmetic_operations(), comparisons(),        reductions(),
          shape_operations(),       composed_operations(),   special_operations(), layout_operations(),
          order_operations(),       other_operations(),      functional_losses()};
}
std::array<std::span<const Operation>, 1> loss_tables() { return {losses()}; }

}  // namespace

Runner operation_runner() {
  return {"operation", [] { return names_in(operation_tables()); },
          [](std::string_view name, const Value& one_case) {
            return guarded([&] {
              std::vector<Value> positional = one_case.at("arguments").list;
              std::vector<Member> named = one_case.at("named").members;
              std::string dtype = one_case.at("dtype").text;
              const auto type = std::ranges::find(named, std::string("dtype"), &Member::name);
              const bool converts = converts_first(name) && type != named.end() && !positional.empty() &&
                                    positional[0].kind == Value::Kind::tensor;
              if (converts) {
                dtype = type->value.text;
                positional[0].tensor = converted(positional[0].tensor, dtype);
                named.erase(type);
              }
              const Arguments arguments(positional, named);
              return run(operation_tables(), name, one_case, arguments, dtype, converts);
            });
          }};
}

Runner loss_runner() {
  return {"loss", [] { return names_in(loss_tables()); },
          [](std::string_view name, const Value& one_case) {
            return guarded([&] {
              const Arguments arguments(one_case.at("inputs").list, one_case.at("constructor").members);
              return run(loss_tables(), name, one_case, arguments, one_case.at("dtype").text);
            });
          }};
}

}  // namespace conformance
