#pragma once

// Tensor: owning, row-major, n-dimensional, 64-byte aligned. TensorView: the same
// without ownership. Rows are samples everywhere in the library.

#include <wick/base/buffer.hpp>
#include <wick/tensor/shape.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

WICK_BEGIN_NAMESPACE

/// Non-owning, contiguous, row-major view of elements that outlive it.
///
/// `TensorView<const T>` reads only. Views are two words and a shape: pass them by
/// value. Copying a view never copies elements.
template <class T>
class TensorView {
 public:
  /// The element without const.
  using value_type = std::remove_const_t<T>;

  TensorView() : shape_{0} {}
  /// Views `shape.numel()` elements at `data`.
  TensorView(T* data, const Shape& shape) : data_(data), shape_(shape) {}
  /// A view of const elements from a view of mutable ones.
  template <class Other>
  requires(std::is_const_v<T>&& std::is_same_v<Other, value_type>) TensorView(const TensorView<Other>& other)
      : data_(other.data()), shape_(other.shape()) {}

  TensorView(const TensorView&) = default;
  TensorView(TensorView&&) noexcept = default;
  /// Looks at other elements from now on, which is of use for a view with a name alone: `x[0] = y` does not
  /// compile, as it would change no element; `x[0].copy_(y)` does.
  TensorView& operator=(const TensorView&) & = default;
  TensorView& operator=(TensorView&&) & noexcept = default;
  template <class Other>
  void operator=(const Other& other) && = delete;
  ~TensorView() = default;

  /// The first element.
  [[nodiscard]] T* data() const noexcept { return data_; }
  /// Sizes of the dimensions.
  [[nodiscard]] const Shape& shape() const& noexcept { return shape_; }
  [[nodiscard]] Shape shape() const&& noexcept { return shape_; }
  /// Size of one dimension; negative axes count from the end. Throws IndexError.
  [[nodiscard]] Index size(Index axis) const { return shape_[axis]; }
  /// Number of dimensions.
  [[nodiscard]] std::size_t dim() const noexcept { return shape_.dim(); }
  /// Number of elements.
  [[nodiscard]] Index numel() const noexcept { return shape_.numel(); }
  /// All elements, row after row.
  [[nodiscard]] std::span<T> span() const noexcept { return {data_, static_cast<std::size_t>(numel())}; }

  /// The same elements under another shape. Throws ShapeError when counts differ.
  [[nodiscard]] TensorView reshape(const Shape& shape) const {
    if (shape.numel() != numel()) {
      throw ShapeError("reshape: shape " + shape.str() + " is invalid for input of size " +
                       std::to_string(numel()) + " with shape " + shape_.str());
    }
    return {data_, shape};
  }

  /// Rows [begin, end) of the first dimension. Throws IndexError.
  [[nodiscard]] TensorView rows(Index begin, Index end) const {
    if (dim() == 0 || begin < 0 || begin > end || end > shape_[0]) {
      throw IndexError("rows: [" + std::to_string(begin) + ", " + std::to_string(end) +
                       ") is out of range for a tensor of shape " + shape_.str());
    }
    std::array<Index, Shape::max_rank> dims{};
    std::copy_n(shape_.dims().data(), dim(), dims.data());
    dims[0] = end - begin;
    return {data_ + begin * stride0(), Shape(std::span<const Index>(dims.data(), dim()))};
  }

  /// Element or sub-tensor `i` of the first dimension. Throws IndexError.
  [[nodiscard]] TensorView operator[](Index i) const {
    const Index n = dim() == 0 ? 0 : shape_[0];
    if (i < 0 || i >= n) {
      throw IndexError("index " + std::to_string(i) + " is out of range for a tensor of shape " +
                       shape_.str());
    }
    return {data_ + i * stride0(), Shape(shape_.dims().subspan(1))};
  }

  /// One element by its coordinates. Throws IndexError.
  template <std::convertible_to<Index>... Indices>
  [[nodiscard]] T& at(Indices... index) const {
    const std::array<Index, sizeof...(Indices)> coordinates{static_cast<Index>(index)...};
    if (coordinates.size() != dim()) {
      throw IndexError("at: " + std::to_string(coordinates.size()) + " coordinates for a tensor of shape " +
                       shape_.str());
    }
    Index offset = 0;
    for (std::size_t d = 0; d < coordinates.size(); ++d) {
      const Index n = shape_.dims()[d];
      if (coordinates[d] < 0 || coordinates[d] >= n) {
        throw IndexError("at: coordinate " + std::to_string(coordinates[d]) +
                         " is out of range for dimension " + std::to_string(d) + " of a tensor of shape " +
                         shape_.str());
      }
      offset = offset * n + coordinates[d];
    }
    return data_[offset];
  }

