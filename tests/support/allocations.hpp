#pragma once

// Counts heap allocations, for tests that demand none. The counting operators are in
// allocations_test.cpp, which must be linked into the program.

#include <cstdint>

namespace wick_tests {

/// Allocations through operator new, of any form, in all threads since the start.
[[nodiscard]] std::uint64_t allocation_count() noexcept;

/// Bytes that they asked for, freed or not.
[[nodiscard]] std::uint64_t allocated_bytes() noexcept;

/// Forgets the peak so far; returns the bytes that are allocated now.
std::uint64_t start_peak() noexcept;

/// The most bytes that were allocated at one time since then.
[[nodiscard]] std::uint64_t peak_bytes() noexcept;

/// Number of allocations while `f` runs.
template <class F>
[[nodiscard]] std::uint64_t allocations_in(F&& f) {
  const std::uint64_t before = allocation_count();
  f();
  return allocation_count() - before;
}

/// Bytes allocated while `f` runs.
template <class F>
[[nodiscard]] std::uint64_t bytes_allocated_in(F&& f) {
  const std::uint64_t before = allocated_bytes();
  f();
  return allocated_bytes() - before;
}

}  // namespace wick_tests
