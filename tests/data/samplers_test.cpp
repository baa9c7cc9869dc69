#include <wick/data/samplers.hpp>

#include "support/throws.hpp"

#include <wick/data/data_loader.hpp>
#include <wick/data/splits.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <limits>
#include <optional>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <vector>

using wick::DataLoader;
using wick::Generator;
using wick::Index;
using wick::WeightedRandomSampler;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

/// A dataset whose samples are their numbers.
struct Numbers {
  Index n;
  [[nodiscard]] Index size() const { return n; }
  void collate(std::span<const Index> indices, wick::Batch<float>& batch) const {
    batch.inputs.resize(wick::Shape{static_cast<Index>(indices.size())});
    batch.targets.resize(wick::Shape{static_cast<Index>(indices.size())});
    for (std::size_t i = 0; i < indices.size(); ++i) {
      wick::detail::check_sample_index(indices[i], n, "Numbers");
      batch.targets.data()[i] = indices[i];
    }
  }
};

template <class Loader>
std::string pass(Loader& loader) {
  std::string text;
  for (auto batch = loader.begin(); batch != loader.end(); ++batch) {
    for (Index i = 0; i < batch->targets.numel(); ++i) {
      CHECK(batch->targets.data()[i] == batch.indices()[static_cast<std::size_t>(i)]);
      text += (i == 0 ? "" : ",") + std::to_string(batch->targets.data()[i]);
    }
    text += ";";
  }
  return text;
}

std::string parts(const std::vector<std::vector<Index>>& rows) {
  std::string text;
  for (const auto& part : rows) {
    for (std::size_t i = 0; i < part.size(); ++i) text += (i == 0 ? "" : ",") + std::to_string(part[i]);
    text += ";";
  }
  return text;
}

/// Two of each row, backwards: a sampler of the user's own.
struct Twice {
  Index n;
  [[nodiscard]] Index size() const { return 2 * n; }
  void draw(std::vector<Index>& order, Generator& /*generator*/) const {
    order.clear();
    for (Index i = 2 * n; i-- > 0;) order.push_back(i / 2);
  }
};

}  // namespace

TEST_CASE("subsets, weighted samples and random splits are PyTorch's, and so is what they draw") {
  std::ifstream file(std::string(WICK_TEST_DATA) + "/samplers.txt");
  REQUIRE(file);
  std::set<std::string> kinds;
  for (std::string line; std::getline(file, line);) {
    CAPTURE(line);
    std::istringstream in(line);
    std::string kind;
    std::string list;
    std::string expected;
    std::string bar;
    std::uint64_t seed = 0;
    bool own = false;
    Index batch_size = 0;
    Index samples = 0;
    std::uint32_t after = 0;
    in >> kind >> seed >> own >> batch_size >> list >> samples >> expected >> bar >> after;
    REQUIRE(in);
    kinds.insert(kind);
    std::vector<double> values;
    std::istringstream items(list);
    for (std::string item; std::getline(items, item, ',');) values.push_back(std::stod(item));
    const std::vector<Index> whole(values.begin(), values.end());

    wick::manual_seed(seed);
    Generator given(seed + 1);
    Generator* const generator = own ? &given : nullptr;
    std::string got;
    if (kind == "split") {
      const auto all = static_cast<double>(samples);
      if (whole.size() == 2) {
        const auto [train, test] =
            wick::train_test_split(samples, {.test = values[1] / all, .generator = generator});
        got = parts({train, test});
      } else {
        const auto [train, validation, test] = wick::train_validation_test_split(
            samples, {.validation = values[1] / all, .test = values[2] / all, .generator = generator});
        got = parts({train, validation, test});
      }
    } else {
      const Numbers numbers{kind == "weighted" ? static_cast<Index>(values.size()) : 40};
      wick::DataLoaderOptions options{
          .batch_size = batch_size, .shuffle = kind == "shuffled", .generator = generator};
      if (kind == "weighted") {
        options.sampler = WeightedRandomSampler(values, samples);
      } else {
        options.rows = whole;
      }
      DataLoader loader(numbers, options);
      CHECK(loader.size() == (samples + batch_size - 1) / batch_size);
      got = pass(loader);
      got += pass(loader);
    }
    CHECK(got == expected);
    CHECK((own ? given : wick::default_generator()).random32() % (1U << 20) == after);
  }
  CHECK(kinds.size() == 4);
}

