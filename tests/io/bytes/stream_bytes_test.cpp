#include <wick/io/bytes/stream_bytes.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <ios>
#include <istream>
#include <sstream>
#include <streambuf>
#include <string>

using wick::detail::read_to_end;
using wick_tests::message_of;

namespace {

/// Bytes without end, a few at a time, from a source that cannot seek.
class Endless : public std::streambuf {
 public:
  std::size_t delivered = 0;

 private:
  int_type underflow() override {
    delivered += sizeof buffer_;
    setg(buffer_, buffer_, buffer_ + sizeof buffer_);
    return traits_type::to_int_type(*gptr());
  }
  char buffer_[100] = {};
};

/// Fails in the middle.
class Failing : public std::streambuf {
 private:
  std::streamsize xsgetn(char*, std::streamsize) override {
    throw std::ios_base::failure("the line is dead");
  }
};

std::string read(const std::string& text, std::uint64_t limit = 1 << 20) {
  std::istringstream in(text);
  const auto bytes = read_to_end(in, limit, "s", "option");
  return {reinterpret_cast<const char*>(bytes.data()), static_cast<std::size_t>(bytes.size())};
}

}  // namespace

TEST_CASE("streams of every length are read to their end") {
  for (const std::size_t n : {0U, 1U, 4095U, 4096U, 4097U, 8192U, 100'000U}) {
    std::string text(n, '\0');
    for (std::size_t i = 0; i < n; ++i) text[i] = static_cast<char>(i * 7);
    CHECK(read(text) == text);
  }
}

TEST_CASE("a stream is read from where it is") {
  std::istringstream in("before after");
  std::string word;
  in >> word;
  CHECK(read_to_end(in, 100, "s", "option").size() == 6);
}

TEST_CASE("the limit holds, and not much more than it is read") {
  CHECK(read("12345", 5) == "12345");
  CHECK(message_of<wick::FileError>([] { static_cast<void>(read("123456", 5)); }) ==
        "s: the stream has more than the limit of 5 bytes (option)");
  Endless source;
  std::istream in(&source);
  CHECK(message_of<wick::FileError>([&] { static_cast<void>(read_to_end(in, 100'000, "s", "option")); }) ==
        "s: the stream has more than the limit of 100000 bytes (option)");
  CHECK(source.delivered < 300'000);
}

TEST_CASE("streams that fail are an error") {
  std::istringstream failed("text");
  failed.setstate(std::ios::failbit);
  const std::string never = "s: cannot read from the stream; it has failed before or was never opened";
  CHECK(message_of<wick::FileError>([&] { static_cast<void>(read_to_end(failed, 100, "s", "option")); }) ==
        never);
  std::istream nothing(nullptr);
  CHECK(message_of<wick::FileError>([&] { static_cast<void>(read_to_end(nothing, 100, "s", "option")); }) ==
        never);
  Failing source;
  std::istream dead(&source);
  CHECK(message_of<wick::FileError>([&] {
          static_cast<void>(read_to_end(dead, 100, "s", "option"));
        }).starts_with("s: cannot read from the stream: the line is dead"));
}
