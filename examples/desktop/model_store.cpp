#include "model_store.hpp"

#include "settings.hpp"

#include <QFileInfo>

namespace desktop {

ModelStore::ModelStore(QObject* parent) : QObject(parent), files_(this) {}

void ModelStore::open(const QString& path) {
  load(path, [this](const QString& text) { Q_EMIT failed(tr("Cannot open the model"), text); });
}

void ModelStore::open_at_start(const QString& path) {
  load(path, [this](const QString& text) { Q_EMIT missing_at_start(text); });
}

void ModelStore::load(const QString& path, const std::function<void(const QString&)>& not_loaded) {
  files_.run(
      [this, path]() -> Background::Then {
        return [this, model = load_model(path)] {
          use(model);
          settings::add_recent(settings::Recent::models, QFileInfo(model->path).absoluteFilePath());
        };
      },
      not_loaded);
}

void ModelStore::save(const QString& path) {
  if (model_ == nullptr) return;
  files_.run(
      [this, path, model = model_]() -> Background::Then {
        return [this, path, model, written = save_model(*model, path)] {
          settings::add_recent(settings::Recent::models, QFileInfo(path).absoluteFilePath());
          // Another one may be in use by now.
          if (model_ == model) use(written);
          Q_EMIT saved(path);
        };
      },
      [this](const QString& text) { Q_EMIT failed(tr("Cannot save the model"), text); });
}

void ModelStore::make(const NewModel& wanted) {
  // Large ones take a while to draw their parameters.
  files_.run(
      [this, wanted]() -> Background::Then { return [this, model = new_model(wanted)] { use(model); }; },
      [this](const QString& text) { Q_EMIT failed(tr("Cannot make this model"), text); });
}

void ModelStore::use(const ModelPtr& model) {
  model_ = model;
  Q_EMIT changed();
}

}  // namespace desktop
