// A program that needs wick::stb as well: it decodes a PNG of two grey pixels.
#include <wick/external/stb.hpp>
#include <wick/tensor/tensor.hpp>

#include <array>
#include <cstdint>
#include <iostream>

namespace {

constexpr std::array<std::uint8_t, 68> png{
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0x00, 0x00, 0x0d, 0x49, 0x48, 0x44, 0x52, 0x00,
    0x00, 0x00, 0x02, 0x00, 0x00, 0x00, 0x01, 0x08, 0x00, 0x00, 0x00, 0x00, 0xd1, 0x49, 0x20, 0x56, 0x00,
    0x00, 0x00, 0x0b, 0x49, 0x44, 0x41, 0x54, 0x78, 0xda, 0x63, 0x60, 0x3f, 0x01, 0x00, 0x00, 0xd9, 0x00,
    0xd0, 0x44, 0x02, 0x55, 0xdb, 0x00, 0x00, 0x00, 0x00, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82};

}  // namespace

int main() {
  int width = 0;
  int height = 0;
  int channels = 0;
  stbi_uc* decoded =
      stbi_load_from_memory(png.data(), static_cast<int>(png.size()), &width, &height, &channels, 1);
  if (decoded == nullptr) {
    std::cerr << stbi_failure_reason() << '\n';
    return 1;
  }
  const wick::Tensor<std::uint8_t> pixels(
      wick::TensorView<const std::uint8_t>(decoded, wick::Shape{height, width}));
  stbi_image_free(decoded);
  std::cout << "shape " << pixels.shape().str() << ", pixels " << int{pixels.at(0, 0)} << " and "
            << int{pixels.at(0, 1)} << '\n';
  return pixels == wick::Tensor<std::uint8_t>::from({{7, 200}}) ? 0 : 1;
}
