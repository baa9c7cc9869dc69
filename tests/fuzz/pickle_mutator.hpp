#pragma once

// Changes of pickles that keep them pickles: opcodes stay whole, texts keep their lengths, the end stays a
// STOP.

#include "fuzz/fuzz.hpp"

#include <array>
#include <optional>
#include <string_view>

namespace wick_fuzz {

/// One opcode with its argument.
using Opcode = Bytes;

[[nodiscard]] inline Bytes bytes_of(std::string_view text) {
  const auto view = std::as_bytes(std::span(text));
  return {view.begin(), view.end()};
}

/// Bytes of the opcode at the beginning of `bytes` with its argument; nothing for one that is cut off.
[[nodiscard]] inline std::optional<std::size_t> opcode_size(View bytes) {
  const auto counted = [&](std::size_t width) -> std::optional<std::size_t> {
    if (bytes.size() < 1 + width) return {};
    const std::uint64_t n = get(bytes, 1, width);
    if (n > bytes.size() - 1 - width) return {};
    return 1 + width + static_cast<std::size_t>(n);
  };
  const auto fixed = [&](std::size_t n) -> std::optional<std::size_t> {
    if (bytes.size() < n) return {};
    return n;
  };
  const auto lines = [&](int count) -> std::optional<std::size_t> {
    std::size_t i = 1;
    for (; count > 0 && i < bytes.size(); ++i) count -= bytes[i] == std::byte{'\n'} ? 1 : 0;
    if (count > 0) return {};
    return i;
  };
  if (bytes.empty()) return {};
  switch (std::to_integer<unsigned char>(bytes[0])) {
    case 0x80:  // PROTO
    case 'K':
    case 'h':
    case 'q':
    case 0x82:  // EXT1
      return fixed(2);
    case 'M':
    case 0x83:  // EXT2
      return fixed(3);
    case 'J':
    case 'j':
    case 'r':
    case 0x84:  // EXT4
      return fixed(5);
    case 'G':
    case 0x95:  // FRAME
      return fixed(9);
    case 'U':
    case 'C':
    case 0x8a:  // LONG1
    case 0x8c:  // SHORT_BINUNICODE
      return counted(1);
    case 'X':
    case 'T':
    case 'B':
    case 0x8b:  // LONG4
      return counted(4);
    case 0x8d:  // BINUNICODE8
    case 0x8e:  // BINBYTES8
    case 0x96:  // BYTEARRAY8
      return counted(8);
    case 'c':
    case 'i':
      return lines(2);
    case 'F':
    case 'I':
    case 'L':
    case 'P':
    case 'S':
    case 'V':
    case 'g':
    case 'p':
      return lines(1);
    default:
      return 1;
  }
}

/// Passes the opcodes up to the first STOP to `each`; returns their bytes.
template <class Each>
std::size_t for_each_opcode(View bytes, const Each& each) {
  std::size_t at = 0;
  while (const auto size = opcode_size(bytes.subspan(at))) {
    const View op = bytes.subspan(at, *size);
    each(op);
    at += *size;
    if (op[0] == std::byte{'.'}) break;
  }
  return at;
}

/// Bytes of the pickle at the beginning of `bytes`.
[[nodiscard]] inline std::size_t pickle_size(View bytes) {
  return for_each_opcode(bytes, [](View) {});
}

/// The opcodes up to the first STOP; what follows or cannot be read is `rest`.
[[nodiscard]] inline std::vector<Opcode> opcodes_of(View bytes, Bytes& rest) {
  std::vector<Opcode> opcodes;
  const std::size_t end =
      for_each_opcode(bytes, [&](View op) { opcodes.emplace_back(op.begin(), op.end()); });
  rest.assign(bytes.begin() + static_cast<std::ptrdiff_t>(end), bytes.end());
  return opcodes;
}

/// Bytes of the counter of a counted opcode, 0 for others.
[[nodiscard]] inline std::size_t counter_size(const Opcode& op) {
  switch (std::to_integer<unsigned char>(op[0])) {
    case 'U':
    case 'C':
    case 0x8a:
    case 0x8c:
      return 1;
    case 'X':
    case 'T':
    case 'B':
    case 0x8b:
      return 4;
    case 0x8d:
    case 0x8e:
    case 0x96:
      return 8;
    default:
      return 0;
  }
}

/// Changes the argument of an opcode and keeps its form.
inline void mutate_argument(Opcode& op, Random& random) {
  if (const std::size_t width = counter_size(op); width != 0) {
    mutate_range(op, 1 + width, op.size(), op.size() + 16);
    put(op, 1, width, op.size() - 1 - width);
    if (random.one_in(16)) put(op, 1, width, odd_number(random));
  } else if (op[0] == std::byte{'c'}) {
    constexpr std::array names{"ccollections\nOrderedDict\n",
                               "ccollections\nCounter\n",
                               "ctorch._utils\n_rebuild_tensor_v2\n",
                               "ctorch._utils\n_rebuild_tensor_v3\n",
                               "ctorch._utils\n_rebuild_parameter\n",
                               "ctorch._utils\n_rebuild_parameter_with_state\n",
                               "ctorch._tensor\n_rebuild_from_type_v2\n",
                               "ctorch\nFloatStorage\n",
                               "ctorch\nBoolStorage\n",
                               "ctorch\nComplexDoubleStorage\n",
                               "ctorch\nBFloat16Storage\n",
                               "ctorch.storage\nUntypedStorage\n",
                               "ctorch\nSize\n",
                               "ctorch\ndevice\n",
                               "ctorch\nfloat32\n",
                               "ctorch\nuint16\n",
                               "c_codecs\nencode\n",
                               "c__builtin__\nset\n",
                               "c__builtin__\ncomplex\n",
                               "c__builtin__\nbytearray\n",
                               "cos\nsystem\n",
                               "cnet\nNet\n",
                               "c__builtin__\ngetattr\n",
                               "c__builtin__\nfrozenset\n",
                               "ccopy_reg\n_reconstructor\n",
                               "ccopyreg\n__newobj__\n",
                               "ccollections\ndefaultdict\n",
                               "ccollections\ndeque\n",
                               "cargparse\nNamespace\n",
                               "cpathlib\nPosixPath\n",
                               "cpathlib\nPureWindowsPath\n",
                               "cnumpy\ndtype\n",
                               "cnumpy\nndarray\n",
                               "cnumpy.core.multiarray\nscalar\n",
                               "cnumpy._core.multiarray\n_reconstruct\n",
                               "cnumpy._core.numeric\n_frombuffer\n",
                               "ctorch\nQInt8Storage\n",
                               "ctorch._utils\n_rebuild_qtensor\n",
                               "ctorch\nTensor\n"};
    if (random.one_in(3)) {
      op = bytes_of(names[random.below(names.size())]);
    } else {
      mutate_range(op, 1, op.size() - 1, op.size() + 8);
    }
  } else if (op.size() > 1) {
    if (random.one_in(3)) {
      put(op, 1, op.size() - 1 > 8 ? 8 : op.size() - 1, odd_number(random));
    } else {
      const std::size_t size = op.size();
      mutate_range(op, 1, size, size);
      op.resize(size);
    }
  }
}

/// An opcode that real files have, or one that the reader has to refuse.
[[nodiscard]] inline Opcode some_opcode(Random& random) {
  static constexpr std::string_view plain =
      "()]}tRQQbeuas.N0120ldoP2\x85\x86\x87\x88\x89\x81\x8f\x90\x91\x92\x93\x94";
  static constexpr std::array lines{"I1\n",
                                    "I01\n",
                                    "I-7\n",
                                    "L12345678901234567890L\n",
                                    "F1e9\n",
                                    "Fnan\n",
                                    "S'a'\n",
                                    "Va\n",
                                    "p3\n",
                                    "g3\n",
                                    "p31\n",
                                    "g31\n",
                                    "P('storage', <class 'torch.FloatStorage'>, '0', 'cpu', 6)\n"};
  static constexpr std::array codes{"U\2f4",  "U\2i2", "U\2b1", "U\2U1", "U\2O8",
                                    "U\3c16", "U\1<",  "U\1>",  "U\1C",  "C\4abcd"};
  switch (random.below(10)) {
    case 8:
      return bytes_of(lines[random.below(lines.size())]);
    case 9:
      return bytes_of(codes[random.below(codes.size())]);
    case 0:
      return {std::byte{'h'}, static_cast<std::byte>(random.below(32))};
    case 1:
      return {std::byte{'q'}, static_cast<std::byte>(random.below(32))};
    case 2:
      return {std::byte{'K'}, static_cast<std::byte>(random.below(4))};
    case 3: {
      Opcode op = bytes_of("J....");
      put(op, 1, 4, odd_number(random));
      return op;
    }
    case 4: {
      Opcode op = bytes_of("\x8a\x08........");
      put(op, 2, 8, odd_number(random));
      return op;
    }
    case 5: {
      Opcode op = bytes_of("c\n\n");
      mutate_argument(op, random);
      return op;
    }
    default:
      return {static_cast<std::byte>(plain[random.below(plain.size())])};
  }
}

/// Changes the pickle at the beginning of `bytes`; what follows its STOP stays.
inline void mutate_pickle(Bytes& bytes, Random& random) {
  Bytes rest;
  std::vector<Opcode> ops = opcodes_of(bytes, rest);
  if (ops.size() < 2) {
    mutate_range(bytes, 0, bytes.size(), bytes.size() + 64);
    return;
  }
  for (std::size_t change = 1 + random.below(3); change > 0; --change) {
    const std::size_t i = random.below(ops.size());
    const auto at = ops.begin() + static_cast<std::ptrdiff_t>(i);
    const std::size_t n = 1 + random.below((std::min)(ops.size() - i, std::size_t{12}));
    const auto elsewhere = [&] {
      return ops.begin() + static_cast<std::ptrdiff_t>(random.below(ops.size() + 1));
    };
    switch (random.below(8)) {
      case 0: {
        const std::vector<Opcode> piece(at, at + static_cast<std::ptrdiff_t>(n));
        ops.insert(elsewhere(), piece.begin(), piece.end());
        break;
      }
      case 1:
        if (n < ops.size()) ops.erase(at, at + static_cast<std::ptrdiff_t>(n));
        break;
      case 2:
        ops.insert(elsewhere(), some_opcode(random));
        break;
      case 3:
        *at = some_opcode(random);
        break;
      case 4:
        std::swap(*at, ops[random.below(ops.size())]);
        break;
      default: {
        // Arguments are changed where there are some.
        std::size_t k = i;
        for (std::size_t tries = 0; tries < ops.size() && ops[k].size() < 2; ++tries)
          k = (k + 1) % ops.size();
        mutate_argument(ops[k], random);
      }
    }
  }
  bytes.clear();
  for (const Opcode& op : ops) bytes.insert(bytes.end(), op.begin(), op.end());
  if (!random.one_in(16) && (bytes.empty() || bytes.back() != std::byte{'.'}))
    bytes.push_back(std::byte{'.'});
  bytes.insert(bytes.end(), rest.begin(), rest.end());
}

}  // namespace wick_fuzz
