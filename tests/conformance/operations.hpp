#pragma once

// Operations by PyTorch's names: one row each. The expression of a row is compiled for tensors of every
// element type and for variables; where it does not compile, the operation has no such form.

#include "value.hpp"

#include <wick/autograd/recorder.hpp>
#include <wick/autograd/var.hpp>
#include <wick/ops/promote.hpp>
#include <wick/tensor/any_tensor.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace conformance {

/// What an operation returned, of any type.
struct Results {
  std::vector<wick::AnyTensor> values;
  std::vector<wick::Var<float>> floats;             ///< recorded ones
  std::vector<wick::Var<double>> doubles;           ///< recorded ones
  std::optional<std::string> print = std::nullopt;  ///< of what was called, if it is an object

  template <wick::Element T>
  void add(const wick::Tensor<T>& x) {
    values.push_back(wick::AnyTensor::copy_of(x));
  }
  template <class T>
  void add(const wick::TensorView<T>& x) {
    values.push_back(wick::AnyTensor::copy_of(wick::TensorView<const std::remove_const_t<T>>(x)));
  }
  template <wick::Floating T>
  void add(const wick::Var<T>& x) {
    values.push_back(wick::AnyTensor::copy_of(x.tensor()));
    if constexpr (std::is_same_v<T, float>) {
      floats.push_back(x);
    } else {
      doubles.push_back(x);
    }
  }
  void add(bool x) { add(wick::Tensor<bool>::full(wick::Shape{}, x)); }
  template <class Result>
  void add(const std::vector<Result>& list) {
    for (const Result& each : list) add(each);
  }
  template <class First, class Second>
  void add(const std::pair<First, Second>& both) {
    add(both.first);
    add(both.second);
  }
  template <class Both>
  requires requires(const Both& both) {
    both.values;
    both.indices;
  }
  void add(const Both& both) {
    add(both.values);
    add(both.indices);
  }
};

/// Indices, which PyTorch takes of other integers too.
[[nodiscard]] inline wick::Tensor<std::int64_t> indices_of(const Arguments& arguments, std::size_t position,
                                                           std::string_view name) {
  const Value& v = arguments.at(position, name);
  const bool converted = v.kind == Value::Kind::tensor &&
                         (v.tensor.dtype() == wick::DType::u8 || v.tensor.dtype() == wick::DType::i32);
  return converted ? v.tensor.to<std::int64_t>() : arguments.tensor<std::int64_t>(position, name);
}

/// The call of a row: its arguments, with tensors of T.
template <class T>
class Plain : public Arguments {
 public:
  using Scalar = T;
  using Operand = wick::Tensor<T>;

  explicit Plain(const Arguments& arguments) : Arguments(arguments.positional(), arguments.named()) {
    operands_.resize(positional().size());
  }

  /// The tensor at a position.
  [[nodiscard]] const Operand& x(std::size_t position) {
    auto& kept = operands_.at(position < operands_.size() ? position : 0);
    if (!kept || position >= operands_.size()) kept.emplace(tensor<T>(position));
    return *kept;
  }
  [[nodiscard]] Operand x(std::size_t position, std::string_view name) { return tensor<T>(position, name); }
  [[nodiscard]] std::vector<Operand> list(std::size_t position, std::string_view name) {
    return list_of(at(position, name).list, [](const Value& v) { return v.tensor.to<T>(); });
  }
  /// The tensors from a position on.
  [[nodiscard]] std::vector<Operand> all(std::size_t position) {
    std::vector<Operand> result;
    for (; position < size(); ++position) result.push_back(tensor<T>(position));
    return result;
  }
  [[nodiscard]] wick::Tensor<std::int64_t> indices(std::size_t position, std::string_view name = {}) const {
    return indices_of(*this, position, name);
  }
  [[nodiscard]] wick::Tensor<bool> mask(std::size_t position, std::string_view name = {}) const {
    return tensor<bool>(position, name);
  }

  template <class Function>
  [[nodiscard]] static std::vector<Operand> list_of(const std::vector<Value>& values, Function f) {
    std::vector<Operand> result;
    for (const Value& v : values) {
      if (v.kind != Value::Kind::tensor || v.tensor.dtype() != wick::dtype_of<T>)
        throw Unsupported("a list of other things than " + std::string(name_of(wick::dtype_of<T>)) +
                          " tensors");
      result.push_back(f(v));
    }
    return result;
  }

 private:
  std::vector<std::optional<Operand>> operands_;
};

/// The same with variables, which require gradients.
template <wick::Floating T>
class Taped : public Arguments {
 public:
  using Scalar = T;
  using Operand = wick::Var<T>;

