#pragma once

// Definitions of image/detail/jpeg_scan.hpp.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/compiled.hpp>
#include <wick/image/detail/jpeg_scan.hpp>
#include <wick/image/detail/picture_bytes.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

WICK_BEGIN_NAMESPACE

namespace detail {

WICK_INLINE std::size_t JpegHuffman::read(const PictureBytes& file, std::size_t at, std::size_t left) {
  if (left < 16) file.fail(at, "the JPEG picture is damaged: a Huffman table leaves its segment");
  *this = {};
  std::size_t count = 0;
  std::uint32_t code = 0;
  for (unsigned length = 1; length <= 16; ++length) {
    const std::uint32_t n = file.u8(at + length - 1);
    to_index[length] = static_cast<std::int32_t>(count) - static_cast<std::int32_t>(code);
    count += n;
    code += n;
    // 255: with one more, stb would confuse the last code with its mark for long ones. No picture needs as
    // many. A code of ones alone is not allowed.
    if (count > 255 || (n > 0 && code >= 1U << length)) {
      file.fail(at, "the JPEG picture is damaged: a Huffman table has more codes than there can be");
    }
    end[length] = code << (16 - length);
    code <<= 1;
  }
  if (left - 16 < count) file.fail(at, "the JPEG picture is damaged: a Huffman table leaves its segment");
  for (std::size_t i = 0; i < count; ++i) symbols[i] = static_cast<std::uint8_t>(file.u8(at + 16 + i));
  std::uint32_t next = 0;
  for (unsigned length = 1; length <= 9; ++length) {
    for (; next < end[length] >> 7; next += 1U << (9 - length)) {
      const auto index = static_cast<std::size_t>(std::int64_t{next >> (9 - length)} + to_index[length]);
      const auto entry = static_cast<std::uint16_t>(length << 8 | symbols[index]);
      std::fill_n(fast.begin() + next, 1U << (9 - length), entry);
    }
  }
  defined = true;
  return 16 + count;
}

/// The bits between two markers.
class JpegBits {
 public:
  JpegBits(const PictureBytes& file, std::size_t at) : file_(file), at_(at) {}

  [[nodiscard]] unsigned symbol(const JpegHuffman& table) {
    fill();
    if (const unsigned entry = table.fast[static_cast<unsigned>(bits_ >> 55)]; entry != 0) {
      take(entry >> 8);
      return entry & 255U;
    }
    const auto next = static_cast<std::uint32_t>(bits_ >> 48);
    for (unsigned length = 1; length <= 16; ++length) {
      if (next >= table.end[length]) continue;
      const auto index = static_cast<std::int32_t>(next >> (16 - length)) + table.to_index[length];
      take(length);
      return table.symbols[static_cast<std::size_t>(index)];
    }
    take(16);  // for the message, if the bits are no longer there
    fail("the JPEG picture is damaged: its data has a code that its Huffman table does not have");
  }

  /// `n` bits, 0 to 16.
  [[nodiscard]] unsigned number(unsigned n) {
    if (n == 0) return 0;
    fill();
    const auto value = static_cast<unsigned>(bits_ >> (64 - n));
    take(n);
    return value;
  }
  /// A number of `n` bits whose first one says whether it is positive.
  [[nodiscard]] std::int32_t signed_number(unsigned n) {
    if (n == 0) return 0;
    const auto value = static_cast<std::int32_t>(number(n));
    return value < 1 << (n - 1) ? value - (1 << n) + 1 : value;
  }

  /// Passes the restart marker that has to follow, whose number is `n` in 0 to 7.
  void restart(unsigned n) {
    const std::size_t at = end();
    if (file_.u8(at) != 0xFF)
      fail("the JPEG picture is damaged: expected a restart marker after its interval");
    std::size_t marker = at + 1;
    while (file_.u8(marker) == 0xFF) ++marker;
    if (file_.u8(marker) != 0xD0 + n) {
      fail("the JPEG picture is damaged: expected the restart marker " + std::to_string(n));
    }
    at_ = marker + 1;
    bits_ = 0;
    count_ = 0;
    ended_ = false;
  }

