#pragma once

// Definitions of io/file_format.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/path_of.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/io/file_format.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

[[nodiscard]] inline std::string in_lower_case(const FilePath& path) {
  std::string text = display_name(path);
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

WICK_INLINE FilePath whole_extension(const FilePath& path) {
  const std::filesystem::path name = path_of(path);
  std::filesystem::path last = name.extension();
  if (in_lower_case(last) != ".tar") return last;
  std::filesystem::path before = name.stem().extension();
  if (const std::string text = in_lower_case(before); text != ".pth" && text != ".pt") return last;
  return before += last;
}

WICK_INLINE FilePath whole_stem(const FilePath& path) {
  const std::filesystem::path name = path_of(path);
  const auto stem = name.stem();
  return path_of(whole_extension(path)) == name.extension() ? stem : stem.stem();
}

/// Why no model can be written under a name with this extension, in lower case, or nothing.
[[nodiscard]] inline std::string_view why_not_written(std::string_view extension) noexcept {
  constexpr std::string_view other =
      "is the extension of a format that wick does not write; .wick, .pth and .safetensors are those that it "
      "does";
  constexpr std::string_view packed =
      "is the extension of an archive or of packed data; pack the file after it was saved";
  constexpr std::string_view code =
      "is the extension of programs of PyTorch; .pth is that of state dicts and checkpoints";
  constexpr std::string_view misspelt = "is misspelt; did you mean .safetensors?";
  constexpr std::array<std::pair<std::string_view, std::string_view>, 31> table{{
      {".h5", other},
      {".hdf5", other},
      {".keras", other},
      {".onnx", other},
      {".ort", other},
      {".npz", other},
      {".npy", other},
      {".gguf", other},
      {".ggml", other},
      {".tflite", other},
      {".pb", other},
      {".mlmodel", other},
      {".pdparams", other},
      {".joblib", other},
      {".msgpack", other},
      {".json", other},
      {".yaml", other},
      {".csv", other},
      {".txt", other},
      {".pt2", code},
      {".mar", code},
      {".torchscript", code},
      {".tar", packed},
      {".zip", packed},
      {".gz", packed},
      {".bz2", packed},
      {".xz", packed},
      {".7z", packed},
      {".zst", packed},
      {".tgz", packed},
      {".safetensor", misspelt},
  }};
  const auto it = std::ranges::find(table, extension, &std::pair<std::string_view, std::string_view>::first);
  if (it != table.end()) return it->second;
  return extension.starts_with(".safet") ? misspelt : std::string_view();
}

}  // namespace detail

WICK_INLINE std::optional<FileFormat> format_of(const FilePath& path) {
  const std::string extension = detail::in_lower_case(detail::whole_extension(path));
  if (extension == ".wick") return FileFormat::wick;
  if (extension == ".safetensors") return FileFormat::safetensors;
  for (const char* customary : {".pth", ".pt", ".ckpt", ".bin", ".pkl", ".pth.tar", ".pt.tar"}) {
    if (extension == customary) return FileFormat::torch;
  }
  return std::nullopt;
}

WICK_INLINE FileFormat format_to_write(const FilePath& path) {
  if (const auto format = format_of(path)) return *format;
  const FilePath extension = detail::path_of(path).extension();
  if (const auto why = detail::why_not_written(detail::in_lower_case(extension)); !why.empty()) {
    throw OptionError(display_name(path) + ": " + display_name(extension) + " " + std::string(why));
  }
  return FileFormat::wick;
}

WICK_END_NAMESPACE
