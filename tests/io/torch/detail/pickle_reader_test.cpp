#include "io/torch/crafted.hpp"

#include <wick/io/torch/detail/pickle_reader.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using wick::TorchDict;
using wick::TorchSequence;
using wick::TorchValue;
using wick_tests::call;
using wick_tests::get;
using wick_tests::global;
using wick_tests::integer;
using wick_tests::le;
using wick_tests::ordered_dict;
using wick_tests::pickle;
using wick_tests::proto;
using wick_tests::put;
using wick_tests::refusal_of;
using wick_tests::repeat;
using wick_tests::text;
using wick_tests::to_bytes;
using wick_tests::value_of;

namespace {

/// Position and reason for what stands between PROTO and STOP.
std::string refused(const std::string& body, const wick::TorchLimits& limits = wick_tests::data_alone()) {
  return refusal_of(pickle(body), limits);
}
TorchValue value(const std::string& body) { return value_of(pickle(body)); }
TorchValue list(std::vector<TorchValue> items) {
  return TorchSequence{TorchSequence::Kind::list, std::move(items)};
}
TorchValue tuple_of(std::vector<TorchValue> items) {
  return TorchSequence{TorchSequence::Kind::tuple, std::move(items)};
}
TorchValue i(std::int64_t n) { return n; }

}  // namespace

TEST_CASE("every opcode for data gives its value") {
  using namespace std::string_literals;
  CHECK(value("N") == TorchValue());
  CHECK(value("\x88") == TorchValue(true));
  CHECK(value("\x89") == TorchValue(false));
  CHECK(value("K\xff") == i(255));
  CHECK(value("M\xff\xff") == i(65535));
  CHECK(value("J\xff\xff\xff\xff") == i(-1));
  CHECK(value("J" + le(0x80000000U, 4)) == i(-2147483648LL));
  CHECK(value("\x8a\x00"s) == i(0));
  CHECK(value("\x8a\x01\xff"s) == i(-1));
  CHECK(value("\x8a\x02\xff\x00"s) == i(255));
  CHECK(value("\x8a\x08" + le(0x8000000000000000U, 8)) == i(INT64_MIN));
  CHECK(value("\x8a\x0a" + le(5, 10)) == i(5));  // longer than need be
  CHECK(value("\x8a\x09" + le(1, 8) + "\x01") == TorchValue(wick::TorchBigInt{to_bytes(le(1, 8) + "\x01")}));
  CHECK(value("\x8b" + le(2, 4) + "\xff\x00"s) == i(255));
  CHECK(value("G\x3f\xf0\0\0\0\0\0\0"s) == TorchValue(1.0));
  CHECK(value("X\x02\0\0\0hi"s) == TorchValue("hi"));
  CHECK(value("\x8c\x02hi"s) == TorchValue("hi"));
  CHECK(value("\x8d\x02\0\0\0\0\0\0\0hi"s) == TorchValue("hi"));
  CHECK(value("U\x02hi"s) == TorchValue("hi"));
  CHECK(value("T\x02\0\0\0hi"s) == TorchValue("hi"));
  const TorchValue raw = wick::TorchBytes{to_bytes("h\xff")};
  CHECK(value("C\x02h\xff"s) == raw);
  CHECK(value("B\x02\0\0\0h\xff"s) == raw);
  CHECK(value("\x8e\x02\0\0\0\0\0\0\0h\xff"s) == raw);
  CHECK(value("\x96\x02\0\0\0\0\0\0\0h\xff"s) == raw);
  CHECK(value(")") == tuple_of({}));
  CHECK(value("K\1\x85") == tuple_of({i(1)}));
  CHECK(value("K\1K\2\x86") == tuple_of({i(1), i(2)}));
  CHECK(value("K\1K\2K\3\x87") == tuple_of({i(1), i(2), i(3)}));
  CHECK(value("(K\1K\2K\3K\4t") == tuple_of({i(1), i(2), i(3), i(4)}));
  CHECK(value("]") == list({}));
  CHECK(value("]K\1a") == list({i(1)}));
  CHECK(value("](K\1K\2e") == list({i(1), i(2)}));
  CHECK(value("\x8f(K\1\x90") == TorchValue(TorchSequence{TorchSequence::Kind::set, {i(1)}}));
  CHECK(value("\x95\x02\0\0\0\0\0\0\0K\1"s) == i(1));
  TorchDict dict;
  dict.items = {{i(1), i(2)}, {"k", i(3)}};
  CHECK(value("}K\1K\2s" + text("k") + "K\3s") == TorchValue(dict));
  CHECK(value("}(K\1K\2" + text("k") + "K\3u") == TorchValue(dict));
  CHECK(value(ordered_dict + ")R").get_if<TorchDict>()->kind == TorchDict::Kind::ordered);
  CHECK(value("\x8c\x0b"
              "collections\x8c\x0bOrderedDict\x93)R"s)
            .get_if<TorchDict>()
            ->kind == TorchDict::Kind::ordered);
}

