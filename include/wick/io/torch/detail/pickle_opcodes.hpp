#pragma once

// The instructions of Python's pickles.
// Source: CPython, Lib/pickletools.py, https://docs.python.org/3/library/pickletools.html

#include <wick/version.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

WICK_BEGIN_NAMESPACE

namespace detail {

/// The instructions that are understood: all of protocols 0 to 5 but those for buffers beside the pickle and
/// for codes of a program's own registry.
enum class Opcode : std::uint8_t {
  proto = 0x80,
  stop = 0x2e,
  mark = 0x28,
  none = 0x4e,
  newtrue = 0x88,
  newfalse = 0x89,
  binint = 0x4a,
  binint1 = 0x4b,
  binint2 = 0x4d,
  long1 = 0x8a,
  long4 = 0x8b,
  binfloat = 0x47,
  short_binstring = 0x55,
  binstring = 0x54,
  binunicode = 0x58,
  short_binunicode = 0x8c,
  binunicode8 = 0x8d,
  short_binbytes = 0x43,
  binbytes = 0x42,
  binbytes8 = 0x8e,
  bytearray8 = 0x96,
  empty_tuple = 0x29,
  tuple = 0x74,
  tuple1 = 0x85,
  tuple2 = 0x86,
  tuple3 = 0x87,
  empty_list = 0x5d,
  append = 0x61,
  appends = 0x65,
  empty_dict = 0x7d,
  setitem = 0x73,
  setitems = 0x75,
  empty_set = 0x8f,
  additems = 0x90,
  binput = 0x71,
  long_binput = 0x72,
  memoize = 0x94,
  binget = 0x68,
  long_binget = 0x6a,
  global = 0x63,
  stack_global = 0x93,
  reduce = 0x52,
  build = 0x62,
  binpersid = 0x51,
  frame = 0x95,
  frozenset = 0x91,
  newobj = 0x81,
  newobj_ex = 0x92,
  obj = 0x6f,
  inst = 0x69,
  pop = 0x30,
  pop_mark = 0x31,
  dup = 0x32,
  // Of protocols 0 and 1: their arguments are lines of text.
  int_line = 0x49,
  long_line = 0x4c,
  float_line = 0x46,
  string_line = 0x53,
  unicode_line = 0x56,
  list = 0x6c,
  dict = 0x64,
  put = 0x70,
  get = 0x67,
  persid = 0x50,
};

/// All names, for messages.
inline constexpr auto opcode_names = std::to_array<std::pair<std::uint8_t, std::string_view>>({
    {0x80, "PROTO"},
    {0x2e, "STOP"},
    {0x28, "MARK"},
    {0x4e, "NONE"},
    {0x88, "NEWTRUE"},
    {0x89, "NEWFALSE"},
    {0x4a, "BININT"},
    {0x4b, "BININT1"},
    {0x4d, "BININT2"},
    {0x8a, "LONG1"},
    {0x8b, "LONG4"},
    {0x47, "BINFLOAT"},
    {0x55, "SHORT_BINSTRING"},
    {0x54, "BINSTRING"},
    {0x58, "BINUNICODE"},
    {0x8c, "SHORT_BINUNICODE"},
    {0x8d, "BINUNICODE8"},
    {0x43, "SHORT_BINBYTES"},
    {0x42, "BINBYTES"},
    {0x8e, "BINBYTES8"},
    {0x96, "BYTEARRAY8"},
    {0x29, "EMPTY_TUPLE"},
    {0x74, "TUPLE"},
    {0x85, "TUPLE1"},
    {0x86, "TUPLE2"},
    {0x87, "TUPLE3"},
    {0x5d, "EMPTY_LIST"},
    {0x61, "APPEND"},
    {0x65, "APPENDS"},
    {0x7d, "EMPTY_DICT"},
    {0x73, "SETITEM"},
    {0x75, "SETITEMS"},
    {0x8f, "EMPTY_SET"},
    {0x90, "ADDITEMS"},
    {0x71, "BINPUT"},
    {0x72, "LONG_BINPUT"},
    {0x94, "MEMOIZE"},
    {0x68, "BINGET"},
    {0x6a, "LONG_BINGET"},
    {0x63, "GLOBAL"},
    {0x93, "STACK_GLOBAL"},
    {0x52, "REDUCE"},
    {0x62, "BUILD"},
    {0x51, "BINPERSID"},
    {0x95, "FRAME"},
    {0x49, "INT"},
    {0x4c, "LONG"},
    {0x53, "STRING"},
    {0x97, "NEXT_BUFFER"},
    {0x98, "READONLY_BUFFER"},
    {0x56, "UNICODE"},
    {0x46, "FLOAT"},
    {0x6c, "LIST"},
    {0x64, "DICT"},
    {0x91, "FROZENSET"},
    {0x30, "POP"},
    {0x32, "DUP"},
    {0x31, "POP_MARK"},
    {0x67, "GET"},
    {0x70, "PUT"},
    {0x82, "EXT1"},
    {0x83, "EXT2"},
    {0x84, "EXT4"},
    {0x69, "INST"},
    {0x6f, "OBJ"},
    {0x81, "NEWOBJ"},
    {0x92, "NEWOBJ_EX"},
    {0x50, "PERSID"},
});

/// `NEWOBJ (0x81)`; only the number if there is no such instruction.
[[nodiscard]] inline std::string describe_opcode(std::uint8_t code) {
  constexpr std::string_view digits = "0123456789abcdef";
  const std::string number{'0', 'x', digits[code >> 4], digits[code & 15U]};
  const auto it = std::ranges::find(opcode_names, code, &std::pair<std::uint8_t, std::string_view>::first);
  return it == opcode_names.end() ? number : std::string(it->second) + " (" + number + ")";
}

}  // namespace detail

WICK_END_NAMESPACE
