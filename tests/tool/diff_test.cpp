#include "support/throws.hpp"
#include "tool/tool.hpp"

#include <wick/io/torch/write.hpp>
#include <wick/tensor/half.hpp>

#include <doctest/doctest.h>

#include <complex>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

using wick::Shape;
using wick::StateDict;
using wick_tests::contains;
using wick_tests::run_tool;
using wick_tests::TempDir;
using wick_tests::tensor_of;
using wick_tests::write_model;

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

wick_tests::ProgramResult diff(const StateDict& a, const StateDict& b,
                               std::vector<std::string> options = {}) {
  const TempDir dir;
  write_model(dir / "a.wick", a);
  write_model(dir / "b.wick", b);
  options.insert(options.begin(), {"diff"});
  options.insert(options.end(), {"a.wick", "b.wick"});
  const auto result = run_tool(options, dir.path());
  CHECK(result.err.empty());
  return result;
}

}  // namespace

TEST_CASE("a file equals itself") {
  const auto result = run_tool({"diff", "checkpoint_v1.wick", "checkpoint_v1.wick"});
  CHECK(result.code == 0);
  CHECK(result.err.empty());
  CHECK(result.out == "equal: 20 tensors, 13 values\n");
}

TEST_CASE("an element that differs is shown with its place and both values") {
  const StateDict a{{"w", tensor_of<float>({1, 2, 3, 4, 0.1F, 6}, Shape{2, 3})},
                    {"same", tensor_of<float>({1})}};
  const StateDict b{{"w", tensor_of<float>({1, 2, 3, 4.5, 0.2F, 6}, Shape{2, 3})},
                    {"same", tensor_of<float>({1})}};
  const auto result = diff(a, b);
  CHECK(result.code == 1);
  CHECK(result.out == R"(A: a.wick
B: b.wick
model: tensors
  w: 2 of 6 elements differ
      largest absolute difference: 0.5 at [1, 0] (4 in A, 4.5 in B)
      largest relative difference: 0.5 at [1, 1] (0.1 in A, 0.2 in B)
different: 1 of 2 tensors, 0 values
)");
}

TEST_CASE("differences within the tolerance are shown, but count as equal") {
  const StateDict a{{"w", tensor_of<double>({1, 100})}};
  const StateDict b{{"w", tensor_of<double>({1, 100.5})}};
  CHECK(diff(a, b, {"--rtol", "0.004"}).code == 1);
  CHECK(diff(a, b, {"--atol", "0.4"}).code == 1);
  const auto result = diff(a, b, {"--rtol", "0.004", "--atol", "0.1"});
  CHECK(result.code == 0);
  CHECK(result.out == R"(A: a.wick
B: b.wick
model: tensors
  w: 1 of 2 elements differ, all within the tolerance
      largest absolute difference: 0.5 at [1] (100 in A, 100.5 in B)
      largest relative difference: 0.004975 at [1] (100 in A, 100.5 in B)
equal: 1 tensor, 0 values (rtol 0.004, atol 0.1)
)");
  CHECK(contains(diff(a, b, {"--atol", "1e-3"}).out, "w: 1 of 2 elements differ, 1 beyond the tolerance\n"));
}

TEST_CASE("keys, shapes and dtypes that differ are named") {
  const StateDict a{{"gone", tensor_of<float>({1, 2})},
                    {"shape", tensor_of<float>({1, 2}, Shape{1, 2})},
                    {"dtype", tensor_of<float>({1, 2})}};
  const StateDict b{{"dtype", tensor_of<double>({1, 2})},
                    {"shape", tensor_of<float>({1, 2}, Shape{2, 1})},
                    {"new", tensor_of<std::int64_t>({})}};
  const auto result = diff(a, b);
  CHECK(result.code == 1);
  CHECK(result.out == R"(A: a.wick
B: b.wick
model: tensors
  gone: only in A, [2] float32
  shape: [1, 2] float32 in A, [2, 1] float32 in B
  dtype: float32 in A, float64 in B, equal elements
  new: only in B, [0] int64
different: 4 of 4 tensors, 0 values
)");
}

