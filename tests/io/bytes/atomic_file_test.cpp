#include <wick/io/bytes/atomic_file.hpp>

#include "io/bytes/faults.hpp"
#include "support/files.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#if !defined(_WIN32)
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#endif

namespace fs = std::filesystem;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::read_bytes;
using wick_tests::TempDir;
using wick_tests::write_bytes;

namespace {

#if defined(_WIN32)
constexpr bool windows = true;
#else
constexpr bool windows = false;
#endif

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

TEST_CASE("what a killed process left behind is removed by the next save") {
  const TempDir dir;
  write_bytes(dir / "f", as_bytes("old"));
  for (const char* name : {"f.wick-unfinished", "f.1.wick-unfinished", "f.3.wick-unfinished"}) {
    write_bytes(dir / name, as_bytes("a long unfinished file"));
    fs::last_write_time(dir / name, fs::file_time_type::clock::now() - std::chrono::minutes(2));
  }
  write_bytes(dir / "g.wick-unfinished", as_bytes("of another file"));
  wick::AtomicFile file(dir / "f");
  file.write(as_bytes("new"));
  file.commit();
  CHECK(contents(dir / "f") == "new");
  CHECK(contents(dir / "g.wick-unfinished") == "of another file");
  CHECK(files_in(dir) == 2);
}

TEST_CASE("files that only look like temporary ones are left alone") {
  const TempDir dir;
  write_bytes(dir / "f", as_bytes("old"));
  for (const char* name : {"f.tmp", "f.1.tmp", "f.2.tmp", "f~", "f.bak"}) {
    write_bytes(dir / name, as_bytes("my notes"));
    fs::last_write_time(dir / name, fs::file_time_type::clock::now() - std::chrono::hours(24));
  }
  wick::AtomicFile file(dir / "f");
  file.write(as_bytes("new"));
  file.commit();
  CHECK(contents(dir / "f") == "new");
  for (const char* name : {"f.tmp", "f.1.tmp", "f.2.tmp", "f~", "f.bak"})
    CHECK(contents(dir / name) == "my notes");
  CHECK(files_in(dir) == 6);
}

TEST_CASE("saves to one path at the same time do not mix, and the last to finish wins") {
  const TempDir dir;
  {
    wick::AtomicFile first(dir / "f");
    first.write(as_bytes("first "));
    wick::AtomicFile second(dir / "f");
    wick::AtomicFile third(dir / "f");
    second.write(as_bytes("second"));
    CHECK(files_in(dir) == 3);
    first.write(as_bytes("of all"));
    first.commit();
    CHECK(contents(dir / "f") == "first of all");
    CHECK(files_in(dir) == 3);  // the others are at work still
    second.commit();
    CHECK(contents(dir / "f") == "second");
  }
  CHECK(contents(dir / "f") == "second");
  CHECK(files_in(dir) == 1);
}

TEST_CASE("threads that save to one path leave one whole file and nothing beside it") {
  const TempDir dir;
  std::array<std::string, 7> failures;
  {
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < failures.size(); ++t) {
      threads.emplace_back([&, t] {
        const char letter = static_cast<char>('a' + t);
        try {
          for (std::size_t i = 1; i < 40; ++i) {
            wick::AtomicFile file(dir / "f", {.durable = false});
            for (std::size_t part = 0; part < 5; ++part) file.write(as_bytes(std::string(i * 50, letter)));
            file.commit();
          }
        } catch (const std::exception& e) {
          failures[t] = e.what();
        }
      });
    }
    for (int i = 0; i < 50; ++i) {
      if (!fs::exists(dir / "f")) continue;
      std::string text;
      try {
        text = contents(dir / "f");
      } catch (const std::runtime_error&) {
        if (windows) continue;  // refuses to open a file that is being replaced
        throw;
      }
      REQUIRE_FALSE(text.empty());
      REQUIRE(text == std::string(text.size(), text[0]));
      REQUIRE(text.size() % 250 == 0);
    }
  }
  for (const auto& failure : failures) CHECK(failure == "");
  CHECK(contents(dir / "f").size() == 39 * 250);
  CHECK(files_in(dir) == 1);
}

TEST_CASE("a save that does not wait for the disk replaces the file all the same") {
  const TempDir dir;
  write_bytes(dir / "f", as_bytes("old"));
  wick::AtomicFile file(dir / "f", {.durable = false});
  file.write(as_bytes("new"));
  CHECK(contents(dir / "f") == "old");
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
        (dir / "no" / "f").string() + ": cannot create f.wick-unfinished: No such file or directory");
