// Training steps of tiny networks as one writes them by hand for exactly one network and batch, for
// benchmarks/compare: forward, log-softmax and NLL, backward, Adam; every size known to the compiler,
// everything in one piece of memory.
//
//   by_hand {eigen,arrays} < cases
//
// eigen: the products are Eigen's of fixed sizes; arrays: loops over pieces of rows, in blocks that fit the
// registers. Both hold features as rows and samples as columns, so that vectors are full whatever the number
// of features.

#include "../protocol.hpp"

#include <Eigen/Core>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <random>
#include <vector>

using namespace wick_benchmarks;

namespace {

/// c (rows, columns) = a b + start, in rows; a is (rows, inner), or (inner, rows) when it lies transposed; b
/// is (inner, columns); start has a value for each row.
struct Arrays {
  template <int rows, int inner, int columns, bool transposed>
  static void product(const float* __restrict a, const float* __restrict b, const float* __restrict start,
                      float* __restrict c) {
    constexpr int down = rows % 4 == 0 ? 4 : rows % 2 == 0 ? 2 : 1;
    constexpr int across = columns % 16 == 0 ? 16 : columns % 8 == 0 ? 8 : columns;
    for (int i = 0; i < rows; i += down) {
      for (int j = 0; j < columns; j += across) {
        Eigen::Array<float, across, 1> sums[down];
        for (int r = 0; r < down; ++r) sums[r].setConstant(start == nullptr ? 0 : start[i + r]);
        for (int k = 0; k < inner; ++k) {
          const Eigen::Map<const Eigen::Array<float, across, 1>> row(b + k * columns + j);
#pragma GCC unroll 4
          for (int r = 0; r < down; ++r)
            sums[r] += (transposed ? a[k * rows + i + r] : a[(i + r) * inner + k]) * row;
        }
        for (int r = 0; r < down; ++r) std::memcpy(c + (i + r) * columns + j, sums[r].data(), sizeof sums[r]);
      }
    }
  }
};

struct OfEigen {
  template <int rows, int columns>
  static constexpr int order = columns == 1 ? Eigen::ColMajor : Eigen::RowMajor;
  template <int rows, int columns>
  using Matrix =
      Eigen::Map<const Eigen::Matrix<float, rows, columns, order<rows, columns>>, Eigen::Aligned64>;

  template <int rows, int inner, int columns, bool transposed>
  static void product(const float* a, const float* b, const float* start, float* c) {
    Eigen::Map<Eigen::Matrix<float, rows, columns, order<rows, columns>>, Eigen::Aligned64> result(c);
    const Matrix<inner, columns> right(b);
    if constexpr (transposed) {
      result.noalias() = Matrix<inner, rows>(a).transpose() * right;
    } else {
      result.noalias() = Matrix<rows, inner>(a) * right;
    }
    if (start != nullptr) result.colwise() += Matrix<rows, 1>(start);
  }
};

template <int rows, int columns>
void transpose(const float* __restrict from, float* __restrict to) {
  for (int j = 0; j < columns; ++j) {
    for (int i = 0; i < rows; ++i) to[j * rows + i] = from[i * columns + j];
  }
}

/// Numbers rounded up to whole cache lines.
template <int count>
struct alignas(64) Block {
  float data[(count + 15) / 16 * 16] = {};
};

template <int in, int out>
struct Layer {
  Block<out * in> weight;
  Block<out> bias;
};

template <int in, int first, int second, int out>
struct Parameters {
  Layer<in, first> one;
  Layer<first, second> two;
  Layer<second, out> three;

  static constexpr int count =
      static_cast<int>(sizeof(Layer<in, first>) + sizeof(Layer<first, second>) + sizeof(Layer<second, out>)) /
      4;
  Eigen::Map<Eigen::Array<float, count, 1>, Eigen::Aligned64> all() {
    return Eigen::Map<Eigen::Array<float, count, 1>, Eigen::Aligned64>(reinterpret_cast<float*>(this));
  }
};

template <class Products, int in, int first, int second, int out, int batch>
struct Run {
  using Values = Parameters<in, first, second, out>;

  Run() {
    std::mt19937 random(1);
    const auto draw = [&](auto& block, int size, float bound) {
      std::uniform_real_distribution<float> uniform(-bound, bound);
      std::generate_n(block.data, size, [&] { return uniform(random); });
    };
    const auto draw_layer = [&](auto& layer, int from, int to) {
      const float bound = 1 / std::sqrt(static_cast<float>(from));
      draw(layer.weight, from * to, bound);
      draw(layer.bias, to, bound);
    };
    draw_layer(values.one, in, first);
    draw_layer(values.two, first, second);
    draw_layer(values.three, second, out);
    draw(x, batch * in, 1);
    for (int i = 0; i < batch; ++i) y[i] = i % out;
  }

