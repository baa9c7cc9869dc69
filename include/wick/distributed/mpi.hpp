#pragma once

// Training in several processes that exchange gradients by MPI. Link wick::mpi, or compile with mpicxx.

#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/base/types.hpp>
#include <wick/distributed/detail/sum_exchange.hpp>
#include <wick/distributed/shards.hpp>

#include <mpi.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <limits>
#include <span>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

/// A communicator of our own, with the processes of another one.
class MpiCommunicator {
 public:
  explicit MpiCommunicator(MPI_Comm of) {
    int is_there = 0;
    MPI_Initialized(&is_there);
    if (is_there == 0 || is_over()) {
      throw Error(
          "MpiRanks: expected MPI between MPI_Init_thread() and MPI_Finalize(), which are the program's to "
          "call");
    }
    int level = MPI_THREAD_SINGLE;
    MPI_Query_thread(&level);
    int is_main = 0;
    MPI_Is_thread_main(&is_main);
    if (level < MPI_THREAD_FUNNELED || is_main == 0) {
      throw Error(
          "MpiRanks: expected the thread that called MPI_Init_thread() with MPI_THREAD_FUNNELED or more, as "
          "wick's thread pools run beside it");
    }
    if (of == MPI_COMM_NULL) throw Error("MpiRanks: expected a communicator, got MPI_COMM_NULL");
    if (MPI_Comm_dup(of, &comm_) != MPI_SUCCESS) throw Error("MpiRanks: MPI_Comm_dup failed");
    MPI_Comm_set_errhandler(comm_, MPI_ERRORS_RETURN);
    MPI_Comm_size(comm_, &size_);
    MPI_Comm_rank(comm_, &rank_);
  }
  MpiCommunicator(const MpiCommunicator&) = delete;
  MpiCommunicator& operator=(const MpiCommunicator&) = delete;
  ~MpiCommunicator() {
    // Freeing takes all of them, and one may be gone.
    if (!broken_ && !is_over()) MPI_Comm_free(&comm_);
  }

  [[nodiscard]] MPI_Comm get() const noexcept { return comm_; }
  [[nodiscard]] int size() const noexcept { return size_; }
  [[nodiscard]] int rank() const noexcept { return rank_; }
  void set_broken() noexcept { broken_ = true; }
  /// Whether the program called MPI_Finalize.
  [[nodiscard]] static bool is_over() noexcept {
    int over = 0;
    MPI_Finalized(&over);
    return over != 0;
  }

 private:
  MPI_Comm comm_ = MPI_COMM_NULL;
  int size_ = 1;
  int rank_ = 0;
  bool broken_ = false;
};

/// Messages under way, and whom they are from or to.
class MpiRequests {
 public:
  MpiRequests(MpiCommunicator& comm, std::chrono::duration<double> timeout)
      : comm_(&comm), timeout_(timeout) {}

  template <class T>
  void receive(T* to, Index n, int from, int tag) {
    if (n == 0) return;
    MPI_Request request = MPI_REQUEST_NULL;
    demand_success(MPI_Irecv(to, count_of(n), type_of<T>(), from, tag, comm_->get(), &request), "from", from);
    add(request, from, true);
  }
  template <class T>
  void send(const T* data, Index n, int to, int tag) {
    if (n == 0) return;
    MPI_Request request = MPI_REQUEST_NULL;
    demand_success(MPI_Isend(data, count_of(n), type_of<T>(), to, tag, comm_->get(), &request), "to", to);
    add(request, to, false);
  }
  /// Lets MPI work on them, if it needs calls for that.
  void poke() {
    if (left_ > 0) static_cast<void>(some());
  }
  /// Whether they are complete.
  [[nodiscard]] bool is_complete() {
    poke();
    if (left_ == 0) clear();
    return left_ == 0;
  }
  /// Until they are complete. Throws Error, which names the rank, when one of them fails or nothing comes
  /// within the time.
  void wait() {
    using Clock = std::chrono::steady_clock;
    auto since = Clock::now();
    for (int turn = 0; left_ > 0; ++turn) {
      if (some()) {
        since = Clock::now();
        turn = 0;
        continue;
      }
      // The other rank may be on this core.
      if (turn > 200) std::this_thread::yield();
      if (turn % 256 != 0) continue;
      if (Clock::now() - since > timeout_) refuse_silence();
    }
    clear();
  }
  /// Forgets those that are under way: the run is over.
  void forget() noexcept {
    for (std::size_t i = 0; i < requests_.size(); ++i) {
      if (requests_[i] == MPI_REQUEST_NULL) continue;
      if (receives_[i] != 0) MPI_Cancel(&requests_[i]);
      MPI_Request_free(&requests_[i]);
    }
    clear();
    left_ = 0;
  }