  /// The value of a tensor with exactly one element. Throws ShapeError.
  [[nodiscard]] value_type item() const {
    if (numel() != 1) {
      throw ShapeError("item: a tensor with " + std::to_string(numel()) +
                       " elements cannot be converted to one number");
    }
    return *data_;
  }

  /// Zero-copy Eigen matrix: the last dimension is the columns, all others are
  /// folded into the rows; a scalar is 1 x 1. Needs tensor/eigen.hpp.
  [[nodiscard]] MatrixMap<T> matrix() const {
    return MatrixMap<T>(data_, detail::matrix_rows(shape_), detail::matrix_cols(shape_));
  }

  /// Zero-copy Eigen array of all elements, for element-wise arithmetic. Needs tensor/eigen.hpp.
  [[nodiscard]] ArrayMap<T> array() const { return ArrayMap<T>(data_, numel()); }

  /// Sets all elements to `value`.
  void fill(value_type value) const requires(!std::is_const_v<T>) { std::fill_n(data_, numel(), value); }
  /// Writes the elements of a tensor or view here; both may share memory. Throws ShapeError for another
  /// shape.
  template <class Source>
  requires(!std::is_const_v<T>) void copy_(const Source& from) const {
    const TensorView<const value_type> source(from.data(), from.shape());
    if (!(source.shape() == shape_))
      throw ShapeError("copy_: expected a tensor of shape " + shape_.str() + ", got " + source.shape().str());
    if (numel() > 0) std::memmove(data_, source.data(), static_cast<std::size_t>(numel()) * sizeof(T));
  }

 private:
  [[nodiscard]] Index stride0() const { return numel() == 0 ? 0 : numel() / shape_[0]; }

  T* data_ = nullptr;
  Shape shape_;
};

/// Owning tensor with value semantics: copies are deep, moves are free and leave an
/// empty tensor of shape [0] behind.
///
/// `T` is any trivially copyable scalar; networks compute in float or double,
/// labels are std::int64_t, pixels std::uint8_t. Data are row-major and begin at a
/// multiple of 64 bytes. Everything that a view can do, a tensor can.
///
/// Nothing that looks into the elements can be had of a temporary tensor, because it would outlive them:
/// `rand<float>({2, 4}).view()` does not compile. Keep the tensor in a variable, or pass it as an argument.
template <class T>
class Tensor {
 public:
  /// The element.
  using value_type = T;

  /// An empty tensor of shape [0].
  Tensor() : shape_{0} {}
  /// Uninitialised elements: for results that are written before they are read.
  explicit Tensor(const Shape& shape) : data_(shape.numel()), shape_(shape) {}
  /// A deep copy of what a view shows.
  explicit Tensor(TensorView<const T> view) : Tensor(view.shape()) {
    std::copy_n(view.data(), numel(), data());
  }
  Tensor(const Tensor&) = default;
  Tensor(Tensor&& other) noexcept
      : data_(std::move(other.data_)), shape_(std::exchange(other.shape_, Shape{0})) {}
  Tensor& operator=(const Tensor&) = default;
  Tensor& operator=(Tensor&& other) noexcept {
    data_ = std::move(other.data_);
    shape_ = std::exchange(other.shape_, Shape{0});
    return *this;
  }
  ~Tensor() = default;

  /// All elements `value`.
  [[nodiscard]] static Tensor full(const Shape& shape, T value) {
    Tensor t(shape);
    t.view().fill(value);
    return t;
  }
  /// All elements 0.
  [[nodiscard]] static Tensor zeros(const Shape& shape) { return full(shape, T{}); }
  /// All elements 1.
  [[nodiscard]] static Tensor ones(const Shape& shape) { return full(shape, T(1)); }

