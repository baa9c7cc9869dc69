#include "io/torch/crafted.hpp"

#include <wick/io/torch/detail/pickle_tensors.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

using namespace std::string_literals;
using wick::TorchSequence;
using wick_tests::call;
using wick_tests::global;
using wick_tests::integer;
using wick_tests::le;
using wick_tests::ordered_dict;
using wick_tests::pickle;
using wick_tests::storage;
using wick_tests::TensorPickle;
using wick_tests::text;
using wick_tests::tuple;
using wick_tests::value_of;

namespace {

std::string refused(const std::string& body, const wick::TorchLimits& limits = wick_tests::data_alone(),
                    std::uint64_t id_items = 5) {
  return wick_tests::reason_of(pickle(body), limits, id_items);
}
std::string refused(const TensorPickle& t) { return refused(t.str()); }
wick::TorchTensor tensor(const std::string& body, std::uint64_t id_items = 5) {
  const auto value = value_of(pickle(body), {}, id_items);
  REQUIRE(value.is<wick::TorchTensor>());
  return *value.get_if<wick::TorchTensor>();
}
/// The bytes of a tensor of u8, whose storage holds 1, 2, 3, ...
std::vector<int> bytes_of(const wick::TorchTensor& t) {
  std::vector<int> result;
  for (const std::byte b : t.tensor.bytes()) result.push_back(std::to_integer<int>(b));
  return result;
}
std::string numbers(std::initializer_list<int> values) {
  std::string items;
  for (const int v : values) items += integer(v);
  return tuple(items);
}
TensorPickle bytes_tensor(std::initializer_list<int> sizes, std::initializer_list<int> strides,
                          int offset = 0, int count = 12) {
  return {.store = storage("0", count, "ByteStorage"),
          .offset = integer(offset),
          .sizes = numbers(sizes),
          .strides = numbers(strides)};
}

}  // namespace

TEST_CASE("tensors of every storage class have its dtype") {
  const std::pair<const char*, const char*> classes[] = {{"DoubleStorage", "float64"},
                                                         {"FloatStorage", "float32"},
                                                         {"HalfStorage", "float16"},
                                                         {"BFloat16Storage", "bfloat16"},
                                                         {"LongStorage", "int64"},
                                                         {"IntStorage", "int32"},
                                                         {"ShortStorage", "int16"},
                                                         {"CharStorage", "int8"},
                                                         {"ByteStorage", "uint8"},
                                                         {"BoolStorage", "bool"},
                                                         {"ComplexFloatStorage", "complex64"},
                                                         {"ComplexDoubleStorage", "complex128"}};
  for (const auto& entry : classes) {
    const char* name = entry.first;
    CAPTURE(name);
    CHECK(wick::name_of(tensor(TensorPickle{.store = storage("0", 6, name)}.str()).tensor.dtype()) ==
          entry.second);
  }
  const std::string cuda = tuple(text("storage") + global("torch.cuda", "FloatStorage") + text("0") +
                                 text("cuda:0") + integer(6)) +
                           "Q";
  CHECK(tensor(TensorPickle{.store = cuda}.str()).tensor.dtype() == wick::DType::f32);
}

TEST_CASE("storages of bytes take the dtype of the tensor") {
  const auto untyped = [](int bytes) {
    return tuple(text("storage") + global("torch.storage", "UntypedStorage") + text("0") + text("cpu") +
                 integer(bytes)) +
           "Q";
  };
  const auto v3 = [&](const std::string& dtype, int bytes, const std::string& more = "") {
    return TensorPickle{.store = untyped(bytes),
                        .more = global("torch", dtype) + more,
                        .function = global("torch._utils", "_rebuild_tensor_v3")};
  };
  for (const wick::DType d : wick::all_dtypes) {
    const int bytes = 6 * static_cast<int>(wick::item_size(d));
    CHECK(tensor(v3(std::string(wick::name_of(d)), bytes).str()).tensor.dtype() == d);
    CHECK(refused(v3(std::string(wick::name_of(d)), bytes - 1)) ==
          "a tensor of shape [2, 3], stride [3, 1] and offset 0 reaches past the 5 elements of its storage");
  }
  CHECK(tensor(v3("uint16", 12, "N").str()).tensor.dtype() == wick::DType::u16);
  CHECK(tensor(TensorPickle{.store = untyped(6)}.str()).tensor.dtype() == wick::DType::u8);
  CHECK(refused(v3("complex32", 24)) == "tensors of dtype torch.complex32 are not read");
  CHECK(refused(v3("qint8", 24)) == "tensors of dtype torch.qint8 are not read");
  TensorPickle no_dtype = v3("uint16", 24);
  no_dtype.more = text("uint16");
  CHECK(refused(no_dtype) == "expected the dtype of a tensor, got str");
  no_dtype.more = ordered_dict;
  CHECK(refused(no_dtype) == "expected the dtype of a tensor, got type");
}

