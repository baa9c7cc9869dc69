#pragma once

// The numbers of a report for other programs.

#include <wick/base/detail/compiled.hpp>
#include <wick/io/bytes/save_options.hpp>
#include <wick/report/report.hpp>

#include <filesystem>
#include <string>

WICK_BEGIN_NAMESPACE

/// The report as a JSON object (RFC 8259) with a member for each part that has data, named as the members of
/// Report; pictures are left out. Numbers read back as they are; those that are not finite are `null`. Bytes
/// that are not UTF-8 become U+FFFD. The same report gives the same bytes. Throws ShapeError as report_html()
/// does.
[[nodiscard]] std::string report_json(const Report& report);

/// report_json() as a file, replaced as a whole. Throws FileError too.
void write_json(const Report& report, const std::filesystem::path& path, const SaveOptions& options = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/report/json.ipp>
#endif
