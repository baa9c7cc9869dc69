#pragma once

// Reads Python's pickles as data. Nothing is ever imported, called or created: see pickle_globals.hpp for all
// names that have a meaning here and pickle_opcodes.hpp for all instructions. Other names stand for objects
// of which nothing else is kept, unless TorchLimits::refuse_objects refuses them.

#include <wick/base/detail/as_integer.hpp>
#include <wick/io/torch/detail/pickle_builder.hpp>
#include <wick/io/torch/detail/pickle_calls.hpp>
#include <wick/io/torch/detail/pickle_globals.hpp>
#include <wick/io/torch/detail/pickle_literals.hpp>
#include <wick/io/torch/detail/pickle_opcodes.hpp>
#include <wick/io/torch/detail/pickle_stack.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum"  // what is not among the cases is refused
#endif

WICK_BEGIN_NAMESPACE

namespace detail {

/// A machine with a stack and a memo that goes once over the bytes.
class PickleMachine {
 public:
  PickleMachine(std::span<const std::byte> bytes, const PickleSource& source, const TorchLimits& limits)
      : bytes_(bytes),
        b_(source, limits),
        in_(bytes, source.file, source.offset, b_),
        calls_(b_),
        stack_(b_, bytes.size()) {
    b_.graph().bytes = bytes;
  }

  /// The graph of the pickle at the beginning of the bytes.
  [[nodiscard]] PickleGraph run() {
    b_.set_position(in_.offset());
    // Protocols 0 and 1 do not say so.
    if (!bytes_.empty() && bytes_[0] == static_cast<std::byte>(Opcode::proto)) {
      static_cast<void>(next_opcode());
      const auto protocol = in_.get<std::uint8_t>("the protocol");
      if (protocol < 2 || protocol > 5) {
        b_.fail("expected a pickle of protocol 2 to 5, got protocol " + std::to_string(protocol));
      }
    }
    for (;;) {
      b_.set_position(in_.offset());
      const Opcode code = next_opcode();
      if (code == Opcode::stop) break;
      step(code);
    }
    if (stack_.has_mark()) b_.fail("the pickle ends with a MARK that was never used");
    if (stack_.size() != 1) {
      b_.fail("the pickle ends with " + std::to_string(stack_.size()) + " values on the stack, expected one");
    }
    PickleGraph& graph = b_.graph();
    graph.root = stack_.top();
    graph.bytes = bytes_.first(bytes_.size() - detail::as_integer<std::size_t>(in_.left()));
    return std::move(graph);
  }

 private:
  Opcode next_opcode() { return static_cast<Opcode>(in_.get<std::uint8_t>("the next opcode of the pickle")); }

