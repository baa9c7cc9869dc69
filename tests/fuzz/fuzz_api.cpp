// Sequences of calls, right and wrong: networks, workspaces, predictors, optimizers, loaders, tensors and
// state dicts are made, copied, moved, assigned and used with one another. An input is a program: each
// operation is a byte and takes the bytes behind it as arguments. Errors of the library are fine; a crash, a
// leak, or a prediction that depends on what the workspace was used for before are not.

#include "fuzz/fuzz.hpp"

#include <wick/autograd.hpp>
#include <wick/checkpoint/checkpoint.hpp>
#include <wick/data/data_loader.hpp>
#include <wick/inference/make_predictor.hpp>
#include <wick/inference/predictor.hpp>
#include <wick/loss/nll.hpp>
#include <wick/models/network.hpp>
#include <wick/models/static_network.hpp>
#include <wick/nn/model.hpp>
#include <wick/optim/adam.hpp>
#include <wick/random/distributions.hpp>

#include <array>
#include <memory>
#include <optional>
#include <sstream>
#include <utility>

namespace wick_fuzz {

namespace {

using wick::Index;
using wick::Shape;

/// The bytes that are left; zeros behind the end.
class Input {
 public:
  explicit Input(View bytes) : bytes_(bytes) {}
  [[nodiscard]] bool is_empty() const { return bytes_.empty(); }
  std::size_t next() {
    if (bytes_.empty()) return 0;
    const auto value = std::to_integer<std::size_t>(bytes_.front());
    bytes_ = bytes_.subspan(1);
    return value;
  }
  std::size_t below(std::size_t n) { return next() % n; }
  Index size(std::size_t most) { return static_cast<Index>(below(most + 1)); }
  bool coin() { return next() % 2 == 0; }

 private:
  View bytes_;
};

/// A generator with the seed `kind`, a byte. It is copied: seeding one takes longer than most operations.
wick::Generator generator_of(std::size_t kind) {
  static const std::vector<wick::Generator> all = [] {
    std::vector<wick::Generator> generators;
    for (std::uint64_t seed = 0; seed < 256; ++seed) {
      wick::Generator& g = generators.emplace_back(seed);
      static_cast<void>(g.random32());  // the first number makes all of the first 624
    }
    return generators;
  }();
  return all[kind];
}

template <class T>
void touch_all(std::span<const T> x) {
  touch(std::as_bytes(x));
}
template <class T>
bool same_bytes(std::span<const T> a, std::span<const T> b) {
  return std::ranges::equal(std::as_bytes(a), std::as_bytes(b));
}

/// Three variables of a type.
template <class X>
struct Some {
  std::array<X, 3> items;
  X& one(Input& in) { return items[in.below(items.size())]; }
};

/// All that a program may hold for one scalar type.
template <class T>
class Program {
  using Network = wick::Network<T>;
  using Workspace = wick::Workspace<T>;
  using Tensor = wick::Tensor<T>;
  using Adam = wick::Adam<T>;
  using Block = wick::ParameterBlock<T>;
  using Dataset = wick::TensorDataset<T>;
  using Loader = wick::DataLoader<Dataset, T>;
  using Static = wick::StaticNetwork<T, 3, 4, 3>;
  using Tensors = wick::TensorView<const T>;

 public:
  Program() { recorder_->set_generator(generator_); }

  void run(Input& in) {
    // Many short programs find more than a few long ones.
    for (int steps = 0; steps < 40 && !in.is_empty(); ++steps) {
      try {
        step(in);
      } catch (const wick::FormatError&) {
        require(false, "what was saved is refused");
      } catch (const wick::Error&) {
      }
    }
  }

