#pragma once

// Where the bytes of a CSV file come from, piece by piece.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/io/bytes/contents.hpp>
#include <wick/io/bytes/stream_bytes.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <istream>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// Bytes from front to back, and perhaps once more.
class CsvSource {
 public:
  CsvSource(const CsvSource&) = delete;
  CsvSource& operator=(const CsvSource&) = delete;
  virtual ~CsvSource() = default;

  /// Up to `to.size()` bytes, which is not 0; none at the end alone.
  virtual std::size_t read(std::span<char> to) = 0;
  /// Begins again; false if that is not possible.
  virtual bool rewind() = 0;
  /// All bytes, 0 when that is not known.
  [[nodiscard]] virtual std::uint64_t size() const noexcept = 0;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }

 protected:
  explicit CsvSource(std::string name) : name_(std::move(name)) {}

 private:
  std::string name_;
};

class CsvMemory final : public CsvSource {
 public:
  /// The bytes must outlive this.
  CsvMemory(std::span<const std::byte> bytes, std::string name)
      : CsvSource(std::move(name)), bytes_(bytes), left_(bytes) {}
  CsvMemory(Buffer<std::byte> bytes, std::string name)
      : CsvSource(std::move(name)), owned_(std::move(bytes)) {
    bytes_ = left_ = {owned_.data(), static_cast<std::size_t>(owned_.size())};
  }

  std::size_t read(std::span<char> to) override {
    const std::size_t n = (std::min)(to.size(), left_.size());
    if (n > 0) std::memcpy(to.data(), left_.data(), n);
    left_ = left_.subspan(n);
    return n;
  }
  bool rewind() override {
    left_ = bytes_;
    return true;
  }
  [[nodiscard]] std::uint64_t size() const noexcept override { return bytes_.size(); }

 private:
  Buffer<std::byte> owned_;
  std::span<const std::byte> bytes_;
  std::span<const std::byte> left_;
};

class CsvFile final : public CsvSource {
 public:
  explicit CsvFile(const std::filesystem::path& path) : CsvSource(display_name(path)), path_(path) { open(); }

  std::size_t read(std::span<char> to) override {
    const auto n = static_cast<std::size_t>((std::min)(std::uint64_t{to.size()}, left_));
    if (n > 0) file_->read(std::as_writable_bytes(to.first(n)));
    left_ -= n;
    return n;
  }
  bool rewind() override {
    const std::uint64_t before = size_;
    open();
    if (size_ != before) {
      throw FileError(name(), "the file changed while it was read: it had " + std::to_string(before) +
                                  " bytes and has " + std::to_string(size_));
    }
    return true;
  }
  [[nodiscard]] std::uint64_t size() const noexcept override { return size_; }

 private:
  void open() {
    file_.emplace(path_);
    size_ = left_ = file_->regular_size((std::numeric_limits<std::uint64_t>::max)());
  }

  std::filesystem::path path_;
  std::optional<OpenedFile> file_;
  std::uint64_t size_ = 0;
  std::uint64_t left_ = 0;
};

/// A stream, which need not be one that can seek.
class CsvStream final : public CsvSource {
 public:
  /// The stream must outlive this.
  explicit CsvStream(std::istream& in) : CsvSource("<stream>"), source_(&source_of(in, name())) {}

  std::size_t read(std::span<char> to) override {
    try {
      return as_integer<std::size_t>(
          take_from(*source_, std::as_writable_bytes(to).data(), std::uint64_t{to.size()}));
    } catch (const std::ios_base::failure& e) {
      throw FileError(name(), std::string("cannot read from the stream: ") + e.what());
    }
  }
  bool rewind() override { return false; }
  [[nodiscard]] std::uint64_t size() const noexcept override { return 0; }

 private:
  std::streambuf* source_;
};

/// A file, or the contents of a pipe.
[[nodiscard]] inline std::unique_ptr<CsvSource> open_csv(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_fifo(path, error)) return std::make_unique<CsvFile>(path);
  constexpr std::uint64_t most = std::uint64_t{64} << 30;
  auto bytes = read_contents(path, {most, most, "", "64 GiB"});
  return std::make_unique<CsvMemory>(std::move(bytes), display_name(path));
}

}  // namespace detail

WICK_END_NAMESPACE
