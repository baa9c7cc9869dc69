#pragma once

// Definitions of distributed/shards.hpp.

#include <wick/base/detail/at_end.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/base/error.hpp>
#include <wick/base/number.hpp>
#include <wick/base/vector_level.hpp>
#include <wick/checksum/crc32c.hpp>
#include <wick/distributed/shards.hpp>
#include <wick/kernels/elementwise.hpp>

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

/// The seed of a shard: neighbouring numbers give seeds that have nothing in common (splitmix64).
[[nodiscard]] inline std::uint64_t shard_seed(std::uint64_t seed, Index shard) noexcept {
  std::uint64_t x = seed + (static_cast<std::uint64_t>(shard) + 1) * 0x9E3779B97F4A7C15U;
  x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9U;
  x = (x ^ x >> 27) * 0x94D049BB133111EBU;
  return x ^ x >> 31;
}

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
WICK_INLINE void Shards::add_up(detail::ShardSum<float>& sum) {
  // The tree is complete, so one part is left.
  detail::scale_values(sum.parts.front().values, sum.factor, sum.out, sum.size);
}
WICK_INLINE void Shards::add_up(detail::ShardSum<double>& sum) {
  detail::scale_values(sum.parts.front().values, sum.factor, sum.out, sum.size);
}

WICK_INLINE std::string Shards::name_of(Index rank) const { return "rank " + std::to_string(rank); }

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
    throw Error("Replicas: " + name_of(r) + " left the run after step " + std::to_string(its.step) + ": " +
                its.str());
  }
  const detail::RankMessage first = message_of(0);
  for (Index r = 1; r < ranks(); ++r) {
    const detail::RankMessage its = message_of(r);
    const auto demand = [&](bool same, const std::string& what, const auto& other, const auto& of_first) {
      if (same) return;
      throw Error("Replicas: step " + std::to_string(first.step) + ": " + name_of(r) + " " + what + " " +
                  other + ", " + name_of(0) + " " + of_first);
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
    throw Error("Replicas: after step " + std::to_string(its.step) + " the parameters of " + name_of(r) +
                " are not those of " + name_of(right) + ": their checksums are " +
                std::to_string(its.parameters) + " and " + std::to_string(expected.parameters));
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

template <Floating T>
double Shards::add(detail::ShardMemory<T>& memory, ParameterBlock<T>& block, ShardWork& work,
                   Generator& generator) {
  if (lost_) detail::refuse_lost();
  const bool is_new = block_ != &block;
  if (is_new) meet(block, work, generator);
  const Index rows = work.rows();
  const Index shards = detail::shard_count(rows, options_.shards);
  const detail::ShardRange own = detail::shards_of_rank(shards, ranks(), rank());
  const Index buffers = detail::buffer_count(block);
  const std::size_t flags = block.entries().size();
  const std::size_t record = sizeof(double) + static_cast<std::size_t>(buffers) * sizeof(T);
  const auto most = static_cast<std::size_t>((options_.shards + ranks() - 1) / ranks());

  block.require_grad();
  const bool adds = block.has_new_grad();
  const auto size = static_cast<Index>(std::as_const(block).grads().size());
  // Of another layout, or of another size, they would not fit.
  if (is_new || memory.sum.size != size) memory.kept.clear();
  const bool due = step_ % options_.check_every == 0;
  {
    detail::RankMessage& told = message(flags + most * record);
    told.asks = asks_;
    told.rows = rows;
    told.samples = crc32c(std::as_bytes(work.samples()));
    if (due) {
      told.parameters = detail::checksum_of(block);
      told.generator = detail::checksum_of(generator);
    }
  }
  std::byte* const reached =
      messages_.data() + each_ * static_cast<std::size_t>(rank()) + sizeof(detail::RankMessage);
  std::byte* const records = reached + flags;
  if (adds) {
    memory.earlier.resize(size);
    std::copy_n(std::as_const(block).grads().data(), size, memory.earlier.data());
    for (std::size_t p = 0; p < flags; ++p) reached[p] = block.has_new_grad(p) ? std::byte{1} : std::byte{0};
  }
  memory.buffer_values.resize(static_cast<std::size_t>(buffers));
  detail::copy_buffers(block, reinterpret_cast<std::byte*>(memory.buffer_values.data()));

  detail::ShardSum<T>& sum = memory.sum;
  sum.shards = shards;
  sum.parts.clear();
  sum.size = size;
  const Index longest = detail::shard_rows(rows, shards, 0).count;
  sum.factor =
      options_.summed ? T(1) : static_cast<T>(static_cast<double>(longest) / static_cast<double>(rows));
  const std::uint64_t seed = options_.shards > 1 ? generator.random64() : 0;
  GeneratorState after = generator.state();
  try {
    for (Index shard = 0; shard < shards; ++shard) {
      const bool mine = shard >= own.first && shard < own.first + own.count;
      if (!mine && !work.draws()) continue;
      const detail::ShardRange part = detail::shard_rows(rows, shards, shard);
      if (options_.shards > 1 && work.draws()) generator.set_state(after);
      work.gather(part.first, part.count);
      if (options_.shards > 1 && work.draws()) after = generator.state();
      if (!mine) continue;
      if (options_.shards > 1) generator.manual_seed(detail::shard_seed(seed, shard));
      if (shard != own.first) detail::set_buffers(block, memory.buffer_values.data());
      block.zero_grad();
      const double loss = work.gradient();
      std::byte* const its = records + static_cast<std::size_t>(shard - own.first) * record;
      std::memcpy(its, &loss, sizeof(double));
      detail::copy_buffers(block, its + sizeof(double));
      for (std::size_t p = 0; p < flags; ++p) {
        if (block.has_new_grad(p)) reached[p] = std::byte{1};
      }
      // What is zero and was not written has to be.
      static_cast<void>(std::as_const(block).grads());
      sum.out = block.grads_to_reach().data;
      if (!options_.summed && part.count != longest) {
        const auto share = static_cast<T>(static_cast<double>(part.count) / static_cast<double>(longest));
        detail::scale_values(sum.out, share, sum.out, size);
      }
      sum.parts.push_back({{shard, 1}, sum.out});
      detail::add_siblings(sum.parts, shards, size);
      const std::size_t place = sum.parts.size() - 1;
      if (shard + 1 < own.first + own.count && sum.parts[place].values == sum.out) {
        if (memory.kept.size() == place) memory.kept.emplace_back();
        block.swap_grads(memory.kept[place]);
        sum.parts[place].values = memory.kept[place].data();
      }
    }
    if (options_.shards > 1) generator.set_state(after);
  } catch (const std::exception& e) {
    if (options_.shards > 1) generator.set_state(after);
    abandon(e.what());
    throw;
  }
  if (own.count == 0) {
    block.zero_grad();
    static_cast<void>(std::as_const(block).grads());
    sum.out = block.grads_to_reach().data;
  }
  tell();
  add_up(sum);

  std::span<char> new_grads = block.grads_to_reach().of_one;
  for (std::size_t p = 0; p < flags; ++p) {
    char any = 0;
    for (Index r = 0; r < ranks(); ++r) {
      const std::byte flag = messages_[each_ * static_cast<std::size_t>(r) + sizeof(detail::RankMessage) + p];
      if (flag != std::byte{}) any = 1;
    }
    new_grads[p] = any;
  }
  if (adds) detail::add_values(sum.out, memory.earlier.data(), size);

  // Losses and buffers, in the order of the shards. Whole numbers stay whole: sums of rows are.
  const auto record_of = [&](Index shard) {
    Index r = 0;
    while (detail::shards_of_rank(shards, ranks(), r).first +
               detail::shards_of_rank(shards, ranks(), r).count <=
           shard)
      ++r;
    const Index place = shard - detail::shards_of_rank(shards, ranks(), r).first;
    return messages_.data() + each_ * static_cast<std::size_t>(r) + sizeof(detail::RankMessage) + flags +
           static_cast<std::size_t>(place) * record;
  };
  double loss = 0;
  for (Index shard = 0; shard < shards; ++shard) {
    const double its = detail::read_number<double>(record_of(shard));
    const auto weight = static_cast<double>(detail::shard_rows(rows, shards, shard).count);
    loss += options_.summed || shards == 1 ? its : weight * its;
  }
  if (!options_.summed && shards > 1) loss /= static_cast<double>(rows);
  for (Index b = 0; b < buffers; ++b) {
    double value = 0;
    for (Index shard = 0; shard < shards; ++shard) {
      const auto its =
          detail::read_number<T>(record_of(shard) + sizeof(double) + static_cast<std::size_t>(b) * sizeof(T));
      const auto weight = static_cast<double>(detail::shard_rows(rows, shards, shard).count);
      value += shards == 1 ? static_cast<double>(its) : weight * static_cast<double>(its);
    }
    if (shards > 1) value /= static_cast<double>(rows);
    memory.buffer_values[static_cast<std::size_t>(b)] = static_cast<T>(value);
  }
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
