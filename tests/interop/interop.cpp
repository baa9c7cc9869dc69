// What the Python drivers of this folder ask of wick. Commands come as lines on standard input, with tabs
// between the parts; an answer is lines that end with a line ".", or one line with "!" and an error's
// message.
//
//   describe FILE                      what is in a file of torch.save that holds nothing but data, as
//   cases.py
//                                      describes it
//   describe_objects FILE              the same of any file; an object is its name
//   archive FROM TO                    the contents of a model file, written again in the format of TO
//   rewrite FROM TO                    the same contents, written by wick
//   describe_safetensors FILE          metadata and tensors
//   rewrite_safetensors FROM TO
//   new TO IN OUT HIDDEN DROPOUT SEED  a checkpoint of a new network, HIDDEN being sizes with commas
//   predict CHECKPOINT DATA TO         TO holds the outputs for the tensor "x" in DATA
//   train CHECKPOINT DATA TO SEED      a step for each row of the tensors "x" and "y" in DATA, with dropout
//   if the
//                                      network has it; the answer is the losses
//   convert FROM TO                    a checkpoint read and written again
//   own FROM DATA TO                   the residual model of torch_test.py, from a state dict or checkpoint:
//   a
//                                      step of Adam for each row of "x" and "y"; the answer is the losses
//   optimize CHECKPOINT GRADS TO       steps of the optimizer whose state is in the checkpoint; GRADS has the
//                                      gradients of each parameter, those of all steps in one tensor

#include <wick/autograd.hpp>
#include <wick/base/buffer.hpp>
#include <wick/base/file.hpp>
#include <wick/checkpoint/checkpoint.hpp>
#include <wick/checkpoint/model_checkpoint.hpp>
#include <wick/io/any_file.hpp>
#include <wick/io/archive/groups.hpp>
#include <wick/io/safetensors/reader.hpp>
#include <wick/io/safetensors/writer.hpp>
#include <wick/io/torch/read.hpp>
#include <wick/io/torch/write.hpp>
#include <wick/loss/mse.hpp>
#include <wick/loss/nll.hpp>
#include <wick/nn/layer_norm.hpp>
#include <wick/nn/linear.hpp>
#include <wick/nn/model.hpp>
#include <wick/optim.hpp>

#include <algorithm>
#include <bit>
#include <complex>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace {

using Words = std::vector<std::string>;

std::string hex(std::span<const std::byte> bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(2 * bytes.size());
  for (const std::byte b : bytes) {
    text += digits[std::to_integer<std::size_t>(b) >> 4];
    text += digits[std::to_integer<std::size_t>(b) & 15];
  }
  return text;
}

std::string bits(double x) {
  char text[17];
  std::snprintf(text, sizeof text, "%016llx",
                static_cast<unsigned long long>(std::bit_cast<std::uint64_t>(x)));
  return text;
}

std::string joined(std::span<const std::int64_t> numbers) {
  std::string text;
  for (const auto n : numbers) text += (text.empty() ? "" : ",") + std::to_string(n);
  return "[" + text + "]";
}

std::string shape_text(const wick::Shape& shape) {
  const std::vector<std::int64_t> dims(shape.dims().begin(), shape.dims().end());
  return joined(dims);
}

/// The lines of cases.py's describe().
struct Describer {
  std::vector<std::string> lines;

  void add(const wick::TorchValue& value) { std::visit(*this, value.variant()); }

