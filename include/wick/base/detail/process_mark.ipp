#pragma once

// Definitions of base/detail/process_mark.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/process_mark.hpp>

#include <cstddef>

#if !defined(_WIN32)
#include <sys/mman.h>
#include <unistd.h>
#endif

WICK_BEGIN_NAMESPACE

namespace detail {

#if defined(_WIN32)

WICK_INLINE ProcessMark::ProcessMark() noexcept = default;
WICK_INLINE ProcessMark::~ProcessMark() = default;
WICK_INLINE bool ProcessMark::has_same_id() const noexcept { return true; }

#else

WICK_INLINE ProcessMark::ProcessMark() noexcept : id_(static_cast<long>(::getpid())) {
#if defined(MADV_WIPEONFORK)
  const auto size = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  void* const page = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page == MAP_FAILED) return;
  if (::madvise(page, size, MADV_WIPEONFORK) != 0) {
    ::munmap(page, size);
    return;
  }
  auto* const first = static_cast<volatile unsigned char*>(page);
  *first = 1;
  page_ = first;
#endif
}

WICK_INLINE ProcessMark::~ProcessMark() {
  if (page_ == nullptr) return;
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): as it came from mmap()
  ::munmap(const_cast<unsigned char*>(page_), static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)));
}

WICK_INLINE bool ProcessMark::has_same_id() const noexcept { return static_cast<long>(::getpid()) == id_; }

#endif

}  // namespace detail

WICK_END_NAMESPACE
