#include <wick/data/image_folder.hpp>

#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/data/data_loader.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

using wick::Image;
using wick::ImageFolder;
using wick::ImageFolderOptions;
using wick::Index;
using wick::LabelledPicture;
using wick::Shape;
using wick_tests::contains;
using wick_tests::message_of;

static_assert(wick::DatasetFor<ImageFolder, float>);
static_assert(wick::DatasetFor<ImageFolder, double>);

namespace {

/// A folder with the pictures of three classes; the pixels of each are of one value.
struct Pets {
  wick_tests::TempDir dir;
  std::filesystem::path root = dir / u8"tiere-ü";

  Pets() {
    add("dog/b.png", 20);
    add("dog/a-b/3.png", 22);
    add("dog/a/2.PNG", 23);
    add("dog/a/1.png", 21);
    add("dog/a/x/4.png", 24);
    add("cat/10.png", 10);
    add("cat/9.png", 9);
    add("Cow/x.png", 30);
    add("loose.png", 99);  // in no class
    wick_tests::write_bytes(root / "cat/notes.txt", wick_tests::bytes_of({1, 2, 3}));
    std::filesystem::create_directory(root / "cat/c.png");  // a folder
  }
  void add(const std::string& name, std::uint8_t value, const Shape& shape = {2, 2, 1}) const {
    std::filesystem::create_directories((root / name).parent_path());
    wick::save_png(Image::full(shape, value), root / name);
  }
  /// Names within the folder and labels.
  [[nodiscard]] static std::string list(std::span<const LabelledPicture> pictures) {
    std::string text;
    for (const auto& p : pictures) text += p.path.filename().string() + ":" + p.label + " ";
    return text;
  }
};

}  // namespace

TEST_CASE("a folder of folders is found in the order of torchvision") {
  const Pets pets;
  // sorted(os.walk(...)): "dog/a-b" comes behind "dog/a", and ahead of "dog/a/x".
  CHECK(Pets::list(wick::find_pictures(pets.root)) ==
        "x.png:Cow 10.png:cat 9.png:cat b.png:dog 1.png:dog 2.PNG:dog 3.png:dog 4.png:dog ");
  const ImageFolder data(pets.root, {.height = 2, .width = 2});
  CHECK(data.classes() == std::vector<std::string>{"Cow", "cat", "dog"});
  CHECK(data.size() == 8);
  CHECK(Pets::list(data.pictures()) == Pets::list(wick::find_pictures(pets.root)));
  std::string found;
  for (Index i = 0; i < data.size(); ++i)
    found += std::to_string(data.image(i).at(1, 1, 0)) + ":" + std::to_string(data.label(i)) + " ";
  CHECK(found == "30:0 10:1 9:1 20:2 21:2 23:2 22:2 24:2 ");
}

TEST_CASE("what is no picture of a class is said, with the folder") {
  const Pets pets;
  const auto refusal = [&](const std::filesystem::path& root) {
    return message_of<wick::FileError>([&] { static_cast<void>(wick::find_pictures(root)); });
  };
  CHECK(contains(refusal(pets.dir / "none"), "none: cannot read the folder: No such file or directory"));
  CHECK(contains(refusal(pets.root / "cat/notes.txt"), "cannot read the folder: Not a directory"));
  CHECK(contains(refusal(pets.root / "dog/a-b"),
                 "a-b: could not find any class folder: expected a folder for each class"));
  CHECK(contains(refusal(pets.root / "cat"),
                 "c.png: found no valid file for the class \"c.png\"; supported extensions are "
                 ".png, .jpg and .jpeg"));

  // The first bad one of the list is named, whichever thread meets one first; nothing comes of the others.
  wick_tests::write_bytes(pets.root / "cat/11.png", wick_tests::bytes_of({1, 2, 3}));
  wick_tests::write_bytes(pets.root / "dog/a/1.png", wick_tests::bytes_of({4}));
  wick::ThreadPool pool(3);
  for (wick::ThreadPool* const each : {static_cast<wick::ThreadPool*>(nullptr), &pool}) {
    CHECK(contains(message_of<wick::FormatError>([&] { ImageFolder(pets.root, {.pool = each}); }),
                   "11.png: at byte 0: expected a PNG or JPEG picture"));
  }
}

