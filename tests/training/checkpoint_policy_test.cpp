#include <wick/io/wick/writer.hpp>
#include <wick/training/checkpoint_policy.hpp>

#include "support/files.hpp"
#include "support/throws.hpp"
#include "training/training_run.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace fs = std::filesystem;
using wick_tests::message_of;
using wick_tests::read_bytes;
using wick_tests::SmallRun;
using wick_tests::TempDir;
using wick_tests::write_bytes;

namespace {

std::vector<std::string> names_in(const TempDir& dir) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(dir.path())) {
    names.push_back(wick::display_name(entry.path().filename()));
  }
  std::ranges::sort(names);
  return names;
}
using Names = std::vector<std::string>;

std::int64_t step_in(const fs::path& path) { return wick::load_training_checkpoint(path).state.step; }

}  // namespace

TEST_CASE("without a policy nothing is written, with a path the run is saved at the end") {
  const TempDir dir;
  SmallRun none;
  static_cast<void>(none.train());
  CHECK(names_in(dir).empty());

  for (const bool stopped : {false, true}) {
    SmallRun r;
    r.options.checkpoint = {.path = dir / "run.wick", .metadata = {{"a", 1.0}}};
    const auto result = stopped ? r.train_for(4) : r.train();
    CHECK(names_in(dir) == Names{"run.wick"});
    const auto loaded = wick::load_training_checkpoint(dir / "run.wick");
    CHECK(loaded.state.step == (stopped ? 4 : 14));
    CHECK(wick::to_checkpoint(loaded.state) == wick::to_checkpoint(result.state));
    CHECK(loaded.model.state_dict() == r.run.model.state_dict());
    CHECK(loaded.optimizer.state() == r.run.optimizer.state());
    CHECK(loaded.metadata == wick::Attributes{{"a", 1.0}});
  }
}

TEST_CASE("the run is saved every so many steps, counted from its beginning") {
  const TempDir dir;
  SmallRun r;
  r.options.checkpoint = {.path = dir / "run.wick", .every = 4, .save = {.durable = false}};
  std::vector<std::int64_t> seen;
  r.options.on_step = [&](const std::function<wick::TrainState()>& state) {
    // Called before the save of this step.
    if (fs::exists(dir / "run.wick")) seen.push_back(state().step * 100 + step_in(dir / "run.wick"));
  };
  static_cast<void>(r.train());
  CHECK(seen == std::vector<std::int64_t>{504, 604, 704, 804, 908, 1008, 1108, 1208, 1312, 1412});
  CHECK(step_in(dir / "run.wick") == 14);

  // A run that goes on saves at the same steps, and ends with the same bytes.
  const auto whole = read_bytes(dir / "run.wick");
  SmallRun first;
  first.options.checkpoint.path = dir / "part.wick";
  static_cast<void>(first.train_for(6));
  SmallRun second(50, wick::load_training_checkpoint(dir / "part.wick"));
  second.options.checkpoint = {.path = dir / "part.wick", .every = 4};
  static_cast<void>(second.train());
  CHECK(read_bytes(dir / "part.wick") == whole);
}

