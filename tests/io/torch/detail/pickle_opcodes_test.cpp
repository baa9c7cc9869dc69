#include <wick/io/torch/detail/pickle_opcodes.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <set>
#include <string>

TEST_CASE("opcodes are described by the names of Python's pickletools") {
  using wick::detail::describe_opcode;
  CHECK(describe_opcode(0x81) == "NEWOBJ (0x81)");
  CHECK(describe_opcode('.') == "STOP (0x2e)");
  CHECK(describe_opcode('i') == "INST (0x69)");
  CHECK(describe_opcode(0x98) == "READONLY_BUFFER (0x98)");
  CHECK(describe_opcode(0x00) == "0x00");
  CHECK(describe_opcode(0xff) == "0xff");
}

TEST_CASE("there are 68 opcodes, each with a number and a name of its own") {
  std::set<std::uint8_t> numbers;
  std::set<std::string> names;
  for (const auto& [number, name] : wick::detail::opcode_names) {
    numbers.insert(number);
    names.emplace(name);
  }
  CHECK(numbers.size() == 68);
  CHECK(names.size() == 68);
  CHECK(wick::detail::opcode_names.size() == 68);
}
