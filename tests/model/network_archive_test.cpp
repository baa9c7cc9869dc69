#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/io/archive_reader.hpp>
#include <wick/io/archive_writer.hpp>
#include <wick/model/network_archive.hpp>

#include <doctest/doctest.h>

#include <string>

TEST_CASE("a network comes back from wick's own files without the code for others") {
  const wick_tests::TempDir dir;
  wick::Generator generator(3);
  const wick::Network<float> model(3, 2, {4}, {.dropout = 0.25}, generator);
  wick::write_archive(dir / "f.wick", wick::to_archive(model, {.metadata = {{"name", "small"}}}));
  const auto loaded = wick::from_archive(wick::read_archive(dir / "f.wick"), "f.wick");
  CHECK(loaded.model.state_dict() == model.state_dict());
  CHECK(loaded.model.dropout().p() == 0.25);
  CHECK(loaded.extras.metadata.get<std::string>("name") == "small");
  CHECK(loaded.notes.empty());
}

TEST_CASE(
    "a network whose block holds more than its layers is not written to a file that could not be read") {
  wick::Network<float> model(3, 2, {4});
  model.parameters()->add("scale", {1});
  CHECK(wick_tests::message_of<wick::Error>([&] { static_cast<void>(wick::to_archive(model)); }) ==
        "a checkpoint of this network could not be loaded: its parameter block holds 1 more than its layers "
        "have, the first of them 'scale'; save its state_dict() instead");
}
