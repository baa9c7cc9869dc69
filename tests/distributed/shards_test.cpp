// Steps in parts, in one process. That several processes give the same is in ranks.cpp.

#include "support/allocations.hpp"
#include "training/training_run.hpp"

#include <wick/autograd/reductions.hpp>
#include <wick/distributed/shards.hpp>
#include <wick/nn/batch_norm.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <span>
#include <string>
#include <vector>

namespace {

using wick::detail::ShardRange;

struct Net {
  wick::Linear<float> used, unused;
  wick::BatchNorm1d<float> norm;

  explicit Net(const wick::Scope<float>& scope)
      : used(scope / "used", 6, 3), unused(scope / "unused", 2, 2), norm(scope / "norm", 3) {}
  auto operator()(const auto& x) const { return norm(used(x)); }
};

std::vector<float> values_after(wick_tests::SmallRun& run) {
  static_cast<void>(run.train());
  const auto values = std::as_const(*run.run.model.parameters()).values();
  return {values.begin(), values.end()};
}

/// The order of a sum over leaves as text, made as ranks make it.
std::string order_of_sum(wick::Index shards, wick::Index ranks) {
  struct Node {
    ShardRange range;
    std::string text;
  };
  std::vector<Node> all;
  std::vector<ShardRange> nodes;
  const auto add = [&](std::vector<Node>& to, const Node& node) {
    to.push_back(node);
    while (to.size() > 1 && wick::detail::are_siblings(to[to.size() - 2].range, to.back().range, shards)) {
      Node& left = to[to.size() - 2];
      left.text = "(" + left.text + "+" + to.back().text + ")";
      left.range.count += to.back().range.count;
      to.pop_back();
    }
  };
  wick::Index next = 0;
  for (wick::Index r = 0; r < ranks; ++r) {
    const ShardRange own = wick::detail::shards_of_rank(shards, ranks, r);
    CHECK(own.first == next);
    next += own.count;
    std::vector<Node> parts;
    for (wick::Index s = own.first; s < next; ++s) add(parts, {{s, 1}, std::to_string(s)});
    wick::detail::nodes_of(own, shards, nodes);
    REQUIRE(nodes.size() == parts.size());
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      CHECK(nodes[i].first == parts[i].range.first);
      CHECK(nodes[i].count == parts[i].range.count);
      add(all, parts[i]);
    }
  }
  CHECK(next == shards);
  REQUIRE(all.size() == 1);
  return all.front().text;
}

}  // namespace

TEST_CASE("sums over shards are composed in one order, whoever has them") {
  CHECK(order_of_sum(1, 1) == "0");
  CHECK(order_of_sum(3, 1) == "((0+1)+2)");
  CHECK(order_of_sum(7, 1) == "(((0+1)+(2+3))+((4+5)+6))");
  for (wick::Index shards = 1; shards <= 19; ++shards) {
    const std::string alone = order_of_sum(shards, 1);
    for (wick::Index ranks = 2; ranks <= shards + 2; ++ranks) CHECK(order_of_sum(shards, ranks) == alone);
  }
}

TEST_CASE("shards have all rows, and two at least if there are") {
  for (wick::Index rows = 1; rows <= 40; ++rows) {
    for (const wick::Index most : {1, 2, 3, 7, 8, 16}) {
      const wick::Index shards = wick::detail::shard_count(rows, most);
      CHECK(shards >= 1);
      CHECK(shards <= most);
      wick::Index next = 0;
      for (wick::Index s = 0; s < shards; ++s) {
        const ShardRange part = wick::detail::shard_rows(rows, shards, s);
        CHECK(part.first == next);
        CHECK(part.count >= (std::min)(rows, wick::Index{2}));
        next += part.count;
      }
      CHECK(next == rows);
    }
  }
}

TEST_CASE("one shard is training as it was") {
  wick_tests::SmallRun plain;
  const auto expected = values_after(plain);
  wick::Shards one({.shards = 1});
  wick_tests::SmallRun run;
  run.options.replicas = &one;
  CHECK(values_after(run) == expected);
}

TEST_CASE("several shards have the gradient of the batch, and a run goes on from a file") {
  const auto data = wick_tests::clouds(50);
  for (const wick::Index shards : {1, 2, 5, 8}) {
    wick::Shards replicas({.shards = shards});
    wick::manual_seed(2);
    wick::Network<float> model(6, 3, {8, 5}, {.dropout = 0});
    const wick::NLLLoss<float> criterion;
    wick::DataLoader loader(data, {.batch_size = 23});
    for (auto batch = loader.begin(); batch != loader.end(); ++batch) {
      model.parameters()->zero_grad();
      auto whole = criterion(model(batch->inputs), batch->targets);
      whole.backward();
      const double loss = whole.item();
      const auto grads = std::as_const(*model.parameters()).grads();
      const std::vector<float> expected(grads.begin(), grads.end());
      // Added to a gradient that is there: it is twice as much.
      const double shared = replicas.gradient(*model.parameters(), batch, [&](const auto& rows) {
        return criterion(model(rows.inputs), rows.targets);
      });
      CHECK(shared == doctest::Approx(loss).epsilon(1e-6));
      for (std::size_t i = 0; i < expected.size(); ++i) {
        CHECK(std::as_const(*model.parameters()).grads()[i] ==
              doctest::Approx(2 * expected[i]).epsilon(1e-5).scale(0.1));
      }
    }
    replicas.finish(*model.parameters());
  }

  wick::Shards replicas({.shards = 3});
  wick_tests::SmallRun whole;
  whole.options.replicas = &replicas;
  const auto expected = values_after(whole);
  wick_tests::SmallRun second;
  second.options.replicas = &replicas;
  std::stop_source stop;
  second.options.stop = stop.get_token();
  int steps = 0;
  second.options.on_step = [&](const auto&) {
    if (++steps == 8) stop.request_stop();  // known to all after the next step
  };
  auto part = second.train();
  CHECK(part.stopped);
  CHECK(part.state.step == 9);
  second.options.on_step = {};
  second.options.stop = {};
  second.options.resume = part.state;
  CHECK(values_after(second) == expected);
}

