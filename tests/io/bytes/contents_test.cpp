#include <wick/io/bytes/contents.hpp>

#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/io/any_file.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#if !defined(_WIN32)
#include <sys/stat.h>
#endif

using wick_tests::message_of;
using wick_tests::TempDir;

namespace {

std::string read(const std::filesystem::path& path, std::uint64_t file = 1 << 20,
                 std::uint64_t stream = 1 << 20) {
  const auto bytes = wick::detail::read_contents(path, {file, stream, "files", "streams"});
  return {reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(bytes.size())};
}

}  // namespace

TEST_CASE("the limit of a file is named with its option") {
  const TempDir dir;
  wick_tests::write_bytes(dir / "f", wick_tests::bytes_of({1, 2, 3}));
  CHECK(read(dir / "f", 3).size() == 3);
  CHECK(message_of<wick::FileError>([&] { static_cast<void>(read(dir / "f", 2)); }) ==
        (dir / "f").string() + ": the file has 3 bytes, the limit is 2 (files)");
}

#if !defined(_WIN32)

TEST_CASE("a pipe is read to its end, whoever comes first") {
  const TempDir dir;
  REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
  for (const std::size_t n : {1U, 64U, 4096U, 65537U, 500'000U}) {
    CAPTURE(n);
    std::string text(n, '\0');
    for (std::size_t i = 0; i < n; ++i) text[i] = static_cast<char>(i * 7);
    std::thread writer([&] { std::ofstream(dir / "pipe", std::ios::binary) << text; });
    CHECK(read(dir / "pipe") == text);
    writer.join();
  }
  std::thread writer([&] { std::ofstream(dir / "pipe", std::ios::binary) << std::string(10'000, 'x'); });
  CHECK(message_of<wick::FileError>([&] { static_cast<void>(read(dir / "pipe", 1, 9'999)); }) ==
        (dir / "pipe").string() + ": the stream has more than the limit of 9999 bytes (streams)");
  writer.join();
}

TEST_CASE("a pipe that nobody writes to is an error, not a wait for ever") {
  const TempDir dir;
  REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
  CHECK(message_of<wick::FileError>([&] { static_cast<void>(read(dir / "pipe")); }) ==
        (dir / "pipe").string() + ": nothing came out of the pipe");
}

TEST_CASE("a model is read from a pipe in every format") {
  const TempDir dir;
  const wick::Archive archive{
      .architecture = {},
      .tensors = {{"model", {{"w", wick::AnyTensor::copy_of(wick::Tensor<float>::ones({100}))}}}},
      .attributes = {}};
  REQUIRE(::mkfifo((dir / "pipe").c_str(), 0600) == 0);
  for (const char* name : {"a.wick", "a.pth", "a.safetensors"}) {
    wick::write_any(archive, dir / name);
    const auto bytes = wick_tests::read_bytes(dir / name);
    std::thread writer([&] { wick_tests::write_bytes(dir / "pipe", bytes); });
    CHECK(wick::read_any(dir / "pipe").archive == archive);
    writer.join();
  }
}

#endif
