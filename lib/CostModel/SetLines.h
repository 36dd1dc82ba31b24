#ifndef CONVOPT_LIB_COSTMODEL_SETLINES_H
#define CONVOPT_LIB_COSTMODEL_SETLINES_H

#include "convopt/Primitives/Primitive.h"

namespace convopt {

/// How many lines of the cache fall into one set of L1 at most. More than it
/// has ways drive each other out.
struct SetLines {
  int64_t tile = 0;   ///< of the pixels that a register tile reads at one tap
  int64_t window = 0; ///< of all pixels that it reads
};

/// Of register tiles of `pixels` outputs, each pixel counted with the line that
/// its channels begin in; zeros where channels are not last.
SetLines setLines(const ConvProblem &layer, Layout input, int64_t pixels,
                  const MachineDescription &machine);

} // namespace convopt

#endif // CONVOPT_LIB_COSTMODEL_SETLINES_H
