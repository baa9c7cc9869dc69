// The option --limit.

#include "limits.hpp"

#include <wick/base/detail/as_integer.hpp>
#include <wick/base/error.hpp>
#include <wick/base/printable.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <functional>
#include <map>
#include <system_error>
#include <utility>
#include <vector>

namespace tool {

namespace {

constexpr std::uint64_t any = (std::numeric_limits<std::uint64_t>::max)();

struct Limit {
  std::uint64_t most;  ///< that can be asked for
  std::function<void(Limits&, std::uint64_t)> set;
};

/// A limit that is a member of type `Number`, in one or two of the structures.
template <class... Members>
Limit number(std::uint64_t most, Members... members) {
  const auto set_one = []<class Part, class Whole, class Number>(
                           Limits& limits, std::uint64_t n, std::pair<Part Limits::*, Number Whole::*> m) {
    (limits.*m.first).*m.second = wick::detail::as_integer<Number>(n);
  };
  return {most, [=](Limits& limits, std::uint64_t n) { (set_one(limits, n, members), ...); }};
}

const std::map<std::string, Limit, std::less<>>& all_limits() {
  using A = wick::ArchiveLimits;
  using T = wick::TorchLimits;
  const auto a = [](auto member) { return std::pair(&Limits::archive, member); };
  const auto t = [](auto member) { return std::pair(&Limits::torch, member); };
  constexpr std::uint64_t any_u32 = (std::numeric_limits<std::uint32_t>::max)();
  constexpr std::uint64_t any_in_memory = (std::numeric_limits<std::size_t>::max)();
  static const std::map<std::string, Limit, std::less<>> limits{
      {"file_bytes", number(any, a(&A::file_bytes), t(&T::file_bytes))},
      {"stream_bytes", number(any, a(&A::stream_bytes), t(&T::stream_bytes))},
      {"header_bytes", number(any, a(&A::header_bytes))},
      {"groups", number(any, a(&A::groups))},
      {"tensors", number(any, a(&A::tensors))},
      {"attributes", number(any, a(&A::attributes))},
      {"name_bytes", number(any_u32, a(&A::name_bytes), t(&T::name_bytes))},
      {"text_bytes", number(any_u32, a(&A::text_bytes))},
      {"records", number(any_in_memory, t(&T::records))},
      {"stack", number(any_in_memory, t(&T::stack))},
      {"memo", number(any_in_memory, t(&T::memo))},
      {"depth", number(1000, t(&T::depth))},  // values are read and destroyed by recursion
      {"value_bytes", {any, [](Limits& l, std::uint64_t n) { l.torch.value_bytes = n; }}},
      {"copied_bytes", {any, [](Limits& l, std::uint64_t n) { l.torch.copied_bytes = n; }}},
      {"integer_bytes", number(any_u32, t(&T::integer_bytes))},
      {"max_pixels", {any, [](Limits& l, std::uint64_t n) { l.max_pixels = n; }}},
      {"max_file_size", {any, [](Limits& l, std::uint64_t n) { l.max_file_size = n; }}},
      {"contents_limit", {any, [](Limits& l, std::uint64_t n) { l.contents_limit = n; }}},
  };
  return limits;
}

/// A number with K, M or G behind it or nothing.
std::optional<std::uint64_t> parse(std::string_view text) {
  std::uint64_t n = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, n);
  if (error != std::errc()) return std::nullopt;
  constexpr std::string_view units = "KMG";
  const auto unit = at == end ? std::string_view::npos : units.find(*at);
  if (at != end && (unit == std::string_view::npos || at + 1 != end)) return std::nullopt;
  const unsigned shift = at == end ? 0 : 10 * (static_cast<unsigned>(unit) + 1);
  return n <= any >> shift ? std::optional(n << shift) : std::nullopt;
}

}  // namespace

std::string Limits::names() {
  std::string text;
  for (const auto& [name, limit] : all_limits()) text += (text.empty() ? "" : ", ") + name;
  return text;
}

void Limits::set(std::string_view text) {
  const auto equals = (std::min)(text.find('='), text.size());
  const auto found = all_limits().find(text.substr(0, equals));
  if (found == all_limits().end()) {
    throw wick::OptionError("expected NAME=N, got " + wick::detail::quoted_name(text) + "; the names are " +
                            names());
  }
  const auto n = parse(text.substr((std::min)(equals + 1, text.size())));
  if (!n || *n > found->second.most) {
    const bool bounded = found->second.most < any;
    throw wick::OptionError("expected a number for " + found->first + ", K, M or G behind it" +
                            (bounded ? ", at most " + std::to_string(found->second.most) : std::string()) +
                            ", got " + wick::detail::quoted_name(text));
  }
  found->second.set(*this, *n);
}

std::string with_limit_option(std::string text) {
  const auto replace = [&](const std::string& from, const std::string& to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
      text.replace(at, from.size(), to);
  };
  for (const auto& [name, limit] : all_limits()) {
    const std::string option = "--limit " + name + "=N";
    const std::string of_archive = "ArchiveLimits::" + name;
    const std::string of_torch = "TorchLimits::" + name;
    std::string of_both = of_archive;
    replace(of_both.append(" and ").append(of_torch), option);
    for (const std::string& owned : {of_archive, of_torch, "LoadImageOptions::" + name})
      replace(owned, option);
  }
  replace("(contents_limit)", "(--limit contents_limit=N)");
  return text;
}

}  // namespace tool