  void operator()(const wick::TorchNone&) { lines.emplace_back("none"); }
  void operator()(bool x) { lines.emplace_back(x ? "bool 1" : "bool 0"); }
  void operator()(std::int64_t x) { lines.push_back("int " + std::to_string(x)); }
  void operator()(const wick::TorchBigInt& x) { lines.push_back("bigint " + hex(x.bytes)); }
  void operator()(double x) { lines.push_back("float " + bits(x)); }
  void operator()(const std::complex<double>& x) {
    lines.push_back("complex " + bits(x.real()) + bits(x.imag()));
  }
  void operator()(const std::string& x) { lines.push_back("str " + hex(std::as_bytes(std::span(x)))); }
  void operator()(const wick::TorchBytes& x) { lines.push_back("bytes " + hex(x.bytes)); }
  void operator()(const wick::TorchTensor& x) {
    lines.push_back((x.parameter ? "parameter " : "tensor ") + std::string(wick::name_of(x.tensor.dtype())) +
                    " " + shape_text(x.tensor.shape()) + (x.requires_grad ? " 1 " : " 0 ") +
                    hex(x.tensor.bytes()));
  }
  void operator()(const wick::TorchSize& x) { lines.push_back("size " + joined(x.dims)); }
  void operator()(const wick::TorchName& x) {
    using Kind = wick::TorchName::Kind;
    const char* kind = x.kind == Kind::dtype ? "dtype " : x.kind == Kind::device ? "device " : "layout ";
    lines.push_back(kind + x.text);
  }
  void operator()(const wick::TorchObject& x) { lines.push_back("object " + x.name); }
  void operator()(const wick::TorchSequence& x) {
    using Kind = wick::TorchSequence::Kind;
    const char* kind = x.kind == Kind::list ? "list " : x.kind == Kind::tuple ? "tuple " : "set ";
    lines.push_back(kind + std::to_string(x.items.size()));
    if (x.kind != Kind::set) {
      for (const auto& item : x.items) add(item);
      return;
    }
    std::vector<std::vector<std::string>> parts;  // a set has no order
    for (const auto& item : x.items) {
      Describer part;
      part.add(item);
      parts.push_back(std::move(part.lines));
    }
    std::ranges::sort(parts);
    for (const auto& part : parts) lines.insert(lines.end(), part.begin(), part.end());
  }
  void operator()(const wick::TorchDict& x) {
    using Kind = wick::TorchDict::Kind;
    const char* kind = x.kind == Kind::dict ? "dict " : x.kind == Kind::ordered ? "ordered " : "counter ";
    lines.push_back(kind + std::to_string(x.items.size()));
    for (const auto& [key, item] : x.items) {
      add(key);
      add(item);
    }
    if (x.metadata) {
      lines.emplace_back("metadata");
      add(*x.metadata);
    }
  }
};

wick::Safetensors read_safetensors_file(const std::string& path) {
  const auto bytes = std::make_shared<const wick::Buffer<std::byte>>(wick::read_file(path, 1U << 30));
  return wick::parse_safetensors({bytes->data(), static_cast<std::size_t>(bytes->size())}, bytes, path);
}

/// The lines of safetensors_test.py's describe().
std::vector<std::string> describe_safetensors(const std::string& path) {
  const auto text_hex = [](const std::string& text) { return hex(std::as_bytes(std::span(text))); };
  const wick::Safetensors file = read_safetensors_file(path);
  std::vector<std::string> lines;
  for (const auto& [key, value] : file.metadata) {
    lines.push_back("metadata " + text_hex(key) + " " + text_hex(value));
  }
  for (const auto& [name, tensor] : file.tensors) {
    lines.push_back("tensor " + text_hex(name) + " " + std::string(wick::name_of(tensor.dtype())) + " " +
                    shape_text(tensor.shape()) + " " + hex(tensor.bytes()));
  }
  std::ranges::sort(lines);
  return lines;
}

wick::Tensor<float> inputs_in(const std::string& data) { return wick::load(data)["x"].to<float>(); }

std::string exact(double x) {
  char text[32];
  std::snprintf(text, sizeof text, "%.17g", x);
  return text;
}

void make_new(const Words& words) {
  std::vector<wick::Index> hidden;
  std::istringstream sizes(words.at(4));
  for (std::string size; std::getline(sizes, size, ',');) hidden.push_back(std::stol(size));
  wick::manual_seed(std::stoull(words.at(6)));
  const wick::Network<float> model(std::stol(words.at(2)), std::stol(words.at(3)), hidden,
                                   {.dropout = std::stod(words.at(5))});
  wick::save_checkpoint(model, words.at(1));
}

