#include "support/throws.hpp"

#include <wick/io/archive/groups.hpp>
#include <wick/io/torch/export.hpp>
#include <wick/io/torch/import.hpp>
#include <wick/io/torch/optimizer.hpp>
#include <wick/io/torch/read.hpp>
#include <wick/io/torch/write.hpp>
#include <wick/io/wick/reader.hpp>
#include <wick/io/wick/writer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <sstream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using wick::AnyTensor;
using wick::Tensor;
using wick::TorchDict;
using wick::TorchNone;
using wick::TorchSequence;
using wick::TorchValue;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

AnyTensor tensor(float x) { return AnyTensor::copy_of(Tensor<float>::from({x, x})); }
TorchValue list(std::vector<TorchValue> items) {
  return TorchSequence{TorchSequence::Kind::list, std::move(items)};
}

TorchDict state_dict(float x = 1) {
  TorchDict dict{.kind = TorchDict::Kind::ordered, .items = {}, .metadata = {}};
  dict.add("output.weight", tensor(x));
  dict.add("output.bias", tensor(2 * x));
  return dict;
}
wick::StateDict expected(float x = 1) {
  return {{"output.weight", tensor(x)}, {"output.bias", tensor(2 * x)}};
}

// The lesson's checkpoint.
TorchDict checkpoint() {
  TorchDict dict;
  dict.add("input_size", std::int64_t{784});
  dict.add("output_size", std::int64_t{10});
  dict.add("hidden_layers", list({std::int64_t{512}, std::int64_t{256}}));
  dict.add("state_dict", state_dict());
  return dict;
}

std::string refused(const TorchValue& value, std::string_view key = {}) {
  std::string no_model;
  try {
    no_model = wick::import_torch(value, "f.pth", key).no_model;
  } catch (const wick::FileError& e) {
    return e.what();
  }
  return "f.pth: " + no_model;
}

}  // namespace

TEST_CASE("a state dict is the model") {
  const auto imported = wick::import_torch(state_dict(), "f.pth");
  CHECK(imported.notes.empty());
  CHECK(imported.archive ==
        wick::Archive{.architecture = {}, .tensors = {{"model", expected()}}, .attributes = {}});
}

TEST_CASE("the lesson's checkpoint has its sizes beside the model") {
  auto imported = wick::import_torch(checkpoint(), "f.pth");
  CHECK(imported.notes.empty());
  REQUIRE(imported.archive.architecture.has_value());
  CHECK(
      *imported.archive.architecture ==
      wick::Architecture{.input_size = 784, .output_size = 10, .hidden_layers = {512, 256}, .dropout = 0.5});
  CHECK(*imported.archive.find_tensors("model") == expected());

  TorchDict with_dropout = checkpoint();
  with_dropout.add("drop_p", 0.25);
  imported = wick::import_torch(with_dropout, "f.pth");
  CHECK(imported.archive.architecture->dropout == 0.25);
}

TEST_CASE("sizes that are none are no architecture") {
  for (const char* key : {"input_size", "output_size", "hidden_layers"}) {
    for (const TorchValue& wrong : {TorchValue("784"), TorchValue(std::int64_t{0}), TorchValue(-0.5),
                                    list({std::int64_t{-1}}), list({"a"})}) {
      TorchDict dict = checkpoint();
      for (auto& [name, value] : dict.items) {
        if (name == TorchValue(key)) value = wrong;
      }
      CHECK_FALSE(wick::import_torch(dict, "f.pth").archive.architecture.has_value());
    }
  }
}

TEST_CASE("one state dict under any name is the model, among several the usual names count") {
  TorchDict one;
  one.add("weights", state_dict());
  CHECK(*wick::import_torch(one, "f.pth").archive.find_tensors("model") == expected());

  TorchDict several;
  several.add("ema", state_dict(3));
  several.add("model", state_dict(1));
  const auto imported = wick::import_torch(several, "f.pth");
  CHECK(*imported.archive.find_tensors("model") == expected(1));
  CHECK(*imported.archive.find_tensors("ema") == expected(3));

  TorchDict unclear;
  unclear.add("generator", state_dict(1));
  unclear.add("discriminator", state_dict(3));
  const auto both = wick::import_torch(unclear, "f.pth");
  CHECK(both.no_model ==
        "the file holds 2 state dicts: \"generator\", \"discriminator\"; say which one with a key");
  CHECK(both.archive.find_tensors("model") == nullptr);
  CHECK(*both.archive.find_tensors("generator") == expected(1));
  CHECK(*both.archive.find_tensors("discriminator") == expected(3));
  CHECK(*wick::import_torch(unclear, "f.pth", "discriminator").archive.find_tensors("model") == expected(3));
}

