#pragma once

// Event files, which TensorBoard shows while a model trains.
// Source of the formats: https://github.com/tensorflow/tensorboard, event.proto and summary.proto in
// tensorboard/compat/proto, and
// https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details

#include <wick/base/detail/compiled.hpp>
#include <wick/tensor/tensor.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

/// Options of TensorBoardWriter.
struct TensorBoardOptions {
  std::string suffix = {};  ///< behind the name of the file
  /// Seconds since 1970 that every event has; none for the time at which it is written.
  std::optional<double> wall_time = std::nullopt;
};

/// Writes what PyTorch's SummaryWriter writes, into a new file of a folder:
///
///     wick::TensorBoardWriter board("runs/first");
///     board.scalar("Loss/train", loss, epoch);
///
/// and `tensorboard --logdir runs` shows it. The file is appended to, not replaced: what was flushed stays
/// when the program is killed. Each function throws FileError with the system's reason when it cannot write.
/// A writer can be moved, not copied, and is for one thread at a time.
class TensorBoardWriter {
 public:
  /// Creates the folder where there is none, and in it a file `events.out.tfevents.` with the time and a
  /// number that no other has.
  explicit TensorBoardWriter(const std::filesystem::path& folder, const TensorBoardOptions& options = {});
  /// A point of a curve. NaN and infinities are written as they are.
  void scalar(std::string_view tag, double value, std::int64_t step);
  /// Text in Markdown. Bytes that are not UTF-8 become U+FFFD.
  void text(std::string_view tag, std::string_view markdown, std::int64_t step);
  /// How values are spread: counts between limits that grow by a tenth each, those that PyTorch calls
  /// "tensorflow". Values that are not finite do not count; without any that are nothing is written.
  template <Floating T>
  void histogram(std::string_view tag, TensorView<const T> values, std::int64_t step) {
    histogram_of(tag, {values.data(), values.data() + values.numel()}, step);
  }
  template <Floating T>
  void histogram(std::string_view tag, const Tensor<T>& values, std::int64_t step) {
    histogram<T>(tag, values.view(), step);
  }
  /// A picture (H, W), (H, W, 1) or (H, W, 3). Throws ShapeError for others.
  void image(std::string_view tag, TensorArg<std::uint8_t> pixels, std::int64_t step);

  /// Hands everything to the system, for TensorBoard to read it. The destructor does so too.
  void flush();
  /// The file.
  [[nodiscard]] const std::filesystem::path& path() const& noexcept { return path_; }
  void path() const&& = delete;

 private:
  void histogram_of(std::string_view tag, const std::vector<double>& values, std::int64_t step);
  void write_value(std::span<const std::byte> summary_value, std::int64_t step);
  void write_record(std::span<const std::byte> event);
  [[nodiscard]] double now() const;
  [[noreturn]] void fail(const char* what) const;

  std::filesystem::path path_;
  std::optional<double> wall_time_;
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_{nullptr, nullptr};
};

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/report/tensorboard.ipp>
#endif