void predict(const Words& words) {
  const auto model = wick::load_checkpoint(words.at(1));
  const auto output = model.predict(inputs_in(words.at(2)));
  wick::save({{"output", wick::AnyTensor::copy_of(output)}}, words.at(3));
}

template <class T>
std::vector<std::string> train(const Words& words, const wick::StateDict& data) {
  auto checkpoint = wick::read_checkpoint<T>(words.at(1));
  wick::Network<T>& model = checkpoint.model;
  const auto x = data["x"].to<T>();  // (steps, batch, features)
  const auto y = data["y"].to<std::int64_t>();
  wick::Adam<T> optimizer(model.parameters());
  if (checkpoint.extras.optimizer) optimizer.load_state(*checkpoint.extras.optimizer);
  const wick::NLLLoss<T> criterion;
  wick::manual_seed(std::stoull(words.at(4)));
  std::vector<std::string> losses;
  for (wick::Index i = 0; i < x.size(0); ++i) {
    optimizer.zero_grad();
    const auto loss = criterion(model(x[i]), y[i]);
    losses.push_back(exact(static_cast<double>(loss.item())));
    loss.backward();
    optimizer.step();
  }
  wick::save_checkpoint(model, words.at(3), {.optimizer = optimizer.state()});
  return losses;
}

/// A model of a user's own, as torch_test.py has it.
struct Residual {
  wick::Linear<float> first;
  wick::LayerNorm<float> norm;
  wick::Linear<float> up, head;
  explicit Residual(const wick::Scope<float>& s)
      : first(s / "first", 6, 16), norm(s / "norm", 16), up(s / "up", 16, 16), head(s / "head", 16, 3) {}
  auto operator()(auto x) const {
    x = first(x);
    return head(x + gelu_tanh(up(norm(x))));
  }
};

std::vector<std::string> train_own(const Words& words) {
  wick::Model<Residual> model;
  wick::Adam<float> optimizer(model.parameters(), {.lr = 0.01});
  const auto extras = wick::load_checkpoint(model, words.at(1));
  if (extras.optimizer) optimizer.load_state(*extras.optimizer);
  const wick::StateDict data = wick::load(words.at(2));
  const auto x = data["x"].to<float>();  // (steps, batch, features)
  const auto y = data["y"].to<float>();
  const wick::MSELoss criterion;
  std::vector<std::string> losses;
  for (wick::Index i = 0; i < x.size(0); ++i) {
    optimizer.zero_grad();
    const auto loss = criterion(model(x[i]), y[i]);
    losses.push_back(exact(static_cast<double>(loss.item())));
    loss.backward();
    optimizer.step();
  }
  wick::save_checkpoint(model, words.at(3), {.optimizer = optimizer.state()});
  return losses;
}

template <class Optimizer>
void optimize(const wick::Archive& archive, const wick::OptimizerState& state, const wick::StateDict& grads,
              const std::string& to) {
  auto block = std::make_shared<wick::ParameterBlock<float>>();
  for (const auto& [name, tensor] : *archive.find_tensors("model")) {
    tensor.copy_to(block->value(block->add(name, tensor.shape())).data());
  }
  const auto optimizer = [&] {
    if constexpr (requires { Optimizer::groups_in(state); }) {
      return std::make_unique<Optimizer>(block, Optimizer::groups_in(state));
    } else {
      return std::make_unique<Optimizer>(block);
    }
  }();
  optimizer->load_state(state);
  for (wick::Index k = 0; k < grads.begin()->second.shape()[0]; ++k) {
    const auto fill = [&] {
      optimizer->zero_grad();
      for (const auto& [name, tensor] : grads) {
        const auto all = tensor.template to<float>();
        std::ranges::copy(all[k].span(), block->grad(name).data());
      }
      return 1.0;
    };
    if constexpr (requires { optimizer->step(); }) {
      fill();
      optimizer->step();
    } else {
      optimizer->step(fill);
    }
  }
  wick::Archive trained{.architecture = {}, .tensors = {{"model", block->state_dict()}}, .attributes = {}};
  wick::put_optimizer(trained, optimizer->state());
  wick::write_any(trained, to);
}

