// Schedules name the dimensions of a weight (its block, row, column, channel,
// lane) and take its position from the same description that it was packed by.

#include "Operands.h"

using namespace Halide;

namespace convopt {

PackedFilter packedFilter(const ConvRequest &request) {
  return request.choice.primitive->packedFilter(request.layer, request.choice,
                                                request.machine);
}

Expr filterAt(const ConvRequest &request,
              llvm::ArrayRef<PackedFilter::At<Expr>> indices) {
  return request.filter(packedFilter(request).at(indices));
}

} // namespace convopt
