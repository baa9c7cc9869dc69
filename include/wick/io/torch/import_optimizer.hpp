#pragma once

// How optimizers come into an archive, for those who only pass it on.

#include <wick/version.hpp>

#include <string>

WICK_BEGIN_NAMESPACE

struct Imported;
class TorchValue;
class StateDict;

/// Puts the optimizer that a file has under a name into the archive; `model` are its parameters if they are
/// known. False if there is no place for it.
using ImportOptimizer = bool (*)(Imported& imported, const std::string& name, const TorchValue& optimizer,
                                 const StateDict* model);

WICK_END_NAMESPACE
