#pragma once

// The table of operations, for programs from files.

#include <wick/graph/describe.hpp>

WICK_BEGIN_NAMESPACE

/// Every operation of the library. A program that names this table has them all linked: for files of any
/// model.
template <Floating T = float>
[[nodiscard]] OperationTable<T> all_operations() noexcept;

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/graph/all_operations.ipp>
#endif
