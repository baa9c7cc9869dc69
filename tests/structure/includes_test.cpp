// The rules of the rooms: which header may include which, and what every header has.

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace {

// Path below include/wick, such as "tensor/tensor.hpp", and text.
using Tree = std::map<std::string, std::string>;
using Names = std::set<std::string>;

Names plus(Names names, const Names& more) {
  names.insert(more.begin(), more.end());
  return names;
}

// A room may include itself and these. Files know no layers and optimizers know no network: what both have to
// do with is in `state`.
const Names files{"base", "checksum", "tensor", "state", "io/bytes", "io/archive"};
const std::map<std::string, Names> allowed_rooms{
    {"external", {}},
    {"kernels", {}},
    {"base", {"kernels"}},
    {"checksum", {"base"}},
    {"tensor", {"base"}},
    {"random", {"base", "kernels", "tensor"}},
    {"state", {"base", "tensor"}},
    {"ops", {"base", "kernels", "random", "tensor"}},
    {"graph", {"base", "kernels", "random", "state", "tensor", "ops"}},
    {"autograd", {"base", "kernels", "random", "state", "tensor", "ops", "graph", "loss"}},
    {"nn", {"base", "kernels", "random", "state", "tensor", "ops", "graph", "autograd"}},
    {"models", {"base", "kernels", "random", "state", "tensor", "ops", "graph", "nn"}},
    {"loss", {"base", "tensor", "ops"}},
    {"metrics", {"base", "tensor"}},
    {"optim", {"base", "kernels", "state", "tensor"}},
    {"io/bytes", {"base", "tensor"}},
    {"io/zip", {"base", "checksum", "tensor", "io/bytes"}},
    {"io/archive", {"base", "state"}},
    {"io/wick", files},
    {"io/safetensors", files},
    {"io/torch", plus(files, {"io/zip"})},
    {"io/numpy", {"base", "checksum", "tensor", "state", "io/bytes", "io/zip"}},
    {"io", plus(files, {"io/wick", "io/safetensors", "io/torch"})},
    {"table", {"base", "tensor", "io/bytes", "data"}},
    {"preprocess", {"base", "tensor", "io/bytes", "table"}},
    {"data", {"base", "checksum", "random", "tensor", "external", "image"}},
    {"report", {"base", "checksum", "tensor", "metrics", "io/bytes"}},
    {"image", {"base", "checksum", "tensor", "external", "io/bytes"}},
    {"checkpoint", {"base", "tensor", "state", "graph", "nn", "models", "io", "io/bytes", "io/archive"}},
    {"inference",
     {"base", "kernels", "tensor", "state", "graph", "nn", "models", "data", "io", "io/archive", "io/wick",
      "checkpoint"}},
    {"training",
     {"base", "tensor", "random", "state", "ops", "graph", "autograd", "nn", "metrics", "optim", "data", "io",
      "io/bytes", "io/archive", "checkpoint"}},
    {"distributed", {"base", "kernels", "checksum", "random", "state", "training"}},
    {"tabular",
     {"base",       "tensor", "random",     "state",     "ops",      "graph",       "nn",       "loss",
      "metrics",    "optim",  "data",       "io",        "io/bytes", "io/archive",  "checksum", "table",
      "preprocess", "report", "checkpoint", "inference", "training", "autograd.hpp"}},
    {"autograd.hpp", {"autograd"}},
    {"nn.hpp", {"graph", "nn"}},
    {"optim.hpp", {"optim"}},
    {"inference.hpp", {"models", "inference"}},
    {"ops.hpp", {"ops"}},
    {"wick.hpp",
     {"base", "tensor", "random", "state", "nn", "models", "loss", "metrics", "optim", "io", "data",
      "checkpoint", "inference", "training", "autograd.hpp", "inference.hpp", "nn.hpp", "ops.hpp",
      "optim.hpp"}},
};
// Users need not name what is in a folder `detail`; nor may other rooms, except for these rooms' details.
const Names shared_details{"base"};
// Only these rooms may reach stb, by whatever way: all others must work without it.
const Names rooms_with_stb{"external", "data", "image"};
// What a program that embeds a network in wick's own format does not have to carry. Nor what one that
// predicts, which computes no derivatives. Eigen is for those who ask for it.
const std::map<std::string, std::string> never_reached{
    {"checkpoint/network_archive.hpp", "io/model_file.hpp"},
    {"inference/own_format.hpp", "io/model_file.hpp"},
    {"inference/predictor.hpp", "models/network.hpp"},
    {"checkpoint/checkpoint.hpp", "autograd/rule.hpp"},
    {"checkpoint/load_checkpoint.hpp", "io/write_any.hpp"},
    {"models/network.hpp", "autograd/rule.hpp"},
    {"inference.hpp", "autograd/rule.hpp"},
    {"wick.hpp", "tensor/eigen.hpp"}};
// Declares nothing: no namespace needed.
const Names without_namespace{"version.hpp",
                              "base/detail/compiled.hpp",
                              "kernels/vector_types.hpp",
                              "wick.hpp",
                              "inference.hpp",
                              "autograd.hpp",
                              "nn.hpp",
                              "ops.hpp",
                              "optim.hpp",
                              "checkpoint/checkpoint.hpp",
                              "io/any_file.hpp",
                              "io/safetensors/archive.hpp",
                              "io/torch/optimizer.hpp",
                              "external/stb.hpp",
                              "nn/model.hpp"};
// Whose macros others use.
const Names with_macros{"version.hpp", "kernels/level.hpp", "kernels/vector_types.hpp",
                        "kernels/detail/vector.hpp"};
// Includes what WICK_KERNELS names in the namespace of each level.
const std::string at_each_level = "kernels/at_each_level.inl";
// What the operating system and the processor have and the standard library lacks.
const Names system_headers{"poll.h",      "sys/ioctl.h", "unistd.h",    "io.h",
                           "fcntl.h",     "windows.h",   "sys/file.h",  "sys/mman.h",
                           "sys/stat.h",  "share.h",     "emmintrin.h", "immintrin.h",
                           "nmmintrin.h", "wmmintrin.h", "arm_acle.h",  "arm_neon.h"};

// A header and the definitions that belong to it, see base/detail/compiled.hpp.
bool is_definitions(const std::string& path) { return path.ends_with(".ipp"); }
// What is included once for each level of vector instructions.
bool is_kernel(const std::string& path) { return path.ends_with(".inl"); }
std::string header_of(const std::string& path) {
  return is_definitions(path) ? path.substr(0, path.size() - 3) + "hpp" : path;
}
std::string definitions_of(const std::string& header) {
  return header.ends_with(".hpp") ? header.substr(0, header.size() - 3) + "ipp" : std::string();
}

// The folder, `detail` aside: "io/torch" of "io/torch/detail/pickler.hpp".
std::string room_of(const std::string& path) {
  const auto slash = path.rfind('/');
  std::string room = slash == path.npos ? path : path.substr(0, slash);
  if (room.ends_with("/detail")) room.resize(room.size() - std::string("/detail").size());
  return room;
}

std::string without_comments(const std::string& text) {
  std::istringstream in(text);
  std::string result;
  for (std::string line; std::getline(in, line);) result += line.substr(0, line.find("//")) + "\n";
  return result;
}

struct Include {
  bool quoted;
  std::string name;
};

// What follows each `#directive`, without the spaces around it.
std::vector<std::string> after_directive(const std::string& text, const std::string& directive) {
  constexpr const char* spaces = " \t\r";
  std::vector<std::string> result;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) {
    const auto strip = [&](std::size_t n) {
      line.erase(0, n);
      line.erase(0, line.find_first_not_of(spaces));
    };
    strip(0);
    if (!line.starts_with('#')) continue;
    strip(1);
    if (!line.starts_with(directive)) continue;
    strip(directive.size());
    result.push_back(line.substr(0, line.find_last_not_of(spaces) + 1));
  }
  return result;
}

