// wick verify: is every byte of a file what it should be?

#include "commands.hpp"
#include "files.hpp"
#include "messages.hpp"
#include "text.hpp"

#include <wick/checkpoint/network_archive.hpp>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>

namespace tool {

namespace {

void verify_file(const std::filesystem::path& path, const SourceOptions& source) {
  const File file = read(path, source);
  // Whole, and of use: what is there for a network has to make one.
  if (file.archive.architecture && file.archive.architecture->type == "Network") {
    static_cast<void>(wick::from_archive<float>(file.archive, file.name));
  }
  std::size_t tensors = 0;
  for (const auto& [group, state_dict] : file.archive.tensors) tensors += state_dict.size();
  if (lacks_model(file) && file.archive.tensors.empty()) note("verify", file.name + ": " + file.no_model);
  std::cout << printable(file.name) << ": ok (" << file.kind << ", " << counted(tensors, "tensor") << ", "
            << counted(file.size, "byte") << ")\n";
}

}  // namespace

int verify(const VerifyOptions& options) {
  int worst = exit_ok;
  for (const auto& path : options.files) {
    try {
      verify_file(path, options.source);
    } catch (const std::exception& error) {
      worst = (std::max)(worst, report("verify", error));
    }
  }
  return worst;
}

}  // namespace tool
