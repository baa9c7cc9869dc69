// Predictors, from the bytes of a model file of any format to predictions.

#include "fuzz/picture_mutator.hpp"
#include "fuzz/zip_mutator.hpp"

#include <wick/checkpoint/checkpoint.hpp>
#include <wick/checksum/crc32.hpp>
#include <wick/checksum/crc32c.hpp>
#include <wick/inference/predictor.hpp>
#include <wick/io/save.hpp>
#include <wick/io/wick/detail/format.hpp>
#include <wick/io/wick/writer.hpp>
#include <wick/models/network.hpp>

#include <cmath>
#include <cstring>
#include <sstream>
#include <string>

namespace wick_fuzz {

namespace {

using Format = wick::detail::ArchiveFormat;

/// Fits the checksums of a checkpoint to its bytes, and those of the tensors where they can be found.
void repair_checkpoint(Bytes& file, Random& random) {
  if (file.size() < Format::preamble_bytes) return;
  const std::uint64_t length = get(file, Format::at_header_length, 8);
  if (length > file.size() - Format::preamble_bytes) return;
  const std::span header = std::span(file).subspan(Format::preamble_bytes, static_cast<std::size_t>(length));
  const std::uint64_t payload = get(file, Format::at_payload_offset, 8);
  // A tensor ends with offset, size and checksum. Whatever looks like them and lies in the payload is taken
  // for one.
  for (std::size_t i = 0; payload < file.size() && i + 20 <= header.size(); ++i) {
    const std::uint64_t begin = get(header, i, 8);
    const std::uint64_t size = get(header, i + 8, 8);
    const std::uint64_t left = file.size() - payload;
    if (size == 0 || begin % Format::blob_alignment != 0 || begin > left || size > left - begin) continue;
    const View bytes =
        View(file).subspan(static_cast<std::size_t>(payload + begin), static_cast<std::size_t>(size));
    put(header, i + 16, 4, wick::crc32c(bytes));
  }
  if (!random.one_in(64)) put(file, Format::at_header_crc, 4, wick::crc32c(header));
  if (!random.one_in(64)) {
    put(file, Format::at_preamble_crc, 4, wick::crc32c(View(file).first(Format::at_preamble_crc)));
  }
}

bool is_checkpoint(View file) {
  static const Bytes magic = [] {
    const Bytes v1 = reference("checkpoint_v1.wick");
    return Bytes(v1.begin(), v1.begin() + 4);
  }();
  return file.size() > 4 && std::ranges::equal(file.first(4), magic);
}

/// Predicts `rows` pictures, with numbers of all sizes and with some that are none.
void predict(const wick::Predictor& predictor, std::size_t rows) {
  const auto inputs = static_cast<std::size_t>(predictor.input_size());
  const auto outputs = static_cast<std::size_t>(predictor.output_size());
  require(inputs > 0 && outputs > 0, "a predictor without inputs or outputs");
  require(predictor.class_names().size() == outputs, "names are not as many as classes");
  auto workspace = predictor.workspace(static_cast<std::ptrdiff_t>(rows));
  std::vector<std::uint8_t> bytes(inputs);
  for (std::size_t i = 0; i < inputs; ++i) bytes[i] = static_cast<std::uint8_t>(i * 37);
  std::vector<wick::Prediction> top(outputs);
  const auto width = static_cast<std::ptrdiff_t>(inputs);
  require(predictor.predict(wick::Pixels::bytes(bytes.data(), width, 1), top, workspace) == outputs,
          "no prediction");
  require(predictor.predict(wick::Pixels::bytes(bytes.data(), width - 1, 1), top, workspace) == 0,
          "a picture of another size is predicted");
  float sum = 0;
  for (const wick::Prediction& p : top) {
    require(p.label >= 0 && static_cast<std::size_t>(p.label) < outputs, "a label that is none");
    require(p.name == predictor.class_names()[static_cast<std::size_t>(p.label)], "a name of another class");
    sum += p.probability;
  }
  require(std::isnan(sum) || std::abs(sum - 1) < 1e-3F, "the probabilities are not 1 together");
  std::vector<float> values(inputs * rows);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i % 7) - 3;
  const auto logs = predictor.outputs(values, workspace);
  require(logs.size() == outputs * rows, "rows without a result");
  touch(std::as_bytes(logs));
  require(predictor.outputs(std::span(values).first(values.size() - 1), workspace).empty() || inputs == 1,
          "half a row has a result");
}

std::string save(const wick::Network<float>& model, const wick::CheckpointExtras& extras) {
  std::ostringstream out;
  wick::encode_archive(wick::to_archive(model, extras), [&](View more) {
    out.write(reinterpret_cast<const char*>(more.data()), static_cast<std::streamsize>(more.size()));
  });
  return out.str();
}

}  // namespace

