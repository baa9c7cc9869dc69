// Reads a CSV file once.
//
// usage: csv_benchmark FILE [ROWS]
//
// Prints one JSON object: seconds of this process's processor time, rows, bytes of the values of the table,
// and by how much the memory of the process grew at its largest, in KiB. With ROWS the file is read in chunks
// of so many rows. compare_csv.py runs this beside pandas.

#include <wick/table/csv.hpp>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <fstream>
#include <string>

namespace {

/// The largest memory of this process so far, where Linux says it; what getrusage() says is that of the
/// process before this program was started in it, if that was larger.
long peak_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::atol(line.c_str() + 6);
  }
  return 0;
}

std::size_t bytes_of(const wick::Column& column) {
  const auto rows = static_cast<std::size_t>(column.size());
  switch (column.kind()) {
    case wick::ColumnKind::boolean:
      return rows;
    case wick::ColumnKind::categorical:
      return 4 * rows;
    case wick::ColumnKind::text:
      return 8 * rows + column.texts().byte_size();
    default:
      return 8 * rows;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: csv_benchmark FILE [ROWS]\n");
    return 2;
  }
  const long before = peak_kib();
  const std::clock_t begin = std::clock();
  wick::Index rows = 0;
  std::size_t bytes = 0;
  try {
    if (argc > 2) {
      wick::CsvReader reader(argv[1]);
      while (const auto chunk = reader.next(std::atol(argv[2]))) rows += chunk->rows();
    } else {
      const wick::Table table = wick::read_csv(argv[1]);
      rows = table.rows();
      for (const auto& column : table.columns()) bytes += bytes_of(column);
    }
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
  const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  std::printf("{\"seconds\": %.4f, \"rows\": %lld, \"table_bytes\": %zu, \"peak_kib\": %ld}\n", seconds,
              static_cast<long long>(rows), bytes, peak_kib() - before);
  return 0;
}
