#include <wick/io/archive/archive.hpp>

#include "io/wick/formula_archive.hpp"

#include <doctest/doctest.h>

#include <cstdint>

TEST_CASE("groups are found by name, tensors and attributes apart") {
  wick::Archive a = wick_tests::formula_archive();
  a.attributes.emplace_back("model", wick::Attributes{{"x", 1.0}});
  REQUIRE(a.find_tensors("model") != nullptr);
  CHECK(a.find_tensors("model") == &a.tensors[0].second);
  CHECK(a.find_tensors("no tensors")->empty());
  CHECK(a.find_tensors("metadata") == nullptr);
  CHECK(a.find_attributes("model") == &a.attributes[2].second);
  CHECK(a.find_attributes("every dtype") == nullptr);
  CHECK(a.find_tensors("") == nullptr);
}

TEST_CASE("archives are equal when everything in them is") {
  const wick::Archive a = wick_tests::formula_archive();
  const auto changed = [&](auto&& change) {
    wick::Archive b = a;
    change(b);
    return !(b == a);
  };
  CHECK(a == wick_tests::formula_archive());
  CHECK(changed([](auto& b) { b.architecture->dropout = 0.5; }));
  CHECK(changed([](auto& b) { b.architecture->hidden_layers.push_back(1); }));
  CHECK(changed([](auto& b) { b.architecture.reset(); }));
  CHECK(changed([](auto& b) { b.tensors.pop_back(); }));
  CHECK(changed([](auto& b) { b.tensors[0].first = "other"; }));
  CHECK(changed([](auto& b) { b.tensors[2].second.insert("x", wick::AnyTensor()); }));
  CHECK(changed([](auto& b) { b.attributes[0].second.set("third", std::int64_t{0}); }));
}
