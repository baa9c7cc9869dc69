#include "desk.hpp"
#include "picture_folder_maker.hpp"

#include "label_bar.hpp"
#include "settings.hpp"

#include <wick/checkpoint/checkpoint.hpp>

#include <QAbstractButton>
#include <QAction>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QItemSelectionModel>
#include <QLabel>
#include <QListView>
#include <QStatusBar>

namespace {

void open_folder(Desk& desk, const QString& path, int pictures) {
  desk.window().open_folder(path);
  Desk::wait("the folder",
             [&] { return desk.text("count").startsWith(QStringLiteral("%L1 pictures").arg(pictures)); });
}

/// Until the file of the labels has these bytes.
void wait_for_labels(const QString& folder, const QByteArray& bytes) {
  Desk::wait("labels.csv", [&] {
    QFile file(folder + QStringLiteral("/labels.csv"));
    return file.open(QIODevice::ReadOnly) && file.readAll() == bytes;
  });
}

void wait_for_source(Desk& desk, const QString& name) {
  Desk::wait("the picture", [&] { return desk.text("source") == name; });
}

QString this_is(Desk& desk) { return desk.find<QComboBox>("this_is").currentText(); }

QListView& list_of(Desk& desk) { return desk.find<QListView>("pictures"); }

QString label_in_list(Desk& desk, int row) {
  const auto* model = list_of(desk).model();
  return model->data(model->index(row, 0), Qt::DisplayRole).toString();
}

}  // namespace

TEST_CASE("a folder's pictures are listed by name, with the names of folders within as labels") {
  Desk desk;
  desk.open_model();
  const QString folder = desk.path(QStringLiteral("mine"));
  make_pictures(folder, {"b10.png", "b9.png", "Bag/x.png", "Bag/deep/y.png", ".hidden.png"});
  write(folder + QStringLiteral("/notes.txt"), "no picture");
  open_folder(desk, folder, 4);
  CHECK(desk.text("count") == QStringLiteral("4 pictures, 2 labelled"));
  QStringList names;
  const auto* model = list_of(desk).model();
  for (int row = 0; row < 4; ++row) {
    names.append(model->data(model->index(row, 0), Qt::AccessibleTextRole).toString());
  }
  CHECK(names == QStringList{QStringLiteral("b9.png, not labelled"), QStringLiteral("b10.png, not labelled"),
                             QStringLiteral("Bag/deep/y.png, Bag"), QStringLiteral("Bag/x.png, Bag")});
  // The first one is shown, and nothing is written without a label.
  wait_for_source(desk, QStringLiteral("b9.png"));
  CHECK_FALSE(QFile::exists(folder + QStringLiteral("/labels.csv")));
}

