#include <wick/io/atomic_file.hpp>

#include "support/files.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#if !defined(_WIN32)
#include <sys/stat.h>
#endif

namespace fs = std::filesystem;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::read_bytes;
using wick_tests::TempDir;
using wick_tests::write_bytes;

namespace {

std::span<const std::byte> as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string contents(const fs::path& path) {
  std::string text;
  for (const std::byte b : read_bytes(path)) text += static_cast<char>(b);
  return text;
}

std::size_t files_in(const TempDir& dir) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(dir.path()), {}));
}

}  // namespace

TEST_CASE("a committed file has the new contents and nothing is left beside it") {
  const TempDir dir;
  for (const fs::path& name : {fs::path("plain"), fs::path(u8"Größe ✓.wick"), fs::path("with space")}) {
    const fs::path path = dir / name;
    for (const std::string_view text : {"old contents", "new"}) {
      wick::AtomicFile file(path);
      file.write(as_bytes(text.substr(0, 1)));
      file.write(as_bytes(text.substr(1)));
      file.write({});
      CHECK(fs::exists(path) == (text == "new"));
      file.commit();
      CHECK(contents(path) == text);
    }
  }
  CHECK(files_in(dir) == 3);
}

TEST_CASE("without commit the old file stays and the new contents are gone") {
  const TempDir dir;
  write_bytes(dir / "f", as_bytes("old"));
  {
    wick::AtomicFile file(dir / "f");
    file.write(as_bytes("new"));
    CHECK(contents(dir / "f") == "old");
  }
  CHECK(contents(dir / "f") == "old");
  CHECK(files_in(dir) == 1);
}

TEST_CASE("what a killed process left behind is reused") {
  const TempDir dir;
  write_bytes(dir / "f", as_bytes("old"));
  write_bytes(dir / "f.tmp", as_bytes("a long unfinished file"));
  wick::AtomicFile file(dir / "f");
  file.write(as_bytes("new"));
  file.commit();
  CHECK(contents(dir / "f") == "new");
  CHECK(files_in(dir) == 1);
}

TEST_CASE("a file without a folder in its name is written to the current folder") {
  const TempDir dir;
  const fs::path before = fs::current_path();
  fs::current_path(dir.path());
  {
    wick::AtomicFile file("here");
    file.write(as_bytes("x"));
    file.commit();
  }
  fs::current_path(before);
  CHECK(contents(dir / "here") == "x");
}

TEST_CASE("folders, devices and places that do not exist are refused by name and reason") {
  const TempDir dir;
  fs::create_directory(dir / "folder");
  CHECK(message_of<wick::FileError>([&] { wick::AtomicFile(dir / "folder"); }) ==
        (dir / "folder").string() + ": expected a file, got a directory");
  CHECK(message_of<wick::FileError>([&] { wick::AtomicFile(dir / "no" / "f"); }) ==
        (dir / "no" / "f").string() + ": cannot create f.tmp: No such file or directory");
#if !defined(_WIN32)
  CHECK(message_of<wick::FileError>([] { wick::AtomicFile("/dev/null"); }) ==
        "/dev/null: expected a regular file, got a device, pipe or socket");
  CHECK(fs::is_character_file("/dev/null"));
  write_bytes(dir / "f", as_bytes("x"));
  CHECK(contains(message_of<wick::FileError>([&] { wick::AtomicFile(dir / "f" / "g"); }),
                 "cannot create g.tmp: Not a directory"));
#endif
}

#if !defined(_WIN32)

namespace {

/// The system's calls, one of which goes wrong.
struct Faults {
  enum class Call { open, write, sync, close, rename, none };
  static inline Call call = Call::none;
  static inline int after = 0;                ///< calls of this kind that go well before
  static inline int times = 1;                ///< calls that fail then
  static inline int error = 0;                ///< 0: a write of no bytes
  static inline std::size_t most = 1U << 30;  ///< bytes that one write takes
  static inline int seen = 0;
  static inline int unlinked = 0;

  static void reset(Call which, int error_code, int successes = 0, int failures = 1000) {
    call = which;
    error = error_code;
    after = successes;
    times = failures;
    most = 1U << 30;
    seen = unlinked = 0;
  }
  static bool fails(Call which) {
    if (which != call) return false;
    const int at = seen++;
    if (at < after || at >= after + times) return false;
    errno = error;
    return true;
  }

  using System = wick::detail::PosixCalls;
  static int open(const char* path, int flags, mode_t mode) {
    return fails(Call::open) ? -1 : System::open(path, flags, mode);
  }
  static ssize_t write(int fd, const void* data, std::size_t n) {
    if (fails(Call::write)) return error == 0 ? 0 : -1;
    return System::write(fd, data, (std::min)(n, most));
  }
  static int sync(int fd) { return fails(Call::sync) ? -1 : System::sync(fd); }
  static int close(int fd) {
    const int result = System::close(fd);
    return fails(Call::close) ? -1 : result;
  }
  static int rename(const char* from, const char* to) {
    return fails(Call::rename) ? -1 : System::rename(from, to);
  }
  static int unlink(const char* path) {
    ++unlinked;
    return System::unlink(path);
  }
};
using Call = Faults::Call;

void save(const fs::path& path, std::string_view text) {
  wick::BasicAtomicFile<Faults> file(path);
  file.write(as_bytes(text.substr(0, text.size() / 2)));
  file.write(as_bytes(text.substr(text.size() / 2)));
  file.commit();
}

}  // namespace

