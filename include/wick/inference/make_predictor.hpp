#pragma once

// A predictor from a network in memory, e.g. one that was just trained.

#include <wick/base/detail/compiled.hpp>
#include <wick/data/transforms.hpp>
#include <wick/inference/predictor.hpp>
#include <wick/models/network.hpp>

#include <string>
#include <vector>

WICK_BEGIN_NAMESPACE

/// A predictor with a copy of the network. `classes` is empty, or has a name for each output. Throws
/// OptionError otherwise and for an impossible normalisation.
[[nodiscard]] Predictor make_predictor(Network<float> model, const Normalize& normalize = {},
                                       std::vector<std::string> classes = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/inference/make_predictor.ipp>
#endif
