#pragma once

// The model in use: opened, saved and replaced.

#include "background.hpp"
#include "model.hpp"

#include <QObject>
#include <QString>

#include <functional>

namespace desktop {

/// Files are read and written off the interface thread, in the order asked for.
class ModelStore : public QObject {
  Q_OBJECT

 public:
  explicit ModelStore(QObject* parent = nullptr);

  /// Null before the first one.
  [[nodiscard]] const ModelPtr& model() const noexcept { return model_; }
  /// True for a model that is in no file.
  [[nodiscard]] bool unsaved() const { return model_ != nullptr && model_->path.isEmpty(); }

  void open(const QString& path);
  /// The model of the last time, whose absence is no error but missing_at_start().
  void open_at_start(const QString& path);
  void save(const QString& path);
  void use(const ModelPtr& model);
  /// A new network in place of the one in use.
  void make(const NewModel& wanted);

 Q_SIGNALS:
  void changed();
  void saved(const QString& path);
  void failed(const QString& headline, const QString& text);
  void missing_at_start(const QString& text);

 private:
  void load(const QString& path, const std::function<void(const QString&)>& not_loaded);

  ModelPtr model_;
  Background files_;
};

}  // namespace desktop
