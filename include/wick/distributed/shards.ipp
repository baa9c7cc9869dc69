#pragma once

// Definitions of distributed/shards.hpp.

#include <wick/base/detail/at_end.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/base/vector_level.hpp>
#include <wick/checksum/crc32c.hpp>
#include <wick/distributed/shards.hpp>
#include <wick/random/generator.hpp>
#include <wick/state/gradient_observer.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// What ranks tell each other, as bytes: at the start of a run, with each gradient, at the end, and when one
/// leaves.
struct RankMessage {
  enum class Kind : std::uint32_t { hello = 1, step, end, left };
  Kind kind = Kind::step;
  std::uint32_t asks = 0;
  std::int64_t step = 0;
  std::int64_t rows = 0;
  std::uint32_t samples = 0;     ///< checksum of their numbers
  std::uint32_t parameters = 0;  ///< checksum, if it is time for one
  std::uint32_t generator = 0;   ///< the same
  // When a run begins:
  std::uint64_t layout = 0;  ///< of the parameters
  std::int64_t numel = 0;
  std::int64_t shards = 0;
  std::int32_t bytes = 0;  ///< of a number
  std::int32_t summed = 0;
  std::int64_t check_every = 0;
  std::array<char, 256> text{};  ///< the build, or why a rank left

  void set_text(std::string_view what) noexcept {
    const std::size_t n = (std::min)(what.size(), text.size() - 1);
    std::copy_n(what.data(), n, text.data());
    text[n] = '\0';
  }
  [[nodiscard]] std::string str() const { return text.data(); }
};
static_assert(std::is_trivially_copyable_v<RankMessage>);

[[nodiscard]] inline std::uint32_t checksum_of(const Generator& generator) noexcept {
  const GeneratorState& state = generator.state();
  const std::uint32_t words = crc32c(std::as_bytes(std::span(state.words)));
  return crc32c(std::as_bytes(std::span(&state.next, 1)), words);
}

/// Of all that a model has.
template <Floating T>
[[nodiscard]] std::uint32_t checksum_of(const ParameterBlock<T>& block) {
  std::uint32_t sum = crc32c(std::as_bytes(block.values()));
  for (const auto& b : block.buffers()) sum = crc32c(std::as_bytes(block.buffer(b.slot).span()), sum);
  return sum;
}

[[noreturn]] inline void refuse_lost() {
  throw Error(
      "Replicas: an earlier run ended with an error in one of the processes, so they are not together any "
      "more");
}

/// What has to be equal for equal bits.
[[nodiscard]] inline std::string build_text() {
#if defined(__VERSION__)
  const std::string compiler = __VERSION__;
#else
  const std::string compiler = "an unknown compiler";
#endif
  return "wick " + std::to_string(WICK_VERSION_MAJOR) + "." + std::to_string(WICK_VERSION_MINOR) + "." +
         std::to_string(WICK_VERSION_PATCH) + ", vector level " + std::string(level_name(vector_level())) +
         ", compiler " + compiler;
}

/// The buffers of a model, one after another.
template <Floating T>
[[nodiscard]] Index buffer_count(const ParameterBlock<T>& block) noexcept {
  Index n = 0;
  for (const auto& b : block.buffers()) n += b.slot.shape.numel();
  return n;
}
template <Floating T>
void copy_buffers(ParameterBlock<T>& block, std::byte* to) {
  for (const auto& b : block.buffers()) {
    const auto bytes = static_cast<std::size_t>(b.slot.shape.numel()) * sizeof(T);
    if (bytes != 0) std::memcpy(to, block.buffer(b.slot).data(), bytes);
    to += bytes;
  }
}
template <Floating T>
void set_buffers(ParameterBlock<T>& block, const T* from) {
  for (const auto& b : block.buffers()) {
    const Index n = b.slot.shape.numel();
    std::copy_n(from, n, block.buffer(b.slot).data());
    from += n;
  }
}

[[nodiscard]] inline std::string name_of_rank(Index rank) { return "rank " + std::to_string(rank); }

/// A number that lies anywhere.
template <class Number>
[[nodiscard]] Number read_number(const std::byte* from) noexcept {
  Number number;
  std::memcpy(&number, from, sizeof(Number));
  return number;
}

}  // namespace detail

WICK_INLINE Shards::Shards(const ReplicaOptions& options) : options_(options) {
  const auto demand = [](bool ok, const char* what, const std::string& got) {
    if (!ok) throw OptionError(std::string("ReplicaOptions: ") + what + ", got " + got);
  };
  demand(options.shards >= 1 && options.shards <= 65536, "shards must be in [1, 65536]",
         std::to_string(options.shards));
  demand(options.check_every >= 1, "check_every must be >= 1", std::to_string(options.check_every));
  demand(options.timeout.count() > 0, "timeout must be > 0", python_repr(options.timeout.count()));
}

