// Arrays of NumPy, alone and in archives: read_npy() and read_npz().

#include "fuzz/zip_mutator.hpp"

#include <wick/io/numpy/npy.hpp>
#include <wick/io/numpy/npz.hpp>

#include <array>
#include <sstream>
#include <string>

namespace wick_fuzz {

namespace {

Bytes bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}
Bytes written(const wick::AnyTensor& array) {
  std::ostringstream out;
  wick::write_npy(array, out);
  return bytes_of(out.str());
}
Bytes by_hand(std::string_view header, std::size_t elements) {
  Bytes file = bytes_of(std::string_view("\x93NUMPY\x01\0\0\0", 10));
  put(file, 8, 2, header.size());
  const Bytes text = bytes_of(header);
  file.insert(file.end(), text.begin(), text.end());
  for (std::size_t i = 0; i < elements; ++i) file.push_back(static_cast<std::byte>(i));
  return file;
}
bool is_archive(View file) {
  return file.size() >= 2 && file[0] == std::byte{'P'} && file[1] == std::byte{'K'};
}

void check_array(const wick::AnyTensor& array) {
  touch(array.bytes());
  const auto numbers = array.to<float>();
  touch(std::as_bytes(numbers.span()));
  require(wick::read_npy(written(array)) == array, "an array reads back otherwise");
}

/// Changes an array; often its elements fit the header afterwards.
void mutate_array(Bytes& file, std::size_t limit, Random& random) {
  static constexpr std::array<std::string_view, 28> tokens{"'descr': ",  "'fortran_order': ",
                                                           "'shape': ",  "True",
                                                           "False",      "(",
                                                           ")",          ",",
                                                           "3,",         "(2, 3), ",
                                                           "'<f4'",      "'>f8'",
                                                           "'|b1'",      "'<i2'",
                                                           "'|O'",       "'<c8'",
                                                           "'<U3'",      "'<M8[s]'",
                                                           "{",          "}",
                                                           " ",          "\n",
                                                           "L",          "\"",
                                                           "0",          "9223372036854775807",
                                                           "4294967296", "1, 1, "};
  const std::size_t size = file.size() < 10 ? 0 : static_cast<std::size_t>(get(file, 8, 2));
  if (file.size() < 10 || size > file.size() - 10 || random.one_in(16)) {
    mutate_range(file, 0, file.size(), limit);
    return;
  }
  std::size_t end = 10 + size;
  const std::size_t before = file.size();
  switch (random.below(3)) {
    case 0:
      mutate_range(file, 10, end, limit);
      break;
    case 1: {
      const auto token = std::as_bytes(std::span(tokens[random.below(tokens.size())]));
      const std::size_t at = 10 + random.below(size + 1);
      const std::size_t removed = random.one_in(2) ? (std::min)(end - at, token.size()) : 0;
      const auto from = file.begin() + static_cast<std::ptrdiff_t>(at);
      file.erase(from, from + static_cast<std::ptrdiff_t>(removed));
      file.insert(file.begin() + static_cast<std::ptrdiff_t>(at), token.begin(), token.end());
      break;
    }
    default:
      mutate_range(file, end, file.size(), limit);
      return;
  }
  end = end + file.size() - before;
  put(file, 8, 2, end - 10);
  // As many bytes as the message asks for.
  try {
    static_cast<void>(wick::read_npy(file));
  } catch (const wick::FormatError& e) {
    const std::string what = e.what();
    const std::size_t at = what.find("npy: expected ");
    const std::size_t count =
        at == std::string::npos ? 0 : std::strtoull(what.c_str() + at + 14, nullptr, 10);
    if (what.find(" bytes of elements") != std::string::npos && count < 4096)
      file.resize(end + count, std::byte{1});
  }
}

}  // namespace

void read(View input) {
  if (!is_archive(input)) return check_array(wick::read_npy(input));
  const wick::StateDict arrays = wick::read_npz(input);
  bool writable = true;
  for (const auto& entry : arrays) {
    check_array(entry.second);
    // An archive may have an array whose name is nothing but the extension.
    writable = writable && !entry.first.empty();
  }
  if (!writable) return;
  std::stringstream stream;
  wick::write_npz(arrays, stream);
  if (!arrays.empty()) require(wick::read_npz(stream) == arrays, "the arrays read back otherwise");
}

void mutate(Bytes& file, std::size_t limit, Random& random) {
  if (!is_archive(file)) return mutate_array(file, limit, random);
  auto zip = take_zip_apart(file);
  if (!zip || zip->members.empty() || random.one_in(16)) return mutate_range(file, 0, file.size(), limit);
  ZipMember& m = zip->members[random.below(zip->members.size())];
  if (random.one_in(3)) {
    mutate_directory(*zip, random);
  } else {
    mutate_array(m.data, m.data.size() + 64, random);
  }
  file = put_zip_together(*zip, random, random.one_in(3) ? 60 : 0);
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> files;
  wick::StateDict arrays;
  for (const wick::DType dtype :
       {wick::DType::f16, wick::DType::f64, wick::DType::boolean, wick::DType::c64}) {
    const auto bytes = std::make_shared<Bytes>(2 * wick::item_size(dtype), std::byte{1});
    const wick::AnyTensor array(dtype, {1, 2}, *bytes, bytes);
    files.push_back(written(array));
    arrays.insert(std::string(wick::name_of(dtype)), array);
  }
  std::ostringstream out;
  wick::write_npz(arrays, out);
  files.push_back(bytes_of(out.str()));
  files.push_back(reference("model_files/compressed.npz"));
  files.push_back(by_hand("{'descr': '>f4', 'fortran_order': True, 'shape': (2, 3), }\n", 24));
  files.push_back(by_hand("{'descr': '<i2', 'fortran_order': True, 'shape': (2, 1, 3), }\n", 12));
  files.push_back(by_hand("{'descr': '<i2', 'fortran_order': False, 'shape': (), }\n", 2));
  files.push_back(by_hand("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n", 8));
  files.push_back(
      by_hand("{'descr': '<f8', 'fortran_order': True, 'shape': (4294967296, 4294967296), }\n", 8));
  return files;
}

}  // namespace wick_fuzz
