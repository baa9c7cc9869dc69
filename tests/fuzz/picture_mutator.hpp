#pragma once

// PNG and JPEG files taken apart and put together again: lengths and checksums fit, most of the time.

#include "fuzz/fuzz.hpp"

#include <wick/checksum/crc32.hpp>
#include <wick/image/image.hpp>

#include <array>
#include <optional>
#include <utility>

namespace wick_fuzz {

inline void put_big(Bytes& bytes, std::size_t size, std::uint64_t value) {
  for (std::size_t i = size; i-- > 0;) bytes.push_back(static_cast<std::byte>(value >> (8 * i) & 0xFFU));
}
[[nodiscard]] inline std::uint64_t get_big(View bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8 | std::to_integer<std::uint64_t>(bytes[at + i]);
  return value;
}
[[nodiscard]] inline Bytes slice(View bytes, std::size_t begin, std::size_t size) {
  const View part = bytes.subspan((std::min)(begin, bytes.size()));
  return {part.begin(), part.begin() + static_cast<std::ptrdiff_t>((std::min)(size, part.size()))};
}

/// A chunk of a PNG file, or a segment of a JPEG file with the data of the scan behind it.
struct PicturePart {
  std::uint64_t kind = 0;
  Bytes body;
  Bytes data;
};

[[nodiscard]] inline std::vector<PicturePart> take_png_apart(View file) {
  std::vector<PicturePart> parts;
  for (std::size_t at = 8; file.size() >= 12 && at <= file.size() - 12;) {
    const auto size = static_cast<std::size_t>(get_big(file, at, 4));
    if (size > file.size() - at - 12) break;
    parts.push_back({get_big(file, at + 4, 4), slice(file, at + 8, size), {}});
    at += 12 + size;
  }
  return parts;
}

[[nodiscard]] inline Bytes put_png_together(const std::vector<PicturePart>& parts, Random& random) {
  Bytes file;
  put_big(file, 8, 0x89504E470D0A1A0AU);
  for (const PicturePart& part : parts) {
    put_big(file, 4, random.one_in(200) ? odd_number(random) : part.body.size());
    const std::size_t begin = file.size();
    put_big(file, 4, part.kind);
    file.insert(file.end(), part.body.begin(), part.body.end());
    const std::uint64_t crc = wick::crc32(View(file).subspan(begin));
    put_big(file, 4, random.one_in(200) ? crc + 1 : crc);
  }
  return file;
}

/// A zlib stream of stored blocks.
[[nodiscard]] inline Bytes zlib_store(View contents) {
  Bytes out;
  put_big(out, 2, 0x7801);
  std::size_t at = 0;
  do {
    const std::size_t n = (std::min)(contents.size() - at, std::size_t{65535});
    put_big(out, 1, at + n == contents.size() ? 1 : 0);
    for (const std::size_t x : {n, ~n}) {
      put_big(out, 1, x & 255U);
      put_big(out, 1, x >> 8 & 255U);
    }
    const Bytes part = slice(contents, at, n);
    out.insert(out.end(), part.begin(), part.end());
    at += n;
  } while (at < contents.size());
  put_big(out, 4, 0);  // nobody looks at it
  return out;
}

inline constexpr std::uint64_t png_header_kind = 0x49484452;
inline constexpr std::uint64_t png_data_kind = 0x49444154;

/// Makes pixels for the size that the header has: those that are there, in stored blocks, cut or continued.
inline void repair_png_pixels(std::vector<PicturePart>& parts, Random& random) {
  const auto header = std::ranges::find(parts, png_header_kind, &PicturePart::kind);
  const auto data = std::ranges::find(parts, png_data_kind, &PicturePart::kind);
  if (header == parts.end() || data == parts.end() || header->body.size() != 13) return;
  const View h = header->body;
  wick::detail::PngHeader png;
  png.width = static_cast<std::uint32_t>(get_big(h, 0, 4));
  png.height = static_cast<std::uint32_t>(get_big(h, 4, 4));
  png.depth = static_cast<unsigned>(get_big(h, 8, 1));
  png.color = static_cast<unsigned>(get_big(h, 9, 1)) % 7;
  png.interlaced = get_big(h, 12, 1) == 1;
  if (png.width == 0 || png.height == 0 || png.width > 64 || png.height > 64) return;
  const auto size = static_cast<std::size_t>(png.inflated_size());
  Bytes compressed;
  for (const PicturePart& part : parts) {
    if (part.kind == png_data_kind) compressed.insert(compressed.end(), part.body.begin(), part.body.end());
  }
  std::array<char, 1U << 14> buffer{};
  const int got = stbi_zlib_decode_buffer(buffer.data(), static_cast<int>(buffer.size()),
                                          reinterpret_cast<const char*>(compressed.data()),
                                          static_cast<int>(compressed.size()));
  const auto inflated = std::as_bytes(std::span(buffer));
  Bytes pixels = slice(inflated, 0, got < 0 ? 0 : static_cast<std::size_t>(got));
  if (pixels.size() == size) return;
  pixels.resize((std::min)(size, buffer.size()), static_cast<std::byte>(random.below(5)));
  data->body = zlib_store(pixels);
  parts.erase(std::remove_if(data + 1, parts.end(), [](const auto& p) { return p.kind == png_data_kind; }),
              parts.end());
}

[[nodiscard]] inline std::vector<PicturePart> take_jpeg_apart(View file) {
  std::vector<PicturePart> parts;
  std::size_t at = 2;
  while (file.size() >= 4 && at <= file.size() - 4 && file[at] == std::byte{0xFF}) {
    const std::uint64_t kind = get_big(file, at + 1, 1);
    const auto size = static_cast<std::size_t>(get_big(file, at + 2, 2));
    if (size < 2 || size > file.size() - at - 2) break;
    PicturePart part{kind, slice(file, at + 4, size - 2), {}};
    at += 2 + size;
    if (kind == 0xDA) {
      const std::size_t begin = at;
      const auto is_data = [&](std::size_t i) {
        if (file[i] != std::byte{0xFF} || i + 1 >= file.size()) return true;
        const auto next = std::to_integer<unsigned>(file[i + 1]);
        return next == 0 || (next >= 0xD0 && next <= 0xD7);
      };
      while (at < file.size() && is_data(at)) ++at;
      part.data = slice(file, begin, at - begin);
    }
    parts.push_back(std::move(part));
  }
  return parts;
}

[[nodiscard]] inline Bytes put_jpeg_together(const std::vector<PicturePart>& parts, Random& random) {
  Bytes file;
  put_big(file, 2, 0xFFD8);
  for (const PicturePart& part : parts) {
    put_big(file, 1, 0xFF);
    put_big(file, 1, part.kind);
    put_big(file, 2, random.one_in(200) ? odd_number(random) : part.body.size() + 2);
    file.insert(file.end(), part.body.begin(), part.body.end());
    file.insert(file.end(), part.data.begin(), part.data.end());
  }
  if (!random.one_in(100)) put_big(file, 2, 0xFFD9);
  return file;
}

/// Duplicates, removes, exchanges or changes a part.
inline void mutate_parts(std::vector<PicturePart>& parts, std::size_t room, Random& random) {
  if (parts.empty()) return;
  const std::size_t which = random.below(parts.size());
  PicturePart& part = parts[which];
  Bytes& bytes = part.data.empty() || random.one_in(3) ? part.body : part.data;
  switch (random.below(12)) {
    case 0: {
      PicturePart copy = part;
      parts.insert(parts.begin() + static_cast<std::ptrdiff_t>(random.below(parts.size() + 1)),
                   std::move(copy));
      break;
    }
    case 1:
      parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(which));
      break;
    case 2:
      std::swap(part, parts[random.below(parts.size())]);
      break;
    case 3:
      part.kind ^= std::uint64_t{1} << random.below(8);
      break;
    case 4:
    case 5:
    case 6:
      if (!bytes.empty()) bytes[random.below(bytes.size())] = static_cast<std::byte>(random.below(5));
      break;
    case 7:
      if (!bytes.empty()) bytes[random.below(bytes.size())] ^= static_cast<std::byte>(1U << random.below(8));
      break;
    case 8:
      bytes.resize(random.below(bytes.size() + 1));
      break;
    default:
      mutate_range(bytes, 0, bytes.size(), bytes.size() + room);
  }
}

