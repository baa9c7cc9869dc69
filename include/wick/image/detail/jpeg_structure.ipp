#pragma once

// Definitions of image/detail/jpeg_structure.hpp.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/image/detail/jpeg_scan.hpp>
#include <wick/image/detail/jpeg_structure.hpp>
#include <wick/image/detail/picture_bytes.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

class JpegStructure {
 public:
  JpegStructure(std::span<const std::byte> bytes, std::string_view name, std::uint64_t max_pixels)
      : file_(bytes, name), max_pixels_(max_pixels) {}

  /// Up to the frame header.
  [[nodiscard]] JpegHeader header() {
    at_ = 2;  // the first marker has been seen by who called
    while (components_.empty()) {
      const unsigned marker = next_marker();
      if (marker >= 0xC0 && marker <= 0xC2) {
        frame(marker);
      } else {
        table_or_note(marker);
      }
    }
    return header_;
  }

  /// The rest, down to the end.
  [[nodiscard]] CheckedJpeg scans() {
    for (;;) {
      const unsigned marker = next_marker();
      if (marker == 0xD9) break;
      if (marker == 0xDA) {
        scan();
      } else {
        table_or_note(marker);
      }
    }
    for (const JpegComponent& c : components_) {
      if (!c.seen) fail(at_ - 2, "component " + std::to_string(c.id) + " is in no scan");
    }
    return {header_, std::move(fill_)};
  }

 private:
  [[noreturn]] void fail(std::size_t at, const std::string& what) const {
    file_.fail(at, "the JPEG picture is damaged: " + what);
  }
  [[noreturn]] void unsupported(std::size_t at, const std::string& what) const {
    file_.fail(at, what + " are not read; save the picture as a baseline or progressive JPEG, or as PNG");
  }

  unsigned next_marker() {
    // Some programs pad the segments before the frame.
    if (components_.empty()) {
      while (file_.u8(at_) != 0xFF) ++at_;
    }
    if (file_.u8(at_) != 0xFF) fail(at_, "expected a marker behind the segment");
    while (file_.u8(at_) == 0xFF) ++at_;
    return file_.u8(at_++);
  }

  /// The bytes of the segment at at_, behind its length, which is checked; at_ moves behind it.
  struct Segment {
    std::size_t at;
    std::size_t size;
  };
  Segment segment() {
    const std::size_t at = at_;
    const std::uint32_t length = file_.u16(at);
    if (length < 2) fail(at, "a segment claims a length of " + std::to_string(length) + " bytes");
    static_cast<void>(file_.part(at, length));
    at_ += length;
    return {at + 2, length - 2};
  }

  void table_or_note(unsigned marker) {
    const std::size_t at = at_ - 1;
    if (marker == 0xC4) {
      huffman_tables(segment());
    } else if (marker == 0xDB) {
      quantization_tables(segment());
    } else if (marker == 0xDD) {
      const Segment s = segment();
      if (s.size != 2)
        fail(s.at, "the restart interval has " + std::to_string(s.size) + " bytes, expected 2");
      tables_.restart_interval = file_.u16(s.at);
    } else if ((marker >= 0xE0 && marker <= 0xEF) || marker == 0xFE) {
      segment();  // notes of programs, comments
    } else if (marker >= 0xC9 && marker <= 0xCF) {
      unsupported(at, "JPEG pictures with arithmetic coding");
    } else if (marker == 0xC3 || (marker >= 0xC5 && marker <= 0xC7) || marker == 0xDE) {
      unsupported(at, "lossless and hierarchical JPEG pictures");
    } else if (marker == 0xDC) {
      unsupported(at, "JPEG pictures that give their height at the end");
    } else if (marker == 0xDA) {
      fail(at, "a scan comes before the frame header");
    } else if (marker >= 0xC0 && marker <= 0xC2) {
      fail(at, "there is a second frame header");
    } else if (marker == 0xD9) {
      fail(at, "it ends before its frame header");
    } else {
      fail(at, "expected a segment, got marker " + std::to_string(marker));
    }
  }

  void huffman_tables(Segment s) {
    while (s.size > 0) {
      const unsigned head = file_.u8(s.at);
      if (head >> 4 > 1 || (head & 15U) > 3) fail(s.at, "there is no Huffman table " + std::to_string(head));
      const std::size_t size =
          1 + (head >> 4 == 0 ? tables_.dc : tables_.ac)[head & 15U].read(file_, s.at + 1, s.size - 1);
      s.at += size;
      s.size -= size;
    }
  }

  void quantization_tables(Segment s) {
    while (s.size > 0) {
      const unsigned head = file_.u8(s.at);
      const std::size_t size = head >> 4 == 0 ? 65 : 129;
      if (head >> 4 > 1 || (head & 15U) > 3)
        fail(s.at, "there is no quantization table " + std::to_string(head));
      if (size > s.size) fail(s.at, "a quantization table leaves its segment");
      quantization_[head & 15U] = true;
      s.at += size;
      s.size -= size;
    }
  }

