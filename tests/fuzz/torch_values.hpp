#pragma once

// What holds for every value that a reader of PyTorch's files returns, and files to begin with.

#include "fuzz/fuzz.hpp"
#include "fuzz/pickle_mutator.hpp"
#include "fuzz/zip_mutator.hpp"

#include <wick/io/torch/detail/pickle_builder.hpp>
#include <wick/io/torch/detail/pickle_graph.hpp>
#include <wick/io/torch/detail/pickle_reader.hpp>
#include <wick/io/torch/export.hpp>
#include <wick/io/torch/import.hpp>
#include <wick/io/torch/read.hpp>
#include <wick/io/torch/write.hpp>
#include <wick/io/wick/reader.hpp>
#include <wick/io/wick/writer.hpp>

#include <bit>
#include <complex>
#include <memory>
#include <string>
#include <type_traits>
#include <variant>

namespace wick_fuzz {

/// Low enough for inputs of a few kilobytes to reach.
inline constexpr wick::TorchLimits torch_limits{.value_bytes = 4U << 20, .copied_bytes = 4U << 20};

[[nodiscard]] inline bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

/// Equal, with a NaN equal to itself.
[[nodiscard]] inline bool same(const wick::TorchValue& a, const wick::TorchValue& b) {
  if (a.variant().index() != b.variant().index()) return false;
  return std::visit(
      [&]<class V>(const V& x) {
        const V& y = std::get<V>(b.variant());
        if constexpr (std::is_same_v<V, double>) {
          return same_bits(x, y);
        } else if constexpr (std::is_same_v<V, std::complex<double>>) {
          return same_bits(x.real(), y.real()) && same_bits(x.imag(), y.imag());
        } else if constexpr (std::is_same_v<V, wick::TorchSequence>) {
          return x.kind == y.kind && std::ranges::equal(x.items, y.items, same);
        } else if constexpr (std::is_same_v<V, wick::TorchDict>) {
          const bool equal_items = std::ranges::equal(x.items, y.items, [](const auto& p, const auto& q) {
            return same(p.first, q.first) && same(p.second, q.second);
          });
          if (x.metadata == nullptr || y.metadata == nullptr) return equal_items && x.metadata == y.metadata;
          return x.kind == y.kind && equal_items && same(*x.metadata, *y.metadata);
        } else {
          return x == y;
        }
      },
      a.variant());
}

inline void touch_tensors(const wick::TorchValue& value) {
  if (const auto* t = value.get_if<wick::TorchTensor>()) {
    touch(t->tensor.bytes());
    const auto numbers = t->tensor.to<float>();
    touch(std::as_bytes(numbers.span()));
  } else if (const auto* sequence = value.get_if<wick::TorchSequence>()) {
    for (const auto& item : sequence->items) touch_tensors(item);
  } else if (const auto* dict = value.get_if<wick::TorchDict>()) {
    for (const auto& [key, item] : dict->items) {
      touch_tensors(key);
      touch_tensors(item);
    }
    if (dict->metadata != nullptr) touch_tensors(*dict->metadata);
  }
}

/// The file that torch.save would write; nothing if it cannot hold the value.
[[nodiscard]] inline std::optional<Bytes> encode(const wick::TorchValue& value) {
  Bytes bytes;
  try {
    wick::encode_torch(value, "archive",
                       [&](View more) { bytes.insert(bytes.end(), more.begin(), more.end()); });
  } catch (const wick::OptionError&) {
    return {};
  }
  return bytes;
}

/// A value survives being written and read; and what of it makes an archive is written and read as one.
inline void check(const wick::TorchValue& value) {
  touch_tensors(value);
  if (const auto written = encode(value)) {
    try {
      const wick::TorchValue again = wick::view_torch(*written, nullptr, "again.pth");
      require(same(again, value), "the value reads back otherwise");
      require(encode(again) == written, "what was written is written otherwise the second time");
    } catch (const wick::FormatError& e) {
      std::fprintf(stderr, "%s\n", e.what());
      require(false, "what was written cannot be read");
    }
  }
  wick::Imported imported;
  try {
    imported = wick::import_torch(value, "input.pth");
  } catch (const wick::FormatError&) {
    throw;
  } catch (const wick::FileError&) {
    return;  // no tensors, or several models
  }
  // What an optimizer was read from can be written again. Names in a hostile model may be those of its
  // states.
  try {
    static_cast<void>(wick::export_torch(imported.archive));
  } catch (const wick::OptionError& e) {
    require(std::string_view(e.what()).starts_with("optimizer state: "), "another reason not to write");
  }
  Bytes archive;
  wick::encode_archive(imported.archive,
                       [&](View more) { archive.insert(archive.end(), more.begin(), more.end()); });
  // A file may hold more than the limits for archives; they can be raised.
  constexpr std::uint32_t much = 1U << 30;
  const wick::ArchiveLimits limits{.file_bytes = much,
                                   .header_bytes = much,
                                   .groups = much,
                                   .tensors = much,
                                   .attributes = much,
                                   .name_bytes = much,
                                   .text_bytes = much};
  try {
    const wick::Archive again = wick::view_archive(archive, nullptr, "again.wick", limits);
    require(again.tensors == imported.archive.tensors, "the imported tensors read back otherwise");
  } catch (const wick::FormatError& e) {
    std::fprintf(stderr, "%s\n", e.what());
    require(false, "what was imported and written cannot be read");
  }
}

/// The storages that the pickle at the beginning of `bytes` claims; nothing when it is refused.
[[nodiscard]] inline std::optional<wick::detail::PickleGraph> graph_of(View bytes, std::uint64_t id_items) {
  const wick::detail::PickleSource source{
      .file = "pickle", .offset = 0, .file_bytes = bytes.size(), .id_items = id_items};
  try {
    return wick::detail::PickleMachine(bytes, source, torch_limits).run();
  } catch (const wick::FormatError&) {
    return {};
  }
}

/// A checkpoint as programs write it: a state dict with metadata, sizes, an optimizer, and values of all
/// kinds.
[[nodiscard]] inline wick::TorchValue checkpoint_value() {
  using wick::AnyTensor, wick::TorchDict, wick::TorchSequence;
  const auto tensor = [](wick::Shape shape, float first) {
    auto t = wick::Tensor<float>::zeros(shape);
    for (float& x : t.span()) x = first++;
    return AnyTensor::copy_of(t);
  };
  TorchDict model{.kind = TorchDict::Kind::ordered, .items = {}, .metadata = {}};
  model.add("hidden_layers.0.weight", tensor({2, 3}, 1));
  model.add("hidden_layers.0.bias", tensor({2}, -1));
  model.add("output.weight", tensor({1, 2}, 0.5F));
  model.add("output.bias",
            wick::TorchTensor{.tensor = tensor({1}, 0), .requires_grad = true, .parameter = true});
  TorchDict metadata{.kind = TorchDict::Kind::ordered, .items = {}, .metadata = {}};
  metadata.add("", TorchDict{});
  model.metadata = std::make_shared<const wick::TorchValue>(std::move(metadata));
  TorchDict root;
  root.add("input_size", std::int64_t{3});
  root.add("output_size", std::int64_t{1});
  root.add("hidden_layers", TorchSequence{TorchSequence::Kind::list, {std::int64_t{2}}});
  root.add("state_dict", std::move(model));
  root.add("loss", 0.25);
  root.add("none", wick::TorchNone{});
  root.add("flag", true);
  root.add("big", wick::TorchBigInt{Bytes(9, std::byte{1})});
  root.add("bytes", wick::TorchBytes{Bytes(2, std::byte{0xE9})});
  root.add("size", wick::TorchSize{{2, 3}});
  root.add("dtype", wick::TorchName{wick::TorchName::Kind::dtype, "torch.float32"});
  root.add("device", wick::TorchName{wick::TorchName::Kind::device, "cuda:0"});
  root.add("complex", std::complex<double>(1, -2));
  root.add("set", TorchSequence{TorchSequence::Kind::set, {std::int64_t{1}, "a"}});
  root.add("pair", TorchSequence{TorchSequence::Kind::tuple, {1.5, -7LL, std::int64_t{1} << 40}});
  TorchDict group;
  group.add("lr", std::int64_t{1});
  group.add("betas", TorchSequence{TorchSequence::Kind::tuple, {0.9, 0.999}});
  group.add("foreach", wick::TorchNone{});
  TorchDict other = group;
  group.add("params", TorchSequence{TorchSequence::Kind::list, {std::int64_t{0}, std::int64_t{1}}});
  other.add("eps", TorchSequence{TorchSequence::Kind::tuple, {wick::TorchNone{}, 0.5}});
  other.add("params", TorchSequence{TorchSequence::Kind::list, {std::int64_t{2}, std::int64_t{3}}});
  TorchDict state;
  state.add("step", tensor({}, 3));
  state.add("exp_avg", tensor({2, 3}, 0));
  state.add("dirs", TorchSequence{TorchSequence::Kind::list, {tensor({1}, 0), wick::TorchNone{}, 1.5}});
  TorchDict states;
  states.items.emplace_back(std::int64_t{0}, std::move(state));
  TorchDict optimizer;
  optimizer.add("state", std::move(states));
  optimizer.add("param_groups",
                TorchSequence{TorchSequence::Kind::list, {std::move(group), std::move(other)}});
  root.add("optimizer_states", TorchSequence{TorchSequence::Kind::list, {optimizer, optimizer}});
  return root;
}

/// A state dict with one tensor of every dtype, a scalar and an empty one.
[[nodiscard]] inline wick::TorchValue all_dtypes_value() {
  wick::TorchDict dict{.kind = wick::TorchDict::Kind::ordered, .items = {}, .metadata = {}};
  for (const wick::DType dtype : wick::all_dtypes) {
    const auto bytes = std::make_shared<Bytes>(2 * wick::item_size(dtype), std::byte{1});
    dict.add(wick::name_of(dtype), wick::AnyTensor(dtype, {1, 2}, *bytes, bytes));
  }
  dict.add("scalar", wick::AnyTensor::copy_of(wick::Tensor<double>::full({}, -0.5)));
  dict.add("empty", wick::AnyTensor::copy_of(wick::Tensor<float>::zeros({2, 0, 3})));
  return dict;
}

/// The pickle of a value whose file can be written.
[[nodiscard]] inline Bytes pickle_of(const wick::TorchValue& value) {
  const auto zip = take_zip_apart(*encode(value));
  return zip->members.front().data;
}

/// Pickles by hand: what the writer here does not write, and what readers must refuse.
[[nodiscard]] inline std::vector<Bytes> odd_pickles() {
  using namespace std::string_literals;
  using namespace std::string_view_literals;
  constexpr std::string_view storage =
      "(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0000X\x03\0\0\0cpuK\x06tQ"sv;
  const std::string rebuild = "ctorch._utils\n_rebuild_tensor_v2\n(" + std::string(storage);
  const std::string hooks = "ccollections\nOrderedDict\n)R";
  const std::string start = "\x80\x02";
  const std::string numpy_dtype =
      "cnumpy\ndtype\nU\2i2\x89\x88\x87R(K\3U\1>NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\0tb"s;
  std::vector<Bytes> pickles;
  for (const std::string& text : {
           start + rebuild + "K\0K\x02K\x03\x86K\x01K\x02\x86\x89"s + hooks + "tR."s,  // transposed
           start + rebuild + "K\x01(K\x05K\x01tK\0K\x01\x86\x88"s + hooks + "tR."s,    // expanded
           start + rebuild + "K\x06K\x01\x85K\x01\x85\x89N"s + "tR."s,                 // past the end
           start + "ctorch._utils\n_rebuild_parameter\n(" + rebuild + "K\0)"s + ")\x89" + hooks + "tR\x88" +
               hooks + "tR.",
           start + "]q\0h\0a."s,  // contains itself
           start + "cos\nsystem\nX\x04\0\0\0exit\x85R."s,
           start + "(K\x01K\x02u."s,
           start + "}q\0(X\x01\0\0\0aK\x01X\x01\0\0\0aK\x02u."s,  // a key twice
           start + "X\xff\xff\xff\xff."s,
           start + "\x8b\xff\xff\xff\x7f."s,
           "\x80\x04\x95\x05\0\0\0\0\0\0\0\x8c\x01"
           "a\x94."s,
           "\x80\x04\x8c\x0b"
           "collections\x8c\x0bOrderedDict\x93)R."s,
           // Of NumPy: an array, by columns and as text of Latin-1, an array of protocol 5, a number, a
           // dtype.
           start + "cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85"s +
               "C\1b\x87R(K\1K\2K\3\x86" + numpy_dtype + "\x88" + "C\x0c\0\1\2\3\4\5\6\7\x08\x09\x0a\x0btb."s,
           start + "cnumpy._core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85"s +
               "C\1b\x87R(K\1K\1\x85" + numpy_dtype + "\x89" +
               "c_codecs\nencode\nX\3\0\0\0a\xc3\xbfX\6\0\0\0latin1\x86Rtb."s,
           "\x80\x05" + "cnumpy._core.numeric\n_frombuffer\n(\x96\4\0\0\0\0\0\0\0abcd"s + numpy_dtype +
               "K\2\x85U\1CtR.",
           start + "cnumpy.core.multiarray\nscalar\n" + numpy_dtype + "C\2ab\x86R.",
           start + numpy_dtype + ".",
           start + "cnumpy.core.multiarray\nscalar\ncnumpy\ndtype\nU\2U1\x89\x88\x87R" + "C\4A\0\0\0\x86R."s,
           // Objects, and those that are data.
           start + "cnet\nNet\n)\x81q\0}U\1ah\0sb(h\0e}(h\0K\1u."s,
           start + "(cnet\nNet\nK\1o(K\1inet\nNet\n\x86."s,
           start + "cargparse\nNamespace\n)\x81}U\1aK\1sb.",
           start + "ccopy_reg\n_reconstructor\n(cargparse\nNamespace\nc__builtin__\nobject\nNtR}U\1aK\1sb.",
           start + "ccollections\ndefaultdict\nc__builtin__\nlist\n\x85RU\1aK\1s.",
           start + "ccollections\ndeque\n]K\1aK\2\x86R(K\1K\2e.",
           start + "cpathlib\nPosixPath\n(U\1/U\1aU\1btR.",
           start + "ctorch._utils\n_rebuild_qtensor\n(" + std::string(storage) + "tR.",
           // Protocols 0 and 1.
           "(lp0\nI1\naI01\naL-99999999999999999999L\naF1.5\naS'a\\x41'\naVb\\u0041\nag0\n02001."s,
           "(dp0\nVw\nctorch._utils\n_rebuild_tensor_v2\n(P('storage', <class 'torch.FloatStorage'>, '0', "
           "'cpu', 6)\nI0\n(I2"
           "\nI3\nt(I3\nI1\ntI00\nccollections\nOrderedDict\n(tRtRs(I1\nI2\nd0(I1\nl1(K\1\x91"
           "0."s,
           start + "]" + std::string(120, ']') + std::string(120, 'a') + ".",
       }) {
    pickles.push_back(bytes_of(text));
  }
  return pickles;
}

}  // namespace wick_fuzz
