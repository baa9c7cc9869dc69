#include <wick/io/safetensors/archive.hpp>

#include "io/safetensors/crafted.hpp"
#include "io/wick/formula_archive.hpp"
#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/io/wick/writer.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <initializer_list>
#include <limits>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace fs = std::filesystem;
using wick::AnyTensor;
using wick::Archive;
using wick::ArchiveLimits;
using wick::StateDict;
using wick_tests::Bytes;
using wick_tests::entry;
using wick_tests::message_of;
using wick_tests::read_bytes;
using wick_tests::safetensors;
using wick_tests::TempDir;

namespace {

AnyTensor floats(std::initializer_list<float> values) {
  return AnyTensor::copy_of(wick::Tensor<float>::from(values));
}

std::string written(const Archive& archive) {
  std::ostringstream out;
  wick::write_safetensors(archive, out);
  return out.str();
}
Archive read(const std::string& file, const ArchiveLimits& limits = {}) {
  return wick::read_safetensors(std::as_bytes(std::span(file)), limits);
}
Archive read(const Bytes& file, const ArchiveLimits& limits = {}) {
  return wick::read_safetensors(file, limits);
}
/// The metadata that a program of another language would write, as the text of JSON.
Bytes with_metadata(const std::string& metadata, const std::string& tensors = "", std::size_t data = 0) {
  return safetensors("{\"__metadata__\":{\"wick.version\":\"1\"" + metadata + "}" + tensors + "}", data);
}
std::string refusal(const Bytes& bytes, const ArchiveLimits& limits = {}) {
  const std::string text = message_of<wick::FormatError>([&] { static_cast<void>(read(bytes, limits)); });
  constexpr std::string_view prefix = "<memory>: at byte 8: ";
  REQUIRE(text.starts_with(prefix));
  return text.substr(prefix.size());
}

/// A checkpoint in the middle of a run, with names that could be confused.
Archive full() {
  Archive a;
  a.architecture = wick::Architecture{
      .type = "Network", .input_size = 3, .output_size = 2, .hidden_layers = {}, .dropout = 0.25};
  a.tensors = {{"training", {{"order", AnyTensor::copy_of(wick::Tensor<std::int64_t>::from({2, 0, 1}))}}},
               {"model",
                {{"output.weight", floats({1, 2})},
                 {"output.bias", floats({3})},
                 {"wick.optimizer/output.bias", floats({4})},
                 {"wick.type", floats({5})},
                 {"a/b", floats({6})}}},
               {"optimizer", {}},
               {"", {{"", floats({7})}}},
               {"a/b%2F", {{"c/d", floats({8})}, {"%", floats({9})}}}};
  a.attributes = {{"optimizer", {{"type", "Adam"}, {"step", std::int64_t{7}}, {"options.lr", 0.001}}},
                  {"metadata",
                   {{"note", "plain text"},
                    {"format", "mine"},
                    {"wick.type", "mine too"},
                    {"wick.a/b", "and this"},
                    {"epochs", std::int64_t{2}},
                    {"number as text", "2"},
                    {"classes", std::vector<std::string>{"T-shirt/top", "Boot"}}}},
                  {"model", {{"x", true}}},
                  {"", {{"", 0.5}, {"y", ""}}},
                  {"empty", {}}};
  return a;
}

}  // namespace

TEST_CASE("every archive comes back whole") {
  CHECK(read(written(full())) == full());
  CHECK(read(written(wick_tests::formula_archive())) == wick_tests::formula_archive());
  CHECK(read(written({})) == Archive());
  Archive bare;
  bare.tensors = {{"model", {{"w", floats({1})}}}};
  CHECK(read(written(bare)) == bare);
  // Written as a checkpoint again it has the same bytes.
  CHECK(wick::encode_archive(read(written(wick_tests::formula_archive()))) ==
        read_bytes(fs::path(WICK_TEST_DATA) / "checkpoint_v1.wick"));
}

