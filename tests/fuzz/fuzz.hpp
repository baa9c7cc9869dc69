#pragma once

// What every fuzz target shares. A target is one file that includes this header and defines read(), mutate()
// and seeds(). The program is libFuzzer's; `PROGRAM --write-seeds FOLDER` writes the seeds and ends.

#include <wick/base/error.hpp>
#include <wick/io/bytes/bytes.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace wick_fuzz {

using Bytes = std::vector<std::byte>;
using View = std::span<const std::byte>;

/// Small numbers for the choices of a mutator, from libFuzzer's seed (splitmix64).
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t x = state_;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9U;
    x = (x ^ x >> 27) * 0x94D049BB133111EBU;
    return x ^ x >> 31;
  }
  /// In [0, n); 0 for n = 0.
  std::size_t below(std::size_t n) { return n == 0 ? 0 : static_cast<std::size_t>(next() % n); }
  bool one_in(std::size_t n) { return below(n) == 0; }

 private:
  std::uint64_t state_;
};

// --- Defined by the target ---

/// Gives `input` to the reader and checks what must hold of the result. FormatError means that the input was
/// refused, which is fine; any other exception is a finding.
void read(View input);
/// Changes a file that may be valid into another that reaches deeper than a random change would. More than
/// `limit` bytes are cut off.
void mutate(Bytes& file, std::size_t limit, Random& random);
/// Valid files, and files that were once a problem.
std::vector<Bytes> seeds();

// --- For targets ---

/// A finding unless `ok`.
inline void require(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "\nFINDING: %s\n", what);
  std::abort();
}

/// Reads every byte, so that AddressSanitizer sees views that are not where they should be.
inline void touch(View bytes) {
  unsigned sum = 0;
  for (const std::byte b : bytes) sum += std::to_integer<unsigned>(b);
  volatile unsigned sink = sum;
  static_cast<void>(sink);
}

[[nodiscard]] inline std::uint64_t get(View bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = size; i-- > 0;) value = value << 8 | std::to_integer<std::uint64_t>(bytes[at + i]);
  return value;
}
inline void put(std::span<std::byte> bytes, std::size_t at, std::size_t size, std::uint64_t value) {
  for (std::size_t i = 0; i < size; ++i) bytes[at + i] = static_cast<std::byte>(value >> (8 * i) & 0xFFU);
}

/// Numbers that readers stumble over.
[[nodiscard]] inline std::uint64_t odd_number(Random& random) {
  const std::uint64_t power = std::uint64_t{1} << random.below(64);
  switch (random.below(4)) {
    case 0:
      return power;
    case 1:
      return power - 1;
    case 2:
      return ~power + 1;
    default:
      return random.below(20);
  }
}

/// libFuzzer's own changes, to the bytes from `begin` to `end` alone; the file may grow to `limit`.
inline void mutate_range(Bytes& file, std::size_t begin, std::size_t end, std::size_t limit) {
  const std::size_t room = end - begin + (limit > file.size() ? limit - file.size() : 0);
  std::vector<std::uint8_t> part(room + 1);  // libFuzzer takes no empty block
  if (begin < end) std::memcpy(part.data(), file.data() + begin, end - begin);
  part.resize(LLVMFuzzerMutate(part.data(), end - begin, (std::max)(room, std::size_t{1})));
  const auto changed = std::as_bytes(std::span(part));
  file.erase(file.begin() + static_cast<std::ptrdiff_t>(begin),
             file.begin() + static_cast<std::ptrdiff_t>(end));
  file.insert(file.begin() + static_cast<std::ptrdiff_t>(begin), changed.begin(), changed.end());
}

/// A file of tests/reference.
[[nodiscard]] inline Bytes reference(std::string_view name) {
  const std::filesystem::path path = std::filesystem::path(WICK_TEST_DATA) / name;
  std::ifstream file(path, std::ios::binary);
  Bytes bytes(file ? std::filesystem::file_size(path) : 0);
  if (!file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()))) {
    std::fprintf(stderr, "cannot read %s\n", path.c_str());
    std::exit(1);
  }
  return bytes;
}

}  // namespace wick_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    wick_fuzz::read(std::as_bytes(std::span(data, size)));
  } catch (const wick::FormatError& e) {
    wick_fuzz::require(e.offset() <= size, "the message names a byte past the end");
    wick_fuzz::require(wick::ByteReader::is_utf8(e.what()), "the message is not UTF-8");
  }
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t limit,
                                               unsigned seed) {
  wick_fuzz::Random random(seed);
  const auto old = std::as_bytes(std::span(data, size));
  wick_fuzz::Bytes file(old.begin(), old.end());
  wick_fuzz::mutate(file, limit, random);
  if (file.size() > limit) file.resize(limit);
  if (!file.empty()) std::memcpy(data, file.data(), file.size());
  return file.size();
}

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  if (*argc != 3 || std::string_view((*argv)[1]) != "--write-seeds") return 0;
  const std::filesystem::path folder = (*argv)[2];
  std::filesystem::create_directories(folder);
  std::size_t count = 0;
  for (const wick_fuzz::Bytes& seed : wick_fuzz::seeds()) {
    std::ofstream file(folder / std::to_string(count++), std::ios::binary);
    file.write(reinterpret_cast<const char*>(seed.data()), static_cast<std::streamsize>(seed.size()));
    if (!file.flush()) {
      std::fprintf(stderr, "cannot write seeds to %s\n", folder.c_str());
      std::exit(1);
    }
  }
  std::exit(0);
}
