// Where channels come first, a pooling's vectors lie along the rows that its
// windows slide along. Each tap is then a load across two lines of the cache,
// and at the borders one of single elements, unless the image is padded first.
// What combines the elements of a window in any order can do so in two steps:
// down the columns, whose loads lie as the vectors do, then along the row of
// what that gives: for a window of k x k, 2 k taps in place of k k.
//
// What the first step gives is kept for one plane, which stays in a cache; its
// borders hold what both steps begin with, and padding that is no more than
// that is neither stored nor selected: rows beyond the image are left out.

#ifndef CONVOPT_LIB_CODEGEN_WINDOWPLANES_H
#define CONVOPT_LIB_CODEGEN_WINDOWPLANES_H

#include "Reduction.h"
#include "convopt/Codegen/Kernels.h"

namespace convopt {

/// The image of a window that is reduced along rows alone.
struct WindowPlanes {
  /// How many of the innermost dimensions the window has: those of a plane.
  unsigned dims = 0;
  /// What remains when all of the window but its row was combined: its borders,
  /// then `count[i]` vectors of `lanes` of columns[i] by an update each.
  Halide::Func rows;
  int rowWidth = 0, lanes = 1, borders = 0;
  std::vector<int> counts;
  std::vector<Reduction> columns;
};

/// Whether buildWindow() takes `op`, given that its results are computed in
/// vectors of `lanes` by so many threads.
bool hasWindowPlanes(mlir::linalg::LinalgOp op, int64_t lanes,
                     const KernelOptions &options);

/// `op`, for which hasWindowPlanes() was true, as a reduction along the rows of
/// other planes.
Reduction buildWindow(BodyTranslator &body, mlir::linalg::LinalgOp op,
                      const MachineDescription &machine, int64_t lanes);

/// Computes the planes within `result`, whose loops are scheduled: whole ones
/// or, where they are large, what the loop `row` reads.
void scheduleWindowPlanes(const Reduction &reduction, Halide::Func result,
                          const Halide::Var &row);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_WINDOWPLANES_H