TEST_CASE("elements are picked by offset and strides") {
  const auto elements = [](const TensorPickle& t) { return bytes_of(tensor(t.str())); };
  using V = std::vector<int>;
  CHECK(elements(bytes_tensor({2, 3}, {3, 1})) == V{1, 2, 3, 4, 5, 6});
  CHECK(elements(bytes_tensor({2, 3}, {3, 1}, 6)) == V{7, 8, 9, 10, 11, 12});
  CHECK(elements(bytes_tensor({3, 2}, {1, 3})) == V{1, 4, 2, 5, 3, 6});
  CHECK(elements(bytes_tensor({2, 3}, {6, 2}, 1)) == V{2, 4, 6, 8, 10, 12});
  CHECK(elements(bytes_tensor({3, 3}, {1, 1})) == V{1, 2, 3, 2, 3, 4, 3, 4, 5});
  CHECK(elements(bytes_tensor({2, 2}, {0, 0}, 11)) == V{12, 12, 12, 12});
  CHECK(elements(bytes_tensor({2, 2, 3}, {1, 6, 2})) == V{1, 3, 5, 7, 9, 11, 2, 4, 6, 8, 10, 12});
  CHECK(elements(bytes_tensor({}, {}, 3)) == V{4});
  CHECK(elements(bytes_tensor({1, 3, 1}, {99, 1, 2000000000}, 3)) == V{4, 5, 6});
  CHECK(elements(bytes_tensor({3, 1}, {2, 2000000000})) == V{1, 3, 5});
  CHECK(elements(bytes_tensor({1, 3}, {2000000000, 2})) == V{1, 3, 5});
  CHECK(elements(bytes_tensor({0}, {1}, 0, 0)).empty());
  CHECK(elements(bytes_tensor({2, 0, 3}, {3, 3, 1}, 0, 0)).empty());
  CHECK(elements(bytes_tensor({0}, {1}, 99)).empty());
}

TEST_CASE("views that leave their storage are refused") {
  const auto past = [](const std::string& shape, const std::string& stride, int offset, int count = 12) {
    return "a tensor of shape " + shape + ", stride " + stride + " and offset " + std::to_string(offset) +
           " reaches past the " + std::to_string(count) + " elements of its storage";
  };
  CHECK(refused(bytes_tensor({13}, {1})) == past("[13]", "[1]", 0));
  CHECK(refused(bytes_tensor({1}, {1}, 12)) == past("[1]", "[1]", 12));
  CHECK(refused(bytes_tensor({2}, {12})) == past("[2]", "[12]", 0));
  CHECK(refused(bytes_tensor({2, 3}, {6, 3})) == past("[2, 3]", "[6, 3]", 0));
  CHECK(refused(bytes_tensor({2, 3}, {3, 1}, 7)) == past("[2, 3]", "[3, 1]", 7));
  CHECK(refused(bytes_tensor({}, {}, 0, 0)) == past("[]", "[]", 0, 0));
  CHECK(refused(bytes_tensor({2}, {2147483647})) == past("[2]", "[2147483647]", 0));
  const auto wide = [](std::uint64_t n) { return "\x8a\x08" + le(n, 8); };
  TensorPickle t = bytes_tensor({2}, {1});
  t.strides = tuple(wide(INT64_MAX));
  constexpr bool wide_index = sizeof(wick::Index) > 4;
  CHECK(refused(t) == (wide_index
                           ? "a tensor of shape [2], stride [9223372036854775807] and offset 0 reaches "
                             "past the 12 elements of its storage"
                           : "the stride 9223372036854775807 of a tensor is out of range"));
  t.sizes = tuple(integer(3) + integer(3));
  t.strides = tuple(wide(INT64_MAX) + wide(INT64_MAX));
  CHECK(refused(t).ends_with(wide_index ? "reaches past the 12 elements of its storage" : "is out of range"));
  t = bytes_tensor({2}, {1});
  t.offset = wide(INT64_MAX);
  CHECK(refused(t).ends_with("offset 9223372036854775807 reaches past the 12 elements of its storage"));
  t = bytes_tensor({2}, {1});
  t.sizes = tuple(wide(1ULL << 40) + wide(1ULL << 40));
  t.strides = tuple(integer(0) + integer(0));
  CHECK(refused(t) == (wide_index
                           ? "a tensor of shape [1099511627776, 1099511627776] is larger than any memory"
                           : "the size 1099511627776 of a tensor is out of range"));
}

