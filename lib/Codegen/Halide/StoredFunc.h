#ifndef CONVOPT_LIB_CODEGEN_STOREDFUNC_H
#define CONVOPT_LIB_CODEGEN_STOREDFUNC_H

#include "ReadStrides.h"
#include "Reduction.h"
#include "convopt/Codegen/Kernels.h"

namespace convopt {

/// A Func that gets memory of its own.
struct StoredFunc {
  Halide::Func func;
  std::vector<int> extents; ///< of func's arguments, innermost first
  /// Computed for a tile of `func` at a time, where its elements are used.
  std::optional<Reduction> reduction;
  /// It reads memory where it writes, and so must not write twice.
  bool readsItself = false;
  /// Without a reduction: what it reads along another loop than it writes.
  std::optional<Transposed> transposed;
};

/// A loop outside of a tile.
struct OuterLoop {
  Halide::Var var;
  int extent;
};

/// Divides the outer loops of `func`, innermost first, among the threads if
/// there is enough to do: `points` are computed in all. With `keepFirst`, the
/// innermost of them stays a loop of its own.
void shareOuterLoops(Halide::Func func, std::vector<OuterLoop> outer,
                     int64_t points, const KernelOptions &options,
                     bool keepFirst = false);

/// Schedules a stage that is `transposed` in blocks.
void scheduleTransposed(StoredFunc &stage, const KernelOptions &options);

/// Schedules a stage whose innermost loop, a short one, takes from other
/// memory with each iteration: vectors along the next loop.
void scheduleInterleaved(StoredFunc &stage, const KernelOptions &options);

/// Schedules `stage` and its reduction for elements as wide as `type`.
void scheduleStored(StoredFunc &stage, const KernelOptions &options);

/// Keeps `rows` times `vectors` vectors of `width` sums of a reduction, which
/// is computed where they are wanted, in registers over all its loops. Rows are
/// along its argument `row`.
void scheduleRegisters(Reduction &reduction, int width, int vectors, int rows,
                       size_t row = 1);

/// A reduction of several results, or of rank 0, which is a stage itself.
void scheduleRootReduction(Reduction &reduction, const KernelOptions &options);

/// Elements [offset, offset + run) of each of `rows` rows.
struct CopyRange {
  int offset, run, rows;
};

/// Adds updates to func(x, row) that set elements offset + i to value(i), and
/// schedules them.
void scheduleRange(Halide::Func func, const CopyRange &range,
                   const std::function<Halide::Expr(Halide::Expr)> &value,
                   const KernelOptions &options);

/// How many elements of `type` are computed at once: no type is narrower than
/// 32 bits while it is computed.
int vectorLanes(const Halide::Type &type, const KernelOptions &options);

/// The widest power of two up to `limit` and `extent`.
int fittingWidth(int extent, int limit);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_STOREDFUNC_H
