// Readers take time and memory in proportion to the file, whatever is in it: for each, files that make it do
// as much as they can.
//
// Time is not compared with a number of seconds: of two files, one four times as large as the other, the
// larger one may take nine times as long, and what is over in a tenth of a second always passes. Where time
// grows with the square of the size it takes sixteen times as long.

#include "io/safetensors/crafted.hpp"
#include "io/torch/crafted.hpp"
#include "io/wick/crafted.hpp"
#include "support/peak.hpp"

#include <wick/base/printable.hpp>
#include <wick/checkpoint/infer.hpp>
#include <wick/io/any_file.hpp>
#include <wick/io/safetensors/archive.hpp>
#include <wick/io/torch/import.hpp>
#include <wick/io/torch/read.hpp>
#include <wick/io/wick/reader.hpp>
#include <wick/state/load_state_dict.hpp>
#include <wick/state/match_by_shape.hpp>
#include <wick/tensor/print.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

using wick_tests::Bytes;
using wick_tests::Cost;
using wick_tests::cost_of;
using wick_tests::le;
using wick_tests::Out;

namespace {

constexpr std::size_t mega = 1'000'000;

// Sanitizers, without optimisation, take some fifteen times as long.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool sanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif
#else
constexpr bool sanitized = false;
#endif
constexpr int repetitions = sanitized ? 1 : 3;
constexpr double soon_over = sanitized ? 1.5 : 0.1;  // seconds

std::span<const std::byte> as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }
std::span<const std::byte> as_bytes(const Bytes& bytes) { return bytes; }

/// The least that `read` takes for a file, of some times; what it throws does not count.
template <class File, class Read>
Cost cost_of_reading(const File& file, const Read& read) {
  Cost least;
  for (int i = 0; i < repetitions; ++i) {
    const Cost cost = cost_of([&] {
      try {
        read(as_bytes(file));
      } catch (const wick::Error& e) {
        INFO(e.what());
        CHECK(std::string_view(e.what()).size() < 40000);
        if (std::getenv("WICK_SHOW_COSTS") != nullptr && i == 0)
          MESSAGE(std::string(e.what()).substr(0, 150));
      }
    });
    if (i == 0 || cost.seconds < least.seconds) least = cost;
  }
  return least;
}

/// Holds the cost of reading `make(size)`, a file of about that many bytes, against its size.
template <class Make, class Read>
void check_proportion(const std::string& name, const Make& make, const Read& read) {
  CAPTURE(name);
  const auto small = make(mega / 4);
  const auto large = make(mega);
  CHECK(large.size() > 3 * small.size());
  CHECK(large.size() < 2 * mega);
  const Cost of_small = cost_of_reading(small, read);
  const Cost of_large = cost_of_reading(large, read);
  CAPTURE(of_small.seconds);
  CAPTURE(of_large.seconds);
  CHECK(of_large.seconds < 9 * of_small.seconds + soon_over);
  const double times = static_cast<double>(of_large.bytes) / static_cast<double>(large.size());
  CHECK(times <= 20);
  if (std::getenv("WICK_SHOW_COSTS") != nullptr) {
    MESSAGE(name << ": " << of_large.seconds << " s, " << times << " times its memory");
  }
}

const auto read_wick = [](std::span<const std::byte> bytes) {
  static_cast<void>(wick::view_archive(bytes, nullptr, "f"));
};
const auto read_safetensors = [](std::span<const std::byte> bytes) {
  static_cast<void>(wick::view_safetensors(bytes, nullptr, "f"));
};
const auto read_torch = [](std::span<const std::byte> bytes) {
  static_cast<void>(wick::import_torch(wick::view_torch(bytes, nullptr, "f"), "f"));
};

Bytes with_section(std::string_view tag, const Out& body) {
  Out header;
  header.section(tag, 1, body);
  return wick_tests::checkpoint(header);
}

}  // namespace