  Taped(const Arguments& arguments, wick::Tape<T>& tape)
      : Arguments(arguments.positional(), arguments.named()), tape_(tape) {
    for (const Value& v : positional()) operands_.push_back(of(v));
    for (const auto& [key, v] : named()) {
      static_cast<void>(key);
      operands_.push_back(of(v));
    }
  }

  [[nodiscard]] wick::Tape<T>& tape() const { return tape_; }
  [[nodiscard]] const Operand& x(std::size_t position, std::string_view name = {}) {
    const Value& v = at(position, name);
    for (std::size_t i = 0; i < size() + named().size(); ++i) {
      const Value& each = i < size() ? positional()[i] : named()[i - size()].value;
      if (&each != &v) continue;
      if (!operands_[i].one) throw Unsupported(v.str() + " where a tensor of floats is expected");
      return *operands_[i].one;
    }
    throw Unsupported("no such tensor");
  }
  [[nodiscard]] std::vector<Operand> list(std::size_t position, std::string_view name) {
    const Value& v = at(position, name);
    for (std::size_t i = 0; i < size() + named().size(); ++i) {
      const Value& each = i < size() ? positional()[i] : named()[i - size()].value;
      if (&each != &v) continue;
      if (operands_[i].list.size() != v.list.size()) throw Unsupported("a list of other things than tensors");
      return operands_[i].list;
    }
    throw Unsupported("no such list");
  }
  [[nodiscard]] std::vector<Operand> all(std::size_t position) {
    std::vector<Operand> result;
    for (; position < size(); ++position) result.push_back(x(position));
    return result;
  }
  [[nodiscard]] wick::Tensor<std::int64_t> indices(std::size_t position, std::string_view name = {}) const {
    return indices_of(*this, position, name);
  }
  [[nodiscard]] wick::Tensor<bool> mask(std::size_t position, std::string_view name = {}) const {
    return tensor<bool>(position, name);
  }

  /// All variables in the order in which the files count the tensors.
  [[nodiscard]] std::vector<wick::Var<T>> inputs() const {
    std::vector<wick::Var<T>> result;
    for (const Given& given : operands_) {
      if (given.one) result.push_back(*given.one);
      result.insert(result.end(), given.list.begin(), given.list.end());
    }
    return result;
  }
  /// The bytes that each of them was made of.
  [[nodiscard]] static std::vector<const wick::AnyTensor*> tensors_of(const Arguments& arguments) {
    std::vector<const wick::AnyTensor*> result;
    const auto add = [&](const Value& v) {
      const auto one = [&](const Value& each) {
        if (each.kind == Value::Kind::tensor && each.tensor.dtype() == wick::dtype_of<T>)
          result.push_back(&each.tensor);
      };
      one(v);
      for (const Value& each : v.list) one(each);
    };
    for (const Value& v : arguments.positional()) add(v);
    for (const auto& named : arguments.named()) add(named.value);
    return result;
  }

 private:
  struct Given {
    std::optional<wick::Var<T>> one = std::nullopt;
    std::vector<wick::Var<T>> list = {};
  };

  [[nodiscard]] Given of(const Value& v) {
    const auto is_ours = [](const Value& each) {
      return each.kind == Value::Kind::tensor && each.tensor.dtype() == wick::dtype_of<T>;
    };
    Given given;
    if (is_ours(v)) given.one = tape_.constant(v.tensor.to<T>(), true);
    for (const Value& each : v.list) {
      if (is_ours(each)) given.list.push_back(tape_.constant(each.tensor.to<T>(), true));
    }
    return given;
  }

  wick::Tape<T>& tape_;
  std::vector<Given> operands_;
};

/// f of two operands, the second of which may be a number.
template <class Call, class Function>
[[nodiscard]] Results with_other(Call& call, std::size_t position, std::string_view name, const Function& f) {
  using T = typename Call::Scalar;
  Results results;
  const auto try_it = [&](const auto& y) {
    if constexpr (std::is_invocable_v<const Function&, const typename Call::Operand&, decltype(y)>) {
      results.add(f(call.x(0), y));
    } else {
      throw WrongType("does not compile beside such a number");
    }
  };
  const Value& other = call.at(position, name);
  constexpr bool recorded = !std::is_same_v<typename Call::Operand, wick::Tensor<T>>;
  switch (other.kind) {
    case Value::Kind::tensor:
      try_it(call.x(position, name));
      return results;
    case Value::Kind::integer:
      if constexpr (recorded) {
        try_it(static_cast<T>(other.number));
      } else {
        try_it(other.integer);
      }
      return results;
    case Value::Kind::number:
      if constexpr (recorded) {
        try_it(static_cast<T>(other.number));
      } else {
        try_it(other.number);
      }
      return results;
    case Value::Kind::boolean:
      if constexpr (!recorded) {
        try_it(other.boolean);
        return results;
      }
      break;
    default:
      break;
  }
  throw WrongType(other.str() + " where a tensor or a number is expected");
}

