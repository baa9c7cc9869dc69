#include <wick/data/data_loader.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

using wick::DataLoader;
using wick::Generator;
using wick::Index;
using wick::Tensor;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

/// Sample i is the number i.
struct Numbers {
  Index n;
  [[nodiscard]] Index size() const { return n; }
  void collate(std::span<const Index> indices, wick::Batch<float>& batch) const {
    const auto count = static_cast<Index>(indices.size());
    batch.inputs.resize(wick::Shape{count, 1});
    batch.targets.resize(wick::Shape{count});
    for (Index b = 0; b < count; ++b) {
      batch.inputs.data()[b] = static_cast<float>(indices[static_cast<std::size_t>(b)]);
      batch.targets.data()[b] = indices[static_cast<std::size_t>(b)];
    }
  }
};

std::uint32_t draw(Generator& g) { return g.random32() % (1U << 20); }

std::vector<std::int64_t> targets_of(const wick::Batch<float>& batch) {
  return {batch.targets.span().begin(), batch.targets.span().end()};
}

std::vector<std::vector<std::int64_t>> pass(auto& loader) {
  std::vector<std::vector<std::int64_t>> batches;
  for (const auto& batch : loader) batches.push_back(targets_of(batch));
  return batches;
}

}  // namespace

TEST_CASE("batches and random draws are PyTorch's") {
  std::ifstream file(std::string(WICK_TEST_DATA) + "/data_loader.txt");
  REQUIRE(file);
  wick::ThreadPool pool(2);
  int cases = 0;
  for (std::string line; std::getline(file, line); ++cases) {
    CAPTURE(line);
    std::istringstream in(line);
    std::uint64_t seed = 0;
    Index n = 0;
    wick::DataLoaderOptions options;
    bool own = false;
    int passes = 0;
    std::size_t stop_after = 0;
    in >> seed >> n >> options.batch_size >> options.shuffle >> options.drop_last >> own >> passes >>
        stop_after;
    REQUIRE(in);
    std::string expected;
    std::getline(in >> std::ws, expected);
    for (const Index prefetch : {0, 1, 3}) {
      options.prefetch = prefetch;
      options.pool = &pool;
      wick::manual_seed(seed);
      Generator explicit_generator(seed + 1);
      if (own) options.generator = &explicit_generator;
      Generator& g = own ? explicit_generator : wick::default_generator();

      const Numbers numbers{n};
      DataLoader loader(numbers, options);
      std::ostringstream got;
      for (int p = 0; p < passes; ++p) {
        Index batches = 0;
        for (const auto& batch : loader) {
          if (batches > 0) got << ';';
          const auto targets = targets_of(batch);
          for (std::size_t b = 0; b < targets.size(); ++b) got << (b > 0 ? "," : "") << targets[b];
          got << ':' << draw(g);
          ++batches;
          if (stop_after != 0 && static_cast<std::size_t>(batches) == stop_after) break;
        }
        if (stop_after == 0) CHECK(batches == loader.size());
        if (batches == 0) got << '-';
        got << ' ';
      }
      got << "| " << draw(g);
      got << ' ' << draw(wick::default_generator());
      CHECK(got.str() == expected);
    }
  }
  CHECK(cases == 206);
}

TEST_CASE("batches can be taken apart, and every sample comes once") {
  const Numbers numbers{10};
  DataLoader loader(numbers, {.batch_size = 4});
  static_assert(std::is_same_v<decltype(*loader.begin()), const wick::Batch<float>&>);
  static_assert(std::input_iterator<decltype(loader.begin())>);
  std::vector<Index> sizes;
  for (auto& [inputs, targets] : loader) {
    CHECK(inputs.shape() == wick::Shape{targets.numel(), 1});
    sizes.push_back(targets.numel());
  }
  CHECK(sizes == std::vector<Index>{4, 4, 2});
  CHECK(loader.size() == 3);
  CHECK(loader.batch_size() == 4);
  CHECK(&loader.dataset() == &numbers);
  CHECK(DataLoader(numbers).size() == 10);
  CHECK(DataLoader(numbers, {.batch_size = 4, .drop_last = true}).size() == 2);
  CHECK(DataLoader(numbers, {.batch_size = 5}).size() == 2);
  CHECK(DataLoader(numbers, {.batch_size = 11, .drop_last = true}).size() == 0);
}

