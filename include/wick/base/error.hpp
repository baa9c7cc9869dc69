#pragma once

// The error families. Every message says where, what, what was expected and what
// was found; children differ by what a caller can do next.

#include <wick/base/printable.hpp>
#include <wick/version.hpp>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Base of everything the library throws. What it says can be printed as it is: control characters are
/// escaped, as in printable(), but for line breaks and tabs, and so are bytes that are not UTF-8; what is
/// longer than 64 KiB is cut off.
class Error : public std::runtime_error {
 public:
  /// `what` is what what() says, made printable.
  explicit Error(const std::string& what) : std::runtime_error(detail::message_text(what)) {}
};

/// Sizes that do not fit together: pass a tensor of another shape.
class ShapeError : public Error {
 public:
  using Error::Error;
};

/// An option outside its range (probability, learning rate, layer size, ...).
class OptionError : public Error {
 public:
  using Error::Error;
};

/// An element, row, label or name that is not there.
class IndexError : public Error {
 public:
  using Error::Error;
};

/// A file that cannot be opened, read, written or replaced.
class FileError : public Error {
 public:
  /// For the file `path`; what() begins with its name.
  FileError(std::string path, const std::string& what);

  /// The file as the caller named it, in UTF-8; `<memory>` for bytes in memory.
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
};

/// A file that was read, but whose contents are not what they claim to be.
class FormatError : public FileError {
 public:
  /// For a fault at byte `offset` of the file `path`.
  FormatError(std::string path, std::uint64_t offset, const std::string& what);
  /// For a fault of the file as a whole.
  FormatError(std::string path, const std::string& what);

  /// Byte position of the fault, if it has one.
  [[nodiscard]] std::optional<std::uint64_t> offset() const noexcept { return offset_; }

 private:
  std::optional<std::uint64_t> offset_;
};

/// A state dict that does not fit the model. The text is PyTorch's, with hints behind
/// it; the fields hold the same facts for programs. In the text, names are cut after 200 bytes and lists
/// after 100 names, and control characters are escaped; in the fields they are as in the file.
class StateDictError : public Error {
 public:
  /// `torch_text` and `hints` together are what what() says.
  StateDictError(const std::string& torch_text, std::vector<std::string> missing_keys,
                 std::vector<std::string> unexpected_keys, std::vector<std::string> mismatched_keys,
                 std::string hints = {});

  /// what() without the hints: the text of PyTorch's error, character for character unless names are long,
  /// many or not printable.
  [[nodiscard]] const std::string& torch_text() const noexcept { return torch_text_; }
  /// What may have been meant by keys that are missing: nothing, or lines each of which
  /// starts with a line break and a tab.
  [[nodiscard]] const std::string& hints() const noexcept { return hints_; }
  /// Names that the model has and the state dict has not.
  [[nodiscard]] const std::vector<std::string>& missing_keys() const noexcept { return missing_keys_; }
  /// Names that the state dict has and the model has not.
  [[nodiscard]] const std::vector<std::string>& unexpected_keys() const noexcept { return unexpected_keys_; }
  /// Names of tensors with another shape than the model's.
  [[nodiscard]] const std::vector<std::string>& mismatched_keys() const noexcept { return mismatched_keys_; }

 private:
  std::string torch_text_;
  std::vector<std::string> missing_keys_;
  std::vector<std::string> unexpected_keys_;
  std::vector<std::string> mismatched_keys_;
  std::string hints_;
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/base/error.ipp>
#endif