TEST_CASE("wick's own files") {
  check_proportion(
      "many attributes with long names that differ at the end",
      [](std::size_t size) {
        const std::size_t n = size / 256;
        Out body;
        body.text("metadata").u64(n);
        for (std::size_t i = 0; i < n; ++i) {
          body.text(std::string(240, 'p') + std::to_string(1000000 + i)).u8(0).u8(1);
        }
        return with_section("ATTR", body);
      },
      read_wick);
  check_proportion(
      "many tensors without elements",
      [](std::size_t size) {
        std::vector<wick_tests::Entry> entries;
        for (std::size_t i = 0; i < size / 41; ++i) {
          entries.push_back({.name = std::to_string(1000000 + i), .dims = {0}, .length = 0});
        }
        return with_section("TENS", wick_tests::tensors("model", entries));
      },
      read_wick);
  check_proportion(
      "a list of empty texts",
      [](std::size_t size) {
        Out body;
        body.text("metadata").u64(1).text("classes").u8(6).u64(size / 4);
        for (std::size_t i = 0; i < size / 4; ++i) body.text("");
        return with_section("ATTR", body);
      },
      read_wick);
  check_proportion(
      "hidden layers that are not there",
      [](std::size_t size) {
        Out body;
        body.text("Network").u64(1).u64(1).u64(size / 8);
        for (std::size_t i = 0; i < size / 8; ++i) body.u64(1);
        body.f64(0.5);
        return with_section("ARCH", body);
      },
      read_wick);
  check_proportion(
      "sections of later versions",
      [](std::size_t size) {
        Out header;
        for (std::size_t i = 0; i < size / 16; ++i) header.section("ABCD", 0, {});
        return wick_tests::checkpoint(header);
      },
      read_wick);
}

TEST_CASE("safetensors files") {
  check_proportion(
      "many tensors without elements",
      [](std::size_t size) {
        std::string header = "{";
        for (std::size_t i = 0; i < size / 58; ++i) {
          header += (i == 0 ? "" : ",") + wick_tests::entry(std::to_string(100000 + i), "U8", "[0]", 0, 0);
        }
        return wick_tests::safetensors(header + "}");
      },
      read_safetensors);
  check_proportion(
      "metadata with long names that differ at the end",
      [](std::size_t size) {
        std::string header = R"({"__metadata__":{)";
        for (std::size_t i = 0; i < size / 260; ++i) {
          header += (i == 0 ? "\"" : ",\"") + std::string(240, 'p') + std::to_string(1000000 + i) + "\":\"\"";
        }
        return wick_tests::safetensors(header + "}}");
      },
      read_safetensors);
  // Values of wick are texts of JSON in the metadata.
  const auto value = [](std::string_view key, const std::string& json) {
    std::string header = R"({"__metadata__":{"wick.version":"1",")" + std::string(key) + R"(":")";
    for (const char c : json) {
      if (c == '"') header += '\\';
      header += c;
    }
    return wick_tests::safetensors(header + "\"}}");
  };
  const auto list = [](std::string_view item, std::size_t n) {
    std::string json = "[";
    for (std::size_t i = 0; i < n; ++i) json.append(i == 0 ? "" : ",").append(item);
    return json + "]";
  };
  for (const std::string_view item : {"1", "0.", "\"\"", "1,0.5"}) {
    const std::string number = item == "0." ? "0.5" : std::string(item);
    const std::size_t bytes = number.size() + 1 + (number == "\"\"" ? 2 : 0);
    check_proportion(
        number, [&](std::size_t size) { return value("wick.metadata/list", list(number, size / bytes)); },
        read_safetensors);
  }
  check_proportion(
      "names of tensors that are not there",
      [&](std::size_t size) { return value("wick.tensors", "{\"model\": " + list("\"\"", size / 5) + "}"); },
      read_safetensors);
  check_proportion(
      "keys that nobody asked for",
      [](std::size_t size) {
        std::string header = R"({"a":{"x":{)";
        for (std::size_t i = 0; i < size / 11; ++i) {
          header += (i == 0 ? "\"" : ",\"") + std::to_string(100000 + i) + "\":0";
        }
        return wick_tests::safetensors(header + "}}}");
      },
      read_safetensors);
}

