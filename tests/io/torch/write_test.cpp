#include <wick/io/torch/write.hpp>

#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/base/detail/quote.hpp>
#include <wick/io/torch/export.hpp>

#include <doctest/doctest.h>

#include <complex>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <ios>
#include <iterator>
#include <limits>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace fs = std::filesystem;
using wick::AnyTensor;
using wick::Shape;
using wick::StateDict;
using wick::TorchDict;
using wick::TorchName;
using wick::TorchNone;
using wick::TorchSequence;
using wick::TorchSize;
using wick::TorchTensor;
using wick::TorchValue;
using wick_tests::message_of;
using wick_tests::read_bytes;
using wick_tests::TempDir;

namespace {

using Bytes = std::vector<std::byte>;
using Values = std::vector<TorchValue>;

/// The numbers 0, 1, 2, ...
template <class T>
AnyTensor ramp(const Shape& shape) {
  wick::Tensor<T> t(shape);
  for (wick::Index i = 0; i < t.numel(); ++i) {
    t.data()[i] = wick::convert_element<T>(static_cast<std::int64_t>(i));
  }
  return AnyTensor::copy_of(t);
}
AnyTensor floats(const Shape& shape) { return ramp<float>(shape); }
AnyTensor bytes(const Shape& shape) { return ramp<std::uint8_t>(shape); }

TorchSequence list(Values items) { return {TorchSequence::Kind::list, std::move(items)}; }
TorchSequence tuple(Values items) { return {TorchSequence::Kind::tuple, std::move(items)}; }
TorchSequence set(Values items) { return {TorchSequence::Kind::set, std::move(items)}; }
std::int64_t operator""_i(unsigned long long x) { return static_cast<std::int64_t>(x); }

using Items = std::vector<std::pair<TorchValue, TorchValue>>;
TorchDict dict(Items items, TorchDict::Kind kind = TorchDict::Kind::dict) {
  return {.kind = kind, .items = std::move(items), .metadata = nullptr};
}

/// What torch.save wrote and what wick writes under the same name.
struct Pair {
  Bytes theirs;
  Bytes ours;
};
Pair written(const std::string& name, const TorchValue& value) {
  const TempDir folder;
  const fs::path file = folder / ("torch_written_" + name + ".pth");
  wick::write_torch(value, file);
  return {read_bytes(fs::path(WICK_TEST_DATA) / file.filename()), read_bytes(file)};
}
/// The two, of which a difference shows where it begins.
void check_equal(const Pair& files) {
  std::size_t same = 0;
  while (same < files.theirs.size() && same < files.ours.size() && files.theirs[same] == files.ours[same])
    ++same;
  CHECK_MESSAGE(files.theirs == files.ours, "sizes " << files.theirs.size() << " and " << files.ours.size()
                                                     << ", equal up to byte " << same);
}

std::string refusal(const TorchValue& value) {
  std::ostringstream out;
  std::string text = message_of<wick::OptionError>([&] { wick::write_torch(value, out); });
  CHECK(out.str().empty());
  return text;
}

}  // namespace

TEST_CASE("a state dict is written as PyTorch 1.13 writes it, byte for byte") {
  StateDict sd{{"scale", floats({})}};
  for (int i = 0; i < 5; ++i) {
    sd.insert("hidden_layers." + std::to_string(i) + ".weight", floats({3, 3}));
    sd.insert("hidden_layers." + std::to_string(i) + ".bias", floats({3}));
  }
  sd.insert("output.weight", floats({2, 3}));
  sd.insert("output.bias", floats({2}));
  check_equal(written("network", wick::torch_state_dict(sd)));
}

TEST_CASE("the lesson's checkpoint with Adam's state is written as PyTorch 1.13 writes it") {
  const StateDict model{{"0.weight", floats({2, 2})}, {"0.bias", floats({2})}};
  const auto state = [](const Shape& shape) {
    const AnyTensor zeros = AnyTensor::copy_of(wick::Tensor<float>::zeros(shape));
    const AnyTensor more_zeros = AnyTensor::copy_of(wick::Tensor<float>::zeros(shape));
    const AnyTensor step = AnyTensor::copy_of(wick::Tensor<float>::full({}, 1));
    return dict({{"step", step}, {"exp_avg", zeros}, {"exp_avg_sq", more_zeros}});
  };
  const TorchDict group = dict({{"lr", 0.25},
                                {"betas", tuple({0.9, 0.999})},
                                {"eps", 1e-8},
                                {"weight_decay", 0_i},
                                {"amsgrad", false},
                                {"maximize", false},
                                {"foreach", TorchNone{}},
                                {"capturable", false},
                                {"differentiable", false},
                                {"fused", false},
                                {"params", list({0_i, 1_i})}});
  check_equal(written("checkpoint",
                      dict({{"input_size", 2_i},
                            {"output_size", 2_i},
                            {"hidden_layers", list({})},
                            {"state_dict", wick::torch_state_dict(model)},
                            {"optimizer", dict({{"state", dict({{0_i, state({2, 2})}, {1_i, state({2})}})},
                                                {"param_groups", list({group})}})}})));
}