std::vector<Include> includes_of(const std::string& text) {
  std::vector<Include> result;
  for (const auto& rest : after_directive(text, "include")) {
    const bool quoted = rest.starts_with('"');
    if (!quoted && !rest.starts_with('<')) continue;
    result.push_back({quoted, rest.substr(1, rest.find(quoted ? '"' : '>', 1) - 1)});
  }
  return result;
}

bool has_using_namespace(const std::string& code) {
  std::istringstream in(code);
  std::string before;
  for (std::string word; in >> word; before = word) {
    if (word == "namespace" && before.ends_with("using")) return true;
  }
  return false;
}

std::string first_word(const std::string& text) { return text.substr(0, text.find_first_of(" \t(")); }

bool is_standard(const std::string& name) {
  return name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == name.npos;
}

class Checker {
 public:
  explicit Checker(const Tree& tree) : tree_(tree) {
    for (const auto& [path, text] : tree_) {
      if (is_kernel(path)) {
        check_kernel(path, text);
        continue;
      }
      check_form(path, text);
      for (const auto& include : includes_of(without_comments(text))) check_include(path, include);
      if (is_definitions(path)) {
        check_header_of(path, text);
        continue;  // what they reach, their header does
      }
      if (!rooms_with_stb.contains(room_of(path)) && reaches(path, "external/stb.hpp")) {
        complain(path, "needs stb, through what it includes");
      }
      if (reaches(path, path)) complain(path, "includes itself in the end");
      const auto never = never_reached.find(path);
      if (never != never_reached.end() && reaches(path, never->second)) {
        complain(path, "reaches <wick/" + never->second + ">");
      }
    }
  }

