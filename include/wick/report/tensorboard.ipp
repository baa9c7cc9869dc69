#pragma once

// Definitions of report/tensorboard.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/base/detail/utf8.hpp>
#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/base/number.hpp>
#include <wick/checksum/crc32c.hpp>
#include <wick/io/bytes/bytes.hpp>
#include <wick/report/detail/demand.hpp>
#include <wick/report/detail/png.hpp>
#include <wick/report/detail/protobuf.hpp>
#include <wick/report/tensorboard.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <iterator>
#include <system_error>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The checksum of a TFRecord: turned and added to, for data that has checksums in it.
[[nodiscard]] inline std::uint32_t masked_crc32c(std::span<const std::byte> bytes) noexcept {
  const std::uint32_t crc = crc32c(bytes);
  constexpr std::uint32_t mask = 0xA282EAD8U;
  return (crc >> 15U | crc << 17U) + mask;
}

/// Protocol buffers allow no other text.
[[nodiscard]] inline std::string valid_utf8(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t size = utf8_size(text);
    result += size == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, size);
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return result;
}

/// The limits between which a histogram counts: ..., -1.1e-12, -1e-12, 0, 1e-12, 1.1e-12, ..., about 1e20.
[[nodiscard]] inline std::vector<double> histogram_limits() {
  constexpr double smallest = 1e-12;
  constexpr double largest = 1e20;
  constexpr double factor = 1.1;
  std::vector<double> limits;
  for (double x = smallest; x < largest; x *= factor) limits.push_back(-x);
  std::ranges::reverse(limits);
  limits.push_back(0);
  for (double x = smallest; x < largest; x *= factor) limits.push_back(x);
  return limits;
}

/// HistogramProto of finite values, of which there is at least one.
[[nodiscard]] inline ProtobufMessage histogram_message(const std::vector<double>& values) {
  const std::vector<double> limits = histogram_limits();
  std::vector<double> counts(limits.size() - 1);
  double sum = 0;
  double squares = 0;
  for (const double x : values) {
    sum += x;
    squares += x * x;
    // Those beyond the limits are in the buckets at the ends.
    const auto after = std::ranges::upper_bound(limits, x) - limits.begin();
    const auto most = static_cast<std::ptrdiff_t>(counts.size());
    ++counts[static_cast<std::size_t>(std::clamp(after - 1, std::ptrdiff_t{0}, most - 1))];
  }
  const auto is_used = [](double count) { return count > 0; };
  const auto first = std::ranges::find_if(counts, is_used) - counts.begin();
  auto end = std::ssize(counts);
  while (counts[static_cast<std::size_t>(end - 1)] == 0) --end;
  // TensorBoard is told right limits only: an empty bucket before the first says where that begins.
  std::vector<double> shown{0};
  shown.insert(shown.end(), counts.begin() + first, counts.begin() + end);
  const std::vector<double> right(limits.begin() + first, limits.begin() + end + 1);
  const auto [low, high] = std::ranges::minmax_element(values);
  ProtobufMessage histogram;
  histogram.number(1, *low);
  histogram.number(2, *high);
  histogram.number(3, static_cast<double>(values.size()));
  histogram.number(4, sum);
  histogram.number(5, squares);
  histogram.numbers(6, right);
  histogram.numbers(7, shown);
  return histogram;
}

/// A file that is new: nobody else writes to it. Null with errno set otherwise.
// NOLINTBEGIN(cppcoreguidelines-owning-memory): for a std::unique_ptr
[[nodiscard]] inline std::FILE* open_new_file(const std::filesystem::path& path) {
#ifdef _WIN32
  return ::_wfopen(path.c_str(), L"wbx");
#else
  return std::fopen(path.c_str(), "wbx");
#endif
}
// NOLINTEND(cppcoreguidelines-owning-memory)

}  // namespace detail

