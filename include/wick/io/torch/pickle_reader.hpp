#pragma once

// Reads Python's pickles as data. Nothing is ever imported, called or created: see pickle_globals.hpp for all
// names that have a meaning here and pickle_opcodes.hpp for all instructions. Other names stand for objects
// of which nothing else is kept, unless TorchLimits::refuse_objects refuses them.

#include <wick/core/as_integer.hpp>
#include <wick/io/bytes.hpp>
#include <wick/io/torch/pickle_builder.hpp>
#include <wick/io/torch/pickle_calls.hpp>
#include <wick/io/torch/pickle_globals.hpp>
#include <wick/io/torch/pickle_opcodes.hpp>
#include <wick/io/torch/pickle_text.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#if defined(__GNUC__)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wswitch-enum"  // what is not among the cases is refused
#endif

namespace wick::inline WICK_ABI_NAMESPACE {

namespace detail {

/// A machine with a stack and a memo that goes once over the bytes.
class PickleMachine {
 public:
  PickleMachine(std::span<const std::byte> bytes, const PickleSource& source, const TorchLimits& limits)
      : bytes_(bytes), in_(bytes, source.file, source.offset), b_(source, limits), calls_(b_) {
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
    if (!marks_.empty()) b_.fail("the pickle ends with a MARK that was never used");
    if (stack_.size() != 1) {
      b_.fail("the pickle ends with " + std::to_string(stack_.size()) + " values on the stack, expected one");
    }
    PickleGraph& graph = b_.graph();
    graph.root = stack_.back();
    graph.bytes = bytes_.first(bytes_.size() - detail::as_integer<std::size_t>(in_.left()));
    return std::move(graph);
  }

 private:
  static constexpr NodeId nothing = (std::numeric_limits<NodeId>::max)();

  Opcode next_opcode() { return static_cast<Opcode>(in_.get<std::uint8_t>("the next opcode of the pickle")); }

