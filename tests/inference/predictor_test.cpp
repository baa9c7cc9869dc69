#include <wick/checkpoint/checkpoint.hpp>
#include <wick/data/transforms.hpp>
#include <wick/inference/make_predictor.hpp>
#include <wick/inference/predictor.hpp>
#include <wick/models/network.hpp>
#include <wick/random/distributions.hpp>

#include "support/allocations.hpp"
#include "support/files.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>
#include <numeric>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using namespace wick;
using wick_tests::message_of;

namespace {

Network<float> small_network() {
  Generator generator(3);
  return {12, 5, {7}, {}, generator};
}

const std::vector<std::string> colours{"red", "green", "blue", "white", "black"};

CheckpointExtras with_metadata() {
  CheckpointExtras extras;
  extras.metadata = {{"classes", colours}, {"normalize.mean", 0.25}, {"normalize.std", 2.0}};
  return extras;
}

std::vector<std::uint8_t> picture() {
  std::vector<std::uint8_t> pixels(12);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * 21 + 3);
  return pixels;
}

// Label and probability of all classes, by the network itself on inputs normalised here.
std::vector<std::pair<std::ptrdiff_t, double>> expected_for(const std::vector<float>& in_0_to_1, float mean,
                                                            float deviation) {
  Tensor<float> x(Shape{1, 12});
  for (Index i = 0; i < 12; ++i) x.at(0, i) = (in_0_to_1[static_cast<std::size_t>(i)] - mean) / deviation;
  const Tensor<float> log_probs = small_network().predict(x.view());
  std::vector<std::pair<std::ptrdiff_t, double>> result;
  for (Index i = 0; i < 5; ++i) result.emplace_back(i, std::exp(static_cast<double>(log_probs.at(0, i))));
  std::ranges::stable_sort(result, std::greater<>(), [](const auto& r) { return r.second; });
  return result;
}

std::vector<float> in_0_to_1(const std::vector<std::uint8_t>& bytes) {
  std::vector<float> result;
  for (const std::uint8_t b : bytes) result.push_back(static_cast<float>(b) / 255.0F);
  return result;
}

void check_same(std::span<const Prediction> got,
                const std::vector<std::pair<std::ptrdiff_t, double>>& expected) {
  REQUIRE(got.size() <= expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) {
    CHECK(got[i].label == expected[i].first);
    CHECK(std::abs(static_cast<double>(got[i].probability) - expected[i].second) <= 1e-6);
  }
}

}  // namespace

TEST_CASE("a predictor applies the file's normalisation and class names, whatever the format and the way") {
  const wick_tests::TempDir folder;
  const auto bytes = picture();
  const auto expected = expected_for(in_0_to_1(bytes), 0.25F, 2.0F);
  for (const char* name : {"m.wick", "m.pth", "m.safetensors", "mit Grüßen.wick"}) {
    CAPTURE(name);
    const auto path = folder.path() / std::filesystem::path(std::u8string(name, name + std::strlen(name)));
    save_checkpoint(small_network(), path, with_metadata());
    std::ifstream stream(path, std::ios::binary);
    std::ifstream again(path, std::ios::binary);
    const std::string contents(std::istreambuf_iterator<char>(again), {});
    std::vector<Predictor> all{load_predictor(path), load_predictor(path, PredictorOptions{.mapped = true}),
                               load_predictor(stream),
                               load_predictor(std::as_bytes(std::span<const char>(contents)))};
    for (const Predictor& predictor : all) {
      CHECK(predictor.input_size() == 12);
      CHECK(predictor.output_size() == 5);
      CHECK(predictor.mean() == 0.25);
      CHECK(predictor.std() == 2.0);
      CHECK(std::ranges::equal(predictor.class_names(), colours));
      auto workspace = predictor.workspace();
      std::array<Prediction, 5> top;
      REQUIRE(predictor.predict(Pixels::bytes(bytes.data(), 4, 3), top, workspace) == 5);
      check_same(top, expected);
      CHECK(top[0].name == colours[static_cast<std::size_t>(expected[0].first)]);
      CHECK(std::abs(std::accumulate(top.begin(), top.end(), 0.0,
                                     [](double s, const Prediction& p) { return s + p.probability; }) -
                     1) <= 1e-6);
    }
  }
}

