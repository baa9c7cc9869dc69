#include <wick/state/attributes.hpp>

#include "support/throws.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

using namespace wick;
using wick_tests::message_of;

TEST_CASE("attributes keep their type, their value and their order") {
  Attributes a{{"lr", 0.003}, {"name", "Adam"}, {"amsgrad", false}, {"step", std::int64_t{7}}};
  a.set("sizes", std::vector<std::int64_t>{512, 256});
  a.set("betas", std::vector<double>{0.9, 0.999});
  CHECK(a.size() == 6);
  CHECK(a.get<double>("lr") == 0.003);
  CHECK(a.get<std::string>("name") == "Adam");
  CHECK(a.get<bool>("amsgrad") == false);
  CHECK(a.get<std::int64_t>("step") == 7);
  CHECK(a.get<std::vector<std::int64_t>>("sizes") == std::vector<std::int64_t>{512, 256});
  std::string names;
  for (const auto& [name, value] : a) names += name + " ";
  CHECK(names == "lr name amsgrad step sizes betas ");
}

TEST_CASE("setting a name again replaces value and type in place") {
  Attributes a{{"x", 1.5}, {"y", 2.5}};
  a.set("x", std::string("text"));
  CHECK(a.size() == 2);
  CHECK(a.begin()->first == "x");
  CHECK(a.get<std::string>("x") == "text");
  CHECK(a == Attributes{{"x", "text"}, {"y", 2.5}});
  CHECK_FALSE(a == Attributes{{"y", 2.5}, {"x", "text"}});
}

TEST_CASE("attributes that are missing or of another type are refused by name") {
  const Attributes a{{"lr", 0.5}};
  CHECK(a.find("LR") == nullptr);
  CHECK_FALSE(a.contains(""));
  CHECK(message_of<IndexError>([&] { static_cast<void>(a.get<double>("eps")); }) ==
        "Attributes: no value \"eps\"");
  CHECK(message_of<IndexError>([&] { static_cast<void>(a.get<std::int64_t>("lr")); }) ==
        "Attributes: \"lr\" has another type");
  CHECK(Attributes().empty());
}