TEST_CASE("whichever system call fails, the old file is intact and nothing is left beside it") {
  const TempDir dir;
  const fs::path path = dir / fs::path(u8"modèle.wick");
  const std::string name = wick::display_name(path);
  write_bytes(path, as_bytes("the old contents"));
  struct Case {
    Call call;
    int error;
    int after;
    std::string message;
  };
  const std::vector<Case> cases{
      {Call::open, EACCES, 0, "cannot create modèle.wick.tmp: Permission denied"},
      {Call::open, EROFS, 0, "cannot create modèle.wick.tmp: Read-only file system"},
      {Call::open, EMFILE, 0, "cannot create modèle.wick.tmp: Too many open files"},
      {Call::write, ENOSPC, 0, "cannot write: No space left on device"},
      {Call::write, ENOSPC, 1, "cannot write: No space left on device"},
      {Call::write, EIO, 1, "cannot write: Input/output error"},
      {Call::write, 0, 0, "cannot write: No space left on device"},
      {Call::sync, EIO, 0, "cannot flush to the disk: Input/output error"},
      {Call::sync, ENOSPC, 0, "cannot flush to the disk: No space left on device"},
      {Call::close, EIO, 0, "cannot close: Input/output error"},
      {Call::rename, EACCES, 0, "cannot replace: Permission denied"},
      {Call::rename, EXDEV, 0, "cannot replace: Invalid cross-device link"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.message);
    Faults::reset(c.call, c.error, c.after);
    const std::string message = message_of<wick::FileError>([&] { save(path, "the new contents"); });
    CHECK(message == name + ": " + c.message);
    CHECK(contents(path) == "the old contents");
    CHECK(files_in(dir) == 1);
  }
}

TEST_CASE("when the folder cannot be flushed, the new file is complete and the error says so") {
  const TempDir dir;
  write_bytes(dir / "f", as_bytes("old"));
  Faults::reset(Call::sync, EIO, 1);
  CHECK(message_of<wick::FileError>([&] { save(dir / "f", "new contents"); }) ==
        (dir / "f").string() + ": cannot flush the folder to the disk: Input/output error");
  CHECK(contents(dir / "f") == "new contents");
  CHECK(files_in(dir) == 1);
  CHECK(Faults::unlinked == 0);
}

TEST_CASE("file systems that cannot flush or open a folder are no failure") {
  const TempDir dir;
  Faults::reset(Call::sync, EINVAL, 1);
  save(dir / "f", "one");
  CHECK(contents(dir / "f") == "one");
  Faults::reset(Call::open, EACCES, 1);
  save(dir / "f", "two");
  CHECK(contents(dir / "f") == "two");
  CHECK(files_in(dir) == 1);
}

TEST_CASE("interrupted calls are repeated and short writes continued") {
  const TempDir dir;
  const std::string text(1000, 'x');
  for (const Call call : {Call::open, Call::write, Call::sync}) {
    for (const int after : {0, 1}) {
      Faults::reset(call, EINTR, after, 3);
      save(dir / "f", text + std::to_string(after));
      CHECK(contents(dir / "f") == text + std::to_string(after));
      CHECK(Faults::seen > after + 3);
    }
  }
  // The descriptor of an interrupted close is gone; closing again could hit another file.
  Faults::reset(Call::close, EINTR, 0, 1);
  save(dir / "f", "closed");
  CHECK(contents(dir / "f") == "closed");
  CHECK(Faults::seen == 2);

  for (const std::size_t most : {1U, 7U, 499U}) {
    Faults::reset(Call::write, EINTR, 3, 2);
    Faults::most = most;
    save(dir / "f", text);
    CHECK(contents(dir / "f") == text);
  }
  CHECK(files_in(dir) == 1);
}

TEST_CASE("space that runs out in the middle of short writes leaves the old file") {
  const TempDir dir;
  write_bytes(dir / "f", as_bytes("old"));
  for (int after = 0; after < 20; ++after) {
    Faults::reset(Call::write, ENOSPC, after);
    Faults::most = 50;
    CHECK_THROWS_AS(save(dir / "f", std::string(1000, 'x')), wick::FileError);
    REQUIRE(contents(dir / "f") == "old");
    REQUIRE(files_in(dir) == 1);
  }
  Faults::reset(Call::write, ENOSPC, 20);
  Faults::most = 50;
  save(dir / "f", std::string(1000, 'x'));
  CHECK(contents(dir / "f") == std::string(1000, 'x'));
}

#endif