TEST_CASE("sizes, strides and offsets must be what they are") {
  TensorPickle t = bytes_tensor({2, 3}, {3});
  CHECK(refused(t) == "the tensor has 2 sizes, but 1 strides");
  CHECK(refused(bytes_tensor({-1}, {1})) == "size must not be negative, got -1");
  CHECK(refused(bytes_tensor({1}, {-1})) == "stride must not be negative, got -1");
  CHECK(refused(bytes_tensor({1}, {1}, -1)) == "the offset of a tensor must not be negative, got -1");
  CHECK(refused(bytes_tensor({1, 1, 1, 1, 1, 1, 1, 1, 1}, {1})) ==
        "the tensor has 9 dimensions, at most 8 are supported");
  t = bytes_tensor({1}, {1});
  t.sizes = tuple("N");
  CHECK(refused(t) == "expected size as an integer, got NoneType");
  t.sizes = "N";
  CHECK(refused(t) == "expected the size of a tensor as a tuple, got NoneType");
  t = bytes_tensor({1}, {1});
  t.strides = tuple("\x88");
  CHECK(refused(t) == "expected stride as an integer, got bool");
  t = bytes_tensor({1}, {1});
  t.offset = text("0");
  CHECK(refused(t) == "expected the offset of a tensor as an integer, got str");
  t = bytes_tensor({1}, {1});
  t.sizes = tuple("\x8a\x09" + le(0, 8) + "\x01");
  CHECK(refused(t) == "expected size as an integer, got int");
  t = bytes_tensor({1}, {1});
  t.requires_grad = "K\1";
  CHECK(refused(t) == "expected requires_grad as a bool, got int");
  t = bytes_tensor({1}, {1});
  t.store = "N";
  CHECK(refused(t) == "expected the storage of a tensor, got NoneType");
  t = bytes_tensor({2}, {1});
  t.sizes = call(global("torch", "Size"), tuple(integer(2)));
  CHECK(bytes_of(tensor(t.str())) == std::vector<int>{1, 2});
  CHECK(refused(call(global("torch._utils", "_rebuild_tensor_v2"), storage())) ==
        "expected 6 arguments of a tensor, got 1");
  t.more = "NN";
  CHECK(refused(t) == "expected 6 arguments of a tensor, got 8");
}

