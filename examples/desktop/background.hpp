#pragma once

// Work off the interface thread.

#include <QObject>
#include <QString>
#include <QThreadPool>

#include <functional>

namespace desktop {

/// One thread that does one piece of work after the other. What a piece returns runs in the thread of this
/// object, as does `failed` with the text of an exception; nothing runs any more once this is destroyed.
class Background : public QObject {
 public:
  using Then = std::function<void()>;
  using Work = std::function<Then()>;
  using Failed = std::function<void(const QString&)>;

  explicit Background(QObject* parent = nullptr);
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
  /// Drops what has not begun, and waits for what has.
  ~Background() override;

  void run(Work work, Failed failed);
  /// Returns when no work is left; what it returned runs later.
  void wait();

 private:
  QThreadPool pool_;
};

}  // namespace desktop
