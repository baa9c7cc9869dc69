#include <wick/io/file_format.hpp>

#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/base/file.hpp>
#include <wick/io/any_file.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <string>

using wick::FileFormat;
using wick_tests::message_of;

TEST_CASE("PyTorch's customary names ask for its format") {
  for (const char* name : {"a.pth", "a.pt", "last.ckpt", "pytorch_model.bin", "m.pkl", "checkpoint.pth.tar",
                           "A.PTH.TAR", "a.pt.tar", "run.1.pth.tar"}) {
    CAPTURE(std::string(name));
    CHECK(wick::format_of(name) == FileFormat::torch);
    CHECK(wick::format_to_write(name) == FileFormat::torch);
  }
  CHECK_FALSE(wick::format_of("a.tar").has_value());
  CHECK_FALSE(wick::format_of("a.wick.tar").has_value());
}

TEST_CASE("names of formats that are not written are refused with the reason, others are wick's") {
  for (const char* name :
       {"m.onnx", "m.h5", "m.hdf5", "m.keras", "m.npz", "m.npy", "m.gguf", "m.tflite", "m.json", "m.ONNX"}) {
    CAPTURE(std::string(name));
    CHECK(message_of<wick::OptionError>([&] { static_cast<void>(wick::format_to_write(name)); })
              .ends_with(" is the extension of a format that wick does not write; .wick, .pth and "
                         ".safetensors are those "
                         "that it does"));
  }
  const auto refused = [](const char* name) {
    return message_of<wick::OptionError>([&] { static_cast<void>(wick::format_to_write(name)); });
  };
  CHECK(refused("m.safetensor") == "m.safetensor: .safetensor is misspelt; did you mean .safetensors?");
  CHECK(refused("m.safetensros") == "m.safetensros: .safetensros is misspelt; did you mean .safetensors?");
  CHECK(refused("m.pth.gz") ==
        "m.pth.gz: .gz is the extension of an archive or of packed data; pack the file after it was saved");
  CHECK(refused("m.tar").starts_with("m.tar: .tar is the extension of an archive"));
  CHECK(refused("m.pt2").starts_with("m.pt2: .pt2 is the extension of programs of PyTorch"));
  for (const char* name : {"m.wick", "m", "m.dat", "m.model", "2026-11-28"})
    CHECK(wick::format_to_write(name) == FileFormat::wick);
}

TEST_CASE("what is refused leaves an existing file as it is, and writes none") {
  const wick_tests::TempDir dir;
  const wick::Archive archive{.architecture = {}, .tensors = {{"model", {}}}, .attributes = {}};
  CHECK_THROWS_AS(wick::write_any(archive, dir / "m.onnx"), wick::OptionError);
  CHECK(std::filesystem::is_empty(dir.path()));
}

TEST_CASE("the extension of a tar archive by torch.save's old examples is one") {
  CHECK(wick::display_name(wick::detail::whole_extension("a/checkpoint.pth.tar")) == ".pth.tar");
  CHECK(wick::display_name(wick::detail::whole_stem("a/checkpoint.pth.tar")) == "checkpoint");
  CHECK(wick::display_name(wick::detail::whole_extension("checkpoint.v1.pth")) == ".pth");
  CHECK(wick::display_name(wick::detail::whole_stem("checkpoint.v1.pth")) == "checkpoint.v1");
  CHECK(wick::display_name(wick::detail::whole_extension("data.tar")) == ".tar");
  CHECK(wick::display_name(wick::detail::whole_stem("data.tar")) == "data");
}
