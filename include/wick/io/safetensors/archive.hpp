#pragma once

// Checkpoints as safetensors files, read and written.

#include <wick/io/safetensors/export.hpp>
#include <wick/io/safetensors/import.hpp>