TEST_CASE("signs that are still to be changed are changed") {
  const auto with = [](const char* type, const std::string& metadata) {
    return TensorPickle{.store = storage("0", 2, type),
                        .sizes = numbers({2}),
                        .strides = numbers({1}),
                        .more = "}(" + metadata + "u"};
  };
  const auto bytes = [&](const char* type, const std::string& metadata) {
    return bytes_of(tensor(with(type, metadata).str()));
  };
  const std::string conj = text("conj") + "\x88";
  const std::string neg = text("neg") + "\x88";
  using V = std::vector<int>;
  CHECK(bytes("FloatStorage", neg) == V{1, 2, 3, 0x84, 5, 6, 7, 0x88});
  CHECK(bytes("HalfStorage", neg) == V{1, 0x82, 3, 0x84});
  CHECK(bytes("ComplexFloatStorage", conj) == V{1, 2, 3, 4, 5, 6, 7, 0x88, 9, 10, 11, 12, 13, 14, 15, 0x90});
  CHECK(bytes("ComplexFloatStorage", neg) ==
        V{1, 2, 3, 0x84, 5, 6, 7, 0x88, 9, 10, 11, 0x8c, 13, 14, 15, 0x90});
  CHECK(bytes("ComplexFloatStorage", conj + neg) ==
        V{1, 2, 3, 0x84, 5, 6, 7, 8, 9, 10, 11, 0x8c, 13, 14, 15, 16});
  CHECK(bytes("FloatStorage", text("neg") + "\x89") == V{1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(bytes("FloatStorage", "") == V{1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(refused(with("FloatStorage", conj)) == "only complex tensors can be conjugate");
  CHECK(refused(with("LongStorage", neg)) ==
        "negative views of int64 are not read: save tensor.resolve_neg()");
  CHECK(refused(with("FloatStorage", text("shift") + "\x88")) == "unknown metadata of a tensor: 'shift'");
  CHECK(refused(with("FloatStorage", text("neg") + "K\1")) ==
        "expected the metadata of a tensor as a bool, got int");
  TensorPickle t = with("FloatStorage", "");
  t.more = "]";
  CHECK(refused(t) == "expected None or a dict as metadata of a tensor, got list");
}

TEST_CASE("a storage is the same wherever it is mentioned") {
  const auto two = [](const std::string& a, const std::string& b) {
    return tuple(TensorPickle{.store = a}.str() + TensorPickle{.store = b}.str());
  };
  CHECK(value_of(pickle(two(storage("7", 6), storage("7", 6)))).is<TorchSequence>());
  CHECK(refused(two(storage("7", 6), storage("7", 7))) ==
        "the storage '7' has 7 elements of type float32 here, and 6 of type float32 before");
  CHECK(refused(two(storage("7", 6), storage("7", 6, "IntStorage"))) ==
        "the storage '7' has 6 elements of type int32 here, and 6 of type float32 before");
  const std::string untyped = tuple(text("storage") + global("torch.storage", "UntypedStorage") + text("7") +
                                    text("cpu") + integer(6)) +
                              "Q";
  CHECK(refused(two(storage("7", 6, "ByteStorage"), untyped)) ==
        "the storage '7' has 6 elements of type byte here, and 6 of type uint8 before");
}

TEST_CASE("persistent ids are for storages alone") {
  CHECK(refused("NQ") == "expected a tuple as persistent id, got NoneType");
  CHECK(refused(text("storage") + "Q") == "expected a tuple as persistent id, got str");
  const std::string only = "only storages may have persistent ids; save a state_dict(), not a whole module";
  CHECK(refused(")Q") == only);
  CHECK(refused(tuple(text("module") + text("a") + text("b") + text("c")) + "Q") == only);
  CHECK(refused(tuple("K\1") + "Q") == only);
  CHECK(refused(tuple(text("storage")) + "Q") == "expected 5 items in the persistent id of a storage, got 1");
  CHECK(refused(storage("0", 6, "FloatStorage", "N")) ==
        "expected 5 items in the persistent id of a storage, got 6");
  CHECK(refused(storage(), {}, 0) == "expected no storages here, got a persistent id");
  CHECK(refused(storage("0", -1)) == "the number of elements of a storage must not be negative, got -1");
  CHECK(refused(storage(std::string(513, 'k'))) ==
        "the key of a storage has 513 bytes, the limit is 512 (TorchLimits::name_bytes)");
  CHECK(refused(storage()) == "the file holds a storage without a tensor; save tensors");
  const auto id = [](const std::string& type, const std::string& key, const std::string& count) {
    return tuple(text("storage") + type + key + text("cpu") + count) + "Q";
  };
  const std::string floats = global("torch", "FloatStorage");
  CHECK(refused(id(text("FloatStorage"), text("0"), "K\1")) == "expected the class of a storage, got str");
  CHECK(refused(id(global("torch", "float32"), text("0"), "K\1")) ==
        "expected the class of a storage, got type");
  CHECK(refused(id(floats, "K\0"s, "K\1")) == "expected the key of a storage as text, got int");
  CHECK(refused(id(floats, text("0"), "N")) ==
        "expected the number of elements of a storage as an integer, got NoneType");
  CHECK(refused(id(floats, text("0"), "\x8a\x08" + le(INT64_MAX, 8))) ==
        "a storage of 9223372036854775807 elements is larger than any file");
}

TEST_CASE("parts of storages in old files lie within them") {
  const auto part = [](const std::string& items) { return storage("0", 6, "ByteStorage", tuple(items)); };
  const auto elements = [&](const std::string& items, int n) {
    const TensorPickle t{.store = part(items), .sizes = numbers({n}), .strides = numbers({1})};
    return bytes_of(tensor(t.str(), 6));
  };
  const auto no = [&](const std::string& items, int n = 1) {
    const TensorPickle t{.store = part(items), .sizes = numbers({n}), .strides = numbers({1})};
    return refused(t.str(), {}, 6);
  };
  using V = std::vector<int>;
  CHECK(elements(text("v") + integer(2) + integer(3), 3) == V{3, 4, 5});
  CHECK(elements(text("v") + integer(6) + integer(0), 0).empty());
  CHECK(no(text("v") + integer(2) + integer(3), 4) ==
        "a tensor of shape [4], stride [1] and offset 0 reaches past the 3 elements of its storage");
  CHECK(no(text("v") + integer(2) + integer(5)) ==
        "the part 'v' of a storage reaches past the 6 bytes of the storage");
  CHECK(no(text("v") + integer(7) + integer(0)) ==
        "the part 'v' of a storage reaches past the 6 bytes of the storage");
  CHECK(no(text("v") + integer(-1) + integer(1)) ==
        "the offset of a part of a storage must not be negative, got -1");
  CHECK(no(text("v") + integer(1)) == "expected 3 items for the part of a storage, got 2");
  CHECK(no("N" + integer(1) + integer(1)) == "expected the key of a part of a storage as text, got NoneType");
  CHECK(refused(storage("0", 6, "ByteStorage", "K\1"), {}, 6) ==
        "expected None or a part of a storage, got int");
  CHECK(refused(tuple(part(text("v") + integer(0) + integer(2)) + part(text("v") + integer(1) + integer(2))),
                {}, 6) == "the part 'v' of a storage was another part before");
  CHECK(refused(storage(), {}, 6) == "expected 6 items in the persistent id of a storage, got 5");
  CHECK(bytes_of(tensor(TensorPickle{.store = storage("0", 6, "ByteStorage", "N")}.str(), 6)) ==
        V{1, 2, 3, 4, 5, 6});
}

TEST_CASE("tensors that are expanded to much more than the file are refused before anything is copied") {
  const std::string message =
      "the tensors that are expanded or not stored row by row need more than the limit of ";
  TensorPickle t = bytes_tensor({1}, {1}, 0, 1);
  t.sizes = tuple("\x8a\x08" + le(std::uint64_t{1} << 42, 8));
  t.strides = numbers({0});
  CHECK(refused(t).starts_with(
      sizeof(wick::Index) > 4 ? message : "the size 4398046511104 of a tensor is out of range"));
  wick::TorchLimits limits;
  limits.copied_bytes = 1000;
  const auto expanded = [](int n) { return bytes_tensor({n}, {0}, 0, 1).str(); };
  const auto copied = [&](const std::string& body) { return value_of(pickle(body), limits); };
  constexpr int most = 1000;
  CHECK(copied(expanded(most)).get_if<wick::TorchTensor>()->tensor.numel() == most);
  CHECK(refused(expanded(most + 1), limits) ==
        message + std::to_string(most) + " bytes (TorchLimits::copied_bytes)");
  // Many tensors together.
  CHECK(refused(tuple(expanded(1000) + expanded(1000) + expanded(1000)), limits).starts_with(message));
}