 private:
  static Network make_network(Input& in) {
    const std::size_t kind = in.next();
    std::vector<Index> hidden(kind % 3);
    for (Index& n : hidden) n = kind % 4 == 3 ? in.size(20) : 4;
    wick::Generator g = generator_of(kind);
    const Index inputs = kind % 16 < 12 ? 3 : in.size(20);
    const Index outputs = kind % 32 < 24 ? 3 : in.size(20);
    return {inputs, outputs, hidden, {.dropout = kind >= 128 ? 0.5 : 0.0}, g};
  }
  Network& model(Input& in) {
    auto& found = networks_.one(in);
    if (!found) found.emplace(make_network(in));
    return *found;
  }
  static Tensor make_input(Input& in, Index width) {
    const std::size_t kind = in.next();
    wick::Generator g = generator_of(kind);
    const Index rows = kind == 255 ? 70 : static_cast<Index>(kind % 5);
    return wick::rand<T>({rows, kind % 32 == 31 ? in.size(5) : width}, g);
  }
  Adam& optimizer(Input& in) {
    auto& found = optimizers_.one(in);
    if (!found) found.emplace(model(in).parameters(), wick::AdamOptions{.amsgrad = in.coin()}, pool_.get());
    return *found;
  }

  /// Whatever a workspace was used for, it predicts what a new one predicts.
  void predict(const Network& model, const Tensors& x, Workspace& workspace) {
    const Tensor kept(x);
    const auto result = model.predict(x, workspace);
    const Tensor expected = model.predict(kept);
    require(result.shape() == expected.shape() && same_bytes<T>(result.span(), expected.span()),
            "what a workspace was used for changes a prediction");
    last_ = result;
  }
  /// Results are in workspaces: one that is replaced takes its results along.
  void forget_results() { last_ = {}; }
  void remember(wick::Var<T> result) {
    recorded_ = std::move(result);
    if (!recorded_.empty()) touch_all<T>(recorded_.value().span());
  }