TEST_CASE("the order of keys does not matter") {
  const StateDict a{{"v", tensor_of<float>({1})}, {"w", tensor_of<float>({2})}};
  const StateDict b{{"w", tensor_of<float>({2})}, {"v", tensor_of<float>({1})}};
  CHECK(diff(a, b).code == 0);
}

TEST_CASE("dtypes are compared by values only on request") {
  const StateDict a{{"w", tensor_of<float>({0.1F, 0.5F})}};
  const StateDict b{{"w", tensor_of<wick::Half>({wick::to_half(0.1F), wick::to_half(0.5F)})}};
  CHECK(diff(a, b, {"--rtol", "1e-3"}).code == 1);
  CHECK(diff(a, b, {"--ignore-dtype"}).code == 1);
  const auto result = diff(a, b, {"--ignore-dtype", "--rtol", "1e-3"});
  CHECK(result.code == 0);
  // The nearest half to 0.1 is 1638 * 2^-14 = 0.0999755859375.
  CHECK(contains(result.out,
                 "w: float32 in A, float16 in B; 1 of 2 elements differ, all within the tolerance\n"));
  CHECK(contains(result.out, "2.442e-05 at [0] (0.1 in A, 0.099975586 in B)"));
}

TEST_CASE("NaN equals NaN and nothing else, whatever the tolerance") {
  const StateDict a{{"w", tensor_of<float>({not_a_number, 1, 2})}};
  CHECK(diff(a, a).code == 0);
  CHECK(diff(a, a).out == "equal: 1 tensor, 0 values\n");
  const StateDict b{{"w", tensor_of<float>({not_a_number, not_a_number, 2})}};
  const auto result = diff(a, b, {"--atol", "1e30"});
  CHECK(result.code == 1);
  CHECK(result.out == R"(A: a.wick
B: b.wick
model: tensors
  w: 1 of 3 elements differ, 1 beyond the tolerance
      NaN in one file only: 1, the first at [1] (1 in A, nan in B)
different: 1 of 1 tensor, 0 values (rtol 0, atol 1e+30)
)");
}

TEST_CASE("infinities equal themselves only, and both zeros are equal") {
  const StateDict a{{"w", tensor_of<float>({infinity, -infinity, 0.0F})}};
  const StateDict same{{"w", tensor_of<float>({infinity, -infinity, -0.0F})}};
  CHECK(diff(a, same).code == 0);
  const StateDict finite{{"w", tensor_of<float>({1, -infinity, 0})}};
  for (const bool swapped : {false, true}) {
    const auto result = diff(swapped ? finite : a, swapped ? a : finite, {"--rtol", "1", "--atol", "1e300"});
    CHECK(result.code == 1);
    CHECK(contains(result.out, "largest absolute difference: inf at [0]"));
    CHECK(contains(result.out, "largest relative difference: inf at [0]"));
  }
  const StateDict opposite{{"w", tensor_of<float>({infinity, infinity, 0})}};
  CHECK(contains(diff(a, opposite).out, "largest absolute difference: inf at [1] (-inf in A, inf in B)"));
}

TEST_CASE("integers are compared exactly") {
  constexpr std::int64_t large = (std::int64_t{1} << 53) + 1;  // not a double
  const StateDict a{{"w", tensor_of<std::int64_t>({large})}};
  const StateDict b{{"w", tensor_of<std::int64_t>({large - 1})}};
  CHECK(contains(diff(a, b).out,
                 "1 of 1 element differs\n      largest absolute difference: 1 at [0] "
                 "(9007199254740993 in A, 9007199254740992 in B)"));
  constexpr auto least = (std::numeric_limits<std::int64_t>::min)();
  constexpr auto most = (std::numeric_limits<std::uint64_t>::max)();
  const StateDict c{{"w", tensor_of<std::int64_t>({least, 5})}};
  const StateDict d{{"w", tensor_of<std::uint64_t>({most, 5})}};
  // 2^63 + 2^64 - 1 = 2.767e19
  for (const bool swapped : {false, true}) {
    const auto result = diff(swapped ? d : c, swapped ? c : d, {"--ignore-dtype"});
    CHECK(result.code == 1);
    CHECK(contains(result.out,
                   " 1 of 2 elements differ\n      largest absolute difference: 2.767e+19 at [0] ("));
  }
  const StateDict yes{{"w", tensor_of<std::uint8_t>({1, 0, 255})}};
  const StateDict no{{"w", tensor_of<std::int8_t>({1, 0, -1})}};
  CHECK(contains(diff(yes, no, {"--ignore-dtype"}).out, "256 at [2] (255 in A, -1 in B)"));
}

