#ifndef CONVOPT_LIB_SCHEDULES_TILEPATCHES_H
#define CONVOPT_LIB_SCHEDULES_TILEPATCHES_H

#include "convopt/Schedules/ConvSchedule.h"
#include <functional>

namespace convopt {

/// What tiles of pixels are loaded from (matrix_tiles): the patches of a
/// matrix product's rows.
struct TilePatches {
  /// The elements of a patch: first those that an instruction takes, then loops
  /// over instructions.
  Halide::RDom sum;
  /// One of them, as bytes lie in memory (what has no sign TileRegisters
  /// knows), and its number in the patch, less those of an instruction.
  Halide::Expr element, before;
  /// Schedules what is copied at the loop over strips.
  std::function<void(const Halide::LoopLevel &strip)> schedule;
};

/// Those of the pixels `p` of image `n` of the output, counted as one line, for
/// the output channels of vector `b` of all. Copies are of `strip` pixels.
TilePatches tilePatches(const ConvRequest &request, const Halide::Var &p,
                        const Halide::Var &b, const Halide::Var &n,
                        int64_t strip);

} // namespace convopt

#endif // CONVOPT_LIB_SCHEDULES_TILEPATCHES_H
