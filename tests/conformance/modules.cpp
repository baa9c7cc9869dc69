// Modules by PyTorch's names: one row each.

#include "differences.hpp"
#include "runners.hpp"

#include <wick/autograd.hpp>
#include <wick/nn.hpp>

#include <algorithm>
#include <array>
#include <sstream>

namespace conformance {

namespace {

using wick::make_module;

/// A module of any class, as the root of a model: it is printed as that class.
template <wick::Floating T>
struct Built {
  wick::AnyModule<T> module;

  Built(const wick::Scope<T>& scope, const wick::ModuleMaker<T>& make) : module(make(scope)) {}
  wick::Var<T> operator()(const wick::Var<T>& x) const { return module(x); }
};

struct Module {
  std::string_view name;
  wick::ModuleMaker<float> (*floats)(const Arguments&);
  wick::ModuleMaker<double> (*doubles)(const Arguments&);
};

template <class Function>
[[nodiscard]] constexpr Module module(std::string_view name, Function /*without a state*/) {
  return {
      name,
      [](const Arguments& c) -> wick::ModuleMaker<float> { return Function{}.template operator()<float>(c); },
      [](const Arguments& c) -> wick::ModuleMaker<double> {
        return Function{}.template operator()<double>(c);
      }};
}

/// `T` is the scalar type, `c` has the constructor's arguments by name.
#define CONFORMANCE_MODULE(name, ...) \
  module(name, []<class T>([[maybe_unused]] const Arguments& c) { return __VA_ARGS__; })

wick::Index size(const Arguments& c, const char* name) { return c.index(Arguments::by_name, name); }
wick::Index size(const Arguments& c, const char* name, wick::Index otherwise) {
  return c.index(Arguments::by_name, name, otherwise);
}
double number(const Arguments& c, const char* name, double otherwise) {
  return c.number(Arguments::by_name, name, otherwise);
}
bool flag(const Arguments& c, const char* name, bool otherwise) {
  return c.flag(Arguments::by_name, name, otherwise);
}
std::string text(const Arguments& c, const char* name, const char* otherwise) {
  return c.text(Arguments::by_name, name, otherwise);
}
wick::Shape normalized_shape(const Arguments& c) {
  const auto sizes = c.sizes(Arguments::by_name, "normalized_shape");
  return wick::Shape(std::span<const wick::Index>(sizes));
}
std::optional<double> number_or_nothing(const Arguments& c, const char* name) {
  if (!c.has(Arguments::by_name, name)) return std::nullopt;
  return number(c, name, 0);
}
std::optional<wick::Index> size_or_nothing(const Arguments& c, const char* name) {
  if (!c.has(Arguments::by_name, name)) return std::nullopt;
  return size(c, name);
}
/// None, where it is given, means something else than nothing.
bool is_none(const Arguments& c, std::string_view argument) {
  for (const auto& [name, value] : c.named()) {
    if (name == argument && value.kind == Value::Kind::none) return true;
  }
  return false;
}
std::optional<double> momentum(const Arguments& c) {
  return is_none(c, "momentum") ? std::nullopt : std::optional<double>(number(c, "momentum", 0.1));
}
std::optional<wick::Index> dim_of_norm(const Arguments& c) {
  return is_none(c, "dim") ? std::nullopt : std::optional<wick::Index>(size(c, "dim", 0));
}

constexpr std::array rows{
    CONFORMANCE_MODULE("Linear",
                       make_module<wick::Linear<T>>(size(c, "in_features"), size(c, "out_features"),
                                                    wick::LinearOptions{.bias = flag(c, "bias", true)})),
    CONFORMANCE_MODULE("weight_norm",
                       make_module<wick::WeightNorm<wick::Linear<T>>>(
                           wick::WeightNormOptions{.dim = dim_of_norm(c)}, size(c, "in_features"),
                           size(c, "out_features"), wick::LinearOptions{.bias = flag(c, "bias", true)})),
    CONFORMANCE_MODULE("spectral_norm",
                       make_module<wick::SpectralNorm<wick::Linear<T>>>(
                           wick::SpectralNormOptions{.n_power_iterations = size(c, "n_power_iterations", 1),
                                                     .eps = number(c, "eps", 1e-12),
                                                     .dim = size(c, "dim", 0)},
                           size(c, "in_features"), size(c, "out_features"),
                           wick::LinearOptions{.bias = flag(c, "bias", true)})),
    CONFORMANCE_MODULE("Identity", make_module<wick::Identity>()),
    CONFORMANCE_MODULE("Flatten",
                       make_module<wick::Flatten>(size(c, "start_dim", 1), size(c, "end_dim", -1))),
    CONFORMANCE_MODULE("LayerNorm",
                       make_module<wick::LayerNorm<T>>(
                           normalized_shape(c),
                           wick::LayerNormOptions{.eps = number(c, "eps", 1e-5),
                                                  .elementwise_affine = flag(c, "elementwise_affine", true),
                                                  .bias = flag(c, "bias", true)})),
    CONFORMANCE_MODULE("Dropout", make_module<wick::Dropout>(number(c, "p", 0.5))),
    CONFORMANCE_MODULE("AlphaDropout", make_module<wick::AlphaDropout>(number(c, "p", 0.5))),
    CONFORMANCE_MODULE("FeatureAlphaDropout", make_module<wick::FeatureAlphaDropout>(number(c, "p", 0.5))),
    CONFORMANCE_MODULE("Sigmoid", make_module<wick::Sigmoid>()),
    CONFORMANCE_MODULE("Tanh", make_module<wick::Tanh>()),
    CONFORMANCE_MODULE("ReLU", make_module<wick::ReLU>()),
    CONFORMANCE_MODULE("SELU", make_module<wick::SELU>()),
    CONFORMANCE_MODULE("SiLU", make_module<wick::SiLU>()),
    CONFORMANCE_MODULE("Mish", make_module<wick::Mish>()),
    CONFORMANCE_MODULE("LogSigmoid", make_module<wick::LogSigmoid>()),
    CONFORMANCE_MODULE("ReLU6", make_module<wick::ReLU6>()),
    CONFORMANCE_MODULE("Hardsigmoid", make_module<wick::Hardsigmoid>()),
    CONFORMANCE_MODULE("Hardswish", make_module<wick::Hardswish>()),
    CONFORMANCE_MODULE("Softsign", make_module<wick::Softsign>()),
    CONFORMANCE_MODULE("Tanhshrink", make_module<wick::Tanhshrink>()),
    CONFORMANCE_MODULE("LeakyReLU", make_module<wick::LeakyReLU>(number(c, "negative_slope", 0.01))),
    CONFORMANCE_MODULE("ELU", make_module<wick::ELU>(number(c, "alpha", 1))),
    CONFORMANCE_MODULE("CELU", make_module<wick::CELU>(number(c, "alpha", 1))),
    CONFORMANCE_MODULE("Softplus",
                       make_module<wick::Softplus>(number(c, "beta", 1), number(c, "threshold", 20))),
    CONFORMANCE_MODULE("Hardtanh",
                       make_module<wick::Hardtanh>(number(c, "min_val", -1), number(c, "max_val", 1))),
    CONFORMANCE_MODULE("Hardshrink", make_module<wick::Hardshrink>(number(c, "lambd", 0.5))),
    CONFORMANCE_MODULE("Softshrink", make_module<wick::Softshrink>(number(c, "lambd", 0.5))),
    CONFORMANCE_MODULE("Threshold",
                       make_module<wick::Threshold>(number(c, "threshold", 0), number(c, "value", 0))),
    CONFORMANCE_MODULE("RReLU",
                       make_module<wick::RReLU>(number(c, "lower", 1.0 / 8), number(c, "upper", 1.0 / 3))),
    CONFORMANCE_MODULE("PReLU",
                       make_module<wick::PReLU<T>>(size(c, "num_parameters", 1), number(c, "init", 0.25))),
    CONFORMANCE_MODULE("GELU", make_module<wick::GELU>(text(c, "approximate", "none"))),
    CONFORMANCE_MODULE("GLU", make_module<wick::GLU>(size(c, "dim", -1))),
    CONFORMANCE_MODULE("Softmax", make_module<wick::Softmax>(size(c, "dim"))),
    CONFORMANCE_MODULE("Softmin", make_module<wick::Softmin>(size(c, "dim"))),
    CONFORMANCE_MODULE("LogSoftmax", make_module<wick::LogSoftmax>(size(c, "dim"))),
    CONFORMANCE_MODULE("Unflatten", make_module<wick::Unflatten>(
                                        size(c, "dim"), c.sizes(Arguments::by_name, "unflattened_size"))),
    CONFORMANCE_MODULE("BatchNorm1d", make_module<wick::BatchNorm1d<T>>(
                                          size(c, "num_features"),
                                          wick::BatchNorm1dOptions{
                                              .eps = number(c, "eps", 1e-5),
                                              .momentum = momentum(c),
                                              .affine = flag(c, "affine", true),
                                              .bias = flag(c, "bias", true),
                                              .track_running_stats = flag(c, "track_running_stats", true)})),
    CONFORMANCE_MODULE(
        "GroupNorm", make_module<wick::GroupNorm<T>>(size(c, "num_groups"), size(c, "num_channels"),
                                                     wick::GroupNormOptions{.eps = number(c, "eps", 1e-5),
                                                                            .affine = flag(c, "affine", true),
                                                                            .bias = flag(c, "bias", true)})),
    CONFORMANCE_MODULE(
        "InstanceNorm1d",
        make_module<wick::InstanceNorm1d<T>>(
            size(c, "num_features"),
            wick::InstanceNorm1dOptions{.eps = number(c, "eps", 1e-5),
                                        .momentum = momentum(c),
                                        .affine = flag(c, "affine", false),
                                        .bias = flag(c, "bias", true),
                                        .track_running_stats = flag(c, "track_running_stats", false)})),
    CONFORMANCE_MODULE("RMSNorm",
                       make_module<wick::RMSNorm<T>>(
                           normalized_shape(c),
                           wick::RMSNormOptions{.eps = number_or_nothing(c, "eps"),
                                                .elementwise_affine = flag(c, "elementwise_affine", true)})),
};

template <wick::Floating T>
wick::ModuleMaker<T> maker(const Module& row, const Arguments& c) {
  if constexpr (std::is_same_v<T, float>) {
    return row.floats(c);
  } else {
    return row.doubles(c);
  }
}

/// Bilinear, the only module of two inputs, as the root of a model.
template <wick::Floating T>
struct BuiltBilinear {
  wick::Bilinear<T> module;

