#include "convopt/Transforms/Lowering.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace convopt {
#define GEN_PASS_DEF_DENSELAUNCHOPERANDS
#include "convopt/Transforms/Passes.h.inc"
} // namespace convopt

using namespace mlir;

namespace convopt {

bool isDense(MemRefType type) {
  SmallVector<int64_t> strides;
  int64_t offset, expected = 1;
  if (!type.hasStaticShape() ||
      failed(getStridesAndOffset(type, strides, offset)))
    return false;
  for (auto [size, stride] :
       llvm::reverse(llvm::zip_equal(type.getShape(), strides))) {
    if (size != 1 && stride != expected)
      return false;
    expected *= size;
  }
  return true;
}

void makeLaunchOperandsDense(func::FuncOp func) {
  func.walk([](LaunchOp launch) {
    OpBuilder builder(launch);
    for (OpOperand &operand : launch->getOpOperands()) {
      auto type = dyn_cast<MemRefType>(operand.get().getType());
      if (!type || isDense(type))
        continue;
      Value strided = operand.get();
      auto dense = MemRefType::get(type.getShape(), type.getElementType());
      builder.setInsertionPoint(launch);
      operand.set(builder.create<memref::AllocOp>(launch.getLoc(), dense));
      if (launch.isDpsInit(&operand)) {
        builder.setInsertionPointAfter(launch);
        builder.create<linalg::CopyOp>(launch.getLoc(), operand.get(), strided);
      } else {
        builder.create<linalg::CopyOp>(launch.getLoc(), strided, operand.get());
      }
    }
  });
}

namespace {
struct DenseLaunchOperands
    : impl::DenseLaunchOperandsBase<DenseLaunchOperands> {
  void runOnOperation() override { makeLaunchOperandsDense(getOperation()); }
};
} // namespace

} // namespace convopt
