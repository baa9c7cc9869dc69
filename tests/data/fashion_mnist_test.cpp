#include <wick/data/fashion_mnist.hpp>

#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/data/data_loader.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

using wick::FashionMNIST;
using wick::Index;
using wick_tests::bytes_of;
using wick_tests::contains;
using wick_tests::message_of;
namespace fs = std::filesystem;

namespace {

constexpr const char* variable = "WICK_FASHION_MNIST";
const fs::path debian = "/usr/share/datasets/fashion-mnist";

#if defined(_WIN32)
void set_variable(const char* value) { _putenv_s(variable, value); }
#else
void set_variable(const char* value) { *value == '\0' ? unsetenv(variable) : setenv(variable, value, 1); }
#endif

/// Sets the search as if nobody had set anything up, and puts everything back.
class Surroundings {
 public:
  Surroundings() {
    if (const char* value = std::getenv(variable)) value_ = value;
    set_variable("");
    fs::current_path(dir_.path());
  }
  ~Surroundings() {
    set_variable(value_.c_str());
    fs::current_path(folder_);
  }
  [[nodiscard]] fs::path operator/(const fs::path& name) const { return dir_ / name; }

 private:
  wick_tests::TempDir dir_;
  fs::path folder_ = fs::current_path();
  std::string value_;
};

/// One image of 28 x 28 zeros with the given label, as the files of a data set.
void write_set(const fs::path& folder, unsigned label, const std::string& prefix = "train",
               unsigned side = 28) {
  fs::create_directories(folder);
  auto images = bytes_of({0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, side, 0, 0, 0, side});
  images.resize(images.size() + side * side);
  wick_tests::write_bytes(folder / (prefix + "-images-idx3-ubyte"), images);
  wick_tests::write_bytes(folder / (prefix + "-labels-idx1-ubyte"),
                          bytes_of({0, 0, 8, 1, 0, 0, 0, 1, label}));
}

std::string refusal(const fs::path& root, bool train = true) {
  return message_of<wick::FileError>([&] { FashionMNIST(root, train); });
}

}  // namespace

TEST_CASE("the folder is the argument, then the environment variable, then ./data/fashion-mnist") {
  const Surroundings here;
  write_set(here / u8"argument-ä", 1);
  write_set(here / "variable", 2);
  write_set(here / "data" / "fashion-mnist", 3);
  set_variable((here / "variable").string().c_str());
  CHECK(FashionMNIST(here / u8"argument-ä").label(0) == 1);
  CHECK(FashionMNIST().label(0) == 2);
  set_variable("");
  CHECK(FashionMNIST().label(0) == 3);
  CHECK(FashionMNIST().classes().at(3) == "Dress");
}

TEST_CASE("without an argument and a variable two folders are searched, in this order") {
  const Surroundings here;
  const std::vector<fs::path> expected{"./data/fashion-mnist", "/usr/share/datasets/fashion-mnist"};
  const auto folders = wick::detail::fashion_mnist_folders({});
  CHECK(std::vector<fs::path>(folders.begin(), folders.end()) == expected);
}

TEST_CASE("training and test set are different files, plain or compressed") {
  const Surroundings here;
  const auto folder = here / "both";
  write_set(folder, 4, "train");
  write_set(folder, 5, "t10k");
  CHECK(FashionMNIST(folder, true).label(0) == 4);
  CHECK(FashionMNIST(folder, false).label(0) == 5);
  fs::rename(folder / "t10k-images-idx3-ubyte", folder / "t10k-images-idx3-ubyte.gz");
  CHECK(FashionMNIST(folder, false).label(0) == 5);
}

TEST_CASE("a folder that was named is never replaced by another one") {
  const Surroundings here;
  write_set(here / "data" / "fashion-mnist", 3);
  fs::create_directories(here / u8"leer-ä");
  const std::string text = refusal(here / u8"leer-ä");
  CHECK(contains(text,
                 "leer-ä: Fashion-MNIST was not found. Looked for train-images-idx3-ubyte and "
                 "train-labels-idx1-ubyte, each plain or with .gz, in:\n  "));
  CHECK_FALSE(contains(text, "./data/fashion-mnist"));
  set_variable((here / "missing").string().c_str());
  CHECK(contains(refusal({}, false),
                 "missing: Fashion-MNIST was not found. Looked for t10k-images-idx3-ubyte"));
}

