#include <wick/io/wick/reader.hpp>

#include "io/wick/crafted.hpp"
#include "io/wick/formula_archive.hpp"
#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/io/wick/writer.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace fs = std::filesystem;
using wick::Archive;
using wick_tests::Bytes;
using wick_tests::contains;
using wick_tests::message_of;
using wick_tests::read_bytes;
using wick_tests::TempDir;
using wick_tests::write_bytes;

namespace {

Bytes encode(const Archive& archive) {
  Bytes bytes;
  wick::encode_archive(
      archive, [&](std::span<const std::byte> part) { bytes.insert(bytes.end(), part.begin(), part.end()); });
  return bytes;
}

/// Small, with something of every kind, padding included.
Archive tiny_archive() {
  Archive a;
  a.architecture = wick::Architecture{
      .type = "N", .input_size = 1, .output_size = 2, .hidden_layers = {3}, .dropout = 0.5};
  a.tensors = {{"m",
                {{"a", wick::AnyTensor::copy_of(wick::Tensor<std::uint8_t>::from({1, 2, 3}))},
                 {"b", wick::AnyTensor::copy_of(wick::Tensor<float>::from({1.5F}))}}}};
  a.attributes = {{"x", {{"t", "ä"}, {"f", true}}}};
  return a;
}

/// True when reading `bytes` throws FormatError; fails the test for any other outcome
/// but success.
bool refused(const Bytes& bytes) {
  try {
    static_cast<void>(wick::read_archive(bytes));
  } catch (const wick::FormatError& e) {
    return e.offset() <= bytes.size() && e.path() == "<memory>";
  }
  return false;
}

}  // namespace

TEST_CASE("an archive comes back as it was, from a file, from memory and as a view") {
  const TempDir dir;
  const Archive a = wick_tests::formula_archive();
  const fs::path path = dir / fs::path(u8"Prüfpunkt ✓.wick");
  wick::write_archive(a, path);
  CHECK(wick::read_archive(path) == a);
  const Bytes bytes = read_bytes(path);
  CHECK(wick::read_archive(bytes) == a);
  CHECK(wick::read_archive(encode({})) == Archive{});

  const auto owner = std::make_shared<const Bytes>(bytes);
  const Archive view = wick::view_archive(*owner, owner, "view");
  CHECK(view == a);
  for (const auto& [group, state_dict] : view.tensors) {
    for (const auto& [name, tensor] : state_dict) {
      if (tensor.bytes().empty()) continue;
      CHECK(tensor.bytes().data() >= owner->data());
      CHECK(tensor.bytes().data() + tensor.bytes().size() <= owner->data() + owner->size());
    }
  }
}

TEST_CASE("tensors keep the bytes of a file alive and lie at multiples of 64 bytes") {
  wick::AnyTensor last;
  {
    const Archive a = wick::read_archive(encode(wick_tests::formula_archive()));
    for (const auto& [group, state_dict] : a.tensors) {
      for (const auto& [name, tensor] : state_dict) {
        CHECK(reinterpret_cast<std::uintptr_t>(tensor.bytes().data()) % 64 == 0);
      }
    }
    last = (*a.find_tensors("every dtype"))["int64"];
  }
  CHECK(last == wick_tests::counting<std::int64_t>({2, 3}));

  auto owner = std::make_shared<Bytes>(encode(tiny_archive()));
  const std::weak_ptr<const void> watch = owner;
  wick::AnyTensor b = (*wick::view_archive(*owner, owner, "v").find_tensors("m"))["b"];
  owner.reset();
  CHECK_FALSE(watch.expired());
  CHECK(b.to<float>().item() == 1.5F);
  b = wick::AnyTensor();
  CHECK(watch.expired());
}

TEST_CASE("the committed file of version 1 has the contents of its formula") {
  const Archive a = wick::read_archive(fs::path(WICK_TEST_DATA) / "checkpoint_v1.wick");
  CHECK(a == wick_tests::formula_archive());
  const wick::StateDict& model = *a.find_tensors("model");
  std::int64_t k = 0;
  for (const auto& [name, tensor] : model) {
    const auto values = tensor.to<double>();
    for (const double x : values.span()) CHECK(x == wick_tests::formula(k++));
  }
  CHECK(k == 30 + 5 + 20 + 4 + 12 + 3);
}

TEST_CASE("a file that ends after any of its bytes is refused") {
  for (const Bytes& whole : {encode(tiny_archive()), encode(wick_tests::formula_archive())}) {
    REQUIRE_FALSE(refused(whole));
    for (std::size_t n = 0; n < whole.size(); ++n) {
      CAPTURE(n);
      REQUIRE(refused(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n))));
    }
  }
}

