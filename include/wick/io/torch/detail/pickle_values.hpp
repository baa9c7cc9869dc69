#pragma once

// From the graph of a pickle to values that own what is in them.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/quote.hpp>
#include <wick/base/detail/sort_positions.hpp>
#include <wick/base/error.hpp>
#include <wick/io/torch/detail/pickle_graph.hpp>
#include <wick/io/torch/detail/pickle_numpy.hpp>
#include <wick/io/torch/detail/pickle_text.hpp>
#include <wick/io/torch/detail/tensors.hpp>
#include <wick/io/torch/limits.hpp>
#include <wick/io/torch/value.hpp>
#include <wick/tensor/any_tensor.hpp>

#include <array>
#include <bit>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum"  // what is not among the cases has no key
#endif

WICK_BEGIN_NAMESPACE

namespace detail {

/// NumPy's name of a dtype: `float32`; of those that have no type here the code, `U12`.
[[nodiscard]] inline std::string numpy_name(const PickleNode& dtype) {
  const auto letter = static_cast<char>(dtype.index);
  const auto known = numpy_dtype(letter, dtype.a);
  return known ? std::string(name_of(*known)) : letter + std::to_string(dtype.a);
}

/// Numbers for the nodes that are keys of dicts or items of sets: equal numbers for what Python takes to be
/// equal, so that 1, 1.0 and True are one key. Each node is looked at once, however often it is a key.
class PickleKeys {
 public:
  PickleKeys(const PickleGraph& graph, const std::string& file) : graph_(graph), file_(file) {}

  [[nodiscard]] std::uint32_t id_of(NodeId id) {
    if (ids_.empty()) ids_.assign(graph_.nodes.size(), unknown);
    if (ids_[id] == unknown) {
      std::string key = key_of(id);  // may give numbers to the items of a tuple
      const auto [at, added] = numbers_.try_emplace(std::move(key), numbers_.size());
      ids_[id] = detail::as_integer<std::uint32_t>(at->second);
    }
    return ids_[id];
  }

  /// The position in `items` of a key that was there before; keys are every `step` items.
  [[nodiscard]] std::optional<std::size_t> find_repeated(const std::vector<NodeId>& items, std::size_t step) {
    std::vector<std::uint32_t> keys;
    keys.reserve(items.size() / step);
    for (std::size_t i = 0; i < items.size(); i += step) keys.push_back(id_of(items[i]));
    const auto order = sorted_positions(keys.size(), [&keys](std::size_t a, std::size_t b) {
      return keys[a] != keys[b] ? keys[a] < keys[b] : a < b;
    });
    for (std::size_t i = 1; i < order.size(); ++i) {
      if (keys[order[i - 1]] == keys[order[i]]) return order[i] * step;
    }
    return std::nullopt;
  }

 private:
  static constexpr std::uint32_t unknown = 0xFFFFFFFFU;

  template <class T>
  static std::string raw(char tag, T value) {
    const auto bytes = std::bit_cast<std::array<char, sizeof(T)>>(value);
    return tag + std::string(bytes.begin(), bytes.end());
  }
  static std::string number(double x) {
    if (x >= -0x1p63 && x < 0x1p63 && x == static_cast<double>(static_cast<std::int64_t>(x))) {
      return raw('i', static_cast<std::int64_t>(x));
    }
    return raw('f', x);
  }
  // The recursion is as deep as tuples are nested: they were found to be within the limit.
  [[nodiscard]] std::string key_of(NodeId id) {
    const PickleNode& n = graph_.nodes[id];
    switch (n.kind) {
      case NodeKind::none:
        return "N";
      case NodeKind::boolean:
      case NodeKind::integer:
        return raw('i', std::bit_cast<std::int64_t>(n.a));
      case NodeKind::real: {
        const auto x = std::bit_cast<double>(n.a);
        return x == x ? number(x) : raw('n', id);
      }
      case NodeKind::complex:
        return std::bit_cast<double>(n.b) == 0 ? number(std::bit_cast<double>(n.a))
                                               : raw('c', std::array{n.a, n.b});
      case NodeKind::text:
        return "s" + std::string(graph_.text_of(n));
      case NodeKind::big_integer:
        return "b" + std::string(graph_.text_of(n));
      case NodeKind::bytes:
        return "y" + std::string(graph_.text_of(n));
      case NodeKind::latin1: {
        // The value was converted before, so that there are bytes.
        const auto bytes = decode_latin1(graph_.text_of(n)).value_or(std::vector<std::byte>());
        return "y" + std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
      }
      case NodeKind::tuple:
      case NodeKind::size: {
        std::string key = "t";
        for (const NodeId item : graph_.items_of(n)) key += raw('.', id_of(item));
        return key;
      }
      case NodeKind::device:
      case NodeKind::layout:
      case NodeKind::global:
        return raw('d', n.kind) + graph_.texts[n.index];
      case NodeKind::tensor:
      case NodeKind::storage:
      case NodeKind::object:
        return raw('n', id);
      case NodeKind::numpy_dtype:
        return "s" + numpy_name(n);
      default:
        throw FormatError(
            file_, n.at,
            "a value of type " + std::string(type_name_of(n.kind)) + " cannot be a key or in a set");
    }
  }

