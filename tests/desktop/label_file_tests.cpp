#include "label_file.hpp"

#include "desk.hpp"

#include <wick/base/error.hpp>

#include <QDir>
#include <QFile>

using desktop::LabelFile;

namespace {

std::string error_of(const QByteArray& bytes) {
  try {
    static_cast<void>(LabelFile::parse(bytes, "labels.csv"));
  } catch (const wick::Error& error) {
    return error.what();
  }
  return {};
}

}  // namespace

TEST_CASE("a table of labels is read as spreadsheets write it") {
  for (const char* text : {
           "file,label\na.png,cat\nb/c.png,\"a, \"\"b\"\"\"\n",
           "\xEF\xBB\xBF"
           "file,label\r\na.png,cat\r\nb/c.png,\"a, \"\"b\"\"\"",
           "file;label\na.png;cat\nb/c.png;a, \"b\"\n",
           "file\tlabel\n\na.png\tcat\nb/c.png\ta, \"b\"\n\n",
           "Label , FILE\ncat,a.png\n\"a, \"\"b\"\"\",b/c.png\n",
           "file,note,label\na.png,,cat\nb/c.png,\"two\nlines\",\"a, \"\"b\"\"\"\n",
       }) {
    INFO(text);
    const LabelFile labels = LabelFile::parse(text, "labels.csv");
    CHECK(labels.label(QStringLiteral("a.png")) == QStringLiteral("cat"));
    CHECK(labels.label(QStringLiteral("b/c.png")) == QStringLiteral("a, \"b\""));
    CHECK_FALSE(labels.label(QStringLiteral("d.png")).has_value());
  }
}

TEST_CASE("what else is in a table stays, in its order") {
  const QByteArray text = "file;note;label\r\nz.png;\"mine; not yours\";cat\r\ngone.png;;dog\r\na.png;x;\r\n";
  LabelFile labels = LabelFile::parse(text, "labels.csv");
  CHECK(labels.bytes() == text);
  labels.set_label(QStringLiteral("a.png"), QStringLiteral("a;b"));
  labels.set_label(QStringLiteral("new \"1\".png"), QString::fromUtf8("靴"));
  CHECK(labels.bytes() ==
        "file;note;label\r\nz.png;\"mine; not yours\";cat\r\ngone.png;;dog\r\na.png;x;\"a;b\"\r\n"
        "\"new \"\"1\"\".png\";;靴\r\n");
  const LabelFile again = LabelFile::parse(labels.bytes(), "labels.csv");
  CHECK(again.label(QStringLiteral("new \"1\".png")) == QString::fromUtf8("靴"));
  CHECK(again.label(QStringLiteral("a.png")) == QStringLiteral("a;b"));
}

TEST_CASE("every name and label comes back as it was written") {
  LabelFile labels;
  const QStringList words{QStringLiteral("a"),        QStringLiteral("a,b"),     QStringLiteral("\""),
                          QStringLiteral("x\ny"),     QStringLiteral("x\r\ny"),  QStringLiteral("=1+1"),
                          QStringLiteral("a\"b\",c"), QString::fromUtf8("ä 靴"), QStringLiteral("'")};
  for (const QString& word : words) labels.set_label(word, word);
  const LabelFile again = LabelFile::parse(labels.bytes(), "labels.csv");
  for (const QString& word : words) {
    INFO(word);
    CHECK(again.label(word) == word.trimmed());
  }
  CHECK(again.bytes() == labels.bytes());
}

TEST_CASE("an empty table has no labels") {
  for (const char* text : {"", "\n\n", "file,label\n", "file,label"}) {
    CHECK_FALSE(LabelFile::parse(text, "labels.csv").label(QStringLiteral("a.png")).has_value());
  }
  CHECK(LabelFile().bytes() == "file,label\n");
}

TEST_CASE("a damaged table is refused with its line, and with what to do") {
  const auto says = [](const QByteArray& bytes, const char* words) {
    const std::string error = error_of(bytes);
    INFO(error);
    CHECK(error.find(words) != std::string::npos);
    CHECK(error.find("F5") != std::string::npos);
  };
  says("a.png,cat\n", "line 1: expected the columns \"file\" and \"label\"");
  says("file,label\na.png,cat\nb.png,\"dog\n\n", "line 3: a quote is not closed");
  says("file,label\na.png,\"cat\"s\n", "line 2: a value goes on after its closing quote");
  says("file,label\na.png,cat,dog\n", "line 2: expected 2 values, got 3");
  says("file,label\na.png,cat\nb.png,\na.png,dog\n", "line 4: \"a.png\" is in the table twice");
  says("file,label\na.png,\xFF\xFE\n", "UTF-8");
}

TEST_CASE("a file of labels is written as a whole, and read again") {
  QTemporaryDir home;
  CHECK_FALSE(desktop::read_labels(home.path()).label(QStringLiteral("a.png")).has_value());
  LabelFile labels;
  labels.set_label(QStringLiteral("a.png"), QStringLiteral("cat"));
  desktop::write_labels(home.path(), labels);
  CHECK(contents(home.filePath(QStringLiteral("labels.csv"))) == "file,label\na.png,cat\n");
  CHECK(desktop::read_labels(home.path()).label(QStringLiteral("a.png")) == QStringLiteral("cat"));
  CHECK(QDir(home.path()).entryList(QDir::Files) == QStringList{QStringLiteral("labels.csv")});
  CHECK_THROWS_AS(desktop::write_labels(home.filePath(QStringLiteral("none")), labels), wick::FileError);
}