TEST_CASE("what a truncated file lacks is said") {
  const TempDir dir;
  const Bytes whole = encode(tiny_archive());
  const auto message = [&](std::size_t n) {
    write_bytes(dir / "f", std::span(whole).first(n));
    return message_of<wick::FileError>([&] { static_cast<void>(wick::read_archive(dir / "f")); });
  };
  const std::string name = (dir / "f").string();
  CHECK(message(0) == name + ": the file is empty");
  CHECK(message(7) == name + ": at byte 7: the file ends within its first 64 bytes; it is truncated");
  CHECK(message(63) == name + ": at byte 63: the file ends within its first 64 bytes; it is truncated");
  CHECK(message(100) ==
        name + ": at byte 16: the header has 216 bytes, but only 36 follow; the file is truncated");
  CHECK(message(whole.size() - 1) ==
        name + ": at byte 32: expected 388 bytes (320 + 68 of tensors), the file has " +
            "387; it is truncated");
}

TEST_CASE("a tiny file with any one byte changed to any other value is refused") {
  Bytes bytes = encode(tiny_archive());
  REQUIRE_FALSE(refused(bytes));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::byte good = bytes[i];
    for (unsigned change = 1; change < 256; ++change) {
      bytes[i] = good ^ static_cast<std::byte>(change);
      if (!refused(bytes)) FAIL("byte " << i << " changed by " << change << " was not noticed");
    }
    bytes[i] = good;
  }
  CHECK_FALSE(refused(bytes));
}

TEST_CASE("a larger file with any one byte changed is refused") {
  Bytes bytes = read_bytes(fs::path(WICK_TEST_DATA) / "checkpoint_v1.wick");
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const std::byte good = bytes[i];
    for (const unsigned change : {0x01U, 0x80U, 0xFFU}) {
      bytes[i] = good ^ static_cast<std::byte>(change);
      if (!refused(bytes)) FAIL("byte " << i << " changed by " << change << " was not noticed");
    }
    bytes[i] = good;
  }
  CHECK_FALSE(refused(bytes));
}

TEST_CASE("damage is named where it is") {
  const Bytes good = encode(tiny_archive());
  const auto message = [&](std::size_t i) {
    Bytes bytes = good;
    bytes[i] ^= std::byte{1};
    return message_of<wick::FormatError>([&] { static_cast<void>(wick::read_archive(bytes)); });
  };
  CHECK(message(20) ==
        "<memory>: at byte 60: the checksum of the first 60 bytes is wrong; the file is damaged");
  CHECK(message(100) == "<memory>: at byte 40: the checksum of the header is wrong; the file is damaged");
  CHECK(message(300) == "<memory>: at byte 300: padding must be zero; the file is damaged");
  CHECK(message(320) == "<memory>: at byte 320: the checksum of tensor \"a\" is wrong; the file is damaged");
  CHECK(message(330) == "<memory>: at byte 330: padding must be zero; the file is damaged");
  CHECK(message(384) == "<memory>: at byte 384: the checksum of tensor \"b\" is wrong; the file is damaged");
}

TEST_CASE("bytes behind the end are refused") {
  Bytes bytes = encode(tiny_archive());
  bytes.push_back(std::byte{0});
  CHECK(message_of<wick::FormatError>([&] { static_cast<void>(wick::read_archive(bytes)); }) ==
        "<memory>: at byte 32: expected 388 bytes (320 + 68 of tensors), the file has 389; something was "
        "appended");
}

TEST_CASE("files of another kind are named") {
  const TempDir dir;
  const auto message = [&](std::string_view text) {
    write_bytes(dir / "f", std::as_bytes(std::span(text)));
    const auto path = dir / "f";
    const std::string m = message_of<wick::FormatError>([&] { static_cast<void>(wick::read_archive(path)); });
    return m.substr(path.string().size());
  };
  CHECK(message("PK\x03\x04...") ==
        ": expected a wick checkpoint, got a zip archive, as torch.save writes it (.pth, .pt)");
  CHECK(message("<html>") == ": expected a wick checkpoint, got an HTML page; the download probably failed");
  CHECK(message("\x89WICK\n\x1a") ==
        ": expected a wick checkpoint, got a wick checkpoint damaged by a "
        "transfer in text mode; copy it again as binary");
  CHECK(message("hello") == ": expected a wick checkpoint, got a file of an unknown kind");
  CHECK(contains(message_of<wick::FormatError>([] { static_cast<void>(wick::read_archive(Bytes{})); }),
                 "got an empty file"));
}

TEST_CASE("paths that cannot be read are refused by name and reason") {
  const TempDir dir;
  const auto message = [](const fs::path& path, const wick::ArchiveLimits& limits = {}) {
    return message_of<wick::FileError>([&] { static_cast<void>(wick::read_archive(path, limits)); });
  };
  CHECK(message(dir / "none") == (dir / "none").string() + ": cannot open: No such file or directory");
  CHECK(message(dir.path()) == dir.path().string() + ": expected a file, got a directory");
  const Bytes bytes = encode(tiny_archive());
  write_bytes(dir / "f", bytes);
  CHECK(message(dir / "f", {.file_bytes = 387}) ==
        (dir / "f").string() + ": the file has 388 bytes, the limit is 387 (ArchiveLimits::file_bytes)");
  CHECK(wick::read_archive(dir / "f", {.file_bytes = 388}) == tiny_archive());
}
