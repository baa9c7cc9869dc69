// Training by MPI gives the bits of one process, and what goes wrong in one rank is an error in all of them.
//
// usage: mpirun -n N ranks                         all of that
//        mpirun -n N ranks FILE [kill|resume]      trains and saves; rank N - 1 kills itself; goes on with
//        FILE

#include "distributed/mpi_ledger.hpp"
#include "training/training_run.hpp"

#include <wick/autograd/losses.hpp>
#include <wick/distributed/mpi.hpp>
#include <wick/nn/batch_norm.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/relu.hpp>
#include <wick/optim/adamw.hpp>
#include <wick/optim/sgd.hpp>
#include <wick/training/fit.hpp>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

namespace {

struct Block {
  wick::Linear<float> first;
  wick::BatchNorm1d<float> norm;
  wick::Linear<float> output;

  explicit Block(const wick::Scope<float>& scope)
      : first(scope / "first", 6, 6), norm(scope / "norm", 6), output(scope / "output", 6, 3) {}
  auto operator()(const auto& x) const { return log_softmax(output(x + relu(norm(first(x)))), 1); }
};

int failures = 0;  // NOLINT(*-avoid-non-const-global-variables): what the program returns
int own_rank = 0;  // NOLINT(*-avoid-non-const-global-variables)

void expect(bool good, const std::string& what) {
  if (good) return;
  ++failures;
  std::cerr << "rank " << own_rank << ": " << what << std::endl;
}

/// All that a model has, as bytes.
template <class T>
std::string bytes_of(const wick::ParameterBlock<T>& block) {
  std::string bytes(reinterpret_cast<const char*>(block.values().data()), block.values().size_bytes());
  for (const auto& b : block.buffers()) {
    const auto values = block.buffer(b.slot);
    bytes.append(reinterpret_cast<const char*>(values.data()), values.span().size_bytes());
  }
  return bytes;
}

/// train() with dropout and Adam, on batches of 16, 16, 16 and 3 rows.
std::string lesson(wick::Replicas& replicas) {
  wick_tests::SmallRun run(51);
  run.train_loader = wick::DataLoader(run.data, {.batch_size = 16, .shuffle = true});
  run.options.replicas = &replicas;
  const auto result = run.train();
  return bytes_of(*run.run.model.parameters()) + std::to_string(result.reports.back().training_loss);
}

/// fit() with BatchNorm, SGD, gradients of several batches in a step, and clipping.
std::string residual(wick::Replicas& replicas) {
  wick::manual_seed(5);
  const auto data = wick_tests::clouds(50);
  wick::DataLoader loader(data, {.batch_size = 9, .shuffle = true});
  wick::DataLoader validation(data, {.batch_size = 25});
  wick::Model<Block> model;
  wick::SGD optimizer(model.parameters(), {.lr = 0.1, .momentum = 0.9});
  const auto result = wick::fit(model, loader, validation, wick::NLLLoss(), optimizer,
                                {.epochs = 3, .clip_grad_norm = 1.0, .accumulate = 2, .replicas = &replicas});
  return bytes_of(*model.parameters()) + std::to_string(result.reports.back().training_loss);
}

/// A loop of one's own in double, with AdamW; `after(step, block)` may spoil it.
using After = std::function<void(int, wick::ParameterBlock<double>&)>;
std::string own_loop(wick::Replicas& replicas, std::uint64_t seed = 3, const After& after = {}) {
  wick::manual_seed(seed);
  wick::Generator g(9);
  auto x = wick::randn<double>({30, 6}, g);
  wick::Tensor<std::int64_t> y(wick::Shape{30});
  for (wick::Index i = 0; i < 30; ++i) y.data()[i] = i % 3;
  const wick::TensorDataset<double> data(std::move(x), std::move(y));
  wick::DataLoader loader(data, {.batch_size = 10, .shuffle = true});
  wick::Network<double> model(6, 3, {8}, {.dropout = 0.3});
  wick::AdamW optimizer(model.parameters(), {.lr = 0.01});
  const wick::NLLLoss<double> criterion;
  int step = 0;
  for (int epoch = 0; epoch < 2; ++epoch) {
    for (auto batch = loader.begin_by_rows(); batch != loader.end(); ++batch) {
      optimizer.zero_grad();
      static_cast<void>(replicas.gradient(*model.parameters(), batch, [&](const auto& rows) {
        return criterion(model(rows.inputs), rows.targets);
      }));
      optimizer.step();
      if (after) after(++step, *model.parameters());
    }
  }
  replicas.finish(*model.parameters());
  return bytes_of(*model.parameters());
}

/// What `f` throws, for each of the ranks on their own.
std::string error_of(const std::function<void()>& f) {
  try {
    f();
  } catch (const wick::Error& e) {
    return e.what();
  }
  return "no error";
}
void expect_error(const std::string& what, const std::function<void()>& f, const std::string& part) {
  const std::string error = error_of(f);
  expect(error.find(part) != std::string::npos, what + ": expected \"" + part + "\", got \"" + error + "\"");
}

void all_ranks_alike() {
  const wick::ReplicaOptions options{.shards = 7, .check_every = 2};
  wick::MpiRanks ranks(MPI_COMM_WORLD, options);
  own_rank = static_cast<int>(ranks.rank());
  wick::Shards alone(options);
  expect(lesson(ranks) == lesson(alone), "train() gave other bits than one process");
  expect(residual(ranks) == residual(alone), "fit() gave other bits than one process");
  expect(own_loop(ranks) == own_loop(alone), "a loop of one's own gave other bits than one process");
}

void errors_in_one_rank() {
  const wick::Index last = wick::MpiRanks(MPI_COMM_WORLD).ranks() - 1;
  const bool is_last = own_rank == last;
  const std::string name = "rank " + std::to_string(last);
  {
    wick::MpiRanks ranks(MPI_COMM_WORLD, {.shards = is_last ? 9 : 8});
    expect_error(
        "another option", [&] { own_loop(ranks); }, name + " has shards 9, rank 0 8");
    expect_error(
        "after an error", [&] { own_loop(ranks); }, "not together any more");
  }
  {
    wick::MpiRanks ranks(MPI_COMM_WORLD);
    expect_error(
        "another seed", [&] { own_loop(ranks, is_last ? 4 : 3); }, name + " draws other random numbers");
  }
  {
    wick::MpiRanks ranks(MPI_COMM_WORLD, {.check_every = 2});
    const auto spoil = [&](int step, wick::ParameterBlock<double>& block) {
      if (is_last && step == 3) block.values()[0] += 1e-9;
    };

    expect_error(
        "a bit that fell over", [&] { own_loop(ranks, 3, spoil); },
        "after step 4 the parameters of " + name + " are not those of rank 0");
  }
  {
    wick::MpiRanks ranks(MPI_COMM_WORLD);
    const auto fail = [&](int step, wick::ParameterBlock<double>&) {
      if (is_last && step == 2) {
        ranks.abandon("no memory");
        throw wick::Error("mine");
      }
    };
    expect_error(
        "a rank that throws", [&] { own_loop(ranks, 3, fail); },
        is_last ? "mine" : name + " left the run after step 2: no memory");
  }
  {
    wick::MpiRanks ranks(MPI_COMM_WORLD, {.timeout = std::chrono::milliseconds(500)});
    const auto hang = [&](int step, wick::ParameterBlock<double>&) {
      if (is_last && step == 2) std::this_thread::sleep_for(std::chrono::milliseconds(1500));
    };
    const std::string error = error_of([&] { own_loop(ranks, 3, hang); });
    if (!is_last) {
      expect(
          error.find(name + " did not answer rank " + std::to_string(own_rank) + " for 0.5 s") != error.npos,
          "a rank that hangs: got \"" + error + "\"");
    }
  }
}

/// Two epochs with a checkpoint after each step; in rank 0 whether the file is as one process makes it.
void train_and_save(const std::filesystem::path& path, const std::string& mode, int size) {
  const wick::ReplicaOptions shards{.shards = 6};
  wick::MpiRanks ranks(MPI_COMM_WORLD, shards);
  const auto train = [&](wick::Replicas& replicas, const std::filesystem::path& file, bool resume,
                         int kill_at) {
    wick_tests::SmallRun run =
        resume ? wick_tests::SmallRun(50, wick::load_training_checkpoint(file)) : wick_tests::SmallRun(50);
    run.options.replicas = &replicas;
    run.options.checkpoint = {.path = file, .every = 1};
    int step = 0;
    run.options.on_step = [&](const auto&) {
      if (++step == kill_at && own_rank == size - 1) std::raise(SIGKILL);
    };
    static_cast<void>(run.train());
  };
  train(ranks, path, mode == "resume", mode == "kill" ? 5 : 0);
  if (own_rank != 0) return;
  wick::Shards alone(shards);
  const std::filesystem::path expected = path.string() + "-alone.wick";
  train(alone, expected, false, 0);
  const auto read = [](const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(in), {});
  };
  expect(read(path) == read(expected), "the checkpoint is not that of one process");
}

}  // namespace

int main(int argc, char** argv) {
  int level = 0;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &level);
  MPI_Comm_rank(MPI_COMM_WORLD, &own_rank);
  int size = 0;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  try {
    if (argc == 1) {
      all_ranks_alike();
      if (size == 3) errors_in_one_rank();  // as much time as all the rest
    } else {
      train_and_save(argv[1], argc > 2 ? argv[2] : "", size);
    }
  } catch (const std::exception& e) {
    expect(false, e.what());
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  // Those of the three runs that ended in the middle of a step stay: freeing takes all ranks, and one may be
  // gone.
  const wick_tests::MpiLedger& ledger = wick_tests::mpi_ledger;
  expect(ledger.calls > 0, "the calls of MPI were not counted");
  expect(ledger.requests == 0, std::to_string(ledger.requests) + " requests are under way");
  const int broken = argc == 1 && size == 3 ? 3 : 0;
  expect(ledger.communicators == broken,
         std::to_string(ledger.communicators) + " communicators were not freed");
  int all = 0;
  MPI_Allreduce(&failures, &all, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  MPI_Finalize();
  return all == 0 ? 0 : 1;
}
