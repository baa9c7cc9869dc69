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

/// Values of the recorded form, and its gradients if the case has some.
template <class T>
void run_recorded(Comparison& comparison, const Operation& operation, const Arguments& arguments,
                  const Value& one_case) {
  wick::Recorder<T> recorder;
  Taped<T> call(arguments, recorder.tape());
  const Results results = recorded_form_of<T>(operation)(call);
  compare_results(comparison, "recorded, ", results, one_case.at("results"));
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

Outcome run(std::span<const std::span<const Operation>> tables, std::string_view name, const Value& one_case,
            const Arguments& arguments) {
  const auto rows = find(tables, name);
  const std::string& dtype = one_case.at("dtype").text;
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
    const bool by_types =
        one_case.at("error").text == "TypeError" || one_case.at("error").text == "NotImplementedError";
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
      try_it([&] { compare_results(comparison, "", row->plain[type](arguments), one_case.at("results")); });
    }
    if (type == 0 && row->float_recorded != nullptr)
      recorded = try_it([&] { run_recorded<float>(comparison, *row, arguments, one_case); }) || recorded;
    if (type == 1 && row->double_recorded != nullptr)
      recorded = try_it([&] { run_recorded<double>(comparison, *row, arguments, one_case); }) || recorded;
  }
  if (!ran) {
    return {Outcome::Kind::unsupported, unsupported.empty() ? "elements of " + dtype : unsupported};
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
              const Arguments arguments(one_case.at("arguments").list, one_case.at("named").members);
              return run(operation_tables(), name, one_case, arguments);
            });
          }};
}

Runner loss_runner() {
  return {"loss", [] { return names_in(loss_tables()); },
          [](std::string_view name, const Value& one_case) {
            return guarded([&] {
              const Arguments arguments(one_case.at("inputs").list, one_case.at("constructor").members);
              return run(loss_tables(), name, one_case, arguments);
            });
          }};
}

}  // namespace conformance
