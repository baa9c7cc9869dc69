#include "io/torch/crafted.hpp"
#include "support/throws.hpp"

#include <wick/io/torch/detail/zip_format.hpp>
#include <wick/io/torch/read.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

using namespace std::string_literals;
using wick_tests::message_of;
using wick_tests::pickle;
using wick_tests::storage;
using wick_tests::TensorPickle;
using wick_tests::zip;
using wick_tests::ZipItem;

namespace {

const std::string six_floats(24, '\1');
const std::string object = pickle(TensorPickle{}.str());

std::vector<ZipItem> records() {
  return {{.name = "m/data.pkl", .data = object},
          {.name = "m/data/0", .data = six_floats},
          {.name = "m/version", .data = "3\n"}};
}
wick::TorchValue read(const std::vector<ZipItem>& items, const wick::TorchLimits& limits = {}) {
  const std::string file = zip(items);
  return wick::read_torch(std::as_bytes(std::span(file)), limits);
}
/// The message without the position.
std::string refused(const std::vector<ZipItem>& items) {
  const std::string message = message_of<wick::FormatError>([&] { static_cast<void>(read(items)); });
  return wick_tests::fault_in("<memory>", message);
}
std::string refused_after(auto&& change) {
  auto items = records();
  change(items);
  return refused(items);
}

}  // namespace

TEST_CASE("the least that torch.load reads is read") {
  const auto value = read(records());
  REQUIRE(value.is<wick::TorchTensor>());
  CHECK(value.get_if<wick::TorchTensor>()->tensor.shape() == wick::Shape{2, 3});
  auto items = records();
  items[2].name = "m/.data/version";
  CHECK(read(items) == value);
  items[2].data = "10";
  CHECK(read(items) == value);
  // PyTorch looks names up without regard to case.
  items = records();
  items[0].name = "m/DATA.PKL";
  CHECK(read(items) == value);
  items.push_back({.name = "m/unknown", .data = "?"});
  items.push_back({.name = "m/byteorder", .data = "little"});
  CHECK(read(items) == value);
}

TEST_CASE("the byte order of the storages is the file's") {
  auto items = records();
  items[0].data = pickle(TensorPickle{.store = storage("0", 6, "ShortStorage")}.str());
  items[1].data = std::string("\0\1\0\2\0\3\0\4\0\5\1\0"s);
  items.push_back({.name = "m/byteorder", .data = "big"});
  const auto tensor = read(items).get_if<wick::TorchTensor>()->tensor.to<std::int64_t>();
  CHECK(std::vector<std::int64_t>(tensor.data(), tensor.data() + 6) ==
        std::vector<std::int64_t>{1, 2, 3, 4, 5, 256});
  items.back().data = "middle";
  CHECK(refused(items) == "expected the byte order little or big, got 'middle'");
}

TEST_CASE("records that are missing or not what the pickle claims are refused") {
  using Items = std::vector<ZipItem>;
  CHECK(refused_after([](Items& r) { r.erase(r.begin() + 1); }) == "there is no record for the storage '0'");
  const std::string both =
      "expected the records data.pkl and version, as torch.save writes them; the zip archive does not have "
      "both";
  CHECK(refused_after([](Items& r) { r.erase(r.begin()); }) == both);
  CHECK(refused_after([](Items& r) { r.pop_back(); }) == both);
  CHECK(refused_after([](Items& r) { r[1].data += "x"; }) ==
        "the storage '0' should have 24 bytes, its record has 25");
  CHECK(refused_after([](Items& r) { r[1].data.pop_back(); }) ==
        "the storage '0' should have 24 bytes, its record has 23");
  CHECK(refused_after([](Items& r) { r[1].data = ""; }) ==
        "the storage '0' should have 24 bytes, its record has 0");
  CHECK(refused_after([](Items& r) { r[0].data += "x"; }) == "1 bytes follow the end of the pickle");
  for (const char* version : {"0", "11", "", "3a", "-1", "a"}) {
    CHECK(refused_after([&](Items& r) { r[2].data = version; }) ==
          "expected a format version from 1 to 10, got '"s + version + "'");
  }
  // A storage of terabytes, and one whose key is a path.
  CHECK(refused_after([](Items& r) {
          r[0].data = pickle(TensorPickle{.store = storage("0", INT32_MAX, "DoubleStorage")}.str());
        }) == "the storage '0' should have 17179869176 bytes, its record has 24");
  CHECK(refused_after([](Items& r) {
          r[0].data = pickle(TensorPickle{.store = storage("../version", 6)}.str());
        }) == "there is no record for the storage '../version'");
}

TEST_CASE("checksums are compared unless the limits say not to") {
  using Items = std::vector<ZipItem>;
  CHECK(refused_after([](Items& r) { r[1].crc = 1; }) ==
        "the checksum of the record 'data/0' is wrong; the file is damaged");
  CHECK(refused_after([](Items& r) { r[0].crc = 1; }) ==
        "the checksum of the record 'data.pkl' is wrong; the file is damaged");
  CHECK(refused_after([](Items& r) { r[2].crc = 1; }) ==
        "the checksum of the record 'version' is wrong; the file is damaged");
  CHECK(
      refused_after([](Items& r) { r[1].crc = 0; }) ==
      "the checksum of the record 'data/0' is 0: the file is damaged, or was saved without checksums, which "
      "TorchLimits::check_crc = false accepts");
  auto items = records();
  items[1].crc = 1;
  wick::TorchLimits limits;
  limits.check_crc = false;
  CHECK(read(items, limits) == read(records()));
}

TEST_CASE("other archives are named") {
  CHECK(
      refused_after([](std::vector<ZipItem>& r) { r.push_back({.name = "m/constants.pkl", .data = ""}); }) ==
      "a TorchScript archive holds code; save its weights in Python: "
      "torch.save(torch.jit.load(path).state_dict(), new_path)");
  CHECK(refused({{.name = "arr_0.npy", .data = "x"}}) ==
        "arrays of NumPy (.npz); convert them in Python: torch.save({k: torch.from_numpy(v) for k, v in "
        "numpy.load(path).items()}, new_path)");
  CHECK(refused({{.name = "a.txt", .data = "x"}}) == "a zip archive that torch.save did not write");
}
