#pragma once

// What Python would call while it reads a pickle, as far as the result is data: containers, tensors and
// names.

#include <wick/io/torch/detail/pickle_builder.hpp>
#include <wick/io/torch/detail/pickle_numpy.hpp>
#include <wick/io/torch/detail/pickle_tensors.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum"  // what is not among the cases is refused
#endif

WICK_BEGIN_NAMESPACE

namespace detail {

/// The results of REDUCE, a function with a tuple of arguments, and of BUILD. There is nothing behind the
/// functions but the code below: it makes nodes, and nodes hold data.
class PickleCalls {
 public:
  explicit PickleCalls(PickleBuilder& builder) : b_(builder), tensors_(builder), numpy_(builder) {}

  NodeId storage(NodeId persistent_id) { return tensors_.storage(persistent_id); }

  NodeId reduce(NodeId function, NodeId arguments) {
    const bool known = b_.is(function, NodeKind::global);
    if (!known && !b_.is(function, NodeKind::object)) b_.expected("a function to call", function);
    if (!b_.is(arguments, NodeKind::tuple)) b_.expected("a tuple of arguments", arguments);
    const std::vector<NodeId> args = b_.items(arguments);
    if (known) return call(function, args);
    // getattr(class, name) of a class within a class, or of an enum, says more by the class.
    const std::string& name = b_.graph().texts[b_.node(function).index];
    const bool of_class = name.ends_with(".getattr") && !args.empty() && b_.is(args[0], NodeKind::object);
    return b_.make_same_object(of_class ? args[0] : function);
  }

  /// NEWOBJ and its like: an object of a class, made from arguments.
  NodeId new_object(NodeId type, const std::vector<NodeId>& args) {
    if (b_.is(type, NodeKind::object)) return b_.make_same_object(type);
    if (!b_.is(type, NodeKind::global)) b_.expected("a class", type);
    return call(type, args);
  }

  /// The attributes that an object has beside its items.
  void build(NodeId object, NodeId state) {
    switch (b_.node(object).kind) {
      case NodeKind::object:
        return;  // whatever it is, only its name is kept
      case NodeKind::ordered_dict:
        return build_ordered_dict(object, state);
      case NodeKind::numpy_dtype:
        return numpy_.build_dtype(object, state);
      case NodeKind::array:
        return numpy_.build_array(object, state);
      case NodeKind::dict:
        if (b_.node(object).a != 0) return build_attributes(object, state);
        break;
      default:
        break;
    }
    b_.expected("an OrderedDict to set attributes of", object);
  }

 private:
  NodeId call(NodeId function, const std::vector<NodeId>& args) {
    const PickleNode callee = b_.node(function);
    // What is made from something that is not data is none either, unless that is only mentioned.
    for (const NodeId argument : args) {
      if (!b_.is(argument, NodeKind::object)) continue;
      const bool mentioned =
          callee.global == PickleGlobal::default_dict || callee.global == PickleGlobal::reconstructor;
      if (!mentioned) return b_.make_same_object(argument);
    }
    switch (callee.global) {
      case PickleGlobal::ordered_dict:
        return ordered_dict(args);
      case PickleGlobal::counter:
        return counter(args);
      case PickleGlobal::set:
        return set(args);
      case PickleGlobal::complex:
        return complex(args);
      case PickleGlobal::bytes:
        expect_arguments(args, 0, 0, "bytes");
        return b_.make({.kind = NodeKind::bytes});
      case PickleGlobal::bytearray:
        return bytearray(args);
      case PickleGlobal::encode:
        expect_arguments(args, 2, 2, "encode");
        return encode(args);
      case PickleGlobal::size:
        return size(args);
      case PickleGlobal::device:
        return device(args);
      case PickleGlobal::layout:
        expect_arguments(args, 1, 1, "_get_layout");
        return b_.make_text(NodeKind::layout, std::string(short_text(args[0], "a layout")));
      case PickleGlobal::rebuild_from_type:
        return rebuild_from_type(args);
      case PickleGlobal::default_dict:  // what it makes of absent keys is not data
        expect_arguments(args, 0, 1, "defaultdict");
        return b_.make_container(NodeKind::dict);
      case PickleGlobal::deque:
        expect_arguments(args, 0, 2, "deque");
        return b_.make_container(NodeKind::list,
                                 args.empty() ? args : sequence(args[0], "a list of the items of a deque"));
      case PickleGlobal::attributes: {
        expect_arguments(args, 0, 0, "an object with attributes");
        const NodeId object = b_.make_container(NodeKind::dict);
        b_.node(object).a = 1;
        return object;
      }
      case PickleGlobal::reconstructor:
        expect_arguments(args, 3, 3, "_reconstructor");
        return new_object(args[0], {});
      case PickleGlobal::new_object:
        expect_arguments(args, 1, args.size(), "__newobj__");
        return new_object(args[0], {args.begin() + 1, args.end()});
      case PickleGlobal::plain_class: {
        const std::string name = b_.graph().texts[b_.node(function).index];
        return b_.make_object("builtins", std::string_view(name).substr(name.rfind('.') + 1));
      }
      case PickleGlobal::path:
      case PickleGlobal::windows_path:
        return path(args, callee.global == PickleGlobal::path ? '/' : '\\');
      case PickleGlobal::numpy_dtype:
        return numpy_.dtype(args);
      case PickleGlobal::numpy_scalar:
        return numpy_.scalar(args);
      case PickleGlobal::numpy_reconstruct:
        return numpy_.reconstruct(args);
      case PickleGlobal::numpy_from_buffer:
        return numpy_.from_buffer(args);
      default:
        return rebuild(function, args);
    }
  }

