#pragma once

// The names that a pickle may ask for. Python would import them and could be made to call anything; here each
// is a number from a fixed list, and whatever is not on the list is refused.

#include <wick/base/printable.hpp>
#include <wick/tensor/dtype.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

WICK_BEGIN_NAMESPACE

namespace detail {

enum class PickleGlobal : std::uint8_t {
  ordered_dict,
  counter,
  set,
  complex,
  bytes,
  bytearray,
  encode,  ///< of text as bytes
  size,
  device,
  layout,
  rebuild_tensor,
  rebuild_tensor_v2,
  rebuild_tensor_v3,
  rebuild_parameter,
  rebuild_parameter_with_state,
  rebuild_from_type,
  tensor_class,
  parameter_class,
  typed_storage,    ///< with the dtype of its elements
  untyped_storage,  ///< counted in bytes
  default_dict,
  deque,
  attributes,  ///< an object whose attributes are its data
  path,
  windows_path,
  reconstructor,  ///< makes the objects of protocols 0 and 1
  new_object,
  plain_class,  ///< that data mention, such as the values of a defaultdict
  numpy_dtype,
  numpy_array,
  numpy_scalar,
  numpy_reconstruct,
  numpy_from_buffer,
  dtype,        ///< of tensors that can be read
  other_dtype,  ///< of tensors that cannot; as a value it is only a name
};

/// One of them, with its dtype where it has one.
struct GlobalName {
  std::string_view name;  ///< `module.name`, of Python 3
  PickleGlobal global;
  DType dtype = DType::u8;
};

/// What torch.load(weights_only=True) of PyTorch 2 accepts, as far as it is data and dense, and what else has
/// a fixed and harmless meaning. Names that changed are here by their latest form.
inline constexpr std::array<GlobalName, 49> pickle_globals{{
    {"collections.OrderedDict", PickleGlobal::ordered_dict},
    {"collections.Counter", PickleGlobal::counter},
    {"collections.defaultdict", PickleGlobal::default_dict},
    {"collections.deque", PickleGlobal::deque},
    {"builtins.object", PickleGlobal::plain_class},
    {"builtins.list", PickleGlobal::plain_class},
    {"builtins.dict", PickleGlobal::plain_class},
    {"builtins.tuple", PickleGlobal::plain_class},
    {"builtins.str", PickleGlobal::plain_class},
    {"builtins.int", PickleGlobal::plain_class},
    {"builtins.float", PickleGlobal::plain_class},
    {"builtins.bool", PickleGlobal::plain_class},
    {"builtins.set", PickleGlobal::set},
    {"builtins.frozenset", PickleGlobal::set},
    {"builtins.complex", PickleGlobal::complex},
    {"builtins.bytes", PickleGlobal::bytes},
    {"builtins.bytearray", PickleGlobal::bytearray},
    {"_codecs.encode", PickleGlobal::encode},
    {"copyreg._reconstructor", PickleGlobal::reconstructor},
    {"copyreg.__newobj__", PickleGlobal::new_object},
    {"argparse.Namespace", PickleGlobal::attributes},
    {"types.SimpleNamespace", PickleGlobal::attributes},
    {"pathlib.Path", PickleGlobal::path},
    {"pathlib.PosixPath", PickleGlobal::path},
    {"pathlib.PurePath", PickleGlobal::path},
    {"pathlib.PurePosixPath", PickleGlobal::path},
    {"pathlib.WindowsPath", PickleGlobal::windows_path},
    {"pathlib.PureWindowsPath", PickleGlobal::windows_path},
    {"numpy.dtype", PickleGlobal::numpy_dtype},
    {"numpy.ndarray", PickleGlobal::numpy_array},
    {"numpy._core.multiarray.scalar", PickleGlobal::numpy_scalar},
    {"numpy._core.multiarray._reconstruct", PickleGlobal::numpy_reconstruct},
    {"numpy._core.numeric._frombuffer", PickleGlobal::numpy_from_buffer},
    {"numpy.core.multiarray.scalar", PickleGlobal::numpy_scalar},
    {"numpy.core.multiarray._reconstruct", PickleGlobal::numpy_reconstruct},
    {"numpy.core.numeric._frombuffer", PickleGlobal::numpy_from_buffer},
    {"torch.Size", PickleGlobal::size},
    {"torch.device", PickleGlobal::device},
    {"torch.serialization._get_layout", PickleGlobal::layout},
    {"torch._utils._rebuild_tensor", PickleGlobal::rebuild_tensor},
    {"torch._utils._rebuild_tensor_v2", PickleGlobal::rebuild_tensor_v2},
    {"torch._utils._rebuild_tensor_v3", PickleGlobal::rebuild_tensor_v3},
    {"torch._utils._rebuild_parameter", PickleGlobal::rebuild_parameter},
    {"torch._utils._rebuild_parameter_with_state", PickleGlobal::rebuild_parameter_with_state},
    {"torch._tensor._rebuild_from_type_v2", PickleGlobal::rebuild_from_type},
    {"torch.Tensor", PickleGlobal::tensor_class},
    {"torch.nn.parameter.Parameter", PickleGlobal::parameter_class},
    {"torch.storage.UntypedStorage", PickleGlobal::untyped_storage},
    {"torch.UntypedStorage", PickleGlobal::untyped_storage},
}};

/// The classes of storages: `torch.FloatStorage`, and `torch.cuda.FloatStorage` in old files.
inline constexpr std::array<GlobalName, 12> storage_classes{{
    {"DoubleStorage", PickleGlobal::typed_storage, DType::f64},
    {"FloatStorage", PickleGlobal::typed_storage, DType::f32},
    {"HalfStorage", PickleGlobal::typed_storage, DType::f16},
    {"BFloat16Storage", PickleGlobal::typed_storage, DType::bf16},
    {"LongStorage", PickleGlobal::typed_storage, DType::i64},
    {"IntStorage", PickleGlobal::typed_storage, DType::i32},
    {"ShortStorage", PickleGlobal::typed_storage, DType::i16},
    {"CharStorage", PickleGlobal::typed_storage, DType::i8},
    {"ByteStorage", PickleGlobal::typed_storage, DType::u8},
    {"BoolStorage", PickleGlobal::typed_storage, DType::boolean},
    {"ComplexFloatStorage", PickleGlobal::typed_storage, DType::c64},
    {"ComplexDoubleStorage", PickleGlobal::typed_storage, DType::c128},
}};

inline constexpr auto other_dtypes = std::to_array<std::string_view>(
    {"qint8", "qint32", "quint8",  "quint4x2", "quint2x4", "complex32", "float4_e2m1fn_x2",
     "bits8", "bits16", "bits1x8", "bits2x4",  "bits4x2",  "uint1",     "uint2",
     "uint3", "uint4",  "uint5",   "uint6",    "uint7",    "int1",      "int2",
     "int3",  "int4",   "int5",    "int6",     "int7"});

/// The entry for a name, with the view of it that lives as long as the program; nothing for all others.
[[nodiscard]] inline std::optional<GlobalName> find_global(std::string_view module, std::string_view name) {
  if (module == "__builtin__") module = "builtins";
  if (module == "copy_reg") module = "copyreg";
  if (module == "pathlib._local") module = "pathlib";
  if (module == "torch" || module == "torch.cuda") {
    const auto storage = std::ranges::find(storage_classes, name, &GlobalName::name);
    if (storage != storage_classes.end()) return *storage;
  }
  if (module == "torch") {
    for (const DType d : all_dtypes) {
      if (name == name_of(d)) return GlobalName{name_of(d), PickleGlobal::dtype, d};
    }
    const auto other = std::ranges::find(other_dtypes, name);
    if (other != other_dtypes.end()) return GlobalName{*other, PickleGlobal::other_dtype};
  }
  const auto matches = [&](const GlobalName& g) {
    return g.name.size() == module.size() + 1 + name.size() && g.name.starts_with(module) &&
           g.name[module.size()] == '.' && g.name.ends_with(name);
  };
  const auto it = std::ranges::find_if(pickle_globals, matches);
  return it == pickle_globals.end() ? std::nullopt : std::optional(*it);
}

/// What to do in Python about something that is not data, by its name `module.name`.
[[nodiscard]] inline const char* advice_on_global(std::string_view full) noexcept {
  const auto has = [&](std::string_view part) { return full.find(part) != std::string_view::npos; };
  const char* hint = "a file of torch.save(model.state_dict(), path) does not need it";
  if (has("_rebuild_qtensor") || (full.starts_with("torch.Q") && has("Storage"))) {
    hint = "quantised tensors are not read: save tensor.dequantize()";
  } else if (has("sparse")) {
    hint = "sparse tensors are not read: save tensor.to_dense()";
  } else if (has("_rebuild_meta_tensor")) {
    hint = "a meta tensor has no data";
  } else if (has("nested")) {
    hint = "nested tensors are not read: save tensor.unbind()";
  } else if (has("_rebuild_wrapper_subclass") || has("_rebuild_device_tensor") ||
             has("_rebuild_xla_tensor")) {
    hint = "such tensors are not read: save tensor.cpu()";
  } else if (full.starts_with("numpy.")) {
    hint = "of NumPy numbers and arrays of numbers are read: save array.tolist() of others";
  }
  return hint;
}

/// Why a name that is not on the list is refused.
[[nodiscard]] inline std::string refusal_of_global(std::string_view module, std::string_view name) {
  const std::string full = std::string(module) + "." + std::string(name);
  return "the file asks for " + shown_name(full) + ", which is not data; " + advice_on_global(full);
}

}  // namespace detail

WICK_END_NAMESPACE