#if !defined(_WIN32)
  CHECK(message_of<wick::FileError>([] { wick::AtomicFile("/dev/null"); }) ==
        "/dev/null: expected a regular file, got a device, pipe or socket");
  CHECK(fs::is_character_file("/dev/null"));
  write_bytes(dir / "f", as_bytes("x"));
  CHECK(contains(message_of<wick::FileError>([&] { wick::AtomicFile(dir / "f" / "g"); }),
                 "cannot create g.wick-unfinished: Not a directory"));
#endif
}

#if !defined(_WIN32)

namespace {

mode_t mode_of(const fs::path& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

void replace(const fs::path& path, std::string_view text) {
  wick::AtomicFile file(path);
  file.write(as_bytes(text));
  file.commit();
}

}  // namespace

TEST_CASE("a replaced file keeps its permissions, and a new one has those that the umask allows") {
  const TempDir dir;
  const mode_t before = ::umask(027);
  replace(dir / "new", "x");
  CHECK(mode_of(dir / "new") == 0640);
  ::umask(022);
  for (const mode_t mode : {0600U, 0666U, 0644U, 0444U, 0755U}) {
    write_bytes(dir / "f", as_bytes("old"));
    REQUIRE(::chmod((dir / "f").c_str(), mode) == 0);
    // While it is written it is no more open than it will be.
    wick::AtomicFile file(dir / "f");
    CHECK(mode_of(dir / "f.wick-unfinished") == mode);
    file.write(as_bytes("new"));
    file.commit();
    CHECK(mode_of(dir / "f") == mode);
    CHECK(contents(dir / "f") == "new");
    fs::remove(dir / "f");
  }
  ::umask(before);
}

namespace {

/// What a file that is being made is open to, from its first moment on.
struct Watched : wick::detail::PosixCalls {
  static inline std::vector<mode_t> modes;

  static int open(const char* path, int flags, mode_t mode) {
    const int fd = PosixCalls::open(path, flags, mode);
    if ((flags & O_CREAT) != 0) note(fd);
    return fd;
  }
  static int lock(int fd) {
    note(fd);
    return PosixCalls::lock(fd);
  }
  static ssize_t write(int fd, const void* data, std::size_t n) {
    note(fd);
    return PosixCalls::write(fd, data, n);
  }

