#pragma once

// What a file is, by its first bytes: to say so when it is not what was expected.

#include <wick/version.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

WICK_BEGIN_NAMESPACE

/// First eight bytes of a wick checkpoint. A byte that is not ASCII, a CR LF pair and
/// an end-of-file mark show damage by text-mode transfers, as in PNG.
inline constexpr std::string_view checkpoint_magic{"\x89WICK\r\n\x1a", 8};

/// What a file is by its first bytes. Most kinds are known only to say what a file is that cannot be read.
enum class FileKind {
  wick,          ///< wick's own
  damaged_wick,  ///< wick's own, whose first bytes were changed, e.g. by a transfer as text
  zip,           ///< zip, and what is one: PyTorch's files since 1.6
  legacy_torch,  ///< PyTorch's before 1.6
  safetensors,   ///< https://github.com/safetensors/safetensors
  pickle,        ///< Python's
  joblib,        ///< a pickle of arrays
  npy,           ///< an array of NumPy
  hdf5,          ///< HDF5, and what is one: Keras
  gguf,          ///< llama.cpp
  tflite,        ///< TensorFlow Lite
  saved_model,   ///< TensorFlow
  onnx,          ///< https://onnx.ai
  tar,           ///< an archive
  gzip,          ///< compressed
  bzip2,         ///< compressed
  xz,            ///< compressed
  zstd,          ///< compressed
  zlib,          ///< compressed
  seven_zip,     ///< an archive
  rar,           ///< an archive
  json,          ///< text
  xml,           ///< text
  html,          ///< text: often an error page in the place of a download
  git_lfs,       ///< a pointer of Git LFS in the place of the file
  png,           ///< a picture
  jpeg,          ///< a picture
  zeros,         ///< nothing but zeros, as after a crash
  empty,         ///< no byte at all
  unknown        ///< none of these
};

namespace detail {

struct FileSignature {
  std::string_view bytes;
  FileKind kind;
  std::size_t at = 0;
};

/// What files of a kind always begin with, in the order in which it is looked for.
inline constexpr std::array<FileSignature, 28> file_signatures{{
    {checkpoint_magic, FileKind::wick},
    {"WICK", FileKind::damaged_wick, 1},
    {"WICK", FileKind::damaged_wick},
    {"PK\x03\x04", FileKind::zip},
    {"PK\x05\x06", FileKind::zip},
    {"\x1f\x8b", FileKind::gzip},
    {"\x89PNG", FileKind::png},
    {"\xff\xd8\xff", FileKind::jpeg},
    {"\x93NUMPY", FileKind::npy},
    {"\x89HDF\r\n\x1a\n", FileKind::hdf5},
    {"GGUF", FileKind::gguf},
    {"TFL3", FileKind::tflite, 4},
    {"ustar", FileKind::tar, 257},
    {"7z\xbc\xaf\x27\x1c", FileKind::seven_zip},
    {std::string_view("\xfd\x37zXZ\0", 6), FileKind::xz},
    {"1AY&SY", FileKind::bzip2, 4},
    {"\x28\xb5\x2f\xfd", FileKind::zstd},
    {"Rar!\x1a\x07", FileKind::rar},
    {"version https://git-lfs", FileKind::git_lfs},
    // PyTorch's legacy magic number as pickle writes it before protocol 2.
    {"L119547037146038801333356L\n.", FileKind::legacy_torch},
    // Pickles of protocol 0 and 1 have no mark of their own; these are containers and calls.
    {"(dp", FileKind::pickle},
    {"(lp", FileKind::pickle},
    {"ccopy_reg\n", FileKind::pickle},
    {"ccollections\n", FileKind::pickle},
    {"}q", FileKind::pickle},
    {"]q", FileKind::pickle},
    // zlib's header bytes, by level of compression, as joblib has them.
    {"\x78\x9c", FileKind::zlib},
    {"\x78\xda", FileKind::zlib},
}};

/// The kind of a text file, by its first word.
[[nodiscard]] inline FileKind text_kind(std::string_view text) noexcept {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);  // byte order mark
  text.remove_prefix((std::min)(text.find_first_not_of(" \t\r\n"), text.size()));
  for (const std::string_view word : {"<!DOCTYPE", "<!doctype", "<html", "<HTML"}) {
    if (text.starts_with(word)) return FileKind::html;
  }
  if (text.starts_with("<?xml")) return FileKind::xml;
  if (text.starts_with('{') || text.starts_with('[')) {
    const auto is_binary = [](char c) {
      return static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\r' && c != '\t';
    };
    const std::size_t next = text.find_first_not_of(" \t\r\n", 1);
    const std::string_view begins = text[0] == '{' ? "\"}" : "\"{[]0123456789-tfn";
    if (next != std::string_view::npos && begins.find(text[next]) != std::string_view::npos &&
        std::ranges::none_of(text, is_binary)) {
      return FileKind::json;
    }
  }
  return FileKind::unknown;
}

