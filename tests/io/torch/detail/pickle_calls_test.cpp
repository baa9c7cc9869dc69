#include "io/torch/crafted.hpp"

#include <wick/io/torch/detail/pickle_calls.hpp>

#include <doctest/doctest.h>

#include <complex>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

using namespace std::string_literals;
using wick::TorchDict;
using wick::TorchName;
using wick::TorchSequence;
using wick::TorchTensor;
using wick::TorchValue;
using wick_tests::call;
using wick_tests::global;
using wick_tests::integer;
using wick_tests::le;
using wick_tests::ordered_dict;
using wick_tests::pickle;
using wick_tests::storage;
using wick_tests::TensorPickle;
using wick_tests::text;
using wick_tests::to_bytes;
using wick_tests::tuple;
using wick_tests::value_of;

namespace {

std::string refused(const std::string& body) { return wick_tests::reason_of(pickle(body)); }
TorchValue value(const std::string& body) { return value_of(pickle(body)); }
TorchValue i(std::int64_t n) { return n; }
TorchValue bytes(std::string_view text) { return wick::TorchBytes{to_bytes(text)}; }
std::string function(const std::string& name) { return global("torch._utils", name); }

}  // namespace

TEST_CASE("containers, numbers and names that Python would build by a call") {
  const TorchDict items{
      .kind = TorchDict::Kind::ordered, .items = {{"b", i(1)}, {"a", i(2)}}, .metadata = {}};
  CHECK(value(ordered_dict + ")R(" + text("b") + "K\1" + text("a") + "K\2u") == TorchValue(items));
  // Python 2 gives a list of pairs, which are lists.
  CHECK(value(call(ordered_dict, "](](" + text("b") + "K\1e](" + text("a") + "K\2ee")) == TorchValue(items));
  CHECK(value(call(ordered_dict, tuple(tuple(text("b") + "K\1") + tuple(text("a") + "K\2")))) ==
        TorchValue(items));
  TorchDict counts{.kind = TorchDict::Kind::counter, .items = {{"b", i(1)}}, .metadata = {}};
  CHECK(value(call(global("collections", "Counter"), "}" + text("b") + "K\1s")) == TorchValue(counts));
  CHECK(value(global("collections", "Counter") + ")R" + text("b") + "K\1s") == TorchValue(counts));
  for (const char* module : {"builtins", "__builtin__"}) {
    CHECK(value(call(global(module, "set"), "](K\1K\2e")) ==
          TorchValue(TorchSequence{TorchSequence::Kind::set, {i(1), i(2)}}));
    CHECK(value(global(module, "set") + ")R") == TorchValue(TorchSequence{TorchSequence::Kind::set, {}}));
    CHECK(value(call(global(module, "complex"), "G\x3f\xf0\0\0\0\0\0\0G\xc0\0\0\0\0\0\0\0"s)) ==
          TorchValue(std::complex<double>(1, -2)));
    CHECK(value(global(module, "bytes") + ")R") == bytes(""));
    CHECK(value(global(module, "bytearray") + ")R") == bytes(""));
    CHECK(value(call(global(module, "bytearray"), "C\2ab")) == bytes("ab"));
    CHECK(value(call(global(module, "bytearray"), text("a\xc3\xbf") + text("latin-1"))) == bytes("a\xff"));
  }
  const std::string encode = global("_codecs", "encode");
  CHECK(value(call(encode, text("\x01 \x7f\xc2\x80\xc3\xbf") + text("latin1"))) ==
        bytes("\x01 \x7f\x80\xff"));
  CHECK(value(call(global("builtins", "bytearray"), call(encode, text("\xc3\xa4") + text("latin1")))) ==
        bytes("\xe4"));
  CHECK(value(call(global("torch", "Size"), tuple("K\2K\3"))) == TorchValue(wick::TorchSize{{2, 3}}));
  CHECK(value(call(global("torch", "device"), text("cpu"))) ==
        TorchValue(TorchName{TorchName::Kind::device, "cpu"}));
  CHECK(value(call(global("torch", "device"), text("cuda") + "K\3")) ==
        TorchValue(TorchName{TorchName::Kind::device, "cuda:3"}));
  CHECK(value(call(global("torch.serialization", "_get_layout"), text("torch.strided"))) ==
        TorchValue(TorchName{TorchName::Kind::layout, "torch.strided"}));
  CHECK(value(global("torch", "bfloat16")) ==
        TorchValue(TorchName{TorchName::Kind::dtype, "torch.bfloat16"}));
  CHECK(value(global("torch", "quint4x2")) ==
        TorchValue(TorchName{TorchName::Kind::dtype, "torch.quint4x2"}));
}