  std::vector<std::string> complaints;

 private:
  void complain(const std::string& path, const std::string& what) { complaints.push_back(path + " " + what); }

  void check_header_of(const std::string& path, const std::string& text) {
    const std::string header = header_of(path);
    const auto at = tree_.find(header);
    if (at == tree_.end()) return complain(path, "has no header");
    if (text.find("#include <wick/" + header + ">\n") == text.npos)
      complain(path, "does not include its header");
    if (!at->second.ends_with("#ifndef WICK_COMPILED\n#include <wick/" + path + ">\n#endif\n")) {
      complain(path, "is not included by its header, at the end and unless WICK_COMPILED");
    }
  }

  void check_kernel(const std::string& path, const std::string& text) {
    const std::string code = without_comments(text);
    // Functions of others would be compiled for the instructions of a level, and lambdas without them.
    if (!includes_of(code).empty()) complain(path, "includes something");
    for (auto at = code.find("]("); at != code.npos; at = code.find("](", at + 1)) {
      if (!code.substr(0, at).ends_with("operator[")) complain(path, "has a lambda");
    }
    if (path == at_each_level) return;
    if (code.find("#pragma once") != code.npos || code.find("namespace") != code.npos) {
      complain(path, "is more than kernels");
    }
    if (!after_directive(code, "define").empty()) complain(path, "defines a macro");
  }

  void check_form(const std::string& path, const std::string& text) {
    if (path.find('/') != path.npos && !allowed_rooms.contains(room_of(path))) {
      complain(path, "is in a room that the table does not know");
    }
    if (!text.starts_with("#pragma once\n")) complain(path, "does not begin with #pragma once");
    const std::string code = without_comments(text);
    if (!without_namespace.contains(path) && code.find("<wick/" + at_each_level + ">") == code.npos &&
        (code.find("\nWICK_BEGIN_NAMESPACE\n") == code.npos ||
         code.find("\nWICK_END_NAMESPACE\n") == code.npos)) {
      complain(path, "is not in the inline namespace");
    }
    if (has_using_namespace(code)) complain(path, "has a using namespace");
    if (with_macros.contains(path)) return;
    const auto undefined = after_directive(code, "undef");
    for (const auto& definition : after_directive(code, "define")) {
      const std::string name = first_word(definition);
      if (std::ranges::find(undefined, name) == undefined.end()) complain(path, "leaks the macro " + name);
    }
  }

  void check_include(const std::string& path, const Include& include) {
    const std::string room = room_of(path);
    if (include.quoted) {
      complain(path, "includes \"" + include.name + "\" in quotes");
    } else if (include.name.starts_with("wick/")) {
      check_own(path, room, include.name.substr(5));
    } else if (include.name.starts_with("Eigen/") || include.name.starts_with("unsupported/Eigen")) {
      if (path != "tensor/eigen.hpp")
        complain(path, "includes <" + include.name + ">; only tensor/eigen.hpp may");
    } else if (include.name.starts_with("stb")) {
      if (room != "external") complain(path, "includes <" + include.name + ">; only external may");
    } else if (include.name == "mpi.h") {
      if (path != "distributed/mpi.hpp") complain(path, "includes <mpi.h>; only distributed/mpi.hpp may");
    } else if (!is_standard(include.name) && !system_headers.contains(include.name)) {
      complain(path, "includes <" + include.name + ">, which is not of the standard library");
    }
  }

