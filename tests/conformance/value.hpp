#pragma once

// The arguments, inputs and results of a case, as they are in the files.

#include <wick/base/types.hpp>
#include <wick/ops/axes.hpp>
#include <wick/tensor/any_tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace conformance {

struct Member;

/// A number as an element; of integer types it wraps around, as in PyTorch.
template <class T>
[[nodiscard]] T element_of(double number) {
  if constexpr (std::is_integral_v<T>) {
    return static_cast<T>(static_cast<std::int64_t>(number));
  } else {
    return static_cast<T>(number);
  }
}

/// One value of a JSON file; a tensor is that of the safetensors file beside it.
struct Value {
  enum class Kind { none, boolean, integer, number, text, list, tensor, dtype, object };

  Kind kind = Kind::none;
  bool boolean = false;
  std::int64_t integer = 0;
  double number = 0;  ///< of integers too
  std::string text;
  std::vector<Value> list;
  std::vector<Member> members;
  wick::AnyTensor tensor;

  /// A member of an object, or null.
  [[nodiscard]] const Value* find(std::string_view name) const&;
  void find(std::string_view name) const&& = delete;
  /// A member that has to be there.
  [[nodiscard]] const Value& at(std::string_view name) const&;
  void at(std::string_view name) const&& = delete;
  [[nodiscard]] bool is_number() const { return kind == Kind::integer || kind == Kind::number; }
  [[nodiscard]] std::string str() const;
};

/// A name and its value, in the order of the file.
struct Member {
  std::string name;
  Value value;
};

/// What is asked for is not in the tables, or not in the library: no failure.
struct Unsupported : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// An argument of a type that the library's function does not take: the call does not compile.
struct WrongType : Unsupported {
  using Unsupported::Unsupported;
};

/// Reads FOLDER/KIND/NAME.json with the tensors beside it.
[[nodiscard]] Value read_entry(const std::filesystem::path& json);

/// Arguments by position and by name. Remembers which were asked for: options that nobody looks at are not
/// supported.
class Arguments {
 public:
  Arguments(const std::vector<Value>& positional, const std::vector<Member>& named);

  static constexpr std::size_t by_name = ~std::size_t{0};

  /// Null where it is not given, or None.
  [[nodiscard]] const Value* find(std::size_t position, std::string_view name) const;
  [[nodiscard]] const Value* find(std::string_view name) const { return find(by_name, name); }
  /// Throws Unsupported where it is not given.
  [[nodiscard]] const Value& at(std::size_t position, std::string_view name = {}) const;
  [[nodiscard]] std::size_t size() const { return positional_.size(); }

  [[nodiscard]] bool has(std::size_t position, std::string_view name) const {
    return find(position, name) != nullptr;
  }
  [[nodiscard]] wick::Index index(std::size_t position, std::string_view name) const;
  [[nodiscard]] wick::Index index(std::size_t position, std::string_view name, wick::Index otherwise) const;
  [[nodiscard]] double number(std::size_t position, std::string_view name) const;
  [[nodiscard]] double number(std::size_t position, std::string_view name, double otherwise) const;
  [[nodiscard]] bool flag(std::size_t position, std::string_view name, bool otherwise) const;
  [[nodiscard]] std::string text(std::size_t position, std::string_view name,
                                 std::string_view otherwise) const;
  /// A list of integers, or one integer.
  [[nodiscard]] std::vector<wick::Index> sizes(std::size_t position, std::string_view name) const;
  /// The integers from a position on, which may also be one list: `permute(0, 1)` and `permute((0, 1))`.
  [[nodiscard]] std::vector<wick::Index> rest(std::size_t position, std::string_view name) const;
  [[nodiscard]] wick::Shape shape(std::size_t position, std::string_view name) const;
  /// All dimensions where none are given.
  [[nodiscard]] wick::Axes axes(std::size_t position, std::string_view name) const;
  /// Throws Unsupported unless a tensor of this type is there.
  template <class T>
  [[nodiscard]] wick::Tensor<T> tensor(std::size_t position, std::string_view name = {}) const {
    const Value& v = at(position, name);
    if (v.kind != Value::Kind::tensor) throw WrongType(v.str() + " where a tensor is expected");
    if (v.tensor.dtype() != wick::dtype_of<T>) {
      throw WrongType("a " + std::string(wick::name_of(v.tensor.dtype())) + " tensor among " +
                      std::string(wick::name_of(wick::dtype_of<T>)));
    }
    return v.tensor.to<T>();
  }

  [[nodiscard]] const std::vector<Value>& positional() const { return positional_; }
  [[nodiscard]] const std::vector<Member>& named() const { return named_; }

  /// Throws Unsupported for one that nobody asked for.
  void check_all_used() const;

 private:
  const std::vector<Value>& positional_;
  const std::vector<Member>& named_;
  mutable std::vector<char> used_;
  mutable std::vector<char> used_named_;
};

}  // namespace conformance
