// Trains the lesson's network on Fashion-MNIST, saves it, and shows what it learned.

#include "fashion_mnist_trainer.hpp"
#include "utf8_main.hpp"

#include <string>
#include <vector>

int run_program(const std::vector<std::string>& arguments) { return examples::run_trainer(arguments); }