TEST_CASE("numbered files are kept up to a number, and the newest is found") {
  const TempDir dir;
  const fs::path path = dir / fs::path(u8"Größe.wick");
  // Names that only look like numbered files are nobody's to remove.
  for (const char* name :
       {"run-1.wick", "run-00000001.txt", "run-0000000a.wick", "run-000000001.wick", "other-00000001.wick"}) {
    write_bytes(dir / name, {});
  }
  const auto others = names_in(dir);
  CHECK_FALSE(wick::latest_checkpoint(path).has_value());
  CHECK_FALSE(wick::latest_checkpoint(dir / "none" / "run.wick").has_value());
  SmallRun r;
  r.options.checkpoint = {.path = path, .every = 3, .keep_last = 2};
  std::size_t most = 0;
  r.options.on_step = [&](const auto&) { most = (std::max)(most, names_in(dir).size()); };
  static_cast<void>(r.train());
  CHECK(most == others.size() + 2);
  auto names = names_in(dir);
  std::erase_if(names,
                [&](const std::string& name) { return std::ranges::find(others, name) != others.end(); });
  CHECK(names == Names{wick::display_name(fs::path(u8"Größe-00000012.wick")),
                       wick::display_name(fs::path(u8"Größe-00000014.wick"))});
  CHECK(names_in(dir).size() == others.size() + 2);
  CHECK(wick::latest_checkpoint(path) == dir / fs::path(u8"Größe-00000014.wick"));
  CHECK(step_in(*wick::latest_checkpoint(path)) == 14);

  // A run that goes on removes what the one before it left, the oldest first.
  SmallRun more(50, wick::load_training_checkpoint(*wick::latest_checkpoint(path)));
  more.options.epochs = 3;
  more.options.checkpoint = {.path = path, .every = 3, .keep_last = 3};
  static_cast<void>(more.train_for(1));
  CHECK(step_in(*wick::latest_checkpoint(path)) == 15);
  CHECK(fs::exists(dir / fs::path(u8"Größe-00000012.wick")));
  more.options.resume = wick::load_training_checkpoint(*wick::latest_checkpoint(path)).state;
  static_cast<void>(more.train());
  names = names_in(dir);
  std::erase_if(names,
                [&](const std::string& name) { return std::ranges::find(others, name) != others.end(); });
  CHECK(names.size() == 3);
  CHECK(step_in(*wick::latest_checkpoint(path)) == 21);
}

TEST_CASE("the latest file is that of the largest step, whenever it was written") {
  const TempDir dir;
  const fs::path path = dir / "run.wick";
  const auto now = fs::file_time_type::clock::now();
  const auto put = [&](const fs::path& name, int seconds, std::int64_t step) {
    wick::Archive archive;
    archive.attributes.emplace_back("training", wick::Attributes{{"step", step}});
    wick::write_archive(archive, name);
    fs::last_write_time(name, now + std::chrono::seconds(seconds));
  };
  put(wick::numbered_checkpoint(path, 300), -100, 300);
  put(wick::numbered_checkpoint(path, 110), -50, 110);
  CHECK(wick::latest_checkpoint(path) == dir / "run-00000300.wick");
  put(wick::numbered_checkpoint(path, 1234567890), -200, 1234567890);
  CHECK(wick::latest_checkpoint(path) == dir / "run-1234567890.wick");
  fs::remove(dir / "run-1234567890.wick");

  // The file without a number says its step itself; one that says none is not of a run.
  write_bytes(path, {});
  CHECK(wick::latest_checkpoint(path) == dir / "run-00000300.wick");
  SmallRun r;
  auto state = r.train().state;
  for (const std::int64_t step : {299, 300, 301}) {
    CAPTURE(step);
    state.step = step;
    wick::save_training_checkpoint(r.run.model, r.run.optimizer, state, path);
    fs::last_write_time(path, now - std::chrono::seconds(step == 301 ? 1000 : 0));
    CHECK(wick::latest_checkpoint(path) == (step == 301 ? path : dir / "run-00000300.wick"));
  }
  wick::save_checkpoint(r.run.model, path);
  CHECK(wick::latest_checkpoint(path) == dir / "run-00000300.wick");
  // A folder is no checkpoint.
  fs::create_directory(wick::numbered_checkpoint(path, 400));
  CHECK(wick::latest_checkpoint(path) == dir / "run-00000300.wick");
}

