#pragma once

// What a file is, by its first bytes: to say so when it is not what was expected.

#include <wick/version.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

namespace wick::inline WICK_ABI_NAMESPACE {

/// First eight bytes of a wick checkpoint. A byte that is not ASCII, a CR LF pair and
/// an end-of-file mark show damage by text-mode transfers, as in PNG.
inline constexpr std::string_view checkpoint_magic{"\x89WICK\r\n\x1a", 8};

enum class FileKind {
  wick,
  damaged_wick,
  zip,
  legacy_torch,
  safetensors,
  onnx,
  gzip,
  html,
  git_lfs,
  png,
  empty,
  unknown
};

/// Decides by content alone.
[[nodiscard]] inline FileKind file_kind(std::span<const std::byte> bytes) noexcept {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()),
                              (std::min)(bytes.size(), std::size_t{512}));
  const auto first_word = text.substr((std::min)(text.find_first_not_of(" \t\r\n"), text.size()));
  if (text.empty()) return FileKind::empty;
  if (text.starts_with(checkpoint_magic)) return FileKind::wick;
  // Cut off within the magic: truncated, not damaged.
  if (text.size() > 4 && checkpoint_magic.starts_with(text)) return FileKind::wick;
  if (text.substr(1).starts_with("WICK") || text.starts_with("WICK")) return FileKind::damaged_wick;
  if (text.starts_with("PK\x03\x04") || text.starts_with("PK\x05\x06")) return FileKind::zip;
  if (text.starts_with("\x1f\x8b")) return FileKind::gzip;
  if (text.starts_with("\x89PNG")) return FileKind::png;
  // A pickle that begins with PyTorch's legacy magic number; from protocol 4 on it lies in a frame.
  constexpr std::string_view legacy_magic("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 12);
  const bool framed = text.size() > 11 && text[2] == '\x95';
  if (text.size() > 2 && text[0] == '\x80' && text.substr(framed ? 11 : 2).starts_with(legacy_magic)) {
    return FileKind::legacy_torch;
  }
  // In protocols 0 and 1 the magic number is a line of text.
  if (text.starts_with("L119547037146038801333356L\n.")) return FileKind::legacy_torch;
  if (text.starts_with("version https://git-lfs")) return FileKind::git_lfs;
  if (first_word.starts_with("<!DOCTYPE") || first_word.starts_with("<!doctype") ||
      first_word.starts_with("<html") || first_word.starts_with("<HTML")) {
    return FileKind::html;
  }
  // u64 header length, then a JSON object.
  if (text.size() > 9 && text[8] == '{' && text.substr(4, 4) == std::string_view("\0\0\0\0", 4)) {
    return FileKind::safetensors;
  }
  // ir_version (field 1, varint), then producer_name (field 2, text).
  if (text.size() > 4 && text[0] == '\x08' && text[1] < '\x20' && text[2] == '\x12') return FileKind::onnx;
  return FileKind::unknown;
}

/// What a message says about it.
[[nodiscard]] constexpr std::string_view describe(FileKind kind) noexcept {
  switch (kind) {
    case FileKind::wick:
      return "a wick checkpoint";
    case FileKind::damaged_wick:
      return "a wick checkpoint damaged by a transfer in text mode; copy it again as binary";
    case FileKind::zip:
      return "a zip archive, as torch.save writes it (.pth, .pt)";
    case FileKind::legacy_torch:
      return "a file of PyTorch before 1.6";
    case FileKind::safetensors:
      return "a safetensors file";
    case FileKind::onnx:
      return "an ONNX model";
    case FileKind::gzip:
      return "a gzip file; unpack it first";
    case FileKind::html:
      return "an HTML page; the download probably failed";
    case FileKind::git_lfs:
      return "a Git LFS pointer; run git lfs pull to get the file itself";
    case FileKind::png:
      return "a PNG image";
    case FileKind::empty:
      return "an empty file";
    case FileKind::unknown:
      break;
  }
  return "a file of an unknown kind";
}

}  // namespace wick::inline WICK_ABI_NAMESPACE
