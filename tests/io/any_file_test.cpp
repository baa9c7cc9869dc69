#include "support/files.hpp"
#include "support/throws.hpp"

#include <wick/io/any_file.hpp>
#include <wick/io/save.hpp>
#include <wick/io/torch/export.hpp>
#include <wick/io/torch/write.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

using wick::FileFormat;
using wick_tests::message_of;
using wick_tests::TempDir;

namespace {

wick::AnyTensor tensor(float x) {
  return wick::AnyTensor::copy_of(wick::Tensor<float>::from({{x, 2}, {3, -x}}));
}

wick::Archive archive() {
  return {.architecture =
              wick::Architecture{.input_size = 2, .output_size = 2, .hidden_layers = {}, .dropout = 0.25},
          .tensors = {{"model", {{"output.weight", tensor(1)}}}},
          .attributes = {
              {"metadata", {{"classes", std::vector<std::string>{"Größe", "b"}}, {"n", std::int64_t{3}}}}}};
}

const std::vector<std::pair<std::string, FileFormat>> formats{{"a.wick", FileFormat::wick},
                                                              {"a.pth", FileFormat::torch},
                                                              {"ä.pt", FileFormat::torch},
                                                              {"a.safetensors", FileFormat::safetensors}};

}  // namespace

TEST_CASE("the extension names the format, in upper or lower case") {
  CHECK(wick::format_of("a.wick") == FileFormat::wick);
  CHECK(wick::format_of("folder.wick/a.PTH") == FileFormat::torch);
  CHECK(wick::format_of("a.b.Pt") == FileFormat::torch);
  CHECK(wick::format_of("a.safetensors") == FileFormat::safetensors);
  CHECK_FALSE(wick::format_of("wick").has_value());
  CHECK_FALSE(wick::format_of(".pth").has_value());
}

TEST_CASE("an archive comes back from every format, from a file, a stream and memory") {
  const TempDir dir;
  for (const auto& each : formats) {
    const auto& [name, format] = each;
    CAPTURE(each.first);
    const auto path = dir / std::filesystem::path(std::u8string(name.begin(), name.end()));
    wick::write_any(archive(), path);
    const auto bytes = wick_tests::read_bytes(path);
    const std::string text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    std::istringstream stream(text);
    for (const wick::AnyFile& file :
         {wick::read_any(path), wick::read_any(stream), wick::read_any(std::span<const std::byte>(bytes))}) {
      CHECK(file.format == format);
      CHECK(file.archive == archive());
      CHECK(file.notes.empty());
    }
    std::stringstream out;
    wick::write_any(archive(), out, format);
    CHECK(wick::read_any(out).archive == archive());
  }
}

