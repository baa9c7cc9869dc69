// Checkpoints: read_archive(), and the network that from_archive() builds from one.

#include "fuzz/fuzz.hpp"
#include "io/wick/crafted.hpp"
#include "io/wick/formula_archive.hpp"

#include <wick/checkpoint/checkpoint.hpp>
#include <wick/io/wick/reader.hpp>
#include <wick/io/wick/writer.hpp>
#include <wick/nn/activations.hpp>
#include <wick/nn/all_activations.hpp>
#include <wick/nn/all_normalisations.hpp>
#include <wick/optim/adam.hpp>

#include <array>
#include <optional>

namespace wick_fuzz {

namespace {

using Format = wick::detail::ArchiveFormat;

Bytes encode(const wick::Archive& archive) {
  Bytes bytes;
  wick::encode_archive(archive, [&](View more) { bytes.insert(bytes.end(), more.begin(), more.end()); });
  return bytes;
}

struct Section {
  Format::Tag tag{};
  std::uint64_t flags = 0;
  Bytes body;
};

/// A file taken apart as far as its lengths allow; what does not fit the format stays behind as it is.
struct Parts {
  Bytes preamble;
  std::vector<Section> sections;
  Bytes rest;  ///< of the header
  Bytes payload;
};

Bytes part(View bytes, std::size_t begin, std::size_t size) {
  const View v = bytes.subspan(begin, size);
  return {v.begin(), v.end()};
}

std::size_t align(std::size_t n, std::size_t a) { return (n + a - 1) / a * a; }

Parts take_apart(View file) {
  Parts parts;
  parts.preamble = part(file, 0, Format::preamble_bytes);
  const std::size_t left = file.size() - Format::preamble_bytes;
  const std::uint64_t header_length = get(file, Format::at_header_length, 8);
  const std::size_t length = header_length > left ? left : static_cast<std::size_t>(header_length);
  const View header = file.subspan(Format::preamble_bytes, length);
  std::size_t at = 0;
  while (header.size() - at >= 16) {
    const std::uint64_t size = get(header, at + 8, 8);
    if (size > header.size() - at - 16) break;
    Section s;
    for (std::size_t i = 0; i < 4; ++i) s.tag[i] = static_cast<char>(header[at + i]);
    s.flags = get(header, at + 4, 4);
    s.body = part(header, at + 16, static_cast<std::size_t>(size));
    parts.sections.push_back(std::move(s));
    at = (std::min)(align(at + 16 + static_cast<std::size_t>(size), 8), header.size());
  }
  parts.rest = part(header, at, header.size() - at);
  const std::size_t payload = align(Format::preamble_bytes + length, Format::blob_alignment);
  if (payload < file.size()) parts.payload = part(file, payload, file.size() - payload);
  return parts;
}

/// The entries of a section: where the first begins, and where each ends. Nothing if the body is of another
/// kind.
struct Entries {
  std::size_t count_at = 0;
  std::vector<std::size_t> ends;  ///< ends[0] is the beginning of the first entry
};

/// Bytes of the value of an attribute that begins at `at`, or nothing.
std::optional<std::size_t> value_size(View body, std::size_t at) {
  const std::size_t left = body.size() - at;
  if (left < 2) return {};
  const auto type = std::to_integer<unsigned>(body[at]);
  if (type == 0) return 2;
  if (type == 1 || type == 2) return 9;
  if (type == 3)
    return left < 5 ? std::nullopt : std::optional(5 + static_cast<std::size_t>(get(body, at + 1, 4)));
  if (type > 6 || left < 9) return {};
  const std::uint64_t count = get(body, at + 1, 8);
  if (count > left) return {};
  if (type < 6) return 9 + static_cast<std::size_t>(count) * 8;
  std::size_t size = 9;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (size + 4 > left) return {};
    size += 4 + static_cast<std::size_t>(get(body, at + size, 4));
  }
  return size;
}

Entries entries_of(const Section& s) {
  Entries e;
  const View body = s.body;
  const bool tensors = s.tag == Format::tensors;
  if ((!tensors && s.tag != Format::attributes) || body.size() < 4) return e;
  const std::uint64_t name = get(body, 0, 4);
  if (name > body.size() || body.size() - name < 12) return e;
  e.count_at = 4 + static_cast<std::size_t>(name);
  std::size_t at = e.count_at + 8;
  e.ends.push_back(at);
  const std::uint64_t count = get(body, e.count_at, 8);
  while (e.ends.size() <= count && body.size() - at >= 4) {
    const std::uint64_t text = get(body, at, 4);
    if (text > body.size() - at - 4) break;
    std::size_t end = at + 4 + static_cast<std::size_t>(text);
    if (tensors) {
      if (body.size() - end < 2) break;
      end += 2 + 8 * std::to_integer<std::size_t>(body[end + 1]) + 20;
    } else {
      const auto size = value_size(body, end);
      if (!size) break;
      end += *size;
    }
    if (end > body.size()) break;
    e.ends.push_back(end);
    at = end;
  }
  return e;
}

/// Duplicates, erases or swaps entries and keeps their count true.
void rearrange(Section& s, Random& random) {
  const Entries e = entries_of(s);
  if (e.ends.size() < 2) return;
  std::vector<Bytes> items;
  for (std::size_t i = 1; i < e.ends.size(); ++i) {
    items.push_back(part(s.body, e.ends[i - 1], e.ends[i] - e.ends[i - 1]));
  }
  const std::size_t which = random.below(items.size());
  switch (random.below(3)) {
    case 0:
      items.push_back(items[which]);
      if (random.one_in(2) && items.back().size() > 4) items.back()[4] ^= std::byte{1};  // another name
      break;
    case 1:
      items.erase(items.begin() + static_cast<std::ptrdiff_t>(which));
      break;
    default:
      std::swap(items[which], items[random.below(items.size())]);
  }
  const Bytes tail = part(s.body, e.ends.back(), s.body.size() - e.ends.back());
  s.body.resize(e.ends.front());
  for (const Bytes& item : items) s.body.insert(s.body.end(), item.begin(), item.end());
  s.body.insert(s.body.end(), tail.begin(), tail.end());
  put(s.body, e.count_at, 8, items.size());
}

/// Lays the tensors out one after the other, with lengths that fit their shapes and checksums that fit their
/// bytes.
void lay_out(Parts& parts, Random& random) {
  constexpr std::uint64_t most = 1U << 16;
  std::size_t next = 0;
  for (Section& s : parts.sections) {
    if (s.tag != Format::tensors) continue;
    const Entries e = entries_of(s);
    for (std::size_t i = 1; i < e.ends.size(); ++i) {
      const std::size_t name = e.ends[i - 1];
      const std::size_t dtype = name + 4 + static_cast<std::size_t>(get(s.body, name, 4));
      const std::size_t rank = std::to_integer<std::size_t>(s.body[dtype + 1]);
      std::uint64_t size = wick::item_size(static_cast<wick::DType>(s.body[dtype]));
      bool empty = false;
      for (std::size_t d = 0; d < rank; ++d) {
        const std::uint64_t n = get(s.body, dtype + 2 + 8 * d, 8);
        empty = empty || n == 0;
        size = wick::checked_mul(size, n).value_or(most + 1);
      }
      if (empty) size = 0;
      if (size > most) continue;
      const std::size_t begin = align(next, Format::blob_alignment);
      const std::size_t end = begin + static_cast<std::size_t>(size);
      if (parts.payload.size() < end) parts.payload.resize(end, std::byte{0x3F});
      if (!random.one_in(64))
        std::fill_n(parts.payload.begin() + static_cast<std::ptrdiff_t>(next), begin - next, std::byte{0});
      const std::size_t fields = dtype + 2 + 8 * rank;
      if (!random.one_in(64)) put(s.body, fields, 8, begin);
      if (!random.one_in(64)) put(s.body, fields + 8, 8, size);
      if (!random.one_in(64)) {
        put(s.body, fields + 16, 4, wick::crc32c(View(parts.payload).subspan(begin, end - begin)));
      }
      next = end;
    }
  }
  if (!random.one_in(64)) parts.payload.resize(next);
}

/// The file, with a preamble that fits it most of the time.
Bytes put_together(Parts parts, Random& random) {
  Bytes header;
  for (const Section& s : parts.sections) {
    const std::size_t at = header.size();
    header.resize(at + 16);
    for (std::size_t i = 0; i < 4; ++i) header[at + i] = static_cast<std::byte>(s.tag[i]);
    put(header, at + 4, 4, s.flags);
    put(header, at + 8, 8, random.one_in(128) ? odd_number(random) : s.body.size());
    header.insert(header.end(), s.body.begin(), s.body.end());
    header.resize(align(header.size(), 8));
  }
  header.insert(header.end(), parts.rest.begin(), parts.rest.end());
  const std::size_t payload_at = align(Format::preamble_bytes + header.size(), Format::blob_alignment);
  Bytes& p = parts.preamble;
  if (!random.one_in(64)) put(p, Format::at_header_length, 8, header.size());
  if (!random.one_in(64)) put(p, Format::at_payload_offset, 8, payload_at);
  if (!random.one_in(64)) put(p, Format::at_payload_length, 8, parts.payload.size());
  if (!random.one_in(64)) put(p, Format::at_header_crc, 4, wick::crc32c(header));
  if (!random.one_in(64))
    put(p, Format::at_preamble_crc, 4, wick::crc32c(View(p).first(Format::at_preamble_crc)));
  Bytes file = p;
  file.insert(file.end(), header.begin(), header.end());
  file.resize(payload_at);
  file.insert(file.end(), parts.payload.begin(), parts.payload.end());
  return file;
}

/// True when the writer has no choice but to write these bytes: version 1, and its order and flags of
/// sections.
bool is_canonical(View file) {
  if (get(file, Format::at_version, 4) != 1 || get(file, Format::at_minimum_reader, 4) != 1) return false;
  constexpr std::array order{Format::architecture, Format::tensors, Format::attributes};
  std::size_t last = 0;
  for (const Section& s : take_apart(file).sections) {
    const auto at = static_cast<std::size_t>(std::ranges::find(order, s.tag) - order.begin());
    if (at == order.size() || at < last) return false;
    if (s.flags != (s.tag == Format::attributes ? 0 : Format::required)) return false;
    last = at;
  }
  return true;
}

/// A network that can be built from a file can be saved, and is the same when it is read again.
void build_network(const wick::Archive& archive) {
  const wick::BuildOptions tables{.activations = &wick::all_activations(),
                                  .normalisations = &wick::all_normalisations()};
  std::optional<wick::Checkpoint<float>> built;
  try {
    built = wick::from_archive<float>(archive, "input.wick", tables);
  } catch (const wick::FormatError&) {
    return;
  }
  const Bytes once = encode(wick::to_archive(built->model, built->extras));
  const auto again = wick::from_archive<float>(wick::read_archive(once), "again.wick", tables);
  require(encode(wick::to_archive(again.model, again.extras)) == once,
          "a saved network reads back otherwise");
}

/// Limits that small files reach. They refuse, or change nothing.
void read_with_limits(View input, const wick::Archive& expected) {
  const wick::ArchiveLimits limits{.file_bytes = 4096,
                                   .header_bytes = 1500,
                                   .groups = 4,
                                   .tensors = 9,
                                   .attributes = 12,
                                   .name_bytes = 22,
                                   .text_bytes = 20};
  try {
    require(wick::read_archive(input, limits).tensors == expected.tensors, "limits change the tensors");
  } catch (const wick::FormatError&) {
    return;
  }
}

}  // namespace