TEST_CASE("the memo gives values back, and containers as they are at the end") {
  using namespace std::string_literals;
  CHECK(value("](K\7q\0h\0h\0e"s) == list({i(7), i(7), i(7)}));
  CHECK(value("](K\7r" + le(9, 4) + "j" + le(9, 4) + "e") == list({i(7), i(7)}));
  // MEMOIZE takes the next index: here 0 and 1.
  CHECK(value("](K\7\x94K\x08\x94h\1h\0e"s) == list({i(7), i(8), i(8), i(7)}));
  // The list is twice in the outer one, and is filled later.
  CHECK(value("](]q\1h\1K\5ae"s) == list({list({i(5)}), list({i(5)})}));
  // An index can be given to another value.
  CHECK(value("](K\1q\0K\2q\0h\0e"s) == list({i(1), i(2), i(2)}));
  const std::string shared = "](" + ordered_dict + ")Rq\1" + get(1) + text("k") + "K\3s" + "e";
  TorchDict filled{.kind = TorchDict::Kind::ordered, .items = {{"k", i(3)}}, .metadata = {}};
  CHECK(value(shared) == list({filled, filled}));
}

TEST_CASE("what a pickle may not ask for is refused by name, and nothing is run") {
  const std::string needless = "; a file of torch.save(model.state_dict(), path) does not need it";
  const auto asks_for = [&](const std::string& name) {
    return "2: the file asks for " + name + ", which is not data" + needless;
  };
  CHECK(refused(call(global("posix", "system"), text("touch owned"))) == asks_for("posix.system"));
  CHECK(refused(call(global("os", "system"), text("touch owned"))) == asks_for("os.system"));
  CHECK(refused(call(global("nt", "system"), text("calc"))) == asks_for("nt.system"));
  CHECK(refused(call(global("__builtin__", "eval"), text("1"))) == asks_for("__builtin__.eval"));
  CHECK(refused(call(global("builtins", "exec"), text("1"))) == asks_for("builtins.exec"));
  CHECK(refused(call(global("builtins", "getattr"), text("1"))) == asks_for("builtins.getattr"));
  CHECK(refused(call(global("subprocess", "Popen"), text("ls"))) == asks_for("subprocess.Popen"));
  CHECK(refused(call(global("webbrowser", "open"), text("x"))) == asks_for("webbrowser.open"));
  CHECK(refused(call(global("pip", "main"), text("x"))) == asks_for("pip.main"));
  CHECK(refused(call(global("torch", "load"), text("x"))) == asks_for("torch.load"));
  CHECK(refused(call(global("torch.hub", "load"), text("x"))) == asks_for("torch.hub.load"));
  CHECK(refused(call(global("torch._utils", "_import_dotted_name"), text("os"))) ==
        asks_for("torch._utils._import_dotted_name"));
  CHECK(refused(global("torch.nn.modules.linear", "Linear") + ")\x81") ==
        asks_for("torch.nn.modules.linear.Linear"));
  // Names that only look like those of the list.
  CHECK(refused(global("collections", "OrderedDict.fromkeys")) ==
        asks_for("collections.OrderedDict.fromkeys"));
  CHECK(refused(global("collections.OrderedDict", "")) == asks_for("collections.OrderedDict."));
  CHECK(refused(global("", "collections.OrderedDict")) == asks_for(".collections.OrderedDict"));
  CHECK(refused(global("collections", "ordereddict")) == asks_for("collections.ordereddict"));
  CHECK(refused(global("torch._utils", "_rebuild_tensor_v2 ")) ==
        asks_for("torch._utils._rebuild_tensor_v2 "));
  // By the stack, as protocol 4 does it; the name reaches no terminal as it is.
  CHECK(refused(text("os") + text("sys\x1b[2Jtem\n") + "\x93") ==
        "25: the file asks for os.sys\\x1b[2Jtem\\n, which is not data" + needless);
  CHECK(refused(call(global("torch._utils", "_rebuild_qtensor"), "")) ==
        "2: the file asks for torch._utils._rebuild_qtensor, which is not data; quantised tensors are not "
        "read: save tensor.dequantize()");
  CHECK(refused(global("torch", "QInt8Storage")) ==
        "2: the file asks for torch.QInt8Storage, which is not data; quantised tensors are not read: save "
        "tensor.dequantize()");
  CHECK(refused(global("torch._utils", "_rebuild_sparse_tensor")) ==
        "2: the file asks for torch._utils._rebuild_sparse_tensor, which is not data; sparse tensors are not "
        "read: save tensor.to_dense()");
  CHECK(refused(global("torch._utils", "_rebuild_meta_tensor_no_storage")) ==
        "2: the file asks for torch._utils._rebuild_meta_tensor_no_storage, which is not data; a meta tensor "
        "has no data");
  CHECK(refused(global("torch._utils", "_rebuild_nested_tensor")) ==
        "2: the file asks for torch._utils._rebuild_nested_tensor, which is not data; nested tensors are not "
        "read: save tensor.unbind()");
  CHECK(refused(global("torch._utils", "_rebuild_device_tensor_from_numpy")) ==
        "2: the file asks for torch._utils._rebuild_device_tensor_from_numpy, which is not data; such "
        "tensors are not read: save tensor.cpu()");
  CHECK(refused(global("numpy.random", "mtrand")) ==
        "2: the file asks for numpy.random.mtrand, which is not data; of NumPy numbers and arrays of numbers "
        "are read: save array.tolist() of others");
}