TEST_CASE("construction and size() draw nothing") {
  Generator g(5);
  const auto before = g.state();
  const Numbers numbers{10};
  DataLoader loader(numbers, {.batch_size = 4, .shuffle = true, .generator = &g});
  static_cast<void>(loader.size());
  static_cast<void>(loader.state());
  CHECK(g.state() == before);
}

TEST_CASE("the scalar is the one that the dataset can gather") {
  const wick::TensorDataset<double> data(Tensor<double>::from({1.0, 2.0}),
                                         Tensor<std::int64_t>::from({0, 1}));
  DataLoader loader(data, {.batch_size = 2});
  static_assert(std::is_same_v<decltype(loader), DataLoader<wick::TensorDataset<double>, double>>);
  CHECK((*loader.begin()).inputs == data.features());
}

TEST_CASE("no memory is taken after the first pass") {
  const Numbers numbers{100};
  DataLoader loader(numbers, {.batch_size = 7, .shuffle = true});
  static_cast<void>(pass(loader));
  const float* inputs = nullptr;
  for (int p = 0; p < 3; ++p) {
    for (const auto& batch : loader) {
      if (inputs == nullptr) inputs = batch.inputs.data();
      CHECK(batch.inputs.data() == inputs);
    }
  }
}

TEST_CASE("a pass continued from its state is the interrupted one, to the last draw") {
  for (const Index batch_size : {1, 4, 5, 10, 16}) {
    for (const bool own : {false, true}) {
      for (const bool drop_last : {false, true}) {
        CAPTURE(batch_size);
        CAPTURE(own);
        CAPTURE(drop_last);
        const Numbers numbers{10};
        Generator g(3);
        wick::DataLoaderOptions options{.batch_size = batch_size, .shuffle = true, .drop_last = drop_last};
        options.generator = own ? &g : nullptr;
        const auto generator = [&]() -> Generator& { return own ? g : wick::default_generator(); };

        wick::manual_seed(3);
        DataLoader whole(numbers, options);
        std::vector<std::vector<std::int64_t>> expected = pass(whole);
        for (const auto& batch : pass(whole)) expected.push_back(batch);
        const auto end_state = generator().state();

        for (Index stop = 0; stop <= whole.size(); ++stop) {
          CAPTURE(stop);
          wick::manual_seed(3);
          g.manual_seed(3);
          std::vector<std::vector<std::int64_t>> got;
          wick::LoaderState state;
          wick::GeneratorState generator_state = generator().state();
          {
            DataLoader first(numbers, options);
            Index done = 0;
            if (stop > 0) {
              for (const auto& batch : first) {
                got.push_back(targets_of(batch));
                if (++done == stop) {
                  state = first.state();
                  generator_state = generator().state();
                  break;
                }
              }
            }
          }
          wick::manual_seed(99);
          g.manual_seed(99);
          generator().set_state(generator_state);
          DataLoader second(numbers, options);
          second.resume(state);
          CHECK(second.state().position == state.position);
          CHECK(second.state().order == state.order);
          for (const auto& batch : pass(second)) got.push_back(batch);
          for (const auto& batch : pass(second)) got.push_back(batch);
          CHECK(got == expected);
          CHECK(generator().state() == end_state);
        }
      }
    }
  }
}