  void step(Input& in) {
    switch (in.below(48)) {
      // --- Networks ---
      case 0:
        networks_.one(in).emplace(make_network(in));
        break;
      case 1: {
        const auto& from = networks_.one(in);
        networks_.one(in) = from;
        break;
      }
      case 2: {
        auto& from = networks_.one(in);
        auto& to = networks_.one(in);
        if (&from != &to) to = std::move(from);
        break;
      }
      case 3: {  // the variable stays
        Network& from = model(in);
        Network& to = model(in);
        if (&from != &to) to = std::move(from);
        break;
      }
      case 4: {
        const Network& from = model(in);
        model(in) = from;
        break;
      }
      case 5:
        networks_.one(in).reset();
        break;
      case 6:
        model(in).train(in.coin());
        break;
      case 7: {
        std::ostringstream text;
        text << model(in);
        break;
      }
      case 8:  // grows
        model(in).parameters()->add(std::string(1, static_cast<char>(in.next())), {in.size(20)});
        break;
      // --- Passes ---
      case 9:
      case 10: {
        Network& m = model(in);
        const Tensor x = make_input(in, m.input_size());
        predict(m, x, workspaces_.one(in));
        break;
      }
      case 11:
        predict(model(in), last_, workspaces_.one(in));
        break;
      case 12:
        predict(model(in), tensors_.one(in), workspaces_.one(in));
        break;
      case 13:
      case 14: {
        const Network& m = model(in);
        remember(m(recorder_->input(make_input(in, m.input_size()))));
        break;
      }
      case 15:
        remember(model(in)(last_));
        break;
      case 16:
        remember(model(in)(wick::Borrowed<T>(borrowed_)));
        break;
      case 17:
      case 18:
      case 19: {
        const auto how = in.coin() ? wick::Accumulate::yes : wick::Accumulate::no;
        sum(recorded_).backward(how, in.coin());
        if (const auto grads = model(in).parameters(); grads->has_grad()) touch_all<T>(grads->grads());
        break;
      }
      case 20:
        remember(in.coin() ? wick::Var<T>() : recorded_ * T(2));
        break;
      case 21:  // the result of the last pass is readable while its workspace is there
        touch_all<T>(last_.span());
        break;
      case 22: {
        const wick::NLLLoss<T> loss;
        const wick::Tensor<std::int64_t> target =
            wick::Tensor<std::int64_t>::full({in.size(5)}, static_cast<std::int64_t>(in.below(4)));
        static_cast<void>(loss(last_, target));
        loss(recorded_, target).backward();
        break;
      }
      // --- Workspaces ---
      case 23:
        forget_results();
        workspaces_.one(in) = Workspace(in.coin() ? pool_.get() : nullptr);
        break;
      case 24: {
        forget_results();
        Workspace& from = workspaces_.one(in);
        Workspace& to = workspaces_.one(in);
        if (&from != &to) to = std::move(from);
        break;
      }
      case 25: {
        forget_results();
        const Workspace copy = workspaces_.one(in);
        workspaces_.one(in) = copy;
        break;
      }
      case 26:  // a thread is dear, so rarely
        if (in.next() == 0xA5) pool_ = std::make_unique<wick::ThreadPool>(2);
        break;
      case 27:
        pool_.reset();
        break;
      // --- Optimizers ---
      case 28:
        optimizers_.one(in).emplace(model(in).parameters(), wick::AdamOptions{.amsgrad = in.coin()},
                                    pool_.get());
        break;
      case 29:
      case 30:
        optimizer(in).step();
        break;
      case 31:
        optimizer(in).zero_grad();
        break;
      case 32: {
        Adam& from = optimizer(in);
        Adam& to = optimizer(in);
        if (&from != &to) to = std::move(from);
        break;
      }
      case 33: {
        const Adam& from = optimizer(in);
        optimizer(in) = from;
        break;
      }
      case 34:
        optimizer_state_ = optimizer(in).state();
        break;
      case 35:
        optimizer(in).load_state(optimizer_state_);
        break;
      case 36:
        optimizer(in).parameters()->add(std::string(1, static_cast<char>(in.next())), {in.size(20)});
        break;
      // --- State dicts and files ---
      case 37:
        state_dict_ = model(in).state_dict();
        break;
      case 38:
        static_cast<void>(
            model(in).load_state_dict(state_dict_, {.strict = in.coin(), .allow_shape_mismatch = in.coin()}));
        break;
      case 39: {
        const Network& m = model(in);
        std::ostringstream out;
        wick::save_checkpoint(m, out, {}, static_cast<wick::FileFormat>(in.below(3)));
        const std::string bytes = out.str();
        const auto again = wick::load_checkpoint<T>(std::as_bytes(std::span(bytes)));
        require(again.state_dict() == m.state_dict(), "a network that was saved is loaded as another one");
        networks_.one(in) = again;
        break;
      }
      // --- Slots and layers ---
      case 40: {
        const Network& m = model(in);
        layer_ = m.hidden_layers().empty() ? m.output() : m.hidden_layers().front();
        break;
      }
      case 41: {
        if (!layer_) break;
        const Network& m = model(in);
        const Tensor x = make_input(in, layer_->in_features());
        Tensor y({x.size(0), layer_->out_features()});
        wick::GemmScratch<T> scratch(pool_.get());
        layer_->forward(*m.parameters(), x, y, scratch);
        touch_all<T>(y.span());
        break;
      }
      case 42: {
        if (!layer_) break;
        Network& m = model(in);
        const Index rows = in.size(5);
        Tensor dx({rows, in.coin() ? layer_->in_features() : in.size(5)});
        wick::GemmScratch<T> scratch;
        layer_->backward(*m.parameters(), Tensor::ones({rows, layer_->in_features()}),
                         Tensor::ones({rows, layer_->out_features()}), dx, scratch);
        break;
      }
      // --- Tensors and loaders ---
      case 43: {
        Tensor& t = tensors_.one(in);
        switch (in.below(8)) {
          case 0:
            t = Tensor::ones({in.size(5), in.size(5)});
            break;
          case 1:
            t.resize({in.size(5), 3});
            t.fill(1);
            break;
          case 2:
            t = std::move(tensors_.one(in));
            break;
          case 3:
            t = tensors_.one(in);
            break;
          case 4:
            t = std::move(t).reshape({in.size(5), in.size(5)});
            break;
          case 5:
            touch_all<T>(t.rows(in.size(6) - 1, in.size(6)).span());
            break;
          case 6:
            touch_all<T>(t[in.size(6) - 1].span());
            break;
          default:
            static_cast<void>(t.at(in.size(6) - 1, in.size(6) - 1));
            break;
        }
        break;
      }
      case 44: {
        const Index rows = 1 + in.size(5);
        dataset_ = Dataset(Tensor::ones({rows, 3}), wick::Tensor<std::int64_t>::zeros({rows}));
        if (in.coin()) loader_.emplace(dataset_, wick::DataLoaderOptions{.batch_size = 1 + in.size(3)});
        break;
      }
      case 45: {
        if (!loader_) break;
        const Network& m = model(in);
        std::size_t left = 20;
        for (const auto& batch : *loader_) {
          predict(m, batch.inputs, workspaces_.one(in));
          const std::size_t what = in.below(8);
          if (what == 1) break;
          if (what == 2) dataset_ = Dataset(Tensor::ones({1, 3}), wick::Tensor<std::int64_t>::zeros({1}));
          if (what == 3) static_cast<void>(loader_->begin());
          if (what == 4) {
            Loader taken = std::move(*loader_);
            *loader_ = std::move(taken);
          }
          if (what == 5) {
            const Loader taken = std::move(*loader_);
          }
          if (--left == 0) break;
        }
        break;
      }
      case 46: {
        Static fast(model(in));
        Static moved = std::move(fast);
        const std::array<T, 3> x{1, 2, 3};
        const auto a = fast.predict(x);
        const auto b = moved.predict(x);
        require(same_bytes<T>(a, b), "a copied StaticNetwork is another one");
        break;
      }
      default:
        if constexpr (std::is_same_v<T, float>) predictors(in);
        break;
    }
  }

