#pragma once

// The state of an optimizer as PyTorch saves it, by the number of a parameter, and as wick does, by its name.

#include <wick/io/torch/optimizer_export.hpp>
#include <wick/io/torch/optimizer_import.hpp>
