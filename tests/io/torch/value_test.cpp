#include <wick/io/torch/value.hpp>

#include <doctest/doctest.h>

#include <complex>
#include <cstdint>
#include <memory>
#include <string>

using wick::TorchDict;
using wick::TorchSequence;
using wick::TorchValue;

TEST_CASE("each kind of value has the name that Python's type() gives it") {
  const auto tensor = wick::AnyTensor::copy_of(wick::Tensor<float>::zeros({2}));
  const std::pair<TorchValue, std::string> cases[] = {
      {{}, "NoneType"},
      {true, "bool"},
      {std::int64_t{3}, "int"},
      {wick::TorchBigInt{}, "int"},
      {0.5, "float"},
      {std::complex<double>(1, 2), "complex"},
      {"text", "str"},
      {wick::TorchBytes{}, "bytes"},
      {tensor, "torch.Tensor"},
      {wick::TorchTensor{.tensor = tensor, .requires_grad = true, .parameter = true}, "torch.nn.Parameter"},
      {wick::TorchSize{{2, 3}}, "torch.Size"},
      {wick::TorchName{wick::TorchName::Kind::dtype, "torch.float32"}, "torch.dtype"},
      {wick::TorchName{wick::TorchName::Kind::device, "cpu"}, "torch.device"},
      {wick::TorchName{wick::TorchName::Kind::layout, "torch.strided"}, "torch.layout"},
      {TorchSequence{TorchSequence::Kind::list, {}}, "list"},
      {TorchSequence{TorchSequence::Kind::tuple, {}}, "tuple"},
      {TorchSequence{TorchSequence::Kind::set, {}}, "set"},
      {TorchDict{}, "dict"},
      {TorchDict{.kind = TorchDict::Kind::ordered, .items = {}, .metadata = {}}, "OrderedDict"},
      {TorchDict{.kind = TorchDict::Kind::counter, .items = {}, .metadata = {}}, "Counter"}};
  for (const auto& [value, name] : cases) CHECK(value.type_name() == name);
}

TEST_CASE("values are equal when all that is in them is") {
  const auto make = [](double leaf) {
    TorchDict inner;
    inner.add("list", TorchSequence{TorchSequence::Kind::list, {std::int64_t{1}, leaf}});
    TorchDict outer;
    outer.add("inner", std::move(inner));
    return TorchValue(std::move(outer));
  };
  CHECK(make(1) == make(1));
  CHECK_FALSE(make(1) == make(2));
  CHECK_FALSE(TorchValue(true) == TorchValue(std::int64_t{1}));

  TorchDict with;
  TorchDict without;
  with.metadata = std::make_shared<const TorchValue>("version 1");
  CHECK_FALSE(with == without);
  without.metadata = std::make_shared<const TorchValue>("version 1");
  CHECK(with == without);
  without.metadata = std::make_shared<const TorchValue>("version 2");
  CHECK_FALSE(with == without);
}

TEST_CASE("text keys of a dict are found, others are not taken for them") {
  TorchDict dict;
  dict.items.emplace_back(std::int64_t{0}, "zero");
  dict.add("name", "value");
  REQUIRE(dict.find("name") != nullptr);
  CHECK(*dict.find("name") == TorchValue("value"));
  CHECK(dict.find("0") == nullptr);
}