TEST_CASE("buffers are the mean of what shards make of them, and what no shard reaches has no gradient") {
  wick::manual_seed(1);
  wick::Model<Net> model;
  const auto data = wick_tests::clouds(10);
  wick::DataLoader loader(data, {.batch_size = 10});
  wick::Shards replicas({.shards = 3});
  auto batch = loader.begin();
  wick::Model<Net> same = model;
  std::vector<double> means(3, 0);
  static_cast<void>(replicas.gradient(*model.parameters(), batch, [&](const auto& rows) {
    wick::Model<Net> fresh = same;
    static_cast<void>(fresh(rows.inputs).tensor());
    const auto its = std::as_const(*fresh.parameters()).buffer(fresh.parameters()->buffers()[0].slot);
    for (std::size_t c = 0; c < 3; ++c) {
      means[c] += static_cast<double>(rows.inputs.size(0)) * static_cast<double>(its.span()[c]) / 10;
    }
    return mean(model(rows.inputs));
  }));
  const auto& block = std::as_const(*model.parameters());
  for (const auto& b : block.buffers()) {
    if (b.name == "norm.num_batches_tracked") CHECK(block.buffer(b.slot).item() == 1.0F);
    if (b.name != "norm.running_mean") continue;
    for (std::size_t c = 0; c < 3; ++c) {
      CHECK(block.buffer(b.slot).span()[c] == doctest::Approx(means[c]).epsilon(1e-5));
    }
  }
  for (std::size_t p = 0; p < block.entries().size(); ++p) {
    CHECK(block.has_new_grad(p) == !block.entries()[p].name.starts_with("unused"));
  }
}

TEST_CASE("what cannot be shared is refused") {
  CHECK_THROWS_WITH_AS(wick::Shards({.shards = 0}), "ReplicaOptions: shards must be in [1, 65536], got 0",
                       wick::OptionError);
  CHECK_THROWS_WITH_AS(wick::Shards({.check_every = 0}), "ReplicaOptions: check_every must be >= 1, got 0",
                       wick::OptionError);
  CHECK_THROWS_WITH_AS(wick::Shards({.timeout = std::chrono::seconds(0)}),
                       "ReplicaOptions: timeout must be > 0, got 0.0", wick::OptionError);
  const auto data = wick_tests::clouds(10);
  wick::DataLoader loader(data, {.batch_size = 4});
  auto batch = loader.begin();
  CHECK_THROWS_WITH_AS(batch.gather(3, 2),
                       "DataLoader: rows of a batch: expected some of its 4, got 2 from 3", wick::IndexError);
  wick::ThreadPool pool(2);
  wick::DataLoader ahead(data, {.batch_size = 4, .prefetch = 2, .pool = &pool});
  auto gathered_ahead = ahead.begin();
  CHECK_THROWS_WITH_AS(gathered_ahead.gather(0, 2),
                       "DataLoader: rows of a batch: expected prefetch 0 or begin_by_rows(), got prefetch 2",
                       wick::OptionError);
  auto by_rows = ahead.begin_by_rows();
  CHECK(by_rows.indices().empty());
  CHECK(by_rows.rows() == 4);
  by_rows.gather(1, 2);
  CHECK(by_rows->inputs.size(0) == 2);
  CHECK(by_rows.indices()[0] == 1);
  // Other passes of the loader are as ever.
  CHECK(ahead.begin()->inputs.size(0) == 4);
  // A loss that is no number ends the run with its place, and the next one begins anew.
  wick::Shards replicas({.shards = 2});
  wick_tests::SmallRun run;
  run.options.replicas = &replicas;
  run.run.optimizer.set_lr(1e38);
  CHECK_THROWS_AS(static_cast<void>(run.train()), wick::TrainingError);
  wick_tests::SmallRun next;
  next.options.replicas = &replicas;
  CHECK_NOTHROW(static_cast<void>(next.train()));
}

TEST_CASE("a step allocates nothing once it was seen, and may call backward() itself") {
  const auto data = wick_tests::clouds(20);
  wick::DataLoader loader(data, {.batch_size = 20});
  auto batch = loader.begin();
  wick::Shards replicas({.shards = 5});
  wick::manual_seed(3);
  wick::Network<float> model(6, 3, {8, 5}, {.dropout = 0});
  wick::ParameterBlock<float>& block = *model.parameters();
  const wick::NLLLoss<float> criterion;
  const auto gradient = [&](const auto& step) {
    block.zero_grad();
    static_cast<void>(replicas.gradient(block, batch, step));
    const auto grads = std::as_const(block).grads();
    return std::vector<float>(grads.begin(), grads.end());
  };
  const auto whole = [&](const auto& rows) { return criterion(model(rows.inputs), rows.targets); };
  const auto once = gradient(whole);
  const auto twice = gradient([&](const auto& rows) {
    whole(rows).backward();
    return whole(rows);
  });
  for (std::size_t i = 0; i < once.size(); ++i) {
    CHECK(twice[i] == doctest::Approx(2 * once[i]).epsilon(1e-5).scale(0.1));
  }
  const auto step = [&] {
    block.zero_grad();
    static_cast<void>(replicas.gradient(block, batch, whole));
  };
  step();
  CHECK(wick_tests::allocations_in(step) == 0);
  replicas.finish(block);
}
