// What a step of the lesson's network takes without MPI, in one process, in all that mpirun starts, and in
// all of them when each has its part of the rows but sends nothing, which no exchange can beat on this
// machine; in turns: the medians, and those of the ratios within a turn.
//
// usage: mpirun -n N mpi_steps [BATCH [SHARDS [TURNS]]]
//        mpirun -n N mpi_steps --bytes STEPS BATCH SHARDS     the checksum of the parameters after STEPS
//        steps
//        mpirun -n 2 mpi_steps --link                         delay and rate of messages between two

#include <wick/autograd/losses.hpp>
#include <wick/checksum/crc32c.hpp>
#include <wick/data/data_loader.hpp>
#include <wick/distributed/mpi.hpp>
#include <wick/loss/nll.hpp>
#include <wick/models/network.hpp>
#include <wick/nn/model.hpp>
#include <wick/optim/adam.hpp>
#include <wick/random/distributions.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

wick::TensorDataset<float> pictures(wick::Index n) {
  wick::Generator g(9);
  auto x = wick::randn<float>({n, 784}, g);
  wick::Tensor<std::int64_t> y(wick::Shape{n});
  for (wick::Index i = 0; i < n; ++i) y.data()[i] = i % 10;
  return {std::move(x), std::move(y)};
}

/// The lesson's run.
class Run {
 public:
  Run(const wick::TensorDataset<float>& data, wick::Index batch_size)
      : loader_(data, {.batch_size = batch_size, .shuffle = true}),
        model_((wick::manual_seed(1), wick::Network<float>(784, 10, {512, 256, 128}, {.dropout = 0.5}))),
        optimizer_(model_.parameters(), {.lr = 1e-3}) {}

  /// Seconds for so many steps; null: the whole batch at once, without any exchange.
  double steps(int count, wick::Replicas* replicas) {
    const auto start = [&] { return replicas != nullptr ? loader_.begin_by_rows() : loader_.begin(); };
    auto batch = start();
    const auto begin = Clock::now();
    for (int k = 0; k < count; ++k, ++batch) {
      if (batch == loader_.end()) batch = start();
      optimizer_.zero_grad();
      if (replicas != nullptr) {
        static_cast<void>(replicas->gradient(*model_.parameters(), batch, [&](const auto& rows) {
          return criterion_(model_(rows.inputs), rows.targets);
        }));
      } else {
        const auto loss = criterion_(model_(batch->inputs), batch->targets);
        static_cast<void>(loss.item());
        loss.backward();
      }
      optimizer_.step();
    }
    return std::chrono::duration<double>(Clock::now() - begin).count();
  }
  [[nodiscard]] const wick::ParameterBlock<float>& parameters() const { return *model_.parameters(); }

