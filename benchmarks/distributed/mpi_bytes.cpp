// 200 steps of six runs, the lesson's network and one with BatchNorm and residual connections, each with
// Adam, SGD and AdamW, and the checksums of the checkpoints: equal for all numbers of processes, threads and
// MPIs.
//
// usage: mpirun -n N mpi_bytes FOLDER [THREADS [STEPS]]

#include <wick/autograd/losses.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/checksum/crc32c.hpp>
#include <wick/data/data_loader.hpp>
#include <wick/distributed/mpi.hpp>
#include <wick/loss/nll.hpp>
#include <wick/models/network.hpp>
#include <wick/nn/batch_norm.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/nn/relu.hpp>
#include <wick/optim/adam.hpp>
#include <wick/optim/adamw.hpp>
#include <wick/optim/sgd.hpp>
#include <wick/random/distributions.hpp>
#include <wick/training/train.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <stop_token>
#include <string>
#include <utility>

namespace {

using Data = wick::TensorDataset<float>;

Data pictures(wick::Index n) {
  wick::Generator g(9);
  auto x = wick::randn<float>({n, 784}, g);
  wick::Tensor<std::int64_t> y(wick::Shape{n});
  for (wick::Index i = 0; i < n; ++i) y.data()[i] = i % 10;
  return {std::move(x), std::move(y)};
}

struct Block {
  wick::Linear<float> first, second;
  wick::BatchNorm1d<float> norm;

  explicit Block(const wick::Scope<float>& scope)
      : first(scope / "first", 64, 64), second(scope / "second", 64, 64), norm(scope / "norm", 64) {}
  auto operator()(const auto& x) const { return relu(x + second(relu(norm(first(x))))); }
};
struct Residual {
  wick::Linear<float> input;
  Block first, second;
  wick::Linear<float> output;

  explicit Residual(const wick::Scope<float>& scope)
      : input(scope / "input", 784, 64),
        first(scope / "first"),
        second(scope / "second"),
        output(scope / "output", 64, 10) {}
  auto operator()(const auto& x) const { return log_softmax(output(second(first(input(x)))), 1); }
};

struct Runner {
  wick::Replicas& replicas;
  const Data& data;
  const Data& test;
  std::filesystem::path folder;
  wick::ThreadPool* pool;
  std::int64_t steps;

  template <class Model, class Optimizer>
  void run(const std::string& name, Model& model, Optimizer optimizer) const {
    wick::DataLoader loader(data,
                            {.batch_size = 64, .shuffle = true});  // the last one of an epoch has 40 rows
    wick::DataLoader test_loader(test, {.batch_size = 64});
    std::stop_source stop;
    std::int64_t done = 0;
    const std::filesystem::path path = folder / (name + ".wick");
    static_cast<void>(wick::train(model, loader, test_loader, wick::NLLLoss(), optimizer,
                                  {.epochs = 8,
                                   .print_every = 100,
                                   .on_step =
                                       [&](const auto&) {
                                         if (++done == steps - 1) stop.request_stop();
                                       },
                                   .stop = stop.get_token(),
                                   .pool = pool,
                                   .checkpoint = {.path = path},
                                   .replicas = &replicas}));
    if (replicas.rank() != 0) return;
    std::ifstream in(path, std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(in), {});
    std::printf("%s %08x\n", name.c_str(), wick::crc32c(std::as_bytes(std::span(bytes))));
  }
  template <class Make>
  void run_all(const std::string& name, const Make& make) const {
    const auto fresh = [&] {
      wick::manual_seed(1);
      return make();
    };
    auto with_adam = fresh();
    run(name + "-adam", with_adam, wick::Adam<float>(with_adam.parameters(), {.lr = 1e-3}));
    auto with_sgd = fresh();
    run(name + "-sgd", with_sgd, wick::SGD<float>(with_sgd.parameters(), {.lr = 0.01, .momentum = 0.9}));
    auto with_adamw = fresh();
    run(name + "-adamw", with_adamw, wick::AdamW<float>(with_adamw.parameters(), {.lr = 1e-3}));
  }
};

void run(int argc, char** argv) {
  wick::MpiRanks ranks(MPI_COMM_WORLD, {.shards = 8, .check_every = 50});
  const Data data = pictures(1576);
  const Data test = pictures(64);
  const int threads = argc > 2 ? std::stoi(argv[2]) : 1;
  wick::ThreadPool pool(threads);
  const Runner runner{
      ranks, data, test, argv[1], threads > 1 ? &pool : nullptr, argc > 3 ? std::stol(argv[3]) : 200};
  runner.run_all("lesson", [] { return wick::Network<float>(784, 10, {512, 256, 128}, {.dropout = 0.5}); });
  runner.run_all("residual", [] { return wick::Model<Residual>(); });
}

}  // namespace

int main(int argc, char** argv) {
  int level = 0;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &level);
  if (argc < 2) {
    std::fputs("usage: mpi_bytes FOLDER [THREADS [STEPS]]\n", stderr);
    MPI_Abort(MPI_COMM_WORLD, 2);
  }
  try {
    run(argc, argv);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  MPI_Finalize();
}
