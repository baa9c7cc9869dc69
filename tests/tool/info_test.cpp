#include "io/wick/formula_archive.hpp"
#include "support/throws.hpp"
#include "tool/tool.hpp"

#include <wick/checkpoint/checkpoint.hpp>
#include <wick/optim/adam.hpp>
#include <wick/training/train_state.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

using wick::Shape;
using wick_tests::contains;
using wick_tests::run_tool;
using wick_tests::TempDir;
using wick_tests::tensor_of;
using wick_tests::write_model;

// What is in checkpoint_v1.wick is in tests/io/wick/formula_archive.hpp.

TEST_CASE("info shows sizes, tensors and values of a file") {
  const auto result = run_tool({"info", "checkpoint_v1.wick"});
  CHECK(result.code == 0);
  CHECK(result.err.empty());
  CHECK(result.out == R"(checkpoint_v1.wick: wick checkpoint, format version 1, 3012 bytes
Network: 6 inputs, hidden layers [5, 4], 3 outputs, dropout 0.25

model: 6 tensors, 74 parameters, 296 bytes
  hidden_layers.0.weight  [5, 6]  float32  30
  hidden_layers.0.bias    [5]     float32   5
  hidden_layers.1.weight  [4, 5]  float32  20
  hidden_layers.1.bias    [4]     float32   4
  output.weight           [3, 4]  float32  12
  output.bias             [3]     float32   3

every dtype: 14 tensors, 74 elements, 234 bytes

no tensors: 0 tensors, 0 elements, 0 bytes

metadata: 13 values
  yes          true
  no           false
  smallest     -9223372036854775808
  third        0.3333333333333333
  infinite     -inf
  text         "zwölf \"Boxkämpfer\"\n✓"
               ""
  integers     [0, -1, 9223372036854775807]
  numbers      [0.25, -0.0]
  texts        ["T-shirt/top", "", "Ankle boot"]
  no integers  []
  no numbers   []
  no texts     []

no attributes: 0 values

--all lists the rest.
)");
}