WICK_INLINE void Shards::exchange(std::span<std::byte> /*all*/, std::size_t /*each*/) {}

WICK_INLINE void Shards::leave(std::span<const std::byte> /*message*/) noexcept {}
// In one process the sum is there with its last shard.
WICK_INLINE void Shards::advance(detail::ShardSum<float>& /*sum*/) {}
WICK_INLINE void Shards::advance(detail::ShardSum<double>& /*sum*/) {}
WICK_INLINE void Shards::add_up(detail::ShardSum<float>& /*sum*/) {}
WICK_INLINE void Shards::add_up(detail::ShardSum<double>& /*sum*/) {}
WICK_INLINE void Shards::drop() noexcept {}

/// This rank's message, cleared, with room for `more` bytes behind it.
WICK_INLINE detail::RankMessage& Shards::message(std::size_t more) {
  each_ = (sizeof(detail::RankMessage) + more + 63) / 64 * 64;
  const auto all = each_ * static_cast<std::size_t>(ranks());
  if (messages_.size() < all) messages_.resize(all);
  // Bytes of the vector are aligned as those of new, and messages as those.
  std::byte* const own = messages_.data() + each_ * static_cast<std::size_t>(rank());
  std::memset(own, 0, each_);
  auto& made = *::new (static_cast<void*>(own)) detail::RankMessage();
  made.step = step_;
  return made;
}
WICK_INLINE detail::RankMessage Shards::message_of(Index rank) const {
  return detail::read_number<detail::RankMessage>(messages_.data() + each_ * static_cast<std::size_t>(rank));
}

/// Exchanges messages. Throws Error unless all ranks are at the same place of the same run.
WICK_INLINE void Shards::tell() {
  using Kind = detail::RankMessage::Kind;
  lost_ = true;  // unless this comes to its end
  exchange(std::span(messages_).first(each_ * static_cast<std::size_t>(ranks())), each_);
  for (Index r = 0; r < ranks(); ++r) {
    const detail::RankMessage its = message_of(r);
    if (its.kind != Kind::left) continue;
    throw Error("Replicas: " + detail::name_of_rank(r) + " left the run after step " +
                std::to_string(its.step) + ": " + its.str());
  }
  const detail::RankMessage first = message_of(0);
  for (Index r = 1; r < ranks(); ++r) {
    const detail::RankMessage its = message_of(r);
    const auto demand = [&](bool same, const std::string& what, const auto& other, const auto& of_first) {
      if (same) return;
      std::string text = "Replicas: step " + std::to_string(first.step) + ": ";
      text.append(detail::name_of_rank(r)).append(" ").append(what).append(" ").append(other);
      throw Error(text.append(", ").append(detail::name_of_rank(0)).append(" ").append(of_first));
    };
    const auto number = [&](const char* what, auto other, auto of_first) {
      demand(other == of_first, what, std::to_string(other), std::to_string(of_first));
    };
    const auto place = [](const detail::RankMessage& at) -> std::string {
      return at.kind == Kind::hello ? "begins a run" : at.kind == Kind::end ? "ends its run" : "trains";
    };
    demand(its.kind == first.kind, "is elsewhere: it", place(its), place(first));
    demand(its.text == first.text, "is another build:", its.str(), first.str());
    number("has done another number of steps:", its.step, first.step);
    number("has shards", its.shards, first.shards);
    number("has summed", its.summed, first.summed);
    number("has check_every", its.check_every, first.check_every);
    number("computes with numbers of other bytes:", its.bytes, first.bytes);
    number("has another number of parameters:", its.numel, first.numel);
    number("has parameters of other names or shapes, by their hash:", its.layout, first.layout);
    number("draws other random numbers, by the checksum of its generator:", its.generator, first.generator);
    number("has a batch of another number of rows:", its.rows, first.rows);
    number("has other rows in its batch, by their checksum:", its.samples, first.samples);
  }
  check_parameters();
  asked_ = 0;
  for (Index r = 0; r < ranks(); ++r) asked_ |= message_of(r).asks;
  lost_ = false;
}