TEST_CASE("calls with arguments that do not belong there are refused") {
  CHECK(refused("N)R") == "expected a function to call, got NoneType");
  CHECK(refused(")" + ordered_dict + "R") == "expected a function to call, got tuple");
  CHECK(refused(ordered_dict + "]R") == "expected a tuple of arguments, got list");
  CHECK(refused(ordered_dict + "NR") == "expected a tuple of arguments, got NoneType");
  CHECK(refused(call(ordered_dict, "NN")) == "expected 0 to 1 arguments of OrderedDict, got 2");
  CHECK(refused(call(ordered_dict, "}")) == "expected a list of the items of an OrderedDict, got dict");
  CHECK(refused(call(ordered_dict, "]Na")) == "expected a pair of key and value, got NoneType");
  CHECK(refused(call(ordered_dict, "])a")) == "expected a pair of key and value, got 0 items");
  CHECK(refused(call(ordered_dict, "](" + tuple("K\1N") + tuple("K\1N") + "e")) ==
        "the OrderedDict has a key twice");
  CHECK(refused(call(global("collections", "Counter"), "]")) == "expected a dict for a Counter, got list");
  CHECK(refused(call(global("builtins", "set"), "}")) == "expected a list of the items of a set, got dict");
  CHECK(refused(call(global("builtins", "set"), "](K\1K\1e")) == "the set has an item twice");
  CHECK(refused(call(global("builtins", "complex"), "K\1K\1")) ==
        "expected a float as part of a complex number, got int");
  CHECK(refused(call(global("builtins", "complex"), "")) == "expected 2 arguments of complex, got 0");
  CHECK(refused(call(global("builtins", "bytes"), "N")) == "expected 0 arguments of bytes, got 1");
  CHECK(refused(call(global("builtins", "bytearray"), "J" + le(1U << 30, 4))) ==
        "expected bytes for a bytearray, got int");
  CHECK(refused(call(global("_codecs", "encode"), text("rm") + text("rot13"))) ==
        "expected bytes as latin1, got another encoding");
  CHECK(refused(call(global("_codecs", "encode"), text("x"))) == "expected 2 arguments of encode, got 1");
  CHECK(refused(call(global("_codecs", "encode"), "N" + text("latin1"))) ==
        "expected bytes as text, got NoneType");
  CHECK(refused(call(global("_codecs", "encode"), text("\xc4\x80") + text("latin1"))) ==
        "bytes as latin1 with a character past U+00FF");
  CHECK(refused(call(global("torch", "Size"), "N")) == "expected a tuple for torch.Size, got NoneType");
  CHECK(refused(call(global("torch", "Size"), tuple("\x88"))) ==
        "expected a dimension of torch.Size as an integer, got bool");
  CHECK(refused(call(global("torch", "device"), "K\1")) == "expected a device as text, got int");
  CHECK(refused(call(global("torch", "device"), text("cuda") + "J\xff\xff\xff\xff")) ==
        "the number of a device must not be negative, got -1");
  CHECK(refused(call(global("torch", "device"), text(std::string(513, 'x')))) ==
        "a device has 513 bytes, the limit is 512 (TorchLimits::name_bytes)");
  CHECK(refused(call(global("torch", "float32"), "")) == "torch.float32 is not a function that makes data");
  CHECK(refused(call(global("torch", "FloatStorage"), "K\1")) ==
        "torch.FloatStorage is not a function that makes data");
  CHECK(refused(call(global("torch", "Tensor"), "K\1")) == "torch.Tensor is not a function that makes data");
}

TEST_CASE("names that stand for code are no values") {
  CHECK(refused(ordered_dict) == "the file holds collections.OrderedDict itself, which is not data");
  CHECK(refused("]" + global("torch", "FloatStorage") + "a") ==
        "the file holds torch.FloatStorage itself, which is not data");
  CHECK(refused(function("_rebuild_tensor_v2")) ==
        "the file holds torch._utils._rebuild_tensor_v2 itself, which is not data");
}

