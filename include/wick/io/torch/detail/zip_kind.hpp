#pragma once

// Zip archives that torch.save did not write: what they are, and what to do with them.

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/detail/quote.hpp>
#include <wick/base/error.hpp>
#include <wick/io/zip/reader.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

inline constexpr const char* torch_script_advice =
    "a TorchScript archive holds code; save its weights in Python: "
    "torch.save(torch.jit.load(path).state_dict(), new_path)";

/// The names in the directory of a zip archive, as far as it can be followed: read_zip() says what is wrong
/// with it. They are only looked at.
[[nodiscard]] inline std::vector<std::string_view> zip_names(std::span<const std::byte> bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto number = [&](std::size_t at, std::size_t n) {
    std::uint64_t value = 0;
    for (std::size_t i = n; i-- > 0;) value = value << 8U | static_cast<unsigned char>(text[at + i]);
    return value;
  };
  constexpr std::size_t end_bytes = 22;
  constexpr std::size_t end64_bytes = 76;  // with its locator
  constexpr std::size_t entry_bytes = 46;
  constexpr std::size_t most_comment = 65535;
  constexpr std::size_t most = 65536;
  std::vector<std::string_view> names;
  const std::size_t tail = text.size() - (std::min)(text.size(), end_bytes + most_comment);
  const std::size_t end = text.substr(tail).rfind("PK\x05\x06");
  if (end == std::string_view::npos || text.size() - tail - end < end_bytes) return names;
  std::uint64_t at = number(tail + end + 16, 4);
  if (const std::size_t locator = tail + end; at == 0xFFFFFFFFU && locator >= end64_bytes) {
    at = number(locator - end64_bytes + 48, 8);
  }
  while (names.size() < most && at <= text.size() && text.size() - at >= entry_bytes &&
         text.substr(as_integer<std::size_t>(at)).starts_with("PK\x01\x02")) {
    const auto begin = as_integer<std::size_t>(at) + entry_bytes;
    const auto length = as_integer<std::size_t>(number(begin - 18, 2));
    if (length > text.size() - begin) break;
    names.push_back(text.substr(begin, length));
    at = begin + length + number(begin - 16, 2) + number(begin - 14, 2);
  }
  return names;
}

/// What the zip archive is and what to do, or nothing for one that torch.save may have written.
[[nodiscard]] inline std::string other_zip(std::span<const std::byte> bytes) {
  const std::vector<std::string_view> names = zip_names(bytes);
  // PyTorch looks names up without regard to case.
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  const auto named = [&](std::string_view file) {
    return std::ranges::any_of(names, [&](std::string_view name) {
      if (name.size() < file.size()) return false;
      const std::size_t folder = name.size() - file.size();
      return (folder == 0 || name[folder - 1] == '/') &&
             std::ranges::equal(name.substr(folder), file, {}, lower);
    });
  };
  const auto with_end = [&](std::string_view end) {
    const auto it = std::ranges::find_if(names, [&](std::string_view name) { return name.ends_with(end); });
    return it == names.end() ? std::string_view() : *it;
  };
  if (named("archive_format") || named("serialized_exported_program.json")) {
    return "a program of torch.export (.pt2), which holds code; save its weights in Python: "
           "torch.save(torch.export.load(path).state_dict, new_path)";
  }
  if (named("constants.pkl") || (named("model.json") && named("version"))) return torch_script_advice;
  if (named("data.pkl") || named("version")) return {};
  if (named("_stable_baselines3_version") || (named("policy.pth") && named("pytorch_variables.pth"))) {
    return "a model of Stable-Baselines3; unpack the zip archive and load the policy.pth in it";
  }
  if (named("model.weights.h5") || (named("metadata.json") && !with_end(".h5").empty())) {
    return "a model of Keras (.keras); convert it in Python: torch.save({w.path: torch.from_numpy(w.numpy()) "
           "for w in keras.models.load_model(path).weights}, new_path), and mind that the kernels of Keras "
           "are the transposed weights of PyTorch";
  }
  if (!with_end(".npy").empty()) {
    return "arrays of NumPy (.npz); convert them in Python: torch.save({k: torch.from_numpy(v) for k, v in "
           "numpy.load(path).items()}, new_path)";
  }
  for (const char* end : {".safetensors", ".wick", ".pth", ".pt", ".ckpt", ".bin", ".tar", ".pkl"}) {
    const std::string_view model = with_end(end);
    if (!model.empty()) {
      return "a zip archive with " + python_quoted(model.substr(0, 100)) +
             " in it; unpack it and load that file";
    }
  }
  return names.empty() ? std::string() : "a zip archive that torch.save did not write";
}

/// Whether the line ends of a binary file were changed to those of Windows: torch.save's zip archives have a
/// line end without a carriage return in the record `version`.
[[nodiscard]] inline bool has_windows_line_ends(std::span<const std::byte> bytes) noexcept {
  bool found = false;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] != std::byte{'\n'}) continue;
    if (i == 0 || bytes[i - 1] != std::byte{'\r'}) return false;
    found = true;
  }
  return found;
}

}  // namespace detail

WICK_END_NAMESPACE