/// Throws Error when a rank has other parameters than most.
WICK_INLINE void Shards::check_parameters() const {
  Index right = 0;
  Index most = 0;
  for (Index r = 0; r < ranks(); ++r) {
    Index same = 0;
    for (Index q = 0; q < ranks(); ++q) same += message_of(q).parameters == message_of(r).parameters ? 1 : 0;
    if (same > most) {
      most = same;
      right = r;
    }
  }
  const detail::RankMessage expected = message_of(right);
  for (Index r = 0; r < ranks(); ++r) {
    const detail::RankMessage its = message_of(r);
    if (its.parameters == expected.parameters) continue;
    throw Error("Replicas: after step " + std::to_string(its.step) + " the parameters of " +
                detail::name_of_rank(r) + " are not those of " + detail::name_of_rank(right) +
                ": their checksums are " + std::to_string(its.parameters) + " and " +
                std::to_string(expected.parameters));
  }
}

template <Floating T>
void Shards::meet(const ParameterBlock<T>& block, const ShardWork& work, const Generator& generator) {
  if (options_.shards < ranks()) {
    throw OptionError("Replicas: shards must be at least the number of ranks, " + std::to_string(ranks()) +
                      ", got " + std::to_string(options_.shards));
  }
  detail::RankMessage& own = message();
  own.kind = detail::RankMessage::Kind::hello;
  own.set_text(detail::build_text());
  own.shards = options_.shards;
  own.summed = options_.summed ? 1 : 0;
  own.check_every = options_.check_every;
  own.bytes = static_cast<std::int32_t>(sizeof(T));
  own.numel = block.numel();
  own.layout = block.entries().empty() ? 0 : block.entries().back().slot.layout;
  own.parameters = detail::checksum_of(block);
  own.generator = detail::checksum_of(generator);
  own.rows = work.rows();
  own.samples = crc32c(std::as_bytes(work.samples()));
  tell();
  block_ = &block;
  begun_ = true;
}

WICK_INLINE void Shards::begin(std::int64_t step) {
  if (lost_) detail::refuse_lost();
  step_ = step;
  block_ = nullptr;
  begun_ = true;
  asks_ = asked_ = 0;
}

WICK_INLINE void Shards::abandon(const std::string& why) noexcept {
  if (!std::exchange(begun_, false) || lost_ || ranks() == 1) return;
  lost_ = true;
  try {
    detail::RankMessage& own = message();
    own.kind = detail::RankMessage::Kind::left;
    own.set_text(why);
    leave(std::as_bytes(std::span(&own, 1)));
  } catch (...) {  // NOLINT(bugprone-empty-catch): the others wait in vain, for no longer than their timeout
  }
}

template <Floating T>
void Shards::end(const ParameterBlock<T>& block) {
  if (!begun_) return;
  if (lost_) detail::refuse_lost();
  detail::RankMessage& own = message();
  own.kind = detail::RankMessage::Kind::end;
  own.parameters = detail::checksum_of(block);
  begun_ = false;
  block_ = nullptr;
  tell();
}

/// Gradients of this rank's shards, one after another, of which neighbours are added as soon as both are
/// there.
template <Floating T>
void Shards::compute(detail::ShardMemory<T>& memory, const detail::ShardStep& step, ParameterBlock<T>& block,
                     ShardWork& work, Generator& generator) {
  const bool seeds = options_.shards > 1;
  const std::uint64_t seed = seeds ? generator.random64() : 0;
  GeneratorState after = generator.state();
  const detail::AtEnd restore([&] {
    if (seeds) generator.set_state(after);
  });
  for (Index shard = 0; shard < step.shards; ++shard) {
    const bool mine = shard >= step.own.first && shard < step.own.first + step.own.count;
    if (!mine && !work.draws()) continue;
    const detail::ShardRange part = detail::shard_rows(step.rows, step.shards, shard);
    if (seeds && work.draws()) generator.set_state(after);
    work.gather(part.first, part.count);
    if (seeds && work.draws()) after = generator.state();
    if (!mine) continue;
    if (seeds) generator.manual_seed(detail::mixed_seed(seed, static_cast<std::uint64_t>(shard) + 1));
    if (shard != step.own.first) detail::set_buffers(block, memory.buffer_values.data());
    compute_shard(memory, step, block, work, shard);
  }
}

namespace detail {

/// Adds the gradient of a shard to those that it is a neighbour of, in stretches as they are complete, which
/// are in the processor's cache then.
template <Floating T>
class ShardObserver final : public GradientObserver {
 public:
  /// `share`: what the gradient is multiplied with. `last`: of the shards of this rank.
  ShardObserver(Shards& replicas, ShardMemory<T>& memory, ParameterBlock<T>& block, T share, bool last)
      : replicas_(replicas),
        memory_(memory),
        block_(block),
        share_(share),
        last_(last),
        done_(memory.sum.size) {}

