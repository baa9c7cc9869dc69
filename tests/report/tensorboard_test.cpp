#include <wick/report/tensorboard.hpp>

#include "report/text_of.hpp"
#include "support/files.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <limits>
#include <string>
#include <utility>
#include <vector>

using wick::Tensor;
using wick::TensorBoardWriter;
using wick_tests::message_of;

namespace {

// The records of a file, each with its length and checksums.
std::vector<std::string> records_of(const std::string& bytes) {
  std::vector<std::string> records;
  for (std::size_t at = 0; at < bytes.size();) {
    constexpr std::size_t around = 16;
    std::uint64_t size = 0;
    REQUIRE(at + sizeof size <= bytes.size());
    std::memcpy(&size, bytes.data() + at, sizeof size);
    records.push_back(bytes.substr(at, static_cast<std::size_t>(size) + around));
    at += static_cast<std::size_t>(size) + around;
  }
  return records;
}

}  // namespace

TEST_CASE("records are those that PyTorch's SummaryWriter writes") {
  const wick_tests::TempDir folder;
  TensorBoardWriter board(folder / "runs" / "a", {.suffix = ".test", .wall_time = 1700000000.25});
  board.scalar("first", 1, 0);
  std::int64_t step = 0;
  constexpr double infinity = std::numeric_limits<double>::infinity();
  for (const double x : {1.0, 0.5, 0.0, -0.1, infinity, std::numeric_limits<double>::quiet_NaN(), 1e-30}) {
    board.scalar("Loss/train", x, step++);
  }
  board.scalar("long step", 3.25, std::int64_t{1} << 40);
  board.scalar("negative step", 3.25, -2);
  board.text("Notes", "# Title\n*Größe* 日本", 3);
  board.text("Empty", "", 0);
  board.histogram("Weights", Tensor<double>::from({-1.5, -1, 0, 0.25, 0.25, 2, 1024}), 7);
  board.histogram("Ones", Tensor<float>::ones({5}), 0);
  board.histogram("Zeros", Tensor<float>::zeros({3}), 0);
  board.flush();
  CHECK(board.path().filename().string() == "events.out.tfevents.1700000000.0.test");
  const auto ours = records_of(wick_tests::text_of(board.path()));
  const auto theirs =
      records_of(wick_tests::text_of(std::filesystem::path(WICK_TEST_DATA) / "events.tfevents"));
  REQUIRE(ours.size() == theirs.size());
  CHECK(ours[0].find("brain.Event:2") != std::string::npos);
  // Theirs names its writer in the first record.
  for (std::size_t i = 1; i < ours.size(); ++i) {
    CAPTURE(i);
    CHECK(ours[i] == theirs[i]);
  }
}

TEST_CASE("each writer has a file of its own, and what is written stays without flush()") {
  const wick_tests::TempDir folder;
  const wick::TensorBoardOptions options{.suffix = {}, .wall_time = 5};
  std::filesystem::path path;
  {
    TensorBoardWriter first(folder.path(), options);
    TensorBoardWriter second(folder.path(), options);
    CHECK(first.path() != second.path());
    TensorBoardWriter moved = std::move(second);
    moved.scalar("a", 1, 1);
    path = moved.path();
  }
  CHECK(records_of(wick_tests::text_of(path)).size() == 2);
}

TEST_CASE("pictures are PNG files, and what is no picture is refused") {
  const wick_tests::TempDir folder;
  TensorBoardWriter board(folder.path());
  board.image("p", Tensor<std::uint8_t>::full({2, 3, 3}, 200), 1);
  board.histogram("nothing", Tensor<float>::from({std::numeric_limits<float>::quiet_NaN()}), 1);
  board.flush();
  const auto records = records_of(wick_tests::text_of(board.path()));
  REQUIRE(records.size() == 2);
  CHECK(records[1].find("\x89PNG\r\n\x1A\n") != std::string::npos);
  CHECK(message_of<wick::ShapeError>([&] { board.image("p", Tensor<std::uint8_t>::zeros({2}), 1); }) ==
        "TensorBoardWriter: expected a picture of shape [H, W], [H, W, 1] or [H, W, 3], got [2]");
}

TEST_CASE("folders that cannot be are refused") {
  const wick_tests::TempDir folder;
  wick_tests::write_bytes(folder / "file", wick_tests::bytes_of({1}));
  CHECK_THROWS_AS(TensorBoardWriter(folder / "file"), wick::FileError);
  CHECK(message_of<wick::OptionError>([&] {
          TensorBoardWriter(folder.path(), {.suffix = "/../x", .wall_time = {}});
        }) == "TensorBoardWriter: expected a suffix of a file name, got \"/../x\"");
}