TEST_CASE("a key names an item, also of an item") {
  TorchDict inner;
  inner.add("a.b", state_dict(5));
  TorchDict root;
  root.add("outer", inner);
  root.add("other", state_dict(7));
  CHECK(*wick::import_torch(root, "f.pth", "outer.a.b").archive.find_tensors("model") == expected(5));
  CHECK(*wick::import_torch(root, "f.pth", "other").archive.find_tensors("model") == expected(7));
  CHECK(refused(root, "nothing") == "f.pth: there is no key \"nothing\"; there are: \"outer\", \"other\"");
  CHECK(refused(root, "outer.x") == "f.pth: there is no key \"x\"; there are: \"a.b\"");
  CHECK(refused(list({}), "x") == "f.pth: there is no key \"x\" in a value of type list");
}

TEST_CASE("everything else is metadata under dotted names") {
  TorchDict dict = checkpoint();
  dict.add("epoch", std::int64_t{5});
  dict.add("loss", 0.5);
  dict.add("name", "first");
  dict.add("done", true);
  dict.add("classes", list({"shirt", "bag"}));
  dict.add("mixed", list({"shirt", std::int64_t{1}}));
  dict.add("numbers", list({0.5, 1.5}));
  dict.add("size", wick::TorchSize{{2, 3}});
  dict.add("dtype", wick::TorchName{wick::TorchName::Kind::dtype, "torch.float32"});
  TorchDict inner;
  inner.items.emplace_back(std::int64_t{3}, "three");
  inner.items.emplace_back(list({}), "list");
  dict.add("inner", inner);
  dict.add("nothing", TorchNone{});
  dict.add("mean", tensor(0.5F));
  dict.add("raw", wick::TorchBytes{{std::byte{1}, std::byte{255}}});
  TorchDict metadata;
  metadata.add("normalize.mean", 0.5);
  dict.add("metadata", metadata);
  const auto imported = wick::import_torch(dict, "f.pth");
  REQUIRE(imported.archive.find_attributes("metadata") != nullptr);
  CHECK(*imported.archive.find_attributes("metadata") ==
        wick::Attributes{{"epoch", std::int64_t{5}},
                         {"loss", 0.5},
                         {"name", "first"},
                         {"done", true},
                         {"classes", std::vector<std::string>{"shirt", "bag"}},
                         {"mixed.0", "shirt"},
                         {"mixed.1", std::int64_t{1}},
                         {"numbers", std::vector<double>{0.5, 1.5}},
                         {"size", std::vector<std::int64_t>{2, 3}},
                         {"dtype", "torch.float32"},
                         {"inner.3", "three"},
                         {"nothing", std::monostate()},
                         {"normalize.mean", 0.5}});
  CHECK(*imported.archive.find_tensors("metadata") ==
        wick::StateDict{{"mean", tensor(0.5F)},
                        {"raw", AnyTensor::copy_of(Tensor<std::uint8_t>::from({1, 255}))}});
  CHECK(imported.notes == std::vector<std::string>{"\"inner\" has a key of type list"});
  CHECK(imported.unread == std::vector<std::string>{"\"inner\" has a key of type list"});
}

TEST_CASE("an optimizer that cannot be carried over is values and a note, not an error") {
  TorchDict optimizer;
  optimizer.add("state", TorchDict{});
  optimizer.add("param_groups", list({}));
  TorchDict dict = checkpoint();
  dict.add("optimizer_state_dict", optimizer);
  const auto imported = wick::import_torch(dict, "f.pth");
  CHECK(imported.archive.find_attributes("optimizer") == nullptr);
  CHECK(imported.notes ==
        std::vector<std::string>{
            "\"optimizer_state_dict\" as an optimizer, but its values are kept: optimizer state: "
            "there is no parameter group",
            "\"optimizer_state_dict.state\" is an empty dict"});
  CHECK(imported.unread.empty());
}