TEST_CASE("the state is empty before a pass and after a complete one") {
  const Numbers numbers{3};
  DataLoader loader(numbers, {.batch_size = 2});
  CHECK(loader.state().order.empty());
  for (const auto& batch : loader) {
    static_cast<void>(batch);
    CHECK(loader.state().order == std::vector<Index>{0, 1, 2});
  }
  CHECK(loader.state().order.empty());
  CHECK(loader.state().position == 0);
}

TEST_CASE("leaving a pass early leaves the next one whole") {
  const Numbers numbers{5};
  DataLoader loader(numbers, {.batch_size = 2});
  for (const auto& batch : loader) {
    CHECK(targets_of(batch) == std::vector<std::int64_t>{0, 1});
    break;
  }
  CHECK(pass(loader) == std::vector<std::vector<std::int64_t>>{{0, 1}, {2, 3}, {4}});
}

// torch 2.13:
//   torch.manual_seed(3); g = torch.Generator().manual_seed(4) if own else None
//   loader = DataLoader(range(5), batch_size=2, shuffle=True, generator=g)
//   for a in loader:
//     print('|', *a)
//     for b in loader:
//       print(*b)
//       if a[0] == 3: break
//   print(torch.randint(1000, (1,), generator=g))
TEST_CASE("passes within each other are PyTorch's, batch for batch and draw for draw") {
  for (const bool own : {false, true}) {
    CAPTURE(own);
    wick::manual_seed(3);
    Generator g(4);
    const Numbers numbers{5};
    DataLoader loader(numbers, {.batch_size = 2, .shuffle = true, .generator = own ? &g : nullptr});
    std::string got;
    const auto add = [&](const wick::Batch<float>& batch) {
      for (const auto n : batch.targets.span()) got += std::to_string(n);
      got += ' ';
    };
    for (const auto& a : loader) {
      got += '|';
      add(a);
      const auto first = targets_of(a);
      for (const auto& b : loader) {
        add(b);
        if (first.front() == 3) break;
      }
      CHECK(targets_of(a) == first);  // a batch of one's own
    }
    got += std::to_string(wick::randint(0, 1000, {1}, own ? g : wick::default_generator()).item());
    CHECK(got == (own ? "|12 20 31 4 |03 01 32 4 |4 20 43 1 592" : "|14 31 40 2 |30 40 |2 03 42 1 975"));
  }
}

TEST_CASE("iterators know their place, and outlive their loader") {
  const Numbers numbers{5};
  DataLoader<Numbers>::Iterator it;
  CHECK(it == std::default_sentinel);
  CHECK(it.indices().empty());
  {
    DataLoader loader(numbers, {.batch_size = 2});
    it = loader.begin();
    DataLoader moved = std::move(loader);
    const auto inner = moved.begin();  // of two that run, state() tells of the first
    ++it;
    CHECK(moved.state().position == 4);
    CHECK(inner.state().position == 2);
    DataLoader copy = moved;
    CHECK(pass(copy) == std::vector<std::vector<std::int64_t>>{{0, 1}, {2, 3}, {4}});
  }
  CHECK(it.state().position == 4);
  CHECK(it.state().order == std::vector<Index>{0, 1, 2, 3, 4});
  CHECK(std::ranges::equal(it.indices(), std::vector<Index>{2, 3}));
  ++it;
  CHECK(std::ranges::equal(it.indices(), std::vector<Index>{4}));
  CHECK(targets_of(*it) == std::vector<std::int64_t>{4});
  ++it;
  CHECK(it == std::default_sentinel);
  CHECK(it.state().order.empty());
  CHECK(it.indices().empty());
}

