#include "Schedules.h"

using namespace Halide;

namespace convopt {

/// Whole vectors, then one more that ends with the run and may overlap the one
/// before: copied twice is the same.
void scheduleCopy(Func func, const CopyRange &range,
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

} // namespace convopt