  void predictors(Input& in) requires std::is_same_v<T, float> {
    auto& found = predictors_.one(in);
    if (!found) found.emplace(wick::make_predictor(model(in)));
    auto& workspace = predictor_workspaces_.one(in);
    if (!workspace) workspace.emplace(found->workspace(1 + in.size(2)));
    static constexpr std::array<float, 200> inputs{1, 2, 3};
    switch (in.below(6)) {
      case 0:
        found.emplace(wick::make_predictor(model(in)));
        break;
      case 1: {
        const wick::Predictor moved = std::move(*found);
        require(moved.input_size() == found->input_size(), "a predictor that was moved from is not a copy");
        break;
      }
      case 2: {
        last_row_ = {};
        auto& to = predictor_workspaces_.one(in);
        if (to && &to != &workspace) *to = std::move(*workspace);
        break;
      }
      case 3: {
        const auto count = static_cast<std::size_t>(in.size(120));
        last_row_ = found->outputs(std::span(inputs).first(count), *workspace);
        touch_all<float>(last_row_);
        break;
      }
      case 4:
        touch_all<float>(last_row_);
        last_row_ = found->outputs(last_row_, *workspace);
        touch_all<float>(last_row_);
        break;
      default: {
        std::array<wick::Prediction, 3> top;
        const auto pixels =
            wick::Pixels::floats(inputs.data(), in.coin() ? found->input_size() : in.size(9), 1);
        const std::size_t n = found->predict(pixels, top, *workspace);
        require(n <= 3, "more predictions than there is room for");
        for (const auto& p : std::span(top).first(n)) touch_all<char>(p.name);
        auto own = found->workspace();
        std::array<wick::Prediction, 3> expected;
        const std::size_t m = found->predict(pixels, expected, own);
        require(n == 0 || (n == m && top[0].label == expected[0].label),
                "a used workspace changes a prediction");
        break;
      }
    }
  }

