#pragma once

// Tables of picture files: which there are, and what they show.

#include <wick/base/detail/quote.hpp>
#include <wick/base/error.hpp>
#include <wick/data/labelled_picture.hpp>
#include <wick/table/column.hpp>
#include <wick/table/table.hpp>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

WICK_BEGIN_NAMESPACE

/// The pictures that a table names, for an ImageFolder: a column of files, relative to `folder`, and one of
/// labels. Throws IndexError for a column that is not there and OptionError for a row without a file or a
/// label.
[[nodiscard]] inline std::vector<LabelledPicture> pictures_of(const Table& table, const std::string& files,
                                                              const std::string& labels,
                                                              const std::filesystem::path& folder = {}) {
  const Column& names = table[files];
  const Column& classes = table[labels];
  std::vector<LabelledPicture> pictures;
  for (Index row = 0; row < table.rows(); ++row) {
    for (const Column* column : {&names, &classes}) {
      if (!column->is_missing(row) && !column->text(row).empty()) continue;
      throw OptionError("pictures_of: row " + std::to_string(row) + " has nothing in the column " +
                        detail::quoted_name(column->name()));
    }
    const std::string file = names.text(row);
    pictures.push_back(
        {folder / std::filesystem::path(std::u8string(file.begin(), file.end())), classes.text(row)});
  }
  return pictures;
}

/// The reverse: the files as texts and their labels as categories, in columns of these names. Write it with
/// paths that begin with `folder` relative to it.
[[nodiscard]] inline Table table_of(std::span<const LabelledPicture> pictures,
                                    const std::filesystem::path& folder = {},
                                    const std::string& files = "file", const std::string& labels = "label") {
  Categories categories;
  for (const LabelledPicture& picture : pictures) categories.names.push_back(picture.label);
  std::ranges::sort(categories.names);
  categories.names.erase(std::unique(categories.names.begin(), categories.names.end()),
                         categories.names.end());
  Texts paths;
  for (const LabelledPicture& picture : pictures) {
    const auto path = folder.empty() ? picture.path : picture.path.lexically_relative(folder);
    const std::u8string text = path.generic_u8string();
    paths.add(std::string(text.begin(), text.end()));
    const auto at = std::ranges::lower_bound(categories.names, picture.label);
    categories.codes.push_back(static_cast<std::int32_t>(at - categories.names.begin()));
  }
  return Table({Column(files, std::move(paths)), Column(labels, std::move(categories))});
}

WICK_END_NAMESPACE