 private:
  void clear() noexcept {
    requests_.clear();
    peers_.clear();
    receives_.clear();
  }
  template <class T>
  static MPI_Datatype type_of() noexcept {
    if constexpr (std::is_same_v<T, float>) return MPI_FLOAT;
    if constexpr (std::is_same_v<T, double>) return MPI_DOUBLE;
    return MPI_BYTE;
  }
  static int count_of(Index n) {
    if (n > (std::numeric_limits<int>::max)()) {
      throw ShapeError("MpiRanks: a message of " + std::to_string(n) + " numbers is more than MPI can count");
    }
    return static_cast<int>(n);
  }
  void add(MPI_Request request, int peer, bool receives) {
    requests_.push_back(request);
    peers_.push_back(peer);
    receives_.push_back(receives ? 1 : 0);
    ++left_;
  }
  /// Whether some were completed.
  bool some() {
    const int n = static_cast<int>(requests_.size());
    done_.resize(requests_.size());
    states_.resize(requests_.size());
    int completed = 0;
    const int code = MPI_Testsome(n, requests_.data(), &completed, done_.data(), states_.data());
    if (code != MPI_SUCCESS) {
      for (int i = 0; i < completed; ++i) {
        const auto at = static_cast<std::size_t>(done_[static_cast<std::size_t>(i)]);
        if (code != MPI_ERR_IN_STATUS || states_[static_cast<std::size_t>(i)].MPI_ERROR != MPI_SUCCESS) {
          demand_success(code, receives_[at] != 0 ? "from" : "to", peers_[at]);
        }
      }
      demand_success(code, "of", comm_->rank());
    }
    if (completed == MPI_UNDEFINED || completed == 0) return false;
    left_ -= completed;
    return true;
  }
  void demand_success(int code, const char* direction, int peer) {
    if (code == MPI_SUCCESS) return;
    std::string text(MPI_MAX_ERROR_STRING, '\0');
    int size = 0;
    MPI_Error_string(code, text.data(), &size);
    text.resize(static_cast<std::size_t>(size));
    comm_->set_broken();
    throw Error("MpiRanks: a message " + std::string(direction) + " rank " + std::to_string(peer) +
                " failed: " + text);
  }
  [[noreturn]] void refuse_silence() {
    std::string who;
    for (const char receives : {char{1}, char{0}}) {
      for (std::size_t i = 0; i < requests_.size() && who.empty(); ++i) {
        if (requests_[i] != MPI_REQUEST_NULL && receives_[i] == receives) who = std::to_string(peers_[i]);
      }
    }
    comm_->set_broken();
    throw Error("MpiRanks: rank " + who + " did not answer rank " + std::to_string(comm_->rank()) + " for " +
                fixed(timeout_.count(), 1) + " s: it is dead, or slower than ReplicaOptions::timeout");
  }

  MpiCommunicator* comm_;
  std::chrono::duration<double> timeout_;
  std::vector<MPI_Request> requests_ = {};
  std::vector<int> peers_ = {};
  std::vector<char> receives_ = {};
  std::vector<int> done_ = {};
  std::vector<MPI_Status> states_ = {};
  int left_ = 0;
};

}  // namespace detail