  [[nodiscard]] const void* block() const noexcept override { return &block_; }
  void complete(std::size_t from) override {
    memory_.sum.out = block_.grads_to_reach().data;
    memory_.sum.parts.back().values = memory_.sum.out;
    add_from(memory_.ends[from]);
    if (!last_) return;
    memory_.sum.complete = done_;
    replicas_.advance(memory_.sum);
  }

 private:
  void add_from(Index begin) {
    constexpr Index length = 2048;
    const ShardSum<T>& sum = memory_.sum;
    const bool whole = sum.parts.front().shards.count == sum.shards;
    for (Index first = begin; first < done_; first += length) {
      T* const to = sum.out + first;
      const Index n = (std::min)(length, done_ - first);
      scale_values(to, share_, to, n);
      for (const T* const left : memory_.added) kernels::add(left + first, to, to, n);
      if (whole) scale_values(to, sum.factor, to, n);
    }
    done_ = begin;
  }

  Shards& replicas_;
  ShardMemory<T>& memory_;
  ParameterBlock<T>& block_;
  T share_;
  bool last_;
  Index done_;  ///< elements from here on are added
};

}  // namespace detail

template <Floating T>
void Shards::compute_shard(detail::ShardMemory<T>& memory, const detail::ShardStep& step,
                           ParameterBlock<T>& block, ShardWork& work, Index shard) {
  detail::ShardSum<T>& sum = memory.sum;
  std::byte* const reached =
      messages_.data() + each_ * static_cast<std::size_t>(rank()) + sizeof(detail::RankMessage);
  block.zero_grad();
  const Index count = detail::shard_rows(step.rows, step.shards, shard).count;
  const Index longest = detail::shard_rows(step.rows, step.shards, 0).count;
  const T share =
      options_.summed ? T(1) : static_cast<T>(static_cast<double>(count) / static_cast<double>(longest));
  const bool last = shard + 1 == step.own.first + step.own.count;
  sum.parts.push_back({{shard, 1}, nullptr});
  detail::join_siblings(sum.parts, step.shards, memory.added);
  detail::ShardObserver<T> observer(*this, memory, block, share, last);
  const double loss = work.gradient(observer);
  std::byte* const record =
      reached + step.flags + static_cast<std::size_t>(shard - step.own.first) * step.record;
  std::memcpy(record, &loss, sizeof(double));
  detail::copy_buffers(block, record + sizeof(double));
  for (std::size_t p = 0; p < step.flags; ++p) {
    if (block.has_new_grad(p)) reached[p] = std::byte{1};
  }
  // What is zero and was not written has to be.
  static_cast<void>(std::as_const(block).grads());
  observer.complete(0);
  if (last) return;
  const std::size_t place = sum.parts.size() - 1;
  if (memory.kept.size() == place) memory.kept.emplace_back();
  block.swap_grads(memory.kept[place]);
  sum.parts[place].values = memory.kept[place].data();
}

/// What the message of the shard's rank says of it: its loss, and buffers behind that.
WICK_INLINE const std::byte* Shards::record_of(const detail::ShardStep& step, Index shard) const {
  Index r = 0;
  detail::ShardRange its = detail::shards_of_rank(step.shards, ranks(), r);
  while (its.first + its.count <= shard) its = detail::shards_of_rank(step.shards, ranks(), ++r);
  return messages_.data() + each_ * static_cast<std::size_t>(r) + sizeof(detail::RankMessage) + step.flags +
         static_cast<std::size_t>(shard - its.first) * step.record;
}

/// The loss of the batch, and the buffers, in the order of the shards. Whole numbers stay whole: sums of rows
/// are.
template <Floating T>
double Shards::combine(detail::ShardMemory<T>& memory, const detail::ShardStep& step) const {
  const bool one = step.shards == 1;
  const auto weight = [&](Index shard) {
    return static_cast<double>(detail::shard_rows(step.rows, step.shards, shard).count);
  };
  double loss = 0;
  for (Index shard = 0; shard < step.shards; ++shard) {
    const double its = detail::read_number<double>(record_of(step, shard));
    loss += options_.summed || one ? its : weight(shard) * its;
  }
  if (!options_.summed && !one) loss /= static_cast<double>(step.rows);
  for (std::size_t b = 0; b < memory.buffer_values.size(); ++b) {
    double value = 0;
    for (Index shard = 0; shard < step.shards; ++shard) {
      const auto its = static_cast<double>(
          detail::read_number<T>(record_of(step, shard) + sizeof(double) + b * sizeof(T)));
      value += one ? its : weight(shard) * its;
    }
    if (!one) value /= static_cast<double>(step.rows);
    memory.buffer_values[b] = static_cast<T>(value);
  }
  return loss;
}