TEST_CASE("containers of more than a thousand items are written in batches, as PyTorch does") {
  const AnyTensor one = AnyTensor::copy_of(wick::Tensor<float>::from({1}));
  TorchDict many = dict({}, TorchDict::Kind::ordered);
  for (int i = 0; i < 2001; ++i) many.add("name." + std::to_string(i), one);
  check_equal(written("many", many));
  TorchDict batches;
  for (std::int64_t i = 0; i < 1001; ++i) batches.items.emplace_back(i, list({i}));
  check_equal(written("batches", batches));
}

TEST_CASE("every kind of value is written as PyTorch 1.13 writes it") {
  const auto big = [](std::initializer_list<unsigned> low_first, std::size_t zeros_before,
                      std::byte fill = {}) {
    Bytes number(zeros_before, fill);
    for (const unsigned b : low_first) number.push_back(static_cast<std::byte>(b));
    return wick::TorchBigInt{number};
  };
  constexpr auto i64_min = (std::numeric_limits<std::int64_t>::min)();
  constexpr auto i64_max = (std::numeric_limits<std::int64_t>::max)();
  const auto parameter = [](bool requires_grad) {
    return TorchTensor{.tensor = floats({2}), .requires_grad = requires_grad, .parameter = true};
  };
  const auto name = [](TorchName::Kind kind, const char* text) { return TorchName{kind, text}; };
  const auto linear = [] {
    return wick::torch_state_dict({{"0.weight", floats({1, 1})}, {"0.bias", floats({1})}});
  };
  using Ordered = TorchDict::Kind;
  check_equal(written(
      "values",
      dict({
          {"tensors",
           list({ramp<double>({2, 3}), ramp<float>({2, 3}), ramp<wick::Half>({2, 3}),
                 ramp<wick::BFloat16>({2, 3}), ramp<std::int64_t>({2, 3}), ramp<std::int32_t>({2, 3}),
                 ramp<std::int16_t>({2, 3}), ramp<std::int8_t>({2, 3}), ramp<std::uint8_t>({2, 3}),
                 ramp<bool>({2, 3}), ramp<std::complex<float>>({2, 3}), ramp<std::complex<double>>({2, 3})})},
          {"shapes", list({bytes({}), bytes({0}), bytes({1}), bytes({2, 0, 3}), bytes({2, 1, 3, 2}),
                           bytes({1, 1, 1, 1, 2, 1, 1, 1})})},
          {"integers",
           list({0_i, 1_i, 255_i, 256_i, 65535_i, 65536_i, -1_i, -2147483648_i, 2147483647_i, 2147483648_i,
                 -2147483649_i, i64_max, i64_min, big({0x80, 0}, 7), big({0x40, 0}, 8),
                 big({0xC0, 0xFF, 0xFF}, 8), big({0x7F}, 254, std::byte{0xFF})})},
          {"floats", list({0.0, -0.0, 0.1, std::numeric_limits<double>::infinity(),
                           std::numeric_limits<double>::quiet_NaN(), 5e-324})},
          {"texts", list({"", "a", "a", "two", "\u00e9\u20ac\U0001f600", std::string("line\nend\0", 9)})},
          {"bytes", list({wick::TorchBytes{wick_tests::bytes_of({0, 0x7F, 0x80, 0xFF})},
                          wick::TorchBytes{wick_tests::bytes_of({'s', 'e', 'c', 'o', 'n', 'd'})}})},
          {"complex", std::complex<double>(1, -2)},
          {"tuples", list({tuple({}), tuple({1_i}), tuple({1_i, 2_i}), tuple({1_i, 2_i, 3_i}),
                           tuple({1_i, 2_i, 3_i, 4_i})})},
          {"lists", list({list({}), list({1_i}), list({1_i, 2_i})})},
          {"dicts", list({dict({}), dict({{"a", TorchNone{}}}),
                          dict({{1_i, true}, {TorchNone{}, false}, {tuple({3_i, 4_i}), 0.5}})})},
          {"ordered", list({dict({}, Ordered::ordered), dict({{"a", 1_i}}, Ordered::ordered),
                            dict({{"a", 1_i}, {"b", 2_i}}, Ordered::ordered)})},
          {"sets", list({set({}), set({1_i}), set({1_i, 2_i})})},
          {"counter", dict({{"x", 3_i}, {"y", 1_i}}, Ordered::counter)},
          {"size", list({TorchSize{}, TorchSize{{2, 3}}, TorchSize{{2, 3, 4, 5}}})},
          {"dtypes",
           list({name(TorchName::Kind::dtype, "torch.float32"), name(TorchName::Kind::dtype, "torch.bool"),
                 name(TorchName::Kind::dtype, "torch.float32")})},
          {"devices", list({name(TorchName::Kind::device, "cpu"), name(TorchName::Kind::device, "cuda:1")})},
          {"layout", name(TorchName::Kind::layout, "torch.strided")},
          {"parameter", parameter(true)},
          {"frozen", parameter(false)},
          {"grad", TorchTensor{.tensor = floats({2}), .requires_grad = true}},
          {"two state dicts", list({linear(), linear()})},
      })));
}

