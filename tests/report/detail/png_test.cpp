#include <wick/report/detail/png.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using wick::Tensor;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string text_of(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace

TEST_CASE("base64 of RFC 4648, section 10") {
  CHECK(wick::detail::base64({}).empty());
  CHECK(wick::detail::base64(bytes_of("f")) == "Zg==");
  CHECK(wick::detail::base64(bytes_of("fo")) == "Zm8=");
  CHECK(wick::detail::base64(bytes_of("foo")) == "Zm9v");
  CHECK(wick::detail::base64(bytes_of("foob")) == "Zm9vYg==");
  CHECK(wick::detail::base64(bytes_of("fooba")) == "Zm9vYmE=");
  CHECK(wick::detail::base64(bytes_of("foobar")) == "Zm9vYmFy");
}

TEST_CASE("zlib streams are those of Python's zlib at level 0") {
  // zlib.compress(b"Wikipedia", 0), and its Adler-32 as Wikipedia has it.
  CHECK(text_of(wick::detail::zlib_stored(bytes_of("Wikipedia"))) ==
        std::string("\x78\x01\x01\x09\x00\xF6\xFFWikipedia\x11\xE6\x03\x98", 20));
  const std::vector<std::byte> large(70'000, std::byte{1});
  const std::string stream = text_of(wick::detail::zlib_stored(large));
  CHECK(stream.size() == 2 + 2 * 5 + 70'000 + 4);
  CHECK(stream.substr(2, 5) == std::string("\x00\xFF\xFF\x00\x00", 5));
  CHECK(stream.substr(2 + 5 + 65'535, 5) == std::string("\x01\x71\x11\x8E\xEE", 5));
}

TEST_CASE("a picture of two pixels is that which Python's struct and zlib make") {
  constexpr std::string_view expected(
      "\x89PNG\r\n\x1A\n\0\0\0\x0DIHDR\0\0\0\x02\0\0\0\x01\x08\0\0\0\0\xD1\x49\x20\x56\0\0\0\x0EIDAT\x78\x01"
      "\x01\x03\0\xFC\xFF"
      "\0\0\xFF\x01\x02\x01\0\xB7\x01\x2E\xF7\0\0\0\0IEND\xAE\x42\x60\x82",
      71);
  CHECK(text_of(wick::detail::stored_png(Tensor<std::uint8_t>::from({{0, 255}}))) == expected);
}
