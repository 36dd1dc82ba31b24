// Winograd's tiles share inputs between neighbouring outputs, which a stride
// takes apart. Every s-th row and column of the image is an image without
// stride, though, and the filter's every s-th taps are its filter: s x s of
// them add up to the convolution. Taken as channels of one image they make one
// sum, with no intermediate results. The copy that pads the image brings them
// together; with a number of channels that is no multiple of a vector it is
// done pixel by pixel from a padded copy.

#include "Expressions.h"
#include "Operands.h"
#include "Outputs.h"
#include "convopt/Primitives/WinogradTransforms.h"

using namespace Halide;

namespace convopt {

Func inputPhases(const ConvRequest &request, const Phases &rows,
                 const Phases &columns, Func padded) {
  const int C = toInt(request.layer.inChannels);
  ImageVars v;
  Func phases("phases");
  // What is read beyond the last channel is not used.
  Expr c = min(v.c, toInt(rows.count * columns.count) * C - 1), phase = c / C;
  phases(v.c, v.x, v.y, v.n) =
      padded(c % C, v.x * toInt(columns.stride) + phase % toInt(columns.count),
             v.y * toInt(rows.stride) + phase / toInt(columns.count), v.n);
  return phases;
}

void scheduleInputPhases(const ConvRequest &request, Func phases, Func padded,
                         LoopLevel at, int64_t columns) {
  const int lanes = lanesOf(request);
  Var c = phases.args()[0], x = phases.args()[1];
  phases.compute_at(at).store_in(MemoryType::Heap);
  if (request.choice.input == Layout::NCHW) {
    phases.reorder(x, c).vectorize(x, lanes, TailStrategy::GuardWithIf);
  } else if (request.layer.inChannels % lanes == 0) {
    phases.align_bounds(c, lanes).vectorize(c, lanes);
  } else {
    scheduleCopy(request, padded, at, Layout::NHWC, columns);
    phases.unroll(c, lanes, TailStrategy::GuardWithIf);
  }
}

} // namespace convopt