TEST_CASE("pixels may lie anywhere: gaps, channels, from the bottom, unaligned numbers") {
  const Predictor predictor = make_predictor(small_network(), {.mean = 0.5, .std = 0.5}, colours);
  auto workspace = predictor.workspace();
  const auto bytes = picture();
  const auto expected = expected_for(in_0_to_1(bytes), 0.5F, 0.5F);
  std::array<Prediction, 5> top;

  std::vector<std::uint8_t> rgb(3 * 20, 0xEE);  // 3 rows of 20 bytes: 4 pixels of 3 bytes, and a gap of 8
  std::vector<std::uint8_t> from_bottom(3 * 20, 0xEE);
  for (std::size_t y = 0; y < 3; ++y) {
    for (std::size_t x = 0; x < 4; ++x) {
      rgb[y * 20 + x * 3 + 1] = bytes[y * 4 + x];
      from_bottom[(2 - y) * 20 + x * 3] = bytes[y * 4 + x];
    }
  }
  REQUIRE(predictor.predict(Pixels::bytes(rgb.data() + 1, 4, 3, 20, 3), top, workspace) == 5);
  check_same(top, expected);
  REQUIRE(predictor.predict(Pixels::bytes(from_bottom.data() + 40, 4, 3, -20, 3), top, workspace) == 5);
  check_same(top, expected);

  const auto values = in_0_to_1(bytes);
  REQUIRE(predictor.predict(Pixels::floats(values.data(), 4, 3), top, workspace) == 5);
  check_same(top, expected);
  std::vector<std::byte> unaligned(12 * 9 + 1);
  for (std::size_t i = 0; i < 12; ++i) std::memcpy(unaligned.data() + 1 + i * 9, &values[i], sizeof(float));
  const Pixels scattered{unaligned.data() + 1, Pixels::Type::floats, 4, 3, 36, 9};
  REQUIRE(predictor.predict(scattered, top, workspace) == 5);
  check_same(top, expected);
}

TEST_CASE("as many predictions as there is room for, none for pictures of another size") {
  const Predictor predictor = make_predictor(small_network());
  auto workspace = predictor.workspace();
  const auto bytes = picture();
  const auto expected = expected_for(in_0_to_1(bytes), 0.5F, 0.5F);
  std::array<Prediction, 9> room;
  for (const std::size_t n : std::vector<std::size_t>{0, 1, 2, 4, 5, 9}) {
    const std::size_t got =
        predictor.predict(Pixels::bytes(bytes.data(), 12, 1), std::span(room).first(n), workspace);
    CHECK(got == (std::min)(n, std::size_t{5}));
    check_same(std::span(room).first(got), expected);
  }
  CHECK(room[0].name == std::to_string(room[0].label));

  constexpr std::ptrdiff_t most = std::numeric_limits<std::ptrdiff_t>::max();
  for (const auto& size : std::vector<std::pair<std::ptrdiff_t, std::ptrdiff_t>>{
           {0, 0}, {0, 12}, {12, 0}, {-4, -3}, {-12, 1}, {11, 1}, {13, 1}, {5, 2}, {most, most}, {most, 2}}) {
    CAPTURE(size.first);
    CHECK(predictor.predict(Pixels{bytes.data(), Pixels::Type::bytes, size.first, size.second, 4, 1}, room,
                            workspace) == 0);
  }
}

TEST_CASE("equal classes come in the order of their numbers, NaN last") {
  Network<float> model = small_network();
  for (float& x : model.parameters()->values()) x = 0;
  const Predictor equal = make_predictor(model);
  auto workspace = equal.workspace();
  const auto bytes = picture();
  std::array<Prediction, 5> top;
  REQUIRE(equal.predict(Pixels::bytes(bytes.data(), 4, 3), top, workspace) == 5);
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(top[i].label == static_cast<std::ptrdiff_t>(i));
    CHECK(std::abs(top[i].probability - 0.2F) < 1e-6F);
  }
  for (float& x : model.parameters()->values()) x = std::numeric_limits<float>::quiet_NaN();
  const Predictor damaged = make_predictor(model);
  REQUIRE(damaged.predict(Pixels::bytes(bytes.data(), 4, 3), top, workspace) == 5);
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(top[i].label == static_cast<std::ptrdiff_t>(i));
    CHECK(std::isnan(top[i].probability));
  }
}

TEST_CASE("rows of inputs give the network's log-probabilities") {
  Generator generator(5);
  const Network<float> model = small_network();
  const Predictor predictor = make_predictor(model);
  auto workspace = predictor.workspace(3);
  const auto x = rand<float>({4, 12}, generator);
  for (const Index rows : {1, 2, 3}) {
    const auto got = predictor.outputs(x.rows(0, rows).span(), workspace);
    const Tensor<float> expected = model.predict(x.rows(0, rows));
    CHECK(std::ranges::equal(got, expected.span()));
  }
  CHECK(predictor.outputs(x.span(), workspace).empty());
  CHECK(predictor.outputs(x.span().first(11), workspace).empty());
  CHECK(predictor.outputs(x.span().first(13), workspace).empty());
  CHECK(predictor.outputs({}, workspace).empty());
  auto smallest = predictor.workspace(-5);
  CHECK(predictor.outputs(x.span().first(12), smallest).size() == 5);
}

