// gzip files: gunzip(), with stb's inflate behind it.

#include "fuzz/fuzz.hpp"

#include <wick/checksum/crc32.hpp>
#include <wick/data/gzip.hpp>

#include <optional>

namespace wick_fuzz {

namespace {

/// A gzip file of stored blocks.
Bytes store(View contents) {
  Bytes file;
  for (const unsigned b : {0x1fU, 0x8bU, 8U, 0U, 0U, 0U, 0U, 0U, 0U, 255U})
    file.push_back(static_cast<std::byte>(b));
  std::size_t at = 0;
  do {
    const std::size_t n = (std::min)(contents.size() - at, std::size_t{65535});
    const std::size_t head = file.size();
    file.resize(head + 5);
    put(file, head, 1, at + n == contents.size() ? 1 : 0);
    put(file, head + 1, 2, n);
    put(file, head + 3, 2, ~n);
    file.insert(file.end(), contents.begin() + static_cast<std::ptrdiff_t>(at),
                contents.begin() + static_cast<std::ptrdiff_t>(at + n));
    at += n;
  } while (at < contents.size());
  file.resize(file.size() + 8);
  put(file, file.size() - 8, 4, wick::crc32(contents));
  put(file, file.size() - 4, 4, contents.size());
  return file;
}

struct Header {
  std::size_t size = 10;
  std::optional<std::size_t> checksum_at;
};

/// Where the header ends, whether its checksum is right or not.
std::optional<Header> header_of(View file) {
  if (file.size() < 10) return {};
  const auto flags = std::to_integer<unsigned>(file[3]);
  Header h;
  if ((flags & 4U) != 0) {
    if (file.size() < h.size + 2) return {};
    h.size += 2 + static_cast<std::size_t>(get(file, h.size, 2));
  }
  for (const unsigned text : {8U, 16U}) {
    if ((flags & text) == 0) continue;
    while (h.size < file.size() && file[h.size] != std::byte{0}) ++h.size;
    ++h.size;
  }
  if ((flags & 2U) != 0) {
    h.checksum_at = h.size;
    h.size += 2;
  }
  if (h.size > file.size()) return {};
  return h;
}

/// Makes the checksums and the size true for what the compressed data now means.
void repair(Bytes& file, Random& random) {
  const auto header = header_of(file);
  if (!header || file.size() < header->size + 8) return;
  if (header->checksum_at && !random.one_in(16)) {
    put(file, *header->checksum_at, 2, wick::crc32(View(file).first(*header->checksum_at)));
  }
  static std::vector<char> contents(std::size_t{1} << 20);
  const int got = stbi_zlib_decode_noheader_buffer(contents.data(), static_cast<int>(contents.size()),
                                                   reinterpret_cast<const char*>(file.data() + header->size),
                                                   static_cast<int>(file.size() - header->size));
  if (got < 0) return;
  const auto inflated = std::as_bytes(std::span(contents)).first(static_cast<std::size_t>(got));
  if (!random.one_in(16)) put(file, file.size() - 8, 4, wick::crc32(inflated));
  if (!random.one_in(16)) put(file, file.size() - 4, 4, inflated.size());
}

}  // namespace

void read(View input) {
  const auto contents = wick::gunzip(input, "input.gz");
  const View bytes(contents.data(), static_cast<std::size_t>(contents.size()));
  touch(bytes);
  require(get(input, input.size() - 8, 4) == wick::crc32(bytes), "the trailer has another checksum");
  require(get(input, input.size() - 4, 4) == bytes.size(), "the trailer has another size");
  if (!bytes.empty()) {
    bool refused = false;
    try {
      static_cast<void>(wick::gunzip(input, "input.gz", bytes.size() - 1));
    } catch (const wick::FormatError&) {
      refused = true;
    }
    require(refused, "the limit is not obeyed");
  }
  const auto again = wick::gunzip(store(bytes), "again.gz");
  require(std::ranges::equal(View(again.data(), static_cast<std::size_t>(again.size())), bytes),
          "stored contents do not come back");
}

void mutate(Bytes& file, std::size_t limit, Random& random) {
  const auto header = header_of(file);
  if (!header || file.size() < header->size + 8 || random.one_in(8)) {
    mutate_range(file, 0, file.size(), limit);
  } else if (random.one_in(6)) {
    mutate_range(file, 0, header->size, limit);
  } else {
    mutate_range(file, header->size, file.size() - 8, limit);
  }
  if (!random.one_in(16)) repair(file, random);
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> files;
  for (const char* name : {"images_plain.gz", "images_stored.gz", "images_fixed.gz", "images_huffman.gz",
                           "images_all_fields.gz"}) {
    files.push_back(reference(name));
  }
  files.push_back(store({}));
  files.push_back(store(reference("images.idx3")));
  return files;
}

}  // namespace wick_fuzz