TEST_CASE("files and streams hold the same") {
  const TempDir folder;
  const fs::path file = folder / "model.safetensors";
  wick::write_safetensors(full(), file);
  const Bytes bytes = read_bytes(file);
  const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  CHECK(text == written(full()));
  CHECK(wick::read_safetensors(file) == full());
  std::istringstream in(text);
  CHECK(wick::read_safetensors(in) == full());

  CHECK(message_of<wick::FileError>([&] { static_cast<void>(wick::read_safetensors(folder / "none")); }) ==
        wick::display_name(folder / "none") + ": cannot open: No such file or directory");
  CHECK(message_of<wick::FileError>([&] {
          static_cast<void>(wick::read_safetensors(file, {.file_bytes = 10}));
        }) == wick::display_name(file) + ": the file has " + std::to_string(bytes.size()) +
                  " bytes, the limit is 10 (ArchiveLimits::file_bytes)");
  std::istringstream again(text);
  CHECK(message_of<wick::FileError>([&] {
          static_cast<void>(wick::read_safetensors(again, {.stream_bytes = 10}));
        }) == "<stream>: the stream has more than the limit of 10 bytes (ArchiveLimits::stream_bytes)");
  wick_tests::write_bytes(file, safetensors("[]"));
  CHECK(message_of<wick::FormatError>([&] { static_cast<void>(wick::read_safetensors(file)); }) ==
        wick::display_name(file) + ": at byte 8: the header must begin with '{'");
}

TEST_CASE("the parameters and the sizes are where other programs look for them") {
  const Archive a{
      .architecture =
          wick::Architecture{
              .type = "Network", .input_size = 2, .output_size = 1, .hidden_layers = {4, 3}, .dropout = 0.5},
      .tensors = {{"model", {{"output.weight", floats({1})}, {"output.bias", floats({2})}}},
                  {"optimizer", {{"output.bias.exp_avg", floats({3})}}}},
      .attributes = {{"optimizer", {{"step", std::int64_t{9}}}},
                     {"metadata", {{"note", "hi"}, {"loss", 1.0}}}}};
  const std::string json =
      R"({"__metadata__":{"format":"pt","wick.version":"1","wick.type":"Network","wick.input_size":"2",)"
      R"("wick.output_size":"1","wick.hidden_layers":"[4, 3]","wick.dropout":"0.5",)"
      R"("wick.tensors":"{\"model\": [\"output.weight\", \"output.bias\"], \"optimizer\": [\"output.bias.exp_avg\"]}",)"
      R"("wick.attributes":"[\"optimizer\", \"metadata\"]","wick.optimizer/step":"9","note":"hi",)"
      R"("wick.metadata/loss":"1.0"},"output.bias":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
      R"("output.weight":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},)"
      R"("wick.optimizer/output.bias.exp_avg":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}})";
  CHECK(written(a).substr(8, json.size()) == json);
}

TEST_CASE("a file of another program is a model and its metadata") {
  const Archive a = read(read_bytes(fs::path(WICK_TEST_DATA) / "safetensors_model.safetensors"));
  CHECK_FALSE(a.architecture.has_value());
  REQUIRE(a.tensors.size() == 1);
  CHECK(a.tensors[0].first == "model");
  CHECK(a.tensors[0].second.keys() == StateDict::Keys{"0.bias", "0.weight", "2.bias", "2.weight"});
  CHECK(a.attributes == decltype(a.attributes){{"metadata", {{"format", "pt"}}}});
  // Names like wick's mean nothing there.
  const Archive like = read(safetensors("{\"__metadata__\":{\"wick.type\":\"x\",\"wick.a/b\":\"c\"}," +
                                            entry("wick.optimizer/w", "U8", "[1]", 0, 1) + "}",
                                        1));
  CHECK(like.tensors ==
        decltype(like.tensors){
            {"model", {{"wick.optimizer/w", AnyTensor::copy_of(wick::Tensor<std::uint8_t>::from({0}))}}}});
  CHECK(like.attributes == decltype(like.attributes){{"metadata", {{"wick.type", "x"}, {"wick.a/b", "c"}}}});
  // And both come back from a file of wick.
  CHECK(read(written(a)) == a);
  CHECK(read(written(like)) == like);
  // No tensors at all is a model without parameters.
  CHECK(read(safetensors("{}")) == Archive{.architecture = {}, .tensors = {{"model", {}}}, .attributes = {}});
}

TEST_CASE("the order of the tensors is wick's, and tensors that it does not mention come last") {
  const std::string three = "," + entry("a", "U8", "[1]", 0, 1) + "," + entry("b", "U8", "[1]", 1, 2) + "," +
                            entry("wick.g/c", "U8", "[1]", 2, 3);
  const auto names = [&](const std::string& order) {
    std::string text;
    for (const auto& [group, state_dict] :
         read(with_metadata(",\"wick.tensors\":\"" + order + "\"", three, 3)).tensors) {
      text += group + ":";
      for (const auto& [name, tensor] : state_dict) text += name;
      text += ";";
    }
    return text;
  };
  CHECK(names(R"({})") == "model:ab;g:c;");
  CHECK(names(R"({\"model\": [\"b\", \"a\"]})") == "model:ba;g:c;");
  CHECK(names(R"({\"g\": [], \"h\": [\"a\"], \"model\": [\"x\", \"b\", \"b\", \"wick.g/c\"]})") ==
        "g:c;h:;model:ba;");
}

