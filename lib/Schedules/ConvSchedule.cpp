#include "convopt/Schedules/ConvSchedule.h"
#include "Parts.h"

namespace convopt {

Halide::Func buildConvolution(const ConvRequest &request) {
  switch (request.choice.kind) {
  case PrimitiveKind::Direct:
    return buildDirect(request);
  default:
    break;
  }
  llvm_unreachable("every kind has a schedule");
}

} // namespace convopt