 private:
  wick::DataLoader<wick::TensorDataset<float>> loader_;
  wick::Network<float> model_;
  wick::Adam<float> optimizer_;
  wick::NLLLoss<float> criterion_;
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

/// Waits without taking a processor.
void wait_for_all() {
  MPI_Request request = MPI_REQUEST_NULL;
  MPI_Ibarrier(MPI_COMM_WORLD, &request);
  int done = 0;
  while (MPI_Test(&request, &done, MPI_STATUS_IGNORE), done == 0) {
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
}

void compare(wick::Index batch, wick::Index shards, int turns) {
  const auto data = pictures(8192);
  wick::MpiRanks ranks(MPI_COMM_WORLD, {.shards = shards});
  wick::MpiRanks self(MPI_COMM_SELF, {.shards = shards});
  Run plain(data, batch);
  Run one(data, batch);
  Run all(data, batch);
  // The rows and shards of one process, and its own step of the optimizer.
  const wick::Index parts = ranks.ranks();
  wick::MpiRanks silent(MPI_COMM_SELF, {.shards = (std::max)(wick::Index{1}, shards / parts)});
  Run apart(data, (std::max)(wick::Index{1}, batch / parts));
  const int steps = (std::max)(1, static_cast<int>(6000 / batch));
  std::vector<double> plain_times;
  std::vector<double> one_times;
  std::vector<double> all_times;
  std::vector<double> costs;
  std::vector<double> gains;
  std::vector<double> limits;
  for (int turn = -1; turn < turns; ++turn) {
    wait_for_all();
    wick::manual_seed(2);
    double without = 0;
    double alone = 0;
    if (ranks.rank() == 0) {
      without = plain.steps(steps, nullptr);
      alone = one.steps(steps, &self);
    }
    wait_for_all();
    wick::manual_seed(3);
    const double together = all.steps(steps, &ranks);
    wait_for_all();
    double slowest = apart.steps(steps, &silent);
    MPI_Allreduce(MPI_IN_PLACE, &slowest, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    if (turn < 0) continue;
    plain_times.push_back(1e3 * without / steps);
    one_times.push_back(1e3 * alone / steps);
    all_times.push_back(1e3 * together / steps);
    costs.push_back(alone / without);
    gains.push_back(alone / together);
    limits.push_back(alone / slowest);
  }
  ranks.finish(all.parameters());
  silent.finish(apart.parameters());
  if (ranks.rank() != 0) return;
  self.finish(one.parameters());
  std::printf(
      "batch %4d, shards %2d, ranks %d: %7.3f ms without, %7.3f ms in one process (%.3f of it), "
      "%7.3f ms in all (%.2f times as fast; %.2f without messages)\n",
      static_cast<int>(batch), static_cast<int>(shards), static_cast<int>(ranks.ranks()), median(plain_times),
      median(one_times), median(costs), median(all_times), median(gains), median(limits));
}

void print_bytes(int steps, wick::Index batch, wick::Index shards) {
  const auto data = pictures(8192);
  wick::MpiRanks ranks(MPI_COMM_WORLD, {.shards = shards});
  Run run(data, batch);
  run.steps(steps, &ranks);
  ranks.finish(run.parameters());
  if (ranks.rank() != 0) return;
  std::printf("%08x\n", wick::crc32c(std::as_bytes(run.parameters().values())));
}

/// Half of the time that a small message takes there and back, and what goes each way at the same time, of
/// bytes that were just written, as those of gradients are: in the memory of one machine others are faster.
void print_link() {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (rank > 1) return;
  const int other = 1 - rank;
  std::vector<char> sent(4 << 20);
  std::vector<char> received(sent.size());
  const auto seconds = [&](std::size_t bytes, int turns) {
    double total = 0;
    for (int k = 0; k < turns; ++k) {
      std::fill_n(sent.begin(), bytes, static_cast<char>(k));
      MPI_Barrier(MPI_COMM_WORLD);
      const auto begin = Clock::now();
      // A message at a time if they are small.
      std::array<MPI_Request, 2> requests{MPI_REQUEST_NULL, MPI_REQUEST_NULL};
      const int n = static_cast<int>(bytes);
      MPI_Irecv(received.data(), n, MPI_BYTE, other, 0, MPI_COMM_WORLD, &requests[0]);
      if (rank == 1 && bytes == 1) MPI_Wait(&requests[0], MPI_STATUS_IGNORE);
      MPI_Isend(sent.data(), n, MPI_BYTE, other, 0, MPI_COMM_WORLD, &requests[1]);
      MPI_Waitall(2, requests.data(), MPI_STATUSES_IGNORE);
      total += std::chrono::duration<double>(Clock::now() - begin).count();
    }
    return total / turns;
  };
  static_cast<void>(seconds(1, 20));
  static_cast<void>(seconds(sent.size(), 3));
  const double delay = seconds(1, 200) / 2;
  const double transfer = seconds(sent.size(), 20);
  if (rank != 0) return;
  std::printf("link: %.3f ms one way, %.3f Gbit/s each way\n", 1e3 * delay,
              8e-9 * static_cast<double>(sent.size()) / (transfer - delay));
}

}  // namespace

int main(int argc, char** argv) {
  int level = 0;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &level);
  const std::vector<std::string> arguments(argv, argv + argc);
  const auto number = [&](std::size_t i, int otherwise) {
    return i < arguments.size() ? std::stoi(arguments[i]) : otherwise;
  };
  try {
    if (argc > 1 && arguments[1] == "--bytes") {
      print_bytes(number(2, 200), number(3, 64), number(4, 8));
    } else if (argc > 1 && arguments[1] == "--link") {
      print_link();
    } else {
      compare(number(1, 256), number(2, 8), number(3, 15));
    }
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    MPI_Abort(MPI_COMM_WORLD, 1);
  }
  MPI_Finalize();
}
