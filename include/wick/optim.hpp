#pragma once

// Everything in optim: optimizers, schedulers of their learning rates, clipping of gradients,
// and averages of models.

#include <wick/optim/adadelta.hpp>
#include <wick/optim/adafactor.hpp>
#include <wick/optim/adagrad.hpp>
#include <wick/optim/adam.hpp>
#include <wick/optim/adamax.hpp>
#include <wick/optim/adamw.hpp>
#include <wick/optim/asgd.hpp>
#include <wick/optim/averaged_model.hpp>
#include <wick/optim/clip_grad.hpp>
#include <wick/optim/composed_schedulers.hpp>
#include <wick/optim/cosine_schedulers.hpp>
#include <wick/optim/cyclic_schedulers.hpp>
#include <wick/optim/lbfgs.hpp>
#include <wick/optim/muon.hpp>
#include <wick/optim/nadam.hpp>
#include <wick/optim/radam.hpp>
#include <wick/optim/reduce_lr_on_plateau.hpp>
#include <wick/optim/rmsprop.hpp>
#include <wick/optim/rprop.hpp>
#include <wick/optim/sgd.hpp>
#include <wick/optim/step_schedulers.hpp>