  BuiltBilinear(const wick::Scope<T>& scope, const Arguments& c)
      : module(scope, size(c, "in1_features"), size(c, "in2_features"), size(c, "out_features"),
               wick::BilinearOptions{.bias = flag(c, "bias", true)}) {}
  wick::Var<T> operator()(const wick::Var<T>& x1, const wick::Var<T>& x2) const { return module(x1, x2); }
};

/// Embedding, whose input is a tensor of indices, as the root of a model.
template <wick::Floating T>
struct BuiltEmbedding {
  wick::Embedding<T> module;

  BuiltEmbedding(const wick::Scope<T>& scope, const Arguments& c)
      : module(scope, size(c, "num_embeddings"), size(c, "embedding_dim"),
               wick::EmbeddingOptions{.padding_idx = size_or_nothing(c, "padding_idx"),
                                      .max_norm = number_or_nothing(c, "max_norm"),
                                      .norm_type = number(c, "norm_type", 2),
                                      .scale_grad_by_freq = flag(c, "scale_grad_by_freq", false)}) {}
  wick::Var<T> operator()(const wick::Tensor<std::int64_t>& x) const { return module(x); }
};

/// EmbeddingBag, with offsets or without.
template <wick::Floating T>
struct BuiltEmbeddingBag {
  wick::EmbeddingBag<T> module;