TEST_CASE("a prediction allocates nothing, the first one neither") {
  const Predictor predictor = make_predictor(small_network());
  auto workspace = predictor.workspace(2);
  const auto bytes = picture();
  const std::vector<float> rows(24, 0.5F);
  std::array<Prediction, 3> top;
  CHECK(wick_tests::allocations_in([&] {
          predictor.predict(Pixels::bytes(bytes.data(), 4, 3), top, workspace);
          static_cast<void>(predictor.outputs(rows, workspace));
        }) == 0);
}

TEST_CASE("eight threads over one predictor see what one thread sees") {
  const Predictor predictor = make_predictor(small_network());
  std::vector<std::vector<std::uint8_t>> pictures;
  for (int i = 0; i < 40; ++i) {
    pictures.push_back(picture());
    for (auto& b : pictures.back()) b = static_cast<std::uint8_t>(b * (i + 1));
  }
  const auto predict_all = [&] {
    auto workspace = predictor.workspace();
    std::vector<Prediction> result;
    for (const auto& p : pictures) {
      std::array<Prediction, 5> top;
      predictor.predict(Pixels::bytes(p.data(), 4, 3), top, workspace);
      result.insert(result.end(), top.begin(), top.end());
    }
    return result;
  };
  const auto expected = predict_all();
  std::vector<std::vector<Prediction>> got(8);
  {
    std::vector<std::jthread> threads;
    for (auto& g : got) threads.emplace_back([&] { g = predict_all(); });
  }
  for (const auto& g : got) {
    CHECK(std::ranges::equal(g, expected, [](const Prediction& a, const Prediction& b) {
      return a.label == b.label && a.probability == b.probability && a.name == b.name;
    }));
  }
}

TEST_CASE("options replace what the file says, and nonsense is refused") {
  const wick_tests::TempDir folder;
  const auto path = folder.path() / "m.wick";
  save_checkpoint(small_network(), path, with_metadata());
  const Predictor other =
      load_predictor(path, {.mean = 0.1, .std = 0.2, .classes = {"a", "b", "c", "d", "e"}});
  CHECK(other.mean() == 0.1);
  CHECK(other.std() == 0.2);
  CHECK(other.class_names()[4] == "e");

  CHECK(message_of<OptionError>([&] {
          static_cast<void>(load_predictor(path, {.classes = {"a", "b"}}));
        }) == "Predictor: expected 5 class names, one for each output, got 2");
  CHECK(message_of<OptionError>([&] { static_cast<void>(load_predictor(path, {.std = 0.0})); }) ==
        "Normalize: std must be finite and > 0, got 0.0");
  CHECK_THROWS_AS(static_cast<void>(load_predictor(folder.path() / "none.wick")), FileError);

  CheckpointExtras wrong;
  wrong.metadata = {{"classes", colours}, {"normalize.std", std::string("wide")}};
  save_checkpoint(small_network(), path, wrong);
  CHECK(message_of<FormatError>([&] {
          static_cast<void>(load_predictor(path));
        }).ends_with("the metadata \"normalize.std\" should be a number or a list of one, it is a text"));

  CheckpointExtras fewer;
  fewer.metadata = {{"classes", std::vector<std::string>{"only one"}},
                    {"normalize.mean", std::vector<double>{0.75}},
                    {"normalize.std", std::int64_t{3}}};
  save_checkpoint(small_network(), path, fewer);
  const Predictor numbered = load_predictor(path);
  CHECK(numbered.class_names()[3] == "3");
  CHECK(numbered.mean() == 0.75);
  CHECK(numbered.std() == 3);
}

TEST_CASE("errors as values carry the text of the exception") {
  const wick_tests::TempDir folder;
  const auto path = folder.path() / "m.wick";
  save_checkpoint(small_network(), path, with_metadata());
  const auto good = try_load_predictor(path);
  REQUIRE(good);
  CHECK(good->input_size() == 12);
  const auto missing = folder.path() / "none.wick";
  const auto bad = try_load_predictor(missing);
  REQUIRE_FALSE(bad);
  CHECK(bad.error() == message_of<FileError>([&] { static_cast<void>(load_predictor(missing)); }));
  std::istringstream nonsense("<html>");
  CHECK_FALSE(try_load_predictor(nonsense).has_value());
  CHECK_FALSE(try_load_predictor(std::span<const std::byte>()).has_value());
}

namespace {

template <class P>
concept shows_names = requires(P&& predictor) {
  std::forward<P>(predictor).class_names();
};
static_assert(shows_names<Predictor&> && !shows_names<Predictor>);

Predictor predictor_of(Index in, Index out, std::vector<Index> hidden, std::uint64_t seed = 1) {
  Generator g(seed);
  return make_predictor(Network<float>(in, out, hidden, {}, g));
}

}  // namespace