TEST_CASE("options out of range are refused before a file is read") {
  const auto refusal = [](const ImageFolderOptions& options, std::string label = "a") {
    return message_of<wick::OptionError>([&] {
      ImageFolder(std::vector<LabelledPicture>{{"no-such-file.png", label}}, options);
    });
  };
  CHECK(refusal({.channels = 2}) == "ImageFolder: channels must be 1 or 3, got 2");
  CHECK(contains(refusal({.height = 0}), "ImageFolder: expected a size of 1 to"));
  CHECK(contains(refusal({.normalize = {.std = 0}}), "Normalize: std must be finite and > 0"));
  CHECK(refusal({}, "") == "ImageFolder: expected a label for each picture, got none for no-such-file.png");
  CHECK(message_of<wick::OptionError>([] { ImageFolder(std::vector<LabelledPicture>{}); }) ==
        "ImageFolder: expected at least one picture, got none");
}

TEST_CASE("a list of files keeps its order, and pictures get their size and channels") {
  const Pets pets;
  // Red, green and blue side by side, twice as wide as high.
  Image colours(Shape{1, 2, 3});
  constexpr std::array<std::uint8_t, 6> bytes{255, 0, 51, 102, 153, 204};
  std::ranges::copy(bytes, colours.data());
  wick::save_png(colours, pets.root / "colours.png");
  const std::vector<LabelledPicture> list{{pets.root / "cat/9.png", "grey"},
                                          {pets.root / "colours.png", "bunt"}};

  const ImageFolder stretched(
      list, {.height = 2, .width = 2, .channels = 3, .stretch = true, .normalize = {.mean = 0, .std = 1}});
  CHECK(stretched.classes() == std::vector<std::string>{"bunt", "grey"});
  CHECK(stretched.label(0) == 1);
  wick::Batch<double> batch;
  stretched.collate(std::vector<Index>{1, 0}, batch);
  CHECK(batch.targets == wick::Tensor<std::int64_t>::from({0, 1}));
  REQUIRE(batch.inputs.shape() == Shape{2, 3, 2, 2});
  constexpr std::array<double, 12> planes{255, 102, 255, 102, 0, 153, 0, 153, 51, 204, 51, 204};
  for (std::size_t i = 0; i < planes.size(); ++i) {
    CHECK(batch.inputs.data()[i] == planes[i] / 255);
    CHECK(batch.inputs.data()[12 + i] == 9.0 / 255);  // grey in every channel
  }

  const ImageFolder fitted(list, {.height = 3, .width = 2, .background = 7, .invert = true});
  CHECK(fitted.channels() == 1);
  CHECK(fitted.image(0).at(1, 0, 0) == 255 - 9);  // the square
  CHECK(fitted.image(0).at(2, 0, 0) == 7);        // what it leaves free
  CHECK_THROWS_AS(static_cast<void>(fitted.image(2)), wick::IndexError);
  CHECK_THROWS_AS(static_cast<void>(fitted.label(-1)), wick::IndexError);
  CHECK_THROWS_AS(fitted.collate(std::vector<Index>{2}, batch), wick::IndexError);
}

TEST_CASE("any number of threads reads the same pictures, and a loader takes them") {
  const Pets pets;
  wick::ThreadPool pool(3);
  ImageFolder one(pets.root, {.height = 4, .width = 5});
  const ImageFolder three(pets.root, {.height = 4, .width = 5, .pool = &pool});
  for (Index i = 0; i < one.size(); ++i) CHECK(wick::Image(one.image(i)) == wick::Image(three.image(i)));
  CHECK_THROWS_AS(one.set_normalization({.std = -1}), wick::OptionError);
  CHECK(one.normalization() == wick::Normalize{});
  one.set_normalization({.mean = 0, .std = 1});

  wick::DataLoader loader(one, {.batch_size = 4});
  Index samples = 0;
  for (const auto& [inputs, targets] : loader) {
    CHECK(inputs.shape() == Shape{targets.size(0), 1, 4, 5});
    samples += targets.size(0);
  }
  CHECK(samples == 8);
}

#ifndef _WIN32
TEST_CASE("links to folders are not followed, and links to files are") {
  const Pets pets;
  std::filesystem::create_directory_symlink(pets.root, pets.root / "dog/all");
  std::filesystem::create_directory_symlink(pets.root / "cat", pets.root / "kitten");
  std::filesystem::create_symlink(pets.root / "loose.png", pets.root / "Cow/y.png");
  CHECK(Pets::list(wick::find_pictures(pets.root)) ==
        "x.png:Cow y.png:Cow 10.png:cat 9.png:cat b.png:dog 1.png:dog 2.PNG:dog 3.png:dog 4.png:dog ");
}
#endif