TEST_CASE("the best so far is kept, and going on does not forget how good it was") {
  const TempDir dir;
  for (const char* const by : {"", "Accuracy"}) {
    CAPTURE(by);
    SmallRun r(50, 3, {.lr = 0.1});
    r.options.epochs = 8;
    r.options.checkpoint = {.best = dir / "best.wick", .best_by = by};
    const auto result = r.train();
    const auto better = [&](const wick::TrainReport& a, const wick::TrainReport& b) {
      return *by == 0 ? a.test_loss < b.test_loss : a.metrics["Accuracy"] > b.metrics["Accuracy"];
    };
    const auto best = *std::ranges::min_element(result.reports, better);
    REQUIRE(better(best, result.reports.back()));  // so that the last one is not the best
    CHECK(names_in(dir) == Names{"best.wick"});
    const auto loaded = wick::load_training_checkpoint(dir / "best.wick");
    CHECK(loaded.state.step == best.step);
    CHECK(loaded.state.best_test_loss == [&] {
      double loss = 1e9;
      for (const auto& report : result.reports) {
        if (report.step <= best.step) loss = (std::min)(loss, report.test_loss);
      }
      return loss;
    }());

    const auto before = read_bytes(dir / "best.wick");
    SmallRun again(50, 3, {.lr = 0.1});
    again.options.epochs = 8;
    again.options.checkpoint = {.path = dir / "run.wick"};
    static_cast<void>(again.train_for(best.step + 1));
    SmallRun rest(50, wick::load_training_checkpoint(dir / "run.wick"));
    rest.options.epochs = 8;
    rest.options.checkpoint = {.best = dir / "best.wick", .best_by = by};
    static_cast<void>(rest.train());
    CHECK(read_bytes(dir / "best.wick") == before);
    fs::remove(dir / "run.wick");
    fs::remove(dir / "best.wick");
  }
}

TEST_CASE("a path that cannot be written is refused before the first step") {
  const TempDir dir;
  SmallRun r;
  const auto before = r.run.model.state_dict();
  const auto refusal = [&](const wick::CheckpointPolicy& policy) {
    r.options.checkpoint = policy;
    return message_of<wick::FileError>([&] { static_cast<void>(r.train()); });
  };
  const std::string missing = ": cannot create run.wick.wick-unfinished: No such file or directory";
  const auto none = dir / "none" / "run.wick";
  CHECK(refusal({.path = none}) == none.string() + missing);
  CHECK(refusal({.best = none}) == none.string() + missing);
  CHECK(refusal({.path = dir / "run.wick", .best = none}) == none.string() + missing);
  CHECK(refusal({.path = none, .keep_last = 2}) ==
        (dir / "none" / "run-00000000.wick").string() +
            ": cannot create run-00000000.wick.wick-unfinished: No such file or directory");
  fs::create_directory(dir / "folder");
  CHECK(refusal({.path = dir / "folder"}) ==
        (dir / "folder").string() + ": expected a file, got a directory");
  fs::remove(dir / "folder");
  // What the format cannot hold.
  r.options.checkpoint = {.path = dir / "run.safetensors", .metadata = {{"size", std::string("\xff")}}};
  CHECK_THROWS_AS(static_cast<void>(r.train()), wick::Error);
  CHECK(r.run.optimizer.steps() == 0);
  CHECK(r.run.model.state_dict() == before);
  CHECK(names_in(dir).empty());
}

TEST_CASE("a save that fails ends the run, keeps the old file and what was learned") {
  const TempDir dir;
  fs::create_directory(dir / "gone");
  SmallRun r;
  r.options.checkpoint = {.path = dir / "gone" / "run.wick", .every = 5};
  r.options.on_step = [&](const auto&) { fs::remove(dir / "gone"); };
  CHECK(message_of<wick::FileError>([&] { static_cast<void>(r.train()); }) ==
        (dir / "gone" / "run.wick").string() +
            ": cannot create run.wick.wick-unfinished: No such file or directory");
  CHECK(r.run.optimizer.steps() == 5);

  SmallRun other;
  static_cast<void>(other.train_for(5));
  CHECK(r.run.model.state_dict() == other.run.model.state_dict());
}

