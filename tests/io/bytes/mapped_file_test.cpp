#include <wick/io/bytes/mapped_file.hpp>

#include "support/allocations.hpp"
#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/io/bytes/atomic_file.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace fs = std::filesystem;
using wick::MappedFile;
using wick_tests::message_of;
using wick_tests::read_bytes;
using wick_tests::TempDir;
using wick_tests::write_bytes;

namespace {

std::vector<std::byte> counting(std::size_t n) {
  std::vector<std::byte> bytes(n);
  for (std::size_t i = 0; i < n; ++i) bytes[i] = static_cast<std::byte>(i * 7 + 1);
  return bytes;
}

}  // namespace

TEST_CASE("a mapped file has the bytes of the file, zeros to the next multiple of 64, and takes no memory") {
  const TempDir dir;
  for (const std::size_t n : {1U, 63U, 64U, 65U, 4095U, 4096U, 4097U, 1000000U}) {
    CAPTURE(n);
    const auto expected = counting(n);
    const fs::path path = dir / fs::path(u8"Größe ✓");
    write_bytes(path, expected);
    CHECK(wick_tests::bytes_allocated_in([&] { const MappedFile file(path); }) < 1000);
    MappedFile file(path);
    CHECK(std::ranges::equal(file.bytes(), expected));
    const auto memory = file.memory();
    CHECK(memory.data() == file.bytes().data());
    CHECK(memory.size() == (n + 63) / 64 * 64);
    CHECK(reinterpret_cast<std::uintptr_t>(memory.data()) % 64 == 0);
    CHECK(std::ranges::all_of(memory.subspan(n), [](std::byte b) { return b == std::byte{0}; }));
  }
}

TEST_CASE("what is written to the memory does not reach the file or another mapping") {
  const TempDir dir;
  const auto expected = counting(5000);
  write_bytes(dir / "f", expected);
  {
    MappedFile file(dir / "f");
    const MappedFile other(dir / "f");
    std::ranges::fill(file.memory(), std::byte{9});
    CHECK(file.bytes()[4000] == std::byte{9});
    CHECK(std::ranges::equal(other.bytes(), expected));
  }
  CHECK(read_bytes(dir / "f") == expected);
}

#if !defined(_WIN32)
TEST_CASE("a mapping keeps the old contents when the file is replaced or removed") {
  const TempDir dir;
  const auto expected = counting(5000);
  write_bytes(dir / "f", expected);
  const MappedFile file(dir / "f");
  {
    wick::AtomicFile fresh(dir / "f");
    fresh.write(counting(3));
    fresh.commit();
  }
  CHECK(std::ranges::equal(file.bytes(), expected));
  fs::remove(dir / "f");
  CHECK(std::ranges::equal(file.bytes(), expected));
}
#endif

TEST_CASE("files that cannot be mapped are refused by name and reason") {
  const TempDir dir;
  const auto message = [&](const fs::path& path) {
    return message_of<wick::FileError>([&] { const MappedFile file(path); });
  };
  CHECK(message(dir / "none") == (dir / "none").string() + ": cannot open: No such file or directory");
  CHECK(message(dir.path()) == dir.path().string() + ": expected a file, got a directory");
  write_bytes(dir / "empty", {});
  CHECK(message(dir / "empty") == (dir / "empty").string() + ": the file is empty");
#if !defined(_WIN32)
  CHECK(message("/dev/zero") == "/dev/zero: expected a regular file, got a device, pipe or socket");
#endif
}