  void step(Opcode code) {
    switch (code) {
      case Opcode::mark:
        stack_.mark();
        break;
      case Opcode::none:
        stack_.push(b_.make({.kind = NodeKind::none}));
        break;
      case Opcode::newtrue:
      case Opcode::newfalse:
        stack_.push(b_.make({.kind = NodeKind::boolean, .a = code == Opcode::newtrue ? 1U : 0U}));
        break;
      case Opcode::binint:
        stack_.push(in_.integer(std::bit_cast<std::int32_t>(in_.get<std::uint32_t>("an integer"))));
        break;
      case Opcode::binint1:
        stack_.push(in_.integer(in_.get<std::uint8_t>("an integer")));
        break;
      case Opcode::binint2:
        stack_.push(in_.integer(in_.get<std::uint16_t>("an integer")));
        break;
      case Opcode::long1:
        stack_.push(in_.long_integer(in_.get<std::uint8_t>("the length of an integer")));
        break;
      case Opcode::long4:
        stack_.push(in_.long_integer(in_.get<std::uint32_t>("the length of an integer")));
        break;
      case Opcode::binfloat:
        stack_.push(in_.real());
        break;
      case Opcode::short_binstring:
        stack_.push(in_.string(in_.get<std::uint8_t>("the length of a text")));
        break;
      case Opcode::binstring:
        stack_.push(in_.string(in_.get<std::uint32_t>("the length of a text")));
        break;
      case Opcode::short_binunicode:
        stack_.push(in_.bytes(NodeKind::text, in_.get<std::uint8_t>("the length of a text")));
        break;
      case Opcode::binunicode:
        stack_.push(in_.bytes(NodeKind::text, in_.get<std::uint32_t>("the length of a text")));
        break;
      case Opcode::binunicode8:
        stack_.push(in_.bytes(NodeKind::text, in_.get<std::uint64_t>("the length of a text")));
        break;
      case Opcode::short_binbytes:
        stack_.push(in_.bytes(NodeKind::bytes, in_.get<std::uint8_t>("the length of bytes")));
        break;
      case Opcode::binbytes:
        stack_.push(in_.bytes(NodeKind::bytes, in_.get<std::uint32_t>("the length of bytes")));
        break;
      case Opcode::binbytes8:
      case Opcode::bytearray8:
        stack_.push(in_.bytes(NodeKind::bytes, in_.get<std::uint64_t>("the length of bytes")));
        break;
      case Opcode::empty_tuple:
        stack_.push(b_.make_container(NodeKind::tuple));
        break;
      case Opcode::empty_list:
        stack_.push(b_.make_container(NodeKind::list));
        break;
      case Opcode::empty_dict:
        stack_.push(b_.make_container(NodeKind::dict));
        break;
      case Opcode::empty_set:
        stack_.push(b_.make_container(NodeKind::set));
        break;
      case Opcode::tuple:
        stack_.push(b_.make_container(NodeKind::tuple, stack_.pop_mark("TUPLE")));
        break;
      case Opcode::tuple1:
        push_tuple(1);
        break;
      case Opcode::tuple2:
        push_tuple(2);
        break;
      case Opcode::tuple3:
        push_tuple(3);
        break;
      case Opcode::append:
        extend(stack_.pop(1), NodeKind::list, "a list for APPEND");
        break;
      case Opcode::appends:
        extend(stack_.pop_mark("APPENDS"), NodeKind::list, "a list for APPENDS");
        break;
      case Opcode::additems:
        extend(stack_.pop_mark("ADDITEMS"), NodeKind::set, "a set for ADDITEMS");
        break;
      case Opcode::setitem:
        set_items(stack_.pop(2), "a dict for SETITEM");
        break;
      case Opcode::setitems:
        set_items(stack_.pop_mark("SETITEMS"), "a dict for SETITEMS");
        break;
      case Opcode::binput:
        stack_.put(in_.get<std::uint8_t>("a memo index"));
        break;
      case Opcode::long_binput:
        stack_.put(in_.get<std::uint32_t>("a memo index"));
        break;
      case Opcode::memoize:
        stack_.memoize();
        break;
      case Opcode::binget:
        stack_.get(in_.get<std::uint8_t>("a memo index"));
        break;
      case Opcode::long_binget:
        stack_.get(in_.get<std::uint32_t>("a memo index"));
        break;
      case Opcode::global:
        stack_.push(in_.global_lines());
        break;
      case Opcode::stack_global: {
        const auto names = stack_.pop(2);
        stack_.push(in_.global(b_.text(names[0], "a module"), b_.text(names[1], "a global")));
        break;
      }
      case Opcode::reduce: {
        const auto call = stack_.pop(2);
        stack_.push(calls_.reduce(call[0], call[1]));
        break;
      }
      case Opcode::build: {
        const auto state = stack_.pop(1);
        calls_.build(stack_.top(), state[0]);
        break;
      }
      case Opcode::binpersid:
        stack_.push(calls_.storage(stack_.pop(1)[0]));
        break;
      case Opcode::frozenset:
        stack_.push(b_.make_container(NodeKind::set, stack_.pop_mark("FROZENSET")));
        break;
      case Opcode::newobj:
      case Opcode::newobj_ex: {
        const auto call = stack_.pop(code == Opcode::newobj ? 2 : 3);
        if (!b_.is(call[1], NodeKind::tuple)) b_.expected("a tuple of arguments", call[1]);
        if (call.size() == 3 && !b_.is(call[2], NodeKind::dict)) b_.expected("a dict of arguments", call[2]);
        stack_.push(calls_.new_object(call[0], b_.items(call[1])));
        break;
      }
      case Opcode::obj: {
        auto args = stack_.pop_mark("OBJ");
        if (args.empty()) b_.fail("OBJ without a class");
        const NodeId type = args.front();
        args.erase(args.begin());
        stack_.push(calls_.new_object(type, args));
        break;
      }
      case Opcode::inst: {
        auto args = stack_.pop_mark("INST");
        const NodeId type = in_.global_lines();
        stack_.push(calls_.new_object(type, args));
        break;
      }
      case Opcode::pop:
        stack_.drop();
        break;
      case Opcode::pop_mark:
        static_cast<void>(stack_.pop_mark("POP_MARK"));
        break;
      case Opcode::dup:
        stack_.push(stack_.top());
        break;
      case Opcode::int_line:
      case Opcode::long_line:
        stack_.push(in_.integer_line());
        break;
      case Opcode::float_line:
        stack_.push(in_.real_line());
        break;
      case Opcode::string_line:
        stack_.push(in_.string_line());
        break;
      case Opcode::unicode_line:
        stack_.push(in_.unicode_line());
        break;
      case Opcode::list:
        stack_.push(b_.make_container(NodeKind::list, stack_.pop_mark("LIST")));
        break;
      case Opcode::dict: {
        auto items = stack_.pop_mark("DICT");
        if (items.size() % 2 != 0) b_.fail("DICT with a key that has no value");
        stack_.push(b_.make_container(NodeKind::dict, std::move(items)));
        break;
      }
      case Opcode::put:
        stack_.put(in_.memo_index());
        break;
      case Opcode::get:
        stack_.get(in_.memo_index());
        break;
      case Opcode::persid:
        stack_.push(calls_.storage(in_.persistent_id_line()));
        break;
      case Opcode::frame:
        if (const auto size = in_.get<std::uint64_t>("the size of a frame"); size > in_.left()) {
          b_.fail("a frame of " + std::to_string(size) + " bytes, " + std::to_string(in_.left()) +
                  " are left");
        }
        break;
      default:
        b_.fail("the pickle has the opcode " + describe_opcode(static_cast<std::uint8_t>(code)) +
                ", which torch.save does not need for data");
    }
  }

