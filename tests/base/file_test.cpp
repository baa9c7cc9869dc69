#include <wick/base/file.hpp>

#include "support/files.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#if defined(__unix__)
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <thread>
#endif

using wick_tests::contains;
using wick_tests::message_of;

TEST_CASE("a file comes back byte for byte, whatever its name") {
  const wick_tests::TempDir dir;
  const auto bytes = wick_tests::bytes_of({0, 0x0a, 0x0d, 0x1a, 0xff, 0});
  for (const char8_t* name : {u8"plain", u8"with space", u8"größe-日本語-данные.idx"}) {
    const auto path = dir / std::filesystem::path(name);
    wick_tests::write_bytes(path, bytes);
    const auto got = wick::read_file(path);
    REQUIRE(got.size() == 6);
    CHECK(std::equal(bytes.begin(), bytes.end(), got.data()));
  }
}

TEST_CASE("what cannot be read is named together with the reason") {
  const wick_tests::TempDir dir;
  const auto read = [](const std::filesystem::path& path, std::uint64_t limit = 100) {
    return message_of<wick::FileError>([&] { static_cast<void>(wick::read_file(path, limit)); });
  };
  SUBCASE("missing") {
    const auto path = dir / std::filesystem::path(u8"fehlt-ä");
    const std::string text = read(path);
    CHECK(contains(text, wick::display_name(path)));
    CHECK(contains(text, "\xC3\xA4: cannot open: "));
    CHECK(contains(text, "No such file or directory"));
  }
  SUBCASE("directory") { CHECK(contains(read(dir.path()), "expected a file, got a directory")); }
  SUBCASE("a file where a folder should be") {
    wick_tests::write_bytes(dir / "file", wick_tests::bytes_of({1}));
    CHECK(contains(read(dir / "file" / "below"), "cannot open: "));
  }
  SUBCASE("a name that is too long") { CHECK(contains(read(dir / std::string(5000, 'x')), "cannot open: ")); }
  SUBCASE("empty") {
    wick_tests::write_bytes(dir / "empty", {});
    CHECK(contains(read(dir / "empty"), "the file is empty"));
  }
  SUBCASE("too large") {
    const std::vector<std::byte> bytes(101);
    wick_tests::write_bytes(dir / "large", bytes);
    CHECK(contains(read(dir / "large"), "the file has 101 bytes, the limit is 100"));
    CHECK(wick::read_file(dir / "large", 101).size() == 101);
  }
#if defined(__unix__)
  SUBCASE("device") { CHECK(contains(read("/dev/zero"), "expected a regular file")); }
  SUBCASE("no permission") {
    wick_tests::write_bytes(dir / "secret", wick_tests::bytes_of({1}));
    std::filesystem::permissions(dir / "secret", std::filesystem::perms::none);
    if (geteuid() == 0) {
      MESSAGE("skipped: root may read every file");
    } else {
      CHECK(contains(read(dir / "secret"), "Permission denied"));
    }
  }
#endif
}

#if defined(__unix__)

TEST_CASE("nobody waits for a pipe that takes the place of a file") {
  const wick_tests::TempDir dir;
  const auto pipe = dir / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(contains(message_of<wick::FileError>([&] { static_cast<void>(wick::read_file(pipe)); }),
                 "expected a regular file, got a device, pipe or socket"));
  // While a file and a pipe take turns at one name, each reading is of the one or of the other.
  const auto path = dir / "file";
  const auto bytes = wick_tests::bytes_of({1, 2, 3});
  wick_tests::write_bytes(path, bytes);
  std::atomic<bool> stop{false};
  std::jthread swaps([&] {
    while (!stop) {
      wick_tests::write_bytes(dir / "new", bytes);
      std::filesystem::rename(dir / "new", path);
      static_cast<void>(::mkfifo((dir / "new").c_str(), 0600));
      std::filesystem::rename(dir / "new", path);
    }
  });
  int read = 0;
  int refused = 0;
  for (int i = 0; i < 100'000 && (i < 2000 || read == 0 || refused == 0); ++i) {
    try {
      CHECK(wick::read_file(path).size() == 3);
      ++read;
    } catch (const wick::FileError& e) {
      CHECK(contains(e.what(), "got a device, pipe or socket"));
      ++refused;
    }
  }
  stop = true;
  CHECK(read > 0);
  CHECK(refused > 0);
}

#endif

TEST_CASE("a sparse file that claims a terabyte is refused without reading it") {
  const wick_tests::TempDir dir;
  wick_tests::write_bytes(dir / "sparse", wick_tests::bytes_of({1}));
  std::error_code error;
  std::filesystem::resize_file(dir / "sparse", std::uintmax_t{1} << 40, error);
  if (error) {
    MESSAGE("skipped: this file system has no sparse files of that size");
    return;
  }
  CHECK_THROWS_AS(static_cast<void>(wick::read_file(dir / "sparse")), wick::FileError);
}
