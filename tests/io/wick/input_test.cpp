#include <wick/io/wick/input.hpp>

#include "io/wick/crafted.hpp"
#include "io/wick/formula_archive.hpp"
#include "support/allocations.hpp"
#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/io/wick/writer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <functional>
#include <ios>
#include <istream>
#include <limits>
#include <sstream>
#include <streambuf>
#include <string>
#include <vector>

namespace fs = std::filesystem;
using wick::Archive;
using wick_tests::Bytes;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::TempDir;
using wick_tests::write_bytes;

namespace {

/// A stream that cannot seek and hands out at most `piece` bytes at a time, like a pipe.
class Pipe : public std::streambuf {
 public:
  Pipe(Bytes bytes, std::size_t piece) : bytes_(std::move(bytes)), piece_(piece) {}

 protected:
  int_type underflow() override {
    if (at_ == bytes_.size()) return traits_type::eof();
    const std::size_t n = (std::min)(piece_, bytes_.size() - at_);
    char* begin = reinterpret_cast<char*>(bytes_.data()) + at_;
    setg(begin, begin, begin + n);
    at_ += n;
    return traits_type::to_int_type(*begin);
  }

 private:
  Bytes bytes_;
  std::size_t piece_;
  std::size_t at_ = 0;
};

/// A checkpoint's beginning and then zeros without end.
class Endless : public std::streambuf {
 public:
  explicit Endless(Bytes start) : start_(std::move(start)), zeros_(1000) {
    setg(begin(start_), begin(start_), begin(start_) + start_.size());
  }

 protected:
  int_type underflow() override {
    setg(begin(zeros_), begin(zeros_), begin(zeros_) + zeros_.size());
    return 0;
  }

 private:
  static char* begin(Bytes& b) { return reinterpret_cast<char*>(b.data()); }
  Bytes start_;
  Bytes zeros_;
};

Archive from_pipe(const Bytes& bytes, std::size_t piece, const wick::ArchiveLimits& limits = {}) {
  Pipe pipe(bytes, piece);
  std::istream in(&pipe);
  return wick::read_archive(in, limits);
}

Archive large_archive() {
  Archive a;
  a.tensors = {{"model", {{"w", wick::AnyTensor::copy_of(wick::Tensor<float>::full({100, 1000}, 0.5F))}}}};
  return a;
}

/// A header that claims `payload` bytes of tensors behind it.
Bytes claiming(std::uint64_t payload) {
  wick_tests::Out header;
  header.section("TENS", 1, wick_tests::tensors("model", {{.dims = {payload / 4}, .length = payload}}));
  Bytes bytes = wick_tests::checkpoint(header, {}, {.payload_length = payload});
  bytes.resize(1024);
  return bytes;
}

}  // namespace

TEST_CASE("an archive comes back from every form of input") {
  const TempDir dir;
  for (const Archive& a : {wick_tests::formula_archive(), large_archive(), Archive{}}) {
    const Bytes bytes = wick::encode_archive(a);
    for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{4096}, bytes.size()}) {
      CHECK(from_pipe(bytes, piece) == a);
    }
    std::stringstream text;
    wick::write_archive(a, text);
    CHECK(wick::read_archive(text) == a);
    const fs::path path = dir / fs::path(u8"Größe ✓.wick");
    wick::write_archive(a, path);
    std::ifstream file(path, std::ios::binary);
    CHECK(wick::read_archive(file) == a);
    file.close();
    CHECK(wick::map_archive(path) == a);
    CHECK(wick::read_archive(path) == a);
    CHECK(wick::read_archive(bytes) == a);
  }
}

TEST_CASE("tensors of a mapped archive are views into the file and keep the mapping") {
  const TempDir dir;
  wick::write_archive(large_archive(), dir / "f");
  wick::AnyTensor w;
  const auto bytes =
      wick_tests::bytes_allocated_in([&] { w = (*wick::map_archive(dir / "f").find_tensors("model"))["w"]; });
  CHECK(bytes < 10000);  // of 400,000
#if !defined(_WIN32)
  fs::remove(dir / "f");
#endif
  CHECK(w.to<float>() == wick::Tensor<float>::full({100, 1000}, 0.5F));
}

TEST_CASE("every form refuses the same files in the same words") {
  const TempDir dir;
  const Bytes good = wick::encode_archive(wick_tests::formula_archive());
  std::vector<Bytes> files;
  for (const std::size_t n : {std::size_t{7}, std::size_t{63}, std::size_t{100}, good.size() - 1}) {
    files.emplace_back(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(n));
  }
  for (const std::size_t at : {std::size_t{2}, std::size_t{20}, std::size_t{300}, good.size() - 1}) {
    files.push_back(good);
    files.back()[at] ^= std::byte{1};
  }
  for (const std::string_view text :
       {"PK\x03\x04...", "<html>", "hello", "version https://git-lfs.github.com"}) {
    const auto raw = std::as_bytes(std::span(text));
    files.emplace_back(raw.begin(), raw.end());
  }
  files.push_back(claiming(std::uint64_t{1} << 30));
  for (const Bytes& bytes : files) {
    write_bytes(dir / "f", bytes);
    const auto text = [&](const std::string& name, const std::function<void()>& read) {
      const std::string message = message_of<wick::FormatError>(read);
      REQUIRE(message.starts_with(name + ": "));
      return message.substr(name.size());
    };
    const std::string name = (dir / "f").string();
    const std::string expected = text(name, [&] { static_cast<void>(wick::read_archive(dir / "f")); });
    CHECK(text(name, [&] { static_cast<void>(wick::map_archive(dir / "f")); }) == expected);
    CHECK(text("<memory>", [&] { static_cast<void>(wick::read_archive(bytes)); }) == expected);
    CHECK(text("<stream>", [&] { static_cast<void>(from_pipe(bytes, 5)); }) == expected);
  }
}

