#pragma once

// Definitions of tensor/print.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/tensor/any_tensor.hpp>
#include <wick/tensor/dtype.hpp>
#include <wick/tensor/print.hpp>
#include <wick/tensor/shape.hpp>
#include <wick/tensor/tensor.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <complex>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>

WICK_BEGIN_NAMESPACE

namespace detail {

// PyTorch's defaults, see torch.set_printoptions.
inline constexpr int print_precision = 4;
inline constexpr Index print_threshold = 1000;
inline constexpr Index print_edge_items = 3;
inline constexpr std::size_t print_line_width = 80;

/// Calls f(i) for the indices of a dimension of length n that are shown, and gap()
/// where some are left out.
template <class Function, class Gap>
void for_each_shown(Index n, bool summarize, Function&& f, Gap&& gap) {
  if (!summarize || n <= 2 * print_edge_items) {
    for (Index i = 0; i < n; ++i) f(i);
    return;
  }
  for (Index i = 0; i < print_edge_items; ++i) f(i);
  gap();
  for (Index i = n - print_edge_items; i < n; ++i) f(i);
}

/// The one format that all elements of a tensor share: integers with a dot, four
/// decimals or an exponent, whichever shows the elements that are printed.
template <class T>
class ElementFormat {
  static constexpr bool floating = is_floating(dtype_of<T>);

 public:
  ElementFormat(const TensorArg<T>& t, bool summarize) {
    if constexpr (floating) choose_style(t, summarize);
    visit(t, summarize, [this](T x) {
      if constexpr (floating) {
        const double value = convert_element<double>(x);
        if (value == 0 || !std::isfinite(value)) return;
      }
      width_ = (std::max)(width_, text(x).size());
    });
  }

  [[nodiscard]] std::size_t width() const noexcept { return width_; }
  /// The text of one element, right-aligned.
  [[nodiscard]] std::string operator()(T x) const {
    const std::string s = text(x);
    return std::string(width_ - (std::min)(width_, s.size()), ' ') + s;
  }

 private:
  enum class Style { integer, decimals, exponent };

  template <class Function>
  static void visit(TensorView<const T> t, bool summarize, const Function& f) {
    if (t.dim() == 0) return f(*t.data());
    for_each_shown(
        t.size(0), summarize, [&](Index i) { visit(t[i], summarize, f); }, [] {});
  }

  void choose_style(TensorView<const T> t, bool summarize) {
    double smallest = std::numeric_limits<double>::infinity();
    double largest = 0;
    bool integral = true;
    visit(t, summarize, [&](T x) {
      const double value = std::abs(convert_element<double>(x));
      if (value == 0 || !std::isfinite(value)) return;
      smallest = (std::min)(smallest, value);
      largest = (std::max)(largest, value);
      integral = integral && value == std::floor(value);
    });
    if (largest == 0) return;
    if (largest / smallest > 1000.0 || largest > 1.0e8 || smallest < 1.0e-4) {
      style_ = Style::exponent;
    } else if (!integral) {
      style_ = Style::decimals;
    }
  }

  [[nodiscard]] std::string text(T x) const {
    if constexpr (std::is_same_v<T, bool>) {
      return x ? "True" : "False";
    } else if constexpr (!floating) {
      return std::to_string(x);
    } else {
      const double value = convert_element<double>(x);
      if (std::isnan(value)) return "nan";
      if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
      // Without an exponent no value is above 1e8, so 64 characters are plenty.
      std::array<char, 64> buffer{};
      const auto format =
          style_ == Style::exponent ? std::chars_format::scientific : std::chars_format::fixed;
      const int precision = style_ == Style::integer ? 0 : print_precision;
      const auto end =
          std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, format, precision).ptr;
      std::string s(buffer.data(), end);
      if (style_ == Style::integer) s += '.';
      return s;
    }
  }

  Style style_ = Style::integer;
  std::size_t width_ = 1;
};

/// Real and imaginary parts have a format each; only the real ones are aligned.
template <class Part>
class ElementFormat<std::complex<Part>> {
  using T = std::complex<Part>;

 public:
  ElementFormat(TensorView<const T> t, bool summarize)
      : real_(part(t, [](T x) { return x.real(); }), summarize),
        imag_(part(t, [](T x) { return x.imag(); }), summarize) {}

  [[nodiscard]] std::size_t width() const noexcept { return real_.width() + imag_.width() + 1; }
  [[nodiscard]] std::string operator()(T x) const {
    std::string imag = imag_(x.imag());
    imag.erase(0, imag.find_first_not_of(' '));
    return real_(x.real()) + (imag.front() == '-' ? "" : "+") + imag + "j";
  }

 private:
  template <class Get>
  static Tensor<Part> part(TensorView<const T> t, const Get& get) {
    Tensor<Part> result(t.shape());
    std::ranges::transform(t.span(), result.data(), get);
    return result;
  }

  ElementFormat<Part> real_;
  ElementFormat<Part> imag_;
};