  wick::Generator generator_ = generator_of(7);
  wick::Recorder<T> recorder_;
  wick::Var<T> recorded_;
  std::unique_ptr<wick::ThreadPool> pool_;
  Some<std::optional<Network>> networks_;
  Some<Workspace> workspaces_;
  Some<Tensor> tensors_;
  Some<std::optional<Adam>> optimizers_;
  Some<std::optional<wick::Predictor>> predictors_;
  Some<std::optional<wick::Predictor::Workspace>> predictor_workspaces_;
  wick::StateDict state_dict_;
  wick::OptimizerState optimizer_state_;
  std::optional<wick::Linear<T>> layer_;
  Dataset dataset_{Tensor::ones({5, 3}), wick::Tensor<std::int64_t>::zeros({5})};
  std::optional<Loader> loader_;
  const Tensor borrowed_ = Tensor::ones({4, 3});
  Tensors last_;
  std::span<const float> last_row_;
};

}  // namespace

void read(View input) {
  Input in(input);
  if (in.next() % 4 != 0) {
    Program<float>().run(in);
  } else {
    Program<double>().run(in);
  }
}

void mutate(Bytes& file, std::size_t limit, Random& random) {
  limit = (std::min)(limit, std::size_t{160});
  if (file.size() > limit) file.resize(limit);
  if (file.size() > 2 && random.one_in(3)) {
    // Whole operations, more or less: a stretch is repeated, removed or moved.
    const std::size_t begin = 1 + random.below(file.size() - 1);
    const std::size_t size = 1 + random.below((std::min)(file.size() - begin, std::size_t{12}));
    const auto at = [&](std::size_t i) { return file.begin() + static_cast<std::ptrdiff_t>(i); };
    const Bytes part(at(begin), at(begin + size));
    if (random.one_in(2)) file.erase(at(begin), at(begin + size));
    const std::size_t to = 1 + random.below(file.size());
    file.insert(at((std::min)(to, file.size())), part.begin(), part.end());
    if (file.size() > limit) file.resize(limit);
    return;
  }
  mutate_range(file, 0, file.size(), limit);
}

std::vector<Bytes> seeds() {
  const auto program = [](std::initializer_list<int> bytes) {
    Bytes result;
    for (const int b : bytes) result.push_back(static_cast<std::byte>(b));
    return result;
  };
  return {
      program({1, 13, 0, 1, 4, 0, 17, 0, 0, 0, 0}),              // forward, backward
      program({1, 13, 0, 1, 4, 0, 4, 1, 3, 0, 17, 0, 0, 0, 0}),  // the model becomes another one
      program({1, 9, 0, 1, 4, 0, 11, 0, 0, 11, 1, 2, 0, 21}),    // predictions of predictions
      program({1, 9, 0, 1, 4, 0, 9, 0, 255, 0, 21}),             // a larger batch, the old result
      program({1, 28, 0, 0, 1, 1, 13, 0, 4, 0, 17, 0, 0, 0, 0, 29, 0, 36, 0, 65, 30, 29, 0, 34, 0, 35, 0}),
      program({1, 40, 0, 1, 41, 0, 4, 42, 0, 3, 0, 41, 1, 7, 9}),           // a layer and other blocks
      program({1, 26, 0xA5, 23, 0, 0, 9, 0, 1, 255, 0, 27, 9, 0, 255, 0}),  // the pool goes
      program({1, 47, 0, 0, 1, 0, 1, 3, 3, 47, 1, 0, 7, 0, 3, 3, 47, 0, 0, 2, 1}),
      program({1, 39, 0, 1, 0, 1, 39, 0, 1, 2, 39, 0, 2, 0, 37, 0, 38, 1, 0, 0}),
      program({1, 44, 5, 0, 1, 45, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5}),
      program({0, 13, 0, 1, 4, 0, 17, 0, 0, 0, 0, 28, 0, 0, 0, 29, 0, 46, 0}),
      program({1, 24, 0, 1, 13, 0, 1, 4, 0, 24, 0, 1, 17, 0, 1, 0, 0, 25, 1, 2, 17, 0, 2, 0}),
  };
}

}  // namespace wick_fuzz
