#include <wick/tensor/any_tensor.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

using namespace wick;

namespace {

template <class T>
std::vector<std::byte> bytes_of(const std::vector<T>& values) {
  std::vector<std::byte> bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

}  // namespace

TEST_CASE("a copy of a tensor keeps dtype, shape and elements when the tensor is gone") {
  AnyTensor any;
  CHECK(any.shape() == Shape{0});
  CHECK(any.numel() == 0);
  {
    auto t = Tensor<float>::from({{1, 2}, {3, 4}});
    any = AnyTensor::copy_of(t);
    t.fill(0);
  }
  CHECK(any.dtype() == DType::f32);
  CHECK(any.shape() == Shape{2, 2});
  CHECK(any.bytes().size() == 16);
  CHECK(any.to<float>() == Tensor<float>::from({{1, 2}, {3, 4}}));
}

TEST_CASE("copies share the bytes and moves leave the source as it was") {
  const AnyTensor a = AnyTensor::copy_of(Tensor<float>::from({1, 2, 3}));
  const AnyTensor b = a;
  CHECK(b.bytes().data() == a.bytes().data());
  AnyTensor source = a;
  const AnyTensor c = std::move(source);
  CHECK(c == a);
  CHECK(source == a);
  source = AnyTensor();
  CHECK(c.to<float>() == Tensor<float>::from({1, 2, 3}));
}

TEST_CASE("the owner lives as long as a tensor that views its bytes") {
  auto owner = std::make_shared<std::vector<std::byte>>(bytes_of<std::int32_t>({5, 6}));
  const std::weak_ptr<const void> watch = owner;
  {
    const AnyTensor any(DType::i32, {2}, *owner, owner);
    owner.reset();
    CHECK_FALSE(watch.expired());
    CHECK(any.to<std::int64_t>() == Tensor<std::int64_t>::from({5, 6}));
  }
  CHECK(watch.expired());
}

TEST_CASE("elements are read from any address and converted") {
  for (const std::size_t shift : {0U, 1U, 3U}) {
    std::vector<std::byte> memory(shift);
    const auto values = bytes_of<double>({1.5, -2.25, 1e300});
    memory.insert(memory.end(), values.begin(), values.end());
    const AnyTensor any(DType::f64, {3}, std::span(memory).subspan(shift), nullptr);
    CHECK(any.to<double>() == Tensor<double>::from({1.5, -2.25, 1e300}));
    CHECK(any.to<float>() == Tensor<float>::from({1.5F, -2.25F, std::numeric_limits<float>::infinity()}));
  }
  const AnyTensor half = AnyTensor::copy_of(Tensor<Half>::from({Half{0x3C00}, Half{0xC000}}));
  CHECK(half.to<float>() == Tensor<float>::from({1, -2}));
  CHECK(AnyTensor::copy_of(Tensor<float>::full({}, 2.5F)).to<std::int64_t>().item() == 2);
  CHECK(AnyTensor::copy_of(Tensor<float>(Shape{0, 3})).to<double>().shape() == Shape{0, 3});
  CHECK(AnyTensor().to<float>().numel() == 0);
}

TEST_CASE("any nonzero byte of a file is a true bool") {
  const std::vector<std::byte> bytes{std::byte{0}, std::byte{1}, std::byte{2}, std::byte{255}};
  const AnyTensor any(DType::boolean, {4}, bytes, nullptr);
  CHECK(any.to<std::int32_t>() == Tensor<std::int32_t>::from({0, 1, 1, 1}));
  const auto bools = any.to<bool>();
  std::uint8_t raw[4];
  std::memcpy(raw, bools.data(), 4);
  CHECK(raw[0] == 0);
  CHECK(raw[1] == 1);
  CHECK(raw[2] == 1);
  CHECK(raw[3] == 1);
}

TEST_CASE("equality means dtype, shape and bytes") {
  const auto make = [](auto value) {
    return AnyTensor::copy_of(Tensor<decltype(value)>::from({value, value}));
  };
  CHECK(make(1.0F) == make(1.0F));
  CHECK_FALSE(make(1.0F) == make(2.0F));
  CHECK_FALSE(make(std::int32_t{0}) == make(0.0F));
  CHECK_FALSE(make(1.0F) == AnyTensor::copy_of(Tensor<float>::from({{1, 1}})));
}

TEST_CASE("bytes that do not fill the shape are refused") {
  const std::vector<std::byte> bytes(12);
  const auto make = [&](DType dtype, const Shape& shape) {
    return wick_tests::message_of<ShapeError>([&] { AnyTensor(dtype, shape, bytes, nullptr); });
  };
  CHECK(make(DType::f32, {2}) == "AnyTensor: a float32 tensor of shape [2] does not have 12 bytes");
  CHECK(make(DType::f32, {4}) == "AnyTensor: a float32 tensor of shape [4] does not have 12 bytes");
  CHECK(make(DType::f64, {3}) == "AnyTensor: a float64 tensor of shape [3] does not have 12 bytes");
  // 2^61 elements of 8 bytes, on 32 bits 2^29: a product that overflowed to zero would pass for empty.
  CHECK_THROWS_AS(AnyTensor(DType::f64, {Index{1} << (std::numeric_limits<Index>::digits - 2)}, {}, nullptr),
                  ShapeError);
  CHECK_NOTHROW(AnyTensor(DType::f32, {3}, bytes, nullptr));
  CHECK_NOTHROW(AnyTensor(DType::u8, {3, 4}, bytes, nullptr));
}