  void check_own(const std::string& path, const std::string& room, const std::string& target) {
    if (!tree_.contains(target)) complain(path, "includes <wick/" + target + ">, which does not exist");
    const std::string other = room_of(target);
    const bool own = room == other;
    if (is_definitions(target) && header_of(target) != path) {
      complain(path, "must not include <wick/" + target + ">, definitions of another header");
    }
    if (path == "version.hpp" || (target == "wick.hpp" && !own)) {
      complain(path, "must not include <wick/" + target + ">");
    }
    if (own || target == "version.hpp") return;
    const auto rule = allowed_rooms.find(room);
    if (rule != allowed_rooms.end() && !rule->second.contains(other)) {
      complain(path, "must not include <wick/" + target + ">");
    }
    if (target.find("/detail/") != target.npos && !shared_details.contains(other))
      complain(path, "uses <wick/" + target + ">, a detail of another room");
  }

  bool reaches(const std::string& from, const std::string& target) {
    Names seen;
    std::vector<std::string> open{from};
    while (!open.empty()) {
      const std::string header = open.back();
      open.pop_back();
      for (const auto& path : {header, definitions_of(header)}) {
        const auto at = tree_.find(path);
        if (at == tree_.end()) continue;
        for (const auto& include : includes_of(without_comments(at->second))) {
          if (!include.name.starts_with("wick/")) continue;
          const std::string next = header_of(include.name.substr(5));
          if (next == header) continue;  // the two halves include each other
          if (next == target) return true;
          if (seen.insert(next).second) open.push_back(next);
        }
      }
    }
    return false;
  }

  const Tree& tree_;
};

Tree headers() {
  const std::filesystem::path root = std::filesystem::path(WICK_SOURCE_DIR) / "include" / "wick";
  Tree tree;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream file(entry.path(), std::ios::binary);
    tree[entry.path().lexically_relative(root).generic_string()] =
        std::string(std::istreambuf_iterator<char>(file), {});
  }
  return tree;
}

// A small tree without fault, to be spoiled in one place.
Tree faultless() {
  const auto header = [](const std::string& includes) {
    return "#pragma once\n" + includes + "\nWICK_BEGIN_NAMESPACE\nWICK_END_NAMESPACE\n";
  };
  return {
      {"version.hpp", "#pragma once\n#define WICK_BEGIN_NAMESPACE\n"},
      {"base/types.hpp", header("#include <wick/version.hpp>\n#include <string>\n")},
      {"tensor/tensor.hpp",
       header("// #include <wick/nn/x.hpp>, not really\n#include <wick/base/types.hpp>\n")},
      {"tensor/eigen.hpp", header("#include <wick/tensor/tensor.hpp>\n#include <Eigen/Core>\n")},
      {"tensor/detail/fast.hpp", header("")},
      {"kernels/at_each_level.inl", "#include WICK_KERNELS\n"},
      {"kernels/at_level/add.inl", "inline void add() {}\n"},
      {"kernels/add.hpp",
       "#pragma once\n#include <cstddef>\n#define K <wick/kernels/at_level/add.inl>\n"
       "#include <wick/kernels/at_each_level.inl>\n#undef K\n"},
      {"ops/add.hpp", header("#include <wick/tensor/tensor.hpp>\n")},
      {"nn/linear.hpp", header("#include <wick/ops/add.hpp>\n")},
      {"nn/net.hpp", header("#include <wick/nn/linear.hpp>\n") +
                         "#ifndef WICK_COMPILED\n#include <wick/nn/net.ipp>\n#endif\n"},
      {"nn/net.ipp", header("#include <wick/nn/net.hpp>\n#include <wick/ops/add.hpp>\n")},
      {"loss/nll.hpp", header("")},
      {"external/stb.hpp", "#pragma once\n#define X\n#include <stb_image.h>\n#undef X\n"},
      {"data/gzip.hpp", header("#include <wick/external/stb.hpp>\n")},
      {"data/loader.hpp", header("")},
      {"io/model_file.hpp", header("")},
      {"io/save.hpp", header("#include <wick/io/model_file.hpp>\n")},
      {"checkpoint/network_archive.hpp", header("")},
      {"image/show.hpp", header("#include <wick/external/stb.hpp>\n")},
      {"training/train.hpp", header("#include <wick/data/loader.hpp>\n#include <wick/nn/linear.hpp>\n")},
      {"wick.hpp", "#pragma once\n#include <wick/nn/linear.hpp>\n#include <wick/data/loader.hpp>\n"},
  };
}

