// wick convert: the contents of a file in another format.

#include "commands.hpp"
#include "compare.hpp"
#include "files.hpp"
#include "messages.hpp"
#include "text.hpp"

#include <wick/base/error.hpp>
#include <wick/base/file.hpp>
#include <wick/base/printable.hpp>
#include <wick/io/archive/groups.hpp>
#include <wick/state/state_dict.hpp>
#include <wick/tensor/dtype.hpp>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace tool {

namespace {

/// `tensor` with elements of type To; counts the finite elements that became infinite and
/// those that became zero.
template <class To>
wick::AnyTensor converted(const wick::AnyTensor& tensor, std::uint64_t& infinite, std::uint64_t& zero) {
  const wick::Tensor<To> result = tensor.to<To>();
  const wick::Tensor<double> before = tensor.to<double>();
  for (wick::Index i = 0; i < result.numel(); ++i) {
    const double x = before.data()[i];
    const auto y = wick::convert_element<double>(result.data()[i]);
    if (std::isfinite(x) && std::isinf(y)) ++infinite;
    if (x != 0 && y == 0) ++zero;
  }
  return wick::AnyTensor::copy_of(result);
}

/// The floating-point tensors of the model in `dtype`; says what was done.
void convert_model(wick::Archive& archive, wick::DType dtype) {
  for (auto& [name, group] : archive.tensors) {
    if (name != wick::model_group) continue;
    wick::StateDict result;
    std::uint64_t count = 0;
    for (const auto& [key, tensor] : group) {
      if (!wick::is_floating(tensor.dtype()) || tensor.dtype() == dtype) {
        result.insert(key, tensor);
        continue;
      }
      std::uint64_t infinite = 0;
      std::uint64_t zero = 0;
      result.insert(key, wick::visit_dtype(dtype, [&, &source = tensor]<class To>(To) {
                      return converted<To>(source, infinite, zero);
                    }));
      ++count;
      if (infinite > 0) {
        note("convert",
             wick::detail::quoted_name(key) + ": " + counted(infinite, "element") + " became infinite");
      }
      if (zero > 0)
        note("convert", wick::detail::quoted_name(key) + ": " + counted(zero, "element") + " became zero");
    }
    group = std::move(result);
    std::cout << "converted " << counted(count, "tensor") << " of the model to " << wick::name_of(dtype)
              << '\n';
    return;
  }
  note("convert",
       "the file has no model: there is nothing to convert to " + std::string(wick::name_of(dtype)));
}

/// Names what `after`, read from the new file, lacks of `before`.
void report_losses(const wick::Archive& before, const wick::Archive& after) {
  const auto lost = [](const std::string& what) { note("convert", "not carried over: " + what); };
  const auto of_group = [](std::string what, const std::string& key, const std::string& group) {
    return what.append(" ")
        .append(wick::detail::quoted_name(key))
        .append(" of ")
        .append(wick::detail::quoted_name(group));
  };
  if (!(before.architecture == after.architecture)) lost("the sizes of the network");
  for (const auto& [name, group] : before.tensors) {
    const wick::StateDict* other = after.find_tensors(name);
    for (const auto& [key, tensor] : group) {
      const wick::AnyTensor* found = other == nullptr ? nullptr : other->find(key);
      if (found == nullptr || !(*found == tensor)) lost(of_group("the tensor", key, name));
    }
  }
  for (const auto& [name, group] : before.attributes) {
    const wick::Attributes* other = after.find_attributes(name);
    for (const auto& [key, value] : group) {
      const wick::Attribute* found = other == nullptr ? nullptr : other->find(key);
      if (found == nullptr || !same_value(*found, value)) lost(of_group("the value", key, name));
    }
  }
}

}  // namespace

int convert(const ConvertOptions& options) {
  check_extension(options.to);
  std::error_code ignored;  // what cannot be examined shows when it is written
  if (!options.force && std::filesystem::exists(std::filesystem::symlink_status(options.to, ignored))) {
    throw wick::FileError(wick::display_name(options.to), "the file exists; --force replaces it");
  }
  File file = read(options.from, options.source);
  if (lacks_model(file)) {
    const auto is_other = [](const auto& group) { return group.first != wick::metadata_group; };
    // One of them is wanted: what is written would have no model either.
    const bool several = std::ranges::count_if(file.archive.tensors, is_other) > 1;
    const bool nothing_read = !file.unread.empty() && file.archive == wick::Archive{};
    if (several || nothing_read) throw wick::FileError(file.name, file.no_model);
    note("convert", file.name + ": " + file.no_model);
  }
  for (const std::string& text : file.notes) note("convert", "not carried over: " + text);
  if (options.dtype) convert_model(file.archive, *options.dtype);
  write(options.to, file.archive);
  SourceOptions written;
  written.limits = options.source.limits;
  report_losses(file.archive, read(options.to, written).archive);
  std::cout << "wrote " << printable(wick::display_name(options.to)) << ", "
            << counted(std::filesystem::file_size(options.to), "byte") << '\n';
  return exit_ok;
}

}  // namespace tool
