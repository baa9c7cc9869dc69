// Files of torch.save before PyTorch 1.6: five pickles, then the storages.

#include "fuzz/torch_values.hpp"

#include <array>

namespace wick_fuzz {

namespace {

struct Legacy {
  std::array<Bytes, 5> pickles;  ///< magic number, version, machine, object, keys
  Bytes storages;
};

Legacy take_apart(View file) {
  Legacy parts;
  for (Bytes& pickle : parts.pickles) {
    const View part = file.first(pickle_size(file));
    pickle.assign(part.begin(), part.end());
    file = file.subspan(part.size());
  }
  parts.storages.assign(file.begin(), file.end());
  return parts;
}

Bytes put_together(const Legacy& parts) {
  Bytes file;
  for (const Bytes& pickle : parts.pickles) file.insert(file.end(), pickle.begin(), pickle.end());
  file.insert(file.end(), parts.storages.begin(), parts.storages.end());
  return file;
}

/// Lists the storages that the object claims, and puts them behind the pickles.
void repair(Legacy& parts) {
  const auto graph = graph_of(parts.pickles[3], 6);
  if (!graph) return;
  Bytes keys = bytes_of("\x80\x02](");
  Bytes storages;
  for (const auto& claim : graph->storages) {
    if (claim.bytes > 4096) return;
    keys.push_back(std::byte{'X'});
    keys.resize(keys.size() + 4);
    put(keys, keys.size() - 4, 4, claim.key.size());
    const Bytes key = bytes_of(claim.key);
    keys.insert(keys.end(), key.begin(), key.end());
    storages.resize(storages.size() + 8);
    put(storages, storages.size() - 8, 8, claim.count);
    storages.resize(storages.size() + static_cast<std::size_t>(claim.bytes), std::byte{0x40});
  }
  keys.push_back(std::byte{'e'});
  keys.push_back(std::byte{'.'});
  parts.pickles[4] = keys;
  parts.storages = storages;
}

/// A file with the object of a pickle of the newer format: its storages get a sixth item, None.
Bytes legacy_file(View pickle) {
  using namespace std::string_view_literals;
  Bytes rest;
  std::vector<Opcode> ops = opcodes_of(pickle, rest);
  for (std::size_t i = 0; i < ops.size(); ++i) {
    if (ops[i][0] != std::byte{'Q'}) continue;
    std::size_t tuple = i;
    while (tuple > 0 && ops[tuple][0] != std::byte{'t'}) --tuple;
    ops.insert(ops.begin() + static_cast<std::ptrdiff_t>(tuple), bytes_of("N"));
    ++i;
  }
  Legacy parts;
  parts.pickles[0] = bytes_of("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."sv);
  parts.pickles[1] = bytes_of("\x80\x02M\xe9\x03."sv);
  parts.pickles[2] = bytes_of("\x80\x02}X\x10\0\0\0protocol_versionM\xe9\x03s."sv);
  for (const Opcode& op : ops) parts.pickles[3].insert(parts.pickles[3].end(), op.begin(), op.end());
  parts.pickles[4] = bytes_of("\x80\x02].");
  repair(parts);
  return put_together(parts);
}

}  // namespace

void read(View input) { check(wick::view_torch(input, nullptr, "input.pth", torch_limits)); }

void mutate(Bytes& file, std::size_t limit, Random& random) {
  if (random.one_in(16)) {
    mutate_range(file, 0, file.size(), limit);
    return;
  }
  Legacy parts = take_apart(file);
  const bool keep = random.one_in(4);
  switch (random.below(10)) {
    case 0:
      mutate_pickle(parts.pickles[random.below(3)], random);
      break;
    case 1:
      repair(parts);
      mutate_pickle(parts.pickles[4], random);
      break;
    case 2:
      repair(parts);
      mutate_range(parts.storages, 0, parts.storages.size(), parts.storages.size() + 32);
      break;
    default:
      mutate_pickle(parts.pickles[3], random);
      if (!keep) repair(parts);
  }
  file = put_together(parts);
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> files{legacy_file(pickle_of(checkpoint_value())),
                           legacy_file(pickle_of(all_dtypes_value()))};
  for (const Bytes& pickle : odd_pickles()) files.push_back(legacy_file(pickle));
  return files;
}

}  // namespace wick_fuzz