  /// Where the data ends, once the last bit has been read.
  [[nodiscard]] std::size_t end() const {
    // Whole bytes that were looked at and not needed.
    std::size_t at = at_;
    for (unsigned unread = count_ / 8; unread > 0; --unread) {
      --at;
      if (file_.u8(at) != 0) continue;
      // The zero behind an FF that means itself; any number of FF may stand there.
      while (at > 0 && file_.u8(at - 1) == 0xFF) --at;
    }
    return at;
  }

  [[noreturn]] void fail(const std::string& what) const { file_.fail((std::min)(at_, file_.size()), what); }

 private:
  /// At least 32 bits, or all that are left.
  void fill() {
    while (count_ <= 48 && !ended_) {
      const std::uint64_t byte = file_.u8(at_);
      if (byte == 0xFF) {
        std::size_t next = at_ + 1;
        while (file_.u8(next) == 0xFF) ++next;
        if (file_.u8(next) != 0) {
          ended_ = true;  // a marker
          return;
        }
        at_ = next;
      }
      ++at_;
      bits_ |= byte << (56 - count_);
      count_ += 8;
    }
  }
  void take(unsigned n) {
    if (n > count_) fail("the JPEG picture is damaged: the data of a scan ends before its last block");
    bits_ <<= n;
    count_ -= n;
  }

  const PictureBytes& file_;
  std::size_t at_;
  std::uint64_t bits_ = 0;  ///< the next one is the highest
  unsigned count_ = 0;
  bool ended_ = false;
};

/// The blocks of a scan.
class JpegScanCheck {
 public:
  JpegScanCheck(const PictureBytes& file, std::size_t at, const JpegTables& tables, const JpegScan& scan)
      : bits_(file, at), tables_(tables), scan_(scan) {}

  [[nodiscard]] std::size_t run(std::uint64_t units_across, std::uint64_t units_down) {
    const bool alone = scan_.parts.size() == 1;
    const JpegComponent& first = *scan_.parts.front().component;
    const std::uint64_t across = alone ? first.columns : units_across;
    const std::uint64_t down = alone ? first.rows : units_down;
    std::uint64_t left = tables_.restart_interval;
    unsigned restarts = 0;
    for (std::uint64_t y = 0; y < down; ++y) {
      for (std::uint64_t x = 0; x < across; ++x) {
        if (tables_.restart_interval != 0 && left-- == 0) {
          bits_.restart(restarts++ % 8);
          last_dc_ = {};
          end_of_band_ = 0;
          left = tables_.restart_interval - 1;
        }
        if (alone) {
          block(0, x, y);
        } else {
          unit(x, y);
        }
      }
    }
    return bits_.end();
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    bits_.fail("the JPEG picture is damaged: " + what);
  }

  void unit(std::uint64_t x, std::uint64_t y) {
    for (std::size_t i = 0; i < scan_.parts.size(); ++i) {
      const JpegComponent& component = *scan_.parts[i].component;
      for (unsigned down = 0; down < component.v; ++down) {
        for (unsigned across = 0; across < component.h; ++across) {
          block(i, x * component.h + across, y * component.v + down);
        }
      }
    }
  }

  void block(std::size_t part, std::uint64_t x, std::uint64_t y) {
    const JpegScan::Part& p = scan_.parts[part];
    if (!scan_.progressive) {
      dc_first(part);
      sequential_ac(tables_.ac[p.ac]);
    } else if (scan_.first == 0) {
      if (scan_.high == 0) {
        dc_first(part);
      } else {
        static_cast<void>(bits_.number(1));
      }
    } else {
      std::uint64_t& nonzero =
          p.component->nonzero[as_integer<std::size_t>(y * p.component->padded_columns + x)];
      if (scan_.high == 0) {
        ac_first(tables_.ac[p.ac], nonzero);
      } else {
        ac_more(tables_.ac[p.ac], nonzero);
      }
    }
  }

