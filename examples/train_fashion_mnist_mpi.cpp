// train_fashion_mnist in several processes, which share each batch:
//
//     mpirun -n 4 train_fashion_mnist_mpi --batch-size 256 --shards 4
//
// The files are the same for any number of processes. See docs/scaling.md.

#include "fashion_mnist_trainer.hpp"

#include <wick/distributed/mpi.hpp>

#include <iostream>
#include <optional>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  int level = MPI_THREAD_SINGLE;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &level);
  int status = 1;
  {
    wick::ReplicaOptions options;
    double timeout = options.timeout.count();
    std::optional<wick::MpiRanks> ranks;
    status = examples::run_trainer(
        std::vector<std::string>(argv + 1, argv + argc),
        {.name = "train_fashion_mnist_mpi",
         .description = "Trains a multilayer perceptron on Fashion-MNIST in the processes that mpirun starts",
         .add_options =
             [&](CLI::App& app) {
               app.add_option("--shards", options.shards,
                              "Parts of each batch, at least one for each process; the results depend on it")
                   ->capture_default_str();
               app.add_option("--check-every", options.check_every,
                              "Steps between comparisons of the parameters of all processes")
                   ->capture_default_str();
               app.add_option("--timeout", timeout, "Seconds after which a silent process counts as dead")
                   ->capture_default_str();
             },
         .replicas =
             [&] {
               options.timeout = std::chrono::duration<double>(timeout);
               return &ranks.emplace(MPI_COMM_WORLD, options);
             }});
  }
  // Others may wait for this process, and MPI_Finalize() for them.
  if (status == 1 || status == 2) MPI_Abort(MPI_COMM_WORLD, status);
  MPI_Finalize();
  return status;
}