TEST_CASE("a workspace of another predictor predicts if the layers have equal sizes, and nothing otherwise") {
  const std::vector<std::uint8_t> pixels(784, 100);
  const std::vector<float> inputs(784, 0.5F);
  const auto picture_of = [&](const Predictor& predictor) {
    return Pixels::bytes(pixels.data(), predictor.input_size(), 1);
  };
  const auto try_it = [&](const Predictor& predictor, Predictor::Workspace& workspace) {
    std::array<Prediction, 3> top;
    const std::size_t found = predictor.predict(picture_of(predictor), top, workspace);
    const auto row = predictor.outputs(
        std::span(inputs).first(static_cast<std::size_t>(predictor.input_size())), workspace);
    CHECK(row.size() == (found == 0 ? 0 : static_cast<std::size_t>(predictor.output_size())));
    return found;
  };
  const std::vector<Predictor> all{predictor_of(784, 10, {32}),     predictor_of(784, 10, {33}),
                                   predictor_of(784, 10, {32, 32}), predictor_of(784, 11, {32}),
                                   predictor_of(784, 10, {}),       predictor_of(16, 3, {4}),
                                   predictor_of(16, 3, {4, 4000}),  predictor_of(1, 2, {})};
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < all.size(); ++j) {
      CAPTURE(i);
      CAPTURE(j);
      auto workspace = all[j].workspace();
      const std::size_t most = static_cast<std::size_t>((std::min)(all[i].output_size(), Index{3}));
      CHECK(try_it(all[i], workspace) == (i == j ? most : 0));
      CHECK(try_it(all[j], workspace) > 0);
    }
  }
  // The application loads a network that was trained further and keeps its workspaces.
  std::optional<Predictor> old = predictor_of(784, 10, {32}, 3);
  auto workspace = old->workspace();
  std::array<Prediction, 1> top;
  CHECK(old->predict(picture_of(*old), top, workspace) == 1);
  old.reset();
  CHECK_FALSE(top[0].name.empty());  // of a class of the old one, whose workspace is still there
  auto own = all[0].workspace();
  std::array<Prediction, 1> expected;
  CHECK(all[0].predict(picture_of(all[0]), expected, own) == 1);
  CHECK(wick_tests::allocations_in([&] { CHECK(all[0].predict(picture_of(all[0]), top, workspace) == 1); }) ==
        0);
  CHECK(top[0].label == expected[0].label);
  CHECK(top[0].probability == expected[0].probability);
}

TEST_CASE("with a workspace that was moved from, or without pixels, nothing is predicted") {
  const auto predictor = predictor_of(16, 3, {5});
  auto workspace = predictor.workspace();
  auto other = std::move(workspace);
  const std::array<std::uint8_t, 16> pixels{};
  const std::array<float, 16> inputs{};
  std::array<Prediction, 1> top;
  CHECK(predictor.predict(Pixels::bytes(pixels.data(), 4, 4), top, workspace) == 0);
  CHECK(predictor.outputs(inputs, workspace).empty());
  CHECK(predictor.predict(Pixels::bytes(pixels.data(), 4, 4), top, other) == 1);
  CHECK(predictor.predict(Pixels::bytes(nullptr, 4, 4), top, other) == 0);
  workspace = std::move(other);
  CHECK(predictor.predict(Pixels::bytes(pixels.data(), 4, 4), top, workspace) == 1);
}

TEST_CASE("a predictor that was moved from is a copy, and none is made of nothing") {
  auto predictor = predictor_of(16, 3, {5});
  const auto moved = std::move(predictor);
  CHECK(predictor.input_size() == 16);
  CHECK(predictor.class_names().data() == moved.class_names().data());
  auto workspace = predictor.workspace();
  CHECK(predictor.outputs(std::vector<float>(16), workspace).size() == 3);
  CHECK(message_of<OptionError>([] { Predictor nothing(nullptr); }) ==
        "Predictor: expected a model, got a null pointer");
  auto network = small_network();
  const auto taken = std::move(network);
  CHECK_THROWS_AS(static_cast<void>(make_predictor(std::move(network))), Error);
}

TEST_CASE("log-probabilities of the last log-probabilities") {
  const auto predictor = predictor_of(5, 5, {7});
  const std::vector<float> inputs{1, 2, 3, 4, 5, 5, 4, 3, 2, 1};
  auto first = predictor.workspace(2);
  auto second = predictor.workspace(2);
  const auto once = predictor.outputs(inputs, first);
  const std::vector<float> kept(once.begin(), once.end());
  const auto expected = predictor.outputs(kept, second);
  std::span<const float> twice;
  CHECK(wick_tests::allocations_in([&] { twice = predictor.outputs(once, first); }) == 0);
  CHECK(std::ranges::equal(twice, expected));
}