  /// A vector `{1, 2, 3}`.
  [[nodiscard]] static Tensor from(std::initializer_list<T> values) {
    Tensor t(Shape{static_cast<Index>(values.size())});
    std::copy(values.begin(), values.end(), t.data());
    return t;
  }
  /// A matrix `{{1, 2}, {3, 4}}`. Throws ShapeError when rows differ in length.
  [[nodiscard]] static Tensor from(std::initializer_list<std::initializer_list<T>> rows) {
    const Index cols = rows.size() == 0 ? 0 : static_cast<Index>(rows.begin()->size());
    Tensor t(Shape{static_cast<Index>(rows.size()), cols});
    T* out = t.data();
    for (const auto& row : rows) {
      if (static_cast<Index>(row.size()) != cols) {
        throw ShapeError("Tensor::from: expected rows of " + std::to_string(cols) + " elements, got one of " +
                         std::to_string(row.size()));
      }
      out = std::copy(row.begin(), row.end(), out);
    }
    return t;
  }
  /// Copies `values` into `shape`. Throws ShapeError when the counts differ.
  [[nodiscard]] static Tensor from(std::span<const T> values, const Shape& shape) {
    return Tensor(
        TensorView<const T>(values.data(), Shape{static_cast<Index>(values.size())}).reshape(shape));
  }
  /// Copies any Eigen matrix or expression; column-major input is transposed into
  /// row-major storage, its rows stay the rows. Needs tensor/eigen.hpp.
  template <class Derived>
  [[nodiscard]] static Tensor from(const Eigen::DenseBase<Derived>& m) {
    Tensor t(Shape{m.rows(), m.cols()});
    t.matrix() = m.derived().matrix();
    return t;
  }

  /// The first element, at a multiple of 64 bytes.
  [[nodiscard]] T* data() & noexcept { return data_.data(); }
  [[nodiscard]] const T* data() const& noexcept { return data_.data(); }
  void data() const&& = delete;
  /// Sizes of the dimensions.
  [[nodiscard]] const Shape& shape() const& noexcept { return shape_; }
  [[nodiscard]] Shape shape() const&& noexcept { return shape_; }
  /// Size of one dimension; negative axes count from the end. Throws IndexError.
  [[nodiscard]] Index size(Index axis) const { return shape_[axis]; }
  /// Number of dimensions.
  [[nodiscard]] std::size_t dim() const noexcept { return shape_.dim(); }
  /// Number of elements.
  [[nodiscard]] Index numel() const noexcept { return shape_.numel(); }
  /// All elements, row after row.
  [[nodiscard]] std::span<T> span() & noexcept { return view().span(); }
  [[nodiscard]] std::span<const T> span() const& noexcept { return view().span(); }
  void span() const&& = delete;

  /// A view of all of it, valid until the tensor is resized, assigned to, moved or gone.
  [[nodiscard]] TensorView<T> view() & noexcept { return {data(), shape_}; }
  [[nodiscard]] TensorView<const T> view() const& noexcept { return {data(), shape_}; }
  void view() const&& = delete;
  /// Implicit: functions that take views take tensors.
  operator TensorView<T>() & noexcept { return view(); }
  operator TensorView<const T>() const& noexcept { return view(); }
  operator TensorView<const T>() const&& = delete;

  /// Changes the shape, keeping the memory when it is large enough. The elements
  /// are unspecified afterwards.
  void resize(const Shape& shape) {
    data_.resize(shape.numel());
    shape_ = shape;
  }

  /// The same elements under another shape, as a new tensor (or by moving this
  /// one). Throws ShapeError when the counts differ.
  [[nodiscard]] Tensor reshape(const Shape& shape) const& { return Tensor(view().reshape(shape)); }
  [[nodiscard]] Tensor reshape(const Shape& shape) && {
    static_cast<void>(TensorView<T>(data_.data(), shape_).reshape(shape));
    shape_ = shape;
    return std::move(*this);
  }

  /// As TensorView::rows().
  [[nodiscard]] TensorView<T> rows(Index begin, Index end) & { return view().rows(begin, end); }
  [[nodiscard]] TensorView<const T> rows(Index begin, Index end) const& { return view().rows(begin, end); }
  void rows(Index begin, Index end) const&& = delete;
  /// As TensorView::operator[]().
  [[nodiscard]] TensorView<T> operator[](Index i) & { return view()[i]; }
  [[nodiscard]] TensorView<const T> operator[](Index i) const& { return view()[i]; }
  void operator[](Index i) const&& = delete;
  /// As TensorView::at().
  template <std::convertible_to<Index>... Indices>
  [[nodiscard]] T& at(Indices... index) & {
    return view().at(index...);
  }
  template <std::convertible_to<Index>... Indices>
  [[nodiscard]] const T& at(Indices... index) const& {
    return view().at(index...);
  }
  template <std::convertible_to<Index>... Indices>
  [[nodiscard]] T at(Indices... index) const&& {
    return std::as_const(*this).at(index...);
  }
  /// As TensorView::item().
  [[nodiscard]] T item() const { return view().item(); }
  /// As TensorView::matrix().
  [[nodiscard]] MatrixMap<T> matrix() & { return view().matrix(); }
  [[nodiscard]] MatrixMap<const T> matrix() const& { return view().matrix(); }
  void matrix() const&& = delete;
  /// As TensorView::array().
  [[nodiscard]] ArrayMap<T> array() & { return view().array(); }
  [[nodiscard]] ArrayMap<const T> array() const& { return view().array(); }
  void array() const&& = delete;
  /// Sets all elements to `value`.
  void fill(T value) { view().fill(value); }
  /// As TensorView::copy_().
  template <class Source>
  void copy_(const Source& from) {
    view().copy_(from);
  }

