#include "FusionLimit.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;

namespace convopt {

unsigned countScalarOperations(Operation *op) {
  unsigned count = 0;
  if (isa<linalg::LinalgOp>(op))
    for (Operation &inner : op->getRegion(0).front().without_terminator())
      count += !isa<arith::ConstantOp>(inner);
  return std::max(count, 1u);
}

} // namespace convopt