namespace {

TorchDict sgd(float x, std::int64_t parameters = 2) {
  TorchDict states;
  std::vector<TorchValue> params;
  for (std::int64_t i = 0; i < parameters; ++i) {
    TorchDict entry;
    entry.add("momentum_buffer", tensor(x));
    states.items.emplace_back(i, entry);
    params.emplace_back(i);
  }
  TorchDict group;
  group.add("lr", 0.5);
  group.add("nesterov", false);
  group.add("foreach", TorchNone{});
  group.add("differentiable", false);
  group.add("fused", TorchNone{});
  group.add("params", list(params));
  TorchDict optimizer;
  optimizer.add("state", states);
  optimizer.add("param_groups", list({group}));
  return optimizer;
}

}  // namespace

TEST_CASE("several optimizers, and those in lists, are groups that come back as optimizers") {
  TorchDict dict = checkpoint();
  dict.add("optimizer_states", list({sgd(1), sgd(2, 3)}));
  dict.add("optimizer_d", sgd(3));
  const auto imported = wick::import_torch(dict, "f.pth");
  CHECK(imported.notes.empty());
  CHECK(*imported.archive.find_tensors("optimizer") ==
        wick::StateDict{{"output.weight.momentum_buffer", tensor(1)},
                        {"output.bias.momentum_buffer", tensor(1)}});
  CHECK(imported.archive.find_tensors("optimizer_states.1")->contains("2.momentum_buffer"));
  const TorchValue again = wick::export_torch(imported.archive);
  const auto* root = again.get_if<TorchDict>();
  CHECK(*root->find("optimizer") == TorchValue(sgd(1)));
  CHECK(*root->find("optimizer_states.1") == TorchValue(sgd(2, 3)));
  CHECK(*root->find("optimizer_d") == TorchValue(sgd(3)));
  CHECK(wick::import_torch(again, "f.pth").archive == imported.archive);
  // A file that is an optimizer.
  CHECK(wick::import_torch(sgd(1), "f.pth").archive.find_tensors("optimizer")->contains("0.momentum_buffer"));
}

TEST_CASE("optimizers of all kinds and models come back from an archive as PyTorch saved them") {
  // tests/reference/make_torch_objects.py
  const auto path = std::filesystem::path(WICK_TEST_DATA) / "torch" / "objects_optimizers.pth";
  const TorchValue file = wick::read_torch(path);
  const auto params = [](const TorchValue& optimizer) {
    std::vector<TorchValue> all;
    for (const TorchValue& group :
         optimizer.get_if<TorchDict>()->find("param_groups")->get_if<TorchSequence>()->items) {
      all.push_back(*group.get_if<TorchDict>()->find("params"));
    }
    return all;
  };
  for (const auto& item : file.get_if<TorchDict>()->items) {
    CAPTURE(*item.first.get_if<std::string>());
    const TorchValue& value = item.second;
    const auto imported = wick::import_torch(value, "f.pth");
    CHECK(imported.notes.empty());
    CHECK(imported.archive.find_tensors("model") != nullptr);
    const TorchValue again = wick::export_torch(imported.archive);
    const TorchValue& saved = *value.get_if<TorchDict>()->find("optimizer");
    const TorchValue& written = *again.get_if<TorchDict>()->find("optimizer");
    CHECK(params(written) == params(saved));
    CHECK(written.get_if<TorchDict>()->find("state")->get_if<TorchDict>()->items.size() ==
          saved.get_if<TorchDict>()->find("state")->get_if<TorchDict>()->items.size());
    CHECK(wick::import_torch(again, "f.pth").archive == imported.archive);
  }
}

