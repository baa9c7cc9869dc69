#pragma once

// Definitions of base/file_path.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/file_path.hpp>

#include <filesystem>
#include <string_view>

WICK_BEGIN_NAMESPACE

WICK_INLINE FilePath::FilePath(const char* text) : text_(text) {}
WICK_INLINE FilePath::FilePath(std::string_view text) : text_(text) {}
WICK_INLINE FilePath::FilePath(std::u8string_view text) : text_(text.begin(), text.end()), utf8_(true) {}
WICK_INLINE FilePath::FilePath(std::u16string_view text)
    : FilePath(std::u8string_view(std::filesystem::path(text).u8string())) {}
WICK_INLINE FilePath::FilePath(std::wstring_view text)
    : FilePath(std::u8string_view(std::filesystem::path(text).u8string())) {}

WICK_END_NAMESPACE