 private:
  Buffer<T> data_;
  Shape shape_;
};

/// How a function takes a tensor that it reads during the call and does not keep: any view or tensor,
/// temporaries included, so that `model.predict(rand<float>({2, 4}))` compiles. For parameters only: a view
/// that is kept is a TensorView.
template <class T>
class TensorArg : public TensorView<const T> {
 public:
  TensorArg() = default;
  /// Implicit: any tensor or view is one.
  TensorArg(const Tensor<T>& tensor) noexcept : TensorView<const T>(tensor.view()) {}
  TensorArg(const TensorView<const T>& view) noexcept : TensorView<const T>(view) {}
  TensorArg(const TensorView<T>& view) noexcept : TensorView<const T>(view) {}
};

/// Zero-copy view of a row-major Eigen matrix or array, or of a vector as one
/// column or row. The matrix must outlive the view, so temporaries are refused. Needs tensor/eigen.hpp.
template <class Derived>
[[nodiscard]] auto view_of(Eigen::PlainObjectBase<Derived>& m) {
  static_assert(Derived::IsRowMajor || Derived::IsVectorAtCompileTime,
                "a column-major matrix cannot be viewed as a row-major tensor; copy it with Tensor::from");
  return TensorView<typename Derived::Scalar>(m.data(), Shape{m.rows(), m.cols()});
}
template <class Derived>
[[nodiscard]] auto view_of(const Eigen::PlainObjectBase<Derived>& m) {
  static_assert(Derived::IsRowMajor || Derived::IsVectorAtCompileTime,
                "a column-major matrix cannot be viewed as a row-major tensor; copy it with Tensor::from");
  return TensorView<const typename Derived::Scalar>(m.data(), Shape{m.rows(), m.cols()});
}
template <class Derived>
void view_of(const Eigen::PlainObjectBase<Derived>&& m) = delete;

/// Same shape and equal elements; NaN differs from everything, as in IEEE 754.
template <class T>
[[nodiscard]] bool operator==(const Tensor<T>& a, const Tensor<T>& b) {
  return a.shape() == b.shape() && std::equal(a.data(), a.data() + a.numel(), b.data());
}

/// True when shapes agree and |a - b| <= atol + rtol * |b| for every element.
///
/// Infinities are close only to themselves; NaN to nothing unless `equal_nan`.
/// Defaults and formula: https://docs.pytorch.org/docs/stable/generated/torch.allclose.html
template <class T>
[[nodiscard]] bool all_close(TensorView<const T> a, TensorView<const T> b, double rtol = 1e-5,
                             double atol = 1e-8, bool equal_nan = false) {
  if (!(a.shape() == b.shape())) return false;
  for (Index i = 0; i < a.numel(); ++i) {
    const auto x = static_cast<double>(a.data()[i]);
    const auto y = static_cast<double>(b.data()[i]);
    if (std::isnan(x) || std::isnan(y)) {
      if (!(equal_nan && std::isnan(x) && std::isnan(y))) return false;
    } else if (std::isinf(x) || std::isinf(y)) {
      if (x != y) return false;
    } else if (!(std::abs(x - y) <= atol + rtol * std::abs(y))) {
      return false;
    }
  }
  return true;
}
template <class T>
[[nodiscard]] bool all_close(const Tensor<T>& a, const Tensor<T>& b, double rtol = 1e-5, double atol = 1e-8,
                             bool equal_nan = false) {
  return all_close(a.view(), b.view(), rtol, atol, equal_nan);
}

WICK_END_NAMESPACE
