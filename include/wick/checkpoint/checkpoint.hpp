#pragma once

// Checkpoint files that rebuild a network with no other information, written and read. Whoever only reads
// them includes load_checkpoint.hpp alone, and has no writer to compile.

#include <wick/checkpoint/load_checkpoint.hpp>
#include <wick/checkpoint/save_checkpoint.hpp>
