// Copying has one rule: whole vectors, each read once and stored once. A run
// that is no multiple of a vector ends with one more that overlaps the one
// before; what both store is the same. The alternative, a remainder element by
// element, takes as long as several vectors. Interleaving reads a vector of
// each part and leaves it to LLVM to make shuffles and whole stores of the
// stores with a stride.

#include "StoredFunc.h"

using namespace Halide;

namespace convopt {

/// Whole vectors, then one more that ends with the run and may overlap the one
/// before: copied twice is the same.
void scheduleRange(Func func, const CopyRange &range,
                   const std::function<Expr(Expr)> &value,
                   const KernelOptions &options) {
  Var row = func.args()[1];
  int width = fittingWidth(range.run, vectorLanes(func.types()[0], options));
  int whole = range.run / width * width;
  auto copy = [&](int start, int length) {
    RDom r(0, length);
    func(r + range.offset + start, row) = value(r + start);
    Halide::Stage update = func.update(func.num_update_definitions() - 1);
    update.reorder(r.x, row);
    RVar vector("vector");
    update.split(r.x, r.x, vector, width).vectorize(vector);
    int64_t elements = int64_t(range.run) * range.rows;
    if (options.threads > 1 && range.rows > 1 && elements >= 1 << 15)
      // Whatever the tasks' size: no row beyond the last.
      update.parallel(
          row, std::max(1, range.rows / static_cast<int>(4 * options.threads)),
          TailStrategy::GuardWithIf);
  };
  copy(0, whole);
  if (whole < range.run)
    copy(range.run - width, width);
}

/// The stores of all operands' vectors become whole vectors of the result.
void scheduleInterleaved(StoredFunc &stage, const KernelOptions &options) {
  Func func = stage.func;
  std::vector<Var> vars = func.args();
  Var outer("outer"), vector("vector");
  int width =
      fittingWidth(stage.extents[1], vectorLanes(func.types()[0], options));
  func.unroll(vars[0])
      .split(vars[1], outer, vector, width, TailStrategy::ShiftInwards)
      .vectorize(vector);
  std::vector<VarOrRVar> order = {vars[0], vector, outer};
  std::vector<OuterLoop> loops = {
      {outer, (stage.extents[1] + width - 1) / width}};
  int64_t points = int64_t(stage.extents[0]) * stage.extents[1];
  for (size_t d = 2; d < vars.size(); ++d) {
    order.push_back(vars[d]);
    loops.push_back({vars[d], stage.extents[d]});
    points *= stage.extents[d];
  }
  func.reorder(order);
  shareOuterLoops(func, loops, points, options);
}

// Measured on one core of an AMD EPYC (Zen 4) at 3.7 GHz: halves of a shuffle
// of 2 x 58 channels, 28x28: 4.7 us, 78 GB/s; 2 x 116, 14x14: 1.9 us, 95 GB/s.

} // namespace convopt
