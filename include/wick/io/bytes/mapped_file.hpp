#pragma once

// A file as memory, without reading it first.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#if defined(_WIN32)
#include <io.h>
#else
#include <sys/mman.h>
#endif

#if defined(_WIN32)
// As <windows.h> declares them; including it would bring its macros into every program.
struct _SECURITY_ATTRIBUTES;
extern "C" {
__declspec(dllimport) void* __stdcall CreateFileMappingW(void*, _SECURITY_ATTRIBUTES*, unsigned long,
                                                         unsigned long, unsigned long, const wchar_t*);
#if defined(_WIN64)
__declspec(dllimport) void* __stdcall MapViewOfFile(void*, unsigned long, unsigned long, unsigned long,
                                                    unsigned long long);
#else
__declspec(dllimport) void* __stdcall MapViewOfFile(void*, unsigned long, unsigned long, unsigned long,
                                                    unsigned long);
#endif
__declspec(dllimport) int __stdcall UnmapViewOfFile(const void*);
__declspec(dllimport) int __stdcall CloseHandle(void*);
__declspec(dllimport) unsigned long __stdcall GetLastError();
}
#endif

WICK_BEGIN_NAMESPACE

/// The bytes of a file, mapped into memory: pages are read when they are touched, and processes that map the
/// same file share them. Writing to the memory copies the page that is written to; the file never changes.
///
/// Caveat: the file must keep its length while it is mapped. When another program shortens it, touching what
/// is gone ends the program (SIGBUS), and what is written into it in place may show in the memory. Replacing
/// it as AtomicFile does is harmless, the mapping keeps the old contents; Windows refuses to replace a file
/// that is mapped.
class MappedFile {
 public:
  /// Throws FileError, with the operating system's reason, when the file is missing, is a directory or
  /// another special file, is empty or cannot be mapped.
  explicit MappedFile(const std::filesystem::path& path) {
    constexpr auto most = static_cast<std::uint64_t>((std::numeric_limits<std::ptrdiff_t>::max)()) - page_end;
    const detail::OpenedFile file(path);
    open(path, file, detail::as_integer<std::size_t>(file.regular_size(most)));
  }
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile() { close(); }

  /// The bytes of the file.
  [[nodiscard]] std::span<const std::byte> bytes() const& noexcept { return {data_, size_}; }
  void bytes() const&& = delete;
  /// The same and the zeros up to the next multiple of 64 bytes, to be written to.
  [[nodiscard]] std::span<std::byte> memory() & noexcept {
    return {data_, (size_ + page_end - 1) / page_end * page_end};
  }

 private:
  // Pages end at multiples of this, and what the file does not fill of its last page is zero.
  static constexpr std::size_t page_end = 64;

  [[noreturn]] static void fail(const std::filesystem::path& path, const std::string& what,
                                const std::error_category& category, int reason) {
    throw FileError(display_name(path), what + ": " + category.message(reason));
  }

#if !defined(_WIN32)
  void open(const std::filesystem::path& path, const detail::OpenedFile& file, std::size_t size) {
    void* mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, file.descriptor(), 0);
    if (mapped == MAP_FAILED) fail(path, "cannot map into memory", std::generic_category(), errno);
    data_ = static_cast<std::byte*>(mapped);
    size_ = size;
  }
  void close() noexcept { ::munmap(data_, size_); }
#else
  void open(const std::filesystem::path& path, const detail::OpenedFile& opened, std::size_t size) {
    constexpr unsigned long page_writecopy = 8;
    constexpr unsigned long file_map_copy = 1;
    // NOLINTNEXTLINE(performance-no-int-to-ptr): Microsoft's way to say what is a pointer
    void* const file = reinterpret_cast<void*>(::_get_osfhandle(opened.descriptor()));
    void* mapping = ::CreateFileMappingW(file, nullptr, page_writecopy, 0, 0, nullptr);
    void* mapped = mapping == nullptr ? nullptr : ::MapViewOfFile(mapping, file_map_copy, 0, 0, size);
    const auto reason = static_cast<int>(::GetLastError());
    if (mapping != nullptr) ::CloseHandle(mapping);
    if (mapped == nullptr) fail(path, "cannot map into memory", std::system_category(), reason);
    data_ = static_cast<std::byte*>(mapped);
    size_ = size;
  }
  void close() noexcept { ::UnmapViewOfFile(data_); }
#endif

  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
};

WICK_END_NAMESPACE