TEST_CASE("parameters and tensors with attributes") {
  const std::string plain = TensorPickle{}.str();
  const auto tensor = [](const std::string& body) {
    const TorchValue v = value(body);
    REQUIRE(v.is<TorchTensor>());
    return *v.get_if<TorchTensor>();
  };
  const TorchTensor p = tensor(call(function("_rebuild_parameter"), plain + "\x88" + ordered_dict + ")R"));
  CHECK(p.parameter);
  CHECK(p.requires_grad);
  CHECK(p.tensor == tensor(plain).tensor);
  CHECK_FALSE(tensor(call(function("_rebuild_parameter"), plain + "\x89N")).requires_grad);
  CHECK(tensor(TensorPickle{.requires_grad = "\x88"}.str()).requires_grad);
  CHECK_FALSE(tensor(TensorPickle{.requires_grad = "\x88"}.str()).parameter);
  CHECK(tensor(call(function("_rebuild_parameter_with_state"), plain + "\x88" + ordered_dict + ")R}"))
            .parameter);
  CHECK(tensor(
            call(function("_rebuild_tensor"), storage() + integer(0) + tuple(integer(6)) + tuple(integer(1))))
            .tensor.numel() == 6);

  const std::string v2 = function("_rebuild_tensor_v2");
  const std::string arguments =
      tuple(storage() + integer(0) + tuple(integer(6)) + tuple(integer(1)) + "\x89N");
  const std::string from_type = global("torch._tensor", "_rebuild_from_type_v2");
  const std::string state = "}" + text("tag") + "K\1s";
  CHECK_FALSE(tensor(call(from_type, v2 + global("torch", "Tensor") + arguments + state)).parameter);
  CHECK(
      tensor(call(from_type, v2 + global("torch.nn.parameter", "Parameter") + arguments + state)).parameter);

  CHECK(refused(call(function("_rebuild_parameter"), "N\x88N")) ==
        "expected the tensor of a parameter, got NoneType");
  CHECK(refused(call(function("_rebuild_parameter"), plain)) ==
        "expected 3 arguments of _rebuild_parameter, got 1");
  CHECK(refused(call(function("_rebuild_parameter"), plain + "NN")) ==
        "expected requires_grad as a bool, got NoneType");
  CHECK(refused(call(from_type, v2 + ordered_dict + arguments + state)) ==
        "expected torch.Tensor or Parameter as class of a tensor, got type");
  CHECK(refused(call(from_type, ordered_dict + global("torch", "Tensor") + ")" + state)) ==
        "collections.OrderedDict is not a function that makes data");
  CHECK(refused(call(from_type, from_type + global("torch", "Tensor") + arguments + state)) ==
        "torch._tensor._rebuild_from_type_v2 is not a function that makes data");
  CHECK(refused(call(from_type, "N" + global("torch", "Tensor") + arguments + state)) ==
        "expected a function that makes a tensor, got NoneType");
  CHECK(refused(call(from_type, v2 + global("torch", "Tensor") + "]" + state)) ==
        "expected a tuple of arguments, got list");
  CHECK(refused(call(from_type, v2)) == "expected 4 arguments of _rebuild_from_type_v2, got 1");
}

TEST_CASE("of the attributes of a container only _metadata of an OrderedDict is kept") {
  const TorchValue v = value(ordered_dict + ")R}(" + text("_metadata") + "K\7" + text("other") + "K\1ub");
  REQUIRE(v.is<TorchDict>());
  REQUIRE(v.get_if<TorchDict>()->metadata != nullptr);
  CHECK(*v.get_if<TorchDict>()->metadata == i(7));
  CHECK(value(ordered_dict + ")R}b").get_if<TorchDict>()->metadata == nullptr);
  CHECK(refused("}}b") == "expected an OrderedDict to set attributes of, got dict");
  CHECK(refused("]}b") == "expected an OrderedDict to set attributes of, got list");
  CHECK(refused(TensorPickle{}.str() + ")b") ==
        "expected an OrderedDict to set attributes of, got torch.Tensor");
  CHECK(refused(ordered_dict + "}b") == "expected an OrderedDict to set attributes of, got type");
  CHECK(refused(ordered_dict + ")R)b") == "expected a dict of attributes, got tuple");
  CHECK(refused(ordered_dict + ")RNb") == "expected a dict of attributes, got NoneType");
}

