#pragma once

// Icons in the colours of the palette, sharp in every size.

#include <QIcon>

namespace desktop {

enum class Icon { model, folder, draw, undo, train, stop, save, previous, next, random };

/// Drawn anew for each size, state and theme.
[[nodiscard]] QIcon icon(Icon which);

}  // namespace desktop
