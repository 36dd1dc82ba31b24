#ifndef CONVOPT_PRIMITIVES_DIVISION_H
#define CONVOPT_PRIMITIVES_DIVISION_H

#include "convopt/Primitives/Primitive.h"

namespace convopt {

// How the loops of a convolution are divided among threads. Schedules follow
// it, and the selection of primitives counts with it.

/// Loops that threads may share, and how long one thread takes.
struct SharedLoops : LoopNest {
  double seconds = 0;       ///< about
  double filterSeconds = 0; ///< in which one thread reads it from memory
};

/// Those of a choice's schedule.
SharedLoops sharedLoops(const ConvProblem &layer, const Choice &choice,
                        const MachineDescription &machine);

enum class DividedLoop { None, Images, Strips, Blocks, Stages };

struct Division {
  DividedLoop loop = DividedLoop::None;
  int64_t strip = 1;   ///< of `extent`
  double speedup = 1;  ///< over one thread, waiting for each other left aside
  int64_t started = 0; ///< how often all threads begin and wait for each other
  double filterSeconds = 0; ///< in which the threads read it from memory
  /// What one thread's `seconds`, which include reading the filter from memory,
  /// become.
  double secondsOf(double seconds) const;
};

/// The division that takes least time; none if one thread is as quick. Of
/// equals, the one whose threads read least of the same data.
Division divide(const SharedLoops &loops, int64_t threads);
Division divide(const ConvProblem &layer, const Choice &choice,
                const MachineDescription &machine, int64_t threads);

} // namespace convopt

#endif // CONVOPT_PRIMITIVES_DIVISION_H
