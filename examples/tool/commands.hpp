#pragma once

// The commands of the program wick: what each is told, and its exit code.

#include "limits.hpp"

#include <wick/base/types.hpp>
#include <wick/preprocess/target_encoder.hpp>
#include <wick/tensor/dtype.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tool {

inline constexpr int exit_ok = 0;
inline constexpr int exit_different = 1;  ///< files differ, or a file is not what it should be
inline constexpr int exit_failed = 2;     ///< wrong usage, or a file that cannot be read or written

/// How model files are read.
struct SourceOptions {
  std::string key;          ///< the item of a PyTorch file that is the model or holds it; empty: all of it
  bool ignore_crc = false;  ///< PyTorch files need not have checksums
  bool refuse_objects = false;  ///< PyTorch files may hold nothing but data
  Limits limits;
};

/// How CSV files are read.
struct CsvOptions {
  std::optional<char> separator;     ///< found without
  std::optional<char> decimal;       ///< found without
  bool fill_short_rows = false;      ///< fields that a row lacks at its end are missing values
  std::vector<std::string> missing;  ///< texts that stand for a missing value, besides the usual ones
};

/// Which parameters a network is built from, as wick::BuildOptions has it.
struct NameOptions {
  bool by_shape = false;          ///< takes parameters of any names for layers in their order
  std::vector<std::string> only;  ///< beginnings of names; empty: all
  std::string prefix;             ///< removed from names that begin with it
  std::vector<std::pair<std::string, std::string>>
      rename;  ///< the whole name or its first parts, and what replaces it
};

struct InfoOptions {
  std::filesystem::path file;
  SourceOptions source;
  bool all = false;   ///< the tensors of every group, not only those of the model
  bool json = false;  ///< for programs
};
/// Prints what a file holds.
int info(const InfoOptions& options);

struct VerifyOptions {
  std::vector<std::filesystem::path> files;
  SourceOptions source;
};
/// Reads every byte of each file and says what is wrong with it.
int verify(const VerifyOptions& options);

struct DiffOptions {
  std::filesystem::path a;
  std::filesystem::path b;
  double rtol = 0;  ///< >= 0; elements are equal when |a - b| <= atol + rtol * |b|
  double atol = 0;  ///< >= 0
  bool ignore_dtype = false;
  SourceOptions source;
  std::vector<std::string> groups;  ///< compares these groups only; empty: everything
};
/// Compares the contents of two files.
int diff(const DiffOptions& options);

struct ConvertOptions {
  std::filesystem::path from;
  std::filesystem::path to;
  std::optional<wick::DType> dtype;  ///< of the model's floating-point tensors
  SourceOptions source;
  bool force = false;  ///< replaces `to` if it exists
};
/// Writes the contents of a file in another format.
int convert(const ConvertOptions& options);

struct PredictOptions {
  std::filesystem::path model;
  SourceOptions source;
  NameOptions names;
  std::vector<std::string> images;  ///< UTF-8: a picture, or an IDX file and ":N"
  std::filesystem::path idx;
  std::vector<wick::Index> items;  ///< of `idx`
  wick::Index top = 3;             ///< classes to print, >= 1
  bool invert = false;
  bool stretch = false;
  std::optional<double> mean;
  std::optional<double> std;
  std::vector<std::string> classes;  ///< instead of the names in the file
  bool show = false;
  bool json = false;
  CsvOptions csv;      ///< of tables
  bool proba = false;  ///< of tables: the probabilities of all classes
  int threads = 1;     ///< of tables
};
/// Prints what a network takes pictures for, or what a model of a table predicts for rows.
int predict(const PredictOptions& options);

struct FitOptions {
  std::filesystem::path data;
  std::filesystem::path out;  ///< the folder
  std::string target;
  CsvOptions csv;
  std::optional<wick::Task> task;
  double time = 60;  ///< seconds, > 0
  std::uint64_t seed = 0;
  double test = 0.1;       ///< share of the rows, in [0, 0.9]
  wick::Index folds = 0;   ///< of a cross-validation; 0: none
  wick::Index trials = 0;  ///< of a search for options; 0: none
  int threads = 1;
  std::vector<std::string> formats;  ///< to write the model in as well: `safetensors`, `cpp`
  bool force = false;                ///< writes into a folder that has such files already
};
/// Trains a model of a table.
int fit(const FitOptions& options);

struct EvalOptions {
  std::filesystem::path model;
  std::filesystem::path data;
  std::string target;  ///< empty: that of the model
  CsvOptions csv;
  int threads = 1;
  bool json = false;
};
/// Prints how good a model of a table is.
int eval(const EvalOptions& options);

struct ExportOptions {
  std::filesystem::path model;
  std::filesystem::path to;
  SourceOptions source;
  NameOptions names;
  std::string name;    ///< of the namespace; empty: after `to`
  bool force = false;  ///< replaces `to` if it exists
};
/// Writes a network as a C++ header without dependencies.
int export_cpp(const ExportOptions& options);

}  // namespace tool