template <Floating T>
double Shards::add(detail::ShardMemory<T>& memory, ParameterBlock<T>& block, ShardWork& work,
                   Generator& generator) {
  if (lost_) detail::refuse_lost();
  const bool is_new = block_ != &block;
  if (is_new) meet(block, work, generator);
  const Index rows = work.rows();
  const Index shards = detail::shard_count(rows, options_.shards);
  const Index buffers = detail::buffer_count(block);
  const detail::ShardStep step{
      .rows = rows,
      .shards = shards,
      .own = detail::shards_of_rank(shards, ranks(), rank()),
      .flags = block.entries().size(),
      .record = sizeof(double) + static_cast<std::size_t>(buffers) * sizeof(T),
  };
  const auto most = static_cast<std::size_t>((options_.shards + ranks() - 1) / ranks());

  block.require_grad();
  const bool adds = block.has_new_grad();
  // That of the gradients, without a look at them, which would write their zeros.
  const auto size = static_cast<Index>(std::as_const(block).values().size());
  // Of another layout, or of another size, they would not fit.
  if (is_new || memory.sum.size != size) {
    memory.kept.clear();
    detail::cut_segments(block, size, memory.sum.starts);
    detail::ends_of(block, memory.ends);
  }
  {
    detail::RankMessage& told = message(step.flags + most * step.record);
    told.asks = asks_;
    told.rows = rows;
    told.samples = crc32c(std::as_bytes(work.samples()));
    if (step_ % options_.check_every == 0) {
      told.parameters = detail::checksum_of(block);
      told.generator = detail::checksum_of(generator);
    }
  }
  if (adds) {
    memory.earlier.resize(size);
    std::copy_n(std::as_const(block).grads().data(), size, memory.earlier.data());
    std::byte* const reached =
        messages_.data() + each_ * static_cast<std::size_t>(rank()) + sizeof(detail::RankMessage);
    for (std::size_t p = 0; p < step.flags; ++p) reached[p] = std::byte{block.has_new_grad(p)};
  }
  memory.buffer_values.resize(static_cast<std::size_t>(buffers));
  detail::copy_buffers(block, reinterpret_cast<std::byte*>(memory.buffer_values.data()));

  detail::ShardSum<T>& sum = memory.sum;
  sum.shards = shards;
  sum.parts.clear();
  sum.size = size;
  sum.complete = size;
  const Index longest = detail::shard_rows(rows, shards, 0).count;
  sum.factor =
      options_.summed ? T(1) : static_cast<T>(static_cast<double>(longest) / static_cast<double>(rows));
  try {
    compute(memory, step, block, work, generator);
  } catch (const std::exception& e) {
    abandon(e.what());
    throw;
  }
  if (step.own.count == 0) {
    block.zero_grad();
    static_cast<void>(std::as_const(block).grads());
    sum.out = block.grads_to_reach().data;
  }
  {
    const detail::AtEnd drop_unless_done([&] {
      if (lost_) drop();
    });
    tell();
    lost_ = true;
    sum.complete = 0;
    add_up(sum);
    lost_ = false;
  }

  std::span<char> new_grads = block.grads_to_reach().of_one;
  for (std::size_t p = 0; p < step.flags; ++p) {
    new_grads[p] = 0;
    for (Index r = 0; r < ranks(); ++r) {
      const std::byte flag = messages_[each_ * static_cast<std::size_t>(r) + sizeof(detail::RankMessage) + p];
      if (flag != std::byte{}) new_grads[p] = 1;
    }
  }
  if (adds) detail::add_values(sum.out, memory.earlier.data(), size);
  const double loss = combine(memory, step);
  detail::set_buffers(block, memory.buffer_values.data());
  ++step_;
  return loss;
}

WICK_INLINE double Shards::add_gradient(ParameterBlock<float>& block, ShardWork& work, Generator& generator) {
  return add(floats_, block, work, generator);
}
WICK_INLINE double Shards::add_gradient(ParameterBlock<double>& block, ShardWork& work,
                                        Generator& generator) {
  return add(doubles_, block, work, generator);
}
WICK_INLINE void Shards::finish(const ParameterBlock<float>& block) { end(block); }
WICK_INLINE void Shards::finish(const ParameterBlock<double>& block) { end(block); }

WICK_END_NAMESPACE
