#pragma once

// All that a program needs to predict, and nothing of training.

#include <wick/inference/make_predictor.hpp>
#include <wick/inference/own_format.hpp>
#include <wick/inference/pixels.hpp>
#include <wick/inference/predictor.hpp>
#include <wick/models/static_network.hpp>
#include <wick/version.hpp>