TEST_CASE("integers are written in their shortest form, wherever they come from") {
  const auto pickled = [](const TorchValue& value) {
    const wick::detail::TorchPickler pickler(value);
    return Bytes(pickler.pickle().begin(), pickler.pickle().end());
  };
  const auto big = [](std::initializer_list<unsigned> bytes) {
    return wick::TorchBigInt{wick_tests::bytes_of(bytes)};
  };
  CHECK(pickled(big({})) == pickled(0_i));
  CHECK(pickled(big({0xFF})) == pickled(-1_i));
  CHECK(pickled(big({0xFF, 0, 0})) == pickled(255_i));
  CHECK(pickled(big({0, 0, 0, 0, 0, 0, 0, 0x80})) == pickled((std::numeric_limits<std::int64_t>::min)()));
  CHECK(pickled(big({5, 0, 0, 0, 0, 0, 0, 0, 0, 0})) == pickled(5_i));
  CHECK(pickled(big({0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF})) == pickled(-2_i));
  CHECK(pickled((1_i << 31)) == wick_tests::bytes_of({0x80, 2, 0x8A, 5, 0, 0, 0, 0x80, 0, '.'}));
}

TEST_CASE("tensors over the same bytes share a storage, others do not") {
  const auto records = [](const TorchValue& value) {
    const wick::detail::TorchPickler pickler(value);
    return pickler.storages().size();
  };
  const AnyTensor one = floats({2, 3});
  const auto data = std::make_shared<Bytes>(std::size_t{24});
  const AnyTensor flat(wick::DType::f32, {6}, *data, data);
  const AnyTensor square(wick::DType::f32, {2, 3}, *data, data);
  const AnyTensor part(wick::DType::f32, {5}, std::span(*data).first(20), data);
  const AnyTensor integers(wick::DType::i32, {6}, *data, data);
  const AnyTensor empty(wick::DType::f32, {0}, std::span(*data).first(0), data);
  CHECK(records(list({one, one})) == 1);
  CHECK(records(list({one, floats({2, 3})})) == 2);
  CHECK(records(list({flat, square})) == 1);
  CHECK(records(list({flat, part})) == 2);
  CHECK(records(list({flat, integers})) == 2);
  CHECK(records(list({empty, empty, flat})) == 3);
}

