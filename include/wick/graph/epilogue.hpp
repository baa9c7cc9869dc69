#pragma once

// What runs over the numbers of an operation while they are in the cache.

#include <wick/base/types.hpp>

#include <array>
#include <cstddef>

WICK_BEGIN_NAMESPACE

class Generator;

/// A stretch of an elementwise operation: out_i from in_i and other_i, i < n. `out` may be `in`.
template <Floating T>
struct Stretch {
  const T* in;     ///< the first operand
  T* out;          ///< where the results go
  const T* other;  ///< the second operand, or a mask
  T number;        ///< the operation's, e.g. a factor
  Index n;         ///< how many
};

/// Elementwise operations one after the other over the same stretch: what follows a product, or a loop.
template <Floating T>
class Epilogue {
 public:
  static constexpr int most = 8;  ///< operations

  /// One operation, over the whole of which stretches are parts. Between both addresses is something else:
  /// GCC would load them together, which waits for two stores.
  struct Stage {
    const T* in;                       ///< its first operand
    void (*apply)(const Stretch<T>&);  ///< what it does
    T* out;                            ///< its result
    const T* other;                    ///< its second operand, or a mask; may be null
    T number;                          ///< its number
  };
  /// A mask that has to be drawn before the first call.
  struct Draw {
    T* mask;                    ///< where it goes
    Index count;                ///< elements
    double p;                   ///< probability of a 0
    Generator* generator;       ///< where it is drawn from
    void (*draw)(const Draw&);  ///< draws it: of those who train, not to be read by those who predict
  };

  /// One more, behind the others; there is room for `most`.
  void add(const Stage& stage) noexcept { stages_[static_cast<std::size_t>(count_++)] = stage; }
  /// The one behind all others.
  [[nodiscard]] Stage& last() noexcept { return stages_[static_cast<std::size_t>(count_ - 1)]; }
  /// The one of this number, to be set by who counts them alone and says then how many there are.
  [[nodiscard]] Stage& operator[](int i) noexcept { return stages_[static_cast<std::size_t>(i)]; }
  /// How many there are.
  void set_count(int count) noexcept { count_ = count; }

  /// Elements [from, from + n).
  void operator()(Index from, Index n) const {
    for (int i = 0; i < count_; ++i) {
      const Stage& s = stages_[static_cast<std::size_t>(i)];
      s.apply({s.in + from, s.out + from, s.other == nullptr ? nullptr : s.other + from, s.number, n});
    }
  }
  /// Elements [0, n), a part at a time.
  void over(Index n) const {
    constexpr Index part = 1024;
    for (Index i = 0; i < n; i += part) (*this)(i, n - i < part ? n - i : part);
  }

  /// Draws the mask that was set.
  void draw_mask() const { draw_->draw(*draw_); }

  /// Draws a mask too, if this is not null.
  void set_draw(const Draw* draw) noexcept { draw_ = draw; }
  /// Whether there is a mask to draw.
  [[nodiscard]] bool draws() const noexcept { return draw_ != nullptr; }

 private:
  std::array<Stage, most> stages_;
  int count_ = 0;
  const Draw* draw_ = nullptr;
};

WICK_END_NAMESPACE