namespace {

TorchValue object(const std::string& name) { return wick::TorchObject{name}; }
TorchValue list(std::vector<TorchValue> items) {
  return TorchSequence{TorchSequence::Kind::list, std::move(items)};
}
const std::string net = global("net", "Net");

}  // namespace

TEST_CASE("what is not data becomes its name, whatever the pickle does with it") {
  CHECK(value(net) == object("net.Net"));
  CHECK(value(call(global("os", "system"), text("exit"))) == object("os.system"));
  CHECK(value(net + ")\x81") == object("net.Net"));
  CHECK(value(net + ")}\x92") == object("net.Net"));
  CHECK(value("(" + net + "K\1o") == object("net.Net"));
  CHECK(value("(K\1inet\nNet\n") == object("net.Net"));
  CHECK(value(call(global("copy_reg", "_reconstructor"), net + global("__builtin__", "dict") + "}")) ==
        object("net.Net"));
  CHECK(value(call(global("copyreg", "__newobj__"), net + "K\1")) == object("net.Net"));
  // State, items and pairs of it are not kept, so that they need not be keys or without cycles either.
  CHECK(value(net + ")\x81}" + text("a") + "K\1sb") == object("net.Net"));
  CHECK(value(net + ")\x81]q\1h\1ab"s) == object("net.Net"));
  CHECK(value(net + ")\x81q\1h\1b"s) == object("net.Net"));
  CHECK(value(net + ")\x81(]Nu") == object("net.Net"));
  CHECK(value(net + ")\x81]Ns") == object("net.Net"));
  CHECK(value(net + ")\x81(K\1e") == object("net.Net"));
  CHECK(value(net + ")\x81K\1a") == object("net.Net"));
  CHECK(value(net + ")\x81(K\1\x90") == object("net.Net"));
  // Calls of what a call returned, and calls that are given it.
  std::string chain = net;
  for (int n = 0; n < 1000; ++n) chain += ")R";
  CHECK(value(chain) == object("net.Net"));
  CHECK(value(call(global("torch", "device"), net)) == object("net.Net"));
  CHECK(value(call(function("_rebuild_parameter"), net + "\x88N")) == object("net.Net"));
  CHECK(value(call(global("__builtin__", "getattr"), net + text("Inner"))) == object("net.Net"));
  CHECK(value(call(global("__builtin__", "getattr"), text("a") + text("b"))) ==
        object("__builtin__.getattr"));
  CHECK(value(call(global("__builtin__", "list"), "K\1")) == object("builtins.list"));
  CHECK(value(global("builtins", "int")) == object("builtins.int"));
  // In containers, as a key, in a set and again by the memo.
  CHECK(value("](" + net + ")\x81q\1h\1e"s) == list({object("net.Net"), object("net.Net")}));
  TorchDict dict;
  dict.items = {{object("net.Net"), i(1)}, {object("net.Net"), i(2)}};
  CHECK(value("}(" + net + "K\1" + net + "K\2u") == TorchValue(dict));
  CHECK(value("\x8f(" + net + net + "\x90") ==
        TorchValue(TorchSequence{TorchSequence::Kind::set, {object("net.Net"), object("net.Net")}}));
}

TEST_CASE("objects in the place of data are refused") {
  const auto lenient = [](const std::string& body) { return wick_tests::reason_of(pickle(body), {}); };
  CHECK(lenient(net + "NR") == "expected a tuple of arguments, got NoneType");
  CHECK(lenient(net + "N\x81") == "expected a tuple of arguments, got NoneType");
  CHECK(lenient("N)\x81") == "expected a class, got NoneType");
  CHECK(lenient("(o") == "OBJ without a class");
  CHECK(lenient("]" + net + "b") == "expected an OrderedDict to set attributes of, got list");
  CHECK(lenient(call(global("torch", "Size"), tuple(net))) ==
        "expected a dimension of torch.Size as an integer, got object");
  CHECK(lenient("c" + std::string(513, 'm') + "\nn\n") ==
        "the name of a global does not end, or is longer than the limit of 512 bytes "
        "(TorchLimits::name_bytes)");
  CHECK(lenient(text(std::string(513, 'm')) + text("n") + "\x93") ==
        "the name of a global has 513 bytes, the limit is 512 (TorchLimits::name_bytes)");
  CHECK(lenient(net + "Q") == "expected a tuple as persistent id, got object");
}