TEST_CASE("the keys 0 to 9 label, go on, and are undone") {
  Desk desk;
  desk.open_model();
  const QString folder = desk.path(QStringLiteral("mine"));
  make_pictures(folder, {"a.png", "b.png", "c.png"});
  open_folder(desk, folder, 3);
  wait_for_source(desk, QStringLiteral("a.png"));
  list_of(desk).setFocus();
  desk.key(Qt::Key_9);
  CHECK(label_in_list(desk, 0) == QStringLiteral("Ankle boot"));
  wait_for_source(desk, QStringLiteral("b.png"));
  desk.key(Qt::Key_8);
  wait_for_source(desk, QStringLiteral("c.png"));
  desk.key(Qt::Key_8);
  // The last one stays in view.
  CHECK(this_is(desk) == QStringLiteral("Bag"));
  CHECK(desk.text("truth").endsWith(QLatin1String("abelled Bag")));
  CHECK(desk.text("count") == QStringLiteral("3 pictures, 3 labelled"));
  wait_for_labels(folder, "file,label\na.png,Ankle boot\nb.png,Bag\nc.png,Bag\n");

  desk.key(Qt::Key_Z, Qt::ControlModifier);
  CHECK(label_in_list(desk, 2).isEmpty());
  desk.key(Qt::Key_Z, Qt::ControlModifier);
  // Undoing goes to where it was done.
  wait_for_source(desk, QStringLiteral("b.png"));
  CHECK(desk.text("truth") == QStringLiteral("Not labelled yet"));
  wait_for_labels(folder, "file,label\na.png,Ankle boot\nb.png,\nc.png,\n");
  desk.key(Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
  CHECK(label_in_list(desk, 1) == QStringLiteral("Bag"));
  wait_for_labels(folder, "file,label\na.png,Ankle boot\nb.png,Bag\nc.png,\n");
  CHECK(desk.error() == nullptr);
}

TEST_CASE("several pictures are labelled at once, and a label is removed") {
  Desk desk;
  desk.open_model();
  const QString folder = desk.path(QStringLiteral("mine"));
  make_pictures(folder, {"a.png", "Bag/b.png", "c.png"});
  open_folder(desk, folder, 3);
  wait_for_source(desk, QStringLiteral("a.png"));
  list_of(desk).setFocus();
  desk.key(Qt::Key_A, Qt::ControlModifier);
  desk.key(Qt::Key_1);
  // What the folder within says needs no row until somebody says something else.
  wait_for_labels(folder, "file,label\na.png,Trouser\nBag/b.png,Trouser\nc.png,Trouser\n");
  wait_for_source(desk, QStringLiteral("a.png"));
  desk.key(Qt::Key_Z, Qt::ControlModifier);
  CHECK(label_in_list(desk, 1) == QStringLiteral("Bag"));
  desk.key(Qt::Key_Right);
  wait_for_source(desk, QStringLiteral("b.png"));
  CHECK(this_is(desk) == QStringLiteral("Bag"));
  desk.key(Qt::Key_Delete);
  CHECK(label_in_list(desk, 1).isEmpty());
  wait_for_labels(folder, "file,label\na.png,\nBag/b.png,\nc.png,\n");
}

TEST_CASE("going to the next picture selects that one alone") {
  Desk desk;
  desk.open_model();
  const QString folder = desk.path(QStringLiteral("mine"));
  make_pictures(folder, {"a.png", "b.png", "c.png"});
  open_folder(desk, folder, 3);
  for (const char* name : {"a.png", "b.png", "c.png"}) {
    wait_for_source(desk, QString::fromLatin1(name));
    CHECK(list_of(desk).selectionModel()->selectedIndexes().size() == 1);
    desk.key(Qt::Key_Right, Qt::ControlModifier);
  }
}

TEST_CASE("\"This is\" follows the prediction and the label, and what the user chose stays") {
  Desk desk;
  desk.open_model();
  desk.wait_for_samples();
  const auto network = wick::load_checkpoint(WICK_DESKTOP_MODEL);
  const auto names = wick::FashionMNIST::class_names();
  const auto name_of = [&](const QImage& picture) {
    return QString::fromStdString(names.at(static_cast<std::size_t>(reference(network, picture).label)));
  };
  const QString folder = desk.path(QStringLiteral("mine"));
  QDir().mkpath(folder);
  for (int i = 0; i < 6; ++i) REQUIRE(test_picture(i).save(folder + QStringLiteral("/%1.png").arg(i)));
  open_folder(desk, folder, 6);
  for (int i = 0; i < 6; ++i) {
    wait_for_source(desk, QStringLiteral("%1.png").arg(i));
    desk.wait_for(network);
    Desk::wait("the box", [&] { return this_is(desk) == name_of(test_picture(i)); });
    if (i < 5) desk.key(Qt::Key_Right, Qt::ControlModifier);
  }
  // Enter agrees.
  desk.find<QAction>("advance").setChecked(false);
  list_of(desk).setFocus();
  desk.key(Qt::Key_Return);
  wait_for_labels(folder, "file,label\n5.png," + name_of(test_picture(5)).toUtf8() + "\n");
  // Painting changes the prediction, and the box follows; once the user has chosen it does not.
  desk.click("clear");
  CHECK(this_is(desk).isEmpty());
  desk.drag({11, 4}, {11, 24});
  desk.wait_for(network);
  Desk::wait("the box", [&] { return this_is(desk) == name_of(desk.picture()); });
  auto& box = desk.find<QComboBox>("this_is");
  box.setFocus();
  desk.key(Qt::Key_Home);
  desk.key(Qt::Key_Down);
  CHECK(this_is(desk) == QStringLiteral("Trouser"));
  desk.drag({17, 4}, {17, 24});
  desk.wait_for(network);
  CHECK(this_is(desk) == QStringLiteral("Trouser"));
}

TEST_CASE("what others write into labels.csv is kept, and read") {
  Desk desk;
  desk.open_model();
  const QString folder = desk.path(QStringLiteral("mine"));
  const QString table = folder + QStringLiteral("/labels.csv");
  make_pictures(folder, {"a.png", "b.png", "c.png"});
  write(table, "file;label;who\nc.png;Bag;me\n");
  open_folder(desk, folder, 3);
  wait_for_source(desk, QStringLiteral("a.png"));
  CHECK(label_in_list(desk, 2) == QStringLiteral("Bag"));
  // Somebody edits the file while it is open here.
  write(table, "file;label;who\nc.png;Coat;me\nb.png;Dress;you\n");
  desk.key(Qt::Key_9);
  wait_for_labels(folder, "file;label;who\nc.png;Coat;me\nb.png;Dress;you\na.png;Ankle boot;\n");
  Desk::wait("what the other wrote", [&] { return label_in_list(desk, 1) == QStringLiteral("Dress"); });
  CHECK(label_in_list(desk, 2) == QStringLiteral("Coat"));
  // Or the program is told to read it.
  write(table, "file,label\na.png,Shirt\n");
  make_pictures(folder, {"d.png"});
  desk.key(Qt::Key_F5);
  Desk::wait("the new picture",
             [&] { return desk.text("count") == QStringLiteral("4 pictures, 1 labelled"); });
  CHECK(label_in_list(desk, 0) == QStringLiteral("Shirt"));
}

TEST_CASE("a damaged labels.csv is said to be, and left alone") {
  Desk desk;
  desk.open_model();
  const QString folder = desk.path(QStringLiteral("mine"));
  const QString table = folder + QStringLiteral("/labels.csv");
  make_pictures(folder, {"a.png", "b.png"});
  const QByteArray damaged = "file,label\na.png,\"Bag\n";
  write(table, damaged);
  open_folder(desk, folder, 2);
  CHECK(desk.take_error().contains(QLatin1String("line 2: a quote is not closed. Mend the file")));
  wait_for_source(desk, QStringLiteral("a.png"));
  desk.key(Qt::Key_9);
  CHECK(desk.take_error().contains(QLatin1String("line 2")));
  CHECK(label_in_list(desk, 0).isEmpty());
  CHECK(contents(table) == damaged);
  write(table, "file,label\na.png,Bag\n");
  desk.key(Qt::Key_F5);
  Desk::wait("the labels", [&] { return label_in_list(desk, 0) == QStringLiteral("Bag"); });
  desk.key(Qt::Key_9);
  wait_for_labels(folder, "file,label\na.png,Ankle boot\n");
}

TEST_CASE("labels that cannot be written are said to be, and the list shows what the file has") {
  Desk desk;
  desk.open_model();
  const QString folder = desk.path(QStringLiteral("mine"));
  make_pictures(folder, {"a.png"});
  REQUIRE(QDir().mkpath(folder + QStringLiteral("/labels.csv.d")));
  open_folder(desk, folder, 1);
  wait_for_source(desk, QStringLiteral("a.png"));
  // A folder of that name, as root may write everywhere else.
  REQUIRE(QDir().mkpath(folder + QStringLiteral("/labels.csv")));
  desk.key(Qt::Key_9);
  CHECK_FALSE(desk.take_error().isEmpty());
  Desk::wait("the truth", [&] { return label_in_list(desk, 0).isEmpty(); });
}

TEST_CASE("the last label is written although the window is closed at once") {
  Desk desk;
  desk.open_model();
  const QString folder = desk.path(QStringLiteral("mine"));
  make_pictures(folder, {"a.png", "b.png", "c.png"});
  open_folder(desk, folder, 3);
  for (const char* name : {"a.png", "b.png", "c.png"}) {
    wait_for_source(desk, QString::fromLatin1(name));
    desk.key(Qt::Key_8);
  }
  CHECK(desk.window().close());
  desk.restart();
  CHECK(contents(folder + QStringLiteral("/labels.csv")) == "file,label\na.png,Bag\nb.png,Bag\nc.png,Bag\n");
  // The folder is open again, as is the model.
  Desk::wait("the folder", [&] { return desk.text("count") == QStringLiteral("3 pictures, 3 labelled"); });
  CHECK(desktop::settings::recent(desktop::settings::Recent::folders) == QStringList{folder});
}

TEST_CASE("a drawing is kept in the open folder") {
  Desk desk;
  desk.open_model();
  const QString folder = desk.path(QStringLiteral("mine"));
  make_pictures(folder, {"a.png"});
  write(folder + QStringLiteral("/drawing-1.png"), "not to be replaced");
  open_folder(desk, folder, 2);
  wait_for_source(desk, QStringLiteral("a.png"));
  desk.click("clear");
  desk.drag({11, 4}, {11, 24});
  const QImage drawn = desk.picture();
  CHECK(desk.find<QAbstractButton>("label").text().remove(QLatin1Char('&')) == QStringLiteral("Keep"));
  desk.key(Qt::Key_1);
  wait_for_labels(folder, "file,label\ndrawing-2.png,Trouser\n");
  CHECK(QImage(folder + QStringLiteral("/drawing-2.png")).convertToFormat(drawn.format()) == drawn);
  CHECK(contents(folder + QStringLiteral("/drawing-1.png")) == "not to be replaced");
  wait_for_source(desk, QStringLiteral("drawing-2.png"));
  CHECK(desk.picture() == drawn);
  CHECK(desk.text("count") == QStringLiteral("3 pictures, 1 labelled"));
  // Painted on, it is another drawing.
  desk.drag({17, 4}, {17, 24});
  CHECK(desk.text("source") == QStringLiteral("Your drawing on drawing-2.png"));
}

TEST_CASE("the filter shows pictures without a label, or with one") {
  Desk desk;
  desk.open_model();
  const QString folder = desk.path(QStringLiteral("mine"));
  make_pictures(folder, {"a.png", "b.png", "Teapot/c.png"});
  open_folder(desk, folder, 3);
  wait_for_source(desk, QStringLiteral("a.png"));
  auto& filter = desk.find<QComboBox>("filter");
  CHECK(filter.count() == 13);  // all, none, the classes of the model, and the teapot
  filter.setCurrentIndex(1);
  CHECK(list_of(desk).model()->rowCount() == 2);
  desk.click("next");
  desk.key(Qt::Key_9);
  // It is labelled, so it is gone, and the next one has its place.
  CHECK(list_of(desk).model()->rowCount() == 1);
  wait_for_source(desk, QStringLiteral("b.png"));
  filter.setCurrentIndex(12);
  REQUIRE(list_of(desk).model()->rowCount() == 1);
  desk.click("next");
  wait_for_source(desk, QStringLiteral("c.png"));
  CHECK(desk.text("truth") == QStringLiteral("Labelled Teapot, which is no class of this model"));
  CHECK(desk.text("own_hint").startsWith(QLatin1String("1 more")));
}

TEST_CASE("folders that cannot be opened are said to be, and the open one stays") {
  Desk desk;
  const QString folder = desk.path(QStringLiteral("mine"));
  make_pictures(folder, {"a.png"});
  open_folder(desk, folder, 1);
  desk.window().open_folder(desk.path(QStringLiteral("none")));
  CHECK(desk.take_error().contains(QLatin1String("there is no such folder")));
  CHECK(desk.text("count") == QStringLiteral("1 pictures, 0 labelled"));
  // At the next start it is no reason for a dialog.
  CHECK(desk.window().close());
  REQUIRE(QDir(folder).removeRecursively());
  desk.restart();
  Desk::wait("words", [&] {
    return desk.window().statusBar()->currentMessage().startsWith(
               QLatin1String("The folder of the last time")) ||
           desk.error() != nullptr;
  });
  CHECK(desk.error() == nullptr);
  // An empty folder is no error either.
  REQUIRE(QDir().mkpath(folder));
  desk.window().open_folder(folder);
  Desk::wait("words", [&] {
    return desk.text("pictures_missing").startsWith(QLatin1String("There are no pictures in "));
  });
}

TEST_CASE("a broken picture among others is said to be when it is opened, and does no harm") {
  Desk desk;
  desk.open_model();
  const QString folder = desk.path(QStringLiteral("mine"));
  make_pictures(folder, {"a.png", "c.png"});
  write(folder + QStringLiteral("/b.png"), "broken");
  open_folder(desk, folder, 3);
  wait_for_source(desk, QStringLiteral("a.png"));
  const auto* model = list_of(desk).model();
  Desk::wait("the small picture", [&] {
    static_cast<void>(model->data(model->index(1, 0), Qt::DecorationRole));
    return model->data(model->index(1, 0), Qt::ToolTipRole) == QStringLiteral("b.png, cannot be read");
  });
  desk.key(Qt::Key_Right, Qt::ControlModifier);
  CHECK(desk.take_error().contains(QLatin1String("b.png")));
  desk.key(Qt::Key_Right, Qt::ControlModifier);
  wait_for_source(desk, QStringLiteral("c.png"));
}

TEST_CASE("reading a folder can be stopped, and another one opened meanwhile") {
  Desk desk;
  const QString large = desk.path(QStringLiteral("large"));
  const QString small = desk.path(QStringLiteral("small"));
  make_pictures(large, {"0.png"});
  for (int i = 1; i < 3000; ++i) {
    REQUIRE(QFile::link(large + QStringLiteral("/0.png"), large + QStringLiteral("/%1.png").arg(i)));
  }
  make_pictures(small, {"a.png"});
  desk.window().open_folder(large);
  desk.key(Qt::Key_Escape);
  Desk::wait("the end", [&] { return !desk.find<QAbstractButton>("stop_reading").isVisible(); });
  CHECK(desk.text("count").isEmpty());
  desk.window().open_folder(large);
  open_folder(desk, small, 1);
  open_folder(desk, large, 3000);
  CHECK(desk.error() == nullptr);
}