  void step(Opcode code) {
    switch (code) {
      case Opcode::mark:
        if (marks_.size() >= b_.limits().stack) fail_stack();
        b_.charge(sizeof(std::size_t));
        marks_.push_back(stack_.size());
        break;
      case Opcode::none:
        push(b_.make({.kind = NodeKind::none}));
        break;
      case Opcode::newtrue:
      case Opcode::newfalse:
        push(b_.make({.kind = NodeKind::boolean, .a = code == Opcode::newtrue ? 1U : 0U}));
        break;
      case Opcode::binint:
        push_integer(std::bit_cast<std::int32_t>(in_.get<std::uint32_t>("an integer")));
        break;
      case Opcode::binint1:
        push_integer(in_.get<std::uint8_t>("an integer"));
        break;
      case Opcode::binint2:
        push_integer(in_.get<std::uint16_t>("an integer"));
        break;
      case Opcode::long1:
        push_long(in_.get<std::uint8_t>("the length of an integer"));
        break;
      case Opcode::long4:
        push_long(in_.get<std::uint32_t>("the length of an integer"));
        break;
      case Opcode::binfloat:
        push_float();
        break;
      case Opcode::short_binstring:
        push_string(in_.get<std::uint8_t>("the length of a text"));
        break;
      case Opcode::binstring:
        push_string(in_.get<std::uint32_t>("the length of a text"));
        break;
      case Opcode::short_binunicode:
        push_bytes(NodeKind::text, in_.get<std::uint8_t>("the length of a text"));
        break;
      case Opcode::binunicode:
        push_bytes(NodeKind::text, in_.get<std::uint32_t>("the length of a text"));
        break;
      case Opcode::binunicode8:
        push_bytes(NodeKind::text, in_.get<std::uint64_t>("the length of a text"));
        break;
      case Opcode::short_binbytes:
        push_bytes(NodeKind::bytes, in_.get<std::uint8_t>("the length of bytes"));
        break;
      case Opcode::binbytes:
        push_bytes(NodeKind::bytes, in_.get<std::uint32_t>("the length of bytes"));
        break;
      case Opcode::binbytes8:
      case Opcode::bytearray8:
        push_bytes(NodeKind::bytes, in_.get<std::uint64_t>("the length of bytes"));
        break;
      case Opcode::empty_tuple:
        push(b_.make_container(NodeKind::tuple));
        break;
      case Opcode::empty_list:
        push(b_.make_container(NodeKind::list));
        break;
      case Opcode::empty_dict:
        push(b_.make_container(NodeKind::dict));
        break;
      case Opcode::empty_set:
        push(b_.make_container(NodeKind::set));
        break;
      case Opcode::tuple:
        push(b_.make_container(NodeKind::tuple, pop_mark("TUPLE")));
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
        extend(pop(1), NodeKind::list, "a list for APPEND");
        break;
      case Opcode::appends:
        extend(pop_mark("APPENDS"), NodeKind::list, "a list for APPENDS");
        break;
      case Opcode::additems:
        extend(pop_mark("ADDITEMS"), NodeKind::set, "a set for ADDITEMS");
        break;
      case Opcode::setitem:
        set_items(pop(2), "a dict for SETITEM");
        break;
      case Opcode::setitems:
        set_items(pop_mark("SETITEMS"), "a dict for SETITEMS");
        break;
      case Opcode::binput:
        put(in_.get<std::uint8_t>("a memo index"));
        break;
      case Opcode::long_binput:
        put(in_.get<std::uint32_t>("a memo index"));
        break;
      case Opcode::memoize:
        put(memoised_);
        break;
      case Opcode::binget:
        get(in_.get<std::uint8_t>("a memo index"));
        break;
      case Opcode::long_binget:
        get(in_.get<std::uint32_t>("a memo index"));
        break;
      case Opcode::global:
        push_global();
        break;
      case Opcode::stack_global: {
        const auto names = pop(2);
        push_global(b_.text(names[0], "a module"), b_.text(names[1], "a global"));
        break;
      }
      case Opcode::reduce: {
        const auto call = pop(2);
        push(calls_.reduce(call[0], call[1]));
        break;
      }
      case Opcode::build: {
        const auto state = pop(1);
        calls_.build(top(), state[0]);
        break;
      }
      case Opcode::binpersid:
        push(calls_.storage(pop(1)[0]));
        break;
      case Opcode::frozenset:
        push(b_.make_container(NodeKind::set, pop_mark("FROZENSET")));
        break;
      case Opcode::newobj:
      case Opcode::newobj_ex: {
        const auto call = pop(code == Opcode::newobj ? 2 : 3);
        if (!b_.is(call[1], NodeKind::tuple)) b_.expected("a tuple of arguments", call[1]);
        if (call.size() == 3 && !b_.is(call[2], NodeKind::dict)) b_.expected("a dict of arguments", call[2]);
        push(calls_.new_object(call[0], b_.items(call[1])));
        break;
      }
      case Opcode::obj: {
        auto args = pop_mark("OBJ");
        if (args.empty()) b_.fail("OBJ without a class");
        const NodeId type = args.front();
        args.erase(args.begin());
        push(calls_.new_object(type, std::move(args)));
        break;
      }
      case Opcode::inst: {
        auto args = pop_mark("INST");
        push_global();
        const NodeId type = pop(1)[0];
        push(calls_.new_object(type, std::move(args)));
        break;
      }
      case Opcode::pop:
        if (reachable() == 0 && !marks_.empty()) {
          marks_.pop_back();
        } else {
          static_cast<void>(pop(1));
        }
        break;
      case Opcode::pop_mark:
        static_cast<void>(pop_mark("POP_MARK"));
        break;
      case Opcode::dup:
        push(top());
        break;
      case Opcode::int_line:
      case Opcode::long_line:
        push_integer_line();
        break;
      case Opcode::float_line: {
        const auto x = decode_float_line(line("a float"));
        if (!x) b_.fail("a float is not a number");
        push(b_.make({.kind = NodeKind::real, .a = std::bit_cast<std::uint64_t>(*x)}));
        break;
      }
      case Opcode::string_line:
        push_decoded(decode_string_line(line("a text")));
        break;
      case Opcode::unicode_line:
        push_decoded(decode_unicode_line(line("a text")));
        break;
      case Opcode::list:
        push(b_.make_container(NodeKind::list, pop_mark("LIST")));
        break;
      case Opcode::dict: {
        auto items = pop_mark("DICT");
        if (items.size() % 2 != 0) b_.fail("DICT with a key that has no value");
        push(b_.make_container(NodeKind::dict, std::move(items)));
        break;
      }
      case Opcode::put:
        put(memo_index());
        break;
      case Opcode::get:
        get(memo_index());
        break;
      case Opcode::persid:
        push(calls_.storage(shown_persistent_id()));
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

  // The stack. Values below the last MARK cannot be reached.

  [[noreturn]] void fail_stack() const {
    b_.fail("the stack of the pickle is full, the limit is " + std::to_string(b_.limits().stack) +
            " values (TorchLimits::stack)");
  }
  void push(NodeId id) {
    if (stack_.size() >= b_.limits().stack) fail_stack();
    if (stack_.size() >= highest_) {
      highest_ = stack_.size() + 1;
      b_.charge(4 * sizeof(NodeId));  // a vector that grows, and the items that are taken off it
    }
    stack_.push_back(id);
  }
  [[nodiscard]] std::size_t reachable() const noexcept {
    return stack_.size() - (marks_.empty() ? 0 : marks_.back());
  }
  [[nodiscard]] NodeId top() const {
    if (reachable() == 0) b_.fail("the stack of the pickle is empty");
    return stack_.back();
  }
  std::vector<NodeId> pop(std::size_t n) {
    if (reachable() < n) {
      b_.fail(n == 1 ? std::string("expected a value on the stack of the pickle, there is none")
                     : "expected " + std::to_string(n) + " values on the stack of the pickle, there are " +
                           std::to_string(reachable()));
    }
    return cut(stack_.size() - n);
  }
  std::vector<NodeId> pop_mark(const char* code) {
    if (marks_.empty()) b_.fail(std::string(code) + " without a MARK");
    const std::size_t from = marks_.back();
    marks_.pop_back();
    return cut(from);
  }
  std::vector<NodeId> cut(std::size_t from) {
    const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(from);
    std::vector<NodeId> items(begin, stack_.end());
    stack_.erase(begin, stack_.end());
    return items;
  }

  // The memo.

  void put(std::uint64_t index) {
    const NodeId id = top();
    // Writers count from 0 or 1, so that every index has a byte of the pickle that it is the first to use.
    if (index >= bytes_.size() || index >= b_.limits().memo) {
      b_.fail("memo index " + std::to_string(index) + " in a pickle of " + std::to_string(bytes_.size()) +
              " bytes, the limit is " + std::to_string(b_.limits().memo) + " (TorchLimits::memo)");
    }
    if (index >= memo_.size()) memo_.resize(detail::as_integer<std::size_t>(index) + 1, nothing);
    NodeId& slot = memo_[detail::as_integer<std::size_t>(index)];
    if (slot == nothing) ++memoised_;
    slot = id;
  }
  void get(std::uint64_t index) {
    if (index >= memo_.size() || memo_[detail::as_integer<std::size_t>(index)] == nothing) {
      b_.fail("memo index " + std::to_string(index) + " was never stored");
    }
    push(memo_[detail::as_integer<std::size_t>(index)]);
  }

  // Values.

  void push_integer(std::int64_t value) {
    push(b_.make({.kind = NodeKind::integer, .a = std::bit_cast<std::uint64_t>(value)}));
  }
  /// Two's complement of any length, least significant byte first; no bytes are 0.
  void push_long(std::uint64_t n) {
    if (n > b_.limits().integer_bytes) {
      b_.fail("an integer of " + std::to_string(n) + " bytes, the limit is " +
              std::to_string(b_.limits().integer_bytes) + " (TorchLimits::integer_bytes)");
    }
    const std::uint64_t from = bytes_.size() - in_.left();
    auto raw = in_.take(n, "an integer");
    const std::byte fill =
        !raw.empty() && (raw.back() & std::byte{0x80}) != std::byte{0} ? std::byte{0xFF} : std::byte{0};
    // Bytes that repeat the sign add nothing.
    while (raw.size() > 1 && raw.back() == fill &&
           ((raw[raw.size() - 2] ^ fill) & std::byte{0x80}) == std::byte{0}) {
      raw = raw.first(raw.size() - 1);
    }
    if (raw.size() > 8) {
      push(b_.make({.kind = NodeKind::big_integer, .a = from, .b = raw.size()}));
      return;
    }
    push_integer(little_endian_number(raw));
  }
  /// Of at most 8 bytes.
  static std::int64_t little_endian_number(std::span<const std::byte> raw) {
    const bool negative = !raw.empty() && (raw.back() & std::byte{0x80}) != std::byte{0};
    const std::byte fill = negative ? std::byte{0xFF} : std::byte{0};
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i) {
      value |= std::to_integer<std::uint64_t>(i < raw.size() ? raw[i] : fill) << (8 * i);
    }
    return std::bit_cast<std::int64_t>(value);
  }
  /// The one number that pickle stores with its most significant byte first.
  void push_float() {
    std::uint64_t bits = 0;
    for (const std::byte b : in_.take(8, "a float")) bits = bits << 8 | std::to_integer<std::uint64_t>(b);
    push(b_.make({.kind = NodeKind::real, .a = bits}));
  }
  void push_bytes(NodeKind kind, std::uint64_t n) {
    const std::uint64_t from = bytes_.size() - in_.left();
    const auto raw = in_.take(n, kind == NodeKind::text ? "a text" : "bytes");
    if (kind == NodeKind::text && !is_text(raw)) fail_text();
    push(b_.make({.kind = kind, .a = from, .b = n}));
  }
  static bool is_text(std::span<const std::byte> raw) {
    return ByteReader::is_utf8({reinterpret_cast<const char*>(raw.data()), raw.size()});
  }
  [[noreturn]] void fail_text() const {
    b_.fail("a text is not UTF-8, or holds half of a surrogate pair, which has no UTF-8 form");
  }
  /// The str of Python 2 is a text or bytes, and nothing says which.
  void push_string(std::uint64_t n) {
    const std::uint64_t from = bytes_.size() - in_.left();
    const auto raw = in_.take(n, "a text");
    push(b_.make({.kind = is_text(raw) ? NodeKind::text : NodeKind::bytes, .a = from, .b = n}));
  }

  // Values that are lines of text.

  void push_decoded(std::optional<std::string> text) {
    if (!text) fail_text();
    const bool is_text = ByteReader::is_utf8(*text);
    push(b_.make_decoded(is_text ? NodeKind::text : NodeKind::bytes, std::move(*text)));
  }
  /// Decimal digits, in Python 2 with an L at the end; 00 and 01 are what protocol 1 has for bools.
  void push_integer_line() {
    std::string_view digits = line("an integer");
    if (digits == "00" || digits == "01") {
      return push(b_.make({.kind = NodeKind::boolean, .a = digits == "01" ? 1U : 0U}));
    }
    if (digits.ends_with('L')) digits.remove_suffix(1);
    // 1024 bytes are 2467 digits.
    if (digits.size() > b_.limits().integer_bytes / 5 * 12) {
      b_.fail("an integer of " + std::to_string(digits.size()) + " digits, the limit is " +
              std::to_string(b_.limits().integer_bytes / 5 * 12) + " (TorchLimits::integer_bytes)");
    }
    auto raw = decode_integer_line(digits);
    if (!raw) b_.fail("an integer is not a number");
    if (raw->size() > 8) return push(b_.make_decoded(NodeKind::big_integer, std::move(*raw)));
    push_integer(little_endian_number(std::as_bytes(std::span(*raw))));
  }
  [[nodiscard]] std::uint64_t memo_index() {
    const std::string_view digits = line("a memo index");
    std::uint64_t index = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    if (error != std::errc() || end != digits.data() + digits.size()) b_.fail("a memo index is not a number");
    return index;
  }
  /// Protocol 0 has a persistent id as Python shows it.
  NodeId shown_persistent_id() {
    const auto shown = shown_tuple(line("a persistent id"));
    if (!shown)
      b_.fail("expected a persistent id such as ('storage', <class 'torch.FloatStorage'>, '0', ...)");
    std::vector<NodeId> items;
    for (const ShownItem& item : *shown) {
      switch (item.kind) {
        case ShownItem::Kind::text:
          items.push_back(b_.make_decoded(NodeKind::text, std::string(item.text)));
          break;
        case ShownItem::Kind::global: {
          const auto dot = (std::min)(item.text.rfind('.'), item.text.size());
          push_global(item.text.substr(0, dot), item.text.substr((std::min)(dot + 1, item.text.size())));
          items.push_back(pop(1)[0]);
          break;
        }
        case ShownItem::Kind::none:
          items.push_back(b_.make({.kind = NodeKind::none}));
          break;
        case ShownItem::Kind::integer: {
          std::int64_t n = 0;
          const auto [end, error] = std::from_chars(item.text.data(), item.text.data() + item.text.size(), n);
          if (error != std::errc() || end != item.text.data() + item.text.size()) {
            b_.fail("expected a number in a persistent id");
          }
          items.push_back(b_.make({.kind = NodeKind::integer, .a = std::bit_cast<std::uint64_t>(n)}));
          break;
        }
      }
    }
    return b_.make_container(NodeKind::tuple, std::move(items));
  }

  void push_tuple(std::size_t n) { push(b_.make_container(NodeKind::tuple, pop(n))); }

  void extend(const std::vector<NodeId>& more, NodeKind kind, const char* what) {
    const NodeId target = top();
    if (b_.is(target, NodeKind::object)) return;  // its items are not kept
    if (!b_.is(target, kind)) b_.expected(what, target);
    append(target, more);
  }
  void set_items(const std::vector<NodeId>& more, const char* what) {
    const NodeId target = top();
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

  // Globals.

  /// The rest of a line of any length.
  std::string_view line(const char* what) {
    const auto left = bytes_.last(detail::as_integer<std::size_t>(in_.left()));
    const auto end = std::ranges::find(left, std::byte{'\n'});
    if (end == left.end()) b_.fail(std::string(what) + " does not end");
    const auto raw = in_.take(static_cast<std::uint64_t>(end - left.begin()) + 1, what);
    return {reinterpret_cast<const char*>(raw.data()), raw.size() - 1};
  }
  std::string_view name_line() {
    const auto left = bytes_.last(detail::as_integer<std::size_t>(in_.left()));
    const auto part = left.first((std::min)(left.size(), b_.limits().name_bytes + 1));
    const auto end = std::ranges::find(part, std::byte{'\n'});
    if (end == part.end())
      b_.fail("the name of a global does not end, or is longer than the limit of " +
              std::to_string(b_.limits().name_bytes) + " bytes (TorchLimits::name_bytes)");
    const auto raw = in_.take(static_cast<std::uint64_t>(end - part.begin()) + 1, "the name of a global");
    return {reinterpret_cast<const char*>(raw.data()), raw.size() - 1};
  }
  void push_global() {
    const std::string_view module = name_line();
    push_global(module, name_line());
  }
  void push_global(std::string_view module, std::string_view name) {
    const auto found = find_global(module, name);
    if (!found) {
      check_name(module);
      check_name(name);
      return push(b_.make_object(module, name));
    }
    const NodeId id = b_.make_text(NodeKind::global, std::string(module) + "." + std::string(name));
    b_.node(id).global = found->global;
    b_.node(id).dtype = found->dtype;
    push(id);
  }

  void check_name(std::string_view name) const {
    if (name.size() > b_.limits().name_bytes) {
      b_.fail("the name of a global has " + std::to_string(name.size()) + " bytes, the limit is " +
              std::to_string(b_.limits().name_bytes) + " (TorchLimits::name_bytes)");
    }
  }

  std::span<const std::byte> bytes_;
  ByteReader in_;
  PickleBuilder b_;
  PickleCalls calls_;
  std::vector<NodeId> stack_;
  std::size_t highest_ = 0;  // that the stack has been
  std::vector<std::size_t> marks_;
  std::vector<NodeId> memo_;
  std::uint64_t memoised_ = 0;
};

}  // namespace detail

}  // namespace wick::inline WICK_ABI_NAMESPACE

#if defined(__GNUC__)
#pragma GCC diagnostic pop
#endif
