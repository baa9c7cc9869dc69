// Deflate data: inflate(), against stb's. The first two bytes of an input are the size of the contents.

#include "fuzz/fuzz.hpp"

#include <wick/external/stb.hpp>
#include <wick/io/zip/inflate.hpp>

#include <algorithm>
#include <cstdlib>
#include <string>

namespace wick_fuzz {

void read(View input) {
  if (input.size() < 2) return;
  const auto size = static_cast<std::size_t>(get(input, 0, 2));
  const View data = input.subspan(2);
  Bytes out(size);
  wick::detail::inflate(data, out, "<memory>", 2);
  Bytes expected(size + 1);
  // stb 2.27 wants another byte when the last code is short.
  Bytes longer(data.begin(), data.end());
  longer.resize(data.size() + 8);
  const int got = stbi_zlib_decode_noheader_buffer(
      reinterpret_cast<char*>(expected.data()), static_cast<int>(size),
      reinterpret_cast<const char*>(longer.data()), static_cast<int>(longer.size()));
  require(got == static_cast<int>(size), "stb finds another size");
  require(std::equal(out.begin(), out.end(), expected.begin()), "stb finds other contents");
}

void mutate(Bytes& file, std::size_t limit, Random& random) {
  if (file.size() > 2 && random.one_in(2)) {
    // Single bits, which codes consist of.
    file[2 + random.below(file.size() - 2)] ^= static_cast<std::byte>(1U << random.below(8));
  } else {
    mutate_range(file, (std::min)(file.size(), std::size_t{2}), file.size(), limit);
  }
  if (file.size() < 2) return;
  // As many bytes as the message says that there are.
  try {
    read(file);
  } catch (const wick::FormatError& e) {
    const std::string what = e.what();
    const std::size_t at = what.find("contents, got ");
    if (at != what.npos) put(file, 0, 2, std::strtoull(what.c_str() + at + 14, nullptr, 10));
    if (what.find("more contents than") != what.npos) put(file, 0, 2, 2 * get(file, 0, 2) + 1);
  }
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> files;
  const Bytes all = reference("deflate.bin");
  std::size_t at = 4;
  for (std::uint64_t count = get(all, 0, 4); count > 0; --count) {
    const auto size = static_cast<std::size_t>(get(all, at + 8, 4));
    const std::uint64_t contents = get(all, at, 4);
    Bytes file(2);
    put(file, 0, 2, contents);
    const auto begin = all.begin() + static_cast<std::ptrdiff_t>(at + 12);
    file.insert(file.end(), begin, begin + static_cast<std::ptrdiff_t>(size));
    if (contents < 65536 && size < 2000) files.push_back(std::move(file));
    at += 12 + size;
  }
  return files;
}

}  // namespace wick_fuzz