template <class Result>
[[nodiscard]] Results results_of(const Result& result) {
  if constexpr (std::is_same_v<Result, Results>) {
    return result;
  } else {
    Results results;
    results.add(result);
    return results;
  }
}

/// A row, for each type that its expression compiles for; null for the others.
struct Operation {
  std::string_view name;
  std::array<Results (*)(const Arguments&), 5> plain;
  Results (*float_recorded)(Taped<float>&);
  Results (*double_recorded)(Taped<double>&);
};

using ElementTypes = std::tuple<float, double, std::int64_t, std::uint8_t, bool>;

template <class Function, class T>
[[nodiscard]] constexpr auto plain_form() -> Results (*)(const Arguments&) {
  if constexpr (std::is_invocable_v<Function, Plain<T>&>) {
    return [](const Arguments& arguments) {
      Plain<T> call(arguments);
      Results results = results_of(Function{}(call));
      call.check_all_used();
      return results;
    };
  } else {
    return nullptr;
  }
}
template <class Function, class T>
[[nodiscard]] constexpr auto recorded_form() -> Results (*)(Taped<T>&) {
  if constexpr (std::is_invocable_v<Function, Taped<T>&>) {
    return [](Taped<T>& call) {
      Results results = results_of(Function{}(call));
      call.check_all_used();
      return results;
    };
  } else {
    return nullptr;
  }
}

template <class Function>
[[nodiscard]] constexpr Operation operation(std::string_view name, Function /*without a state*/) {
  return {
      name,
      {plain_form<Function, float>(), plain_form<Function, double>(), plain_form<Function, std::int64_t>(),
       plain_form<Function, std::uint8_t>(), plain_form<Function, bool>()},
      recorded_form<Function, float>(),
      recorded_form<Function, double>()};
}

// `c` is the call, `x` its first operand, and in a row of two `y` the second one, or a number.
#define CONFORMANCE_ROW(name, ...) \
  operation(                       \
      name, [](auto& c) requires requires { __VA_ARGS__; } { return __VA_ARGS__; })
// Of floats alone.
#define CONFORMANCE_FLOATS(name, ...) \
  operation(                          \
      name, []<class Call>(Call & c) requires wick::Floating<typename Call::Scalar> { return __VA_ARGS__; })
// Of all but truth values.
#define CONFORMANCE_NUMBERS(name, ...)                                                        \
  operation(                                                                                  \
      name, []<class Call>(Call & c) requires(!std::is_same_v<typename Call::Scalar, bool>) { \
        return __VA_ARGS__;                                                                   \
      })
// Of tensors alone.
#define CONFORMANCE_PLAIN(name, ...) \
  operation(                         \
      name,                          \
      []<class Call>(Call & c) requires wick::TensorOperand<typename Call::Operand> { return __VA_ARGS__; })
#define CONFORMANCE_UNARY(name, ...)                                                    \
  operation(                                                                            \
      name, [](auto& c) requires requires(const decltype(c.x(0))& x) { __VA_ARGS__; } { \
        const auto& x = c.x(0);                                                         \
        return __VA_ARGS__;                                                             \
      })
#define CONFORMANCE_BINARY(name, ...)                                                                        \
  operation(                                                                                                 \
      name,                                                                                                  \
      [](auto& c) requires requires(const decltype(c.x(0))& x, const decltype(c.x(0))& y) { __VA_ARGS__; } { \
        return with_other(                                                                                   \
            c, 1, "other",                                                                                   \
            [](const auto& x, const auto& y) requires requires { __VA_ARGS__; } { return __VA_ARGS__; });    \
      })

/// The rows of each file.
[[nodiscard]] std::span<const Operation> elementwise_operations();
[[nodiscard]] std::span<const Operation> arithmetic_operations();
[[nodiscard]] std::span<const Operation> comparisons();
[[nodiscard]] std::span<const Operation> reductions();
[[nodiscard]] std::span<const Operation> shape_operations();
[[nodiscard]] std::span<const Operation> composed_operations();
[[nodiscard]] std::span<const Operation> special_operations();
[[nodiscard]] std::span<const Operation> order_operations();
[[nodiscard]] std::span<const Operation> layout_operations();
[[nodiscard]] std::span<const Operation> other_operations();
[[nodiscard]] std::span<const Operation> functional_losses();
[[nodiscard]] std::span<const Operation> losses();

}  // namespace conformance