TEST_CASE("info --all lists the tensors of every group") {
  const auto result = run_tool({"info", "--all", "checkpoint_v1.wick"});
  CHECK(result.code == 0);
  CHECK(contains(result.out, R"(
every dtype: 14 tensors, 74 elements, 234 bytes
  double            [2, 3]                    float64    6
  float             [2, 3]                    float32    6
  half              [2, 3]                    float16    6
  bfloat16          [2, 3]                    bfloat16   6
  int64             [2, 3]                    int64      6
  int32             [2, 3]                    int32      6
  int16             [2, 3]                    int16      6
  int8              [2, 3]                    int8       6
  uint8             [2, 3]                    uint8      6
  bool              [2, 3]                    bool       6
  empty             [0, 3]                    float32    0
  scalar            []                        float64    1
  eight dimensions  [1, 2, 1, 1, 3, 1, 1, 2]  int16     12
  Größe ✓           [1]                       float32    1
)"));
  CHECK(!contains(result.out, "--all"));
}

TEST_CASE("info --json holds the same for programs") {
  const auto result = run_tool({"info", "--json", "checkpoint_v1.wick"});
  CHECK(result.code == 0);
  CHECK(result.err.empty());
  CHECK(result.out.starts_with(R"({
  "file": "checkpoint_v1.wick",
  "format": "wick",
  "format_version": 1,
  "file_bytes": 3012,
  "architecture": {
    "type": "Network",
    "input_size": 6,
    "output_size": 3,
    "hidden_layers": [
      5,
      4
    ],
    "dropout": 0.25
  },
  "parameters": 74,
  "tensors": {
    "model": [
      {
        "name": "hidden_layers.0.weight",
        "dtype": "float32",
        "shape": [5, 6],
        "elements": 30,
        "bytes": 120
      },
)"));
  CHECK(contains(result.out, R"(
      {
        "name": "Größe ✓",
        "dtype": "float32",
        "shape": [1],
        "elements": 1,
        "bytes": 4
      }
    ],
    "no tensors": []
  },
  "attributes": {
    "metadata": {
      "yes": true,
      "no": false,
      "smallest": -9223372036854775808,
      "third": 0.3333333333333333,
      "infinite": "-inf",
      "text": "zwölf \"Boxkämpfer\"\n✓",
      "": "",
      "integers": [0, -1, 9223372036854775807],
      "numbers": [0.25, -0.0],
      "texts": ["T-shirt/top", "", "Ankle boot"],
      "no integers": [],
      "no numbers": [],
      "no texts": []
    },
    "no attributes": {}
  },
  "notes": []
}
)"));
}

TEST_CASE("a file that is only tensors has no architecture, and its groups are all listed") {
  const TempDir dir;
  wick::Archive archive;
  archive.tensors.emplace_back("things", wick::StateDict{{"w", tensor_of<float>({1, 2})}});
  wick::write_archive(archive, dir / "things.wick");
  const auto result = run_tool({"info", "things.wick"}, dir.path());
  CHECK(result.code == 0);
  CHECK(result.out == "things.wick: wick checkpoint, format version 1, " +
                          std::to_string(std::filesystem::file_size(dir / "things.wick")) +
                          " bytes\n\nthings: 1 tensor, 2 elements, 8 bytes\n  w  [2]  float32  2\n");
  const auto json = run_tool({"info", "--json", "things.wick"}, dir.path());
  CHECK(contains(json.out, "\"architecture\": null,\n  \"parameters\": 0,"));
  wick::write_archive(wick::Archive(), dir / "nothing.wick");
  CHECK(run_tool({"info", "nothing.wick"}, dir.path()).code == 0);
  CHECK(contains(run_tool({"info", "--json", "nothing.wick"}, dir.path()).out,
                 "\"tensors\": {},\n  \"attributes\": {},\n  \"notes\": []\n}\n"));
}

TEST_CASE("info shows the state of a run") {
  const TempDir dir;
  wick::Network<float> model(4, 2, {3});
  wick::Adam<float> optimizer(model.parameters(), {.lr = 0.025, .betas = {0.8, 0.99}});
  wick::TrainState state;
  state.epoch = 2;
  state.step = 1876;
  auto [attributes, tensors] = wick::to_checkpoint(state);
  wick::save_checkpoint(
      model, dir / "run.wick",
      {.optimizer = optimizer.state(), .training = attributes, .training_tensors = tensors});
  const auto result = run_tool({"info", "run.wick"}, dir.path());
  CHECK(result.code == 0);
  CHECK(contains(result.out, "\n\noptimizer: "));
  CHECK(contains(result.out, " \"Adam\"\n"));
  CHECK(contains(result.out, "  options.lr            0.025\n"));
  CHECK(contains(result.out, "  options.betas         [0.8, 0.99]\n"));
  CHECK(contains(result.out, "\n\ntraining: "));
  CHECK(contains(result.out, "  epoch                 2\n"));
  CHECK(contains(result.out, "  step                  1876\n"));
}

TEST_CASE("names and texts cannot command the terminal or break JSON") {
  const TempDir dir;
  // ESC [ 2 J clears a screen; U+009B does what ESC [ does; U+202E turns the direction.
  wick::StateDict model{{"\x1b[2Jw\n", tensor_of<float>({1})}, {"\u009b2J \u202eabc", tensor_of<float>({1})}};
  write_model(dir / "hostile.wick", model, {{"a\"\\\x01", "\x7f\t\u2028 end"}});
  const auto result = run_tool({"info", "hostile.wick"}, dir.path());
  CHECK(result.code == 0);
  CHECK(contains(result.out, "  \\x1b[2Jw\\n "));
  CHECK(contains(result.out, "  \\x9b2J \\u202eabc "));
  for (const char* raw : {"\x1b", "\u009b", "\u202e", "\x7f", "\x01"}) CHECK(!contains(result.out, raw));
  const auto json = run_tool({"info", "--json", "hostile.wick"}, dir.path());
  CHECK(contains(json.out, R"("name": "\u001b[2Jw\n")"));
  CHECK(contains(json.out, R"("name": "\u009b2J \u202eabc")"));
  for (const char* raw : {"\x1b", "\u009b", "\u202e", "\u2028", "\x7f", "\x01"})
    CHECK(!contains(json.out, raw));
  CHECK(contains(json.out, "\"a\\\"\\\\\\u0001\": \"\\u007f\\u0009\\u2028 end\""));
}

TEST_CASE("one long name does not make every line of a table long") {
  const TempDir dir;
  wick::StateDict model;
  for (int i = 0; i < 100; ++i) model.insert(std::to_string(i), tensor_of<float>({1}));
  model.insert(std::string(500, 'n'), tensor_of<float>({1}));
  write_model(dir / "names.wick", model);
  const auto result = run_tool({"info", "names.wick"}, dir.path());
  CHECK(contains(result.out, "nnn... (500 bytes) "));
  CHECK(result.out.size() < 101 * 200);
  CHECK(contains(run_tool({"info", "--json", "names.wick"}, dir.path()).out, std::string(500, 'n')));
}

TEST_CASE("a long value is cut off for people only, between characters") {
  const TempDir dir;
  std::string text;
  for (int i = 0; i < 1000; ++i) text += "ä";
  write_model(dir / "long.wick", {}, {{"text", text}, {"integers", std::vector<std::int64_t>(500, 7)}});
  const auto result = run_tool({"info", "long.wick"}, dir.path());
  CHECK(contains(result.out, "ää ... (2002 bytes)\n"));
  CHECK(contains(result.out, "7, 7 ... (1500 bytes)\n"));
  CHECK(contains(run_tool({"info", "--json", "long.wick"}, dir.path()).out, '"' + text + '"'));
}

TEST_CASE("of many values the first ones are shown, on request all") {
  const TempDir dir;
  wick::Attributes values;
  for (int i = 0; i < 53; ++i) values.set("key" + std::to_string(i), std::int64_t{i});
  write_model(dir / "many.wick", {}, values);
  const auto result = run_tool({"info", "many.wick"}, dir.path());
  CHECK(contains(result.out, "metadata: 53 values\n  key0   0\n"));
  CHECK(contains(result.out, "  key49  49\n  ... and 3 more\n\n--all lists the rest.\n"));
  CHECK(run_tool({"info", "--all", "many.wick"}, dir.path()).out.ends_with("  key51  51\n  key52  52\n"));
}

TEST_CASE("lists of numbers show infinity and NaN as numbers to people, as texts in JSON") {
  const TempDir dir;
  const double infinity = std::numeric_limits<double>::infinity();
  write_model(dir / "list.wick", {}, {{"list", std::vector<double>{infinity, std::nan(""), 1}}});
  CHECK(contains(run_tool({"info", "list.wick"}, dir.path()).out, "  list  [inf, nan, 1.0]\n"));
  CHECK(contains(run_tool({"info", "--json", "list.wick"}, dir.path()).out,
                 "\"list\": [\"inf\", \"nan\", 1.0]\n"));
}

TEST_CASE("files of PyTorch are shown like others") {
  for (const char* file : {"torch/1.13_lesson.pth", "torch/2.13_legacy_lesson.pth"}) {
    CAPTURE(file);
    const auto result = run_tool({"info", file});
    CHECK(result.code == 0);
    CHECK(
        contains(result.out,
                 "\nNetwork: 6 inputs, hidden layers [5, 4], 3 outputs, dropout 0.5\n\nmodel: 6 tensors, 74 "
                 "parameters, 296 bytes\n  hidden_layers.0.weight  [5, 6]  float32  30\n"));
  }
  CHECK(run_tool({"info", "torch/1.13_lesson.pth"}).out.starts_with("torch/1.13_lesson.pth: PyTorch file, "));
  CHECK(run_tool({"info", "torch/1.13_legacy_protocol_4.pth"})
            .out.starts_with("torch/1.13_legacy_protocol_4.pth: PyTorch file as before 1.6, "));
  const auto json = run_tool({"info", "--json", "torch/2.13_lesson.pth"});
  CHECK(contains(json.out, "\"format\": \"torch\",\n  \"file_bytes\": "));
  // What has no place in the table is mentioned.
  const auto nested = run_tool({"info", "torch/2.13_nested.pth"});
  CHECK(nested.code == 0);
  CHECK(contains(nested.out, "  inner.none"));
  const auto key = run_tool({"info", "--key", "inner", "torch/2.13_nested.pth"});
  CHECK(key.code == 0);
  CHECK(contains(key.err, "expected a state dict or a dict with one"));
  CHECK(run_tool({"info", "--key", "x", "checkpoint_v1.wick"}).code == 2);
  const auto unchecked = run_tool({"info", "torch/2.13_without_checksums.pth"});
  CHECK(unchecked.code == 1);
  CHECK(contains(unchecked.err, "at byte 832: the checksum of the record"));
  CHECK(run_tool({"info", "--ignore-crc", "torch/2.13_without_checksums.pth"}).code == 0);
}

TEST_CASE("paths need not be ASCII") {
  const TempDir dir;
  std::filesystem::create_directory(dir / u8"данные-é-中");
  write_model(dir / u8"данные-é-中/größe.wick", {{"w", tensor_of<float>({1})}});
  const auto result = run_tool({"info", "данные-é-中/größe.wick"}, dir.path());
  CHECK(result.code == 0);
  CHECK(result.out.starts_with("данные-é-中/größe.wick: wick checkpoint"));
}

TEST_CASE("a file that is not right is exit code 1, one that cannot be read 2") {
  const TempDir dir;
  auto bytes = wick_tests::read_bytes(wick_tests::tool_reference / "checkpoint_v1.wick");
  bytes.resize(bytes.size() - 1);
  wick_tests::write_bytes(dir / "cut.wick", bytes);
  const auto cut = run_tool({"info", "cut.wick"}, dir.path());
  CHECK(cut.code == 1);
  CHECK(cut.out.empty());
  CHECK(cut.err ==
        "wick info: cut.wick: at byte 32: expected 3012 bytes (1728 + 1284 of tensors), the file has 3011; "
        "it is truncated\n");
  CHECK(run_tool({"info", "png_gray.png"}).err ==
        "wick info: png_gray.png: expected a model file of wick, PyTorch or safetensors, got a "
        "PNG image\n");
  CHECK(run_tool({"info", "png_gray.png"}).code == 1);
  wick_tests::write_bytes(dir / "empty.wick", {});
  CHECK(run_tool({"info", "empty.wick"}, dir.path()).err == "wick info: empty.wick: the file is empty\n");
  CHECK(run_tool({"info", "empty.wick"}, dir.path()).code == 1);
  CHECK(run_tool({"info", "missing.wick"}).err ==
        "wick info: missing.wick: cannot open: No such file or directory\n");
  CHECK(run_tool({"info", "missing.wick"}).code == 2);
  CHECK(run_tool({"info", "."}).code == 2);
}
