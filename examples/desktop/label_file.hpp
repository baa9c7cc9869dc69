#pragma once

// labels.csv: what the pictures of a folder show, in a table that people edit as well.

#include <QByteArray>
#include <QHash>
#include <QString>
#include <QStringList>

#include <optional>
#include <string>
#include <vector>

namespace desktop {

/// A table with a first line of column names, of which `file` and `label` are needed. Values are separated by
/// commas, or by semicolons or tabs where the first line is; quotes are as in RFC 4180. What else is in the
/// table, other columns and rows of files that are not there, is kept, in its order.
class LabelFile {
 public:
  /// A table without rows.
  LabelFile();
  /// `name` stands for the file in messages. Throws wick::Error with the line and what to do, for bytes that
  /// are not UTF-8, a first line without the two columns, a quote that is not closed, rows that are longer
  /// than the first line, and a file that is named twice.
  [[nodiscard]] static LabelFile parse(const QByteArray& bytes, const std::string& name);

  [[nodiscard]] QByteArray bytes() const;

  /// The label of a file, by its path within the folder with `/` between parts; empty for "none of them", and
  /// nothing where the table does not say.
  [[nodiscard]] std::optional<QString> label(const QString& file) const;
  void set_label(const QString& file, const QString& label);

 private:
  [[nodiscard]] QString quoted(const QString& value) const;

  QChar separator_ = QLatin1Char(',');
  bool has_carriage_returns_ = false;
  qsizetype file_column_ = 0;
  qsizetype label_column_ = 1;
  std::vector<QStringList> rows_;  ///< the first has the names of the columns
  QHash<QString, std::size_t> row_of_;
};

/// Where the labels of a folder are: `<folder>/labels.csv`.
[[nodiscard]] QString label_path(const QString& folder);
/// An empty table where there is no file. Throws wick::FileError and what LabelFile::parse() throws.
[[nodiscard]] LabelFile read_labels(const QString& folder);
/// Replaces the file as a whole. Throws wick::FileError.
void write_labels(const QString& folder, const LabelFile& labels);

}  // namespace desktop