  /// Only `_metadata` of an OrderedDict is kept: nothing else that PyTorch saves is there.
  void build_ordered_dict(NodeId object, NodeId state) {
    if (!b_.is(state, NodeKind::dict)) b_.expected("a dict of attributes", state);
    const auto& items = b_.items(state);
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      const PickleNode& key = b_.node(items[i]);
      if (key.kind == NodeKind::text && b_.graph().text_of(key) == "_metadata") {
        b_.node(object).a = std::uint64_t{1} + items[i + 1];
      }
    }
  }
  void build_attributes(NodeId object, NodeId state) {
    if (b_.is(state, NodeKind::none)) return;
    if (!b_.is(state, NodeKind::dict)) b_.expected("a dict of attributes", state);
    const std::vector<NodeId> items = b_.items(state);
    b_.charge(items.size() * sizeof(NodeId));
    auto& attributes = b_.graph().containers[b_.node(object).index];
    attributes.insert(attributes.end(), items.begin(), items.end());
  }

  void expect_arguments(const std::vector<NodeId>& args, std::size_t least, std::size_t most,
                        const char* of) const {
    if (args.size() >= least && args.size() <= most) return;
    b_.fail("expected " + std::to_string(least) + (most > least ? " to " + std::to_string(most) : "") +
            " arguments of " + of + ", got " + std::to_string(args.size()));
  }
  [[nodiscard]] const std::vector<NodeId>& sequence(NodeId id, const char* what) {
    if (!b_.is(id, NodeKind::list) && !b_.is(id, NodeKind::tuple)) b_.expected(what, id);
    return b_.items(id);
  }
  /// A text that is copied.
  [[nodiscard]] std::string_view short_text(NodeId id, const char* what) const {
    const std::string_view text = b_.text(id, what);
    if (text.size() > b_.limits().name_bytes) {
      b_.fail(std::string(what) + " has " + std::to_string(text.size()) + " bytes, the limit is " +
              std::to_string(b_.limits().name_bytes) + " (TorchLimits::name_bytes)");
    }
    return text;
  }

