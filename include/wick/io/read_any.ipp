#pragma once

// Definitions of io/read_any.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/io/model_file.hpp>
#include <wick/io/read_any.hpp>
#include <wick/io/torch/import.hpp>

#include <cstddef>
#include <istream>
#include <memory>
#include <span>
#include <string>
#include <utility>

WICK_BEGIN_NAMESPACE

WICK_INLINE AnyFile view_any(std::span<const std::byte> bytes, std::shared_ptr<const void> owner,
                             const std::string& name, const ReadOptions& options) {
  return detail::view_file_with(&import_torch_optimizer, bytes, std::move(owner), name, options);
}
WICK_INLINE AnyFile read_any(const FilePath& path, const ReadOptions& options) {
  return detail::read_file_with(&import_torch_optimizer, path, options);
}
WICK_INLINE AnyFile read_any(std::istream& in, const ReadOptions& options, const std::string& name) {
  return detail::read_file_with(&import_torch_optimizer, in, options, name);
}
WICK_INLINE AnyFile read_any(std::span<const std::byte> bytes, const ReadOptions& options,
                             const std::string& name) {
  return detail::read_file_with(&import_torch_optimizer, bytes, options, name);
}

WICK_END_NAMESPACE