TEST_CASE("an optimizer keeps names, groups and order through wick's own format, whatever it is for") {
  // tests/reference/make_torch_objects.py
  const auto path = std::filesystem::path(WICK_TEST_DATA) / "torch" / "objects_optimizers_mixed.pth";
  const TorchValue file = wick::read_torch(path);
  CHECK(file.get_if<TorchDict>()->items.size() == 144);
  std::size_t numbered = 0;
  for (const auto& item : file.get_if<TorchDict>()->items) {
    CAPTURE(*item.first.get_if<std::string>());
    TorchDict checkpoint = *item.second.get_if<TorchDict>();
    std::vector<std::string> names;  // as PyTorch knows them
    for (const TorchValue& name : checkpoint.find("names")->get_if<TorchSequence>()->items)
      names.push_back(*name.get_if<std::string>());
    std::erase_if(checkpoint.items, [](const auto& entry) { return entry.first == TorchValue("names"); });

    const auto imported = wick::import_torch(checkpoint, "f.pth");
    CHECK(imported.notes.empty());
    const auto state = wick::get_optimizer(imported.archive);
    REQUIRE(state);
    std::vector<std::string> found;
    for (const auto& group : state->groups)
      found.insert(found.end(), group.parameters.begin(), group.parameters.end());
    if (state->groups.empty()) found = imported.archive.find_tensors("model")->keys();
    std::vector<std::string> numbers;
    for (std::size_t i = 0; i < names.size(); ++i) numbers.push_back(std::to_string(i));
    CHECK((found == names || found == numbers));
    numbered += found == numbers ? 1 : 0;
    if (!item.first.get_if<std::string>()->ends_with("kind=0")) CHECK(found == names);

    // Bytes of wick's own, in which tied tensors are two, and back to those of PyTorch.
    const auto middle = wick::read_archive(wick::encode_archive(imported.archive));
    CHECK(middle == imported.archive);
    std::stringstream bytes;
    wick::write_torch(wick::export_torch(middle), bytes);
    const TorchValue written = wick::read_torch(bytes);
    CHECK(wick::import_torch(written, "f.pth").archive == imported.archive);
    // The optimizer alone, too: what it says itself needs no model.
    wick::Archive alone;
    wick::put_optimizer(alone, *state);
    if (!state->groups.empty())
      CHECK(wick::import_torch(wick::export_torch(alone), "f.pth").archive == alone);
  }
  // Without names a file tells them of all parameters in the order of the model: 2 * 2 * 2 of 48.
  CHECK(numbered == 40);
}

TEST_CASE("nothing is left out without a note: complex numbers, large integers, None, empty dicts") {
  TorchDict dict = checkpoint();
  dict.add("z", std::complex<double>(1, -2));
  dict.add("big", wick::TorchBigInt{{std::byte{0x34}, std::byte{0x12}, std::byte{0}, std::byte{0},
                                     std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0}, std::byte{1}}});
  dict.add("small",
           wick::TorchBigInt{{std::byte{0xFF}, std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0},
                              std::byte{0}, std::byte{0}, std::byte{0}, std::byte{0xFF}}});
  dict.add("none", TorchNone{});
  dict.add("empty", TorchDict{});
  TorchDict nested;
  nested.add("empty", TorchDict{});
  dict.add("nested", nested);
  const auto imported = wick::import_torch(dict, "f.pth");
  CHECK(*imported.archive.find_tensors("metadata") ==
        wick::StateDict{{"z", AnyTensor::copy_of(Tensor<std::complex<double>>::full({}, {1, -2}))}});
  // Python: hex(0x1234 + 2**64) and hex(0xff - 2**64)
  CHECK(imported.archive.find_attributes("metadata")->get<std::string>("big") == "0x10000000000001234");
  CHECK(imported.archive.find_attributes("metadata")->get<std::string>("small") == "-0xffffffffffffff01");
  CHECK(imported.notes == std::vector<std::string>{"\"nested.empty\" is an empty dict"});
  CHECK(imported.unread.empty());
  CHECK(*imported.archive.find_attributes("metadata")->find("none") == wick::Attribute(std::monostate()));
  REQUIRE(imported.archive.find_attributes("empty") != nullptr);
  CHECK(imported.archive.find_attributes("empty")->empty());
  CHECK(wick::import_torch(wick::export_torch(imported.archive), "f.pth").archive == imported.archive);
}