  void push_tuple(std::size_t n) { stack_.push(b_.make_container(NodeKind::tuple, stack_.pop(n))); }

  void extend(const std::vector<NodeId>& more, NodeKind kind, const char* what) {
    const NodeId target = stack_.top();
    if (b_.is(target, NodeKind::object)) return;  // its items are not kept
    if (!b_.is(target, kind)) b_.expected(what, target);
    append(target, more);
  }
  void set_items(const std::vector<NodeId>& more, const char* what) {
    const NodeId target = stack_.top();
    const NodeKind kind = b_.node(target).kind;
    if (kind == NodeKind::object) return;
    if (kind != NodeKind::dict && kind != NodeKind::ordered_dict && kind != NodeKind::counter) {
      b_.expected(what, target);
    }
    if (more.size() % 2 != 0) b_.fail("SETITEMS with a key that has no value");
    append(target, more);
  }
  void append(NodeId target, const std::vector<NodeId>& more) {
    b_.charge(more.size() * sizeof(NodeId));
    auto& items = b_.graph().containers[b_.node(target).index];
    items.insert(items.end(), more.begin(), more.end());
  }

  std::span<const std::byte> bytes_;
  PickleBuilder b_;
  PickleLiterals in_;
  PickleCalls calls_;
  PickleStack stack_;
};

}  // namespace detail

WICK_END_NAMESPACE

#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
