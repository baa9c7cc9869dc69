#include <wick/io/save.hpp>
#include <wick/io/wick/writer.hpp>

#include "io/wick/formula_archive.hpp"
#include "support/files.hpp"
#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <ios>
#include <sstream>
#include <string>

namespace fs = std::filesystem;
using wick::AnyTensor;
using wick::StateDict;
using wick::Tensor;
using wick_tests::message_of;
using wick_tests::read_bytes;
using wick_tests::TempDir;

namespace {

StateDict example() {
  return {{"a.weight", AnyTensor::copy_of(Tensor<float>::from({{1, 2}, {3, 4}}))},
          {"a.bias", AnyTensor::copy_of(Tensor<double>::from({-0.5, 0.25}))},
          {"größe", AnyTensor::copy_of(Tensor<std::int64_t>::full({}, 7))}};
}

}  // namespace

TEST_CASE("a state dict comes back with its order, dtypes and shapes") {
  const TempDir dir;
  for (const fs::path& name :
       {fs::path("plain.wick"), fs::path(u8"Größe ✓.wick"), fs::path("no extension")}) {
    wick::save(example(), dir / name);
    CHECK(wick::load(dir / name) == example());
    wick::save(StateDict(), dir / name);
    CHECK(wick::load(dir / name).empty());
  }
}

TEST_CASE("equal state dicts give equal files") {
  const TempDir dir;
  wick::save(example(), dir / "a");
  wick::save(example(), dir / "b");
  CHECK(read_bytes(dir / "a") == read_bytes(dir / "b"));
}

TEST_CASE("load takes the parameters out of a whole checkpoint") {
  CHECK(wick::load(fs::path(WICK_TEST_DATA) / "checkpoint_v1.wick") ==
        wick_tests::formula_archive().tensors[0].second);
}

TEST_CASE("a file without parameters is refused") {
  const TempDir dir;
  wick::Archive archive;
  archive.attributes = {{"metadata", {{"a", true}}}};
  wick::write_archive(archive, dir / "f");
  CHECK(message_of<wick::FileError>([&] { static_cast<void>(wick::load(dir / "f")); }) ==
        (dir / "f").string() + ": the file has no model parameters");
}

TEST_CASE("a save that fails leaves the old file") {
  const TempDir dir;
  wick::save(example(), dir / "f");
  const auto before = read_bytes(dir / "f");
  StateDict bad = example();
  bad.insert("\xFF", AnyTensor());
  CHECK_THROWS_AS(wick::save(bad, dir / "f"), wick::OptionError);
  CHECK(read_bytes(dir / "f") == before);
  CHECK_THROWS_AS(wick::save(example(), dir.path()), wick::FileError);
  CHECK(message_of<wick::FileError>([&] { wick::save(example(), dir / "none" / "f"); }) ==
        (dir / "none" / "f").string() + ": cannot create f.wick-unfinished: No such file or directory");
  CHECK(std::distance(fs::directory_iterator(dir.path()), {}) == 1);
}

TEST_CASE("limits are those of the caller") {
  const TempDir dir;
  wick::save(example(), dir / "f");
  CHECK_THROWS_AS(static_cast<void>(wick::load(dir / "f", {.archive = {.tensors = 2}})), wick::FormatError);
  CHECK(wick::load(dir / "f", {.archive = {.tensors = 3}}).size() == 3);
}

TEST_CASE("a state dict travels through streams and memory too") {
  const TempDir dir;
  wick::save(example(), dir / "f", {.durable = false});
  const auto bytes = read_bytes(dir / "f");
  std::stringstream stream;
  wick::save(example(), stream);
  CHECK(stream.str() == std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  CHECK(wick::load(stream) == example());
  CHECK(wick::load(bytes) == example());
  CHECK_THROWS_AS(static_cast<void>(wick::load(bytes, {.archive = {.tensors = 2}})), wick::FormatError);
  std::ostringstream closed;
  closed.setstate(std::ios::badbit);
  CHECK(message_of<wick::FileError>([&] { wick::save(example(), closed); }) ==
        "<stream>: cannot write the checkpoint");
  const wick::Archive empty;
  std::stringstream without(
      std::string(reinterpret_cast<const char*>(wick::encode_archive(empty).data()), 64));
  CHECK(message_of<wick::FileError>([&] { static_cast<void>(wick::load(without)); }) ==
        "<stream>: the file has no model parameters");
}
