#pragma once

// Charts as SVG. Colours and fonts are the document's, see style.hpp.

#include <wick/report/detail/axis.hpp>
#include <wick/report/detail/markup.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail::html {

inline constexpr double plot_font = 12;         ///< size of texts, in units of the drawing
inline constexpr double plot_width = 360;       ///< of a drawing in one column of the page
inline constexpr double wide_plot_width = 776;  ///< of one across two columns
inline constexpr std::size_t plot_colours = 8;  ///< that lines have, see style.hpp

/// A drawing that begins here; `label` is what a screen reader says instead of it.
[[nodiscard]] inline std::string begin_svg(double width, double height, std::string_view label) {
  return "<svg viewBox=\"0 0 " + place(width) + " " + place(height) + R"(" role="img" aria-label=")" +
         escape_html(label) + "\">";
}

/// `<text>` at a place; `attributes` such as `class="muted" text-anchor="end"`.
[[nodiscard]] inline std::string svg_text(double x, double y, std::string_view attributes,
                                          std::string_view text) {
  return "<text x=\"" + place(x) + "\" y=\"" + place(y) + "\" " + std::string(attributes) + ">" +
         escape_html(text) + "</text>";
}

[[nodiscard]] inline std::string svg_line(double x1, double y1, double x2, double y2,
                                          std::string_view attributes) {
  return "<line x1=\"" + place(x1) + "\" y1=\"" + place(y1) + "\" x2=\"" + place(x2) + "\" y2=\"" +
         place(y2) + "\" " + std::string(attributes) + "/>";
}

[[nodiscard]] inline std::string svg_rectangle(double x, double y, double width, double height,
                                               std::string_view attributes) {
  return "<rect x=\"" + place(x) + "\" y=\"" + place(y) + "\" width=\"" + place(width) + "\" height=\"" +
         place(height) + "\" " + std::string(attributes);
}

/// How a chart is laid out.
struct PlotOptions {
  double width = plot_width;
  double height = 250;
  std::string x_label = {};
  std::string y_label = {};
  bool x_grid = false;  ///< lines at the ticks of the horizontal axis too
};

/// A chart over two axes.
class Plot {
 public:
  Plot(Axis x, Axis y, PlotOptions options)
      : x_(std::move(x)), y_(std::move(y)), options_(std::move(options)) {
    constexpr double gap = 10;
    constexpr double least = 14;
    const auto half = [](const std::string& label) { return text_width(label) * plot_font / 2; };
    left_ = (std::max)(least, y_.label_width() * plot_font + gap);
    double right = least;
    if (!x_.labels.empty()) {
      left_ = (std::max)(left_, half(x_.labels.front()) - x_.share(x_.ticks.front()) * options_.width / 2);
      right = (std::max)(right, half(x_.labels.back()));
    }
    right_ = options_.width - right;
    top_ = options_.y_label.empty() ? least : least + plot_font * 1.5;
    bottom_ = options_.height - plot_font * (options_.x_label.empty() ? 2 : 3.6);
    draw_frame();
  }

  [[nodiscard]] double left() const noexcept { return left_; }
  [[nodiscard]] double right() const noexcept { return right_; }
  [[nodiscard]] double top() const noexcept { return top_; }
  [[nodiscard]] double bottom() const noexcept { return bottom_; }
  [[nodiscard]] double at_x(double x) const { return left_ + x_.share(x) * (right_ - left_); }
  [[nodiscard]] double at_y(double y) const { return bottom_ - y_.share(y) * (bottom_ - top_); }

  /// A line through the points that are finite, and > 0 on logarithmic axes; others leave a gap.
  void line(const std::vector<double>& xs, const std::vector<double>& ys, std::string_view style) {
    std::vector<std::pair<double, double>> points;
    for (std::size_t i = 0; i <= xs.size(); ++i) {
      if (i < xs.size() && is_shown(xs[i], ys[i])) {
        points.emplace_back(at_x(xs[i]), at_y(ys[i]));
        continue;
      }
      if (points.size() == 1) {
        // A line of one point would not be seen.
        body_ += dot(points[0].first, points[0].second, 3, style);
      } else if (!points.empty()) {
        body_ += "<polyline class=\"" + std::string(style) + "\" points=\"" + path(points) + "\"/>";
      }
      points.clear();
    }
  }
  void dots(const std::vector<double>& xs, const std::vector<double>& ys, double radius,
            std::string_view style) {
    for (std::size_t i = 0; i < xs.size(); ++i) {
      if (is_shown(xs[i], ys[i])) body_ += dot(at_x(xs[i]), at_y(ys[i]), radius, style);
    }
  }
  /// A bar from the horizontal axis up to y; `title` is shown when it is pointed at.
  void bar(double from, double to, double y, std::string_view title) {
    constexpr double gap = 0.5;
    const double width = (std::max)(at_x(to) - at_x(from) - gap, gap);
    body_ += svg_rectangle(at_x(from) + gap / 2, at_y(y), width, bottom_ - at_y(y), "class=\"bar\"><title>") +
             escape_html(title) + "</title></rect>";
  }
  /// A straight line between two points, dashed.
  void guide(double x1, double y1, double x2, double y2) {
    body_ += svg_line(at_x(x1), at_y(y1), at_x(x2), at_y(y2), "class=\"guide\"");
  }
  /// A vertical line with a text at its top.
  void mark(double x, std::string_view text) {
    const double at = at_x(x);
    body_ += svg_line(at, top_, at, bottom_, "class=\"mark\"");
    const double room = (std::max)(right_ - at, at - left_) / plot_font - 1;
    const bool to_the_left = right_ - at < at - left_;
    body_ +=
        svg_text(at + (to_the_left ? -6 : 6), top_ + plot_font,
                 to_the_left ? R"(class="halo" text-anchor="end")" : "class=\"halo\"", ellipsize(text, room));
  }
  void add(std::string_view svg) { body_ += svg; }

