#pragma once

// The name of a file, for headers that are cheap to include.

#include <wick/base/detail/compiled.hpp>
#include <wick/version.hpp>

#include <string>
#include <string_view>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

template <class Path>
concept StandardPath = requires(const Path& path) {
  path.native();
  path.u8string();
};

template <class Entry>
concept WithPath = requires(const Entry& entry) {
  { entry.path() } -> StandardPath;
};

}  // namespace detail

/// What a std::filesystem::path is made of: a text, or such a path. Functions take it in its place where
/// `<filesystem>` would be a quarter of what a program has to compile.
class FilePath {
 public:
  // NOLINTBEGIN(google-explicit-constructor): whatever a path is made of without saying so
  /// In the encoding that std::filesystem::path expects of texts: as it is, but for Windows.
  FilePath(const char* text) : text_(text) {}
  FilePath(std::string text) : text_(std::move(text)) {}
  FilePath(std::string_view text) : text_(text) {}
  /// In UTF-8.
  FilePath(const char8_t* text) : FilePath(std::u8string_view(text)) {}
  FilePath(const std::u8string& text) : FilePath(std::u8string_view(text)) {}
  FilePath(std::u8string_view text);
  /// Of wide characters, as Windows has them.
  FilePath(const wchar_t* text) : FilePath(std::wstring_view(text)) {}
  FilePath(const std::wstring& text) : FilePath(std::wstring_view(text)) {}
  FilePath(std::wstring_view text);
  /// A std::filesystem::path.
  template <detail::StandardPath Path>
  FilePath(const Path& path) {
    if constexpr (requires { text_ = path.native(); }) {
      text_ = path.native();
    } else {
      *this = FilePath(path.u8string());
    }
  }
  /// What a folder of the file system has, a std::filesystem::directory_entry.
  template <detail::WithPath Entry>
  FilePath(const Entry& entry) : FilePath(entry.path()) {}
  // NOLINTEND(google-explicit-constructor)

  /// The text, in UTF-8 if is_utf8(), else as std::filesystem::path expects it.
  [[nodiscard]] const std::string& text() const& noexcept { return text_; }
  void text() const&& = delete;
  /// See text().
  [[nodiscard]] bool is_utf8() const noexcept { return utf8_; }

 private:
  std::string text_;
  bool utf8_ = false;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/base/file_path.ipp>
#endif
