#include <wick/io/torch/detail/zip_kind.hpp>

#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/io/torch/read.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

using wick::detail::other_zip;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::read_bytes;

namespace {

const std::filesystem::path folder = std::filesystem::path(WICK_TEST_DATA) / "model_files";

std::string kind(const char* name) { return other_zip(read_bytes(folder / name)); }

}  // namespace

// tests/reference/make_model_files.py
TEST_CASE("zip archives of other programs are named with what to do") {
  CHECK(kind("own.pth").empty());
  CHECK(kind("arrays.npz").starts_with("arrays of NumPy (.npz); convert them in Python: torch.save("));
  CHECK(kind("compressed.npz") == kind("arrays.npz"));
  CHECK(kind("program.pt2")
            .starts_with("a program of torch.export (.pt2), which holds code; save its weights"));
  CHECK(kind("stable_baselines3.zip") ==
        "a model of Stable-Baselines3; unpack the zip archive and load the policy.pth in it");
  CHECK(kind("download.zip") == "a zip archive with 'run/own.pth' in it; unpack it and load that file");
  CHECK(kind("model.keras").starts_with("a model of Keras (.keras); convert it in Python"));
  CHECK(message_of<wick::FormatError>([] {
          static_cast<void>(wick::read_torch(folder / "download.zip"));
        }).ends_with(": a zip archive with 'run/own.pth' in it; unpack it and load that file"));
}

TEST_CASE("a file of torch.save with the line ends of Windows is named as damaged") {
  CHECK(message_of<wick::FormatError>([] { static_cast<void>(wick::read_torch(folder / "crlf.pth")); })
            .ends_with("a file of torch.save damaged by a transfer in text mode, which changed line ends; "
                       "copy it again "
                       "as binary"));
}

TEST_CASE("names are looked for in any bytes without reading past their end") {
  auto bytes = read_bytes(folder / "download.zip");
  for (std::size_t n = 0; n <= bytes.size(); ++n) {
    const std::vector<std::byte> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n));
    CHECK(wick::detail::zip_names(cut).size() <= 1);
  }
  for (std::size_t i = bytes.size() - 120; i < bytes.size(); ++i) {
    for (const std::byte b : {std::byte{0xFF}, std::byte{0x7F}, std::byte{0}}) {
      const std::byte before = std::exchange(bytes[i], b);
      static_cast<void>(other_zip(bytes));
      bytes[i] = before;
    }
  }
}
