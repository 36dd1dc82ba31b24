// Halide inlines: a value is computed again wherever it is read, unless it is
// given memory. Memory costs a store and a load for each read; computing again
// costs the arithmetic times the reads. What is cheap is computed again for up
// to three reads of an element; a division or a function of the math dialect is
// worth storing as soon as an element is read more than once, as the
// exponentials of a softmax are. Reads are counted by the readers' loops, since
// a row that is broadcast is read for every element of what it is broadcast to.

#include "Halide/KernelPipeline.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace convopt {

bool isCheaperStored(Operation *op) {
  if (op->getNumResults() != 1 || op->use_empty() ||
      isa<linalg::FillOp, linalg::BroadcastOp, linalg::TransposeOp,
          tensor::EmptyOp, tensor::ExpandShapeOp, tensor::CollapseShapeOp,
          tensor::ExtractSliceOp, arith::ConstantOp>(op) ||
      !isa<RankedTensorType>(op->getResult(0).getType()))
    return false;
  auto isCostly = [](Operation *inner) {
    return isa<arith::DivFOp>(inner) ||
           (isa<math::MathDialect>(inner->getDialect()) &&
            !isa<math::AbsFOp, math::FloorOp, math::CeilOp>(inner));
  };
  bool costly = false;
  if (op->getNumRegions() == 1)
    for (Operation &inner : op->getRegion(0).front())
      costly |= isCostly(&inner);
  double reads = 0;
  int64_t elements =
      cast<RankedTensorType>(op->getResult(0).getType()).getNumElements();
  for (OpOperand &use : op->getUses()) {
    auto user = dyn_cast<linalg::LinalgOp>(use.getOwner());
    double points = elements;
    // Or to each row of it, if it is broadcast.
    if (user) {
      points = 1;
      for (int64_t extent : user.getStaticLoopRanges())
        points *= extent;
    }
    reads += points / elements;
  }
  return reads >= 4 || (costly && reads > 1);
}

} // namespace convopt