TEST_CASE("opcodes for buffers and codes outside the pickle are refused by name") {
  const auto no = [](const std::string& name) {
    return "2: the pickle has the opcode " + name + ", which torch.save does not need for data";
  };
  CHECK(refused("\x82\1") == no("EXT1 (0x82)"));
  CHECK(refused("\x83\1\1") == no("EXT2 (0x83)"));
  CHECK(refused("\x84\1\1\1\1") == no("EXT4 (0x84)"));
  CHECK(refused("\x97") == no("NEXT_BUFFER (0x97)"));
  CHECK(refused("N\x98") ==
        "3: the pickle has the opcode READONLY_BUFFER (0x98), which torch.save does not need for data");
  CHECK(refused("\x80\2") == no("PROTO (0x80)"));
  CHECK(refused("\xfe") == no("0xfe"));
}

TEST_CASE("the stack and its marks are never left") {
  using namespace std::string_literals;
  CHECK(refused("") == "2: the pickle ends with 0 values on the stack, expected one");
  CHECK(refused("NN") == "4: the pickle ends with 2 values on the stack, expected one");
  CHECK(refused("(N") == "4: the pickle ends with a MARK that was never used");
  CHECK(refused("N(") == "4: the pickle ends with a MARK that was never used");
  CHECK(refused("a") == "2: expected a value on the stack of the pickle, there is none");
  CHECK(refused("Na") == "3: the stack of the pickle is empty");
  CHECK(refused("s") == "2: expected 2 values on the stack of the pickle, there are 0");
  CHECK(refused("NNNs") == "5: expected a dict for SETITEM, got NoneType");
  CHECK(refused("NNs") == "4: the stack of the pickle is empty");
  CHECK(refused("\x85") == "2: expected a value on the stack of the pickle, there is none");
  CHECK(refused("NN\x87") == "4: expected 3 values on the stack of the pickle, there are 2");
  CHECK(refused("R") == "2: expected 2 values on the stack of the pickle, there are 0");
  CHECK(refused("b") == "2: expected a value on the stack of the pickle, there is none");
  CHECK(refused("Q") == "2: expected a value on the stack of the pickle, there is none");
  CHECK(refused("\x93") == "2: expected 2 values on the stack of the pickle, there are 0");
  CHECK(refused("q\0"s) == "2: the stack of the pickle is empty");
  CHECK(refused("\x94") == "2: the stack of the pickle is empty");
  // What is below a MARK cannot be reached.
  CHECK(refused("](N\x86t") == "5: expected 2 values on the stack of the pickle, there are 1");
  CHECK(refused("](a") == "4: expected a value on the stack of the pickle, there is none");
  CHECK(refused("]N(q\0"s) == "5: the stack of the pickle is empty");
  CHECK(refused("t") == "2: TUPLE without a MARK");
  CHECK(refused("]e") == "3: APPENDS without a MARK");
  CHECK(refused("}u") == "3: SETITEMS without a MARK");
  CHECK(refused("\x8f\x90") == "3: ADDITEMS without a MARK");
  CHECK(refused("}(NNu(t") == "9: the pickle ends with 2 values on the stack, expected one");
}