  const PickleGraph& graph_;
  const std::string& file_;
  std::vector<std::uint32_t> ids_;
  std::map<std::string, std::size_t, std::less<>> numbers_;
};

/// Converts a graph. A node that is mentioned in several places is converted in each of them and paid for; a
/// container within itself is refused.
class PickleValues {
 public:
  /// `tensors` are those of the graph, in its order.
  PickleValues(const PickleGraph& graph, const std::vector<AnyTensor>& tensors, std::string file,
               const TorchLimits& limits)
      : graph_(graph),
        tensors_(tensors),
        file_(std::move(file)),
        limits_(limits),
        keys_(graph_, file_),
        open_(graph.nodes.size(), false),
        charged_(graph.charged) {}

  [[nodiscard]] TorchValue root() {
    charge(graph_.nodes[graph_.root], sizeof(TorchValue));
    return convert(graph_.root, 0);
  }

 private:
  // A tensor that is mentioned in many places has as many names in the archive that is made of the values.
  static constexpr std::uint64_t tensor_in_archive = 256;

  [[noreturn]] void fail(const PickleNode& n, const std::string& what) const {
    throw FormatError(file_, n.at, what);
  }

  void charge(const PickleNode& n, std::uint64_t bytes) {
    if (bytes > graph_.budget - charged_) {
      fail(n, "the values of the file need more than the limit of " + std::to_string(graph_.budget) +
                  " bytes (TorchLimits::value_bytes)");
    }
    charged_ += bytes;
  }

  /// The value of a node that was paid for by its container, but for what it holds itself.
  TorchValue convert(NodeId id, std::size_t depth) {
    const PickleNode& n = graph_.nodes[id];
    switch (n.kind) {
      case NodeKind::none:
        return TorchNone{};
      case NodeKind::boolean:
        return n.a != 0;
      case NodeKind::integer:
        return std::bit_cast<std::int64_t>(n.a);
      case NodeKind::real:
        return std::bit_cast<double>(n.a);
      case NodeKind::complex:
        return std::complex<double>(std::bit_cast<double>(n.a), std::bit_cast<double>(n.b));
      case NodeKind::text:
        charge(n, n.b);
        return std::string(graph_.text_of(n));
      case NodeKind::big_integer: {
        charge(n, n.b);
        const auto raw = graph_.bytes_of(n);
        return TorchBigInt{{raw.begin(), raw.end()}};
      }
      case NodeKind::bytes: {
        charge(n, n.b);
        const auto raw = graph_.bytes_of(n);
        return TorchBytes{{raw.begin(), raw.end()}};
      }
      case NodeKind::latin1:
        charge(n, n.b);
        if (auto bytes = decode_latin1(graph_.text_of(n))) return TorchBytes{std::move(*bytes)};
        fail(n, "bytes as latin1 with a character past U+00FF");
      case NodeKind::size: {
        const auto& items = graph_.items_of(n);
        charge(n, items.size() * sizeof(std::int64_t));
        TorchSize size;
        for (const NodeId item : items)
          size.dims.push_back(std::bit_cast<std::int64_t>(graph_.nodes[item].a));
        return size;
      }
      case NodeKind::device:
        return TorchName{TorchName::Kind::device, graph_.texts[n.index]};
      case NodeKind::layout:
        return TorchName{TorchName::Kind::layout, graph_.texts[n.index]};
      case NodeKind::global:
        if (n.global == PickleGlobal::dtype || n.global == PickleGlobal::other_dtype) {
          return TorchName{TorchName::Kind::dtype, graph_.texts[n.index]};
        }
        if (!limits_.refuse_objects) return object(n, graph_.texts[n.index]);
        fail(n, "the file holds " + graph_.texts[n.index] + " itself, which is not data");
      case NodeKind::storage:
        if (!limits_.refuse_objects) return object(n, "torch.UntypedStorage");
        fail(n, "the file holds a storage without a tensor; save tensors");
      case NodeKind::object:
        return object(n, graph_.texts[n.index]);
      case NodeKind::numpy_dtype:
        return numpy_name(n);
      case NodeKind::array:
        return array(n);
      case NodeKind::tensor:
        charge(n, tensor_in_archive);
        return TorchTensor{
            .tensor = tensors_[n.index], .requires_grad = n.requires_grad, .parameter = n.parameter};
      case NodeKind::list:
      case NodeKind::tuple:
      case NodeKind::set:
      case NodeKind::dict:
      case NodeKind::ordered_dict:
      case NodeKind::counter:
        break;
    }
    return convert_container(id, n, depth + 1);
  }

