#pragma once

// What a pickle builds, before it becomes values: nodes that refer to each other by number, so that a
// container can be in several places and is filled after it was mentioned.

#include <wick/base/types.hpp>
#include <wick/io/torch/detail/pickle_globals.hpp>
#include <wick/tensor/dtype.hpp>
#include <wick/tensor/shape.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

enum class NodeKind : std::uint8_t {
  none,
  boolean,
  integer,
  big_integer,
  real,
  complex,
  text,
  bytes,
  latin1,  ///< bytes that are written as text of their code points
  list,
  tuple,
  set,
  dict,
  ordered_dict,
  counter,
  size,
  device,
  layout,
  global,
  storage,
  tensor,
  array,        ///< of NumPy
  numpy_dtype,  ///< NumPy's name of a type of elements
  object,       ///< something that is not data, of which only the name is known
};

/// What Python's type() would say of it.
[[nodiscard]] constexpr std::string_view type_name_of(NodeKind kind) noexcept {
  constexpr std::array<std::string_view, 24> names{
      "NoneType", "bool",          "int",          "int",           "float",        "complex",
      "str",      "bytes",         "bytes",        "list",          "tuple",        "set",
      "dict",     "OrderedDict",   "Counter",      "torch.Size",    "torch.device", "torch.layout",
      "type",     "torch.storage", "torch.Tensor", "numpy.ndarray", "numpy.dtype",  "object"};
  return names[static_cast<std::size_t>(kind)];
}

using NodeId = std::uint32_t;

/// One value; which fields count depends on the kind.
struct PickleNode {
  NodeKind kind = NodeKind::none;
  PickleGlobal global{};    ///< of a global and a storage
  DType dtype = DType::u8;  ///< of a global and a storage
  bool requires_grad = false;
  bool parameter = false;
  bool decoded = false;  ///< its bytes are the text `index`: in the pickle they have another form
  /// Number of its items among the containers, of its storage, its tensor or its text.
  std::uint32_t index = 0;
  std::uint64_t at = 0;  ///< byte of the file, for messages
  /// Bits of a number; or where its bytes begin in the pickle or in the storage, and how many there are. Of
  /// an OrderedDict, `a` is 1 + the node of its `_metadata`; of a storage, they are in bytes of it; of a
  /// dict, `a` is 1 if it stands for an object whose attributes are its items; of an array, 1 if it has data.
  std::uint64_t a = 0;
  std::uint64_t b = 0;
};

/// A storage as a pickle claims it: nothing is known of its bytes yet.
struct StorageClaim {
  std::string_view key;     ///< in the pickle
  DType dtype = DType::u8;  ///< of typed storages
  bool untyped = false;
  std::uint64_t count = 0;  ///< of elements
  std::uint64_t bytes = 0;
  std::uint64_t at = 0;  ///< byte of the file that claims it
};

/// A tensor as a pickle claims it; all of it lies within what the storage claims.
struct TensorClaim {
  std::uint32_t storage = 0;
  DType dtype = DType::f32;
  Shape shape;
  std::array<Index, Shape::max_rank> strides{};
  std::uint64_t offset = 0;  ///< of the first element in the storage, in bytes
  bool contiguous = true;    ///< row-major, one element after the other
  bool conjugate = false;    ///< the imaginary parts are stored with the wrong sign
  bool negative = false;     ///< the numbers are stored with the wrong sign
};

/// An array of NumPy: its bytes are in the pickle.
struct ArrayClaim {
  PickleNode data;  ///< bytes, in one of their forms
  TensorClaim layout;
  bool big_endian = false;
};

/// All of a pickle.
struct PickleGraph {
  std::span<const std::byte> bytes;  ///< the pickle, up to and including its STOP
  std::uint64_t offset = 0;          ///< of the pickle in the file
  // A deque takes no more than it holds; a vector that grows takes three times as much for a moment.
  std::deque<PickleNode> nodes;
  /// The items of containers; of dicts, keys and values by turns.
  std::deque<std::vector<NodeId>> containers;
  std::vector<StorageClaim> storages;
  std::vector<TensorClaim> tensors;
  std::vector<ArrayClaim> arrays;
  /// Names of globals, devices, layouts and objects, and decoded texts. They stay where they are: keys of
  /// storages are views of them.
  std::deque<std::string> texts;
  NodeId root = 0;
  std::uint64_t budget = 0;   ///< memory in bytes for all of this and the values that are made of it
  std::uint64_t charged = 0;  ///< what has been used of it

  [[nodiscard]] std::span<const std::byte> bytes_of(const PickleNode& n) const {
    if (n.decoded) return std::as_bytes(std::span(texts[n.index]));
    return bytes.subspan(static_cast<std::size_t>(n.a), static_cast<std::size_t>(n.b));
  }
  [[nodiscard]] std::string_view text_of(const PickleNode& n) const {
    const auto raw = bytes_of(n);
    return {reinterpret_cast<const char*>(raw.data()), raw.size()};
  }
  [[nodiscard]] const std::vector<NodeId>& items_of(const PickleNode& n) const { return containers[n.index]; }
};

}  // namespace detail

WICK_END_NAMESPACE