std::vector<std::string> complaints_after(const std::string& path, const std::string& added) {
  Tree tree = faultless();
  tree[path] += added + "\n";
  return Checker(tree).complaints;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("every header keeps to the rules of its room") {
  const Tree tree = headers();
  REQUIRE(tree.size() > 20);
  REQUIRE(tree.contains("tensor/tensor.hpp"));
  for (const auto& complaint : Checker(tree).complaints) FAIL_CHECK(complaint);
}

TEST_CASE("the check of includes finds what it looks for") {
  CHECK(Checker(faultless()).complaints == Texts{});
  const auto after = complaints_after;

  SUBCASE("a header that reaches what it must not reach") {
    CHECK(after("checkpoint/network_archive.hpp", "#include <wick/io/save.hpp>") ==
          Texts{"checkpoint/network_archive.hpp reaches <wick/io/model_file.hpp>"});
  }
  SUBCASE("kernels of a level that are more") {
    const std::string path = "kernels/at_level/add.inl";
    CHECK(after(path, "#include <cmath>") == Texts{path + " includes something"});
    CHECK(after(path, "inline auto f = [](int) {};") == Texts{path + " has a lambda"});
    CHECK(after(path, "#pragma once") == Texts{path + " is more than kernels"});
    CHECK(after(path, "#define X") == Texts{path + " defines a macro"});
    CHECK(after("kernels/add.hpp", "#include <wick/base/types.hpp>").front() ==
          "kernels/add.hpp must not include <wick/base/types.hpp>");
  }
  SUBCASE("a room that must not be included") {
    CHECK(after("tensor/tensor.hpp", "#include <wick/ops/add.hpp>")[1] ==
          "tensor/tensor.hpp must not include <wick/ops/add.hpp>");
    CHECK(after("ops/add.hpp", "#include <wick/loss/nll.hpp>") ==
          Texts{"ops/add.hpp must not include <wick/loss/nll.hpp>"});
    CHECK(after("nn/linear.hpp", "  #  include <wick/loss/nll.hpp>") ==
          Texts{"nn/linear.hpp must not include <wick/loss/nll.hpp>"});
    CHECK(after("loss/nll.hpp", "#include <wick/nn/linear.hpp>") ==
          Texts{"loss/nll.hpp must not include <wick/nn/linear.hpp>"});
    CHECK(after("data/loader.hpp", "#include <wick/ops/add.hpp>") ==
          Texts{"data/loader.hpp must not include <wick/ops/add.hpp>"});
    CHECK(after("external/stb.hpp", "#include <wick/base/types.hpp>") ==
          Texts{"external/stb.hpp must not include <wick/base/types.hpp>"});
    CHECK(after("loss/nll.hpp", "#include <wick/wick.hpp>").front() ==
          "loss/nll.hpp must not include <wick/wick.hpp>");
  }
  SUBCASE("stb where it must not be, directly and through others") {
    CHECK(after("training/train.hpp", "#include <wick/image/show.hpp>").front() ==
          "training/train.hpp must not include <wick/image/show.hpp>");
    CHECK(after("training/train.hpp", "#include <wick/data/gzip.hpp>") ==
          Texts{"training/train.hpp needs stb, through what it includes"});
    CHECK(after("wick.hpp", "#include <wick/data/gzip.hpp>") ==
          Texts{"wick.hpp needs stb, through what it includes"});
    CHECK(after("data/loader.hpp", "#include <wick/external/stb.hpp>") ==
          Texts{"training/train.hpp needs stb, through what it includes",
                "wick.hpp needs stb, through what it includes"});
    CHECK(after("data/loader.hpp", "#include <stb_image.h>") ==
          Texts{"data/loader.hpp includes <stb_image.h>; only external may"});
  }
  SUBCASE("Eigen and other libraries") {
    CHECK(after("ops/add.hpp", "#include <Eigen/Dense>") ==
          Texts{"ops/add.hpp includes <Eigen/Dense>; only tensor/eigen.hpp may"});
    CHECK(after("ops/add.hpp", "#include <mpi.h>") ==
          Texts{"ops/add.hpp includes <mpi.h>; only distributed/mpi.hpp may"});
    CHECK(after("ops/add.hpp", "#include <boost/any.hpp>") ==
          Texts{"ops/add.hpp includes <boost/any.hpp>, which is not of the standard library"});
    CHECK(after("ops/add.hpp", "#include <math.h>") ==
          Texts{"ops/add.hpp includes <math.h>, which is not of the standard library"});
  }
  SUBCASE("details of another room, quotes, files that are not there, circles") {
    CHECK(after("ops/add.hpp", "#include <wick/tensor/detail/fast.hpp>") ==
          Texts{"ops/add.hpp uses <wick/tensor/detail/fast.hpp>, a detail of another room"});
    CHECK(after("tensor/tensor.hpp", "#include <wick/tensor/detail/fast.hpp>") == Texts{});
    CHECK(after("tensor/tensor.hpp", "#include \"types.hpp\"") ==
          Texts{"tensor/tensor.hpp includes \"types.hpp\" in quotes"});
    CHECK(after("nn/linear.hpp", "#include <wick/tensor/tensr.hpp>") ==
          Texts{"nn/linear.hpp includes <wick/tensor/tensr.hpp>, which does not exist"});
    CHECK(after("base/types.hpp", "#include <wick/tensor/tensor.hpp>") ==
          Texts{"base/types.hpp must not include <wick/tensor/tensor.hpp>",
                "base/types.hpp includes itself in the end", "tensor/tensor.hpp includes itself in the end"});
  }
  SUBCASE("a header without pragma or namespace, with using namespace, with a macro") {
    CHECK(after("nn/new.hpp", "namespace wick {\n}") ==
          Texts{"nn/new.hpp does not begin with #pragma once", "nn/new.hpp is not in the inline namespace"});
    CHECK(after("nn/new.hpp", "#pragma once\nnamespace wick {\n}") ==
          Texts{"nn/new.hpp is not in the inline namespace"});
    CHECK(after("nn/linear.hpp", "using  namespace std;") == Texts{"nn/linear.hpp has a using namespace"});
    CHECK(after("nn/linear.hpp", "// using namespace std;") == Texts{});
    CHECK(after("nn/linear.hpp", "#define WICK_FAST") == Texts{"nn/linear.hpp leaks the macro WICK_FAST"});
    CHECK(after("nn/linear.hpp", "#define WICK_FAST\n#undef WICK_FASTER").size() == 1);
  }
  SUBCASE("definitions without their header, and those of another one") {
    CHECK(after("nn/net.ipp", "#include <wick/loss/nll.hpp>") ==
          Texts{"nn/net.ipp must not include <wick/loss/nll.hpp>"});
    CHECK(after("nn/linear.hpp", "#include <wick/nn/net.ipp>").front() ==
          "nn/linear.hpp must not include <wick/nn/net.ipp>, definitions of another header");
    CHECK(after("nn/net.hpp", "#include <string>") ==
          Texts{"nn/net.ipp is not included by its header, at the end and unless WICK_COMPILED"});
    const std::string text = "#pragma once\nWICK_BEGIN_NAMESPACE\nWICK_END_NAMESPACE\n";
    CHECK(after("nn/new.ipp", text) == Texts{"nn/new.ipp has no header"});
    CHECK(after("nn/linear.ipp", text).front() == "nn/linear.ipp does not include its header");
  }
  SUBCASE("a circle through definitions") {
    CHECK(after("nn/net.ipp", "#include <wick/nn/new.hpp>") ==
          Texts{"nn/net.ipp includes <wick/nn/new.hpp>, which does not exist"});
    Tree tree = faultless();
    tree["nn/net.ipp"] += "#include <wick/nn/top.hpp>\n";
    tree["nn/top.hpp"] =
        "#pragma once\n#include <wick/nn/net.hpp>\nWICK_BEGIN_NAMESPACE\nWICK_END_NAMESPACE\n";
    CHECK(Checker(tree).complaints ==
          Texts{"nn/net.hpp includes itself in the end", "nn/top.hpp includes itself in the end"});
  }
  SUBCASE("a room without a row in the table") {
    CHECK(after("misc/new.hpp", "#pragma once\nWICK_BEGIN_NAMESPACE\nWICK_END_NAMESPACE\n").front() ==
          "misc/new.hpp is in a room that the table does not know");
  }
}