template <class T>
std::string elements_text(TensorView<const T> t, const ElementFormat<T>& format, std::size_t indent,
                          bool summarize) {
  if (t.dim() == 0) return format(*t.data());
  const std::string next_line = "\n" + std::string(indent + 1, ' ');
  std::string text = "[";
  if (t.dim() == 1) {
    const std::size_t per_line =
        (std::max)(std::size_t{1}, (print_line_width - indent) / (format.width() + 2));
    std::size_t count = 0;
    const auto add = [&](std::string_view element) {
      if (count != 0) text += count % per_line == 0 ? "," + next_line : ", ";
      text += element;
      ++count;
    };
    for_each_shown(
        t.size(0), summarize, [&](Index i) { add(format(t.data()[i])); }, [&] { add(" ..."); });
  } else {
    const std::string separator = "," + std::string(t.dim() - 2, '\n') + next_line;
    bool first = true;
    const auto add = [&](std::string_view part) {
      if (!first) text += separator;
      text += part;
      first = false;
    };
    for_each_shown(
        t.size(0), summarize, [&](Index i) { add(elements_text(t[i], format, indent + 1, summarize)); },
        [&] { add("..."); });
  }
  return text + "]";
}

template <class T>
std::string tensor_text(TensorView<const T> t) {
  constexpr std::string_view prefix = "tensor(";
  constexpr DType dtype = dtype_of<T>;
  const bool empty = t.numel() == 0;
  const bool summarize = t.numel() > print_threshold;
  std::string text(prefix);
  text += empty ? "[]" : elements_text(t, ElementFormat<T>(t, summarize), prefix.size(), summarize);

  // PyTorch counts two characters more than there are on the line.
  std::size_t line = text.size() - (text.rfind('\n') + 1) + 2;
  const auto add_suffix = [&](const std::string& suffix) {
    if (line + suffix.size() + 2 > print_line_width) {
      text += ",\n" + std::string(prefix.size(), ' ') + suffix;
      line = prefix.size() + suffix.size();
    } else {
      text += ", " + suffix;
      line += suffix.size() + 2;
    }
  };
  if (empty && t.dim() != 1) {
    const std::string dims = t.shape().str();
    add_suffix("size=(" + dims.substr(1, dims.size() - 2) + ")");
  }
  const bool implied = dtype == DType::f32 ||
                       (!empty && (dtype == DType::i64 || dtype == DType::boolean || dtype == DType::c64));
  if (!implied) add_suffix("dtype=torch." + std::string(name_of(dtype)));
  return text + ")";
}

/// The elements of a tensor whose DType is that of T. AnyTensor::to() would do, but brings the code that
/// converts every type to every other.
template <class T>
Tensor<T> elements_of(const AnyTensor& t) {
  if constexpr (std::is_same_v<T, bool>) {
    return t.to<bool>();
  } else {
    Tensor<T> elements(t.shape());
    if (t.numel() > 0) std::memcpy(elements.data(), t.bytes().data(), t.bytes().size());
    return elements;
  }
}

}  // namespace detail

WICK_INLINE std::ostream& operator<<(std::ostream& out, const AnyTensor& t) {
  return visit_dtype(t.dtype(),
                     [&]<class T>(T) -> std::ostream& { return out << detail::elements_of<T>(t); });
}

#ifdef WICK_COMPILED
template std::string detail::tensor_text<double>(TensorView<const double>);
template std::string detail::tensor_text<float>(TensorView<const float>);
template std::string detail::tensor_text<Half>(TensorView<const Half>);
template std::string detail::tensor_text<BFloat16>(TensorView<const BFloat16>);
template std::string detail::tensor_text<std::int64_t>(TensorView<const std::int64_t>);
template std::string detail::tensor_text<std::int32_t>(TensorView<const std::int32_t>);
template std::string detail::tensor_text<std::int16_t>(TensorView<const std::int16_t>);
template std::string detail::tensor_text<std::int8_t>(TensorView<const std::int8_t>);
template std::string detail::tensor_text<std::uint8_t>(TensorView<const std::uint8_t>);
template std::string detail::tensor_text<bool>(TensorView<const bool>);
template std::string detail::tensor_text<std::uint16_t>(TensorView<const std::uint16_t>);
template std::string detail::tensor_text<std::uint32_t>(TensorView<const std::uint32_t>);
template std::string detail::tensor_text<std::uint64_t>(TensorView<const std::uint64_t>);
template std::string detail::tensor_text<std::complex<float>>(TensorView<const std::complex<float>>);
template std::string detail::tensor_text<std::complex<double>>(TensorView<const std::complex<double>>);
template std::string detail::tensor_text<Float8<Float8Format::e4m3fn>>(
    TensorView<const Float8<Float8Format::e4m3fn>>);
template std::string detail::tensor_text<Float8<Float8Format::e5m2>>(
    TensorView<const Float8<Float8Format::e5m2>>);
template std::string detail::tensor_text<Float8<Float8Format::e4m3fnuz>>(
    TensorView<const Float8<Float8Format::e4m3fnuz>>);
template std::string detail::tensor_text<Float8<Float8Format::e5m2fnuz>>(
    TensorView<const Float8<Float8Format::e5m2fnuz>>);
template std::string detail::tensor_text<Float8<Float8Format::e8m0fnu>>(
    TensorView<const Float8<Float8Format::e8m0fnu>>);
#endif

WICK_END_NAMESPACE