void read(View input) {
  const wick::Archive archive = wick::read_archive(input);
  for (const auto& [group, tensors] : archive.tensors) {
    for (const auto& [name, tensor] : tensors) {
      touch(tensor.bytes());
      const auto numbers = tensor.to<float>();
      const auto integers = tensor.to<std::int64_t>();
      touch(std::as_bytes(numbers.span()));
      touch(std::as_bytes(integers.span()));
    }
  }
  const Bytes written = encode(archive);
  const wick::Archive again = wick::view_archive(written, nullptr, "again.wick");
  require(again.architecture == archive.architecture, "the architecture reads back otherwise");
  require(again.tensors == archive.tensors, "tensors read back otherwise");
  // Attributes can be NaN, which is not equal to itself; their bytes are.
  require(encode(again) == written, "what was written is written otherwise the second time");
  if (is_canonical(input))
    require(std::ranges::equal(written, input), "the file is not what the writer writes");
  read_with_limits(input, archive);
  build_network(archive);
}

void mutate(Bytes& file, std::size_t limit, Random& random) {
  if (file.size() < Format::preamble_bytes || random.one_in(32)) {
    mutate_range(file, 0, file.size(), limit);
    if (file.size() < Format::preamble_bytes || random.one_in(2)) return;
  }
  Parts parts = take_apart(file);
  const std::size_t room = limit > file.size() ? limit - file.size() : 0;
  const std::size_t which = random.below(parts.sections.size());
  if (parts.sections.empty() || random.one_in(16)) {
    mutate_range(parts.rest, 0, parts.rest.size(), parts.rest.size() + room);
  } else {
    Section& s = parts.sections[which];
    switch (random.below(12)) {
      case 0:
        mutate_range(parts.payload, 0, parts.payload.size(), parts.payload.size() + room);
        break;
      case 1:
        mutate_range(parts.preamble, Format::at_version, Format::at_preamble_crc, parts.preamble.size());
        parts.preamble.resize(Format::preamble_bytes);
        break;
      case 2:
        parts.sections.push_back(s);
        break;
      case 3:
        parts.sections.erase(parts.sections.begin() + static_cast<std::ptrdiff_t>(which));
        break;
      case 4:
        std::swap(s, parts.sections[random.below(parts.sections.size())]);
        break;
      case 5:
        if (s.body.size() >= 8) put(s.body, random.below(s.body.size() - 7), 8, odd_number(random));
        break;
      case 6:
      case 7:
        rearrange(s, random);
        break;
      case 8:
        s.flags = random.below(4);
        s.tag[random.below(4)] = static_cast<char>('A' + random.below(26));
        break;
      default:
        mutate_range(s.body, 0, s.body.size(), s.body.size() + room);
    }
  }
  if (!random.one_in(8)) lay_out(parts, random);
  file = put_together(std::move(parts), random);
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> files{reference("checkpoint_v1.wick"), encode(wick_tests::formula_archive()),
                           encode({})};

  // The network, its optimizer and a run.
  wick::Network<float> model(3, 2, {4, 3}, {.dropout = 0.2});
  wick::CheckpointExtras extras;
  wick::Adam optimizer(model.parameters(), {.lr = 0.01, .amsgrad = true});
  std::ranges::fill(model.parameters()->grads(), 0.5F);
  optimizer.step();
  extras.optimizer = optimizer.state();
  extras.training = {{"epoch", std::int64_t{1}}, {"running_loss", 0.5}};
  extras.metadata = {{"classes", std::vector<std::string>{"cat", "dog"}}};
  files.push_back(encode(wick::to_archive(model, extras)));
  files.push_back(encode(wick::to_archive(wick::Network<float>(2, 2, std::vector<wick::Index>{}))));

  // Each option that modules can have.
  files.push_back(encode(wick::to_archive(wick::Network<float>(
      2, 2, {2, 2}, {.normalisation_module = wick::normalisation_of<wick::BatchNorm1d>()}))));
  files.push_back(encode(wick::to_archive(
      wick::Network<float>(2, 2, {4},
                           {.activation_module = wick::activation_of<wick::LeakyReLU>(0.2),
                            .normalisation_module = wick::normalisation_of<wick::GroupNorm>(2)}))));
  files.push_back(encode(wick::to_archive(wick::Network<float>(
      2, 2, {2}, {.normalisation_module = wick::normalisation_of<wick::RMSNorm>({.eps = 0.5})}))));

  // Sections of later versions, and one tensor of every dtype.
  wick_tests::Out header;
  header.section("NEWS", 0, wick_tests::Out().chars("optional"));
  header.section("TENS", 1, wick_tests::tensors("model", {}));
  files.push_back(wick_tests::checkpoint(header, {}, {.version = 2}));
  wick::StateDict all;
  for (const wick::DType dtype : wick::all_dtypes) {
    const auto bytes = std::make_shared<Bytes>(2 * wick::item_size(dtype), std::byte{0x3E});
    all.insert(std::string(wick::name_of(dtype)), wick::AnyTensor(dtype, {1, 2}, *bytes, bytes));
  }
  files.push_back(encode({.architecture = {}, .tensors = {{"all", all}}, .attributes = {}}));
  return files;
}

}  // namespace wick_fuzz
