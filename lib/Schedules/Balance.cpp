// Which loop the threads share is decided in Primitives/Division.h, since the
// selection counts with it; here the loop of that name is made parallel. Never
// one within another: its tasks would wait for each other's.

#include "LoopOrder.h"

using namespace Halide;

namespace convopt {

LoopNest loopsOf(const ConvRequest &request) {
  return request.choice.primitive->loops(request.layer, request.choice);
}

Division divide(const ConvRequest &request) {
  return divide(request.layer, request.choice, request.machine,
                request.threads);
}

void parallelise(const Division &division, Stage out, const VarOrRVar &image,
                 const VarOrRVar &strip, const VarOrRVar &block) {
  if (division.loop == DividedLoop::Images)
    out.parallel(image);
  if (division.loop == DividedLoop::Strips)
    out.parallel(strip);
  if (division.loop == DividedLoop::Blocks)
    out.parallel(block);
}

} // namespace convopt