 private:
  static void note(int fd) {
    struct stat status {};
    REQUIRE(::fstat(fd, &status) == 0);
    modes.push_back(status.st_mode & 07777);
  }
};

}  // namespace

TEST_CASE("a new file is never open to more people than the one that it replaces, not for a moment") {
  const TempDir dir;
  const mode_t before = ::umask(0);
  for (const mode_t mode : {0600U, 0400U, 0640U, 0604U, 0660U, 0644U, 0666U}) {
    CAPTURE(mode);
    write_bytes(dir / "f", as_bytes("old"));
    REQUIRE(::chmod((dir / "f").c_str(), mode) == 0);
    Watched::modes.clear();
    wick::BasicAtomicFile<Watched> file(dir / "f");
    file.write(as_bytes("secret"));
    file.commit();
    REQUIRE(Watched::modes.size() == 3);
    CHECK(Watched::modes[0] == 0600);
    CHECK(Watched::modes[1] == 0600);
    CHECK(Watched::modes[2] == mode);
    CHECK(mode_of(dir / "f") == mode);
    fs::remove(dir / "f");
  }
  ::umask(before);
}

TEST_CASE("where the group cannot be kept, the new one may do no more than everybody") {
  struct stat old {};
  struct stat fresh {};
  old.st_gid = 1;
  fresh.st_gid = 2;
  const auto mode = [&](mode_t of_old) {
    old.st_mode = S_IFREG | of_old;
    return wick::detail::TemporaryFile<wick::detail::PosixCalls>::mode_for(old, fresh) & 07777;
  };
  CHECK(mode(0640) == 0600);
  CHECK(mode(0660) == 0600);
  CHECK(mode(0664) == 0644);
  CHECK(mode(0666) == 0666);
  CHECK(mode(0604) == 0604);  // the old group was kept out; so is the new one
  fresh.st_gid = 1;
  CHECK(mode(0640) == 0640);
}

TEST_CASE("other names of the file keep the old contents") {
  const TempDir dir;
  write_bytes(dir / "f", as_bytes("old"));
  fs::create_hard_link(dir / "f", dir / "other");
  replace(dir / "f", "new");
  CHECK(contents(dir / "f") == "new");
  CHECK(contents(dir / "other") == "old");
}

TEST_CASE("a symbolic link stays one and the file that it leads to is replaced") {
  const TempDir dir;
  fs::create_directory(dir / "there");
  write_bytes(dir / "there" / "run.wick", as_bytes("old"));
  fs::create_symlink("there/run.wick", dir / "relative");
  fs::create_symlink(dir / "there" / "run.wick", dir / "absolute");
  fs::create_symlink("relative", dir / "twice");
  fs::create_symlink("there/new.wick", dir / "dangling");
  for (const char* link : {"relative", "absolute", "twice"}) {
    replace(dir / link, link);
    CHECK(fs::is_symlink(dir / link));
    CHECK(contents(dir / "there" / "run.wick") == link);
  }
  replace(dir / "dangling", "first");
  CHECK(fs::is_symlink(dir / "dangling"));
  CHECK(contents(dir / "there" / "new.wick") == "first");
  CHECK(std::distance(fs::directory_iterator(dir / "there"), {}) == 2);
  CHECK(files_in(dir) == 5);

  fs::create_symlink("loop", dir / "loop");
  CHECK(contains(message_of<wick::FileError>([&] { replace(dir / "loop", "x"); }),
                 "too many levels of symbolic links"));
  fs::create_symlink("none/f", dir / "nowhere");
  CHECK(message_of<wick::FileError>([&] { replace(dir / "nowhere", "x"); }) ==
        (dir / "nowhere").string() + ": cannot create f.wick-unfinished: No such file or directory");
  CHECK(files_in(dir) == 7);
}

TEST_CASE("what lies at the temporary name and is no abandoned file is left alone") {
  const TempDir dir;
  write_bytes(dir / "victim", as_bytes("keep"));
  fs::create_symlink("victim", dir / "f.wick-unfinished");
  fs::create_directory(dir / "f.1.wick-unfinished");
  REQUIRE(::mkfifo((dir / "f.2.wick-unfinished").c_str(), 0600) == 0);
  replace(dir / "f", "new");
  CHECK(contents(dir / "f") == "new");
  CHECK(contents(dir / "victim") == "keep");
  CHECK(fs::is_symlink(dir / "f.wick-unfinished"));
  CHECK(files_in(dir) == 5);
}

TEST_CASE("a file that a running process writes is not taken for abandoned") {
  const TempDir dir;
  const auto child = ::fork();
  if (child == 0) {
    wick::AtomicFile file(dir / "f");
    file.write(as_bytes("half"));
    write_bytes(dir / "ready", as_bytes("x"));
    ::pause();
  }
  while (!fs::exists(dir / "ready")) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  replace(dir / "f", "ours");
  CHECK(contents(dir / "f") == "ours");
  CHECK(contents(dir / "f.wick-unfinished") == "half");
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  CHECK(contents(dir / "f.wick-unfinished") == "half");
  replace(dir / "f", "again");
  CHECK(contents(dir / "f") == "again");
  CHECK(files_in(dir) == 2);
}

namespace {

using wick_tests::Faults;
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
      {Call::open, EACCES, 0, "cannot create modèle.wick.wick-unfinished: Permission denied"},
      {Call::open, EROFS, 0, "cannot create modèle.wick.wick-unfinished: Read-only file system"},
      {Call::open, EMFILE, 0, "cannot create modèle.wick.wick-unfinished: Too many open files"},
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

TEST_CASE("without locks saving works, and what may be in use is left") {
  const TempDir dir;
  write_bytes(dir / "f.wick-unfinished", as_bytes("somebody's"));
  for (const int error : {ENOLCK, EOPNOTSUPP, EINVAL}) {
    Faults::reset(Call::lock, error);
    save(dir / "f", "new");
    CHECK(contents(dir / "f") == "new");
    CHECK(contents(dir / "f.wick-unfinished") == "somebody's");
    CHECK(files_in(dir) == 2);
  }
  for (int i = 1; i < 100; ++i)
    write_bytes(dir / ("f." + std::to_string(i) + ".wick-unfinished"), as_bytes("x"));
  CHECK(message_of<wick::FileError>([&] { save(dir / "f", "newer"); }) ==
        (dir / "f").string() +
            ": cannot create a temporary file; remove those like f.wick-unfinished that no running program "
            "writes: File "
            "exists");
  CHECK(contents(dir / "f") == "new");
  Faults::reset(Call::none, 0);
  save(dir / "f", "newer");
  CHECK(contents(dir / "f") == "newer");
}

TEST_CASE("a new file that another writer takes for abandoned is made again") {
  const TempDir dir;
  // As if another one had the lock of the first file, which stays there then.
  Faults::reset(Call::lock, EWOULDBLOCK, 0, 1);
  save(dir / "f", "new");
  CHECK(contents(dir / "f") == "new");
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
  CHECK(Faults::seen == 3);  // the file, the folder, the lock

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
