#pragma once

// From pictures of any kind to what a network takes: square, grey, bright on black.

#include <QImage>
#include <QString>

namespace desktop {

/// The picture in a file, grey. Throws wick::FileError and wick::FormatError.
[[nodiscard]] QImage read_picture(const QString& path);
/// `image` in grey, one byte a pixel. What is transparent becomes white behind dark things and black behind
/// bright ones.
[[nodiscard]] QImage to_grey(const QImage& image);
/// True for a grey picture that is bright along its border, as a drawing on paper is. Networks that learned
/// from Fashion-MNIST expect black there.
[[nodiscard]] bool has_light_border(const QImage& grey);
/// A grey picture in the middle of a black square of `side` pixels, as large as it fits; each pixel is the
/// mean of the area that it covers.
[[nodiscard]] QImage fit_picture(const QImage& grey, int side, bool invert);
/// A black square.
[[nodiscard]] QImage blank_picture(int side);
/// True for a grey picture with nothing but black in it.
[[nodiscard]] bool is_blank(const QImage& grey);
/// True for a file that Qt knows as a picture, by its content or its name.
[[nodiscard]] bool is_picture_file(const QString& path);

}  // namespace desktop