TEST_CASE("metadata that lie are refused") {
  const std::string sizes = R"(,"wick.type":"Network","wick.input_size":"3","wick.output_size":"2")";
  const std::string rest = R"(,"wick.hidden_layers":"[]","wick.dropout":"0")";
  CHECK(read(with_metadata(sizes + rest)).architecture ==
        wick::Architecture{
            .type = "Network", .input_size = 3, .output_size = 2, .hidden_layers = {}, .dropout = 0});
  CHECK(refusal(safetensors(R"({"__metadata__":{"wick.version":"2"}})")) ==
        "the file is of version '2' of wick's names, this library knows 1; use a newer wick");
  CHECK(refusal(with_metadata(R"(,"wick.type":"Network")")) == "metadata 'wick.input_size' is missing");
  CHECK(refusal(with_metadata(sizes)) == "metadata 'wick.hidden_layers' is missing");
  CHECK(refusal(with_metadata(sizes + R"(,"wick.hidden_layers":"[]")")) ==
        "metadata 'wick.dropout' is missing");
  const auto lie = [&](const std::string& key, const std::string& value) {
    std::string metadata = sizes + rest;
    const auto begin = metadata.find("\"" + key + "\":\"") + key.size() + 4;
    metadata.replace(begin, metadata.find('"', begin) - begin, value);
    return refusal(with_metadata(metadata));
  };
  CHECK(lie("wick.input_size", "0") == "metadata 'wick.input_size' must be sizes of 1 or more, got 0");
  CHECK(lie("wick.output_size", "-1") == "metadata 'wick.output_size' must be sizes of 1 or more, got -1");
  CHECK(lie("wick.input_size", "1.0") == "metadata 'wick.input_size' must be an integer");
  CHECK(lie("wick.input_size", "") ==
        "metadata 'wick.input_size' at byte 0: expected a number, got the end of the text");
  CHECK(lie("wick.input_size", "9223372036854775808") ==
        "metadata 'wick.input_size' at byte 0: the number 9223372036854775808 does not fit in 64 bits");
  CHECK(lie("wick.hidden_layers", "[4, 0]") ==
        "metadata 'wick.hidden_layers' must be sizes of 1 or more, got 0");
  CHECK(lie("wick.hidden_layers", "4") == "metadata 'wick.hidden_layers' must be a list of integers");
  CHECK(lie("wick.hidden_layers", "[4") ==
        "metadata 'wick.hidden_layers' at byte 2: expected ',' or ']', got the end of the text");
  for (const char* dropout : {"1.5", "-0.1", "NaN", "true", "[0.5]"}) {
    CHECK(lie("wick.dropout", dropout) == "metadata 'wick.dropout' must be a number in [0, 1]");
  }
  CHECK(refusal(with_metadata(R"(,"wick.tensors":"[]")")) ==
        "metadata 'wick.tensors' at byte 0: expected an object, got '['");
  CHECK(refusal(with_metadata(R"(,"wick.tensors":"{\"a\": [1]}")")) ==
        "metadata 'wick.tensors' at byte 7: expected a name in quotes, got '1'");
  CHECK(refusal(with_metadata(R"(,"wick.attributes":"[] x")")) ==
        "metadata 'wick.attributes' at byte 3: expected the end, got 'x'");
  CHECK(refusal(with_metadata(R"(,"wick.a/b":"nul")")) ==
        "metadata 'wick.a/b' at byte 0: expected a number, got 'n'");
}

TEST_CASE("names that wick would not write are refused, so that none can mean two things") {
  CHECK(refusal(with_metadata("", "," + entry("wick.model/w", "U8", "[1]", 0, 1), 1)) ==
        "the name 'wick.model/w' is not one that wick writes");
  CHECK(refusal(with_metadata("", "," + entry("wick.%/w", "U8", "[1]", 0, 1), 1)) ==
        "the name 'wick.%/w' is not one that wick writes");
  CHECK(refusal(with_metadata("", "," + entry("wick.%2f/w", "U8", "[1]", 0, 1), 1)) ==
        "the name 'wick.%2f/w' is not one that wick writes");
  CHECK(refusal(with_metadata(R"(,"wick.%41/w":"1")")) ==
        "the name 'wick.%41/w' is not one that wick writes");
  CHECK(refusal(with_metadata(R"(,"note":"a","wick.metadata/note":"\"b\"")")) ==
        "the attribute 'note' of 'metadata' is given twice");
  // Other names are for later versions.
  CHECK(read(with_metadata(R"(,"wick.new":"?")")) == Archive());
}

TEST_CASE("limits hold for what comes out, whatever prefixes it had") {
  const std::string name(512, 'n');
  const std::string group(512, '/');
  Archive longest;
  longest.tensors = {{group, {{name, floats({1})}}}};
  longest.attributes = {{group, {{name, "text"}}}};
  CHECK(read(written(longest)) == longest);
  const auto longer = [](const char* what) {
    return std::string(what) + " has 513 bytes, the limit is 512 (ArchiveLimits::name_bytes)";
  };
  const auto refused = [](const Archive& a, const ArchiveLimits& limits = {}) {
    const std::string file = written(a);
    const auto bytes = std::as_bytes(std::span(file));
    return refusal(Bytes(bytes.begin(), bytes.end()), limits);
  };
  Archive a = longest;
  a.tensors = {{"g", {{name + "n", floats({1})}}}};
  CHECK(refused(a) == longer("the name of a tensor"));
  a.tensors = {{group + "g", {}}};
  CHECK(refused(a) == longer("the name of a group"));
  a = {};
  a.attributes = {{"g", {{name + "n", "text"}}}};
  CHECK(refused(a) == longer("the name of an attribute"));
  a.attributes = {{"g", {{"text", "12345"}}}};
  CHECK(refused(a, {.text_bytes = 4}) ==
        "an attribute has 5 bytes, the limit is 4 (ArchiveLimits::text_bytes)");
  a.attributes = {{"g", {{"texts", std::vector<std::string>{"", "12345"}}}}};
  CHECK(refused(a, {.text_bytes = 4}) ==
        "an attribute has 5 bytes, the limit is 4 (ArchiveLimits::text_bytes)");
  a.attributes = {{"g", {}}, {"h", {}}};
  a.tensors = {{"g", {}}};
  CHECK(refused(a, {.groups = 2}) ==
        "there are more than 2 groups, which is the limit (ArchiveLimits::groups)");
  CHECK(read(written(a), {.groups = 3}) == a);
}

TEST_CASE("what cannot be read back is not written") {
  const auto refused = [](const Archive& a) {
    return message_of<wick::OptionError>([&] { static_cast<void>(written(a)); });
  };
  Archive a;
  a.tensors = {{"g", {}}, {"h", {}}, {"g", {}}};
  CHECK(refused(a) == "write_safetensors: the tensors 'g' are given twice");
  a.tensors = {};
  a.attributes = {{"g", {}}, {"g", {}}};
  CHECK(refused(a) == "write_safetensors: the attributes 'g' are given twice");
  a.attributes = {};
  a.architecture = wick::Architecture{
      .type = "Network", .input_size = 3, .output_size = 2, .hidden_layers = {4, 0}, .dropout = 0.5};
  CHECK(refused(a) == "write_safetensors: the sizes of the network must be >= 1");
  a.architecture->hidden_layers = {4};
  a.architecture->dropout = std::numeric_limits<double>::quiet_NaN();
  CHECK(refused(a) == "write_safetensors: dropout must be in [0, 1], got nan");
  a.architecture->dropout = 0.5;
  CHECK_NOTHROW(static_cast<void>(written(a)));
}

TEST_CASE("a checkpoint cut off anywhere, or with any byte changed, is refused or harmless") {
  const std::string whole = written(full());
  for (std::size_t n = 0; n < whole.size(); ++n) {
    CHECK_THROWS_AS(static_cast<void>(read(whole.substr(0, n))), wick::FormatError);
  }
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const unsigned change : {1U, 0x20U, 0x80U}) {
      std::string changed = whole;
      changed[i] = static_cast<char>(static_cast<unsigned char>(changed[i]) ^ change);
      try {
        static_cast<void>(wick::encode_archive(read(changed)));
      } catch (const wick::FormatError& e) {
        CHECK(e.offset() <= whole.size());
        CHECK(e.path() == "<memory>");
      }
    }
  }
}