TEST_CASE("complex elements are compared by the size of their difference") {
  using Complex = std::complex<float>;
  const StateDict a{{"w", tensor_of<Complex>({Complex(1, 2), Complex(0, not_a_number)})}};
  CHECK(diff(a, a).code == 0);
  const StateDict b{{"w", tensor_of<Complex>({Complex(4, -2), Complex(0, not_a_number)})}};
  const auto result = diff(a, b);
  CHECK(result.code == 1);
  CHECK(contains(result.out, "largest absolute difference: 5 at [0] (1+2j in A, 4-2j in B)"));
}

TEST_CASE("tensors without elements and scalars are compared too") {
  const StateDict a{{"none", tensor_of<float>({}, Shape{0, 3})}, {"one", tensor_of<float>({1}, Shape{})}};
  const StateDict b{{"none", tensor_of<float>({}, Shape{0, 3})}, {"one", tensor_of<float>({2}, Shape{})}};
  CHECK(contains(diff(a, b).out,
                 "one: 1 of 1 element differs\n      largest absolute difference: 1 at [] (1 in A"));
  const StateDict c{{"none", tensor_of<float>({}, Shape{3, 0})}, {"one", tensor_of<float>({1}, Shape{})}};
  CHECK(contains(diff(a, c).out, "none: [0, 3] float32 in A, [3, 0] float32 in B\n"));
}

TEST_CASE("places are right in large tensors") {
  std::vector<float> values(300 * 1000, 1.0F);
  const StateDict a{{"w", tensor_of(values, Shape{300, 1000})}};
  values[299 * 1000 + 998] = 3;
  values[70 * 1000 + 1] = 1.5;
  const StateDict b{{"w", tensor_of(values, Shape{300, 1000})}};
  const auto result = diff(a, b);
  CHECK(contains(
      result.out,
      "w: 2 of 300000 elements differ\n      largest absolute difference: 2 at [299, 998] (1 in A, 3 in B)"));
}

TEST_CASE("architecture, values and whole groups are compared") {
  const TempDir dir;
  wick::Archive a;
  a.architecture =
      wick::Architecture{.input_size = 4, .output_size = 2, .hidden_layers = {3}, .dropout = 0.5};
  a.attributes.emplace_back(
      "metadata", wick::Attributes{{"lr", 0.1}, {"name", "first"}, {"list", std::vector<double>{1, 2}}});
  a.attributes.emplace_back("training", wick::Attributes{{"step", std::int64_t{7}}});
  wick::write_archive(a, dir / "a.wick");
  wick::Archive b;
  b.architecture = wick::Architecture{.input_size = 4, .output_size = 2, .hidden_layers = {}, .dropout = 0.5};
  b.attributes.emplace_back(
      "metadata",
      wick::Attributes{
          {"name", "second\x1b"}, {"lr", 0.1000001}, {"list", std::vector<double>{1, 2}}, {"new", true}});
  b.tensors.emplace_back("optimizer", StateDict{{"m", tensor_of<float>({1})}});
  wick::write_archive(b, dir / "b.wick");
  const auto result = run_tool({"diff", "a.wick", "b.wick"}, dir.path());
  CHECK(result.code == 1);
  CHECK(result.out == R"(A: a.wick
B: b.wick
architecture
  Network: 4 inputs, hidden layers [3], 2 outputs, dropout 0.5 in A
  Network: 4 inputs, hidden layers [], 2 outputs, dropout 0.5 in B
optimizer: tensors
  only in B: all 1
metadata: values
  lr: 0.1 in A, 0.1000001 in B
  name: "first" in A, "second\u001b" in B
  new: only in B, true
training: values
  only in A: all 1
different: 1 of 1 tensor, 4 of 5 values
)");
  const auto group =
      run_tool({"diff", "--group", "metadata", "--rtol", "1e-4", "a.wick", "b.wick"}, dir.path());
  CHECK(group.code == 1);
  CHECK(!contains(group.out, "lr: "));
  CHECK(!contains(group.out, "training"));
  CHECK(contains(group.out, "different: 0 tensors, 2 of 4 values (rtol 0.0001, atol 0)\n"));
  const auto none = run_tool({"diff", "--group", "model", "a.wick", "b.wick"}, dir.path());
  CHECK(none.code == 2);
  CHECK(none.err == "wick diff: --group: neither file has a group \"model\"\n");
}

