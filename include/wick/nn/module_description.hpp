#pragma once

// What a model's file says of its modules, for those who print the model without having their classes.

#include <wick/version.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

/// A module of a model, as print() shows it.
struct ModuleDescription {
  std::string path;   ///< `blocks.0.norm`
  std::string type;   ///< the name of its class
  std::string extra;  ///< what is printed in its parentheses
};

WICK_END_NAMESPACE