WICK_INLINE TensorBoardWriter::TensorBoardWriter(const std::filesystem::path& folder,
                                                 const TensorBoardOptions& options)
    : wall_time_(options.wall_time) {
  if (wall_time_ && !is_finite(*wall_time_)) {
    throw OptionError("TensorBoardWriter: expected a wall_time that is finite, got " +
                      python_repr(*wall_time_));
  }
  if (options.suffix.find_first_of(std::string_view("/\\:\0", 4)) != std::string::npos) {
    throw OptionError("TensorBoardWriter: expected a suffix of a file name, got " +
                      detail::quoted_name(options.suffix));
  }
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) throw FileError(display_name(folder), "cannot create the folder: " + error.message());
  const std::string time = fixed(std::floor(now()), 0);
  constexpr int most_files = 10'000;
  for (int number = 0; number < most_files && file_ == nullptr; ++number) {
    path_ = folder / ("events.out.tfevents." + time + "." + std::to_string(number) + options.suffix);
    errno = 0;
    file_ = {detail::open_new_file(path_), &std::fclose};
    if (file_ == nullptr && errno != EEXIST) break;
  }
  if (file_ == nullptr) fail("cannot create");
  detail::ProtobufMessage event;
  event.number(1, now());
  event.text(3, "brain.Event:2");
  write_record(event.bytes());
}

WICK_INLINE void TensorBoardWriter::scalar(std::string_view tag, double value, std::int64_t step) {
  detail::ProtobufMessage point;
  point.text(1, detail::valid_utf8(tag));
  point.single(2, static_cast<float>(value));
  write_value(point.bytes(), step);
}

WICK_INLINE void TensorBoardWriter::text(std::string_view tag, std::string_view markdown, std::int64_t step) {
  detail::ProtobufMessage size;
  size.whole_number(1, 1);
  detail::ProtobufMessage shape;
  shape.message(2, size);
  constexpr int texts = 7;  // DT_STRING
  detail::ProtobufMessage tensor;
  tensor.whole_number(1, texts);
  tensor.message(2, shape);
  tensor.text(8, detail::valid_utf8(markdown));
  detail::ProtobufMessage plugin;
  plugin.text(1, "text");
  detail::ProtobufMessage metadata;
  metadata.message(1, plugin);
  detail::ProtobufMessage value;
  value.text(1, detail::valid_utf8(tag) + "/text_summary");
  value.message(8, tensor);
  value.message(9, metadata);
  write_value(value.bytes(), step);
}

WICK_INLINE void TensorBoardWriter::histogram_of(std::string_view tag, const std::vector<double>& values,
                                                 std::int64_t step) {
  std::vector<double> finite;
  std::ranges::copy_if(values, std::back_inserter(finite), [](double x) { return is_finite(x); });
  if (finite.empty()) return;
  detail::ProtobufMessage value;
  value.text(1, detail::valid_utf8(tag));
  value.message(5, detail::histogram_message(finite));
  write_value(value.bytes(), step);
}

WICK_INLINE void TensorBoardWriter::image(std::string_view tag, TensorArg<std::uint8_t> pixels,
                                          std::int64_t step) {
  detail::demand_pixels("TensorBoardWriter", pixels);
  detail::ProtobufMessage picture;
  picture.whole_number(1, pixels.size(0));
  picture.whole_number(2, pixels.size(1));
  picture.whole_number(3, pixels.dim() == 3 ? pixels.size(2) : 1);
  picture.block(4, detail::stored_png(pixels));
  detail::ProtobufMessage value;
  value.text(1, detail::valid_utf8(tag));
  value.message(4, picture);
  write_value(value.bytes(), step);
}

WICK_INLINE void TensorBoardWriter::flush() {
  if (file_ == nullptr) throw FileError(display_name(path_), "the writer was moved from");
  errno = 0;
  if (std::fflush(file_.get()) != 0) fail("cannot write");
}

WICK_INLINE void TensorBoardWriter::write_value(std::span<const std::byte> summary_value, std::int64_t step) {
  detail::ProtobufMessage summary;
  summary.block(1, summary_value);
  detail::ProtobufMessage event;
  event.number(1, now());
  event.whole_number(2, step);
  event.message(5, summary);
  write_record(event.bytes());
}

WICK_INLINE void TensorBoardWriter::write_record(std::span<const std::byte> event) {
  if (file_ == nullptr) throw FileError(display_name(path_), "the writer was moved from");
  ByteWriter record;
  record.put<std::uint64_t>(event.size());
  record.put(detail::masked_crc32c(record.bytes()));
  record.put_bytes(event);
  record.put(detail::masked_crc32c(event));
  errno = 0;
  if (std::fwrite(record.bytes().data(), 1, record.size(), file_.get()) != record.size())
    fail("cannot write");
}

WICK_INLINE double TensorBoardWriter::now() const {
  if (wall_time_) return *wall_time_;
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

WICK_INLINE void TensorBoardWriter::fail(const char* what) const {
  throw FileError(display_name(path_), std::string(what) + ": " + std::generic_category().message(errno));
}

WICK_END_NAMESPACE