TEST_CASE("objects beside the model are noted by name; in its place they are refused") {
  const wick::TorchObject net{"net.Net"};
  TorchDict dict = checkpoint();
  dict.add("args", net);
  dict.add("list", list({1.5, wick::TorchObject{"a\x1b[2J"}}));
  auto imported = wick::import_torch(dict, "f.pth");
  CHECK(*imported.archive.find_tensors("model") == expected());
  CHECK(imported.notes == std::vector<std::string>{"\"args\" is net.Net, which is not data",
                                                   "\"list.1\" is a\\x1b[2J, which is not data"});
  CHECK(imported.unread == imported.notes);

  const std::string save =
      "which is not data; a file of torch.save(model.state_dict(), path) does not need it";
  CHECK(refused(net) == "f.pth: the file holds net.Net, " + save);
  CHECK(refused(dict, "args") == "f.pth: \"args\" is net.Net, " + save);
  TorchDict whole;
  whole.add("model", net);
  whole.add("ema", state_dict());
  CHECK(refused(whole) == "f.pth: the model is net.Net, " + save + "; a key names \"ema\"");
  CHECK(*wick::import_torch(whole, "f.pth", "ema").archive.find_tensors("model") == expected());
  // A key of that name that is not the model's does no harm.
  whole.add("state_dict", state_dict());
  CHECK(*wick::import_torch(whole, "f.pth").archive.find_tensors("model") == expected());

  TorchDict quantised = state_dict();
  quantised.add("q", wick::TorchObject{"torch._utils._rebuild_qtensor"});
  const std::string no =
      "f.pth: in the state dict, \"q\" is torch._utils._rebuild_qtensor, which is not data; "
      "quantised tensors are not read: save tensor.dequantize()";
  CHECK(refused(quantised) == no);
  TorchDict inside;
  inside.add("state_dict", quantised);
  inside.add("ema", state_dict());
  CHECK(refused(inside) == no);
  TorchDict only;
  only.add("w", wick::TorchObject{"torch._utils._rebuild_sparse_tensor"});
  CHECK(contains(refused(only), "save tensor.to_dense()"));
  only.items[0].second = wick::TorchObject{"torch.complex32"};
  CHECK(contains(refused(only), "without tensors; \"w\" is torch.complex32, which is not data"));
  // A dict of other things in which there is an object is no state dict.
  TorchDict mixed;
  mixed.add("mean", tensor(1));
  mixed.add("act", net);
  dict.add("buffers", mixed);
  CHECK(*wick::import_torch(dict, "f.pth").archive.find_tensors("metadata") ==
        wick::StateDict{{"buffers.mean", tensor(1)}});
}

TEST_CASE("tensors of metadata alone are no model when they come back") {
  const auto imported = wick::import_torch(list({tensor(1), tensor(2)}), "f.pth");
  const auto again = wick::import_torch(wick::export_torch(imported.archive), "f.pth");
  CHECK(again.archive == imported.archive);
}

TEST_CASE("values without tensors are no model, and what is there can be shown") {
  const auto why = [](const TorchValue& value) { return wick::import_torch(value, "f.pth").no_model; };
  CHECK(why(TorchValue("text")) ==
        "expected a state dict or a dict with one, got a value of type str without tensors");
  CHECK(contains(why(TorchDict{}), "got a value of type dict without tensors"));
  TorchDict scheduler;
  scheduler.add("step_size", std::int64_t{3});
  CHECK(*wick::import_torch(scheduler, "f.pth").archive.find_attributes("metadata") ==
        wick::Attributes{{"step_size", std::int64_t{3}}});
  CHECK(*wick::import_torch(tensor(1), "f.pth").archive.find_tensors("metadata") ==
        wick::StateDict{{"tensor", tensor(1)}});
}

TEST_CASE("an object that is the whole file is noted as that") {
  const auto imported = wick::import_torch(wick::TorchObject{"net.Net"}, "f.pth");
  CHECK(imported.notes == std::vector<std::string>{"the whole file is net.Net, which is not data"});
  CHECK(imported.archive == wick::Archive{});
}

