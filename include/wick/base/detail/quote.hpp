#pragma once

// Strings as Python's repr() writes them.

#include <wick/base/printable.hpp>
#include <wick/version.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

WICK_BEGIN_NAMESPACE

namespace detail {

// Not called `quoted`: a call with a std::string would find std::quoted as well.

/// `'text'`, in double quotes when it holds a single quote and no double one. What printable() escapes is
/// escaped; other characters outside ASCII are taken to be printable.
std::string python_repr_of(std::string_view text);

/// The same for messages, cut off if it is long: `'abc...' (5000 bytes)`.
std::string python_quoted(std::string_view text, std::size_t most = most_shown_bytes);

/// `['a', 'b']`.
std::string python_list(const std::vector<std::string>& texts);

}  // namespace detail

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/base/detail/quote.ipp>
#endif
