#include <wick/checkpoint/open_frozen.hpp>

#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/checkpoint/checkpoint.hpp>
#include <wick/models/network.hpp>
#include <wick/tensor/tensor.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <complex>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::message_of;

namespace {

Network<float> network() {
  Generator g(3);
  return {20, 4, {32}, {}, g};
}
const Tensor<float> x = Tensor<float>::full({3, 20}, 0.25F);

bool are_equal(const Tensor<float>& a, const Tensor<float>& b) {
  return a.shape() == b.shape() && std::ranges::equal(a.span(), b.span());
}

/// A file that was read, with these parameters.
AnyFile file_of(StateDict parameters) {
  AnyFile file;
  file.archive.add_tensors("model", std::move(parameters));
  return file;
}

}  // namespace

TEST_CASE("files are opened to predict with the bits of the network, copied or in place") {
  const wick_tests::TempDir folder;
  const auto path = folder.path() / "model.wick";
  const Network<float> model = network();
  save_checkpoint(model, path, {.metadata = {{"classes", std::vector<std::string>{"a", "b", "c", "d"}}}});
  for (const bool mapped : {false, true}) {
    const auto opened = open_frozen(path, NetworkOutputs::log_probabilities, mapped);
    CHECK(are_equal(opened.network.predict(x), model.predict(x)));
    CHECK(opened.network.parameters()->is_foreign());
    CHECK(opened.metadata.size() == 1);
    CHECK(opened.notes.empty());
  }
  const auto raw = open_frozen(file_of(model.state_dict()), "f", NetworkOutputs::logits);
  CHECK(are_equal(raw.network.predict(x), model.logits(x)));
  CHECK_FALSE(raw.network.parameters()->is_foreign());
}

TEST_CASE("what cannot be a network is refused as by load_checkpoint()") {
  const auto refused = [](StateDict parameters) {
    return message_of<StateDictError>(
        [&] { static_cast<void>(open_frozen(file_of(std::move(parameters)), "f", NetworkOutputs::logits)); });
  };
  StateDict complex;
  complex.insert("output.weight", AnyTensor::copy_of(Tensor<std::complex<float>>::zeros({2, 3})));
  complex.insert("output.bias", AnyTensor::copy_of(Tensor<float>::zeros({2})));
  CHECK(refused(std::move(complex)) ==
        "Error(s) in loading state_dict for Network:\n\tWhile copying the parameter named \"output.weight\", "
        "expected real numbers, got torch.complex64: casting complex values to real would discard the "
        "imaginary part.");
  AnyFile none = file_of({});
  none.no_model = "it holds a list";
  CHECK(message_of<FileError>([&] {
          static_cast<void>(open_frozen(std::move(none), "f", NetworkOutputs::logits));
        }) == "f: it holds a list");
  // One large matrix under many names.
  StateDict shared;
  const AnyTensor matrix = AnyTensor::copy_of(Tensor<float>::zeros({600, 600}));
  const AnyTensor bias = AnyTensor::copy_of(Tensor<float>::zeros({600}));
  for (int i = 0; i < 20; ++i) {
    shared.insert("hidden_layers." + std::to_string(i) + ".weight", matrix);
    shared.insert("hidden_layers." + std::to_string(i) + ".bias", bias);
  }
  shared.insert("output.weight", matrix);
  shared.insert("output.bias", bias);
  CHECK(message_of<FormatError>([&] {
          static_cast<void>(open_frozen(file_of(std::move(shared)), "f", NetworkOutputs::logits));
        }).starts_with("f: the model's parameters are 1442400 bytes that many of them share"));
}