void optimize(const Words& words) {
  const wick::Archive archive = wick::read_any(words.at(1)).archive;
  const auto state = wick::get_optimizer(archive);
  if (!state) throw wick::Error("no optimizer in " + words.at(1));
  const wick::StateDict grads = wick::load(words.at(2));
  bool done = false;
  const auto when = [&]<class Optimizer>(const char* type, std::type_identity<Optimizer>) {
    if (state->type != type) return;
    optimize<Optimizer>(archive, *state, grads, words.at(3));
    done = true;
  };
  when("Adam", std::type_identity<wick::Adam<float>>());
  when("AdamW", std::type_identity<wick::AdamW<float>>());
  when("SGD", std::type_identity<wick::SGD<float>>());
  when("RMSprop", std::type_identity<wick::RMSprop<float>>());
  when("Adagrad", std::type_identity<wick::Adagrad<float>>());
  when("Adamax", std::type_identity<wick::Adamax<float>>());
  when("NAdam", std::type_identity<wick::NAdam<float>>());
  when("RAdam", std::type_identity<wick::RAdam<float>>());
  when("Adadelta", std::type_identity<wick::Adadelta<float>>());
  when("ASGD", std::type_identity<wick::ASGD<float>>());
  when("Rprop", std::type_identity<wick::Rprop<float>>());
  when("Adafactor", std::type_identity<wick::Adafactor<float>>());
  when("Muon", std::type_identity<wick::Muon<float>>());
  when("LBFGS", std::type_identity<wick::LBFGS<float>>());
  if (!done) throw wick::Error("no optimizer " + state->type);
}

std::vector<std::string> answer(const Words& words) {
  const std::string& command = words.at(0);
  if (command == "describe" || command == "describe_objects") {
    wick::TorchLimits limits;
    limits.refuse_objects = command == "describe";
    Describer describer;
    describer.add(wick::read_torch(words.at(1), limits));
    return std::move(describer.lines);
  }
  if (command == "archive") {
    wick::write_any(wick::read_any(words.at(1)).archive, words.at(2));
  } else if (command == "rewrite") {
    wick::write_torch(wick::read_torch(words.at(1)), words.at(2));
  } else if (command == "describe_safetensors") {
    return describe_safetensors(words.at(1));
  } else if (command == "rewrite_safetensors") {
    const wick::Safetensors file = read_safetensors_file(words.at(1));
    wick::write_safetensors(file.tensors, words.at(2), file.metadata);
  } else if (command == "new") {
    make_new(words);
  } else if (command == "predict") {
    predict(words);
  } else if (command == "train") {
    const wick::StateDict data = wick::load(words.at(2));
    return data["x"].dtype() == wick::DType::f64 ? train<double>(words, data) : train<float>(words, data);
  } else if (command == "convert") {
    const auto checkpoint = wick::read_checkpoint(words.at(1));
    wick::save_checkpoint(checkpoint.model, words.at(2), checkpoint.extras);
  } else if (command == "own") {
    return train_own(words);
  } else if (command == "optimize") {
    optimize(words);
  } else {
    return {"!no command " + command};
  }
  return {};
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    Words words;
    std::istringstream parts(line);
    for (std::string word; std::getline(parts, word, '\t');) words.push_back(word);
    std::string text;
    try {
      for (const auto& part : answer(words)) text += part + "\n";
      text += ".\n";
    } catch (const std::exception& e) {
      text = std::string("!") + e.what();
      std::ranges::replace(text, '\n', ' ');
      text += "\n";
    }
    std::cout << text << std::flush;
  }
}
