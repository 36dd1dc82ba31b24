// A kernel's strides are constants of its machine code, so one kernel serves
// all launches of the same shapes, and its addresses need no multiplication.
// The price: an operand that lies otherwise, such as a subview whose rows are
// longer than it is wide, is copied. Concatenations need no such copy. A kernel
// that fills a part was compiled for the strides of the whole
// (getPartialResult), and its launch passes the whole, seen from the part's
// first element on.

#include "convopt/IR/KernelBody.h"
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

/// How many elements lie before the part that `insert` fills.
static int64_t startOf(tensor::InsertSliceOp insert) {
  int64_t start = 0;
  for (auto [size, offset] : llvm::zip_equal(insert.getDestType().getShape(),
                                             insert.getStaticOffsets()))
    start = start * size + offset;
  return start;
}

/// The tensor as seen from its part's first element on, which is what a kernel
/// is given that fills this part.
static Value moveToPart(OpBuilder &builder, Location loc, Value whole,
                        tensor::InsertSliceOp insert) {
  auto type = cast<MemRefType>(whole.getType());
  SmallVector<int64_t> strides;
  int64_t offset;
  (void)getStridesAndOffset(type, strides, offset);
  offset += startOf(insert);
  auto moved = MemRefType::get(
      type.getShape(), type.getElementType(),
      StridedLayoutAttr::get(type.getContext(), offset, strides));
  return builder.create<memref::ReinterpretCastOp>(loc, moved, whole, offset,
                                                   type.getShape(), strides);
}

void makeLaunchOperandsDense(func::FuncOp func) {
  const SymbolTable symbols(func->getParentOp());
  func.walk([&](LaunchOp launch) {
    OpBuilder builder(launch);
    auto kernel = symbols.lookup<KernelOp>(launch.getKernel());
    for (OpOperand &operand : launch->getOpOperands()) {
      auto type = dyn_cast<MemRefType>(operand.get().getType());
      if (!type)
        continue;
      tensor::InsertSliceOp part;
      if (kernel && launch.isDpsInit(&operand))
        part = getPartialResult(kernel.getYielded()[operand.getOperandNumber() -
                                                    launch.getInputs().size()]);
      SmallVector<int64_t> strides;
      int64_t offset;
      bool known = succeeded(getStridesAndOffset(type, strides, offset)) &&
                   !ShapedType::isDynamic(offset);
      if (isDense(type) && (!part || known)) {
        builder.setInsertionPoint(launch);
        if (part)
          operand.set(
              moveToPart(builder, launch.getLoc(), operand.get(), part));
        continue;
      }
      Value strided = operand.get();
      auto dense = MemRefType::get(type.getShape(), type.getElementType());
      builder.setInsertionPoint(launch);
      operand.set(builder.create<memref::AllocOp>(launch.getLoc(), dense));
      if (launch.isDpsInit(&operand)) {
        Value copy = operand.get();
        if (part) {
          builder.create<linalg::CopyOp>(launch.getLoc(), strided, copy);
          operand.set(moveToPart(builder, launch.getLoc(), copy, part));
        }
        builder.setInsertionPointAfter(launch);
        builder.create<linalg::CopyOp>(launch.getLoc(), copy, strided);
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
