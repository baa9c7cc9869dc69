#pragma once

// Model files of every supported format: recognised by content when read, chosen by extension when written.
// Who does only one of both reads half as much.

#include <wick/io/read_any.hpp>
#include <wick/io/write_any.hpp>
