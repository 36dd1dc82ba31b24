// Schedules for everything but convolutions. A stage's Func is pure, so its
// last vector of a row may overlap the one before (ShiftInwards): nothing is
// read or written outside the buffers, and there are no scalar remainders.

#include "StoredFunc.h"
#include "RegisterTile.h"
#include "WindowPlanes.h"
#include "convopt/Target/ByteVectors.h"
#include "llvm/ADT/STLExtras.h"

using namespace Halide;

namespace convopt {

int vectorLanes(const Type &type, const KernelOptions &options) {
  return static_cast<int>(options.machine.vectorBits) /
         std::max(32, type.bits());
}

int fittingWidth(int extent, int limit) {
  int width = 1;
  while (width * 2 <= std::min(extent, limit))
    width *= 2;
  return width;
}

void shareOuterLoops(Func func, std::vector<OuterLoop> outer, int64_t points,
                     const KernelOptions &options, bool keepFirst) {
  constexpr int64_t worthwhile = 1 << 15;
  Var first = outer.empty() ? Var() : outer.front().var;
  llvm::erase_if(outer, [](const OuterLoop &loop) { return loop.extent == 1; });
  if (options.threads <= 1 || points < worthwhile || outer.empty())
    return;
  OuterLoop tasks = outer.back();
  outer.pop_back();
  while (tasks.extent < options.threads && !outer.empty() &&
         !(keepFirst && outer.back().var.same_as(first))) {
    Var both("tasks");
    func.fuse(outer.back().var, tasks.var, both);
    tasks = {both, tasks.extent * outer.back().extent};
    outer.pop_back();
  }
  int size =
      static_cast<int>(llvm::divideCeil(tasks.extent, 4 * options.threads));
  // The loop keeps its name within a task: other stages are computed in it.
  Var task("task");
  if (size > 1)
    func.split(tasks.var, task, tasks.var, size, TailStrategy::GuardWithIf)
        .parallel(task);
  else
    func.parallel(tasks.var);
}

/// Computes a vector of partial sums, then their sum, for each element.
static void scheduleLanes(StoredFunc &stage, const KernelOptions &options) {
  Var x = stage.func.args()[0];
  Reduction &reduction = *stage.reduction;
  int width = vectorLanes(reduction.func.types()[0], options);
  for (size_t i = 0; i < reduction.lanes.size(); ++i) {
    Func lanes = reduction.lanes[i];
    Var lane = lanes.args()[0];
    int count = reduction.laneCounts[i];
    lanes.compute_at(stage.func, x).bound_extent(lane, count);
    int vector = fittingWidth(count, width);
    lanes.vectorize(lane, vector).unroll(lane);
    if (!lanes.has_update_definition())
      continue;
    RVar innermost = lanes.rvars()[0];
    lanes.update().reorder(lane, innermost);
    lanes.update().vectorize(lane, vector).unroll(lane);
    for (size_t t = 0; t < reduction.tails.size(); ++t) {
      const Reduction::Tail &tail = reduction.tails[t];
      Halide::Stage rest = lanes.update(static_cast<int>(1 + t));
      std::vector<VarOrRVar> order = {tail.loop};
      for (const RVar &loop : lanes.rvars(static_cast<int>(1 + t)))
        if (loop.name() != tail.loop.name())
          order.push_back(loop);
      rest.reorder(order);
      if (tail.vector > 1)
        rest.vectorize(tail.loop, tail.vector);
    }
  }
  reduction.func.compute_at(stage.func, x);
}

/// Unrolls the innermost loops of a window as far as they are few iterations.
static void unrollWindow(Halide::Stage update, const std::vector<RVar> &loops,
                         const std::vector<int> &extents) {
  int iterations = 1;
  for (size_t i = 0; i < loops.size(); ++i) {
    iterations *= extents[i];
    if (iterations > 25)
      return;
    update.unroll(loops[i]);
  }
}

void scheduleRegisters(Reduction &reduction, int width, int vectors, int rows,
                       size_t row) {
  Func sums = reduction.func;
  std::vector<Var> vars = sums.args();
  auto computeTile = [&](Halide::Stage definition) {
    definition.vectorize(vars[0], width);
    definition.unroll(vars[0]);
    if (rows > 1)
      definition.unroll(vars[row]);
  };
  sums.bound_extent(vars[0], width * vectors);
  if (rows > 1)
    sums.bound_extent(vars[row], rows);
  computeTile(sums);
  for (size_t i = 0; i < reduction.loops.size(); ++i) {
    Halide::Stage update = sums.update(i);
    std::vector<VarOrRVar> order(vars.begin(), vars.end());
    order.insert(order.end(), reduction.loops[i].begin(),
                 reduction.loops[i].end());
    update.reorder(order);
    unrollWindow(update, reduction.loops[i], reduction.loopExtents[i]);
    computeTile(update);
  }
}

/// Whether the vectors of `tile` are stored as one, of bytes, to which they are
/// narrowed together (PackedBytes.cpp).
static bool storesTogether(const StoredFunc &stage, const RegisterTile &tile,
                           const KernelOptions &options) {
  return !stage.reduction && stage.func.types()[0].bits() == 8 &&
         packsBytes(options.machine) && tile.vectors == 4 &&
         tile.width == options.machine.vectorBits / 32;
}

void scheduleStored(StoredFunc &stage, const KernelOptions &options) {
  Func func = stage.func;
  std::vector<Var> vars = func.args();
  if (vars.empty()) {
    if (stage.reduction)
      scheduleRootReduction(*stage.reduction, options);
    return;
  }
  if (stage.transposed) {
    scheduleTransposed(stage, options);
    return;
  }
  int64_t points = 1;
  for (int extent : stage.extents)
    points *= extent;
  if (stage.reduction) {
    points = 2; // To add up takes longer than to copy.
    for (int64_t extent : stage.reduction->op.getStaticLoopRanges())
      points *= extent;
  }
  std::vector<OuterLoop> outer;
  if (stage.reduction && !stage.reduction->lanes.empty()) {
    for (size_t d = 0; d < vars.size(); ++d)
      outer.push_back({vars[d], stage.extents[d]});
    scheduleLanes(stage, options);
    // The vector is computed within the innermost loop, which stays whole.
    if (outer.size() > 1)
      outer.erase(outer.begin());
    shareOuterLoops(func, outer, points, options);
    return;
  }
  RegisterTile tile = chooseTile(stage, options);
  int columns = tile.width * tile.vectors;
  Var xo("xo"), xi("xi"), xv("xv"), yo("yo"), yi("yi");
  func.split(vars[0], xo, xi, columns,
             stage.readsItself ? TailStrategy::GuardWithIf
                               : TailStrategy::ShiftInwards)
      .split(xi, xi, xv,
             storesTogether(stage, tile, options) ? columns : tile.width)
      .vectorize(xv)
      .unroll(xi);
  outer.push_back({xo, (stage.extents[0] + columns - 1) / columns});
  std::vector<VarOrRVar> order = {xv, xi};
  if (tile.rows > 1) {
    func.split(vars[tile.row], yo, yi, tile.rows, TailStrategy::ShiftInwards)
        .unroll(yi);
    order.push_back(yi);
    outer.push_back(
        {yo, (stage.extents[tile.row] + tile.rows - 1) / tile.rows});
  }
  for (size_t d = 1; d < vars.size(); ++d)
    if (tile.rows == 1 || d != tile.row)
      outer.push_back({vars[d], stage.extents[d]});
  for (const OuterLoop &loop : outer)
    order.push_back(loop.var);
  func.reorder(order);
  if (stage.reduction) {
    stage.reduction->func.compute_at(func, xo);
    scheduleRegisters(*stage.reduction, tile.width, tile.vectors, tile.rows,
                      tile.row);
    if (stage.reduction->planes)
      scheduleWindowPlanes(*stage.reduction, func,
                           tile.rows > 1 ? yo : vars[1]);
  }
  // The reduction is computed within the innermost.
  shareOuterLoops(func, outer, points, options, stage.reduction.has_value());
}

void scheduleRootReduction(Reduction &reduction, const KernelOptions &options) {
  Func func = reduction.func;
  func.compute_root();
  for (Func lanes : reduction.lanes)
    lanes.compute_root();
  if (func.args().empty())
    return;
  Var x = func.args()[0];
  int width =
      fittingWidth(reduction.extents[0], vectorLanes(func.types()[0], options));
  func.vectorize(x, width, TailStrategy::GuardWithIf);
  for (size_t i = 0; i < reduction.loops.size(); ++i) {
    std::vector<VarOrRVar> order = {x};
    order.insert(order.end(), reduction.loops[i].begin(),
                 reduction.loops[i].end());
    func.update(i).reorder(order);
    func.update(i).vectorize(x, width, TailStrategy::GuardWithIf);
  }
}

// Measured on one core of an AMD EPYC (Zen 4) at 3.7 GHz, channels last; in
// brackets with NaN passed on, one pixel at a time, from a padded copy:
//   64, 112x112  maximum 3x3, step 2, padded  66 us, 61 GB/s (98 us)
//  256, 56x56    maximum 2x2, step 2          48 us, 84 GB/s (55 us)
//  512, 13x13    maximum 3x3, padded          20 us, 35 GB/s (41 us)
//  768, 17x17    average 3x3, padded          55 us, 32 GB/s (78 us)
// Normalised rows, in brackets with 32 sums each and a root for each element:
//   40, 56x56  31 us, 32 GB/s (62 us)
//   80, 28x28  10 us, 48 GB/s (28 us)
//  160, 14x14   5 us, 52 GB/s (15 us)

} // namespace convopt
