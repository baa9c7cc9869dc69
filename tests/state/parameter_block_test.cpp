#include <wick/state/load_state_dict.hpp>
#include <wick/state/parameter_block.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <sstream>
#include <utility>

using namespace wick;
using wick_tests::message_of;

TEST_CASE_TEMPLATE("every parameter begins at a multiple of 64 bytes and the gaps are zero", T, float,
                   double) {
  ParameterBlock<T> block;
  block.add("a", {3, 5});
  block.require_grad();
  block.add("b", {});
  block.add("empty", {0, 4});
  block.add("c", {64});
  block.add("d", {17});
  CHECK(block.numel() == 15 + 1 + 0 + 64 + 17);
  for (const auto& e : block.entries()) {
    CHECK(reinterpret_cast<std::uintptr_t>(block.value(e.slot).data()) % 64 == 0);
    CHECK(reinterpret_cast<std::uintptr_t>(block.grad(e.slot).data()) % 64 == 0);
    block.value(e.slot).fill(T(1));
    block.grad(e.slot).fill(T(2));
  }
  CHECK(block.values().size() == block.grads().size());
  CHECK(std::ranges::count(block.values(), T(1)) == block.numel());
  CHECK(std::ranges::count(block.values(), T(0)) + block.numel() ==
        static_cast<Index>(block.values().size()));
  CHECK(std::ranges::count(block.grads(), T(2)) == block.numel());
  CHECK(std::ranges::count(block.grads(), T(0)) + block.numel() == static_cast<Index>(block.grads().size()));
  block.zero_grad();
  CHECK(std::ranges::count(block.grads(), T(0)) == static_cast<Index>(block.grads().size()));
}

TEST_CASE("padded rounds up to whole lines of 64 bytes") {
  CHECK(ParameterBlock<float>::padded(0) == 0);
  CHECK(ParameterBlock<float>::padded(1) == 16);
  CHECK(ParameterBlock<float>::padded(16) == 16);
  CHECK(ParameterBlock<double>::padded(9) == 16);
}

TEST_CASE("adding a parameter keeps slots, values and gradients of the others") {
  ParameterBlock<float> block;
  const Slot a = block.add("a", {2});
  block.require_grad();
  block.value(a).fill(3);
  block.grad(a).fill(4);
  for (int i = 0; i < 50; ++i) block.add("p" + std::to_string(i), {100});
  CHECK(block.value(a).at(1) == 3);
  CHECK(block.grad(a).at(1) == 4);
  CHECK(block.value("p49").at(99) == 0);
  CHECK(block.grad("p49").at(99) == 0);
  CHECK(block.has_grad());
}

TEST_CASE("reserve makes room so that values stay where they are") {
  ParameterBlock<float> block;
  block.reserve(ParameterBlock<float>::padded(2) + ParameterBlock<float>::padded(100));
  const Slot a = block.add("a", {2});
  block.value(a).fill(5);
  const float* data = block.value(a).data();
  block.add("b", {100});
  CHECK(block.value(a).data() == data);
  block.reserve(10000);
  CHECK(block.value(a).at(0) == 5);
  CHECK(block.value(a).at(1) == 5);
  block.reserve(-1);
  CHECK(block.numel() == 102);
}

TEST_CASE("copies of a block are deep") {
  ParameterBlock<double> block;
  const Slot a = block.add("a", {4});
  block.require_grad();
  auto copy = block;
  copy.value(a).fill(1);
  copy.grad(a).fill(1);
  CHECK(block.value(a).at(0) == 0);
  CHECK(block.grad(a).at(0) == 0);
}

TEST_CASE("gradients take memory only when they are asked for") {
  ParameterBlock<float> block;
  block.add("a", {4});
  CHECK_FALSE(block.has_grad());
  CHECK(block.grads().empty());
  CHECK(message_of<Error>([&] { static_cast<void>(block.grad("a")); }) ==
        "ParameterBlock::grad: \"a\" has no gradient yet; call require_grad() first");
  block.require_grad();
  block.grad("a").fill(2);
  block.require_grad();
  CHECK(std::as_const(block).grad("a").at(0) == 2);
}

TEST_CASE("names that are empty, taken or missing are refused and change nothing") {
  ParameterBlock<float> block;
  block.add("weight", {2});
  block.add("bias", {1});
  CHECK(message_of<IndexError>([&] { block.add("", {1}); }) ==
        "ParameterBlock::add: a parameter needs a name");
  CHECK(message_of<IndexError>([&] { block.add("bias", {1}); }) ==
        "ParameterBlock::add: the parameter \"bias\" exists already");
  CHECK(message_of<IndexError>([&] { static_cast<void>(block.value("bia")); }) ==
        "ParameterBlock: no parameter \"bia\"; there are: weight, bias");
  CHECK_THROWS_AS(static_cast<void>(block.grad("x")), IndexError);
  CHECK(block.entries().size() == 2);
  CHECK(block.values().size() == 32);
}

