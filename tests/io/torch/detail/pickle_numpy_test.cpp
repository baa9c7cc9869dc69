#include "io/torch/crafted.hpp"

#include <wick/io/torch/detail/pickle_numpy.hpp>

#include <doctest/doctest.h>

#include <complex>
#include <string>

using namespace std::string_literals;
using wick::TorchValue;
using wick_tests::call;
using wick_tests::get;
using wick_tests::global;
using wick_tests::integer;
using wick_tests::le;
using wick_tests::pickle;
using wick_tests::put;
using wick_tests::reason_of;
using wick_tests::repeat;
using wick_tests::text;
using wick_tests::to_bytes;
using wick_tests::tuple;
using wick_tests::value_of;

namespace {

TorchValue value(const std::string& body) { return value_of(pickle(body)); }
std::string refused(const std::string& body) { return reason_of(pickle(body), {}); }
TorchValue object(const std::string& name) { return wick::TorchObject{name}; }

std::string raw(std::string_view bytes) { return "B" + le(bytes.size(), 4) + std::string(bytes); }
std::string dtype(const std::string& code, const std::string& order = "<",
                  const std::string& fields = "NNN") {
  return call(global("numpy", "dtype"), text(code) + "\x89\x88") +
         tuple("K\3" + text(order) + fields + integer(-1) + integer(-1) + "K\0"s) + "b";
}
std::string scalar(const std::string& type, std::string_view bytes) {
  return call(global("numpy.core.multiarray", "scalar"), type + raw(bytes));
}
const std::string empty_array = call(global("numpy.core.multiarray", "_reconstruct"),
                                     global("numpy", "ndarray") + tuple("K\0"s) + raw("b"));
std::string state(const std::string& type, const std::string& shape, const std::string& data,
                  const std::string& columns_first = "\x89") {
  return tuple("K\1" + tuple(shape) + type + columns_first + data);
}
std::string array(const std::string& type, const std::string& shape, const std::string& data,
                  const std::string& columns_first = "\x89") {
  return empty_array + state(type, shape, data, columns_first) + "b";
}
std::string from_buffer(const std::string& data, const std::string& type, const std::string& shape,
                        const std::string& order) {
  return call(global("numpy._core.numeric", "_frombuffer"), data + type + tuple(shape) + text(order));
}

}  // namespace

// Values of all types by real files: "what scripts put beside their tensors" in read_test.cpp.

TEST_CASE("arrays are tensors, from every form of their bytes") {
  const auto expected = [](std::initializer_list<std::int16_t> x) {
    return TorchValue(wick::AnyTensor::copy_of(wick::Tensor<std::int16_t>::from(x)));
  };
  const std::string bytes = "\1\0\xff\xff"s;
  CHECK(value(array(dtype("i2"), "K\2", raw(bytes))) == expected({1, -1}));
  CHECK(value(array(dtype("i2"), "K\2",
                    call(global("_codecs", "encode"), text("\1\0\xc3\xbf\xc3\xbf"s) + text("latin1")))) ==
        expected({1, -1}));
  CHECK(value(array(dtype("i2"), "K\2", "U\4" + bytes)) == expected({1, -1}));  // of Python 2
  CHECK(value(from_buffer("\x96" + le(4, 8) + bytes, dtype("i2"), "K\2", "C")) == expected({1, -1}));
  CHECK(value(array(dtype("i2", ">"), "K\2", raw("\0\1\xff\xff"s))) == expected({1, -1}));
  // Twice in the file, one tensor.
  const TorchValue twice = value("](" + array(dtype("i2"), "K\2", raw(bytes)) + put(9) + get(9) + "e");
  const auto& items = twice.get_if<wick::TorchSequence>()->items;
  CHECK(items[0].get_if<wick::TorchTensor>()->tensor.bytes().data() ==
        items[1].get_if<wick::TorchTensor>()->tensor.bytes().data());
  // The last state counts.
  CHECK(value(array(dtype("i2"), "K\2", raw(bytes)) + state(dtype("i1"), "K\1", raw("\7")) + "b") ==
        TorchValue(wick::AnyTensor::copy_of(wick::Tensor<std::int8_t>::from({7}))));
  CHECK(value(empty_array) == object("numpy.ndarray"));
}

TEST_CASE("scalars are numbers and texts") {
  CHECK(value(scalar(dtype("u8"), le(~0ULL, 8))) ==
        TorchValue(wick::TorchBigInt{to_bytes(le(~0ULL, 8) + "\0"s)}));
  CHECK(value(scalar(dtype("u8"), le(5, 8))) == TorchValue(std::int64_t{5}));
  CHECK(value(scalar(dtype("f4", ">"), "\x3f\x80\0\0"s)) == TorchValue(1.0));
  CHECK(value(scalar(dtype("c8"), "\0\0\x80\x3f\0\0\0\xc0"s)) == TorchValue(std::complex<double>(1, -2)));
  CHECK(value(scalar(dtype("U2", ">"), "\0\0\0A\0\0\0\xe4"s)) == TorchValue("A\xc3\xa4"));
  CHECK(value(scalar(dtype("U3"), "A\0\0\0\0\0\0\0\0\0\0\0"s)) == TorchValue("A"));
  CHECK(value(scalar(dtype("S3"), "ab\0"s)) == TorchValue(wick::TorchBytes{to_bytes("ab")}));
  CHECK(value(scalar(dtype("M8"), le(1, 8))) == object("numpy.generic"));
}

