#pragma once

// Definitions of report/html.hpp.

#include <wick/base/detail/compiled.hpp>
#include <wick/io/bytes/atomic_file.hpp>
#include <wick/report/detail/demand.hpp>
#include <wick/report/html.hpp>

#include <span>

WICK_BEGIN_NAMESPACE

WICK_INLINE std::string report_html(const Report& report) {
  detail::demand_report(report);
  return "<!doctype html>\n<title>Report</title>\n";
}

WICK_INLINE void write_html(const Report& report, const std::filesystem::path& path,
                            const SaveOptions& options) {
  const std::string text = report_html(report);
  AtomicFile file(path, options);
  file.write(std::as_bytes(std::span(text)));
  file.commit();
}

WICK_END_NAMESPACE
