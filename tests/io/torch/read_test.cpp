#include "io/torch/crafted.hpp"
#include "io/torch/expected_value.hpp"
#include "support/allocations.hpp"
#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/base/file.hpp>
#include <wick/io/torch/read.hpp>
#include <wick/io/zip/writer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <sstream>
#include <string>
#include <vector>

using wick_tests::bytes_of;
using wick_tests::difference;
using wick_tests::Fixture;
using wick_tests::message_of;
using wick_tests::read_bytes;
using wick_tests::to_bytes;

namespace {

const std::filesystem::path folder = std::filesystem::path(WICK_TEST_DATA) / "torch";

std::map<std::string, wick::TorchValue> expected_files(const std::string& version) {
  Fixture in("torch/" + version + ".bin");
  std::map<std::string, wick::TorchValue> files;
  for (auto n = in.get<std::uint32_t>(); n > 0; --n) {
    std::string name = in.text();
    files.emplace(std::move(name), wick_tests::read_expected(in));
  }
  REQUIRE(in.at_end());
  return files;
}

void check_files(const std::string& version, std::size_t count) {
  const auto files = expected_files(version);
  CHECK(files.size() == count);
  for (const auto& file : files) {
    const std::string& name = file.first;
    CAPTURE(name);
    wick::TorchLimits limits;
    limits.check_crc = name.find("without_checksums") == std::string::npos;
    CHECK(difference(wick::read_torch(folder / name, limits), file.second) == "");
  }
}

}  // namespace

TEST_CASE("files of PyTorch 1.13 hold what was saved") { check_files("1.13", 28); }
TEST_CASE("files of PyTorch 2.13 hold what was saved") { check_files("2.13", 31); }
// tests/reference/make_torch_objects.py
TEST_CASE("what scripts put beside their tensors is data or a name") { check_files("objects", 12); }

TEST_CASE("on request files with anything but data are refused by name") {
  wick::TorchLimits limits;
  limits.refuse_objects = true;
  const auto refused = [&](const char* name) {
    return message_of<wick::FormatError>([&] { static_cast<void>(wick::read_torch(folder / name, limits)); });
  };
  CHECK(refused("objects_objects.pth").find("the file asks for __main__.Color, which is not data") !=
        std::string::npos);
  CHECK(refused("objects_legacy_objects.pth").find("the file asks for __main__.Color") != std::string::npos);
  for (const char* name : {"objects_protocol_0.pth", "objects_legacy_protocol_1.pth"}) {
    CHECK(wick::read_torch(folder / name, limits).is<wick::TorchDict>());
  }
}

namespace {

std::string refusal(const std::vector<std::byte>& bytes) {
  const std::string message =
      message_of<wick::FormatError>([&] { static_cast<void>(wick::read_torch(bytes)); });
  return wick_tests::fault_in("<memory>", message);
}

/// The value, or nothing if the bytes are refused; any other exception fails the test.
std::optional<wick::TorchValue> read_or_refuse(const std::vector<std::byte>& bytes) {
  try {
    return wick::read_torch(bytes);
  } catch (const wick::FormatError&) {
    return std::nullopt;
  }
}

}  // namespace

TEST_CASE("a file that is cut off anywhere is refused") {
  for (const char* name :
       {"2.13_state_dict.pth", "1.13_state_dict.pth", "2.13_legacy_state_dict.pth", "2.13_protocol_4.pth"}) {
    CAPTURE(name);
    const auto whole = read_bytes(folder / name);
    for (std::size_t n = 0; n < whole.size(); ++n) {
      CAPTURE(n);
      CHECK_FALSE(read_or_refuse({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n)}));
    }
  }
}

TEST_CASE("a byte that is changed anywhere in a zip file is noticed or does not matter") {
  for (const char* name : {"2.13_state_dict.pth", "1.13_state_dict.pth"}) {
    CAPTURE(name);
    auto bytes = read_bytes(folder / name);
    const auto value = wick::read_torch(bytes);
    std::size_t refused = 0;
    for (std::byte& b : bytes) {
      for (const unsigned change : {0x01U, 0x20U, 0x80U, 0xFFU}) {
        b ^= static_cast<std::byte>(change);
        const auto changed = read_or_refuse(bytes);
        CHECK((!changed || *changed == value));
        refused += changed ? 0 : 1;
        b ^= static_cast<std::byte>(change);
      }
    }
    // The rest are padding, dates and an id that says nothing.
    CHECK(refused > 2 * bytes.size());
  }
}

