#include "io/torch/crafted.hpp"
#include "support/throws.hpp"

#include <wick/io/torch/detail/legacy_format.hpp>
#include <wick/io/torch/read.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

using namespace std::string_literals;
using wick_tests::call;
using wick_tests::global;
using wick_tests::le;
using wick_tests::message_of;
using wick_tests::pickle;
using wick_tests::storage;
using wick_tests::TensorPickle;
using wick_tests::text;
using wick_tests::to_bytes;
using wick_tests::tuple;

namespace {

const std::string magic = pickle("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19");
const std::string version = pickle("M" + le(1001, 2));
const std::string system_info = pickle("}" + text("protocol_version") + "M" + le(1001, 2) + "s");
const std::string six_bytes = le(6, 8) + "\1\2\3\4\5\6";

/// A file with one tensor of six bytes; every part may lie.
struct Legacy {
  std::string header = magic + version + system_info;
  std::string object = pickle(TensorPickle{.store = storage("94", 6, "ByteStorage", "N")}.str());
  std::string keys = pickle("]" + text("94") + "a");
  std::string storages = six_bytes;

  [[nodiscard]] std::string str() const { return header + object + keys + storages; }
};

wick::TorchValue read(const std::string& file) { return wick::read_torch(std::as_bytes(std::span(file))); }
std::string refused(const Legacy& file) {
  const std::string bytes = file.str();
  const std::string message = message_of<wick::FormatError>([&] {
    static_cast<void>(wick::read_torch(std::as_bytes(std::span(bytes)), wick_tests::data_alone()));
  });
  return wick_tests::fault_in("<memory>", message);
}
Legacy with_keys(const std::string& keys, const std::string& storages = six_bytes) {
  Legacy file;
  file.keys = pickle(keys);
  file.storages = storages;
  return file;
}

}  // namespace

TEST_CASE("a file from before 1.6 gives its tensors as views of it") {
  const auto value = read(Legacy{}.str());
  REQUIRE(value.is<wick::TorchTensor>());
  const auto& tensor = value.get_if<wick::TorchTensor>()->tensor;
  CHECK(tensor.shape() == wick::Shape{2, 3});
  CHECK(std::ranges::equal(tensor.bytes(), to_bytes("\1\2\3\4\5\6")));
  Legacy none;
  none.object = pickle("N");
  none.keys = pickle("]");
  none.storages = "";
  CHECK(read(none.str()) == wick::TorchValue());
}

TEST_CASE("the header of an old file must be that of torch.save") {
  Legacy file;
  file.header = pickle("K\1");
  const std::string other =
      "expected a file of torch.save, got a pickle that torch.save did not write; convert it in Python: "
      "torch.save({k: torch.as_tensor(v) for k, v in pickle.load(open(path, 'rb')).items()}, new_path)";
  CHECK(refused(file) == other);
  file.header = pickle("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x18");
  CHECK(refused(file) == other);
  file.header = pickle(call(global("os", "system"), text("id")));
  CHECK(refused(file) == other);  // nothing of it is looked at
  file.header = magic + pickle("M" + le(1002, 2)) + system_info;
  CHECK(refused(file) == "expected protocol version 1001 of torch.save, got another one");
  file.header = magic + pickle(text("1001")) + system_info;
  CHECK(refused(file) == "expected protocol version 1001 of torch.save, got another one");
  file.header = magic + version + pickle("]");
  CHECK(refused(file) == "expected a dict about the machine that wrote the file");
  file.header = magic + version + pickle(storage("0", 1, "ByteStorage", "N"));
  CHECK(refused(file) == "expected no storages here, got a persistent id");
}

TEST_CASE("the list of storages and the tensors must agree") {
  CHECK(refused(with_keys("]")) == "the storage '94' is not in the list of storages");
  CHECK(refused(with_keys(")")) == "expected the list of storages, got tuple");
  CHECK(refused(with_keys("]K\1a")) == "expected the key of a storage, got int");
  CHECK(refused(with_keys("]" + text("95") + "a")) == "no tensor has the storage '95'");
  CHECK(refused(with_keys("](" + text("94") + text("95") + "e")) == "no tensor has the storage '95'");
  CHECK(refused(with_keys("](" + text("94") + text("94") + "e")) == "the storage '94' is listed twice");
  const std::string keys = "]" + text("94") + "a";
  CHECK(refused(with_keys(keys, "")) == "the size of a storage needs 8 bytes, 0 are left");
  CHECK(refused(with_keys(keys, le(6, 8) + "12345")) == "a storage needs 6 bytes, 5 are left");
  CHECK(refused(with_keys(keys, le(5, 8) + "123456")) ==
        "the storage '94' should have 6 elements, the file says 5");
  CHECK(refused(with_keys(keys, le(~0ULL, 8) + "123456")) ==
        "the storage '94' should have 6 elements, the file says 18446744073709551615");
  CHECK(refused(with_keys(keys, six_bytes + "more")) == "4 bytes follow the last storage");
  Legacy file;
  file.object = pickle(TensorPickle{.store = storage("94", INT32_MAX, "DoubleStorage", "N")}.str());
  file.storages = le(INT32_MAX, 8) + "123456";
  CHECK(refused(file) == "a storage needs 17179869176 bytes, 6 are left");
}

TEST_CASE("whole modules in old files are refused") {
  Legacy file;
  file.object =
      pickle(tuple(text("module") + global("torch", "Tensor") + text("net.py") + text("class Net")) + "Q");
  CHECK(refused(file) == "only storages may have persistent ids; save a state_dict(), not a whole module");
  // Its class stands for an object, of which the name is kept.
  file.object =
      pickle(tuple(text("module") + global("net", "Net") + text("net.py") + text("class Net")) + "Q)\x81}b");
  file.keys = pickle("]");
  file.storages = "";
  CHECK(read(file.str()) == wick::TorchValue(wick::TorchObject{"net.Net"}));
}