TEST_CASE("a pass over some rows is left and resumed with the same batches") {
  const Numbers numbers{10};
  for (const bool sampled : {false, true}) {
    for (const bool rows : {false, true}) {
      CAPTURE(sampled);
      CAPTURE(rows);
      wick::DataLoaderOptions options{.batch_size = 2, .shuffle = !sampled};
      if (rows) options.rows = std::vector<Index>{9, 3, 3, 5, 0};
      if (sampled) options.sampler = WeightedRandomSampler({1, 2, 3, 4, 5}, 7);
      Generator g(3);
      options.generator = &g;
      DataLoader loader(numbers, options);
      const std::string whole = pass(loader);
      const std::string next = pass(loader);

      g.manual_seed(3);
      auto batch = loader.begin();
      ++batch;
      const wick::LoaderState state = batch.state();
      const wick::GeneratorState drawn = g.state();
      DataLoader other(numbers, options);
      other.resume(state);
      g.set_state(drawn);
      CHECK(whole.ends_with(pass(other)));
      CHECK(pass(other) == next);
    }
  }
  const Numbers ten{10};
  DataLoader some(ten, {.rows = std::vector<Index>{4, 4, 2}});
  some.resume({{4, 2, 4}, 1});
  CHECK(pass(some) == "2;4;");
  CHECK(contains(message_of<wick::OptionError>([&] {
                   some.resume({{4, 2, 2}, 1});
                 }),
                 "the order holds row 2, which"));
  CHECK(contains(message_of<wick::OptionError>([&] {
                   some.resume({{4, 2, -1}, 1});
                 }),
                 "the order holds row -1"));
  CHECK(contains(message_of<wick::OptionError>([&] {
                   some.resume({{4, 2}, 1});
                 }),
                 "expected an order of 3 samples"));
}

TEST_CASE("samplers have the weights that they were given") {
  Generator g(5);
  const std::vector<double> weights{1, 0, 3, 6};
  std::vector<Index> order;
  std::vector<double> counts(4, 0);
  const WeightedRandomSampler often(weights, 20000);
  often.draw(order, g);
  for (const Index i : order) ++counts[static_cast<std::size_t>(i)];
  for (std::size_t i = 0; i < 4; ++i) CHECK(std::abs(counts[i] / 20000 - weights[i] / 10) < 0.015);

  // Without replacement: the first row is i with its weight, the second with that among the others.
  const WeightedRandomSampler once(weights, 2, false);
  std::vector<double> first(4, 0);
  double two_then_three = 0;
  for (int i = 0; i < 20000; ++i) {
    once.draw(order, g);
    REQUIRE(order.size() == 2);
    CHECK(order[0] != order[1]);
    ++first[static_cast<std::size_t>(order[0])];
    two_then_three += order[0] == 2 && order[1] == 3 ? 1 : 0;
  }
  for (std::size_t i = 0; i < 4; ++i) CHECK(std::abs(first[i] / 20000 - weights[i] / 10) < 0.015);
  CHECK(std::abs(two_then_three / 20000 - 0.3 * 6 / 7) < 0.015);

  std::vector<std::int64_t> classes(990, 0);
  classes.insert(classes.end(), 10, 1);
  const auto balanced = wick::balanced_sampler(classes);
  CHECK(balanced.size() == 1000);
  balanced.draw(order, g);
  CHECK(std::abs(std::ranges::count_if(order, [](Index i) { return i >= 990; }) - 500) < 60);
}

TEST_CASE("a sampler of one's own orders a pass") {
  const Numbers numbers{3};
  DataLoader loader(numbers, {.batch_size = 4, .sampler = Twice{3}});
  CHECK(loader.size() == 2);
  CHECK(pass(loader) == "2,2,1,1;0,0;");
}

TEST_CASE("samplers and rows refuse what cannot be") {
  const auto refuses = [](const auto& f, const char* what) {
    CAPTURE(what);
    CHECK(contains(message_of<wick::OptionError>(f), what));
  };
  const Numbers numbers{3};
  constexpr double infinity = std::numeric_limits<double>::infinity();
  refuses([] { WeightedRandomSampler({1, -1}, 2); }, "finite and >= 0, got -1.0 for row 1");
  refuses([] { WeightedRandomSampler({std::nan("")}, 2); }, "got nan for row 0");
  refuses([] { WeightedRandomSampler({infinity}, 2); }, "got inf for row 0");
  refuses([] { WeightedRandomSampler({0, 0}, 2); }, "a sum > 0 that is finite, got 0.0");
  refuses([] { WeightedRandomSampler({}, 2); }, "got 0.0");
  refuses([] { WeightedRandomSampler({1, 2}, 0); }, "num_samples should be a positive integer value");
  refuses([] { WeightedRandomSampler({1, 2, 0}, 3, false); }, "without replacement: 2 have a weight > 0");
  refuses([] { static_cast<void>(wick::balanced_sampler({})); }, "got 0.0");
  refuses([&] { DataLoader(numbers, {.shuffle = true, .sampler = Twice{3}}); },
          "sampler option is mutually exclusive with shuffle");
  refuses([&] { DataLoader(numbers, {.rows = std::vector<Index>{}}); },
          "rows: expected at least one, got none");
  CHECK(contains(message_of<wick::IndexError>([&] {
                   DataLoader(numbers, {.rows = std::vector<Index>{1, 3}});
                 }),
                 "DataLoader: rows: index 3 is out of range for a dataset of 3 samples"));
  DataLoader too_many(numbers, {.sampler = Twice{4}});
  CHECK(contains(message_of<wick::IndexError>([&] { static_cast<void>(too_many.begin()); }),
                 "DataLoader: sampler: index 3 is out of range"));
}