TEST_CASE("a byte that is changed anywhere in an old file does no harm") {
  auto bytes = read_bytes(folder / "1.13_legacy_state_dict.pth");
  std::size_t refused = 0;
  for (std::byte& b : bytes) {
    for (const unsigned change : {0x01U, 0x02U, 0x04U, 0x08U, 0x10U, 0x20U, 0x40U, 0x80U, 0xFFU}) {
      b ^= static_cast<std::byte>(change);
      refused += read_or_refuse(bytes) ? 0 : 1;
      b ^= static_cast<std::byte>(change);
    }
  }
  // There are no checksums: numbers, names and the device can be changed unnoticed.
  CHECK(refused > 4 * bytes.size());
}

TEST_CASE("refused files take little memory, whatever they claim") {
  const auto spent_on = [](const std::vector<std::byte>& bytes) {
    return wick_tests::bytes_allocated_in([&] { CHECK_FALSE(read_or_refuse(bytes)); });
  };
  const auto zipped = [](const std::string& pickle, const std::string& storage = std::string(24, '\1')) {
    return to_bytes(wick_tests::zip({{.name = "m/data.pkl", .data = pickle},
                                     {.name = "m/data/0", .data = storage},
                                     {.name = "m/version", .data = "3"}}));
  };
  using wick_tests::call;
  using wick_tests::global;
  using wick_tests::integer;
  using wick_tests::le;
  using wick_tests::pickle;
  using wick_tests::repeat;
  using wick_tests::storage;
  using wick_tests::TensorPickle;
  using wick_tests::text;
  using wick_tests::tuple;
  using wick_tests::zip;
  constexpr std::size_t enough = 16384;
  const std::string terabytes = "\x8a\x08" + le(std::uint64_t{1} << 42, 8);
  for (const std::string& body :
       {"X" + le(0xFFFFFFFF, 4), "\x8d" + le(std::uint64_t{1} << 62, 8), "\x8b" + le(0xFFFFFFFF, 4),
        "Nr" + le(0xFFFFFFFF, 4), "T" + le(0x7FFFFFFF, 4), "\x95" + le(std::uint64_t{1} << 50, 8),
        "\x96" + le(std::uint64_t{1} << 50, 8),
        TensorPickle{.store = storage("0", INT32_MAX, "ComplexDoubleStorage"),
        .sizes = tuple(integer(INT32_MAX)),
        .strides = tuple(integer(1))}
            .str(),
        TensorPickle{.sizes = tuple(terabytes), .strides = tuple(integer(0))}.str(),
        TensorPickle{.sizes = tuple(terabytes + terabytes), .strides = tuple(integer(0) + integer(0))}.str(),
        TensorPickle{.sizes = tuple(terabytes), .strides = tuple(integer(1))}.str(),
        call(global("net", "Net"), text("touch owned")) + "K"}) {
    CHECK(spent_on(zipped(pickle(body))) < enough);
  }
  // As much as its bytes pay for: a value for each, and no more.
  const auto values = zipped(pickle("](" + repeat("N", 10'000)));
  CHECK(spent_on(values) < 300 * values.size());
  const auto deep = zipped(pickle(repeat("]", 10'000)));
  CHECK(spent_on(deep) < 300 * deep.size());
  // Claims of the zip archive itself.
  const std::string file = zip({{.name = "m/data.pkl", .data = pickle("N")}}, {.count = 65535});
  CHECK(spent_on(to_bytes(file)) < enough);
}

TEST_CASE("what is read takes as much memory as the file and its values") {
  const auto bytes = read_bytes(folder / "2.13_lesson.pth");
  const auto owner = std::make_shared<int>();
  const auto spent =
      wick_tests::bytes_allocated_in([&] { static_cast<void>(wick::view_torch(bytes, owner, "f")); });
  CHECK(spent < 16 * bytes.size());
}

TEST_CASE("tensors are views of the file, which they keep alive") {
  auto bytes = std::make_shared<std::vector<std::byte>>(read_bytes(folder / "2.13_tensor.pth"));
  const std::weak_ptr<std::vector<std::byte>> watch = bytes;
  std::optional<wick::TorchValue> value = wick::view_torch(*bytes, bytes, "f");
  const std::byte* begin = bytes->data();
  const std::byte* end = begin + bytes->size();
  bytes.reset();
  CHECK_FALSE(watch.expired());
  const auto view = value->get_if<wick::TorchTensor>()->tensor.bytes();
  CHECK((view.data() >= begin && view.data() + view.size() <= end));
  value.reset();
  CHECK(watch.expired());
}

TEST_CASE("files are read from paths, memory and streams alike") {
  const auto path = folder / "2.13_lesson.pth";
  const auto value = wick::read_torch(path);
  CHECK(wick::read_torch(read_bytes(path)) == value);
  std::ifstream in(path, std::ios::binary);
  CHECK(wick::read_torch(in) == value);
  std::istringstream empty;
  CHECK(message_of<wick::FormatError>([&] { static_cast<void>(wick::read_torch(empty)); }) ==
        "<stream>: expected a file of torch.save, got an empty file");
  wick::TorchLimits limits;
  limits.file_bytes = limits.stream_bytes = 1000;
  std::ifstream again(path, std::ios::binary);
  CHECK(message_of<wick::FileError>([&] { static_cast<void>(wick::read_torch(again, limits)); }) ==
        "<stream>: the stream has more than the limit of 1000 bytes (TorchLimits::stream_bytes)");
  CHECK(message_of<wick::FileError>([&] {
          static_cast<void>(wick::read_torch(path, limits));
        }).ends_with("bytes, the limit is 1000 (TorchLimits::file_bytes)"));
  const wick_tests::TempDir dir;
  const auto named = dir / std::filesystem::path(u8"модель é.pth");
  wick_tests::write_bytes(named, read_bytes(path));
  CHECK(wick::read_torch(named) == value);
  wick_tests::write_bytes(named, bytes_of({1, 2, 3}));
  CHECK(message_of<wick::FormatError>([&] { static_cast<void>(wick::read_torch(named)); }) ==
        wick::display_name(named) + ": expected a file of torch.save, got a file of an unknown kind");
}

TEST_CASE("what is not a file of torch.save is named") {
  CHECK(refusal({}) == "expected a file of torch.save, got an empty file");
  CHECK(refusal(bytes_of({0x1f, 0x8b, 8})) ==
        "expected a file of torch.save, got a gzip file; unpack it first");
  CHECK(refusal(to_bytes("version https://git-lfs.github.com/spec/v1\n")) ==
        "expected a file of torch.save, got a Git LFS pointer; run git lfs pull to get the file itself");
  CHECK(refusal(to_bytes(wick_tests::pickle("]")))
            .starts_with("expected a file of torch.save, got a pickle that torch.save did not write; "));
  std::string tar(512, '\0');
  tar.replace(0, 8, "storages");
  tar.replace(257, 5, "ustar");
  CHECK(
      refusal(to_bytes(tar)) ==
      "expected a file of torch.save, got a tar archive; unpack it and load the file in it (the first "
      "versions "
      "of torch.save wrote such files themselves: torch.save(torch.load(path, weights_only=False), new_path) "
      "converts those)");
}

TEST_CASE("TorchScript is named, although its code is compressed") {
  std::vector<std::byte> bytes;
  auto append = [&bytes](std::span<const std::byte> part) {
    bytes.insert(bytes.end(), part.begin(), part.end());
  };
  wick::ZipWriter zip(append);
  for (const char* name : {"net/data.pkl", "net/code/__torch__.py", "net/constants.pkl", "net/version"}) {
    zip.add(name, {});
  }
  zip.finish();
  const auto message = [&bytes] {
    return message_of<wick::FormatError>([&] { static_cast<void>(wick::read_torch(bytes)); });
  };
  const std::string expected =
      "<memory>: a TorchScript archive holds code; save its weights in Python: "
      "torch.save(torch.jit.load(path).state_dict(), new_path)";
  CHECK(message() == expected);

  // The second entry of the directory gets the method of deflate.
  const auto signature = bytes_of({0x50, 0x4b, 0x01, 0x02});
  const auto first = std::search(bytes.begin(), bytes.end(), signature.begin(), signature.end());
  const auto second = std::search(first + 1, bytes.end(), signature.begin(), signature.end());
  REQUIRE(second != bytes.end());
  second[10] = std::byte{8};
  CHECK(message() == expected);
}
