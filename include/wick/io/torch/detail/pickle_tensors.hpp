#pragma once

// Storages and tensors as pickles claim them, checked against each other.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/quote.hpp>
#include <wick/io/torch/detail/pickle_builder.hpp>
#include <wick/tensor/shape.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// True when the elements lie one after the other, row by row. Strides of dimensions of size 1 do not matter.
[[nodiscard]] inline bool is_contiguous(const Shape& shape, std::span<const Index> strides) noexcept {
  if (shape.numel() == 0) return true;
  Index expected = 1;
  for (std::size_t i = shape.dim(); i-- > 0;) {
    if (shape.dims()[i] != 1 && strides[i] != expected) return false;
    expected *= shape.dims()[i];
  }
  return true;
}

/// Turns persistent ids into storages and the arguments of the rebuild functions into tensors.
class PickleTensors {
 public:
  explicit PickleTensors(PickleBuilder& builder) : b_(builder) {}

  /// The node of the storage with the persistent id ('storage', class, key, location, count), in files before
  /// 1.6 with a sixth item: None, or (key, offset, count) of a part of the storage that has a name of its
  /// own.
  NodeId storage(NodeId id) {
    if (b_.source().id_items == 0) b_.fail("expected no storages here, got a persistent id");
    if (!b_.is(id, NodeKind::tuple)) b_.expected("a tuple as persistent id", id);
    const std::vector<NodeId> items = b_.items(id);
    if (items.empty() || !b_.is(items[0], NodeKind::text) ||
        b_.text(items[0], "the kind of a persistent id") != "storage") {
      // Files before 1.6 keep the source of a module's class: ('module', class, file, source).
      if (items.size() > 1 && b_.is(items[1], NodeKind::object)) return b_.make_same_object(items[1]);
      b_.fail("only storages may have persistent ids; save a state_dict(), not a whole module");
    }
    if (items.size() != b_.source().id_items) {
      b_.fail("expected " + std::to_string(b_.source().id_items) +
              " items in the persistent id of a storage, got " + std::to_string(items.size()));
    }
    const PickleNode type = b_.node(items[1]);
    if (type.kind == NodeKind::object) return b_.make_same_object(items[1]);  // of a type that is not read
    if (type.kind != NodeKind::global ||
        (type.global != PickleGlobal::typed_storage && type.global != PickleGlobal::untyped_storage)) {
      b_.expected("the class of a storage", items[1]);
    }
    StorageClaim claim{.key = key(items[2], "the key of a storage"), .dtype = type.dtype};
    claim.untyped = type.global == PickleGlobal::untyped_storage;
    claim.count = b_.count(items[4], "the number of elements of a storage");
    claim.bytes = bytes_of(claim.count, claim.dtype);
    const std::uint32_t index = add(claim);
    PickleNode node{.kind = NodeKind::storage, .global = type.global, .dtype = claim.dtype};
    node.index = index;
    node.b = claim.bytes;
    if (items.size() == 6 && !b_.is(items[5], NodeKind::none)) use_part(node, items[5]);
    return b_.make(node);
  }

  /// The node of the tensor for the arguments of _rebuild_tensor (storage, offset, size, stride), _v2 (also
  /// requires_grad, hooks and optionally metadata) and _v3 (dtype before metadata).
  NodeId tensor(PickleGlobal function, const std::vector<NodeId>& args) {
    const auto is_other = [&](NodeId id) {
      return b_.is(id, NodeKind::global) && b_.node(id).global == PickleGlobal::other_dtype;
    };
    if (args.size() > 6 && is_other(args[6]) && !b_.limits().refuse_objects) {
      return b_.make_object("", b_.graph().texts[b_.node(args[6]).index]);
    }
    const bool v1 = function == PickleGlobal::rebuild_tensor;
    const bool v3 = function == PickleGlobal::rebuild_tensor_v3;
    const std::size_t required = v1 ? 4 : v3 ? 7 : 6;
    const std::size_t allowed = v1 ? 4 : required + 1;
    if (args.size() < required || args.size() > allowed) {
      b_.fail("expected " + std::to_string(required) + " arguments of a tensor, got " +
              std::to_string(args.size()));
    }
    if (!b_.is(args[0], NodeKind::storage)) b_.expected("the storage of a tensor", args[0]);
    const PickleNode storage = b_.node(args[0]);
    TensorClaim claim{.storage = storage.index, .dtype = storage.dtype, .shape = {}};
    if (v3) claim.dtype = dtype(args[6]);
    PickleNode node{.kind = NodeKind::tensor};
    if (!v1) node.requires_grad = b_.boolean(args[4], "requires_grad");
    if (args.size() > required) read_metadata(claim, args.back());
    place(claim, storage, args);
    const std::uint64_t bytes = static_cast<std::uint64_t>(claim.shape.numel()) * item_size(claim.dtype);
    if (!claim.contiguous || claim.conjugate || claim.negative ||
        (b_.source().other_byte_order && number_size(claim.dtype) > 1)) {
      b_.charge_copy(bytes);
    }
    b_.charge(sizeof(claim));
    node.index = detail::as_integer<std::uint32_t>(b_.graph().tensors.size());
    b_.graph().tensors.push_back(claim);
    return b_.make(node);
  }

