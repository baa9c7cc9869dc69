#pragma once

// Who is told which gradients are complete while others are still computed.

#include <wick/base/types.hpp>

#include <cstddef>

WICK_BEGIN_NAMESPACE

/// Is told by Tape::backward() which gradients of a block will not change any more, so that they can be sent
/// to other processes, say, while those of earlier layers are computed.
class GradientObserver {
 public:
  /// The block, a ParameterBlock, that it wants to know of.
  [[nodiscard]] virtual const void* block() const noexcept = 0;
  /// Called after each operation: the gradients of the parameters from number `from` on are complete. A
  /// gradient that was not reached is zero.
  virtual void complete(std::size_t from) = 0;
  virtual ~GradientObserver() = default;

 protected:
  GradientObserver() = default;
  GradientObserver(const GradientObserver&) = default;
  GradientObserver& operator=(const GradientObserver&) = default;
};

WICK_END_NAMESPACE