/// The processes of an MPI communicator, each with a copy of the model, that share the batches of a run:
///
///     int level = 0;
///     MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &level);
///     {
///       wick::MpiRanks ranks(MPI_COMM_WORLD);
///       wick::train(model, train_loader, test_loader, criterion, optimizer, {.replicas = &ranks});
///     }
///     MPI_Finalize();
///
/// Every process makes the same model, optimizer and loaders, from the same seed. The parameters have the
/// same bits for any number of processes, of the same build at the same level of vector instructions: see
/// Shards, which gives them in one process, for how batches are cut and gradients added. A rank gathers its
/// part of the rows alone, unless the data set draws random numbers.
///
/// At the first step the processes compare their builds, options, parameters, generators and batches, and
/// every `check_every` steps their parameters; what differs is an Error in all of them, which names the rank.
/// A process whose step throws tells the others, which throw Error. One that dies, or says nothing for
/// `timeout`, is named by the Error of those that wait for it. After such an error end the program with
/// MPI_Abort, as MPI_Finalize may wait for those that are gone.
///
/// All calls come from the thread that called MPI_Init_thread. https://www.mpi-forum.org/docs/
class MpiRanks : public Shards {
 public:
  /// Duplicates `comm`, as all its processes have to at the same time. Throws OptionError for options out of
  /// range, and Error unless MPI is initialised with MPI_THREAD_FUNNELED or more, by this thread.
  explicit MpiRanks(MPI_Comm comm, const ReplicaOptions& options = {})
      : Shards(options),
        comm_(comm),
        requests_(comm_, options.timeout),
        floats_(comm_.rank(), comm_.size(), requests_),
        doubles_(comm_.rank(), comm_.size(), requests_) {}
  MpiRanks(const MpiRanks&) = delete;
  MpiRanks& operator=(const MpiRanks&) = delete;
  ~MpiRanks() override { abandon("it ended with an error there, or was not finished"); }

  [[nodiscard]] Index ranks() const noexcept override { return comm_.size(); }
  [[nodiscard]] Index rank() const noexcept override { return comm_.rank(); }

 protected:
  void exchange(std::span<std::byte> all, std::size_t each) override {
    guarded([&] {
      const auto n = static_cast<Index>(each);
      std::byte* const own = all.data() + each * static_cast<std::size_t>(comm_.rank());
      for_others([&](int r) {
        requests_.receive(all.data() + each * static_cast<std::size_t>(r), n, r, tag_message);
      });
      for_others([&](int r) { requests_.send(own, n, r, tag_message); });
      requests_.wait();
    });
  }
  void leave(std::span<const std::byte> message) noexcept override {
    if (comm_.size() == 1 || detail::MpiCommunicator::is_over()) return;
    try {
      left_message_.assign(message.begin(), message.end());
      for_others([&](int r) {
        requests_.send(left_message_.data(), static_cast<Index>(left_message_.size()), r, tag_message);
      });
      requests_.poke();
    } catch (...) {  // NOLINT(bugprone-empty-catch): they wait no longer than their timeout
    }
    drop();
  }
  void advance(detail::ShardSum<float>& sum) override { advance_sum(sum, floats_); }
  void advance(detail::ShardSum<double>& sum) override { advance_sum(sum, doubles_); }
  void add_up(detail::ShardSum<float>& sum) override { finish_sum(sum, floats_); }
  void add_up(detail::ShardSum<double>& sum) override { finish_sum(sum, doubles_); }
  void drop() noexcept override {
    forget_all();
    comm_.set_broken();
  }

 private:
  static constexpr int tag_message = 1;

  template <class Function>
  void for_others(const Function& f) {
    // Each begins with the next, so that not all send to the same one.
    for (int k = 1; k < comm_.size(); ++k) f((comm_.rank() + k) % comm_.size());
  }
  template <class Function>
  void guarded(const Function& f) {
    try {
      f();
    } catch (...) {
      drop();
      throw;
    }
  }
  template <class T>
  void advance_sum(detail::ShardSum<T>& sum, detail::SumExchange<T, detail::MpiRequests>& exchange) {
    if (comm_.size() == 1 || problem_ != nullptr) return;
    try {
      exchange.advance(sum);
    } catch (...) {
      // Why is in what the others say after it.
      problem_ = std::current_exception();
    }
  }
  template <class T>
  void finish_sum(detail::ShardSum<T>& sum, detail::SumExchange<T, detail::MpiRequests>& exchange) {
    if (comm_.size() == 1) return;
    guarded([&] {
      if (problem_ != nullptr) std::rethrow_exception(problem_);
      exchange.finish(sum);
    });
  }
  void forget_all() noexcept {
    requests_.forget();
    floats_.forget();
    doubles_.forget();
    problem_ = nullptr;
  }

  detail::MpiCommunicator comm_;
  detail::MpiRequests requests_;
  std::vector<std::byte> left_message_ = {};
  std::exception_ptr problem_ = nullptr;  ///< of exchanging what was complete
  detail::SumExchange<float, detail::MpiRequests> floats_;
  detail::SumExchange<double, detail::MpiRequests> doubles_;
};

WICK_END_NAMESPACE
