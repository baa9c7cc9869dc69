#include <wick/base/detail/path_of.hpp>
#include <wick/base/file_path.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <type_traits>

using wick::FilePath;

// Numbers and null pointers are no paths, and what takes one does not become one that takes bytes.
static_assert(!std::is_convertible_v<int, FilePath>);
static_assert(!std::is_convertible_v<const void*, FilePath>);

TEST_CASE("a path from all that the standard library makes one of") {
  const auto path_of = [](const FilePath& path) { return wick::detail::path_of(path); };
  const std::filesystem::path path = u8"a folder/gr\u00F6\u00DFer.wick";
  CHECK(path_of(path) == path);
  CHECK(path_of(u8"a folder/gr\u00F6\u00DFer.wick") == path);
  CHECK(path_of(path.u8string()) == path);
  CHECK(path_of(std::u8string_view(u8"a folder/gr\u00F6\u00DFer.wick")) == path);
  CHECK(path_of(path.native()) == path);
  CHECK(path_of(path.c_str()) == path);
  CHECK(path_of("model.wick") == std::filesystem::path("model.wick"));
  CHECK(path_of(std::string("model.wick")) == std::filesystem::path("model.wick"));
  CHECK(path_of(std::string_view("model.wick")) == std::filesystem::path("model.wick"));
  CHECK(path_of(u"a folder/gr\u00F6\u00DFer.wick") == path);
  CHECK(path_of(path.u16string()) == path);
  CHECK(path_of(L"model.wick") == std::filesystem::path("model.wick"));
  CHECK(path_of(std::wstring(L"model.wick")) == std::filesystem::path("model.wick"));
  CHECK(path_of("").empty());
  CHECK(path_of({}).empty());
  CHECK(path_of(std::filesystem::directory_entry()).empty());
}

TEST_CASE("a path is had back where one is asked for") {
  const std::filesystem::path path = u8"a folder/gr\u00F6\u00DFer.wick";
  const std::filesystem::path back = FilePath(path);
  CHECK(back == path);
  CHECK(std::filesystem::path(FilePath(u8"a folder/gr\u00F6\u00DFer.wick")) == path);
  CHECK_FALSE(std::filesystem::exists(FilePath("there is no such file")));
  CHECK_FALSE(FilePath(path).empty());
  CHECK(FilePath().empty());
  CHECK(FilePath("model.wick").text() == "model.wick");
  static_assert(!std::is_convertible_v<FilePath, std::string>);
}