  void dc_first(std::size_t part) {
    const unsigned size = bits_.symbol(tables_.dc[scan_.parts[part].dc]);
    if (size > 11)
      fail("a block differs by " + std::to_string(size) + " bits from the one before, at most 11 fit");
    last_dc_[part] += bits_.signed_number(size);
    check_range(last_dc_[part]);
  }

  /// Values that fit in 16 bits, so that decoders need not care.
  void check_range(std::int32_t value) const {
    if (std::abs(value) << scan_.low > 32767) fail("a coefficient has more than 16 bits");
  }

  void sequential_ac(const JpegHuffman& table) {
    for (unsigned k = 1; k < 64;) {
      const unsigned symbol = bits_.symbol(table);
      const unsigned run = symbol >> 4;
      const unsigned size = symbol & 15U;
      if (size == 0 && run != 15) return;
      k += run + 1;
      if (k > 64) fail("a block has more than 64 coefficients");
      if (size != 0) static_cast<void>(bits_.signed_number(size));
    }
  }

  void ac_first(const JpegHuffman& table, std::uint64_t& nonzero) {
    if (end_of_band_ != 0) {
      --end_of_band_;
      return;
    }
    for (unsigned k = scan_.first; k <= scan_.last;) {
      const unsigned symbol = bits_.symbol(table);
      const unsigned run = symbol >> 4;
      const unsigned size = symbol & 15U;
      if (size == 0 && run != 15) {
        end_of_band_ = (1U << run) + bits_.number(run) - 1;
        return;
      }
      k += run + 1;
      if (k > scan_.last + 1) fail("a block has more coefficients than the scan");
      if (size == 0) continue;
      check_range(bits_.signed_number(size));
      nonzero |= std::uint64_t{1} << (k - 1);
    }
  }

  /// One more bit of coefficients that are not 0, and those that become it.
  void ac_more(const JpegHuffman& table, std::uint64_t& nonzero) {
    const auto is_known = [&](unsigned k) { return (nonzero >> k & 1U) != 0; };
    unsigned k = scan_.first;
    while (end_of_band_ == 0 && k <= scan_.last) {
      const unsigned symbol = bits_.symbol(table);
      unsigned run = symbol >> 4;
      const unsigned size = symbol & 15U;
      if (size > 1) fail("a refined coefficient grows by more than a bit");
      if (size == 0 && run != 15) {
        end_of_band_ = (1U << run) + bits_.number(run);
        break;
      }
      if (size == 1) static_cast<void>(bits_.number(1));
      for (;; ++k) {
        if (k > scan_.last) {
          if (size == 1 || run > 0) fail("a block has more coefficients than the scan");
          break;
        }
        if (is_known(k)) {
          static_cast<void>(bits_.number(1));
        } else if (run-- == 0) {
          if (size == 1) nonzero |= std::uint64_t{1} << k;
          ++k;
          break;
        }
      }
    }
    if (end_of_band_ == 0) return;
    for (; k <= scan_.last; ++k) {
      if (is_known(k)) static_cast<void>(bits_.number(1));
    }
    --end_of_band_;
  }

  JpegBits bits_;
  const JpegTables& tables_;
  const JpegScan& scan_;
  std::array<std::int32_t, 4> last_dc_{};
  std::uint32_t end_of_band_ = 0;  ///< blocks that have nothing more in this band, this one included
};

WICK_INLINE std::size_t check_jpeg_scan(const PictureBytes& file, std::size_t at, const JpegTables& tables,
                                        const JpegScan& scan, std::uint64_t units_across,
                                        std::uint64_t units_down) {
  return JpegScanCheck(file, at, tables, scan).run(units_across, units_down);
}

}  // namespace detail

WICK_END_NAMESPACE
