#pragma once

// Programs as named values, for files.

#include <wick/graph/operation.hpp>
#include <wick/graph/program.hpp>
#include <wick/state/attributes.hpp>
#include <wick/state/parameter_block.hpp>

#include <cstddef>
#include <span>
#include <string>

WICK_BEGIN_NAMESPACE

/// Which operations a program from a file may consist of: what is not in the table is not linked either. See
/// all_operations().
template <Floating T>
using OperationTable = std::span<const Operation<T>* const>;

/// What a program from a file may need at most; raise a limit for files that need more.
struct ProgramLimits {
  std::size_t steps = 16384;        ///< operations, inputs, parameters and constants
  Index elements = Index{1} << 24;  ///< of one value, for each sample
  Index memory = Index{1} << 26;    ///< elements of all values at a time, for each sample
};

/// The program as lists of names and numbers: `operations`, `operands`, `attributes`, `numbers`, `outputs`,
/// shapes, and the names of parameters. `block` is that of the model that was traced. Throws IndexError for
/// another one.
template <Floating T>
[[nodiscard]] Attributes describe_program(const Program<T>& program, const ParameterBlock<T>& block);

/// The program that was described, for a block with parameters of these names. What a file says is not
/// trusted: every operation is looked up and recorded again, which checks its operands and infers its shape.
/// Time and memory are in proportion to the description; of the memory that a run needs see ProgramLimits.
///
/// Throws FormatError for everything that is wrong, with the name of the file in front.
template <Floating T>
[[nodiscard]] Program<T> build_program(const Attributes& description, const ParameterBlock<T>& block,
                                       OperationTable<T> operations, const std::string& file = "<memory>",
                                       const ProgramLimits& limits = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/graph/describe.ipp>
#endif
