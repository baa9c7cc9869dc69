#pragma once

// What the two halves of the program share; both include all of wick.

#include <wick/wick.hpp>

#include <filesystem>
#include <string>
#include <vector>

inline std::vector<std::string> class_names() { return {"ankle", "bag", "coat", "dress"}; }

/// Elements of the parameters in the files that differ, all of them if the names do.
wick::Index differing(const std::filesystem::path& a, const std::filesystem::path& b);

/// Whether the predictor and the network in the file, and a StaticNetwork of that, say what `model` says, and
/// what sums in double say within rounding.
bool predicts_as(const wick::Network<float>& model, const std::filesystem::path& file);