  /// The drawing.
  [[nodiscard]] std::string svg(std::string_view label) const {
    return begin_svg(options_.width, options_.height, label) + frame_ + body_ + "</svg>";
  }

 private:
  [[nodiscard]] bool is_shown(double x, double y) const {
    return is_finite(x) && is_finite(y) && (!x_.logarithmic || x > 0) && (!y_.logarithmic || y > 0);
  }
  [[nodiscard]] static std::string dot(double x, double y, double radius, std::string_view style) {
    return "<circle class=\"" + std::string(style) + "\" cx=\"" + place(x) + "\" cy=\"" + place(y) +
           "\" r=\"" + place(radius) + "\"/>";
  }

  /// Of many points within half a unit of the drawing: the first, the lowest, the highest and the last.
  [[nodiscard]] static std::string path(const std::vector<std::pair<double, double>>& points) {
    std::string result;
    std::string last;
    const auto put = [&](const std::pair<double, double>& point) {
      std::string text = place(point.first) + "," + place(point.second);
      if (text == last) return;
      result += (result.empty() ? "" : " ") + text;
      last = std::move(text);
    };
    constexpr double per_unit = 2;
    const auto column = [](double x) { return std::floor(x * per_unit); };
    for (std::size_t i = 0; i < points.size();) {
      std::size_t end = i + 1;
      std::size_t lowest = i;
      std::size_t highest = i;
      while (end < points.size() && column(points[end].first) == column(points[i].first)) {
        if (points[end].second > points[lowest].second) lowest = end;
        if (points[end].second < points[highest].second) highest = end;
        ++end;
      }
      put(points[i]);
      put(points[(std::min)(lowest, highest)]);
      put(points[(std::max)(lowest, highest)]);
      put(points[end - 1]);
      i = end;
    }
    return result;
  }

  void draw_frame() {
    constexpr double drop = 4;
    for (std::size_t i = 0; i < y_.ticks.size(); ++i) {
      const double y = at_y(y_.ticks[i]);
      frame_ += svg_line(left_, y, right_, y, "class=\"rule\"");
      frame_ += svg_text(left_ - 8, y + drop, R"(class="tick" text-anchor="end")", y_.labels[i]);
    }
    const std::size_t every = tick_step();
    for (std::size_t i = 0; i < x_.ticks.size(); i += every) {
      const double x = at_x(x_.ticks[i]);
      if (options_.x_grid) {
        frame_ += svg_line(x, top_, x, bottom_, "class=\"rule\"");
      } else {
        frame_ += svg_line(x, bottom_, x, bottom_ + drop, "class=\"axis\"");
      }
      frame_ += svg_text(x, bottom_ + plot_font * 1.5, R"(class="tick" text-anchor="middle")", x_.labels[i]);
    }
    frame_ += svg_line(left_, bottom_, right_, bottom_, "class=\"axis\"");
    const double room = options_.width / plot_font - 1;
    if (!options_.y_label.empty()) {
      frame_ += svg_text(0, plot_font, "class=\"label\"", ellipsize(options_.y_label, room));
    }
    if (!options_.x_label.empty()) {
      const double wide = (std::min)(text_width(options_.x_label), room) * plot_font;
      const double centre = (left_ + right_) / 2;
      const double x = std::clamp(centre, wide / 2, options_.width - wide / 2);
      frame_ += svg_text(x, options_.height - 6, R"(class="label" text-anchor="middle")",
                         ellipsize(options_.x_label, room));
    }
  }

  /// Which ticks of the horizontal axis have room: each, every second and so on.
  [[nodiscard]] std::size_t tick_step() const {
    const double needed = x_.label_width() * plot_font + plot_font;
    std::size_t every = 1;
    const auto fits = [&] {
      for (std::size_t i = every; i < x_.ticks.size(); i += every) {
        if (at_x(x_.ticks[i]) - at_x(x_.ticks[i - every]) < needed) return false;
      }
      return true;
    };
    while (every < x_.ticks.size() && !fits()) ++every;
    return every;
  }

  Axis x_;
  Axis y_;
  PlotOptions options_;
  double left_ = 0;
  double right_ = 0;
  double top_ = 0;
  double bottom_ = 0;
  std::string frame_;
  std::string body_;
};

}  // namespace detail::html

WICK_END_NAMESPACE
