// Programs as files describe them: build_program(), and runs of what it accepts.

#include "fuzz/fuzz.hpp"

#include <wick/graph/all_operations.hpp>
#include <wick/graph/describe.hpp>
#include <wick/graph/program.hpp>
#include <wick/graph/workspace.hpp>
#include <wick/state/parameter_block.hpp>

#include <cmath>
#include <utility>

namespace wick_fuzz {

namespace {

constexpr std::size_t step_bytes = 16;

/// Small numbers mostly, some of them negative, and some that are no size.
std::int64_t number_of(std::byte b) {
  const auto value = static_cast<std::int64_t>(std::to_integer<signed char>(b));
  if (value == 127) return std::int64_t{1} << 40;
  if (value == -128) return static_cast<std::int64_t>(wick::any_rows);
  return value;
}

/// 16 bytes for each step: what it is, its operands, a number, a count and what is counted.
wick::Attributes description_of(View input) {
  const auto operations = wick::all_operations<float>();
  std::vector<std::string> names, parameters;
  std::vector<std::int64_t> operands, attributes, shapes;
  std::vector<double> numbers, constants;
  for (std::size_t at = 0; at + step_bytes <= input.size(); at += step_bytes) {
    const View step = input.subspan(at, step_bytes);
    const auto kind = std::to_integer<std::size_t>(step[0]);
    const auto counted = [&](std::vector<std::int64_t>& to) {
      const auto count = std::to_integer<std::size_t>(step[5]) % 10;
      to.push_back(static_cast<std::int64_t>(count));
      for (std::size_t i = 0; i < count; ++i) to.push_back(number_of(step[6 + i]));
    };
    if (kind >= 250) {
      names.emplace_back("input");
      counted(shapes);
    } else if (kind >= 240) {
      names.emplace_back("parameter");
      parameters.push_back(std::string(1, static_cast<char>('a' + kind % 5)));
    } else if (kind >= 235) {
      names.emplace_back("constant");
      counted(shapes);
      for (int i = 0; i < 6; ++i) constants.push_back(i - 2.5);
    } else {
      const wick::Operation<float>& operation = *operations[kind % operations.size()];
      names.emplace_back(operation.name);
      for (int k = 0; k < operation.operands; ++k)
        operands.push_back(number_of(step[1 + static_cast<std::size_t>(k)]));
      numbers.push_back(static_cast<double>(number_of(step[4])) / 8);
      counted(attributes);
    }
  }
  const auto last = static_cast<std::int64_t>(names.size()) - 1;
  return {{"operations", names},      {"operands", operands},
          {"numbers", numbers},       {"attributes", attributes},
          {"parameters", parameters}, {"shapes", shapes},
          {"constants", constants},   {"outputs", std::vector<std::int64_t>{last}}};
}

const wick::ParameterBlock<float>& block() {
  static const wick::ParameterBlock<float>& made = *[] {
    auto* const b = new wick::ParameterBlock<float>;
    b->add("a", {3, 4});
    b->add("b", {3});
    b->add("c", {4});
    b->add("d", {20, 3});
    b->add("e", {20});
    for (std::size_t i = 0; i < b->values().size(); ++i) b->values()[i] = std::sin(static_cast<float>(i));
    return b;
  }();
  return made;
}

}  // namespace

void read(View input) {
  const wick::Attributes description = description_of(input);
  wick::ProgramLimits limits;
  limits.elements = 1 << 12;
  limits.memory = 1 << 16;
  const auto program =
      wick::build_program<float>(description, block(), wick::all_operations<float>(), "input", limits);
  require(wick::describe_program(program, block()).size() == description.size(), "a list is missing");
  wick::Workspace<float> workspace;
  for (const wick::Index rows : {1, 3, 18}) {
    // Memory of their own, so that AddressSanitizer sees who reads past them.
    std::vector<std::vector<float>> inputs;
    std::vector<const float*> from;
    for (std::size_t i = 0; i < program.inputs().size(); ++i) {
      inputs.emplace_back(static_cast<std::size_t>(program.input_shape(i, rows).numel()), 0.5F);
      from.push_back(inputs.back().data());
    }
    const wick::Index size = program.output_shape(0, rows).numel();
    if (size > 1 << 16) continue;
    std::vector<float> output(static_cast<std::size_t>(size));
    float* const to = output.data();
    program.run(block().values(), from, rows, {&to, 1}, workspace);
    touch(std::as_bytes(std::span(output)));
  }
}

void mutate(Bytes& file, std::size_t limit, Random& random) {
  const std::size_t steps = file.size() / step_bytes;
  const std::size_t which = random.below(steps);
  switch (random.below(4)) {
    case 0:
      if (steps > 0 && file.size() + step_bytes <= limit) {
        const Bytes copy(file.begin() + static_cast<std::ptrdiff_t>(which * step_bytes),
                         file.begin() + static_cast<std::ptrdiff_t>((which + 1) * step_bytes));
        file.insert(file.begin() + static_cast<std::ptrdiff_t>(steps * step_bytes), copy.begin(), copy.end());
      }
      break;
    case 1:
      // An operand that is there.
      if (steps > 0) {
        file[which * step_bytes + 1 + random.below(3)] = static_cast<std::byte>(random.below(which + 1));
      }
      break;
    case 2:
      if (steps > 0) file[which * step_bytes] = static_cast<std::byte>(random.below(256));
      break;
    default:
      mutate_range(file, 0, file.size(), limit);
  }
}

std::vector<Bytes> seeds() {
  const auto bytes = [](std::initializer_list<int> values) {
    Bytes result;
    for (const int v : values) result.push_back(static_cast<std::byte>(v));
    return result;
  };
  const auto operation = [](const char* name) {
    const auto table = wick::all_operations<float>();
    for (std::size_t i = 0; i < table.size(); ++i) {
      if (std::string_view(table[i]->name) == name) return static_cast<int>(i);
    }
    std::abort();
  };
  const auto step = [&](int kind, int a = 0, int b = 0, int c = 0, int count = 0, int first = 0,
                        int second = 0) {
    return bytes({kind, a, b, c, 4, count, first, second, 0, 0, 0, 0, 0, 0, 0, 0});
  };
  const auto program = [](std::initializer_list<Bytes> steps) {
    Bytes result;
    for (const Bytes& s : steps) result.insert(result.end(), s.begin(), s.end());
    return result;
  };
  const Bytes input = step(250, 0, 0, 0, 1, 4);
  return {
      program({input, step(240), step(241), step(operation("linear"), 0, 1, 2), step(operation("relu"), 3),
               step(243), step(244), step(operation("linear"), 4, 5, 6), step(operation("log_softmax"), 7)}),
      program({input, step(242), step(operation("layer_norm"), 0, 1, 1), step(operation("mul"), 2, 0),
               step(operation("sum"), 3, 0, 0, 2, -1, 1), step(operation("expand"), 4, 0, 0, 2, -1, 4)}),
      program({input, step(operation("narrow"), 0, 0, 0, 3, 1, 1), step(operation("cat"), 0, 1, 0, 1, 1),
               step(operation("permute"), 2, 0, 0, 2, 1, 0), step(operation("sum"), 3, 0, 0, 2, 1, -1)}),
      program({input, step(operation("matmul_tn"), 0, 0), step(operation("reshape"), 1, 0, 0, 1, 16)}),
  };
}

}  // namespace wick_fuzz