TEST_CASE("a state that does not fit is refused and changes nothing") {
  const Numbers numbers{4};
  DataLoader loader(numbers, {.batch_size = 4});
  const auto refusal = [&](std::vector<Index> order, Index position) {
    return message_of<wick::OptionError>([&] { loader.resume({std::move(order), position}); });
  };
  CHECK(refusal({0, 1, 2}, 0) == "DataLoader::resume: expected an order of 4 samples, got 3");
  CHECK(refusal({}, 1) == "DataLoader::resume: expected an order of 4 samples, got 0");
  CHECK(refusal({0, 1, 2, 3}, 5) == "DataLoader::resume: position must be in [0, 4], got 5");
  CHECK(refusal({0, 1, 2, 3}, -1) == "DataLoader::resume: position must be in [0, 4], got -1");
  CHECK(contains(refusal({0, 1, 2, 4}, 0), "but 4 is out of range"));
  CHECK(contains(refusal({0, -1, 2, 3}, 0), "but -1 is out of range"));
  CHECK(contains(refusal({0, 1, 1, 3}, 0), "but 1 is there twice"));
  CHECK(pass(loader) == std::vector<std::vector<std::int64_t>>{{0, 1, 2, 3}});
  loader.resume({{3, 2, 1, 0}, 1});
  CHECK(pass(loader) == std::vector<std::vector<std::int64_t>>{{2, 1, 0}});
}

TEST_CASE("impossible options and empty datasets are refused") {
  const Numbers numbers{3};
  for (const Index bad : {Index{0}, Index{-2}}) {
    CHECK(message_of<wick::OptionError>([&] { DataLoader(numbers, {.batch_size = bad}); }) ==
          "DataLoader: batch_size must be >= 1, got " + std::to_string(bad));
  }
  const Numbers none{0};
  for (const bool shuffle : {false, true}) {
    CHECK(message_of<wick::OptionError>([&] { DataLoader(none, {.shuffle = shuffle}); }) ==
          "DataLoader: the dataset is empty, expected at least one sample");
  }
}

TEST_CASE("a dataset that would not outlive the loader does not compile") {
  static_assert(!std::is_constructible_v<DataLoader<Numbers>, Numbers&&, wick::DataLoaderOptions>);
  static_assert(std::is_constructible_v<DataLoader<Numbers>, const Numbers&, wick::DataLoaderOptions>);
}

TEST_CASE("batches gathered ahead are the same, and so are errors and resumed passes") {
  /// Sample 11 cannot be read.
  struct Broken : Numbers {
    void collate(std::span<const Index> indices, wick::Batch<float>& batch) const {
      for (const Index i : indices) {
        if (i == 11) throw wick::Error("no sample 11");
      }
      Numbers::collate(indices, batch);
    }
  };
  wick::ThreadPool pool(3);
  for (const bool drop_last : {false, true}) {
    for (const Index prefetch : {0, 1, 2, 4, 100}) {
      CAPTURE(prefetch);
      const Broken broken{{23}};
      DataLoader loader(broken,
                        {.batch_size = 3, .drop_last = drop_last, .prefetch = prefetch, .pool = &pool});
      auto batch = loader.begin();
      CHECK(targets_of(*batch) == std::vector<std::int64_t>{0, 1, 2});
      ++batch;
      ++batch;
      CHECK(targets_of(*batch) == std::vector<std::int64_t>{6, 7, 8});
      CHECK(batch.state().position == 9);
      CHECK(message_of<wick::Error>([&] { ++batch; }) == "no sample 11");
      CHECK(message_of<wick::Error>([&] { ++batch; }) == "no sample 11");
      // What was left is not seen by the next pass, nor by one that goes on behind it.
      CHECK(targets_of(*loader.begin()) == std::vector<std::int64_t>{0, 1, 2});
      wick::LoaderState state = batch.state();
      state.position = 12;
      loader.resume(state);
      const auto rest = pass(loader);
      CHECK(rest.size() == (drop_last ? 3 : 4));
      CHECK(rest[0] == std::vector<std::int64_t>{12, 13, 14});
      if (!drop_last) CHECK(rest[3] == std::vector<std::int64_t>{21, 22});
    }
  }
  const Numbers numbers{3};
  CHECK(contains(message_of<wick::OptionError>([&] { DataLoader(numbers, {.prefetch = -1}); }),
                 "prefetch must be >= 0, got -1"));
}