TEST_CASE("who wants the model alone gets no optimizer of a PyTorch file") {
  wick::Archive with_optimizer = archive();
  with_optimizer.add_attributes("optimizer", {{"type", std::string("SGD")}, {"step", std::int64_t{0}}});
  with_optimizer.add_tensors("optimizer", {{"output.weight.momentum_buffer", tensor(2)}});
  const TempDir dir;
  wick::write_any(with_optimizer, dir / "a.pth");
  CHECK(wick::read_any(dir / "a.pth").archive.find_tensors("optimizer") != nullptr);
  const auto bytes = wick_tests::read_bytes(dir / "a.pth");
  std::istringstream stream(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  for (const wick::AnyFile& file : {wick::read_model(dir / "a.pth"), wick::read_model(stream),
                                    wick::read_model(std::span<const std::byte>(bytes))}) {
    CHECK(file.archive == archive());
    CHECK(file.notes.empty());
  }
}

TEST_CASE("the content decides what is read, not the name") {
  const TempDir dir;
  wick::write_any(archive(), dir / "a.pth");
  std::filesystem::rename(dir / "a.pth", dir / "a.wick");
  CHECK(wick::read_any(dir / "a.wick").format == FileFormat::torch);
}

TEST_CASE("of a stream one wick checkpoint is read, of the other formats all there is") {
  std::stringstream both;
  const wick::StateDict first{{"fc.weight", tensor(1)}};
  const wick::StateDict second{{"fc.bias", tensor(2)}};
  wick::save(first, both);
  wick::save(second, both);
  CHECK(wick::load(both) == first);
  CHECK(both.peek() != std::char_traits<char>::eof());
  CHECK(wick::load(both) == second);
  CHECK(both.peek() == std::char_traits<char>::eof());

  for (const auto format : {FileFormat::torch, FileFormat::safetensors}) {
    std::stringstream last;
    wick::save(first, last);
    wick::save(second, last, format);
    CHECK(wick::load(last) == first);
    CHECK(wick::load(last) == second);
    std::stringstream not_last;
    wick::save(first, not_last, format);
    wick::save(second, not_last);
    CHECK_THROWS_AS(static_cast<void>(wick::load(not_last)), wick::FormatError);
  }
  std::stringstream limited;
  wick::save(first, limited);
  const std::string size = std::to_string(limited.str().size());
  CHECK(message_of<wick::FileError>([&] {
          static_cast<void>(
              wick::load(limited, {.archive = {.stream_bytes = 100}, .torch = {.stream_bytes = 99}}));
        }) == "<stream>: the checkpoint has " + size +
                  " bytes, the limit is 100 (ArchiveLimits::stream_bytes and TorchLimits::stream_bytes)");
}

TEST_CASE("a stream is read to its end and no further than the limit") {
  std::ostringstream out;
  wick::Archive large = archive();
  large.tensors[0].second.insert("large", wick::AnyTensor::copy_of(wick::Tensor<float>::zeros({100'000})));
  wick::write_any(large, out, FileFormat::torch);
  std::istringstream whole(out.str());
  CHECK(wick::read_any(whole).archive == large);
  std::istringstream limited(out.str());
  CHECK(message_of<wick::FileError>([&] {
          static_cast<void>(wick::read_any(
              limited, {.archive = {.stream_bytes = 300'000}, .torch = {.stream_bytes = 200'000}}));
        }) ==
        "<stream>: the stream has more than the limit of 300000 bytes (ArchiveLimits::stream_bytes "
        "and TorchLimits::stream_bytes)");
}

TEST_CASE("files of other kinds are named") {
  const TempDir dir;
  const auto refused = [&](const std::string& text, const wick::ReadOptions& options = {}) {
    wick_tests::write_bytes(dir / "f", std::as_bytes(std::span(text)));
    return message_of<wick::FileError>([&] { static_cast<void>(wick::read_any(dir / "f", options)); });
  };
  const std::string start = (dir / "f").string() + ": ";
  CHECK(refused("<!DOCTYPE html><html>") ==
        start +
            "expected a model file of wick, PyTorch or safetensors, got an HTML page; the download "
            "probably failed");
  CHECK(refused("\x89PNG\r\n\x1a\n") ==
        start + "expected a model file of wick, PyTorch or safetensors, got a PNG image");
  CHECK(refused("\x89PNG\r\n\x1a\n", {.key = "model"}) ==
        start + "a key names an item of a PyTorch file; this is a PNG image");
}

TEST_CASE("state dicts are saved and loaded in every format, and a key names an item") {
  const TempDir dir;
  const wick::StateDict sd{{"fc.weight", tensor(1)}, {"fc.bias", tensor(2)}};
  for (const auto& [name, format] : formats) {
    const auto path = dir / std::filesystem::path(std::u8string(name.begin(), name.end()));
    wick::save(sd, path);
    CHECK(wick::load(path) == sd);
    std::stringstream stream;
    wick::save(sd, stream, format);
    CHECK(wick::load(stream) == sd);
  }
  wick::write_torch(
      [&] {
        wick::TorchDict dict;
        dict.add("generator", wick::torch_state_dict(sd));
        dict.add("other", wick::torch_state_dict({{"x", tensor(3)}}));
        return wick::TorchValue(std::move(dict));
      }(),
      dir / "two.pth");
  CHECK(wick::load(dir / "two.pth", {.key = "generator"}) == sd);
}
