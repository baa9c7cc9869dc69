// Checkpoints of a training run: load_training_checkpoint(), and three steps of a run that goes on from
// there.

#include "fuzz/fuzz.hpp"

#include <wick/data/data_loader.hpp>
#include <wick/io/wick/reader.hpp>
#include <wick/io/wick/writer.hpp>
#include <wick/loss/nll.hpp>
#include <wick/training/train.hpp>

#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace wick_fuzz {

namespace {

constexpr wick::Index samples = 6;
constexpr wick::Index classes = 3;
constexpr wick::Index batch_size = 2;
constexpr std::int64_t steps = 3;

Bytes encode(const wick::Archive& archive) {
  Bytes bytes;
  wick::encode_archive(archive, [&](View more) { bytes.insert(bytes.end(), more.begin(), more.end()); });
  return bytes;
}

/// Made-up data for any network.
wick::TensorDataset<float> data_for(wick::Index features, wick::Index outputs) {
  wick::Tensor<float> x({samples, features});
  wick::Tensor<std::int64_t> y({samples});
  for (wick::Index i = 0; i < x.numel(); ++i) x.data()[i] = static_cast<float>(i % 7) - 3;
  for (wick::Index i = 0; i < samples; ++i) y.data()[i] = i % outputs;
  return {std::move(x), std::move(y)};
}

using Run = wick::TrainingRun<>;

/// Goes on for three steps. Errors are fine as long as they say why in UTF-8; what was trained is saved and
/// read back equal.
void go_on(Run& run) {
  const auto data = data_for(run.model.input_size(), run.model.output_size());
  wick::DataLoader train_loader(data, {.batch_size = batch_size, .shuffle = true});
  wick::DataLoader test_loader(data, {.batch_size = samples});
  std::stop_source stop;
  std::int64_t done = 0;
  const std::int64_t before = run.state.step;
  const std::int64_t optimizer_before = run.optimizer.steps();
  wick::TrainOptions options{.epochs = (std::numeric_limits<wick::Index>::max)(),
                             .print_every = 2,
                             .on_step =
                                 [&](const auto&) {
                                   if (++done == steps) stop.request_stop();
                                 },
                             .stop = stop.get_token()};
  // Orders of other data are refused, and then left out.
  const bool fits = run.state.loader.order.size() == static_cast<std::size_t>(samples);
  options.resume = fits ? run.state : run.state.for_new_data();
  std::optional<wick::TrainResult> result;
  try {
    result =
        wick::train(run.model, train_loader, test_loader, wick::NLLLoss<float>(), run.optimizer, options);
  } catch (const wick::FileError&) {
    require(false, "a run without files has an error of files");
  } catch (const wick::Error& e) {
    require(wick::ByteReader::is_utf8(e.what()), "the message is not UTF-8");
    return;
  }
  const wick::TrainState& state = result->state;
  require(state.step == before + steps, "the steps are miscounted");
  require(run.optimizer.steps() == optimizer_before + steps, "the optimizer's steps are miscounted");
  for (const auto& report : result->reports) {
    require(wick::is_finite(report.training_loss) && wick::is_finite(report.test_loss),
            "a report is no number");
  }
  // The last step may have spoiled the run; then it is not saved either.
  if (!wick::detail::not_finite_in(*run.model.parameters(), true).empty() ||
      !wick::detail::not_finite_in(run.optimizer.state()).empty()) {
    return;
  }
  const Bytes once = encode(wick::to_training_archive(run.model, run.optimizer, state, run.metadata));
  const Run again = wick::training_run_from_archive(wick::read_archive(once), "again.wick");
  require(
      encode(wick::to_training_archive(again.model, again.optimizer, again.state, again.metadata)) == once,
      "a run that went on reads back otherwise");
}

// --- The mutator works on archives: what it writes has lengths and checksums that fit. ---

double odd_double(Random& random) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  constexpr std::array values{0.0,
                              -0.0,
                              1.0,
                              -1.0,
                              0.5,
                              1e-3,
                              1e-45,
                              1e-320,
                              3.5e38,
                              1e308,
                              infinity,
                              -infinity,
                              std::numeric_limits<double>::quiet_NaN(),
                              0.999999,
                              1e-8};
  return random.one_in(4) ? std::bit_cast<double>(random.next()) : values[random.below(values.size())];
}

wick::Attribute changed(const wick::Attribute& value, Random& random) {
  if (random.one_in(16)) return std::string("text");
  if (random.one_in(16)) return odd_double(random);
  return std::visit(
      [&]<class A>(A x) -> wick::Attribute {
        if constexpr (std::is_same_v<A, double>) {
          return odd_double(random);
        } else if constexpr (std::is_same_v<A, std::int64_t>) {
          return std::bit_cast<std::int64_t>(
              random.one_in(2) ? odd_number(random) : static_cast<std::uint64_t>(x) + random.below(5) - 2);
        } else if constexpr (std::is_same_v<A, bool>) {
          return !x;
        } else if constexpr (std::is_same_v<A, std::vector<double>>) {
          if (random.one_in(4)) x.resize(random.below(4), 0.5);
          if (!x.empty()) x[random.below(x.size())] = odd_double(random);
          return x;
        } else {
          return x;
        }
      },
      value);
}