namespace {

using wick_tests::get;
using wick_tests::integer;
using wick_tests::proto;
using wick_tests::put;
using wick_tests::repeat;
using wick_tests::storage;
using wick_tests::TensorPickle;
using wick_tests::text;
using wick_tests::tuple;
using wick_tests::zip;
using wick_tests::ZipItem;

/// A small integer.
std::string byte(unsigned n) { return "K" + le(n, 1); }

std::string torch_file(const std::string& pickle,
                       std::vector<ZipItem> records = {{.name = "a/data/0", .data = "0123"}}) {
  records.insert(records.begin(),
                 {{.name = "a/data.pkl", .data = pickle}, {.name = "a/version", .data = "3\n"}});
  return zip(records);
}
/// The same as PyTorch before 1.6 wrote it, with no storages.
std::string legacy_file(const std::string& pickle) {
  const std::string magic("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 12);
  return proto + magic + "." + proto + "M" + le(1001, 2) + "." + proto + "}." + pickle + proto + "]q\1.";
}
/// An item of a dict that makes the file larger and nothing else.
std::string filler(std::size_t size) { return text("filler") + text(std::string(size * 4 / 5, 'x')) + "s"; }

const std::string one_tensor =
    TensorPickle{.store = storage("0", 1), .sizes = tuple(integer(1)), .strides = tuple(integer(1))}.str();

}  // namespace

TEST_CASE("pickles: values that take more memory than bytes") {
  for (const std::string_view item :
       {"N", "K\1", "\x88", ")", "]", "}", "X\0\0\0\0", "G\0\0\0\0\0\0\0\0", "U\0", "J\0\0\1\0", "h\1"}) {
    const std::string bytes = item == "X"   ? text("")
                              : item == "G" ? "G" + std::string(8, '\0')
                              : item == "U" ? std::string("U\0", 2)
                              : item == "J" ? integer(65536)
                                            : std::string(item);
    const auto pickle = [&](std::size_t size) {
      return proto + "](" + "Nq\1" + repeat(bytes, (std::min)(size / bytes.size(), std::size_t{900'000})) +
             "e.";
    };
    check_proportion(
        wick::printable(bytes), [&](std::size_t size) { return torch_file(pickle(size)); }, read_torch);
    check_proportion(
        wick::printable(bytes), [&](std::size_t size) { return legacy_file(pickle(size)); }, read_torch);
  }
  check_proportion(
      "marks",
      [](std::size_t size) {
        return torch_file(proto + repeat("(", (std::min)(size, std::size_t{900'000})) + "N.");
      },
      read_torch);
  check_proportion(
      "calls with the same arguments",
      [](std::size_t size) {
        return torch_file(proto + wick_tests::ordered_dict + "q\1(]" + tuple(repeat("N", size / 2)) + "q\2" +
                          repeat("h\1h\2R", size / 10) + "l.");
      },
      read_torch);
  check_proportion(
      "attributes that are set again",
      [](std::size_t size) {
        std::string state = "}(";
        for (std::size_t i = 0; i < size / 20; ++i) state += integer(static_cast<std::int32_t>(i)) + "N";
        return torch_file(proto + state + "uq\1" + wick_tests::ordered_dict + ")R" +
                          repeat("h\1b", size / 5) + ".");
      },
      read_torch);
}

TEST_CASE("pickles: tensors") {
  check_proportion(
      "mentioned again under short names",
      [](std::size_t size) {
        std::string items;
        for (std::size_t i = 0; i < size / 45; ++i) items += integer(static_cast<std::int32_t>(i)) + "h\1";
        return torch_file(proto + "}" + text("x") + one_tensor + "q\1s" + text("y") + "}(" + items + "us" +
                          filler(size) + ".");
      },
      read_torch);
  check_proportion(
      "mentioned again under long names",
      [](std::size_t size) {
        std::string items;
        for (std::size_t i = 0; i < size / 45; ++i) items += integer(static_cast<std::int32_t>(i)) + "h\1";
        return torch_file(proto + "}" + text("x") + one_tensor + "q\1s" + text(std::string(490, 'n')) + "}(" +
                          items + "us" + filler(size) + ".");
      },
      read_torch);
  check_proportion(
      "a state dict",
      [](std::size_t size) {
        // As torch.save writes it: what is there again is taken from the memo.
        std::string items;
        std::vector<ZipItem> records;
        for (std::size_t i = 0; i < size / 260; ++i) {
          const std::string key = std::to_string(i);
          const auto again = [&](const std::string& what, unsigned index) {
            return i == 0 ? what + put(index) : get(index);
          };
          records.push_back({.name = "a/data/" + key, .data = "0123"});
          items += text(key) + again(wick_tests::global("torch._utils", "_rebuild_tensor_v2"), 2) + "((" +
                   again(text("storage"), 3) + again(wick_tests::global("torch", "FloatStorage"), 4) +
                   text(key) + again(text("cpu"), 5) + byte(1) + "tQ" + byte(0) + byte(1) + "\x85" + byte(1) +
                   "\x85\x89" + again(wick_tests::ordered_dict, 6) + ")RtR";
        }
        return torch_file(proto + "}(" + items + "u.", records);
      },
      read_torch);
  check_proportion(
      "expanded",
      [](std::size_t size) {
        std::string items;
        const TensorPickle wide{.store = storage("0", 4, "ByteStorage"),
                                .sizes = tuple(integer(1000) + integer(1000)),
                                .strides = tuple(integer(0) + integer(0))};
        const std::string one = wide.str();
        for (std::size_t i = 0; i < 9; ++i) items += integer(static_cast<std::int32_t>(i)) + one;
        return torch_file(proto + "}(" + items + text("b") + text(std::string(size, 'x')) + "u.");
      },
      read_torch);
}

TEST_CASE("zip archives") {
  check_proportion(
      "storages that name one record by case",
      [](std::size_t size) {
        // Half of the file is the record, and each of the storages has all of it.
        const std::string data(size / 2, 'x');
        std::string items;
        for (std::size_t i = 0; i < size / 400; ++i) {
          std::string key(20, 'a');
          for (std::size_t bit = 0; bit < 20; ++bit) {
            if ((i >> bit & 1) != 0) key[bit] = 'A';
          }
          TensorPickle tensor{.store = storage(key, static_cast<std::int32_t>(data.size()), "ByteStorage")};
          items += integer(static_cast<std::int32_t>(i)) + tensor.str();
        }
        return torch_file(proto + "}(" + items + "u.",
                          {{.name = "a/data/" + std::string(20, 'a'), .data = data}});
      },
      read_torch);
  check_proportion(
      "entries that share a long field",
      [](std::size_t size) {
        const ZipItem item{.name = "a/b", .data = "", .local_extra = std::string(65532, '\0')};
        std::vector<ZipItem> items{item};
        for (std::size_t i = 0; i < (size - 65532) / 82; ++i)
          items.push_back({.name = "a/b", .data = "", .offset = 0});
        return zip(items);
      },
      read_torch);
  check_proportion(
      "many entries",
      [](std::size_t size) {
        std::vector<ZipItem> items;
        for (std::size_t i = 0; i < size / 100; ++i)
          items.push_back({.name = "a/" + std::to_string(i), .data = ""});
        return zip(items);
      },
      read_torch);
  check_proportion(
      "long names that differ at the end",
      [](std::size_t size) {
        std::vector<ZipItem> items;
        for (std::size_t i = 0; i < size / 1100; ++i) {
          items.push_back({.name = "a/" + std::string(490, 'x') + std::to_string(1000 + i), .data = ""});
        }
        return torch_file(proto + "N.", items);
      },
      read_torch);
}

TEST_CASE("what is made of pickles") {
  const auto dict_of_integers = [](std::size_t n) {
    std::string items = "}(";
    for (std::size_t i = 0; i < n; ++i) items += integer(static_cast<std::int32_t>(1000 + i)) + "K\1";
    return items + "u";
  };
  const auto with_tensor = [](const std::string& more) {
    return torch_file(proto + "}(" + text("w") + one_tensor + more + "u.");
  };
  check_proportion(
      "values within values of long names",
      [&](std::size_t size) {
        // Each is there in the next one twice, under two keys that become one name.
        std::string value = dict_of_integers(size / 7) + put(1);
        for (unsigned m = 2; m < 10; ++m) {
          value = "}(" + byte(0) + value + text("0") + get(m - 1) + "u" + put(m);
        }
        return with_tensor(text(std::string(470, 'p')) + value);
      },
      read_torch);
  check_proportion(
      "options of an optimizer",
      [](std::size_t size) {
        std::string options;
        for (std::size_t i = 0; i < size / 30; ++i) {
          options += text("an option " + std::to_string(100000 + i)) + "G" + std::string(8, '\0');
        }
        const std::string group = "}(" + text("params") + "]" + byte(0) + "a" + options + "u";
        return torch_file(proto + "}(" + text("state_dict") + "}" + text("w") + one_tensor + "s" +
                          text("optimizer") + "}(" + text("state") + "}" + text("param_groups") + "]" +
                          group + "au" + "u.");
      },
      read_torch);
  check_proportion(
      "many state dicts",
      [](std::size_t size) {
        std::string items;
        for (std::size_t i = 0; i < size / 20; ++i) {
          items += text(std::to_string(100000 + i)) + "}" + text("w") + "h\1s";
        }
        return torch_file(proto + "}(" + text("t") + one_tensor + "q\1" + text("state_dict") + "}" +
                          text("w") + "h\1s" + items + "u.");
      },
      read_torch);
  check_proportion(
      "a model that must be named among many",
      [](std::size_t size) {
        std::string items;
        for (std::size_t i = 0; i < size / 520; ++i) {
          items += text(std::string(490, '\x1b') + std::to_string(100000 + i)) + "}" + text("w") + "h\1s";
        }
        return torch_file(proto + "}(" + text("t") + one_tensor + "q\1" + items + "u.");
      },
      read_torch);
}

namespace {

/// A state dict of `n` small tensors with the names that `name(i)` gives.
template <class Name>
wick::StateDict state_dict(std::size_t n, const Name& name) {
  wick::StateDict sd;
  const wick::AnyTensor tensor = wick::AnyTensor::copy_of(wick::Tensor<float>::full({1, 1}, 0.0F));
  for (std::size_t i = 0; i < n; ++i) sd.insert(name(i), tensor);
  return sd;
}
std::string long_name(std::size_t i) { return std::string(200, 'n') + "." + std::to_string(10000 + i); }

}  // namespace

TEST_CASE("what a state dict is compared with") {
  // Here the file has been read; its size is about that of the names.
  const auto check = [](const std::string& what, const auto& name, std::size_t bytes, const auto& use) {
    CAPTURE(what);
    constexpr std::size_t beside_the_name = 100;  // in the shortest of files
    const std::size_t n = mega / (bytes + beside_the_name);
    const wick::StateDict small = state_dict(n / 4, name);
    const wick::StateDict large = state_dict(n, name);
    const auto cost = [&](const wick::StateDict& sd) {
      return cost_of_reading(std::string(), [&](std::span<const std::byte>) { use(sd); });
    };
    const Cost of_small = cost(small);
    const Cost of_large = cost(large);
    CHECK(of_large.seconds < 9 * of_small.seconds + soon_over);
    CHECK(of_large.bytes <= 20 * mega);
    if (std::getenv("WICK_SHOW_COSTS") != nullptr)
      MESSAGE(what << ": " << of_large.seconds << " s, " << of_large.bytes);
  };
  const auto spec_of = [](const wick::StateDict& sd) {
    wick::StateDictSpec spec{"Network", {}};
    for (const auto& [name, tensor] : sd) spec.tensors.push_back({"module." + name, tensor.shape()});
    return spec;
  };
  const auto report = [&](const wick::StateDict& sd) {
    static_cast<void>(wick::check_state_dict(spec_of(sd), sd));
  };
  const auto few = [](const wick::StateDict& sd) {
    static_cast<void>(
        wick::check_state_dict({"Network", {{"output.weight", {1, 1}}, {"output.bias", {1}}}}, sd));
  };
  const auto infer = [](const wick::StateDict& sd) { static_cast<void>(wick::infer_by_shape(sd)); };
  const auto match = [&](const wick::StateDict& sd) {
    wick::StateDictSpec spec{"Network", {}};
    for (const auto& [name, tensor] : sd) spec.tensors.push_back({name + "x", tensor.shape()});
    static_cast<void>(wick::match_by_shape(sd, spec));
  };
  const auto short_name = [](std::size_t i) { return "layer" + std::to_string(10000 + i) + ".weight"; };
  const auto prefixed = [](std::size_t i) { return "p." + std::to_string(10000 + i) + ".output.weight"; };
  for (const auto& [what, use] :
       std::vector<std::pair<const char*, std::function<void(const wick::StateDict&)>>>{
           {"report", report}, {"few", few}, {"infer", infer}, {"match", match}}) {
    check(what, long_name, 210, use);
    check(what, short_name, 20, use);
    check(what, prefixed, 24, use);
  }
}

TEST_CASE("printing a tensor of eight dimensions, none of which is summarised") {
  const auto shape = [](std::size_t size) {
    return wick::Shape{2, 2, 2, 2, 5, 5, 5, static_cast<wick::Index>(size / 2000)};
  };
  check_proportion(
      "print", [&](std::size_t size) { return Bytes(static_cast<std::size_t>(shape(size).numel())); },
      [&](std::span<const std::byte> bytes) {
        const wick::AnyTensor tensor(wick::DType::u8, shape(bytes.size()), bytes, nullptr);
        std::ostringstream out;
        out << tensor;
      });
}
