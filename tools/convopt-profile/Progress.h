#ifndef CONVOPT_TOOLS_PROFILE_PROGRESS_H
#define CONVOPT_TOOLS_PROFILE_PROGRESS_H

#include "llvm/ADT/Twine.h"
#include <chrono>

namespace convopt {

/// Says something that is no error on standard error, by the tool's name.
void printNote(const llvm::Twine &text);

/// Says on standard error how far a profile is and how long it may take yet.
class Progress {
public:
  explicit Progress(size_t tasks) : tasks(tasks) {}

  /// Round `round` of `passes`, or a repetition after them, measures that many.
  void begin(unsigned round, unsigned passes, size_t count);
  void step() { ++done; }
  /// Where a part of the time goes that later rounds do not take.
  void compiled(double seconds) { compileSeconds += seconds; }
  void print() const;
  void end(size_t failed, size_t doubtful) const;

private:
  using Clock = std::chrono::steady_clock;
  size_t tasks;
  unsigned round = 0, passes = 1;
  size_t count = 0, done = 0;
  double compileSeconds = 0; ///< in this round
  Clock::time_point start;
};

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_PROGRESS_H
