#include "background.hpp"

#include "text.hpp"

#include <QMetaObject>

#include <exception>
#include <new>
#include <utility>

namespace desktop {

Background::Background(QObject* parent) : QObject(parent) { pool_.setMaxThreadCount(1); }

Background::~Background() {
  pool_.clear();
  pool_.waitForDone();
}

void Background::run(Work work, Failed failed) {
  pool_.start([this, work = std::move(work), failed = std::move(failed)] {
    Then then;
    try {
      then = work();
    } catch (const std::bad_alloc&) {
      then = [failed] { failed(tr("There is not enough memory.")); };
    } catch (const std::exception& error) {
      then = [failed, text = to_text(error.what())] { failed(text); };
    }
    if (then) QMetaObject::invokeMethod(this, std::move(then), Qt::QueuedConnection);
  });
}

void Background::wait() { pool_.waitForDone(); }

}  // namespace desktop