void read(View input) {
  const std::size_t way = input.size() % 3;
  wick::PredictorOptions options{.by_shape = way == 1};
  if (way == 2) options.mean = 0.25;
  const auto predictor = [&]() -> std::optional<wick::Predictor> {
    try {
      return wick::load_predictor(input, options);
    } catch (const wick::OptionError&) {
      return std::nullopt;  // an impossible normalisation, names that are not as many as the classes
    } catch (const wick::FormatError&) {
      throw;
    } catch (const wick::FileError& e) {
      // A file that is in order, without a model in it.
      require(wick::ByteReader::is_utf8(e.what()), "the message is not UTF-8");
      return std::nullopt;
    }
  }();
  const auto also = wick::try_load_predictor(input, options);
  require(also.has_value() == predictor.has_value(), "an error here and none there");
  if (!predictor) return;
  predict(*predictor, 1);
  predict(*also, 3);
}

void mutate(Bytes& file, std::size_t limit, Random& random) {
  const std::size_t room = limit > file.size() ? limit - file.size() : 0;
  if (is_checkpoint(file)) {
    const std::size_t begin = random.one_in(4) ? 0 : (std::min)(Format::preamble_bytes, file.size());
    if (random.one_in(2) && file.size() >= begin + 8) {
      put(file, begin + random.below(file.size() - begin - 7), random.one_in(2) ? 8 : 4, odd_number(random));
    } else {
      mutate_range(file, begin, file.size(), limit);
    }
    if (!random.one_in(16)) repair_checkpoint(file, random);
    return;
  }
  auto zip = take_zip_apart(file);
  if (zip && !zip->members.empty() && !random.one_in(16)) {
    ZipMember& m = zip->members[random.below(zip->members.size())];
    if (random.one_in(8)) {
      mutate_directory(*zip, random);
    } else if (random.one_in(2) && m.data.size() >= 4) {
      put(m.data, random.below(m.data.size() - 3), 4, random.one_in(2) ? 0x7FC00000U : odd_number(random));
    } else {
      mutate_range(m.data, 0, m.data.size(), m.data.size() + (std::min)(room, std::size_t{64}));
    }
    file = put_zip_together(*zip, random, random.one_in(8) ? 60 : 0);
    return;
  }
  mutate_range(file, 0, file.size(), limit);
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> files{reference("checkpoint_v1.wick"), reference("torch_written_network.pth"),
                           reference("torch_written_checkpoint.pth"),
                           reference("safetensors_model.safetensors")};
  const auto add = [&](const wick::Network<float>& model, const wick::CheckpointExtras& extras) {
    const std::string text = save(model, extras);
    const View bytes = std::as_bytes(std::span(text));
    files.emplace_back(bytes.begin(), bytes.end());
  };
  wick::CheckpointExtras extras;
  extras.metadata = {{"classes", std::vector<std::string>{"cat", "dog"}}, {"mean", 0.3}, {"std", 0.2}};
  add(wick::Network<float>(4, 2, {3}), extras);
  add(wick::Network<float>(9, 3, {4, 5}, {.dropout = 0.2}), {});
  add(wick::Network<float>(2, 2, std::vector<wick::Index>{}), {});
  return files;
}

}  // namespace wick_fuzz
