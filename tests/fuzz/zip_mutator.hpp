#pragma once

// Zip archives taken apart and put together again: sizes, checksums and the directory fit the contents, most
// of the time.

#include "fuzz/fuzz.hpp"

#include <wick/checksum/crc32.hpp>

#include <optional>

namespace wick_fuzz {

struct ZipMember {
  Bytes name;
  Bytes data;
  std::uint64_t flags = 0;  ///< bit 3: sizes and checksum follow the data
  std::uint64_t method = 0;
};

struct Zip {
  std::vector<ZipMember> members;
  bool zip64_end = true;
  Bytes comment;
};

/// What the directory of `file` leads to; nothing when there is no end record.
[[nodiscard]] inline std::optional<Zip> take_zip_apart(View file) {
  const auto slice = [&](std::uint64_t begin, std::uint64_t size) -> Bytes {
    if (begin > file.size() || size > file.size() - begin) return {};
    const View part = file.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(size));
    return {part.begin(), part.end()};
  };
  if (file.size() < 22) return {};
  std::size_t end = file.size() - 22;
  while (end > 0 && get(file, end, 4) != 0x06054b50U) --end;
  if (get(file, end, 4) != 0x06054b50U) return {};
  Zip zip;
  zip.zip64_end = end >= 76 && get(file, end - 20, 4) == 0x07064b50U && get(file, end - 76, 4) == 0x06064b50U;
  zip.comment = slice(end + 22, get(file, end + 20, 2));
  const std::uint64_t count = zip.zip64_end ? get(file, end - 76 + 32, 8) : get(file, end + 10, 2);
  std::uint64_t at = zip.zip64_end ? get(file, end - 76 + 48, 8) : get(file, end + 16, 4);
  for (std::uint64_t i = 0; i < count && at <= end && end - at >= 46; ++i) {
    const auto entry = static_cast<std::size_t>(at);
    const std::uint64_t name = get(file, entry + 28, 2);
    const std::uint64_t local = get(file, entry + 42, 4);
    ZipMember m;
    m.name = slice(at + 46, name);
    m.flags = get(file, entry + 8, 2);
    m.method = get(file, entry + 10, 2);
    if (local <= file.size() && file.size() - local >= 30) {
      const auto l = static_cast<std::size_t>(local);
      m.data = slice(local + 30 + get(file, l + 26, 2) + get(file, l + 28, 2), get(file, entry + 20, 4));
    }
    zip.members.push_back(std::move(m));
    at += 46 + name + get(file, entry + 30, 2) + get(file, entry + 32, 2);
  }
  return zip;
}

/// Writes numbers that are true, or now and then not.
class Liar {
 public:
  /// Lies once in `rate` numbers; never for 0.
  Liar(Random& random, std::size_t rate) : random_(random), rate_(rate) {}

  void number(std::size_t size, std::uint64_t value) {
    if (rate_ != 0 && random_.one_in(rate_))
      value = random_.one_in(2) ? odd_number(random_) : value + random_.below(5) - 2;
    bytes.resize(bytes.size() + size);
    put(bytes, bytes.size() - size, size, value);
  }
  void raw(View more) { bytes.insert(bytes.end(), more.begin(), more.end()); }

  Bytes bytes;

 private:
  Random& random_;
  std::size_t rate_;
};

/// As PyTorch lays archives out: data at multiples of 64 bytes, descriptors behind it where bit 3 of the
/// flags is set.
[[nodiscard]] inline Bytes put_zip_together(const Zip& zip, Random& random, std::size_t lies) {
  Liar out(random, lies);
  Liar directory(random, lies);
  for (const ZipMember& m : zip.members) {
    const std::size_t offset = out.bytes.size();
    const std::uint32_t crc = wick::crc32(m.data);
    const bool descriptor = (m.flags & 8U) != 0;
    const std::size_t fill = (64 - (offset + 30 + m.name.size() + 4) % 64) % 64;
    out.number(4, 0x04034b50);
    out.number(2, 0);
    out.number(2, m.flags);
    out.number(2, m.method);
    out.number(4, 0);
    out.number(4, descriptor ? 0 : crc);
    out.number(4, descriptor ? 0 : m.data.size());
    out.number(4, descriptor ? 0 : m.data.size());
    out.number(2, m.name.size());
    out.number(2, 4 + fill);
    out.raw(m.name);
    out.number(2, 0x4246);
    out.number(2, fill);
    out.raw(Bytes(fill, std::byte{'Z'}));
    out.raw(m.data);
    if (descriptor) {
      out.number(4, 0x08074b50);
      out.number(4, crc);
      out.number(4, m.data.size());
      out.number(4, m.data.size());
    }
    directory.number(4, 0x02014b50);
    directory.number(4, 0);
    directory.number(2, m.flags);
    directory.number(2, m.method);
    directory.number(4, 0);
    directory.number(4, crc);
    directory.number(4, m.data.size());
    directory.number(4, m.data.size());
    directory.number(2, m.name.size());
    directory.number(2, 0);
    directory.number(2, 0);
    directory.number(2, 0);
    directory.number(2, 0);
    directory.number(4, 0);
    directory.number(4, offset);
    directory.raw(m.name);
  }
  const std::size_t begin = out.bytes.size();
  const std::size_t size = directory.bytes.size();
  const std::size_t count = zip.members.size();
  out.raw(directory.bytes);
  if (zip.zip64_end) {
    out.number(4, 0x06064b50);
    out.number(8, 44);
    out.number(2, 0x031e);
    out.number(2, 45);
    out.number(4, 0);
    out.number(4, 0);
    for (const std::size_t value : {count, count, size, begin}) out.number(8, value);
    out.number(4, 0x07064b50);
    out.number(4, 0);
    out.number(8, begin + size);
    out.number(4, 1);
  }
  out.number(4, 0x06054b50);
  out.number(4, 0);
  out.number(2, count);
  out.number(2, count);
  out.number(4, size);
  out.number(4, begin);
  out.number(2, zip.comment.size());
  out.raw(zip.comment);
  return out.bytes;
}

/// Changes the list of members, a name, flags or the comment; contents are for the caller.
inline void mutate_directory(Zip& zip, Random& random) {
  if (zip.members.empty()) return;
  const std::size_t which = random.below(zip.members.size());
  ZipMember& m = zip.members[which];
  switch (random.below(8)) {
    case 0: {
      ZipMember copy = m;
      zip.members.push_back(std::move(copy));
      break;
    }
    case 1:
      zip.members.erase(zip.members.begin() + static_cast<std::ptrdiff_t>(which));
      break;
    case 2:
      std::swap(m, zip.members[random.below(zip.members.size())]);
      break;
    case 3:
      m.flags ^= std::uint64_t{1} << random.below(16);
      break;
    case 4:
      m.method = random.below(10);
      break;
    case 5:
      zip.zip64_end = !zip.zip64_end;
      break;
    case 6:
      mutate_range(zip.comment, 0, zip.comment.size(), zip.comment.size() + 30);
      break;
    default:
      mutate_range(m.name, 0, m.name.size(), m.name.size() + 20);
  }
}

}  // namespace wick_fuzz