wick::AnyTensor changed(const wick::AnyTensor& tensor, Random& random) {
  const auto bytes = std::make_shared<Bytes>(tensor.bytes().begin(), tensor.bytes().end());
  wick::DType dtype = tensor.dtype();
  const std::size_t size = wick::item_size(dtype);
  const std::size_t count = bytes->size() / size;
  const std::size_t which = random.below(count);
  const auto put_one = [&](std::size_t i) {
    if (dtype == wick::DType::f32) {
      const auto x = static_cast<float>(odd_double(random));
      put(*bytes, i * 4, 4, std::bit_cast<std::uint32_t>(x));
    } else {
      put(*bytes, i * size, size, random.one_in(2) ? odd_number(random) : random.below(samples + 2));
    }
  };
  switch (count == 0 ? 3 : random.below(5)) {
    case 0:
      for (std::size_t i = 0; i < count; ++i) put_one(i);
      break;
    case 1:
      if (const std::size_t other = random.below(count); size == 8) {  // an order stays one
        const std::uint64_t value = get(*bytes, which * 8, 8);
        put(*bytes, which * 8, 8, get(*bytes, other * 8, 8));
        put(*bytes, other * 8, 8, value);
        break;
      }
      [[fallthrough]];
    case 2:
      put_one(which);
      break;
    case 3: {  // as another type of the same size
      const auto other = wick::all_dtypes[random.below(wick::all_dtypes.size())];
      if (wick::item_size(other) == size) dtype = other;
      break;
    }
    default: {  // longer or shorter
      const std::size_t other = random.below(2 * samples + 1);
      bytes->resize(other * size);
      return {dtype, wick::Shape{static_cast<wick::Index>(other)}, *bytes, bytes};
    }
  }
  return {dtype, tensor.shape(), *bytes, bytes};
}

void change(wick::Archive& archive, Random& random) {
  if (archive.architecture && random.one_in(12)) {
    auto& a = *archive.architecture;
    switch (random.below(4)) {
      case 0:
        a.dropout = odd_double(random);
        return;
      case 1:
        a.input_size = static_cast<wick::Index>(random.below(6));
        return;
      case 2:
        a.output_size = static_cast<wick::Index>(random.below(6));
        return;
      default:
        a.hidden_layers.resize(random.below(4), 3);
        return;
    }
  }
  if (random.one_in(2) && !archive.attributes.empty()) {
    auto& group = archive.attributes[random.below(archive.attributes.size())].second;
    wick::Attributes result;
    const std::size_t which = random.below(group.size());
    std::size_t i = 0;
    const bool drop = random.one_in(16);
    for (const auto& [name, value] : group) {
      if (i++ != which) {
        result.set(name, value);
      } else if (!drop) {
        result.set(name, changed(value, random));
      }
    }
    group = std::move(result);
  } else if (!archive.tensors.empty()) {
    auto& group = archive.tensors[random.below(archive.tensors.size())].second;
    wick::StateDict result;
    const std::size_t which = random.below(group.size());
    std::size_t i = 0;
    const bool drop = random.one_in(32);
    for (const auto& [name, tensor] : group) {
      if (i++ != which) {
        result.insert(name, tensor);
      } else if (!drop) {
        result.insert(name, changed(tensor, random));
      }
    }
    group = std::move(result);
  }
}

}  // namespace

void read(View input) {
  const wick::Archive archive = wick::read_archive(input);
  if (archive.architecture && archive.architecture->hidden_layers.size() > 8)
    return;  // deep is slow, no more
  Run run = wick::training_run_from_archive(archive, "input.wick");
  go_on(run);
}

void mutate(Bytes& file, std::size_t limit, Random& random) {
  if (random.one_in(16)) return mutate_range(file, 0, file.size(), limit);
  // libFuzzer changes a file several times in a row, and reading it takes as long as the rest.
  static Bytes last;
  static wick::Archive archive;
  try {
    if (last.empty() || file != last) archive = wick::read_archive(file);
    last.clear();
    for (std::size_t n = 1 + random.below(3); n > 0; --n) change(archive, random);
    file = encode(archive);
    last = file;
  } catch (const wick::Error&) {
    mutate_range(file, 0, file.size(), limit);
  }
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> files;
  for (const bool amsgrad : {false, true}) {  // and a hidden layer
    for (const std::int64_t stop_after : {1, 3, 4}) {
      wick::manual_seed(1);
      const std::vector<wick::Index> hidden(amsgrad ? 1 : 0, 3);
      wick::Network<float> model(4, classes, hidden, {.dropout = amsgrad ? 0.2 : 0});
      wick::Adam<float> adam(model.parameters(), {.lr = 0.01, .amsgrad = amsgrad});
      const auto data = data_for(4, classes);
      wick::DataLoader train_loader(data, {.batch_size = batch_size, .shuffle = true});
      wick::DataLoader test_loader(data, {.batch_size = samples});
      std::stop_source stop;
      std::int64_t done = 0;
      const auto result = wick::train(model, train_loader, test_loader, wick::NLLLoss<float>(), adam,
                                      {.print_every = 2,
                                       .on_step =
                                           [&](const auto&) {
                                             if (++done == stop_after) stop.request_stop();
                                           },
                                       .stop = stop.get_token()});
      files.push_back(encode(wick::to_training_archive(model, adam, result.state, {{"note", 0.5}})));
    }
  }
  return files;
}

}  // namespace wick_fuzz