TEST_CASE("more values than an archive takes are noted, in time") {
  TorchDict dict = checkpoint();
  TorchDict many;
  for (std::int64_t i = 0; i < 100'000; ++i) many.items.emplace_back(i, i);
  dict.add("many", many);
  const auto imported = wick::import_torch(dict, "f.pth");
  CHECK(imported.archive.find_attributes("metadata")->size() == 4096);
  CHECK(imported.notes == std::vector<std::string>{"more than 4096 values, \"many.4096\" and later ones"});
}

TEST_CASE(
    "notes do not grow with what a file repeats: long names are shown in part, many notes are cut off") {
  TorchDict inner;
  for (std::int64_t i = 0; i < 1000; ++i) inner.items.emplace_back(i, TorchDict{});
  TorchDict dict = checkpoint();
  dict.add(std::string(100'000, 'k'), inner);
  dict.add("nothing", inner);
  const auto imported = wick::import_torch(dict, "f.pth");
  REQUIRE(imported.notes.size() == 101);
  CHECK(imported.notes[0] ==
        "\"" + std::string(40, 'k') + "...\" (100000 bytes) is left out: names have at most 512 bytes");
  CHECK(imported.notes[1] == "\"nothing.0\" is an empty dict");
  CHECK(imported.notes[99] == "\"nothing.98\" is an empty dict");
  CHECK(imported.notes[100] == "and more");
}

TEST_CASE("a state dict that is called optimizer does not get in the way of the optimizer") {
  TorchDict optimizer;
  optimizer.add("state", TorchDict{});
  TorchDict group;
  group.add("lr", 0.5);
  group.add("params", list({std::int64_t{0}, std::int64_t{1}}));
  optimizer.add("param_groups", list({group}));
  TorchDict dict = checkpoint();
  dict.add("optimizer", state_dict(3));
  dict.add("adam", optimizer);
  const auto imported = wick::import_torch(dict, "f.pth");
  CHECK(std::ranges::count(imported.archive.tensors, "optimizer",
                           &std::pair<std::string, wick::StateDict>::first) <= 1);
  CHECK(*imported.archive.find_tensors("metadata") ==
        wick::StateDict{{"optimizer.output.weight", tensor(3)}, {"optimizer.output.bias", tensor(6)}});
}

TEST_CASE("an archive becomes the lesson's checkpoint and comes back") {
  wick::Archive archive{
      .architecture =
          wick::Architecture{
              .input_size = 784, .output_size = 10, .hidden_layers = {512, 256}, .dropout = 0.125},
      .tensors = {{"model", expected()}},
      .attributes = {}};
  wick::put_optimizer(
      archive, {.type = "Adam",
                .step = 3,
                .options = {{"lr", 0.5},
                            {"betas", std::vector<double>{0.9, 0.99}},
                            {"eps", 1e-8},
                            {"weight_decay", 0.0},
                            {"amsgrad", false},
                            {"maximize", false}},
                .tensors = {{"output.weight.exp_avg", tensor(4)}, {"output.bias.exp_avg", tensor(5)}}});
  archive.attributes.emplace_back("training", wick::Attributes{{"epoch", std::int64_t{2}}});
  archive.tensors.emplace_back("training", wick::StateDict{{"order", tensor(6)}});
  archive.attributes.emplace_back(
      "metadata", wick::Attributes{{"classes", std::vector<std::string>{"a", "b"}}, {"normalize.mean", 0.5}});

  const TorchValue torch = wick::export_torch(archive);
  const auto* dict = torch.get_if<TorchDict>();
  REQUIRE(dict != nullptr);
  CHECK(*dict->find("input_size") == TorchValue(std::int64_t{784}));
  CHECK(*dict->find("output_size") == TorchValue(std::int64_t{10}));
  CHECK(*dict->find("hidden_layers") == list({std::int64_t{512}, std::int64_t{256}}));
  CHECK(wick::is_torch_state_dict(*dict->find("state_dict")));
  CHECK(wick::is_torch_optimizer(*dict->find("optimizer")));

  const auto imported = wick::import_torch(torch, "f.pth");
  CHECK(imported.notes.empty());
  CHECK(imported.archive.architecture == archive.architecture);
  for (const char* group : {"model", "optimizer", "training"}) {
    REQUIRE(imported.archive.find_tensors(group) != nullptr);
    CHECK(*imported.archive.find_tensors(group) == *archive.find_tensors(group));
  }
  for (const char* group : {"optimizer", "training", "metadata"}) {
    REQUIRE(imported.archive.find_attributes(group) != nullptr);
    CHECK(*imported.archive.find_attributes(group) == *archive.find_attributes(group));
  }
}

TEST_CASE("a model alone is a state dict with the versions of its modules") {
  const TorchValue torch = wick::export_torch(
      {.architecture = {},
       .tensors = {{"model", {{"hidden_layers.0.weight", tensor(1)}, {"output.weight", tensor(2)}}}},
       .attributes = {}});
  const auto* dict = torch.get_if<TorchDict>();
  REQUIRE(dict != nullptr);
  CHECK(dict->kind == TorchDict::Kind::ordered);
  REQUIRE(dict->metadata != nullptr);
  const auto* paths = dict->metadata->get_if<TorchDict>();
  REQUIRE(paths != nullptr);
  std::vector<std::string> keys;
  for (const auto& [key, value] : paths->items) keys.push_back(*key.get_if<std::string>());
  CHECK(keys == std::vector<std::string>{"", "hidden_layers", "hidden_layers.0", "output"});
  CHECK(*paths->items[0].second.get_if<TorchDict>()->find("version") == TorchValue(std::int64_t{1}));
}