/// Changes a PNG or JPEG file in one of its parts; anything else anywhere.
inline void mutate_picture(Bytes& file, std::size_t limit, Random& random) {
  const std::size_t room = limit > file.size() ? limit - file.size() : 0;
  if (wick::detail::is_png(file) && !random.one_in(32)) {
    auto parts = take_png_apart(file);
    const auto header = std::ranges::find(parts, png_header_kind, &PicturePart::kind);
    if (header != parts.end() && header->body.size() == 13 && random.one_in(4)) {
      constexpr std::array<unsigned, 5> depths{1, 2, 4, 8, 16};
      Bytes& h = header->body;
      h[3] = static_cast<std::byte>(1 + random.below(20));
      h[7] = static_cast<std::byte>(1 + random.below(20));
      if (random.one_in(2)) h[8] = static_cast<std::byte>(depths[random.below(5)]);
      if (random.one_in(2)) h[9] = static_cast<std::byte>(random.below(7));
      if (random.one_in(2)) h[12] ^= std::byte{1};
    } else {
      mutate_parts(parts, room, random);
    }
    if (!random.one_in(3)) repair_png_pixels(parts, random);
    file = put_png_together(parts, random);
  } else if (wick::detail::is_jpeg(file) && !random.one_in(32)) {
    auto parts = take_jpeg_apart(file);
    for (std::size_t i = 0; i <= random.below(3); ++i) mutate_parts(parts, room, random);
    file = put_jpeg_together(parts, random);
  } else {
    mutate_range(file, 0, file.size(), limit);
  }
}

}  // namespace wick_fuzz