  BuiltEmbeddingBag(const wick::Scope<T>& scope, const Arguments& c)
      : module(scope, size(c, "num_embeddings"), size(c, "embedding_dim"),
               wick::EmbeddingBagOptions{.max_norm = number_or_nothing(c, "max_norm"),
                                         .norm_type = number(c, "norm_type", 2),
                                         .scale_grad_by_freq = flag(c, "scale_grad_by_freq", false),
                                         .mode = text(c, "mode", "mean"),
                                         .include_last_offset = flag(c, "include_last_offset", false),
                                         .padding_idx = size_or_nothing(c, "padding_idx")}) {}
  wick::Var<T> operator()(const wick::Tensor<std::int64_t>& x) const { return module(x); }
  wick::Var<T> operator()(const wick::Tensor<std::int64_t>& x,
                          const wick::Tensor<std::int64_t>& offsets) const {
    return module(x, offsets);
  }
};

template <std::size_t Inputs, class Model, class Input>
[[nodiscard]] auto called(const Model& model, const std::vector<Input>& x) {
  if (x.size() != Inputs) throw Unsupported("another number of inputs");
  if constexpr (Inputs == 1) {
    return model(x[0]);
  } else {
    return model(x[0], x[1]);
  }
}

/// The inputs of a case, of one kind.
template <wick::Floating T>
[[nodiscard]] std::vector<wick::Var<T>> variables(const Value& one_case, wick::Tape<T>& tape) {
  std::vector<wick::Var<T>> inputs;
  for (const Value& input : one_case.at("inputs").list) {
    if (input.kind != Value::Kind::tensor || input.tensor.dtype() != wick::dtype_of<T>)
      throw Unsupported("inputs of another kind");
    inputs.push_back(tape.constant(input.tensor.to<T>(), true));
  }
  return inputs;
}
[[nodiscard]] std::vector<wick::Tensor<std::int64_t>> indices(const Value& one_case) {
  std::vector<wick::Tensor<std::int64_t>> inputs;
  for (const Value& input : one_case.at("inputs").list) {
    if (input.kind != Value::Kind::tensor || input.tensor.dtype() != wick::DType::i64)
      throw WrongType("inputs of another kind");
    inputs.push_back(input.tensor.to<std::int64_t>());
  }
  return inputs;
}

/// Gradients by inputs and parameters beside differences. What is averaged or counted in training begins anew
/// for each of them.
template <std::size_t Inputs, bool OfIndices, class Module>
void compare_differences_of(Comparison& comparison, wick::Model<Module, double>& model,
                            const wick::StateDict& state, const Value& one_case) {
  const auto sum_of = [&](std::size_t number, const wick::Tensor<double>* x, const std::string& parameter) {
    model.load_state_dict(state);
    if (!parameter.empty()) {
      const auto values = model.parameters()->value(parameter);
      std::copy_n(x->data(), x->numel(), values.data());
    }
    wick::Recorder<double> recorder;
    wick::Generator generator(static_cast<std::uint64_t>(one_case.at("seed").integer));
    recorder->set_generator(generator);
    const auto run = [&](const auto& inputs) {
      const wick::Tensor<double> y = called<Inputs>(model, inputs).tensor();
      const wick::Tensor<double> weights = weights_of<double>(y.shape(), 0);
      double total = 0;
      for (wick::Index i = 0; i < y.numel(); ++i) total += y.data()[i] * weights.data()[i];
      return total;
    };
    if constexpr (OfIndices) {
      return run(indices(one_case));
    } else {
      auto inputs = variables<double>(one_case, recorder.tape());
      if (parameter.empty()) inputs[number] = recorder.tape().constant(*x, true);
      return run(inputs);
    }
  };
  if constexpr (!OfIndices) {
    for (const Value& each : one_case.at("gradients").list) {
      const auto number = static_cast<std::size_t>(each.list[0].integer);
      compare_differences(comparison, "gradient by input " + std::to_string(number),
                          one_case.at("inputs").list[number].tensor.to<double>(),
                          each.list[1].tensor.to<double>(),
                          [&](const wick::Tensor<double>& x) { return sum_of(number, &x, ""); });
    }
  }
  for (const Value& each : one_case.at("parameter_gradients").list) {
    const std::string& name = each.list[0].text;
    const wick::AnyTensor* const begin = state.find(name);
    if (begin == nullptr) continue;
    compare_differences(comparison, "gradient by " + name, begin->to<double>(),
                        each.list[1].tensor.to<double>(),
                        [&](const wick::Tensor<double>& x) { return sum_of(0, &x, name); });
  }
}

template <std::size_t Inputs, bool OfIndices = false, wick::Floating T, class Module>
Outcome compare(wick::Model<Module, T>& model, const Value& one_case) {
  Comparison comparison;
  std::ostringstream printed;
  printed << model;
  comparison.compare("print", printed.str(), one_case.at("print").text);

  wick::StateDict state;
  std::string keys;
  for (const Value& each : one_case.at("state").list) {
    state.insert(each.list[0].text, each.list[1].tensor);
    keys += each.list[0].text + " ";
  }
  std::string own;
  for (const auto& [name, tensor] : model.state_dict()) own += name + " ";
  comparison.compare("state dict", own, keys);
  if (comparison.failed()) return comparison.outcome();
  model.load_state_dict(state);
  model.train(one_case.at("training").boolean);

  wick::Recorder<T> recorder;
  wick::Generator generator(static_cast<std::uint64_t>(one_case.at("seed").integer));
  recorder->set_generator(generator);
  const auto inputs = [&] {
    if constexpr (OfIndices) {
      return indices(one_case);
    } else {
      return variables<T>(one_case, recorder.tape());
    }
  }();
  const auto y = called<Inputs>(model, inputs);
  comparison.compare("result", wick::AnyTensor::copy_of(y.tensor()),
                     one_case.at("results").list.at(0).tensor);
  // Not by the loop that training has: weights may be any.
  if (y.requires_grad() && !comparison.failed()) {
    model.parameters()->require_grad();
    model.parameters()->zero_grad();
    sum(y * weights_of<T>(y.shape(), 0)).backward();
  }
  if (comparison.failed()) return comparison.outcome();
  if constexpr (!OfIndices) {
    for (const Value& each : one_case.at("gradients").list) {
      const auto& x = inputs.at(static_cast<std::size_t>(each.list[0].integer));
      comparison.compare("gradient by input " + std::to_string(each.list[0].integer),
                         wick::AnyTensor::copy_of(x.grad()), each.list[1].tensor);
    }
  }
  for (const Value& each : one_case.at("parameter_gradients").list) {
    const auto& block = std::as_const(*model.parameters());
    comparison.compare("gradient by " + each.list[0].text,
                       wick::AnyTensor::copy_of(wick::TensorView<const T>(block.grad(each.list[0].text))),
                       each.list[1].tensor);
  }
  if (const Value* const buffers = one_case.find("buffers_after")) {
    for (const Value& each : buffers->list) {
      for (const auto& buffer : std::as_const(model).named_buffers()) {
        if (buffer.name == each.list[0].text)
          comparison.compare("buffer " + buffer.name, wick::AnyTensor::copy_of(buffer.value),
                             wick::AnyTensor::copy_of(each.list[1].tensor.to<T>()));
      }
    }
  }
  if constexpr (std::is_same_v<T, double>) {
    // Not where a call changes the parameters that it uses, or vectors that count as constants.
    const bool changes = one_case.at("constructor").find("max_norm") != nullptr ||
                         (one_case.at("training").boolean && state.contains("parametrizations.weight.0._u"));
    if (by_differences && !changes && !comparison.failed())
      compare_differences_of<Inputs, OfIndices>(comparison, model, state, one_case);
  }
  return comparison.outcome();
}

template <std::size_t Inputs, class Model, wick::Floating T>
Outcome expect_refusal(const Value& one_case, const auto& construct) {
  return expect_error(one_case, [&] {
    const wick::Model<Model, T> model = construct();
    std::vector<wick::Tensor<T>> inputs;
    for (const Value& input : one_case.at("inputs").list) {
      if (input.kind != Value::Kind::tensor) throw Unsupported("an input of another kind");
      inputs.push_back(input.tensor.to<T>());
    }
    if (!inputs.empty()) static_cast<void>(called<Inputs>(model, inputs).tensor());
  });
}

template <wick::Floating T>
Outcome run(const Module& row, const Value& one_case) {
  const std::vector<Value> none;
  const Arguments arguments(none, one_case.at("constructor").members);
  using Root = Built<T>;
  if (one_case.find("error") != nullptr) {
    return expect_refusal<1, Root, T>(one_case, [&] {
      const auto make = maker<T>(row, arguments);
      arguments.check_all_used();
      return wick::Model<Root, T>(make);
    });
  }
  const auto make = maker<T>(row, arguments);
  arguments.check_all_used();
  wick::Model<Root, T> model(wick::uninitialised, make);
  return compare<1>(model, one_case);
}

/// A module whose inputs are tensors of indices.
template <std::size_t Inputs, class Root, wick::Floating T>
Outcome run_embedding(const Value& one_case) {
  const std::vector<Value> none;
  const Arguments arguments(none, one_case.at("constructor").members);
  static_cast<void>(flag(arguments, "sparse", false));  // says how gradients are kept
  if (one_case.find("error") != nullptr) {
    return expect_error(one_case, [&] {
      const wick::Model<Root, T> model(arguments);
      const auto inputs = indices(one_case);
      if (!inputs.empty()) static_cast<void>(called<Inputs>(model, inputs).tensor());
    });
  }
  wick::Model<Root, T> model(wick::uninitialised, arguments);
  arguments.check_all_used();
  return compare<Inputs, true>(model, one_case);
}

template <wick::Floating T>
Outcome run_bilinear(const Value& one_case) {
  const std::vector<Value> none;
  const Arguments arguments(none, one_case.at("constructor").members);
  using Root = BuiltBilinear<T>;
  if (one_case.find("error") != nullptr)
    return expect_refusal<2, Root, T>(one_case, [&] { return wick::Model<Root, T>(arguments); });
  wick::Model<Root, T> model(wick::uninitialised, arguments);
  arguments.check_all_used();
  return compare<2>(model, one_case);
}

}  // namespace

Runner module_runner() {
  return {"module",
          [] {
            std::vector<std::string> names;
            for (const Module& row : rows) names.emplace_back(row.name);
            names.emplace_back("Bilinear");
            names.emplace_back("Embedding");
            names.emplace_back("EmbeddingBag");
            return names;
          },
          [](std::string_view name, const Value& one_case) {
            return guarded([&]() -> Outcome {
              const bool floats = one_case.at("dtype").text == "float32";
              if (name == "Bilinear")
                return floats ? run_bilinear<float>(one_case) : run_bilinear<double>(one_case);
              if (name == "Embedding") {
                return floats ? run_embedding<1, BuiltEmbedding<float>, float>(one_case)
                              : run_embedding<1, BuiltEmbedding<double>, double>(one_case);
              }
              if (name == "EmbeddingBag" && one_case.at("inputs").list.size() == 1) {
                return floats ? run_embedding<1, BuiltEmbeddingBag<float>, float>(one_case)
                              : run_embedding<1, BuiltEmbeddingBag<double>, double>(one_case);
              }
              if (name == "EmbeddingBag") {
                return floats ? run_embedding<2, BuiltEmbeddingBag<float>, float>(one_case)
                              : run_embedding<2, BuiltEmbeddingBag<double>, double>(one_case);
              }
              for (const Module& row : rows) {
                if (row.name == name) return floats ? run<float>(row, one_case) : run<double>(row, one_case);
              }
              throw Unsupported("no such module");
            });
          }};
}

}  // namespace conformance