TEST_CASE("absent data is an error that says where it looked and both ways to get it") {
  const Surroundings here;
  if (fs::exists(debian)) {
    MESSAGE("the Debian package is installed: the full list is checked with a named folder only");
  } else {
    const std::string text = refusal({});
    CHECK(contains(text, "\n  ./data/fashion-mnist\n  /usr/share/datasets/fashion-mnist\n"));
  }
  const std::string text = refusal(here / "none");
  CHECK(contains(text, "none\nGet the data with one of\n"));
  CHECK(contains(text, "sudo apt-get install dataset-fashion-mnist"));
  CHECK(contains(text, "./examples/quickstart.sh"));
  CHECK(contains(text, "environment variable WICK_FASHION_MNIST"));
}

TEST_CASE("half a data set is not found, and the message says so") {
  const Surroundings here;
  write_set(here / "half", 1);
  fs::remove(here / "half" / "train-labels-idx1-ubyte");
  CHECK(contains(refusal(here / "half"), "half (only one of the two files)"));
}

TEST_CASE("labels and images that are not Fashion-MNIST's are refused") {
  const Surroundings here;
  write_set(here / "label", 10);
  CHECK(contains(refusal(here / "label"), "expected labels below 10, got label 10 at index 0"));
  write_set(here / "size", 1, "train", 27);
  CHECK(contains(refusal(here / "size"), "expected images of 28 x 28 pixels, got shape [1, 27, 27]"));
}

TEST_CASE("the real data set is read whole") {
  if (!fs::exists(debian)) {
    MESSAGE("skipped: " << debian << " is absent (sudo apt-get install dataset-fashion-mnist)");
    return;
  }
  const FashionMNIST train(debian, true);
  const FashionMNIST test(debian, false);
  REQUIRE(train.size() == 60000);
  REQUIRE(test.size() == 10000);
  // Published facts: 6000 and 1000 images of each class, mean 0.2860 and deviation 0.3530 of the pixels.
  for (const FashionMNIST* data : {&train, &test}) {
    std::array<Index, 10> count{};
    for (Index i = 0; i < data->size(); ++i) ++count.at(static_cast<std::size_t>(data->label(i)));
    for (const Index n : count) CHECK(n == data->size() / 10);
  }
  double sum = 0;
  double squares = 0;
  for (Index i = 0; i < train.size(); ++i) {
    for (const std::uint8_t x : train.image(i).span()) {
      sum += x / 255.0;
      squares += (x / 255.0) * (x / 255.0);
    }
  }
  const double mean = sum / (60000.0 * 784);
  CHECK(mean == doctest::Approx(0.2860).epsilon(2e-4));
  CHECK(std::sqrt(squares / (60000.0 * 784) - mean * mean) == doctest::Approx(0.3530).epsilon(2e-4));
  // The first training images are, in order, a boot, two T-shirts and a dress.
  CHECK(train.classes().at(static_cast<std::size_t>(train.label(0))) == "Ankle boot");
  CHECK(train.label(1) == 0);
  CHECK(train.label(2) == 0);
  CHECK(train.label(3) == 3);

  wick::DataLoader loader(test, {.batch_size = 64});
  CHECK(loader.size() == 157);
  const auto& [images, labels] = *loader.begin();
  CHECK(images.shape() == wick::Shape{64, 1, 28, 28});
  for (Index i = 0; i < 784; ++i) {
    const float x = static_cast<float>(test.image(1).data()[i]) / 255.0F;
    CHECK(images[1].data()[i] == (x - 0.5F) / 0.5F);
  }
  CHECK(labels.data()[1] == test.label(1));
}