TEST_CASE("arrays of what has no type here are objects") {
  CHECK(value(array(dtype("O8", "|"), "K\1", "]Na")) == object("numpy.ndarray"));
  CHECK(value(array(dtype("U1"), "K\1", raw("A\0\0\0"s))) == object("numpy.ndarray"));
  CHECK(value(array(dtype("V4", "|", "N" + tuple(text("a")) + "}"), "K\1", raw("1234"))) ==
        object("numpy.ndarray"));
  CHECK(value(array(dtype("f4", "<", tuple("N") + "NN"), "K\1", raw("1234"))) == object("numpy.ndarray"));
  CHECK(value(array(dtype("f16"), "K\1", raw(std::string(16, 'x')))) == object("numpy.ndarray"));
  CHECK(value(array(dtype("i1"), repeat("K\1", 9), raw("x"))) == object("numpy.ndarray"));  // dimensions
  CHECK(value(from_buffer(raw("x"), dtype("i1"), "K\1", "K")) == object("numpy.ndarray"));
  CHECK(value(dtype("f4") + "N0") == TorchValue("float32"));
  CHECK(value(dtype("U12")) == TorchValue("U12"));
  CHECK(value(call(global("numpy", "dtype"), text("f4,i4") + "\x89\x88")) == object("numpy.dtype"));
  CHECK(reason_of(pickle(array(dtype("O8", "|"), "K\1", "]Na")))
            .starts_with("the file asks for numpy.ndarray"));
}

TEST_CASE("lies about arrays are refused") {
  const std::string wrong = "the bytes of an array of NumPy are not as many as its shape asks for";
  CHECK(refused(array(dtype("i2"), "K\3", raw("1234"))) == wrong);
  CHECK(refused(array(dtype("i2"), "K\1", raw("1234"))) == wrong);
  CHECK(refused(array(dtype("i2"), "", raw("1"))) == wrong);
  CHECK(refused(array(dtype("i2"), "K\0"s, raw("1"))) == wrong);
  const std::string huge = "\x8a\x08" + le(0x7fffffffffffffffULL, 8);
  CHECK(refused(array(dtype("f8"), huge + huge, raw("12345678"))) == wrong);
  CHECK(refused(array(dtype("f8"), huge, raw("12345678"))) == wrong);
  CHECK(value(array(dtype("f8"), huge + "K\0"s, raw(""))).get_if<wick::TorchTensor>()->tensor.numel() == 0);
  CHECK(refused(array(dtype("f8"), huge + huge + "K\0"s, raw(""), "\x88")) == wrong);
  CHECK(refused(array(dtype("i2"), integer(-1), raw(""))) ==
        "the size of an array must not be negative, got -1");
  CHECK(refused(array(dtype("i2"), "N", raw(""))) ==
        "expected the size of an array as an integer, got NoneType");
  CHECK(refused(array("N", "K\1", raw("12"))) == "expected a dtype of NumPy, got NoneType");
  CHECK(refused(array(dtype("i2"), "K\1", "N")) == "expected the bytes of an array, got NoneType");
  CHECK(refused(array(dtype("i2"), "K\1", raw("12"), "K\1")) ==
        "expected the order of an array as a bool, got int");
  CHECK(refused(empty_array + "Nb") == "expected a tuple as state of an array, got NoneType");
  CHECK(refused(empty_array + ")b") == "expected 5 items for the state of an array, got 0");
  CHECK(refused(call(global("numpy.core.multiarray", "_reconstruct"), "N)" + raw("b"))) ==
        "expected numpy.ndarray as class of an array, got NoneType");
  CHECK(refused(call(global("numpy.core.multiarray", "_reconstruct"), ")")) ==
        "expected 3 items for numpy._reconstruct, got 1");
  CHECK(refused(scalar(dtype("i4"), "123")) == "a scalar of NumPy has 3 bytes, its dtype asks for 4");
  CHECK(refused(scalar(dtype("U4"), "1234")) ==
        "a scalar of NumPy has 4 bytes, its dtype asks for 4 times 4");
  CHECK(refused(scalar(dtype("U4611686018427387904"), "")).starts_with("a scalar of NumPy has 0 bytes"));
  CHECK(refused(scalar(dtype("U1"), "\0\xd8\0\0"s)) ==
        "a text of NumPy with half a surrogate pair or past U+10FFFF");
  CHECK(refused(scalar(dtype("U1"), "\xff\xff\xff\xff")) ==
        "a text of NumPy with half a surrogate pair or past U+10FFFF");
  CHECK(refused(dtype("f4", "?")) == "expected a byte order of NumPy: <, >, = or |");
  CHECK(refused(call(global("numpy", "dtype"), "N")) == "expected a dtype of NumPy as text, got NoneType");
  CHECK(refused(call(global("numpy", "dtype"), "")) == "expected 1 to 3 items for numpy.dtype, got 0");
  CHECK(refused(dtype("f4") + ")b") == "expected at least 5 items for the state of a dtype, got 0");
  CHECK(refused("}" + empty_array + "Ns") == "a value of type numpy.ndarray cannot be a key or in a set");
}

TEST_CASE("bytes that many arrays share are paid for by each") {
  const std::string shared = raw(std::string(1 << 20, 'x'));
  const std::string one = state(dtype("i1"), integer(1 << 20), get(7));
  const std::string body = shared + put(7) + "0" + dtype("i1") + put(8) + "0" + empty_array;
  CHECK(value(body + one + "b").is<wick::TorchTensor>());
  const std::string many =
      repeat(tuple("K\1" + tuple(integer(1 << 20)) + get(8) + "\x89" + get(7)) + "b", 300);
  CHECK(refused(body + many)
            .starts_with("the tensors that are expanded or not stored row by row need more than"));
}