TEST_CASE("tensors of kinds that are not read are objects") {
  CHECK(value(TensorPickle{.store = storage("0", 6, "QInt8Storage")}.str()) == object("torch.QInt8Storage"));
  CHECK(value(call(function("_rebuild_qtensor"), storage() + "K\1")) ==
        object("torch._utils._rebuild_qtensor"));
  CHECK(value(storage()) == object("torch.UntypedStorage"));
  CHECK(value(function("_rebuild_tensor_v2")) == object("torch._utils._rebuild_tensor_v2"));
  const std::string v2 = function("_rebuild_tensor_v2");
  CHECK(value(call(global("torch._tensor", "_rebuild_from_type_v2"), v2 + net + ")}")) == object("net.Net"));
}

TEST_CASE("objects with a fixed meaning are data") {
  TorchDict a;
  a.add("a", i(1));
  const std::string state = "}" + text("a") + "K\1s";
  const std::string ns = global("argparse", "Namespace");
  CHECK(value(ns + ")\x81" + state + "b") == TorchValue(a));
  CHECK(value(ns + ")\x81") == TorchValue(TorchDict{}));
  CHECK(value(ns + ")\x81Nb") == TorchValue(TorchDict{}));
  CHECK(value(global("types", "SimpleNamespace") + ")R" + state + "b") == TorchValue(a));
  CHECK(value(call(global("copy_reg", "_reconstructor"), ns + global("__builtin__", "object") + "N") + state +
              "b") == TorchValue(a));
  CHECK(value(call(global("collections", "defaultdict"), global("builtins", "list")) + text("a") + "K\1s") ==
        TorchValue(a));
  CHECK(value(call(global("collections", "deque"), "](K\1K\2eK\5")) == list({i(1), i(2)}));
  CHECK(value(global("collections", "deque") + ")RK\1a") == list({i(1)}));
  CHECK(value(call(global("builtins", "frozenset"), "]K\1a")) ==
        TorchValue(TorchSequence{TorchSequence::Kind::set, {i(1)}}));
  CHECK(value("(K\1\x91") == TorchValue(TorchSequence{TorchSequence::Kind::set, {i(1)}}));
  const auto path = [](const std::string& type, const std::string& parts) {
    return call(global("pathlib", type), parts);
  };
  CHECK(value(path("PosixPath", text("/") + text("home") + text("me"))) == TorchValue("/home/me"));
  CHECK(value(path("PurePosixPath", text("a") + text("b"))) == TorchValue("a/b"));
  CHECK(value(path("PureWindowsPath", text("C:\\") + text("a") + text("b"))) == TorchValue("C:\\a\\b"));
  CHECK(value(path("Path", "")) == TorchValue("."));
  // A path is a key like any text.
  CHECK(refused("}(" + text("a") + "N" + path("Path", text("a")) + "Nu") == "the dict has the key 'a' twice");

  CHECK(value_of(pickle(call(global("collections", "defaultdict"), global("__builtin__", "list"))),
                 wick_tests::data_alone()) == TorchValue(TorchDict{}));
  CHECK(refused(call(global("builtins", "list"), ")")).starts_with("the file asks for builtins.list"));
  CHECK(refused(path("Path", "K\1")) == "expected a part of a path as text, got int");
  CHECK(refused(ns + ")\x81)b") == "expected a dict of attributes, got tuple");
  CHECK(refused(ns + "K\1\x85\x81") == "expected 0 arguments of an object with attributes, got 1");
  CHECK(refused("}}b") == "expected an OrderedDict to set attributes of, got dict");
  CHECK(refused(call(global("collections", "deque"), "K\1")) ==
        "expected a list of the items of a deque, got int");
  CHECK(refused(ns + ")\x81q\1}"s + text("me") + "h\1sb"s) == "the dict contains itself");
}