  /// Empty, or with a list of pairs, as Python 2 writes it.
  NodeId ordered_dict(const std::vector<NodeId>& args) {
    expect_arguments(args, 0, 1, "OrderedDict");
    std::vector<NodeId> items;
    if (!args.empty()) {
      const std::vector<NodeId> pairs = sequence(args[0], "a list of the items of an OrderedDict");
      for (const NodeId pair : pairs) {
        const auto& item = sequence(pair, "a pair of key and value");
        if (item.size() != 2)
          b_.fail("expected a pair of key and value, got " + std::to_string(item.size()) + " items");
        items.insert(items.end(), item.begin(), item.end());
      }
    }
    return b_.make_container(NodeKind::ordered_dict, std::move(items));
  }
  NodeId counter(const std::vector<NodeId>& args) {
    expect_arguments(args, 0, 1, "Counter");
    if (args.empty()) return b_.make_container(NodeKind::counter);
    if (!b_.is(args[0], NodeKind::dict)) b_.expected("a dict for a Counter", args[0]);
    return b_.make_container(NodeKind::counter, b_.items(args[0]));
  }
  NodeId set(const std::vector<NodeId>& args) {
    expect_arguments(args, 0, 1, "set");
    if (args.empty()) return b_.make_container(NodeKind::set);
    return b_.make_container(NodeKind::set, sequence(args[0], "a list of the items of a set"));
  }
  NodeId size(const std::vector<NodeId>& args) {
    expect_arguments(args, 1, 1, "torch.Size");
    const std::vector<NodeId> dims = sequence(args[0], "a tuple for torch.Size");
    for (const NodeId d : dims) static_cast<void>(b_.integer(d, "a dimension of torch.Size"));
    return b_.make_container(NodeKind::size, dims);
  }
  NodeId complex(const std::vector<NodeId>& args) {
    expect_arguments(args, 2, 2, "complex");
    for (const NodeId part : args) {
      if (!b_.is(part, NodeKind::real)) b_.expected("a float as part of a complex number", part);
    }
    return b_.make({.kind = NodeKind::complex, .a = b_.node(args[0]).a, .b = b_.node(args[1]).a});
  }
  NodeId encode(const std::vector<NodeId>& args) {
    const std::string_view encoding = b_.text(args[1], "the encoding of bytes");
    if (encoding != "latin1" && encoding != "latin-1")
      b_.fail("expected bytes as latin1, got another encoding");
    static_cast<void>(b_.text(args[0], "bytes"));
    PickleNode node = b_.node(args[0]);
    node.kind = NodeKind::latin1;
    return b_.make(node);
  }
  /// A path as its parts: '/', 'home', 'me'.
  NodeId path(const std::vector<NodeId>& args, char separator) {
    std::string text;
    for (const NodeId part : args) {
      const std::string_view more = short_text(part, "a part of a path");
      if (!text.empty() && text.back() != '/' && text.back() != '\\') text += separator;
      text += more;
    }
    return b_.make_decoded(NodeKind::text, text.empty() ? "." : std::move(text));
  }
  NodeId bytearray(const std::vector<NodeId>& args) {
    expect_arguments(args, 0, 2, "bytearray");
    if (args.empty()) return b_.make({.kind = NodeKind::bytes});
    if (args.size() == 2) return encode(args);
    if (!b_.is(args[0], NodeKind::bytes) && !b_.is(args[0], NodeKind::latin1)) {
      b_.expected("bytes for a bytearray", args[0]);
    }
    return b_.make(b_.node(args[0]));
  }
  NodeId device(const std::vector<NodeId>& args) {
    expect_arguments(args, 1, 2, "torch.device");
    std::string text(short_text(args[0], "a device"));
    if (args.size() == 2) text += ":" + std::to_string(b_.count(args[1], "the number of a device"));
    return b_.make_text(NodeKind::device, std::move(text));
  }

  /// (function, class, arguments, state): a tensor with Python attributes, which are not part of its data.
  NodeId rebuild_from_type(const std::vector<NodeId>& args) {
    expect_arguments(args, 4, 4, "_rebuild_from_type_v2");
    const PickleNode type = b_.node(args[1]);
    const bool parameter = type.kind == NodeKind::global && type.global == PickleGlobal::parameter_class;
    if (!parameter && (type.kind != NodeKind::global || type.global != PickleGlobal::tensor_class)) {
      b_.expected("torch.Tensor or Parameter as class of a tensor", args[1]);
    }
    if (!b_.is(args[0], NodeKind::global)) b_.expected("a function that makes a tensor", args[0]);
    if (!b_.is(args[2], NodeKind::tuple)) b_.expected("a tuple of arguments", args[2]);
    const std::vector<NodeId> inner = b_.items(args[2]);
    const NodeId tensor = rebuild(args[0], inner);
    if (parameter) b_.node(tensor).parameter = true;
    return tensor;
  }

  NodeId rebuild(NodeId function, const std::vector<NodeId>& args) {
    const PickleGlobal global = b_.node(function).global;
    switch (global) {
      case PickleGlobal::rebuild_tensor:
      case PickleGlobal::rebuild_tensor_v2:
      case PickleGlobal::rebuild_tensor_v3:
        return tensors_.tensor(global, args);
      case PickleGlobal::rebuild_parameter:
        expect_arguments(args, 3, 3, "_rebuild_parameter");
        return parameter(args);
      case PickleGlobal::rebuild_parameter_with_state:
        expect_arguments(args, 4, 4, "_rebuild_parameter_with_state");
        return parameter(args);
      default:
        b_.fail(b_.graph().texts[b_.node(function).index] + " is not a function that makes data");
    }
  }
  NodeId parameter(const std::vector<NodeId>& args) {
    if (!b_.is(args[0], NodeKind::tensor)) b_.expected("the tensor of a parameter", args[0]);
    PickleNode node = b_.node(args[0]);
    node.parameter = true;
    node.requires_grad = b_.boolean(args[1], "requires_grad");
    return b_.make(node);
  }

  PickleBuilder& b_;
  PickleTensors tensors_;
  PickleNumpy numpy_;
};

}  // namespace detail

WICK_END_NAMESPACE

#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
