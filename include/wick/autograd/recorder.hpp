#pragma once

// Tapes of one's own, and that of the thread.

#include <wick/autograd/tape.hpp>
#include <wick/base/thread_pool.hpp>
#include <wick/random/generator.hpp>

#include <utility>

WICK_BEGIN_NAMESPACE

/// Owns a tape. Variables keep the tape alive beyond its recorder.
template <Floating T = float>
class Recorder {
 public:
  /// `pool` shares out products; no result depends on it, nor on whether it still exists.
  explicit Recorder(ThreadPool* pool = nullptr) : tape_(new Tape<T>(pool)) {}
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;
  ~Recorder() { tape_->abandon(); }

  /// The tape, for Tape::input() and all else.
  [[nodiscard]] Tape<T>& tape() & noexcept { return *tape_; }
  /// The same: `recorder->input(x)`.
  [[nodiscard]] Tape<T>* operator->() noexcept { return tape_; }

  /// The tape of this thread, which refuses others.
  [[nodiscard]] static Tape<T>& of_this_thread() {
    thread_local OfThread mine;
    return mine.recorder.tape();
  }
  /// The generator of that tape, without making one: a library whose thread has made none can be unloaded.
  [[nodiscard]] static Generator& generator_of_this_thread() {
    return present == nullptr ? default_generator() : present->generator();
  }

 private:
  struct OfThread {
    OfThread() {
      recorder.tape().stay_in_this_thread();
      present = &recorder.tape();
    }
    OfThread(const OfThread&) = delete;
    OfThread& operator=(const OfThread&) = delete;
    ~OfThread() { present = nullptr; }
    Recorder recorder;
  };
  // NOLINTNEXTLINE(*-avoid-non-const-global-variables): a tape for each thread
  static constinit inline thread_local Tape<T>* present = nullptr;

  Tape<T>* tape_;
};

/// The tape that models use for plain tensors: one for each thread and scalar type.
template <Floating T>
[[nodiscard]] Tape<T>& default_tape() {
  return Recorder<T>::of_this_thread();
}

WICK_END_NAMESPACE
