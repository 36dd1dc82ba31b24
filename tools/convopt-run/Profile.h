#ifndef CONVOPT_TOOLS_RUN_PROFILE_H
#define CONVOPT_TOOLS_RUN_PROFILE_H

#include "LoadedModel.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>

namespace convopt {

/// Measures every launch of the runs of a model, from its construction to its
/// end. Times are nanoseconds since the construction.
class LaunchTimer {
public:
  /// An error if `model` was not compiled with --profile.
  static llvm::Expected<std::unique_ptr<LaunchTimer>>
  watch(const LoadedModel &model);
  ~LaunchTimer();
  LaunchTimer(const LaunchTimer &) = delete;

  void beginRun();
  void endRun();

  /// One line a launch, in the order of their runs: the median over all
  /// measured runs. Then sums for each kind of kernel, and what the model
  /// spends outside of kernels.
  void printTable(llvm::raw_ostream &os) const;

  /// The same for programs: docs/report.md describes the JSON.
  void writeJson(llvm::raw_ostream &os) const;

  /// All measured runs, for chrome://tracing and https://ui.perfetto.dev
  /// (the JSON array form of the Trace Event Format).
  void writeTrace(llvm::raw_ostream &os) const;

private:
  using Clock = std::chrono::steady_clock;
  struct Span {
    int64_t begin = 0, end = 0;
  };
  struct Run {
    Span whole;
    std::vector<Span> launches;
  };

  explicit LaunchTimer(const LoadedModel &model);
  static void observe(void *timer, int64_t launch, int done);
  int64_t now() const;
  /// Nanoseconds of a run, of launch `i`, and of a run outside of launches: the
  /// medians.
  int64_t medianRun() const;
  int64_t medianOf(size_t i) const;
  int64_t medianOutside() const;

  const LoadedModel &model;
  const convopt_profile &profile;
  Clock::time_point start = Clock::now();
  bool running = false;
  std::vector<Run> runs;
};

} // namespace convopt

#endif // CONVOPT_TOOLS_RUN_PROFILE_H