 private:
  struct Part {
    std::uint32_t storage;
    std::uint64_t offset, bytes;
  };

  [[nodiscard]] std::uint64_t bytes_of(std::uint64_t count, DType dtype) const {
    const auto bytes = checked_mul(count, item_size(dtype));
    if (!bytes) b_.fail("a storage of " + std::to_string(count) + " elements is larger than any file");
    return *bytes;
  }

  /// Keys are compared with each other again and again, so long ones are refused.
  [[nodiscard]] std::string_view key(NodeId id, const char* what) const {
    const std::string_view text = b_.text(id, what);
    if (text.size() > b_.limits().name_bytes) {
      b_.fail(std::string(what) + " has " + std::to_string(text.size()) + " bytes, the limit is " +
              std::to_string(b_.limits().name_bytes) + " (TorchLimits::name_bytes)");
    }
    return text;
  }

  /// The number of the storage with this key, which all mentions must claim alike.
  std::uint32_t add(const StorageClaim& claim) {
    auto& storages = b_.graph().storages;
    const auto known = storage_of_.find(claim.key);
    if (known != storage_of_.end()) {
      const StorageClaim& first = storages[known->second];
      if (first.dtype != claim.dtype || first.untyped != claim.untyped || first.count != claim.count) {
        b_.fail("the storage " + python_quoted(claim.key) + " has " + std::to_string(claim.count) +
                " elements of type " + type_of(claim) + " here, and " + std::to_string(first.count) +
                " of type " + type_of(first) + " before");
      }
      return detail::as_integer<std::uint32_t>(known->second);
    }
    b_.charge(sizeof(StorageClaim) + 8 * sizeof(void*));  // and a node of the map
    const auto index = detail::as_integer<std::uint32_t>(storages.size());
    storage_of_.emplace(claim.key, index);
    storages.push_back(claim);
    storages.back().at = b_.position();
    return index;
  }
  static std::string type_of(const StorageClaim& claim) {
    return claim.untyped ? "byte" : std::string(name_of(claim.dtype));
  }

  void use_part(PickleNode& node, NodeId view) {
    if (!b_.is(view, NodeKind::tuple)) b_.expected("None or a part of a storage", view);
    const std::vector<NodeId> items = b_.items(view);
    if (items.size() != 3) {
      b_.fail("expected 3 items for the part of a storage, got " + std::to_string(items.size()));
    }
    const std::string_view name = key(items[0], "the key of a part of a storage");
    const std::uint64_t offset =
        bytes_of(b_.count(items[1], "the offset of a part of a storage"), node.dtype);
    const std::uint64_t bytes = bytes_of(b_.count(items[2], "the size of a part of a storage"), node.dtype);
    if (offset > node.b || bytes > node.b - offset) {
      b_.fail("the part " + python_quoted(name) + " of a storage reaches past the " + std::to_string(node.b) +
              " bytes of the storage");
    }
    b_.charge(sizeof(Part) + 8 * sizeof(void*));
    const auto [known, fresh] = parts_.try_emplace(name, Part{node.index, offset, bytes});
    const Part& part = known->second;
    if (!fresh && (part.storage != node.index || part.offset != offset || part.bytes != bytes)) {
      b_.fail("the part " + python_quoted(name) + " of a storage was another part before");
    }
    node.a = offset;
    node.b = bytes;
  }

  [[nodiscard]] DType dtype(NodeId id) const {
    const PickleNode& node = b_.node(id);
    if (node.kind != NodeKind::global ||
        (node.global != PickleGlobal::dtype && node.global != PickleGlobal::other_dtype)) {
      b_.expected("the dtype of a tensor", id);
    }
    if (node.global == PickleGlobal::other_dtype) {
      b_.fail("tensors of dtype " + b_.graph().texts[node.index] + " are not read");
    }
    return node.dtype;
  }

