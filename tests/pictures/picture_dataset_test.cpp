#include <wick/pictures/picture_dataset.hpp>

#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/data/data_loader.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

using wick::Image;
using wick::Index;
using wick::PictureDataset;
using wick_tests::contains;
using wick_tests::message_of;

namespace {

// One of 2 by 2 pixels of one value in each channel.
Image picture(std::initializer_list<int> channels) {
  Image result(wick::Shape{2, 2, static_cast<Index>(channels.size())});
  for (Index i = 0; i < result.numel(); ++i) {
    result.data()[i] = static_cast<std::uint8_t>(channels.begin()[i % static_cast<Index>(channels.size())]);
  }
  return result;
}

// Two classes; two pictures of one, one of the other, and files that are none.
class Folder {
 public:
  Folder() {
    for (const char* folder : {"b", "a/deep"}) std::filesystem::create_directories(dir / folder);
    wick::save_png(picture({10}), dir / "b/1.PNG");
    wick::save_png(picture({20, 40, 60}), dir / "a/deep/0.png");
    wick::save_png(picture({30}), dir / "a/2.png");
    std::filesystem::copy_file(std::filesystem::path(WICK_TEST_DATA) / "jpeg_gray.jpg", dir / "a/10.jpeg");
    wick_tests::write_bytes(dir / "a/notes.txt", {});
    wick_tests::write_bytes(dir / "outside.png", {});
  }
  wick_tests::TempDir dir;
};

}  // namespace

TEST_CASE("a folder with a folder for each class") {
  const Folder folder;
  const auto data = PictureDataset::of_folder(folder.dir.path(), {.height = 4, .width = 2, .channels = 3});
  CHECK(data.classes() == std::vector<std::string>{"a", "b"});
  REQUIRE(data.size() == 4);
  std::vector<std::string> names;
  std::vector<std::int64_t> labels;
  for (Index i = 0; i < data.size(); ++i) {
    names.push_back(data.files().paths[static_cast<std::size_t>(i)].filename().string());
    labels.push_back(data.label(i));
  }
  CHECK(names == std::vector<std::string>{"10.jpeg", "2.png", "0.png", "1.PNG"});
  CHECK(labels == std::vector<std::int64_t>{0, 0, 0, 1});
  // Proportions are kept: a row of black above and one below.
  const auto pixels = data.pixels(2);
  CHECK(pixels.shape() == wick::Shape{3, 4, 2});
  CHECK(std::vector<int>(pixels.span().begin(), pixels.span().end()) ==
        std::vector<int>{0, 0, 20, 20, 20, 20, 0, 0, 0, 0, 40, 40, 40, 40, 0, 0, 0, 0, 60, 60, 60, 60, 0, 0});
  const auto stretched = PictureDataset::of_folder(
      folder.dir.path(),
      {.height = 1, .width = 3, .channels = 1, .keep_proportions = false, .normalize = {0, 1}});
  wick::Batch<float> batch;
  stretched.collate(std::vector<Index>{3, 1}, batch);
  CHECK(batch.inputs.shape() == wick::Shape{2, 1, 1, 3});
  CHECK(batch.inputs.at(0, 0, 0, 2) == 10.0F / 255);
  CHECK(batch.inputs.at(1, 0, 0, 0) == 30.0F / 255);
  CHECK(batch.targets == wick::Tensor<std::int64_t>::from({1, 0}));
  CHECK_THROWS_AS(stretched.collate(std::vector<Index>{4}, batch), wick::IndexError);
  wick::DataLoader<PictureDataset, double> loader(data, {.batch_size = 3});
  CHECK(loader.size() == 2);
}

TEST_CASE("the files of a table") {
  const Folder folder;
  wick::Texts files;
  for (const char* name : {"b/1.PNG", "a/2.png", "b/1.PNG"}) files.add(name);
  const wick::Table table({wick::Column("picture", files), wick::Column("digit", wick::Integers{{7, 3, 7}})});
  const auto data = PictureDataset::of_table(table, "picture", "digit", folder.dir.path());
  CHECK(data.classes() == std::vector<std::string>{"3", "7"});
  CHECK(data.label(0) == 1);
  CHECK(data.label(1) == 0);
  CHECK(data.pixels(0).at(0, 14, 14) == 10);
  const wick::Table again = data.table();
  CHECK(again.names() == std::vector<std::string>{"file", "label"});
  CHECK(PictureDataset::of_table(again, "file", "label").label(2) == 1);
  CHECK_THROWS_AS(static_cast<void>(PictureDataset::of_table(table, "file", "digit")), wick::IndexError);
  wick::Texts missing;
  missing.add("a/2.png");
  missing.add_missing();
  const wick::Table lacking(
      {wick::Column("picture", missing), wick::Column("digit", wick::Integers{{1, 2}})});
  CHECK(message_of<wick::OptionError>([&] {
          static_cast<void>(PictureDataset::of_table(lacking, "picture", "digit"));
        }) == "PictureDataset: row 1 has nothing in the column \"picture\"");
}

TEST_CASE("folders and options that do not work are refused") {
  const Folder folder;
  const auto refused = [&](const std::filesystem::path& path) {
    return message_of<wick::FileError>([&] { static_cast<void>(PictureDataset::of_folder(path)); });
  };
  CHECK(contains(refused(folder.dir / "none"), "cannot read the folder: "));
  CHECK(contains(refused(folder.dir / "a/deep"), "expected a folder for each class, there are none"));
  std::filesystem::create_directory(folder.dir / "c");
  CHECK(contains(refused(folder.dir.path()),
                 "expected pictures (.png, .jpg, .jpeg) of the class \"c\", there are none"));
  wick_tests::write_bytes(folder.dir / "c/x.png", wick_tests::bytes_of({'G', 'I', 'F', '8', '9', 'a'}));
  CHECK(contains(refused(folder.dir.path()), "x.png: at byte 0: expected a PNG or JPEG picture, got a GIF"));
  std::filesystem::remove_all(folder.dir / "c");
  const auto option = [&](const wick::PictureOptions& options) {
    return message_of<wick::OptionError>(
        [&] { static_cast<void>(PictureDataset::of_folder(folder.dir.path(), options)); });
  };
  CHECK(contains(option({.channels = 2}), "channels must be 1 or 3, got 2"));
  CHECK(contains(option({.height = 0}), "height must be 1 to 32768, got 0"));
  CHECK(contains(option({.width = -1}), "width must be 1 to 32768, got -1"));
  CHECK(contains(option({.most_bytes = 3000}), "4 pictures of 784 bytes are more than 3000 bytes"));
  CHECK(contains(option({.normalize = {0, 0}}), "std must be finite and > 0"));
}
