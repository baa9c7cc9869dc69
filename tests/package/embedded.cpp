// A program with a model file inside, which is the file that its argument names.
#include <some_model.hpp>

#include <wick/inference/predictor.hpp>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <span>
#include <string>

int main(int /*argc*/, char** argv) {
  const std::span<const std::byte> bytes = wick_models::some_model();
  std::ifstream file(argv[1], std::ios::binary);
  const std::string expected(std::istreambuf_iterator<char>(file), {});
  const bool same = std::ranges::equal(bytes, std::as_bytes(std::span<const char>(expected)));
  const bool aligned = reinterpret_cast<std::uintptr_t>(bytes.data()) % 64 == 0;
  return same && aligned && wick::load_predictor(bytes).output_size() > 0 ? 0 : 1;
}
