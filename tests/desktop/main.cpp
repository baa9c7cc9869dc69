#define DOCTEST_CONFIG_IMPLEMENT
#include "data.hpp"

#include <doctest/doctest.h>

#include <QApplication>

int main(int argc, char** argv) {
  if (!has_fashion_mnist()) return 77;
  const QApplication application(argc, argv);
  doctest::Context context(argc, argv);
  return context.run();
}
