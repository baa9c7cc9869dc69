#include <wick/io/torch/detail/pickle_globals.hpp>

#include <doctest/doctest.h>

#include <string>

using wick::detail::find_global;
using wick::detail::PickleGlobal;

TEST_CASE("the names on the list are found with their module, and no others") {
  CHECK(find_global("collections", "OrderedDict")->global == PickleGlobal::ordered_dict);
  CHECK(find_global("__builtin__", "set")->global == PickleGlobal::set);
  CHECK(find_global("builtins", "set")->global == PickleGlobal::set);
  CHECK(find_global("torch", "HalfStorage")->dtype == wick::DType::f16);
  CHECK(find_global("torch.cuda", "HalfStorage")->global == PickleGlobal::typed_storage);
  CHECK(find_global("torch", "float8_e5m2")->dtype == wick::DType::f8_e5m2);
  CHECK(find_global("collections", "defaultdict")->global == PickleGlobal::default_dict);
  CHECK(find_global("copy_reg", "_reconstructor")->global == PickleGlobal::reconstructor);
  CHECK(find_global("pathlib._local", "PosixPath")->global == PickleGlobal::path);
  for (const char* module : {"numpy.core.multiarray", "numpy._core.multiarray"}) {
    CHECK(find_global(module, "scalar")->global == PickleGlobal::numpy_scalar);
    CHECK(find_global(module, "_reconstruct")->global == PickleGlobal::numpy_reconstruct);
  }
  CHECK(find_global("torch", "bits8")->global == PickleGlobal::other_dtype);
  for (const auto& pair : {std::pair{"", "collections.OrderedDict"},
                           {"collections.OrderedDict", ""},
                           {"torch.cuda", "float32"},
                           {"torch.nn", "HalfStorage"},
                           {"builtins", "eval"},
                           {"__builtin__", "getattr"},
                           {"torch", "OrderedDict"},
                           {"collectionsX", "OrderedDict"},
                           {"", ""},
                           {"torch", ""}}) {
    CAPTURE(std::string(pair.first) + " " + pair.second);
    CHECK_FALSE(find_global(pair.first, pair.second));
  }
}

TEST_CASE("every dtype has a name on the list, and every storage class a dtype of its own") {
  for (const wick::DType d : wick::all_dtypes) CHECK(find_global("torch", wick::name_of(d))->dtype == d);
  for (const auto& a : wick::detail::storage_classes) {
    for (const auto& b : wick::detail::storage_classes) CHECK(((a.dtype == b.dtype) == (a.name == b.name)));
  }
}