TEST_CASE("containers take what belongs into them") {
  using namespace std::string_literals;
  CHECK(refused("}(Nu") == "5: SETITEMS with a key that has no value");
  CHECK(refused("}(NNNu") == "7: SETITEMS with a key that has no value");
  CHECK(refused("}Na") == "4: expected a list for APPEND, got dict");
  CHECK(refused(")(Ne") == "5: expected a list for APPENDS, got tuple");
  CHECK(refused("](NNu") == "6: expected a dict for SETITEMS, got list");
  CHECK(refused("](N\x90") == "5: expected a set for ADDITEMS, got list");
  CHECK(refused(text("x") + "NNs") == "10: expected a dict for SETITEM, got str");
  CHECK(refused("}]Ns") == "3: a value of type list cannot be a key or in a set");
  CHECK(refused("\x8f(}\x90") == "4: a value of type dict cannot be a key or in a set");
  CHECK(refused("}]\x85Ns") == "3: a value of type list cannot be a key or in a set");
  CHECK(refused("\x8f(K\1K\1\x90") == "2: the set has an item twice");
}

TEST_CASE("keys that Python takes to be equal are there once") {
  using namespace std::string_literals;
  const std::string one_float = "G\x3f\xf0\0\0\0\0\0\0"s;
  CHECK(refused("}(" + text("a") + "K\1" + text("a") + "K\2u") == "12: the dict has the key 'a' twice");
  CHECK(refused("}" + text("a") + "q\1K\1s"s + "h\1K\2s") == "3: the dict has the key 'a' twice");
  CHECK(refused("}(K\1NK\1Nu") == "7: the dict has a key twice");
  CHECK(refused("}(K\1N\x88Nu") == "7: the dict has a key twice");
  CHECK(refused("}(K\1N" + one_float + "Nu") == "7: the dict has a key twice");
  CHECK(refused("}(" + one_float + "N\x88Nu") == "14: the dict has a key twice");
  CHECK(refused("}(G" + std::string(8, '\0') + "NG\x80" + std::string(7, '\0') + "Nu") ==
        "14: the dict has a key twice");
  CHECK(refused("}(K\1\x85NK\1\x85Nu") == "10: the dict has a key twice");
  CHECK(refused("}(NNNNu") == "6: the dict has a key twice");
  CHECK(refused("}(C\1aNC\1aNu") == "8: the dict has a key twice");
  CHECK(refused(ordered_dict + ")R(" + text("a") + "N" + text("a") + "Nu")
            .ends_with(": the OrderedDict has the key 'a' twice"));
  // Different ones, though they look alike.
  CHECK(value("}(K\1N" + text("1") +
              "NC\1"
              "1NK\1\x85N\x8a\x09" +
              le(1, 8) + "\1NNNu")
            .get_if<TorchDict>()
            ->items.size() == 6);
  const std::string nan = "G\x7f\xf8\0\0\0\0\0\0"s;
  CHECK(value("}(" + nan + "N" + nan + "Nu").get_if<TorchDict>()->items.size() == 2);
}

