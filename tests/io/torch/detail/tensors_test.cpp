#include <wick/io/torch/detail/tensors.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

namespace {

using wick::Index;
using wick::detail::TensorClaim;

}  // namespace

TEST_CASE("gathered elements are those at offset plus indices times strides") {
  std::mt19937 random(1);
  const auto draw = [&](Index n) { return static_cast<Index>(random() % static_cast<unsigned>(n)); };
  const wick::DType dtypes[] = {wick::DType::u8, wick::DType::f16, wick::DType::f32, wick::DType::f64,
                                wick::DType::c128};
  for (int trial = 0; trial < 2000; ++trial) {
    std::vector<Index> dims(static_cast<std::size_t>(draw(6)));
    TensorClaim claim{.dtype = dtypes[trial % 5], .shape = {}};
    Index last = 0;
    for (std::size_t d = 0; d < dims.size(); ++d) {
      dims[d] = draw(5) == 0 ? draw(2) : 1 + draw(4);
      claim.strides[d] = draw(7);
      last += (dims[d] > 0 ? dims[d] - 1 : 0) * claim.strides[d];
    }
    claim.shape = wick::Shape(dims);
    claim.contiguous = false;
    const std::size_t item = wick::item_size(claim.dtype);
    const Index offset = draw(3);
    claim.offset = static_cast<std::uint64_t>(offset) * item;
    auto bytes = std::make_shared<std::vector<std::byte>>(static_cast<std::size_t>(offset + last + 1) * item);
    for (auto& b : *bytes) b = static_cast<std::byte>(random());

    std::vector<std::byte> expected;
    std::vector<Index> at(dims.size(), 0);
    for (Index k = 0; k < claim.shape.numel(); ++k) {
      Index rest = k;
      Index from = offset;
      for (std::size_t d = dims.size(); d-- > 0; rest /= dims[d]) from += rest % dims[d] * claim.strides[d];
      const auto begin = bytes->begin() + from * static_cast<Index>(item);
      expected.insert(expected.end(), begin, begin + static_cast<Index>(item));
    }
    const wick::AnyTensor t = wick::detail::make_tensor(claim, *bytes, bytes, false);
    CHECK(t.shape() == claim.shape);
    CHECK(std::ranges::equal(t.bytes(), expected));
    std::vector<std::byte> swapped = expected;
    const auto width = static_cast<Index>(wick::number_size(claim.dtype));
    for (auto it = swapped.begin(); it != swapped.end(); it += width) std::reverse(it, it + width);
    const auto big_endian = wick::detail::make_tensor(claim, *bytes, bytes, true);
    CHECK(std::ranges::equal(big_endian.bytes(), swapped));
  }
}

TEST_CASE("contiguous tensors are views of their storage, at any address") {
  const auto bytes = std::make_shared<std::vector<std::byte>>(64);
  TensorClaim claim{.dtype = wick::DType::f32, .shape = wick::Shape{2, 3}};
  claim.offset = 4;
  const auto storage = std::span<const std::byte>(*bytes).subspan(1);
  const wick::AnyTensor t = wick::detail::make_tensor(claim, storage, bytes, false);
  CHECK(t.bytes().data() == bytes->data() + 5);
  CHECK(t.bytes().size() == 24);
  CHECK(bytes.use_count() == 2);
}
