// Files of torch.save since PyTorch 1.6: the zip archive, and the value that is in it.

#include "fuzz/torch_values.hpp"

#include <wick/io/torch/records.hpp>
#include <wick/io/zip/reader.hpp>
#include <wick/io/zip/writer.hpp>

namespace wick_fuzz {

namespace {

Bytes write(const std::vector<wick::ZipRecord>& entries) {
  Bytes bytes;
  const auto sink = [&](View more) { bytes.insert(bytes.end(), more.begin(), more.end()); };
  wick::ZipWriter zip(sink);
  for (const auto& entry : entries) zip.add(std::string(entry.name), entry.data);
  zip.finish();
  return bytes;
}

bool ends_with(View name, std::string_view end) {
  return name.size() >= end.size() &&
         std::ranges::equal(name.last(end.size()), std::as_bytes(std::span(end)));
}

/// Gives every storage that the pickle claims a record of the right size.
void repair_storages(Zip& zip) {
  const auto pickle =
      std::ranges::find_if(zip.members, [](const ZipMember& m) { return ends_with(m.name, "/data.pkl"); });
  if (pickle == zip.members.end()) return;
  const Bytes bytes = pickle->data;
  const Bytes prefix(pickle->name.begin(), pickle->name.end() - 8);
  const auto graph = graph_of(bytes, 5);
  if (!graph) return;
  for (const auto& claim : graph->storages) {
    if (claim.bytes > 4096 || zip.members.size() > 100) continue;
    const std::string record = "data/" + std::string(claim.key);
    auto member = std::ranges::find_if(zip.members,
                                       [&](const ZipMember& m) { return ends_with(m.name, "/" + record); });
    if (member == zip.members.end()) {
      ZipMember fresh{.name = prefix, .data = {}, .flags = 0x0808};
      const Bytes name = bytes_of(record);
      fresh.name.insert(fresh.name.end(), name.begin(), name.end());
      zip.members.push_back(std::move(fresh));
      member = std::prev(zip.members.end());
    }
    member->data.resize(static_cast<std::size_t>(claim.bytes), std::byte{0x3F});
  }
}

}  // namespace

void read(View input) {
  const auto entries = wick::read_zip(input, "input.zip");
  for (const auto& entry : entries) {
    touch(entry.data);
    touch(std::as_bytes(std::span(entry.name)));
    require(entry.offset + entry.data.size() <= input.size(), "an entry ends past the end of the file");
  }
  const Bytes written = write(entries);
  const auto again = wick::read_zip(written, "again.zip");
  require(std::ranges::equal(again, entries,
                             [](const auto& a, const auto& b) {
                               return a.name == b.name && std::ranges::equal(a.data, b.data);
                             }),
          "the entries read back otherwise");
  for (const auto& entry : again) require(entry.crc == wick::crc32(entry.data), "a checksum is wrong");
  check(wick::view_torch(input, nullptr, "input.pth", torch_limits));
}

void mutate(Bytes& file, std::size_t limit, Random& random) {
  auto zip = take_zip_apart(file);
  if (!zip || zip->members.empty() || random.one_in(16)) {
    mutate_range(file, 0, file.size(), limit);
    return;
  }
  ZipMember& m = zip->members[random.below(zip->members.size())];
  switch (random.below(4)) {
    case 0:
      mutate_directory(*zip, random);
      break;
    case 1:
      mutate_range(m.data, 0, m.data.size(), m.data.size() + 64);
      break;
    default: {
      const auto pickle = std::ranges::find_if(
          zip->members, [](const ZipMember& x) { return ends_with(x.name, "/data.pkl"); });
      if (pickle != zip->members.end()) mutate_pickle(pickle->data, random);
    }
  }
  if (!random.one_in(4)) repair_storages(*zip);
  file = put_zip_together(*zip, random, random.one_in(3) ? 60 : 0);
}

std::vector<Bytes> seeds() {
  Random random(1);
  std::vector<Bytes> files{reference("torch_written_checkpoint.pth"), reference("torch_written_network.pth"),
                           *encode(checkpoint_value()), *encode(all_dtypes_value())};
  // The records of newer versions, no descriptors, no zip64, a comment.
  Zip zip = *take_zip_apart(files.front());
  const Bytes folder(zip.members.front().name.begin(),
                     std::ranges::find(zip.members.front().name, std::byte{'/'}) + 1);
  for (ZipMember& m : zip.members) m.flags = 0;
  for (const auto& [name, text] : {std::pair{"byteorder", "big"}, std::pair{".format_version", "1"}}) {
    ZipMember m{.name = folder, .data = bytes_of(text)};
    const Bytes more = bytes_of(name);
    m.name.insert(m.name.end(), more.begin(), more.end());
    zip.members.push_back(std::move(m));
  }
  zip.zip64_end = false;
  zip.comment = bytes_of("comment");
  files.push_back(put_zip_together(zip, random, 0));
  for (const Bytes& pickle : odd_pickles()) {
    Zip odd{
        .members = {{bytes_of("a/data.pkl"), pickle, 0, 0}, {bytes_of("a/version"), bytes_of("3\n"), 0, 0}},
        .comment = {}};
    repair_storages(odd);
    files.push_back(put_zip_together(odd, random, 0));
  }
  return files;
}

}  // namespace wick_fuzz
