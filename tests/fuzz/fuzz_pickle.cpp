// The pickles of PyTorch's files, with storages made up as the pickle claims them. The last byte of the input
// says what kind of file the pickle is from.

#include "fuzz/torch_values.hpp"

#include <wick/io/torch/detail/pickle_values.hpp>
#include <wick/io/torch/detail/tensors.hpp>

namespace wick_fuzz {

namespace {

/// Bits of the last byte.
enum : unsigned { legacy = 1, other_byte_order = 2 };

}  // namespace

void read(View input) {
  if (input.empty()) return;
  const auto kind = std::to_integer<unsigned>(input.back());
  const View pickle = input.first(input.size() - 1);
  const wick::detail::PickleSource source{.file = "pickle",
                                          .offset = 0,
                                          .file_bytes = input.size(),
                                          .id_items = (kind & legacy) != 0 ? 6U : 5U,
                                          .other_byte_order = (kind & other_byte_order) != 0};
  const wick::detail::PickleGraph graph = wick::detail::PickleMachine(pickle, source, torch_limits).run();
  require(graph.bytes.data() == pickle.data() && graph.bytes.size() <= pickle.size(),
          "the pickle ends past its end");

  // In a real file the bytes would have to be there.
  std::uint64_t left = 1U << 16;
  std::vector<std::unique_ptr<std::byte[]>> blocks;
  std::vector<View> storages;
  for (const auto& claim : graph.storages) {
    if (claim.bytes > left) return;
    left -= claim.bytes;
    // Of just that size, so that AddressSanitizer sees the first byte too many.
    const auto n = static_cast<std::size_t>(claim.bytes);
    blocks.push_back(std::make_unique<std::byte[]>(n));
    for (std::size_t i = 0; i < n; ++i) blocks.back()[i] = static_cast<std::byte>(i + 1);
    storages.emplace_back(blocks.back().get(), n);
  }
  const auto tensors = wick::detail::make_tensors(graph, storages, nullptr, source.other_byte_order);
  check(wick::detail::PickleValues(graph, tensors, "pickle", torch_limits).root());
}

void mutate(Bytes& file, std::size_t limit, Random& random) {
  if (random.one_in(8)) {
    mutate_range(file, 0, file.size(), limit);
  } else {
    mutate_pickle(file, random);
  }
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> pickles = odd_pickles();
  pickles.push_back(pickle_of(checkpoint_value()));
  pickles.push_back(pickle_of(all_dtypes_value()));
  for (Bytes& pickle : pickles) pickle.push_back(std::byte{0});
  return pickles;
}

}  // namespace wick_fuzz