  void frame(unsigned marker) {
    const Segment s = segment();
    progressive_ = marker == 0xC2;
    if (s.size < 6) fail(s.at, "the frame header has " + std::to_string(s.size) + " bytes");
    const unsigned depth = file_.u8(s.at);
    if (depth != 8) unsupported(s.at, "JPEG pictures of " + std::to_string(depth) + " bits");
    header_.height = file_.u16(s.at + 1);
    header_.width = file_.u16(s.at + 3);
    header_.components = file_.u8(s.at + 5);
    if (header_.height == 0) unsupported(s.at + 1, "JPEG pictures that give their height at the end");
    check_pixels(file_, s.at + 1, header_.width, header_.height, max_pixels_);
    const std::size_t count = header_.components;
    if (count != 1 && count != 3 && count != 4) {
      unsupported(s.at + 5, "JPEG pictures of " + std::to_string(count) + " components");
    }
    if (s.size != 6 + 3 * count) fail(s.at, "the frame header has " + std::to_string(s.size) + " bytes");
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t at = s.at + 6 + 3 * i;
      JpegComponent c;
      c.id = file_.u8(at);
      c.h = file_.u8(at + 1) >> 4;
      c.v = file_.u8(at + 1) & 15U;
      c.quantization = file_.u8(at + 2);
      c.position.fill(-1);
      if (find(c.id) != nullptr) fail(at, "two components have the number " + std::to_string(c.id));
      if (c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 || c.quantization > 3) {
        fail(at, "component " + std::to_string(c.id) + " has no sampling or quantization that JPEG knows");
      }
      components_.push_back(c);
    }
    measure(s.at + 6);
  }

  [[nodiscard]] JpegComponent* find(unsigned id) noexcept {
    const auto found = std::ranges::find(components_, id, &JpegComponent::id);
    return found == components_.end() ? nullptr : &*found;
  }

  /// How many blocks there are.
  void measure(std::size_t at) {
    std::uint64_t h = 1;
    std::uint64_t v = 1;
    for (const JpegComponent& c : components_) {
      h = (std::max)(h, std::uint64_t{c.h});
      v = (std::max)(v, std::uint64_t{c.v});
    }
    const auto cut = [](std::uint64_t n, std::uint64_t size) { return (n + size - 1) / size; };
    units_across_ = cut(header_.width, 8 * h);
    units_down_ = cut(header_.height, 8 * v);
    std::uint64_t blocks = 0;
    for (JpegComponent& c : components_) {
      if (h % c.h != 0 || v % c.v != 0) unsupported(at, "JPEG pictures whose sampling is no whole part");
      c.columns = cut(cut(std::uint64_t{header_.width} * c.h, h), 8);
      c.rows = cut(cut(std::uint64_t{header_.height} * c.v, v), 8);
      c.padded_columns = units_across_ * c.h;
      c.padded_rows = units_down_ * c.v;
      blocks += c.columns * c.rows;
    }
    // Each block has a bit at least, also where a progressive picture has nothing.
    if (blocks / 8 > file_.size() - at) {
      fail(at, std::to_string(file_.size() - at) + " bytes cannot hold its " + std::to_string(header_.width) +
                   " x " + std::to_string(header_.height) + " pixels");
    }
  }

  void scan() {
    const std::size_t marker = at_ - 1;
    const Segment s = segment();
    const std::size_t count = s.size == 0 ? 0 : file_.u8(s.at);
    if (count < 1 || count > components_.size() || s.size != 4 + 2 * count) {
      fail(s.at,
           "a scan has " + std::to_string(count) + " components in " + std::to_string(s.size) + " bytes");
    }
    JpegScan scan;
    scan.progressive = progressive_;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t at = s.at + 1 + 2 * i;
      const unsigned id = file_.u8(at);
      const unsigned tables = file_.u8(at + 1);
      JpegComponent* const c = find(id);
      const auto same = [&](const JpegScan::Part& part) { return part.component == c; };
      if (c == nullptr || std::ranges::any_of(scan.parts, same)) {
        fail(at, "a scan has component " + std::to_string(id) + ", which is not there or there twice");
      }
      if (tables >> 4 > 3 || (tables & 15U) > 3)
        fail(at, "there is no Huffman table " + std::to_string(tables));
      if (!quantization_[c->quantization]) {
        fail(at, "quantization table " + std::to_string(c->quantization) + " is used and not there");
      }
      scan.parts.push_back({c, tables >> 4, tables & 15U});
    }
    const std::size_t band = s.at + 1 + 2 * count;
    scan.first = file_.u8(band);
    scan.last = file_.u8(band + 1);
    scan.high = file_.u8(band + 2) >> 4;
    scan.low = file_.u8(band + 2) & 15U;
    check_band(band, scan);
    check_tables(band, scan);
    count_work(marker, scan);
    if (scan.first > 0) {
      JpegComponent& c = *scan.parts.front().component;
      c.nonzero.resize(as_integer<std::size_t>(c.padded_columns * c.padded_rows));
    }
    at_ = check_jpeg_scan(file_, at_, tables_, scan, units_across_, units_down_);
    // Some cameras leave bytes behind the last block.
    while (file_.u8(at_) != 0xFF) ++at_;
    const std::size_t fill = at_;
    while (file_.u8(at_ + 1) == 0xFF) ++at_;
    if (at_ != fill) fill_.emplace_back(fill, at_ - fill);
  }

  /// That every bit of every coefficient comes once, from the highest to the lowest.
  void check_band(std::size_t at, const JpegScan& scan) {
    if (!progressive_) {
      // Some programs write a last coefficient of 0; it means nothing here.
      if (scan.first != 0 || scan.high != 0 || scan.low != 0) fail(at, "a scan has parts of coefficients");
    } else if (scan.first > scan.last || scan.last > 63 || (scan.first == 0 && scan.last != 0) ||
               scan.low > 13 || (scan.high != 0 && scan.high != scan.low + 1) ||
               (scan.first > 0 && scan.parts.size() != 1)) {
      fail(at, "a scan has coefficients or bits that JPEG does not allow");
    }
    for (const JpegScan::Part& part : scan.parts) {
      JpegComponent& c = *part.component;
      const bool twice = !progressive_ && c.seen;
      if (twice) fail(at, "component " + std::to_string(c.id) + " is in two scans");
      if (scan.first > 0 && !c.seen)
        fail(at, "a scan refines component " + std::to_string(c.id) + " before its mean");
      c.seen = true;
      if (!progressive_) continue;
      const auto before = static_cast<std::int8_t>(scan.high == 0 ? -1 : static_cast<int>(scan.high));
      for (unsigned k = scan.first; k <= scan.last; ++k) {
        if (c.position[k] != before) {
          fail(at, "a scan has bits of coefficient " + std::to_string(k) + " out of order or again");
        }
        c.position[k] = static_cast<std::int8_t>(scan.low);
      }
    }
    std::uint64_t blocks_of_unit = 0;
    for (const JpegScan::Part& part : scan.parts)
      blocks_of_unit += std::uint64_t{part.component->h} * part.component->v;
    if (scan.parts.size() > 1 && blocks_of_unit > 10) fail(at, "a scan interleaves more than 10 blocks");
  }

  void check_tables(std::size_t at, const JpegScan& scan) const {
    for (const JpegScan::Part& part : scan.parts) {
      const bool needs_dc = scan.first == 0 && scan.high == 0;
      const bool needs_ac = !progressive_ || scan.first > 0;
      if ((needs_dc && !tables_.dc[part.dc].defined) || (needs_ac && !tables_.ac[part.ac].defined)) {
        fail(at, "a scan uses a Huffman table that is not there");
      }
    }
  }

  void count_work(std::size_t at, const JpegScan& scan) {
    for (const JpegScan::Part& part : scan.parts) {
      const JpegComponent& c = *part.component;
      samples_ += 64 * (scan.parts.size() == 1 ? c.columns * c.rows : c.padded_columns * c.padded_rows);
    }
    // A picture of any size may have the scans that cameras and web sites use.
    const std::uint64_t limit = (std::max)(max_pixels_, std::uint64_t{1024});
    if (samples_ / jpeg_scan_work > limit) {
      fail(at, "its scans go through more samples than " + std::to_string(jpeg_scan_work) + " pictures of " +
                   std::to_string(limit) + " pixels (LoadImageOptions::max_pixels) have");
    }
  }

  PictureBytes file_;
  std::uint64_t max_pixels_;
  std::size_t at_ = 0;
  JpegHeader header_;
  bool progressive_ = false;
  std::vector<JpegComponent> components_;
  JpegTables tables_;
  std::array<bool, 4> quantization_{};
  std::uint64_t units_across_ = 0;
  std::uint64_t units_down_ = 0;
  std::vector<std::pair<std::size_t, std::size_t>> fill_;
  std::uint64_t samples_ = 0;  ///< that the scans so far go through
};

WICK_INLINE JpegHeader read_jpeg_header(std::span<const std::byte> bytes, std::string_view name,
                                        std::uint64_t max_pixels) {
  return JpegStructure(bytes, name, max_pixels).header();
}

WICK_INLINE CheckedJpeg check_jpeg(std::span<const std::byte> bytes, std::string_view name,
                                   std::uint64_t max_pixels) {
  JpegStructure jpeg(bytes, name, max_pixels);
  static_cast<void>(jpeg.header());
  return jpeg.scans();
}

WICK_INLINE std::span<const std::byte> without_fill(std::span<const std::byte> bytes,
                                                    const CheckedJpeg& checked,
                                                    std::vector<std::byte>& copy) {
  if (checked.fill.empty()) return bytes;
  copy.reserve(bytes.size());
  std::size_t at = 0;
  for (const auto& [begin, count] : checked.fill) {
    const auto part = bytes.subspan(at, begin - at);
    copy.insert(copy.end(), part.begin(), part.end());
    at = begin + count;
  }
  const auto rest = bytes.subspan(at);
  copy.insert(copy.end(), rest.begin(), rest.end());
  return copy;
}

}  // namespace detail

WICK_END_NAMESPACE
