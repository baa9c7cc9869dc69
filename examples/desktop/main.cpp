// wick-desktop: what a network makes of pictures, in a window.

#include "error_dialog.hpp"
#include "main_window.hpp"
#include "text.hpp"

#include <QApplication>
#include <QCommandLineParser>

#include <exception>
#include <iostream>

namespace {

/// Lets no exception into Qt's event loop, which it would end without a word.
class Application : public QApplication {
 public:
  using QApplication::QApplication;

  bool notify(QObject* receiver, QEvent* event) override {
    try {
      return QApplication::notify(receiver, event);
    } catch (const std::exception& error) {
      desktop::show_error(activeWindow(), tr("Something went wrong"), desktop::to_text(error.what()));
      return false;
    }
  }
};

}  // namespace

int main(int argc, char** argv) {
  const Application application(argc, argv);
  QApplication::setApplicationName(QStringLiteral("wick-desktop"));
  QApplication::setApplicationDisplayName(QString());
  QApplication::setApplicationVersion(QStringLiteral(WICK_DESKTOP_VERSION));

  QCommandLineParser parser;
  parser.setApplicationDescription(
      QApplication::tr("Labels pictures, trains a network on them, and shows what it makes of others."));
  parser.addHelpOption();
  parser.addVersionOption();
  parser.addPositionalArgument(QStringLiteral("model"),
                               QApplication::tr("A model (.wick, .pth, .safetensors); the last one without"),
                               QStringLiteral("[model]"));
  parser.addPositionalArgument(QStringLiteral("pictures"),
                               QApplication::tr("A folder of pictures; the last one without"),
                               QStringLiteral("[folder]"));
  parser.addPositionalArgument(QStringLiteral("image"), QApplication::tr("A picture"),
                               QStringLiteral("[image]"));
  if (!parser.parse(QApplication::arguments())) {
    std::cerr << "wick-desktop: " << parser.errorText().toStdString() << "\n";
    return 2;
  }
  parser.process(application);  // --help, --version
  if (parser.positionalArguments().size() > 3) parser.showHelp(2);

  desktop::MainWindow window;
  window.show();
  window.open_at_start(parser.positionalArguments());
  return QApplication::exec();
}
