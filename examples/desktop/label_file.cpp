#include "label_file.hpp"

#include "text.hpp"

#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/io/bytes/atomic_file.hpp>

#include <QFileInfo>
#include <QStringDecoder>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

namespace desktop {

namespace {

constexpr std::uint64_t most_bytes = std::uint64_t{64} << 20;

[[noreturn]] void fail(const std::string& name, qsizetype line, const QString& what) {
  throw wick::Error(
      name + ", line " + std::to_string(line) + ": " + what.toStdString() +
      ". Mend the file, or give it another name to begin anew, then read the folder again (F5)");
}

/// Goes through a table value by value.
class Reader {
 public:
  Reader(const QString& text, QChar separator, const std::string& name)
      : text_(text), separator_(separator), name_(name) {}

  [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
  [[nodiscard]] qsizetype line() const { return line_; }

  QStringList row() {
    QStringList values;
    for (;;) {
      values.append(value());
      if (at_end()) return values;
      const QChar next = text_.at(at_++);
      if (next == separator_) continue;
      if (next == QLatin1Char('\r') && !at_end() && text_.at(at_) == QLatin1Char('\n')) ++at_;
      ++line_;
      return values;
    }
  }

 private:
  QString value() {
    if (at_end() || text_.at(at_) != QLatin1Char('"')) {
      const qsizetype begin = at_;
      while (!at_end() && !ends_value(text_.at(at_))) ++at_;
      return text_.mid(begin, at_ - begin);
    }
    const qsizetype first_line = line_;
    QString result;
    for (++at_; !at_end(); ++at_) {
      const QChar c = text_.at(at_);
      if (c == QLatin1Char('"')) {
        ++at_;
        if (at_end() || ends_value(text_.at(at_))) return result;
        if (text_.at(at_) != QLatin1Char('"')) {
          fail(name_, line_, QStringLiteral("a value goes on after its closing quote"));
        }
      } else if (c == QLatin1Char('\n')) {
        ++line_;
      }
      result.append(c);
    }
    fail(name_, first_line, QStringLiteral("a quote is not closed"));
  }

  [[nodiscard]] bool ends_value(QChar c) const {
    return c == separator_ || c == QLatin1Char('\n') || c == QLatin1Char('\r');
  }

  const QString& text_;
  QChar separator_;
  const std::string& name_;
  qsizetype at_ = 0;
  qsizetype line_ = 1;
};

QChar separator_of(const QString& text) {
  const QString first = text.left(text.indexOf(QLatin1Char('\n')));
  for (const char c : {',', ';', '\t'}) {
    if (first.contains(QLatin1Char(c))) return QLatin1Char(c);
  }
  return QLatin1Char(',');
}

}  // namespace

LabelFile::LabelFile() : rows_{{QStringLiteral("file"), QStringLiteral("label")}} {}

LabelFile LabelFile::parse(const QByteArray& bytes, const std::string& name) {
  QStringDecoder decode(QStringDecoder::Utf8);
  const QString text = decode(bytes);
  if (decode.hasError()) fail(name, 1, QStringLiteral("expected text in UTF-8, got other bytes"));
  LabelFile result;
  result.separator_ = separator_of(text);
  const auto first_end = text.indexOf(QLatin1Char('\n'));
  result.has_carriage_returns_ = first_end > 0 && text.at(first_end - 1) == QLatin1Char('\r');
  Reader reader(text, result.separator_, name);
  result.rows_.clear();
  while (!reader.at_end()) {
    const qsizetype line = reader.line();
    QStringList row = reader.row();
    if (row.size() == 1 && row.front().trimmed().isEmpty()) continue;
    if (result.rows_.empty()) {
      const auto column = [&](const char* wanted) {
        const auto at = std::find_if(row.begin(), row.end(), [&](const QString& value) {
          return value.trimmed().compare(QLatin1String(wanted), Qt::CaseInsensitive) == 0;
        });
        if (at == row.end()) {
          fail(name, line,
               QStringLiteral("expected the columns \"file\" and \"label\" in the first line, got \"%1\"")
                   .arg(row.join(result.separator_).left(100)));
        }
        return at - row.begin();
      };
      result.file_column_ = column("file");
      result.label_column_ = column("label");
    } else {
      const qsizetype columns = result.rows_.front().size();
      if (row.size() > columns) {
        fail(name, line, QStringLiteral("expected %1 values, got %2").arg(columns).arg(row.size()));
      }
      row.resize(columns);
      const QString& file = row.at(result.file_column_);
      if (result.row_of_.contains(file)) {
        fail(name, line, QStringLiteral("\"%1\" is in the table twice").arg(file.left(100)));
      }
      result.row_of_.insert(file, result.rows_.size());
    }
    result.rows_.push_back(std::move(row));
  }
  if (result.rows_.empty()) result.rows_ = LabelFile().rows_;
  return result;
}

QByteArray LabelFile::bytes() const {
  QString text;
  const QLatin1String end(has_carriage_returns_ ? "\r\n" : "\n");
  for (const QStringList& row : rows_) {
    for (qsizetype i = 0; i < row.size(); ++i) {
      if (i > 0) text.append(separator_);
      text.append(quoted(row.at(i)));
    }
    text.append(end);
  }
  return text.toUtf8();
}

std::optional<QString> LabelFile::label(const QString& file) const {
  const auto found = row_of_.constFind(file);
  if (found == row_of_.constEnd()) return std::nullopt;
  return rows_[*found].at(label_column_).trimmed();
}

void LabelFile::set_label(const QString& file, const QString& label) {
  if (const auto found = row_of_.constFind(file); found != row_of_.constEnd()) {
    rows_[*found][label_column_] = label;
    return;
  }
  QStringList row;
  row.resize(rows_.front().size());
  row[file_column_] = file;
  row[label_column_] = label;
  row_of_.insert(file, rows_.size());
  rows_.push_back(std::move(row));
}

QString LabelFile::quoted(const QString& value) const {
  const auto needs_quotes = [&](QChar c) {
    return c == separator_ || c == QLatin1Char('"') || c == QLatin1Char('\n') || c == QLatin1Char('\r');
  };
  if (std::none_of(value.begin(), value.end(), needs_quotes)) return value;
  QString doubled = value;
  doubled.replace(QLatin1Char('"'), QLatin1String("\"\""));
  return QLatin1Char('"') + doubled + QLatin1Char('"');
}

QString label_path(const QString& folder) { return folder + QStringLiteral("/labels.csv"); }

LabelFile read_labels(const QString& folder) {
  const QString path = label_path(folder);
  if (!QFileInfo::exists(path)) return {};
  const auto bytes = wick::read_file(to_path(path), most_bytes);
  return LabelFile::parse(
      QByteArray(reinterpret_cast<const char*>(bytes.data()), static_cast<qsizetype>(bytes.size())),
      wick::display_name(to_path(path)));
}

void write_labels(const QString& folder, const LabelFile& labels) {
  const QByteArray bytes = labels.bytes();
  wick::AtomicFile file(to_path(label_path(folder)));
  file.write(std::as_bytes(std::span(bytes.constData(), static_cast<std::size_t>(bytes.size()))));
  file.commit();
}

}  // namespace desktop