TEST_CASE("a small file that claims terabytes is refused at the cost of a small file") {
  const TempDir dir;
  for (const std::uint64_t claim : {std::uint64_t{1} << 30, std::uint64_t{1} << 40, std::uint64_t{1} << 50,
                                    (std::uint64_t{1} << 61) - 4}) {
    const Bytes bytes = claiming(claim);
    REQUIRE(bytes.size() == 1024);
    write_bytes(dir / "f", bytes);
    const auto cost = [](const auto& read) {
      return wick_tests::bytes_allocated_in([&] { CHECK_THROWS_AS(read(), wick::FileError); });
    };
    CHECK(cost([&] { static_cast<void>(wick::read_archive(dir / "f")); }) < 20000);
    CHECK(cost([&] { static_cast<void>(wick::map_archive(dir / "f")); }) < 20000);
    CHECK(cost([&] { static_cast<void>(wick::read_archive(bytes)); }) < 20000);
    CHECK(cost([&] { static_cast<void>(from_pipe(bytes, 100)); }) < 20000);
  }
}

TEST_CASE("checkpoints that follow each other in a stream are read one after the other") {
  const Archive large = large_archive();
  const Archive small = wick_tests::formula_archive();
  const std::vector<const Archive*> order{&small, &large, &small, &small};
  Bytes bytes;
  for (const Archive* archive : order) {
    const Bytes one = wick::encode_archive(*archive);
    bytes.insert(bytes.end(), one.begin(), one.end());
  }
  const std::string_view rest = "and words of the program";
  for (const char c : rest) bytes.push_back(static_cast<std::byte>(c));
  for (const std::size_t piece : {std::size_t{1}, std::size_t{63}, std::size_t{5000}, bytes.size()}) {
    Pipe pipe(bytes, piece);
    std::istream in(&pipe);
    for (const Archive* archive : order) CHECK(wick::read_archive(in) == *archive);
    std::string text;
    std::getline(in, text);
    CHECK(text == rest);
  }
}

TEST_CASE("what follows a checkpoint in a stream costs nothing, also when it has no end") {
  for (const Bytes& start : {wick::encode_archive(large_archive()), wick::encode_archive({})}) {
    Endless endless(start);
    std::istream in(&endless);
    const auto bytes =
        wick_tests::bytes_allocated_in([&] { CHECK_NOTHROW(static_cast<void>(wick::read_archive(in))); });
    CHECK(bytes < 3 * start.size() + 20000);
    CHECK(in.get() == 0);
  }
  // 20 bytes cannot be the size of a checkpoint, whose preamble alone has 64.
  const Bytes short_one = wick_tests::checkpoint({}, {}, {.payload_offset = 0, .payload_length = 20});
  for (const Bytes& start : {Bytes(64), claiming(1000), short_one}) {
    Endless endless(start);
    std::istream in(&endless);
    const auto bytes = wick_tests::bytes_allocated_in(
        [&] { CHECK_THROWS_AS(static_cast<void>(wick::read_archive(in)), wick::FormatError); });
    CHECK(bytes < 3 * start.size() + 20000);
  }
}

TEST_CASE("limits count for streams") {
  const Bytes bytes = wick::encode_archive(large_archive());
  CHECK(message_of<wick::FileError>([&] {
          static_cast<void>(from_pipe(bytes, 100, {.stream_bytes = bytes.size() - 1}));
        }) == "<stream>: the checkpoint has " + std::to_string(bytes.size()) + " bytes, the limit is " +
                  std::to_string(bytes.size() - 1) + " (ArchiveLimits::stream_bytes)");
  CHECK(from_pipe(bytes, 100, {.stream_bytes = bytes.size()}) == large_archive());
  CHECK_THROWS_AS(static_cast<void>(from_pipe(bytes, 100, {.tensors = 0})), wick::FormatError);
}

TEST_CASE("streams that fail are named") {
  const TempDir dir;
  std::ifstream missing(dir / "none", std::ios::binary);
  CHECK(message_of<wick::FileError>([&] {
          static_cast<void>(wick::read_archive(missing, {}, "model.wick"));
        }) == "model.wick: cannot read from the stream; it has failed before or was never opened");
  std::istringstream empty;
  CHECK(message_of<wick::FormatError>([&] { static_cast<void>(wick::read_archive(empty)); }) ==
        "<stream>: expected a wick checkpoint, got an empty file");
  // Exceptions of the stream are the caller's wish for other reads, not for the end of this one.
  const Bytes good = wick::encode_archive(wick_tests::formula_archive());
  std::stringstream strict(std::string(reinterpret_cast<const char*>(good.data()), good.size()));
  strict.exceptions(std::ios::failbit | std::ios::badbit | std::ios::eofbit);
  CHECK(wick::read_archive(strict) == wick_tests::formula_archive());

  struct Broken : std::streambuf {
    int_type underflow() override { throw std::ios_base::failure("the disk is on fire"); }
  } broken;
  std::istream in(&broken);
  CHECK(contains(message_of<wick::FileError>([&] { static_cast<void>(wick::read_archive(in)); }),
                 "<stream>: cannot read from the stream: the disk is on fire"));
}
