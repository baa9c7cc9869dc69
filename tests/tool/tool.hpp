#pragma once

// The program wick, run by tests.

#include "support/run_program.hpp"

#include <wick/io/archive/archive.hpp>
#include <wick/io/wick/writer.hpp>
#include <wick/tensor/any_tensor.hpp>

#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace wick_tests {

inline const std::filesystem::path tool_reference = WICK_TEST_DATA;

[[nodiscard]] inline ProgramResult run_tool(const std::vector<std::string>& arguments,
                                            const std::filesystem::path& folder = tool_reference) {
  return run_program(std::filesystem::path(std::u8string(std::begin(WICK_TOOL), std::end(WICK_TOOL) - 1)),
                     arguments, folder);
}

/// A tensor of `values` in `shape`.
template <class T>
[[nodiscard]] wick::AnyTensor tensor_of(const std::vector<T>& values, const wick::Shape& shape) {
  return wick::AnyTensor::copy_of(wick::TensorView<const T>(values.data(), shape));
}
template <class T>
[[nodiscard]] wick::AnyTensor tensor_of(const std::vector<T>& values) {
  return tensor_of(values, wick::Shape{static_cast<wick::Index>(values.size())});
}

/// Writes a checkpoint with these tensors as its model, and these values as its metadata.
inline void write_model(const std::filesystem::path& path, const wick::StateDict& model,
                        const wick::Attributes& metadata = {}) {
  wick::Archive archive;
  archive.tensors.emplace_back("model", model);
  if (!metadata.empty()) archive.attributes.emplace_back("metadata", metadata);
  wick::write_archive(archive, path);
}

}  // namespace wick_tests
