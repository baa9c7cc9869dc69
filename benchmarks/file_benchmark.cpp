// Times saving and loading the lesson's network, and writing and reading the same bytes without any format.
//
// usage: file_benchmark FOLDER [REPETITIONS] [--reuse-memory]
//
// Prints one JSON object: microseconds of each repetition by name, and the size of the file. Every repetition
// of a save replaces the file of the one before, as a training run does; every load reads a file that the
// system has in its cache, into memory that is new to the process, as in a program that loads once;
// or into memory that it used before, with --reuse-memory. A file of torch.save, benchmark.pth in the folder,
// is loaded too.
// compare_files.py runs this beside PyTorch.

#include <wick/wick.hpp>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <system_error>
#include <vector>

#if !defined(_WIN32)
#include <fcntl.h>
#include <unistd.h>
#endif
#if defined(__GLIBC__)
#include <malloc.h>
#endif

namespace {

// Somewhere that the optimiser cannot see through, so that nothing is left out.
volatile std::size_t sink = 0;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

template <class F>
void measure(const std::string& name, int repetitions, F&& f) {
  for (int i = 0; i < 3; ++i) f();
  std::cout << ",\n  \"" << name << "\": [";
  for (int i = 0; i < repetitions; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    f();
    const auto end = std::chrono::steady_clock::now();
    std::cout << (i > 0 ? ", " : "") << std::chrono::duration<double, std::micro>(end - begin).count();
  }
  std::cout << "]";
}

void check(bool ok) {
  if (!ok) throw std::system_error(errno, std::generic_category());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: file_benchmark FOLDER [REPETITIONS] [--reuse-memory]\n";
    return 2;
  }
#if defined(__GLIBC__)
  if (argc <= 3) ::mallopt(M_MMAP_THRESHOLD, 1 << 16);
#endif
  const std::filesystem::path folder = argv[1];
  const int repetitions = argc > 2 ? std::atoi(argv[2]) : 50;
  const wick::Network<float> model(784, 10, {512, 256, 128});
  const wick::StateDict state_dict = model.state_dict();
  const auto path = folder / "benchmark.wick";
  wick::save(state_dict, path);
  const auto bytes = wick::read_file(path);
  const std::span<const std::byte> contents(bytes.data(), static_cast<std::size_t>(bytes.size()));
  std::cout << "{\"bytes\": " << contents.size();

  measure("save", repetitions, [&] { wick::save(state_dict, path, {.durable = false}); });
  measure("save, durable", repetitions, [&] { wick::save(state_dict, path); });
  const auto checkpoint = folder / "benchmark_network.wick";
  measure("save_checkpoint", repetitions,
          [&] { wick::save_checkpoint(model, checkpoint, {}, {.durable = false}); });
  measure("load", repetitions, [&] { sink = sink + wick::load(path).size(); });
  const auto pth = folder / "benchmark.pth";
  if (std::filesystem::exists(pth)) {
    measure("load, .pth", repetitions, [&] { sink = sink + wick::load(pth).size(); });
    measure("load_checkpoint, .pth", repetitions,
            [&] { sink = sink + static_cast<std::size_t>(wick::load_checkpoint(pth).input_size()); });
  }
  const auto written = folder / "benchmark_written.pth";
  measure("save, .pth", repetitions, [&] { wick::save(state_dict, written, {.durable = false}); });
  measure("load_checkpoint", repetitions,
          [&] { sink = sink + static_cast<std::size_t>(wick::load_checkpoint(checkpoint).input_size()); });
  measure("map_checkpoint", repetitions,
          [&] { sink = sink + static_cast<std::size_t>(wick::map_checkpoint(checkpoint).input_size()); });

#if !defined(_WIN32)
  const std::string plain = (folder / "benchmark.bin").string();
  const std::string beside = plain + ".tmp";
  const auto write_bytes = [&](const std::string& name, bool durable) {
    const int fd = ::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    check(fd >= 0);
    check(::write(fd, contents.data(), contents.size()) == static_cast<ssize_t>(contents.size()));
    if (durable) check(::fsync(fd) == 0);
    check(::close(fd) == 0);
  };
  measure("write over the old file", repetitions, [&] { write_bytes(plain, false); });
  measure("write, rename", repetitions, [&] {
    write_bytes(beside, false);
    check(std::rename(beside.c_str(), plain.c_str()) == 0);
  });
  measure("write, fsync, rename, fsync the folder", repetitions, [&] {
    write_bytes(beside, true);
    check(std::rename(beside.c_str(), plain.c_str()) == 0);
    const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY);
    check(fd >= 0);
    check(::fsync(fd) == 0);
    check(::close(fd) == 0);
  });
  measure("read", repetitions, [&] {
    const int fd = ::open(plain.c_str(), O_RDONLY);
    check(fd >= 0);
    const std::unique_ptr<std::byte[]> memory(new std::byte[contents.size()]);
    check(::read(fd, memory.get(), contents.size()) == static_cast<ssize_t>(contents.size()));
    check(::close(fd) == 0);
    sink = sink + static_cast<std::size_t>(memory[contents.size() / 2]);
  });
#endif
  std::cout << "\n}\n";
  return 0;
}
