// Loads a plug-in, uses it and closes it, three times: afterwards nothing of it may be left in memory, so
// that another build of it could be loaded.
//
// usage: plugin_host PLUGIN

#include <dlfcn.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: plugin_host PLUGIN\n";
    return 2;
  }
  const std::string path = argv[1];
  const std::string name = std::filesystem::path(path).filename().string();
  float first = 0;
  for (int i = 0; i < 3; ++i) {
    void* const library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      std::cerr << dlerror() << "\n";
      return 1;
    }
    auto* const use = reinterpret_cast<float (*)()>(dlsym(library, "use_wick"));
    const float result = use();
    std::cout << name << ": " << result << "\n";
    if (i == 0) first = result;
    if (dlclose(library) != 0 || !(result < 0) || result == -1.0F || result != first) return 1;
    std::ifstream maps("/proc/self/maps");
    for (std::string line; std::getline(maps, line);) {
      if (line.find(name) != std::string::npos) {
        std::cerr << "still in memory after dlclose(): " << line << "\n";
        return 1;
      }
    }
  }
}
