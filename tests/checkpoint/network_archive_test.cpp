#include "support/files.hpp"
#include "support/peak.hpp"
#include "support/throws.hpp"

#include <wick/checkpoint/network_archive.hpp>
#include <wick/io/wick/reader.hpp>
#include <wick/io/wick/writer.hpp>
#include <wick/state/state_dict.hpp>
#include <wick/tensor/any_tensor.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <limits>
#include <memory>
#include <string>

TEST_CASE("a network comes back from wick's own files without the code for others") {
  const wick_tests::TempDir dir;
  wick::Generator generator(3);
  const wick::Network<float> model(3, 2, {4}, {.dropout = 0.25}, generator);
  wick::write_archive(wick::to_archive(model, {.metadata = {{"name", "small"}}}), dir / "f.wick");
  const auto loaded = wick::from_archive(wick::read_archive(dir / "f.wick"), "f.wick");
  CHECK(loaded.model.state_dict() == model.state_dict());
  CHECK(loaded.model.dropout().p() == 0.25);
  CHECK(loaded.extras.metadata.get<std::string>("name") == "small");
  CHECK(loaded.notes.empty());
}

TEST_CASE(
    "a network whose block holds more than its layers is not written to a file that could not be read") {
  wick::Network<float> model(3, 2, {4});
  model.parameters()->add("scale", {1});
  CHECK(wick_tests::message_of<wick::Error>([&] { static_cast<void>(wick::to_archive(model)); }) ==
        "a checkpoint of this network could not be loaded: its parameter block holds 1 more than its layers "
        "have, the first of them 'scale'; save its state_dict() instead");
}

TEST_CASE("a weight without elements gets no bias, however many rows its shape names") {
  constexpr wick::Index rows = (std::numeric_limits<wick::Index>::max)() / 128;
  wick::Archive archive;
  wick::StateDict weights;
  weights.insert("hidden_layers.0.weight", wick::AnyTensor(wick::DType::f32, {rows, 0}, {}, nullptr));
  archive.tensors = {{"model", weights}};
  CHECK_THROWS_AS(static_cast<void>(wick::from_archive(archive, "f.pth")), wick::FormatError);
}

TEST_CASE("biases of weights that share their elements share their memory") {
  // 3000 weights over 400 kB: a bias of its own for each would take 1.2 GB.
  const auto numbers = std::make_shared<const wick::Tensor<float>>(wick::Tensor<float>::ones({100'000}));
  wick::StateDict weights;
  for (int i = 0; i < 3000; ++i) {
    weights.insert("hidden_layers." + std::to_string(i) + ".weight",
                   wick::AnyTensor(wick::DType::f32, {100'000, 1}, std::as_bytes(numbers->span()), numbers));
  }
  wick::Archive archive;
  archive.tensors = {{"model", weights}};
  const wick_tests::Cost cost = wick_tests::cost_of(
      [&] { CHECK_THROWS_AS(static_cast<void>(wick::from_archive(archive, "f.pth")), wick::FormatError); });
  CHECK(cost.bytes < 20'000'000);
}

namespace {

/// The archive of a network of `layers` layers of 64 inputs and outputs, all with the same bytes.
wick::Archive one_matrix_under_many_names(int layers) {
  const auto numbers =
      std::make_shared<const wick::Tensor<float>>(wick::Tensor<float>::full({64 * 64}, 0.5F));
  const auto bytes = std::as_bytes(numbers->span());
  wick::StateDict parameters;
  for (int i = 0; i < layers; ++i) {
    const std::string path = i + 1 < layers ? "hidden_layers." + std::to_string(i) : "output";
    parameters.insert(path + ".weight", wick::AnyTensor(wick::DType::f32, {64, 64}, bytes, numbers));
    parameters.insert(path + ".bias", wick::AnyTensor(wick::DType::f32, {64}, bytes.first(64 * 4), numbers));
  }
  return {.architecture = {}, .tensors = {{"model", parameters}}, .attributes = {}};
}

}  // namespace

TEST_CASE("a matrix under very many names, a small file, does not become a large network") {
  const wick::Archive archive = one_matrix_under_many_names(4000);  // 16 kB; a network of 66 MB
  const wick_tests::Cost cost = wick_tests::cost_of([&] {
    CHECK(
        wick_tests::message_of<wick::FormatError>(
            [&] { static_cast<void>(wick::from_archive(archive, "f.pth")); }) ==
        "f.pth: the model's parameters are 16384 bytes that many of them share, but a network has "
        "memory for each of them, more than 8421376 bytes for what is there already; if that is meant, load "
        "the state dict into a Network of these sizes");
  });
  CHECK(cost.bytes < 20'000'000);
  CHECK_THROWS_AS(static_cast<void>(wick::from_archive<double>(one_matrix_under_many_names(300), "f.pth")),
                  wick::FormatError);
}

TEST_CASE("layers with the same weights are a network all the same") {
  const wick::Archive archive = one_matrix_under_many_names(300);
  const auto model = wick::from_archive(archive, "f.pth").model;
  CHECK(model.state_dict() == archive.tensors.front().second);
}
