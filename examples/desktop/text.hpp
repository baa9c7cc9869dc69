#pragma once

// Between the strings of Qt and those of the library.

#include <QString>

#include <filesystem>
#include <string_view>

namespace desktop {

[[nodiscard]] inline std::filesystem::path to_path(const QString& path) { return path.toStdU16String(); }

/// The library's texts are UTF-8.
[[nodiscard]] inline QString to_text(std::string_view text) {
  return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

/// `0.9876` -> `98.8 %`
[[nodiscard]] inline QString percent(double fraction, int decimals = 1) {
  return QString::number(100 * fraction, 'f', decimals) + QStringLiteral(" %");
}

}  // namespace desktop