TEST_CASE("what cannot be compared is refused") {
  for (const char* bad : {"-1", "inf", "nan"}) {
    const auto result =
        run_tool({"diff", std::string("--rtol=") + bad, "checkpoint_v1.wick", "checkpoint_v1.wick"});
    CHECK(result.code == 2);
    CHECK(result.out.empty());
  }
  CHECK(run_tool({"diff", "--atol=-1", "checkpoint_v1.wick", "checkpoint_v1.wick"}).err ==
        "wick diff: --atol must be finite and >= 0, got -1.0\n");
  const auto picture = run_tool({"diff", "checkpoint_v1.wick", "png_gray.png"});
  CHECK(picture.code == 1);
  CHECK(contains(picture.err, "wick diff: png_gray.png: expected a model file"));
  CHECK(run_tool({"diff", "missing.wick", "checkpoint_v1.wick"}).code == 2);
}

TEST_CASE("what was left out on reading is never called equal") {
  using wick::TorchDict;
  using wick::TorchValue;
  const TempDir dir;
  const auto write = [&](const char* name, const TorchValue& value) {
    TorchDict model{.kind = TorchDict::Kind::ordered, .items = {}, .metadata = {}};
    model.add("w", tensor_of<float>({1, 2}));
    TorchDict root;
    root.add("state_dict", model);
    root.add("m", value);
    wick::write_torch(root, dir / name);
  };
  const auto compared = [&](const TorchValue& a, const TorchValue& b) {
    write("a.pth", a);
    write("b.pth", b);
    const auto result = run_tool({"diff", "a.pth", "b.pth"}, dir.path());
    CHECK(run_tool({"diff", "a.pth", "a.pth"}, dir.path()).code == 0);
    CHECK((result.code == 0) == result.out.starts_with("equal: "));
    return result.code;
  };
  const auto dict = [](const TorchValue& value) {
    TorchDict d;
    d.add("x", value);
    return d;
  };
  const auto big = [](int last) {
    wick::TorchBigInt n{std::vector<std::byte>(9, std::byte{0})};
    n.bytes.back() = static_cast<std::byte>(last);
    return n;
  };
  CHECK(compared(std::complex<double>(1, 2), std::complex<double>(3, 4)) == 1);
  CHECK(compared(std::complex<double>(1, 2), std::complex<double>(1, 2)) == 0);
  CHECK(compared(big(1), big(2)) == 1);
  CHECK(compared(big(1), big(1)) == 0);
  CHECK(compared(dict(wick::TorchNone{}), TorchDict{}) == 1);
  CHECK(compared(dict(wick::TorchNone{}), dict(wick::TorchNone{})) == 0);
  CHECK(compared(dict(wick::TorchNone{}), wick::TorchNone{}) == 1);
  const wick::TorchSequence key{wick::TorchSequence::Kind::tuple, {std::int64_t{1}}};
  TorchDict odd_a;
  odd_a.items.emplace_back(key, 1.5);
  TorchDict odd_b;
  odd_b.items.emplace_back(key, 2.5);
  CHECK(compared(odd_a, odd_b) == 1);
  const auto result = run_tool({"diff", "a.pth", "b.pth"}, dir.path());
  CHECK(result.out == "not all compared: 1 tensor, 0 values\n");
  CHECK(result.err == "wick diff: note: not compared: \"m\" has a key of type tuple\n");
  // The same objects in files that differ elsewhere by their bytes alone; and one file is itself.
  CHECK(run_tool({"diff", "torch/objects_objects.pth", "torch/objects_objects.pth"}).code == 0);
  CHECK(run_tool({"diff", "torch/objects_objects.pth", "torch/objects_objects_protocol_4.pth"}).code == 1);
  CHECK(
      run_tool({"diff", "--refuse-objects", "torch/objects_objects.pth", "torch/objects_objects.pth"}).code ==
      1);
}
