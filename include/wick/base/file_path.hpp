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

/// What a path is made of again.
template <StandardPath Path>
[[nodiscard]] auto text_of(const Path& path) {
  if constexpr (requires { std::string_view(path.native()); }) {
    return std::string_view(path.native());
  } else {
    return path.u8string();
  }
}

template <class Entry>
concept WithPath = requires(const Entry& entry) {
  { entry.path() } -> StandardPath;
};

}  // namespace detail

/// What a std::filesystem::path is made of: a text, or such a path. Functions take it in its place where
/// `<filesystem>` would be a quarter of what a program has to compile. Whoever works with paths has one back
/// by asking for it:
///
///     const std::filesystem::path file = *wick::latest_checkpoint("run.wick");
class FilePath {
 public:
  /// No name.
  FilePath() = default;
  // NOLINTBEGIN(google-explicit-constructor): whatever a path is made of without saying so
  /// In the encoding that std::filesystem::path expects of texts: as it is, but for Windows.
  FilePath(const char* text);
  FilePath(std::string text) noexcept : text_(std::move(text)) {}
  FilePath(std::string_view text);
  /// In UTF-8.
  FilePath(const char8_t* text) : FilePath(std::u8string_view(text)) {}
  FilePath(const std::u8string& text) : FilePath(std::u8string_view(text)) {}
  FilePath(std::u8string_view text);
  /// In UTF-16, as Qt has it.
  FilePath(const char16_t* text) : FilePath(std::u16string_view(text)) {}
  FilePath(const std::u16string& text) : FilePath(std::u16string_view(text)) {}
  FilePath(std::u16string_view text);
  /// Of wide characters, as Windows has them.
  FilePath(const wchar_t* text) : FilePath(std::wstring_view(text)) {}
  FilePath(const std::wstring& text) : FilePath(std::wstring_view(text)) {}
  FilePath(std::wstring_view text);
  /// A std::filesystem::path.
  template <detail::StandardPath Path>
  FilePath(const Path& path) : FilePath(detail::text_of(path)) {}
  /// What a folder of the file system has, a std::filesystem::directory_entry.
  template <detail::WithPath Entry>
  FilePath(const Entry& entry) : FilePath(entry.path()) {}
  /// The std::filesystem::path, for those who ask for one.
  template <detail::StandardPath Path>
  operator Path() const {
    if (utf8_) return Path(std::u8string(text_.begin(), text_.end()));
    return Path(text_);
  }
  // NOLINTEND(google-explicit-constructor)

  /// Whether it is no name.
  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
  /// The text, in UTF-8 if is_utf8(), else as std::filesystem::path expects it.
  [[nodiscard]] const std::string& text() const& noexcept { return text_; }
  [[nodiscard]] std::string text() && noexcept { return std::move(text_); }
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