/// The kind of a pickle of protocol 2 or later, which begins with a byte that no text has.
[[nodiscard]] inline FileKind pickle_kind(std::string_view text) noexcept {
  if (text.size() < 3 || text[0] != '\x80' || text[1] < 2 || text[1] > 5) return FileKind::unknown;
  // PyTorch's legacy magic number; from protocol 4 on it lies in a frame.
  constexpr std::string_view legacy_magic("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 12);
  const bool framed = text.size() > 11 && text[2] == '\x95';
  if (text.substr(framed ? 11 : 2).starts_with(legacy_magic)) return FileKind::legacy_torch;
  return text.find("joblib") != std::string_view::npos ? FileKind::joblib : FileKind::pickle;
}

/// Protocol buffers have no mark, but their first field is the version.
[[nodiscard]] inline FileKind protobuf_kind(std::string_view text) noexcept {
  if (text.size() <= 4 || text[0] != '\x08' || text[1] < '\x01' || text[1] >= '\x20')
    return FileKind::unknown;
  // ONNX: ir_version, then producer's name or version, domain, graph or operator sets. TensorFlow's schema
  // is 1.
  constexpr std::string_view onnx_fields = "\x12\x1a\x22\x3a\x42";
  if (onnx_fields.find(text[2]) == std::string_view::npos) return FileKind::unknown;
  return text[1] == '\x01' ? FileKind::saved_model : FileKind::onnx;
}

}  // namespace detail

/// Decides by content alone.
[[nodiscard]] inline FileKind file_kind(std::span<const std::byte> bytes) noexcept {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()),
                              (std::min)(bytes.size(), std::size_t{512}));
  if (text.empty()) return FileKind::empty;
  // Cut off within the magic: truncated, not damaged.
  if (text.size() > 4 && checkpoint_magic.starts_with(text)) return FileKind::wick;
  // u64 header length, then a JSON object. First, as a length may look like another kind: 640 is 80 02, with
  // which pickles begin.
  if (text.size() > 9 && text[8] == '{' && text.substr(4, 4) == std::string_view("\0\0\0\0", 4)) {
    return FileKind::safetensors;
  }
  for (const auto& signature : detail::file_signatures) {
    if (text.size() > signature.at && text.substr(signature.at).starts_with(signature.bytes))
      return signature.kind;
  }
  if (const FileKind kind = detail::pickle_kind(text); kind != FileKind::unknown) return kind;
  if (const FileKind kind = detail::text_kind(text); kind != FileKind::unknown) return kind;
  if (const FileKind kind = detail::protobuf_kind(text); kind != FileKind::unknown) return kind;
  const bool zeros = text.size() > 63 && text.find_first_not_of('\0') == std::string_view::npos;
  return zeros ? FileKind::zeros : FileKind::unknown;
}

/// What a message says about it, and what to do.
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
    case FileKind::pickle:
      return "a pickle that torch.save did not write; convert it in Python: torch.save({k: "
             "torch.as_tensor(v) for k, v in pickle.load(open(path, 'rb')).items()}, new_path)";
    case FileKind::joblib:
      return "a pickle of joblib, as scikit-learn saves models; take the arrays out of it in Python: "
             "torch.save({'weight': torch.as_tensor(joblib.load(path).coef_)}, new_path)";
    case FileKind::npy:
      return "an array of NumPy (.npy); convert it in Python: torch.save({'weight': "
             "torch.from_numpy(numpy.load(path))}, new_path)";
    case FileKind::hdf5:
      return "an HDF5 file, as Keras writes them (.h5); convert it in Python: torch.save({w.path: "
             "torch.from_numpy(w.numpy()) for w in keras.models.load_model(path).weights}, new_path), and "
             "mind that the kernels of Keras are the transposed weights of PyTorch";
    case FileKind::gguf:
      return "a GGUF model, which is for llama.cpp; take the model's safetensors files instead";
    case FileKind::tflite:
      return "a TensorFlow Lite model; save the weights of the model that it was made from as safetensors";
    case FileKind::saved_model:
      return "a SavedModel of TensorFlow; load it in Python and save its weights as safetensors";
    case FileKind::onnx:
      return "an ONNX model; convert it in Python: safetensors.numpy.save_file({t.name: "
             "onnx.numpy_helper.to_array(t) for t in onnx.load(path).graph.initializer}, new_path)";
    case FileKind::tar:
      return "a tar archive; unpack it and load the file in it (the first versions of torch.save wrote such "
             "files themselves: torch.save(torch.load(path, weights_only=False), new_path) converts those)";
    case FileKind::gzip:
      return "a gzip file; unpack it first";
    case FileKind::bzip2:
      return "a bzip2 file; unpack it first";
    case FileKind::xz:
      return "an xz file; unpack it first";
    case FileKind::zstd:
      return "a Zstandard file; unpack it first";
    case FileKind::zlib:
      return "data compressed with zlib, as joblib.dump with compress writes them; load it in Python and "
             "save its arrays with torch.save";
    case FileKind::seven_zip:
      return "a 7z archive; unpack it and load the file in it";
    case FileKind::rar:
      return "a RAR archive; unpack it and load the file in it";
    case FileKind::json:
      return "a JSON text; if it is the configuration of a model, load the file with the weights beside it, "
             "if it is an error of a server, download the file again";
    case FileKind::xml:
      return "an XML text, probably an error of the server; download the file again";
    case FileKind::html:
      return "an HTML page; the download probably failed";
    case FileKind::git_lfs:
      return "a Git LFS pointer; run git lfs pull to get the file itself";
    case FileKind::png:
      return "a PNG image";
    case FileKind::jpeg:
      return "a JPEG image";
    case FileKind::zeros:
      return "a file that begins with zeros; copying or downloading it was probably interrupted";
    case FileKind::empty:
      return "an empty file";
    case FileKind::unknown:
      break;
  }
  return "a file of an unknown kind";
}

WICK_END_NAMESPACE