TEST_CASE("what torch.load would refuse is not written") {
  const auto name = [](TorchName::Kind kind, const char* text) { return TorchName{kind, text}; };
  const auto quoted = [](const char* text) { return wick::detail::python_quoted(text); };
  using Kind = TorchName::Kind;
  CHECK(refusal("\xFF") == "write_torch: a text is not UTF-8; store other bytes as TorchBytes");
  CHECK(refusal(dict({{"\xFF", 1_i}})) ==
        "write_torch: a text is not UTF-8; store other bytes as TorchBytes");
  CHECK(refusal(dict({{"a", 1_i}, {"b", 2_i}, {"a", 3_i}})) == "write_torch: a dict has the key 'a' twice");
  CHECK(refusal(dict({{-7_i, 1_i}, {-7_i, 1_i}})) == "write_torch: a dict has the key -7 twice");
  CHECK(refusal(dict({{list({}), 1_i}})) ==
        "write_torch: a dict has a key of type list; Python has no such dict");
  CHECK(refusal(dict({{tuple({1_i, tuple({dict({})})}), 1_i}})) ==
        "write_torch: a dict has a key of type tuple; Python has no such dict");
  CHECK(refusal(set({set({})})) == "write_torch: a set with an item of type set; Python has no such set");
  for (const auto kind : {TorchDict::Kind::dict, TorchDict::Kind::counter}) {
    TorchDict with_metadata = dict({}, kind);
    with_metadata.metadata = std::make_shared<const TorchValue>(1_i);
    CHECK(refusal(with_metadata) == "write_torch: only an OrderedDict can have metadata");
  }
  for (const char* text : {"float32", "torch.load", "torch.", "torch", "torch.float32\nos\nsystem", ""}) {
    CHECK(refusal(name(Kind::dtype, text)) ==
          "write_torch: " + quoted(text) + " is no dtype; expected one such as 'torch.float32'");
  }
  for (const char* text : {"", ":0", "cuda:", "cuda:x", "cuda:1 ", "cuda:256", "cuda:-1", "CUDA", "cu da"}) {
    CHECK(refusal(name(Kind::device, text)) ==
          "write_torch: " + quoted(text) + " is no device; expected one such as 'cpu' or 'cuda:0'");
  }
  CHECK(refusal(name(Kind::layout, "strided")) ==
        "write_torch: 'strided' is no layout; expected one such as 'torch.strided'");
  CHECK(refusal(wick::TorchBigInt{Bytes(256, std::byte{1})}) ==
        "write_torch: an integer of 256 bytes; torch.load reads at most 255");

  TorchValue nested = 1_i;
  for (int i = 0; i < 100; ++i) nested = list({std::move(nested)});
  std::ostringstream out;
  CHECK_NOTHROW(wick::write_torch(nested, out));
  CHECK(refusal(list({nested})) ==
        "write_torch: containers are nested more than 100 deep, which readers refuse");
}

TEST_CASE("the records lie in a folder that is called as the file") {
  const auto name = [](const fs::path& path) { return wick::torch_archive_name(path); };
  CHECK(name("model.pth") == "model");
  CHECK(name("some/folder/model.v2.pth") == "model.v2");
  CHECK(name("model") == "model");
  CHECK(name("folder.d/model") == "model");
  CHECK(name(u8"\u043c\u043e\u0434\u0435\u043b\u044c.pth") == "\u043c\u043e\u0434\u0435\u043b\u044c");
  // PyTorch refuses such names or cuts them at another place.
  CHECK(name(".pth") == "archive");
#if !defined(_WIN32)
  CHECK(name("a\\b.pth") == "archive");
  CHECK(name("\xFF.pth") == "archive");
#endif
}

TEST_CASE("a file that cannot be written leaves the old one as it was") {
  const TempDir folder;
  const fs::path file = folder / "model.pth";
  wick::write_torch(1_i, file);
  const Bytes before = read_bytes(file);
  CHECK_THROWS_AS(wick::write_torch("\xFF", file), wick::OptionError);
  CHECK(read_bytes(file) == before);
  CHECK(std::distance(fs::directory_iterator(folder.path()), fs::directory_iterator()) == 1);
  CHECK(message_of<wick::FileError>([&] { wick::write_torch(1_i, folder.path()); }) ==
        wick::display_name(folder.path()) + ": expected a file, got a directory");

  std::ostringstream broken;
  broken.setstate(std::ios::badbit);
  CHECK(message_of<wick::FileError>([&] { wick::write_torch(1_i, broken); }) ==
        "<stream>: cannot write the file");
}

TEST_CASE("the bytes of tensors are not copied") {
  const AnyTensor tensor = AnyTensor::copy_of(wick::Tensor<double>::zeros({1 << 17}));
  std::size_t pieces = 0;
  std::size_t inside = 0;
  wick::encode_torch(tensor, "x", [&](std::span<const std::byte> piece) {
    ++pieces;
    if (piece.data() >= tensor.bytes().data() &&
        piece.data() < tensor.bytes().data() + tensor.bytes().size()) {
      inside += piece.size();
    }
  });
  CHECK(inside == tensor.bytes().size());
  CHECK(pieces == 6);  // headers, four quarters of the tensor, the rest
}