  template <int from, int to>
  static void forward(const Layer<from, to>& layer, const float* input, float* output) {
    Products::template product<to, from, batch, false>(layer.weight.data, input, layer.bias.data, output);
  }

  static void relu(float* values, int count) {
    for (int i = 0; i < count; ++i) values[i] = values[i] > 0 ? values[i] : 0;
  }

  /// `input_rows`: what the layer received, samples as rows.
  template <int from, int to>
  static void backward(Layer<from, to>& grad, const float* input_rows, const float* dy) {
    Products::template product<to, batch, from, false>(dy, input_rows, nullptr, grad.weight.data);
    for (int j = 0; j < to; ++j) {
      Eigen::Map<const Eigen::Array<float, batch, 1>, Eigen::Aligned64> row(dy + j * batch);
      grad.bias.data[j] = row.sum();
    }
  }

  /// dx where the layer's input, which is what ReLU gave, is above 0.
  template <int from, int to>
  static void backward_input(const Layer<from, to>& layer, const float* input, const float* dy, float* dx) {
    Products::template product<from, to, batch, true>(layer.weight.data, dy, nullptr, dx);
    for (int i = 0; i < from * batch; ++i) dx[i] = input[i] > 0 ? dx[i] : 0;
  }

  float step() {
    transpose<batch, in>(x.data, x_columns.data);
    forward(values.one, x_columns.data, one.data);
    relu(one.data, first * batch);
    forward(values.two, one.data, two.data);
    relu(two.data, second * batch);
    forward(values.three, two.data, scores.data);

    float loss = 0;
    for (int b = 0; b < batch; ++b) {
      float most = scores.data[b];
      for (int j = 1; j < out; ++j) most = std::max(most, scores.data[j * batch + b]);
      float powers[out];
      float sum = 0;
      for (int j = 0; j < out; ++j) sum += powers[j] = std::exp(scores.data[j * batch + b] - most);
      loss += most + std::log(sum) - scores.data[y[b] * batch + b];
      for (int j = 0; j < out; ++j) {
        d_scores.data[j * batch + b] = (powers[j] / sum - (j == y[b] ? 1.0F : 0.0F)) / batch;
      }
    }

    transpose<second, batch>(two.data, rows.data);
    backward(grad.three, rows.data, d_scores.data);
    backward_input(values.three, two.data, d_scores.data, d_two.data);
    transpose<first, batch>(one.data, rows.data);
    backward(grad.two, rows.data, d_two.data);
    backward_input(values.two, one.data, d_two.data, d_one.data);
    backward(grad.one, x.data, d_one.data);

    ++steps;
    const auto size = static_cast<float>(1e-3 / (1 - std::pow(0.9, steps)));
    const auto scale = static_cast<float>(1 / std::sqrt(1 - std::pow(0.999, steps)));
    const auto g = grad.all();
    auto m = exp_avg.all();
    auto v = exp_avg_sq.all();
    m = 0.9F * m + 0.1F * g;
    v = 0.999F * v + 0.001F * g * g;
    values.all() -= size * m / (v.sqrt() * scale + 1e-8F);
    return loss / batch;
  }

  Values values, grad, exp_avg, exp_avg_sq;
  std::int64_t steps = 0;
  Block<batch * in> x, x_columns;
  int y[batch] = {};
  Block<first * batch> one, d_one;
  Block<second * batch> two, d_two;
  Block<(first > second ? first : second) * batch> rows;
  Block<out * batch> scores, d_scores;
};

template <class Products, int in, int first, int second, int out, int batch>
Timed training() {
  const auto run = std::make_shared<Run<Products, in, first, second, out, batch>>();
  return [run](double seconds) { return time_calls(seconds, [&r = *run] { keep(r.step()); }); };
}

template <class Products>
Timed make(const Case& c) {
  if (c.kind != "train" || c.dropout != 0) return nullptr;
  if (c.sizes == std::vector<long>{8, 32, 32, 2}) {
    if (c.batch == 32) return training<Products, 8, 32, 32, 2, 32>();
    if (c.batch == 64) return training<Products, 8, 32, 32, 2, 64>();
  }
  if (c.sizes == std::vector<long>{4, 64, 64, 2}) {
    if (c.batch == 32) return training<Products, 4, 64, 64, 2, 32>();
    if (c.batch == 64) return training<Products, 4, 64, 64, 2, 64>();
  }
  return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
  const bool arrays = argc > 1 && std::string(argv[1]) == "arrays";
  serve(arrays ? "by hand, arrays" : "by hand, Eigen", arrays ? make<Arrays> : make<OfEigen>);
}