  /// {'conj': True} and {'neg': True} mark tensors whose signs are still to be changed.
  void read_metadata(TensorClaim& claim, NodeId id) {
    if (b_.is(id, NodeKind::none)) return;
    if (!b_.is(id, NodeKind::dict)) b_.expected("None or a dict as metadata of a tensor", id);
    const std::vector<NodeId> items = b_.items(id);
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      const std::string_view key = b_.text(items[i], "the metadata of a tensor");
      const bool value = b_.boolean(items[i + 1], "the metadata of a tensor");
      if (key == "conj") {
        claim.conjugate = value;
      } else if (key == "neg") {
        claim.negative = value;
      } else {
        b_.fail("unknown metadata of a tensor: " + python_quoted(key));
      }
    }
    if (claim.conjugate && !is_complex(claim.dtype)) b_.fail("only complex tensors can be conjugate");
    const bool has_sign = is_complex(claim.dtype) || (is_floating(claim.dtype) && item_size(claim.dtype) > 1);
    if (claim.negative && !has_sign) {
      b_.fail("negative views of " + std::string(name_of(claim.dtype)) +
              " are not read: save tensor.resolve_neg()");
    }
  }

  [[nodiscard]] std::vector<Index> sizes(NodeId id, const char* what) {
    if (!b_.is(id, NodeKind::tuple) && !b_.is(id, NodeKind::size) && !b_.is(id, NodeKind::list)) {
      b_.expected(std::string("the ") + what + " of a tensor as a tuple", id);
    }
    const auto& items = b_.items(id);
    if (items.size() > Shape::max_rank) {
      b_.fail("the tensor has " + std::to_string(items.size()) + " dimensions, at most " +
              std::to_string(Shape::max_rank) + " are supported");
    }
    std::vector<Index> result;
    for (const NodeId item : items) {
      const std::uint64_t n = b_.count(item, what);
      if (n > static_cast<std::uint64_t>((std::numeric_limits<Index>::max)())) {
        b_.fail(std::string("the ") + what + " " + std::to_string(n) + " of a tensor is out of range");
      }
      result.push_back(static_cast<Index>(n));
    }
    return result;
  }

  static std::string list(const std::vector<Index>& values) {
    std::string text = "[";
    for (const Index v : values) text.append(text.size() > 1 ? ", " : "").append(std::to_string(v));
    return text + "]";
  }

  /// Shape, strides and offset, which must stay within the storage.
  void place(TensorClaim& claim, const PickleNode& storage, const std::vector<NodeId>& args) {
    const std::uint64_t item = item_size(claim.dtype);
    const std::uint64_t offset = b_.count(args[1], "the offset of a tensor");
    const std::vector<Index> dims = sizes(args[2], "size");
    const std::vector<Index> strides = sizes(args[3], "stride");
    if (dims.size() != strides.size()) {
      b_.fail("the tensor has " + std::to_string(dims.size()) + " sizes, but " +
              std::to_string(strides.size()) + " strides");
    }
    const auto numel = checked_numel(dims);
    const auto bytes = numel ? checked_mul(*numel, item) : std::nullopt;
    if (!bytes || *bytes > static_cast<std::uint64_t>((std::numeric_limits<Index>::max)())) {
      b_.fail("a tensor of shape " + list(dims) + " is larger than any memory");
    }
    claim.shape = Shape(dims);
    std::ranges::copy(strides, claim.strides.begin());
    claim.contiguous = is_contiguous(claim.shape, claim.strides);
    if (*numel == 0) return;  // nothing is read, wherever it begins
    auto last = std::optional(offset);
    for (std::size_t i = 0; i < dims.size() && last; ++i) {
      const auto step =
          checked_mul(static_cast<std::uint64_t>(dims[i] - 1), static_cast<std::uint64_t>(strides[i]));
      last = step ? checked_add(*last, *step) : std::nullopt;
    }
    if (!last || *last >= storage.b / item) {
      b_.fail("a tensor of shape " + list(dims) + ", stride " + list(strides) + " and offset " +
              std::to_string(offset) + " reaches past the " + std::to_string(storage.b / item) +
              " elements of its storage");
    }
    claim.offset = storage.a + offset * item;
  }

  PickleBuilder& b_;
  std::map<std::string_view, std::size_t> storage_of_;
  std::map<std::string_view, Part> parts_;
};

}  // namespace detail

WICK_END_NAMESPACE