TEST_CASE("values that contain themselves and deep nesting are refused") {
  using namespace std::string_literals;
  CHECK(refused("]q\0h\0a"s) == "2: the list contains itself");
  CHECK(refused("}q\0K\1h\0s"s) == "2: the dict contains itself");
  CHECK(refused("]q\0(h\0\x85"
                "e"s) == "2: the list contains itself");
  CHECK(refused("]q\0}K\1h\0sa"s) == "2: the list contains itself");
  const std::string loop = ordered_dict + ")Rq\0}"s + text("_metadata") + "h\0sb"s;
  CHECK(refused(loop).ends_with("the OrderedDict contains itself"));

  const auto nested = [](std::size_t n) { return repeat("]", n) + repeat("a", n - 1); };
  CHECK(value(nested(100)).is<TorchSequence>());
  CHECK(refused(nested(101)) ==
        "102: containers are nested more deeply than the limit of 100 (TorchLimits::depth)");
  wick::TorchLimits much;
  much.value_bytes = std::uint64_t{256} << 20;
  CHECK(refused(nested(900'000), much) ==
        "102: containers are nested more deeply than the limit of 100 (TorchLimits::depth)");
  CHECK(refused(")" + repeat("\x85", 900'000), much)
            .ends_with("containers are nested more deeply than the limit of 100 (TorchLimits::depth)"));
  CHECK(refused("})" + repeat("\x85", 900'000) + "Ns", much)
            .ends_with("containers are nested more deeply than the limit of 100 (TorchLimits::depth)"));
  wick::TorchLimits limits;
  limits.depth = 3;
  CHECK(refused(nested(4), limits) ==
        "5: containers are nested more deeply than the limit of 3 (TorchLimits::depth)");
}

TEST_CASE("the memo holds what was put there") {
  using namespace std::string_literals;
  CHECK(refused("h\0"s) == "2: memo index 0 was never stored");
  CHECK(refused("h\5"s) == "2: memo index 5 was never stored");
  CHECK(refused("Nq\5h\4"s) == "5: memo index 4 was never stored");
  CHECK(refused("j" + le(0xFFFFFFFF, 4)) == "2: memo index 4294967295 was never stored");
  CHECK(refused("Nr" + le(0xFFFFFFFF, 4)) ==
        "3: memo index 4294967295 in a pickle of 9 bytes, the limit is 1000000 (TorchLimits::memo)");
  CHECK(refused("Nr" + le(9, 4)) ==
        "3: memo index 9 in a pickle of 9 bytes, the limit is 1000000 (TorchLimits::memo)");
  wick::TorchLimits limits;
  limits.memo = 2;
  CHECK(refused("Nq\1q\2"s, limits) ==
        "5: memo index 2 in a pickle of 8 bytes, the limit is 2 (TorchLimits::memo)");
}

TEST_CASE("claimed lengths are compared with what is there") {
  using namespace std::string_literals;
  CHECK(refused("X\xff\xff\xff\xff") == "7: a text needs 4294967295 bytes, 1 are left");
  CHECK(refused("\x8d" + le(~0ULL, 8)) == "11: a text needs 18446744073709551615 bytes, 1 are left");
  CHECK(refused("\x8e" + le(~0ULL, 8)) == "11: bytes needs 18446744073709551615 bytes, 1 are left");
  CHECK(refused("\x96" + le(1ULL << 40, 8)) == "11: bytes needs 1099511627776 bytes, 1 are left");
  CHECK(refused("T" + le(0x80000000U, 4)) == "7: a text needs 2147483648 bytes, 1 are left");
  CHECK(refused("\x8b" + le(1025, 4)) ==
        "2: an integer of 1025 bytes, the limit is 1024 (TorchLimits::integer_bytes)");
  CHECK(refused("\x8b" + le(1024, 4)) == "7: an integer needs 1024 bytes, 1 are left");
  CHECK(refused("\x95" + le(9, 8)) == "2: a frame of 9 bytes, 1 are left");
  CHECK(refused("G1234") == "3: a float needs 8 bytes, 5 are left");
  CHECK(refusal_of(proto + "K") == "3: an integer needs 1 bytes, 0 are left");
  CHECK(refusal_of(proto + "N") == "3: the next opcode of the pickle needs 1 bytes, 0 are left");
  CHECK(refusal_of(proto + "cos") ==
        "2: the name of a global does not end, or is longer than the limit of 512 bytes "
        "(TorchLimits::name_bytes)");
  CHECK(refused("c" + std::string(600, 'a') + "\nb\n") ==
        "2: the name of a global does not end, or is longer than the limit of 512 bytes "
        "(TorchLimits::name_bytes)");
}

TEST_CASE("texts are UTF-8 without halves of surrogate pairs") {
  const std::string no = "2: a text is not UTF-8, or holds half of a surrogate pair, which has no UTF-8 form";
  CHECK(value(text("\xc3\xa4 \xf0\x9f\x94\xa5")) == TorchValue("\xc3\xa4 \xf0\x9f\x94\xa5"));
  CHECK(refused(text("\xff")) == no);
  CHECK(refused(text("\xc3")) == no);
  CHECK(refused(text("\xed\xa0\x80")) == no);
  CHECK(refused(text("\xed\xa0\xbd\xed\xb4\xa5")) == no);
  CHECK(refused("V\\ud83d\n") == no);
  CHECK(refused("V\\u12\n") == no);
  CHECK(refused("S'a\n") == no);
  // The str of Python 2 may be bytes.
  CHECK(value("U\1\xe4") == TorchValue(wick::TorchBytes{to_bytes("\xe4")}));
  CHECK(value("T\1" + std::string(3, '\0') + "\xe4") == TorchValue(wick::TorchBytes{to_bytes("\xe4")}));
  CHECK(value("S'\\xe4'\n") == TorchValue(wick::TorchBytes{to_bytes("\xe4")}));
}

TEST_CASE("protocols 0 to 5 are read") {
  using namespace std::string_literals;
  CHECK(refusal_of("") == "0: the next opcode of the pickle needs 1 bytes, 0 are left");
  CHECK(value_of("N.") == TorchValue());
  CHECK(value_of("(lp0\n.") == list({}));
  CHECK(refusal_of("\x80\1N.") == "0: expected a pickle of protocol 2 to 5, got protocol 1");
  CHECK(refusal_of("\x80\6N.") == "0: expected a pickle of protocol 2 to 5, got protocol 6");
  for (const char p : {'\2', '\3', '\4', '\5'}) CHECK(value_of("\x80"s + p + "N.") == TorchValue());
}

TEST_CASE("a small pickle cannot become much memory") {
  using namespace std::string_literals;
  // Each list holds the one before it ten times: 10^9 values.
  std::string laughs = "]q\0"s;
  for (unsigned n = 1; n < 10; ++n) laughs += "](" + repeat(get(n - 1), 10) + "e" + put(n);
  const auto limit = [](const std::string& body) {
    const std::string refusal = refused("](" + body + "e");
    const auto at = refusal.find("need more than the limit of ");
    REQUIRE(at != std::string::npos);
    // 12 MiB and six times the size.
    CHECK(refusal.substr(at) == "need more than the limit of " +
                                    std::to_string((12 << 20) + 6 * (body.size() + 6)) +
                                    " bytes (TorchLimits::value_bytes)");
    return refusal.substr(0, at);
  };
  CHECK(limit(laughs).ends_with("the values of the file "));
  // A long text that is mentioned again and again.
  CHECK(limit(text(std::string(100'000, 'x')) + put(0) + repeat(get(0), 3000))
            .ends_with("the values of the file "));
  // A dict that is copied again and again.
  std::string dict = "}q\0("s;
  for (int n = 0; n < 1000; ++n) dict += integer(n) + "N";
  dict += "u";
  CHECK(limit(dict + global("collections", "Counter") + put(1) + repeat(get(1) + get(0) + "\x85R", 40'000))
            .ends_with("the values of the pickle "));
  // Attributes that are looked for in a large dict again and again.
  CHECK(limit(dict + ordered_dict + ")R" + repeat(get(0) + "b", 40'000))
            .ends_with("the values of the pickle "));
  wick::TorchLimits limits;
  limits.stack = 5;
  CHECK(value_of(pickle("(NNNNNt"), limits).is<TorchSequence>());
  CHECK(refused("(NNNNNNt", limits) ==
        "8: the stack of the pickle is full, the limit is 5 values (TorchLimits::stack)");
  CHECK(refused("((((((", limits) ==
        "7: the stack of the pickle is full, the limit is 5 values (TorchLimits::stack)");
  limits = {};
  limits.value_bytes = 1000;
  CHECK(refused("](" + repeat("N", 100) + "e", limits)
            .ends_with("the values of the pickle need more than the limit of 1000 bytes "
                       "(TorchLimits::value_bytes)"));
}

TEST_CASE("a pickle that goes on after STOP is told from one that ends there") {
  const std::string raw = pickle("N") + "more";
  const auto graph = wick::detail::PickleMachine(std::as_bytes(std::span(raw)), {}, {}).run();
  CHECK(graph.bytes.size() == 4);
}

TEST_CASE("every opcode of protocols 0 and 1 gives its value") {
  using namespace std::string_literals;
  const auto old = [](const std::string& body) { return value_of(body + "."); };
  CHECK(old("I5\n") == i(5));
  CHECK(old("I-5\n") == i(-5));
  CHECK(old("I00\n") == TorchValue(false));
  CHECK(old("I01\n") == TorchValue(true));
  CHECK(old("L5L\n") == i(5));
  CHECK(old("L9223372036854775807\n") == i(INT64_MAX));
  CHECK(old("L-9223372036854775808L\n") == i(INT64_MIN));
  CHECK(old("L9223372036854775808L\n") == TorchValue(wick::TorchBigInt{to_bytes(le(1ULL << 63, 9))}));
  CHECK(old("F1.5\n") == TorchValue(1.5));
  CHECK(old("F-inf\n") == TorchValue(-std::numeric_limits<double>::infinity()));
  CHECK(old("F1e-7\n") == TorchValue(1e-7));
  CHECK(old("S'it\\'s \\x41\\n'\n") == TorchValue("it's A\n"));
  CHECK(old("Va\\u000ab\xe4\\U0001f40d\n") == TorchValue("a\nb\xc3\xa4\xf0\x9f\x90\x8d"));
  CHECK(old("(lp0\nI1\naI2\na") == list({i(1), i(2)}));
  CHECK(old("(I1\nI2\nl") == list({i(1), i(2)}));
  CHECK(old("(I1\nI2\nt") == tuple_of({i(1), i(2)}));
  TorchDict dict;
  dict.items = {{i(1), i(2)}};
  CHECK(old("(dp0\nI1\nI2\ns") == TorchValue(dict));
  CHECK(old("(I1\nI2\nd") == TorchValue(dict));
  CHECK(old("((lp7\n(g7\ng7\ntl") == list({list({}), tuple_of({list({}), list({})})}));
  CHECK(old("NI1\n0") == TorchValue());
  CHECK(old("(I1\n2t") == tuple_of({i(1), i(1)}));
  CHECK(old("N(I1\nI2\n1") == TorchValue());
  CHECK(old("N(0") == TorchValue());  // POP takes a MARK too
  const std::string id = "P('storage', <class 'torch.FloatStorage'>, '0', 'cpu', 6)\n";
  const TorchValue tensor = old("ctorch._utils\n_rebuild_tensor_v2\n(" + id +
                                "I0\n(I2\nI3\nt(I3\nI1\ntI00\nccollections\nOrderedDict\n(tRtR");
  REQUIRE(tensor.is<wick::TorchTensor>());
  CHECK(tensor.get_if<wick::TorchTensor>()->tensor.shape() == wick::Shape{2, 3});
}

TEST_CASE("lines that are no values are refused") {
  const auto old = [](const std::string& body) { return refusal_of(body + "."); };
  CHECK(old("Iabc\n") == "0: an integer is not a number");
  CHECK(old("I\n") == "0: an integer is not a number");
  CHECK(old("I-\n") == "0: an integer is not a number");
  CHECK(old("I1") == "0: an integer does not end");
  CHECK(old("L" + std::string(3000, '1') + "\n") ==
        "0: an integer of 3000 digits, the limit is 2448 (TorchLimits::integer_bytes)");
  CHECK(old("F1.5x\n") == "0: a float is not a number");
  CHECK(old("F\n") == "0: a float is not a number");
  CHECK(old("gx\n") == "0: a memo index is not a number");
  CHECK(old("Np-1\n") == "1: a memo index is not a number");
  CHECK(old("g3\n") == "0: memo index 3 was never stored");
  CHECK(old("Np99\n") == "1: memo index 99 in a pickle of 6 bytes, the limit is 1000000 (TorchLimits::memo)");
  CHECK(old("(I1\nd") == "4: DICT with a key that has no value");
  CHECK(old("l") == "0: LIST without a MARK");
  CHECK(old("0") == "0: expected a value on the stack of the pickle, there is none");
  CHECK(old("2") == "0: the stack of the pickle is empty");
  CHECK(old("(2") == "1: the stack of the pickle is empty");
  CHECK(old("1") == "0: POP_MARK without a MARK");
  for (const char* id : {"P1\n", "P('storage'\n", "P('a\n", "P(<class 'a\n", "P('a' 'b')\n"}) {
    CHECK(old(id).starts_with("0: expected a persistent id such as"));
  }
  CHECK(old("P('storage', <class 'torch.FloatStorage'>, '0', 'cpu', x)\n") ==
        "0: expected a number in a persistent id");
  CHECK(old("P('storage')\n") == "0: expected 5 items in the persistent id of a storage, got 1");
}
