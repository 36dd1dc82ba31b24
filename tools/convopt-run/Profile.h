#ifndef CONVOPT_TOOLS_RUN_PROFILE_H
#define CONVOPT_TOOLS_RUN_PROFILE_H

#include "LoadedModel.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/raw_ostream.h"
#include <chrono>

namespace convopt {

/// Measures every launch of the runs of one size of a model, from its
/// construction to its end. Times are nanoseconds since the construction.
class LaunchTimer {
public:
  /// `size` is one of the model's. An error if `model` was not compiled with
  /// --profile.
  static llvm::Expected<std::unique_ptr<LaunchTimer>>
  watch(const LoadedModel &model, const convopt_size &size);
  ~LaunchTimer();
  LaunchTimer(const LaunchTimer &) = delete;

  void beginRun();
  void endRun();

  /// One line a launch, in the order of their runs: the median over all
  /// measured runs. Then sums for each kind of kernel, and what the model
  /// spends outside of kernels.
  void printTable(llvm::raw_ostream &os) const;

  /// The same for programs: docs/report.md describes the JSON. Of several sizes
  /// it says which one ran.
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

  LaunchTimer(const LoadedModel &model, const convopt_size &size);
  static void observe(void *timer, int64_t launch, int done);
  int64_t now() const;
  /// Which one ran: its number and inputs, members of an object.
  void writeSize(llvm::json::OStream &json) const;
  /// Nanoseconds of a run, of launch `i`, and of a run outside of launches: the
  /// medians.
  int64_t medianRun() const;
  int64_t medianOf(size_t i) const;
  int64_t medianOutside() const;

  const LoadedModel &model;
  const convopt_size &size;
  const convopt_profile &profile;
  llvm::ArrayRef<convopt_launch> launches;
  int64_t first; ///< the number of launches[0] as the observer is told it
  Clock::time_point start = Clock::now();
  bool running = false;
  std::vector<Run> runs;
};

} // namespace convopt

#endif // CONVOPT_TOOLS_RUN_PROFILE_H