  TorchValue object(const PickleNode& n, const std::string& name) {
    charge(n, name.size());
    return TorchObject{name};
  }
  /// Made once, however often it is mentioned.
  TorchValue array(const PickleNode& n) {
    if (n.a == 0) return object(n, "numpy.ndarray");
    if (const auto known = arrays_.find(n.index); known != arrays_.end()) return known->second;
    const ArrayClaim& claim = graph_.arrays[n.index];
    std::vector<std::byte> bytes;
    if (claim.data.kind == NodeKind::latin1) {
      auto decoded = decode_latin1(graph_.text_of(claim.data));
      if (!decoded) fail(n, "bytes as latin1 with a character past U+00FF");
      bytes = std::move(*decoded);
    } else {
      const auto raw = graph_.bytes_of(claim.data);
      bytes.assign(raw.begin(), raw.end());
    }
    const auto owner = std::make_shared<const std::vector<std::byte>>(std::move(bytes));
    const bool other = claim.big_endian != (std::endian::native == std::endian::big);
    return arrays_.emplace(n.index, make_tensor(claim.layout, *owner, owner, other)).first->second;
  }

  TorchValue convert_container(NodeId id, const PickleNode& n, std::size_t depth) {
    if (open_[id]) fail(n, "the " + std::string(type_name_of(n.kind)) + " contains itself");
    if (depth > limits_.depth) {
      fail(n, "containers are nested more deeply than the limit of " + std::to_string(limits_.depth) +
                  " (TorchLimits::depth)");
    }
    open_[id] = true;
    const auto& items = graph_.items_of(n);
    charge(n, items.size() * sizeof(TorchValue));
    TorchValue value;
    if (n.kind == NodeKind::list || n.kind == NodeKind::tuple || n.kind == NodeKind::set) {
      value = sequence(n, items, depth);
    } else {
      value = dict(n, items, depth);
    }
    open_[id] = false;
    return value;
  }

  TorchValue sequence(const PickleNode& n, const std::vector<NodeId>& items, std::size_t depth) {
    using Kind = TorchSequence::Kind;
    TorchSequence result{n.kind == NodeKind::list    ? Kind::list
                         : n.kind == NodeKind::tuple ? Kind::tuple
                                                     : Kind::set,
                         {}};
    result.items.reserve(items.size());
    for (const NodeId item : items) result.items.push_back(convert(item, depth));
    if (n.kind == NodeKind::set && keys_.find_repeated(items, 1)) fail(n, "the set has an item twice");
    return result;
  }

  TorchValue dict(const PickleNode& n, const std::vector<NodeId>& items, std::size_t depth) {
    using Kind = TorchDict::Kind;
    TorchDict result{.kind = n.kind == NodeKind::dict           ? Kind::dict
                             : n.kind == NodeKind::ordered_dict ? Kind::ordered
                                                                : Kind::counter,
                     .items = {},
                     .metadata = {}};
    result.items.reserve(items.size() / 2);
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      TorchValue key = convert(items[i], depth);
      result.items.emplace_back(std::move(key), convert(items[i + 1], depth));
    }
    if (const auto twice = keys_.find_repeated(items, 2)) {
      const auto* text = result.items[*twice / 2].first.get_if<std::string>();
      fail(graph_.nodes[items[*twice]],
           "the " + std::string(type_name_of(n.kind)) + " has " +
               (text != nullptr ? "the key " + python_quoted(*text) : std::string("a key")) + " twice");
    }
    if (n.kind == NodeKind::ordered_dict && n.a != 0) {
      charge(n, sizeof(TorchValue));
      result.metadata = std::make_shared<const TorchValue>(convert(static_cast<NodeId>(n.a - 1), depth));
    }
    return result;
  }

  const PickleGraph& graph_;
  const std::vector<AnyTensor>& tensors_;
  std::string file_;
  TorchLimits limits_;
  PickleKeys keys_;
  std::vector<bool> open_;
  std::map<std::uint32_t, AnyTensor> arrays_;  ///< by number
  std::uint64_t charged_;
};

}  // namespace detail

WICK_END_NAMESPACE

#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
