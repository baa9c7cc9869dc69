#include "io/torch/crafted.hpp"
#include "support/throws.hpp"

#include <wick/io/torch/records.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using wick_tests::message_of;
using wick_tests::zip;
using wick_tests::ZipItem;

namespace {

std::string refused(const std::vector<ZipItem>& items) {
  const std::string file = zip(items);
  return message_of<wick::FormatError>([&] { wick::TorchRecords(std::as_bytes(std::span(file)), "z"); });
}

}  // namespace

TEST_CASE("records are found by their names without the prefix") {
  const std::string file = zip({{.name = "my model.v2/data.pkl", .data = "one"},
                                {.name = "my model.v2/data/10", .data = "two"},
                                {.name = "my model.v2/data/2", .data = ""},
                                {.name = "my model.v2/", .data = ""}});
  const wick::TorchRecords records(std::as_bytes(std::span(file)), "z");
  const auto text = [&](std::string_view name) {
    const auto data = records.data_of(name);
    return std::string(reinterpret_cast<const char*>(data.data()), data.size());
  };
  CHECK(text("data.pkl") == "one");
  CHECK(text("DATA/10") == "two");
  CHECK(records.find("data/2")->data.empty());
  CHECK(records.find("data/1") == nullptr);
  CHECK(records.find("data") == nullptr);
  CHECK(records.find("my model.v2/data.pkl") == nullptr);
  CHECK(message_of<wick::FormatError>([&] { static_cast<void>(records.data_of("data/3")); }) ==
        "z: at byte " + std::to_string(file.size()) +
            ": expected a record 'data/3', as torch.save writes it; there is none in this zip archive");
}

TEST_CASE("archives without a common prefix, and names that are there twice, are refused") {
  CHECK(refused({}) == "z: at byte 0: expected a zip archive");
  CHECK(refused({{.name = "data.pkl", .data = ""}}) ==
        "z: at byte 38: expected all entries in one folder, as torch.save puts them, got 'data.pkl'");
  CHECK(refused({{.name = "a/x", .data = ""}, {.name = "b/y", .data = ""}}) ==
        "z: at byte 66: expected all entries in the folder 'a/', got 'b/y'");
  CHECK(refused({{.name = "a/x", .data = ""}, {.name = "ab", .data = ""}}) ==
        "z: at byte 65: expected all entries in the folder 'a/', got 'ab'");
  CHECK(refused({{.name = "a/x", .data = ""}, {.name = "A/y", .data = ""}}) ==
        "z: at byte 66: expected all entries in the folder 'a/', got 'A/y'");
  CHECK(refused({{.name = "a/x", .data = "1"}, {.name = "a/x", .data = "2"}})
            .ends_with(": the record 'x' is there twice"));
  CHECK(
      refused(
          {{.name = "a/data/0", .data = "1"}, {.name = "a/z", .data = ""}, {.name = "a/Data/0", .data = "2"}})
          .ends_with(" is there twice"));
}