TEST_CASE("parameters beyond all memory are refused and change nothing") {
  ParameterBlock<double> block;
  block.add("a", {3});
  block.require_grad();
  constexpr Index most = (std::numeric_limits<Index>::max)();
  CHECK(wick_tests::contains(message_of<ShapeError>([&] { block.add("b", {most}); }),
                             "\"b\" of shape [" + std::to_string(most) + "]"));
  CHECK_THROWS_AS(block.add("b", {most - 10}), ShapeError);
  CHECK_THROWS_AS(block.add("b", {most / 4}), ShapeError);
  CHECK(block.entries().size() == 1);
  CHECK(block.values().size() == 8);
  CHECK(block.has_grad());
  CHECK_NOTHROW(block.add("b", {3}));
}

TEST_CASE("a state dict is a snapshot that can be assigned back") {
  ParameterBlock<float> block;
  block.add("w", {2, 2});
  block.add("b", {2});
  block.value("w").fill(1.5F);
  const StateDict sd = block.state_dict();
  block.value("w").fill(0);
  CHECK(sd.keys() == StateDict::Keys{"w", "b"});
  CHECK(sd["w"].to<float>() == Tensor<float>::full({2, 2}, 1.5F));

  SUBCASE("all of it") {
    block.assign(sd);
    CHECK(block.value("w").at(1, 1) == 1.5F);
  }
  SUBCASE("with another element type, without strays and what does not fit") {
    const StateDict other{{"stray", AnyTensor::copy_of(Tensor<double>::full({2}, 1))},
                          {"w", AnyTensor::copy_of(Tensor<double>::full({2, 3}, 1))},
                          {"b", AnyTensor::copy_of(Tensor<std::int64_t>::full({2}, 7))}};
    block.assign(other);
    CHECK(block.value("w").at(1, 1) == 0);
    CHECK(block.value("b").at(1) == 7);
  }
  SUBCASE("one element for a scalar, as PyTorch once saved them") {
    ParameterBlock<float> scalars;
    scalars.add("s", {});
    const StateDict old{{"s", AnyTensor::copy_of(Tensor<float>::full({1}, 3))}};
    CHECK(check_state_dict(scalars.spec("M"), old).all_matched());
    scalars.assign(old);
    CHECK(scalars.value("s").item() == 3);
    CHECK(scalars.value("s").shape() == Shape{});
  }
}

TEST_CASE("the spec of a block names its tensors in order") {
  ParameterBlock<float> block;
  block.add("w", {2, 3});
  block.add("b", {2});
  const StateDictSpec spec = block.spec("Net");
  CHECK(spec.class_name == "Net");
  REQUIRE(spec.tensors.size() == 2);
  CHECK(spec.tensors[0].name == "w");
  CHECK(spec.tensors[1].shape == Shape{2});
  CHECK(check_state_dict(spec, block.state_dict()).all_matched());
}

TEST_CASE("a block over given memory keeps its values, as far as it reaches") {
  auto owner = std::make_shared<wick::Buffer<float>>(wick::Index{48});
  for (int i = 0; i < 48; ++i) owner->data()[i] = static_cast<float>(i);
  float* const memory = owner->data();
  wick::ParameterBlock<float> block(memory, 48, owner);
  CHECK(block.values().empty());
  block.reserve(48);
  const wick::Slot a = block.add("a", wick::Shape{3});
  const wick::Slot b = block.add("b", wick::Shape{4, 8});
  CHECK(block.values().data() == memory);
  CHECK(block.value(a).at(2) == 2);
  CHECK(block.value(b).at(0, 0) == 16);
  block.value(b).at(0, 0) = -1;
  CHECK(owner->data()[16] == -1);

  wick::ParameterBlock<float> copy = block;
  CHECK(copy.values().data() != memory);
  CHECK(copy.value(b).at(0, 0) == -1);
  CHECK(copy.value(copy.add("c", wick::Shape{2})).at(1) == 0);

  const wick::Slot c = block.add("c", wick::Shape{2});
  CHECK(block.values().data() != memory);
  CHECK(block.value(a).at(2) == 2);
  CHECK(block.value(c).at(0) == 0);
  CHECK(block.value(c).at(1) == 0);
}

TEST_CASE_TEMPLATE("lerp moves values towards those of a block with the same parameters", T, float, double) {
  ParameterBlock<T> a;
  a.add("w", {3, 5});
  a.add("b", {3});
  ParameterBlock<T> b = a;
  a.value("w").fill(T(1));
  b.value("w").fill(T(3));
  b.value("b").fill(T(-2));
  const auto version = a.version();
  a.lerp(b, 0.25);
  CHECK(a.version() != version);
  CHECK(std::as_const(a).value("w").at(2, 4) == T(1.5));
  CHECK(std::as_const(a).value("b").at(2) == T(-0.5));
  CHECK(std::as_const(b).value("w").at(2, 4) == T(3));
  CHECK(std::ranges::count(std::as_const(a).values(), T(0)) ==
        static_cast<Index>(std::as_const(a).values().size()) - a.numel());
  a.value("w").at(0, 0) = T(1) / T(3);
  a.lerp(b, 1);
  CHECK(std::ranges::equal(std::as_const(a).values(), std::as_const(b).values()));
  a.lerp(b, 0);
  a.lerp(a, 0.7);
  CHECK(std::ranges::equal(std::as_const(a).values(), std::as_const(b).values()));

  // Another layout in memory, the same parameters.
  alignas(64) std::array<T, 64> memory{};
  ParameterBlock<T> foreign(memory.data(), 64, {32, 0}, nullptr);
  foreign.add("w", {3, 5});
  foreign.add("b", {3});
  foreign.value("b").fill(T(8));
  a.lerp(foreign, 0.5);
  CHECK(std::as_const(a).value("b").at(1) == T(3));
  CHECK(std::as_const(a).value("w").at(0, 0) == T(1.5));
}