TEST_CASE("files of another run are neither removed nor replaced nor mixed with those of this one") {
  const TempDir dir;
  const fs::path path = dir / "run.wick";
  SmallRun old;
  old.options.checkpoint = {.path = path, .every = 3, .keep_last = 2};
  static_cast<void>(old.train());
  const Names files = names_in(dir);
  REQUIRE(files == Names{"run-00000012.wick", "run-00000014.wick"});
  const auto bytes = read_bytes(dir / "run-00000014.wick");

  for (const wick::Index keep_last : {0, 1, 2, 5}) {
    CAPTURE(keep_last);
    SmallRun fresh;
    fresh.options.checkpoint = {.path = path, .every = 1, .keep_last = keep_last};
    CHECK(message_of<wick::OptionError>([&] { static_cast<void>(fresh.train()); }) ==
          "train: checkpoint.path: \"" + (dir / "run-00000014.wick").string() +
              "\", one of 2 numbered files, is of another run: resume that run, remove it, or choose another "
              "path");
    CHECK(fresh.run.optimizer.steps() == 0);
  }
  // Going on from before the last one.
  SmallRun back(50, wick::load_training_checkpoint(dir / "run-00000012.wick"));
  back.options.checkpoint = {.path = path, .keep_last = 2};
  CHECK(message_of<wick::OptionError>([&] { static_cast<void>(back.train()); }) ==
        "train: checkpoint.path: \"" + (dir / "run-00000014.wick").string() +
            "\", one of 2 numbered files, is of a later step than the one that this run goes on from, 12: "
            "resume "
            "from that file, remove it, or choose another path");
  // A longer run of another name may use the place, but what it did not write stays.
  SmallRun longer;
  longer.options.checkpoint = {.path = dir / "other.wick"};
  longer.options.epochs = 3;
  static_cast<void>(longer.train());
  SmallRun on(50, wick::load_training_checkpoint(dir / "other.wick"));
  on.options.epochs = 4;
  on.options.checkpoint = {.path = path, .every = 1, .keep_last = 1};
  static_cast<void>(on.train());
  CHECK(names_in(dir) == Names{"other.wick", "run-00000012.wick", "run-00000014.wick", "run-00000028.wick"});
  CHECK(read_bytes(dir / "run-00000014.wick") == bytes);

  // Numbered files beside one without a number: nobody could tell which is the latest.
  SmallRun numbered;
  numbered.options.checkpoint = {.path = dir / "other.wick", .keep_last = 2};
  CHECK(message_of<wick::OptionError>([&] { static_cast<void>(numbered.train()); }) ==
        "train: checkpoint.path: \"" + (dir / "other.wick").string() +
            "\" is of another run: resume that run, remove it, or choose another path");
}

TEST_CASE("the best file is none of those that are replaced or removed") {
  const TempDir dir;
  SmallRun r;
  for (const auto& best : {dir / "run.wick", dir / "." / "run.wick", dir / "run-00000120.wick"}) {
    CAPTURE(best);
    r.options.checkpoint = {.path = dir / "run.wick", .keep_last = 1, .best = best};
    CHECK(message_of<wick::OptionError>([&] { static_cast<void>(r.train()); }) ==
          "train: checkpoint.best has the name of a file of checkpoint.path, \"" + best.string() +
              "\", which would be replaced or removed; choose another one");
  }
  CHECK(r.run.optimizer.steps() == 0);
  CHECK(names_in(dir).empty());
}

TEST_CASE("policies that make no sense are refused before anything happens") {
  const TempDir dir;
  SmallRun r;
  const auto refusal = [&](const wick::CheckpointPolicy& policy) {
    r.options.checkpoint = policy;
    return message_of<wick::OptionError>([&] { static_cast<void>(r.train()); });
  };
  CHECK(refusal({.path = dir / "f", .every = -1}) == "train: checkpoint.every must be >= 0, got -1");
  CHECK(refusal({.path = dir / "f", .keep_last = -2}) == "train: checkpoint.keep_last must be >= 0, got -2");
  CHECK(refusal({.every = 1}) == "train: checkpoint.every and checkpoint.keep_last need checkpoint.path");
  CHECK(refusal({.keep_last = 1}) == "train: checkpoint.every and checkpoint.keep_last need checkpoint.path");
  CHECK(r.run.optimizer.steps() == 0);
  CHECK(names_in(dir).empty());
}
