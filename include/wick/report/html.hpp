#pragma once

// A report as one file for a browser.

#include <wick/base/detail/compiled.hpp>
#include <wick/io/bytes/save_options.hpp>
#include <wick/report/report.hpp>

#include <filesystem>
#include <string>

WICK_BEGIN_NAMESPACE

/// The report as an HTML document that needs nothing else: no scripts, and nothing is fetched. It follows the
/// reader's choice of light or dark, prints, and has for each figure a table of its numbers. Texts are
/// escaped, control characters and bytes that are not UTF-8 shown as in printable(). What has no data is left
/// out. The same report gives the same bytes. Throws ShapeError for parts that do not fit together, such as a
/// confusion matrix with other counts than classes have.
[[nodiscard]] std::string report_html(const Report& report);

/// report_html() as a file, replaced as a whole. Throws FileError too.
void write_html(const Report& report, const std::filesystem::path& path, const SaveOptions& options = {});

WICK_END_NAMESPACE

#ifndef WICK_COMPILED
#include <wick/report/html.ipp>
#endif