TEST_CASE("lerp refuses blocks with other parameters and changes nothing") {
  ParameterBlock<float> a;
  a.add("w", {2});
  const auto refused = [&](const char* name, const Shape& shape) {
    ParameterBlock<float> b;
    b.add(name, shape);
    b.values()[0] = 1;
    std::string message = message_of<IndexError>([&] { a.lerp(b, 0.5); });
    CHECK(std::as_const(a).values()[0] == 0);
    return message;
  };
  CHECK(refused("w", {3}) ==
        "ParameterBlock::lerp: the blocks have different parameters: \"w\" of shape [2] here and \"w\" of "
        "shape [3] there");
  CHECK(wick_tests::contains(refused("v", {2}), "\"w\" of shape [2] here and \"v\" of shape [2] there"));
  CHECK(wick_tests::contains(message_of<IndexError>([&] { a.lerp(ParameterBlock<float>(), 0.5); }),
                             "1 here and 0 there"));
}

TEST_CASE("ParameterBlock: buffers lie apart and have names and slots of their own") {
  ParameterBlock<float> block;
  const Slot w = block.add("w", {3});
  const Slot mean = block.add_buffer("mean", {2});
  const Slot seen = block.add_buffer("seen", {}, false);
  CHECK(block.values().size() == static_cast<std::size_t>(ParameterBlock<float>::padded(3)));
  block.buffer(mean).fill(2);
  block.value(w).fill(1);
  CHECK(block.buffer(seen).data()[0] == 0.0F);
  CHECK(block.state_dict().keys() == StateDict::Keys{"w", "mean"});
  CHECK(block.spec("Net").tensors.size() == 2);
  const ParameterBlock<float> copy(block);
  block.buffer(mean).fill(3);
  CHECK(copy.buffer(mean).data()[1] == 2.0F);
  // Neither passes for the other.
  CHECK_THROWS_AS(static_cast<void>(block.value(mean)), IndexError);
  CHECK_THROWS_AS(static_cast<void>(block.buffer(w)), IndexError);
  CHECK_THROWS_AS(static_cast<void>(block.value("mean")), IndexError);
  CHECK_THROWS_AS(block.add("mean", {1}), IndexError);
  CHECK_THROWS_AS(block.add_buffer("mean", {1}), IndexError);
  CHECK_THROWS_AS(block.add_buffer("w", {1}), IndexError);
  CHECK_THROWS_AS(block.add_buffer("", {1}), IndexError);
  const Index most = (std::numeric_limits<Index>::max)() - 8;
  CHECK_THROWS_AS(block.add_buffer("large", {most}), ShapeError);
  CHECK(block.buffers().size() == 2);

  StateDict sd = copy.state_dict();
  block.load_state_dict(block.spec("Net"), sd);
  CHECK(block.buffer(mean).data()[0] == 2.0F);
}

TEST_CASE("ParameterBlock: what is frozen has a gradient of zero") {
  ParameterBlock<float> block;
  const Slot a = block.add("a", {3});
  const Slot b = block.add("b", {3});
  CHECK(block.requires_grad(a));
  block.require_grad();
  block.grad(a).fill(1);
  block.grad(b).fill(1);
  const auto before = block.freezing();
  block.set_requires_grad(a, true);
  CHECK(block.freezing() == before);
  block.set_requires_grad(a, false);
  CHECK(block.freezing() != before);
  CHECK(std::as_const(block).grad(a).data()[2] == 0.0F);
  CHECK(std::as_const(block).grad(b).data()[2] == 1.0F);
  const ParameterBlock<float> copy(block);
  CHECK(!copy.requires_grad(a));
  Slot other = a;
  other.number = 7;
  CHECK_THROWS_AS(block.set_requires_grad(other, true), IndexError);
}

TEST_CASE("gradients that are swapped for others keep their gaps and what is new") {
  ParameterBlock<float> block;
  const Slot slot = block.add("w", Shape{3});
  wick::Buffer<float> other;
  CHECK_THROWS_AS(block.swap_grads(other), wick::Error);
  block.require_grad();
  block.grad(slot).fill(2.0F);
  block.swap_grads(other);
  CHECK(other.data()[0] == 2.0F);
  CHECK(block.has_new_grad(0));
  for (const float g : std::as_const(block).grads()) CHECK(g == 0.0F);
  block.swap_grads(other);
  CHECK(std::as_const(block).grad(slot).span()[2] == 2.0F);
  wick::Buffer<float> small(3);
  CHECK_THROWS_AS(block.swap_grads(small), wick::ShapeError);
}
