// IDX files: parse_idx().

#include "fuzz/fuzz.hpp"

#include <wick/data/idx.hpp>

namespace wick_fuzz {

namespace {

void put_big_endian(Bytes& file, std::size_t at, std::uint64_t value) {
  for (std::size_t i = 0; i < 4; ++i) file[at + i] = static_cast<std::byte>(value >> (8 * (3 - i)) & 0xFFU);
}

Bytes idx(std::initializer_list<std::uint32_t> dims, std::size_t elements) {
  Bytes file{std::byte{0}, std::byte{0}, std::byte{8}, static_cast<std::byte>(dims.size())};
  for (const std::uint32_t d : dims) {
    file.resize(file.size() + 4);
    put_big_endian(file, file.size() - 4, d);
  }
  for (std::size_t i = 0; i < elements; ++i) file.push_back(static_cast<std::byte>(i));
  return file;
}

}  // namespace

void read(View input) {
  const wick::IdxArray array = wick::parse_idx(input, "input.idx");
  const View elements = std::as_bytes(array.view().span());
  touch(elements);
  // The format leaves no choice: what was read, written again, is the input.
  Bytes again{std::byte{0}, std::byte{0}, std::byte{8}, static_cast<std::byte>(array.shape.dim())};
  for (const wick::Index d : array.shape.dims()) {
    again.resize(again.size() + 4);
    put_big_endian(again, again.size() - 4, static_cast<std::uint64_t>(d));
  }
  again.insert(again.end(), elements.begin(), elements.end());
  require(std::ranges::equal(again, input), "what was read is not what the file says");
}

void mutate(Bytes& file, std::size_t limit, Random& random) {
  mutate_range(file, 0, file.size(), limit);
  const std::size_t rank = file.size() < 4 ? 0 : std::to_integer<std::size_t>(file[3]);
  const std::size_t header = 4 + 4 * rank;
  if (rank < 1 || rank > 8 || file.size() < header || random.one_in(4)) return;
  // Sizes that fit the number of elements: some of its divisors, then what is left.
  std::size_t left = file.size() - header;
  for (std::size_t d = 0; d < rank; ++d) {
    std::size_t size = left;
    if (d + 1 < rank) {
      size = 1 + random.below(6);
      if (left % size != 0) size = 1;
    }
    put_big_endian(file, 4 + 4 * d, size);
    left = size == 0 ? 0 : left / size;
  }
  if (random.one_in(8)) put_big_endian(file, 4 + 4 * random.below(rank), odd_number(random));
}

std::vector<Bytes> seeds() {
  return {reference("images.idx3"),
          idx({2, 3, 3}, 18),
          idx({10}, 10),
          idx({1}, 1),
          idx({0}, 0),
          idx({0xFFFFFFFF, 0xFFFFFFFF, 0}, 0),
          idx({0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF}, 8),
          idx({1, 2, 1, 2, 1, 2, 1, 2}, 16),
          idx({65536, 65536}, 100)};
}

}  // namespace wick_fuzz
