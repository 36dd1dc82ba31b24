#include "convopt/IR/KernelBody.h"
#include "convopt/IR/Constants.h"
#include "convopt/IR/ConvoptDialect.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;

namespace convopt {

static bool isElementType(Type type) {
  return type.isF16() || type.isBF16() || type.isF32() || type.isF64() ||
         type.isSignlessInteger(1) || type.isSignlessInteger(8) ||
         type.isSignlessInteger(16) || type.isSignlessInteger(32) ||
         type.isSignlessInteger(64);
}

/// Kernels count elements and bytes in 32 bits.
static bool isKernelTensor(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape() || tensor.getEncoding() ||
      !isElementType(tensor.getElementType()))
    return false;
  int64_t bytes = (tensor.getElementTypeBitWidth() + 7) / 8;
  for (int64_t extent : tensor.getShape()) {
    // An empty tensor has nothing to compute.
    if (extent <= 0 || bytes > INT32_MAX / extent)
      return false;
    bytes *= extent;
  }
  return true;
}

static bool isScalar(Type type) {
  return type.isIndex() || isElementType(type);
}

/// Operations on scalars that lib/Codegen/Halide/ArithOps.cpp and MathOps.cpp
/// translate.
static bool isScalarOp(Operation *op) {
  if (!llvm::all_of(op->getOperandTypes(), isScalar) ||
      !llvm::all_of(op->getResultTypes(), isScalar))
    return false;
  if (isa<arith::ConstantOp, arith::SelectOp, arith::CmpFOp, arith::CmpIOp>(op))
    return true;
  if (isa<arith::AddFOp, arith::SubFOp, arith::MulFOp, arith::DivFOp,
          arith::RemFOp, arith::NegFOp, arith::MaximumFOp, arith::MinimumFOp,
          arith::MaxNumFOp, arith::MinNumFOp>(op))
    return true;
  if (isa<arith::AddIOp, arith::SubIOp, arith::MulIOp, arith::DivSIOp,
          arith::DivUIOp, arith::RemSIOp, arith::RemUIOp, arith::FloorDivSIOp,
          arith::CeilDivSIOp, arith::CeilDivUIOp, arith::AndIOp, arith::OrIOp,
          arith::XOrIOp, arith::ShLIOp, arith::ShRSIOp, arith::ShRUIOp,
          arith::MaxSIOp, arith::MaxUIOp, arith::MinSIOp, arith::MinUIOp>(op))
    return true;
  if (isa<arith::ExtFOp, arith::TruncFOp, arith::SIToFPOp, arith::UIToFPOp,
          arith::FPToSIOp, arith::FPToUIOp, arith::ExtSIOp, arith::ExtUIOp,
          arith::TruncIOp, arith::IndexCastOp, arith::IndexCastUIOp,
          arith::BitcastOp>(op))
    return true;
  return isa<math::ExpOp, math::Exp2Op, math::ExpM1Op, math::LogOp,
             math::Log2Op, math::Log10Op, math::Log1pOp, math::SqrtOp,
             math::RsqrtOp, math::CbrtOp, math::PowFOp, math::FPowIOp,
             math::TanhOp, math::ErfOp, math::SinOp, math::CosOp, math::TanOp,
             math::AsinOp, math::AcosOp, math::AtanOp, math::Atan2Op,
             math::SinhOp, math::CoshOp, math::AsinhOp, math::AcoshOp,
             math::AtanhOp, math::AbsFOp, math::AbsIOp, math::CeilOp,
             math::FloorOp, math::RoundOp, math::RoundEvenOp, math::TruncOp,
             math::CopySignOp, math::FmaOp>(op);
}

/// Operations in the region of a linalg op; a gather reads a whole tensor.
static bool isBodyOp(Operation *op) {
  if (isa<linalg::YieldOp, linalg::IndexOp>(op))
    return true;
  if (isa<tensor::ExtractOp>(op))
    return isKernelTensor(op->getOperand(0).getType());
  return isScalarOp(op);
}

static bool isKernelLinalgOp(linalg::LinalgOp op) {
  if (!op.hasPureTensorSemantics() || op->getNumRegions() != 1)
    return false;
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  ArrayRef<AffineMap> results = ArrayRef(maps).take_back(op.getNumDpsInits());
  // An element is computed by exactly one point of the parallel loops.
  if (results.empty() || !llvm::all_equal(results) ||
      !results.front().isProjectedPermutation() ||
      results.front().getNumResults() != op.getNumParallelLoops())
    return false;
  SmallVector<utils::IteratorType> loops = op.getIteratorTypesArray();
  for (AffineExpr result : results.front().getResults())
    if (loops[cast<AffineDimExpr>(result).getPosition()] !=
        utils::IteratorType::parallel)
      return false;
  if (llvm::any_of(maps, [](AffineMap map) { return map.getNumSymbols(); }))
    return false;
  return llvm::all_of(op->getRegion(0).front(),
                      [](Operation &inner) { return isBodyOp(&inner); });
}

static bool isStaticPad(tensor::PadOp op) {
  auto isCount = [](int64_t amount) {
    return !ShapedType::isDynamic(amount) && amount >= 0;
  };
  Value value = op.getConstantPaddingValue();
  return llvm::all_of(op.getStaticLow(), isCount) &&
         llvm::all_of(op.getStaticHigh(), isCount) && value &&
         getSplat(value).has_value();
}

static bool isStaticSlice(OffsetSizeAndStrideOpInterface op) {
  auto isStatic = [](ArrayRef<int64_t> values) {
    return llvm::none_of(values, ShapedType::isDynamic);
  };
  return isStatic(op.getStaticOffsets()) && isStatic(op.getStaticSizes()) &&
         isStatic(op.getStaticStrides());
}

/// Numbers as wide as recurrences are computed in, and scalar operations.
static bool isKernelRecurrence(RecurrenceOp op) {
  Type element = getElementTypeOrSelf(op.getGates().getType());
  if (!element.isF32() && !element.isF64())
    return false;
  return llvm::all_of(op->getRegions(), [](Region &region) {
    return region.empty() || llvm::all_of(region.front(), [](Operation &inner) {
             return isa<YieldOp>(inner) || isScalarOp(&inner);
           });
  });
}

bool mayStandInKernel(Operation *op) {
  if (isa<YieldOp, FilterOp>(op))
    return true;
  auto isOperand = [](Type type) {
    return isScalar(type) || isKernelTensor(type);
  };
  if (!llvm::all_of(op->getOperandTypes(), isOperand) ||
      !llvm::all_of(op->getResultTypes(), isOperand))
    return false;
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return isKernelLinalgOp(linalgOp);
  if (auto recurrence = dyn_cast<RecurrenceOp>(op))
    return isKernelRecurrence(recurrence);
  if (auto pad = dyn_cast<tensor::PadOp>(op))
    return isStaticPad(pad);
  if (isa<tensor::ExtractSliceOp, tensor::InsertSliceOp>(op))
    return isStaticSlice(cast<OffsetSizeAndStrideOpInterface>(op));
  if (isa<tensor::EmptyOp, tensor::ConcatOp, tensor::ExpandShapeOp,
          tensor::CollapseShapeOp>(op))
    return true;
  if (auto constant = dyn_cast<arith::ConstantOp>(op))
    return !isa<ShapedType>(constant.getType()) ||
           getSplat(constant).has_value();
  return isScalarOp(op);
}

tensor::InsertSliceOp getPartialResult(Value yielded) {
  auto insert = yielded.getDefiningOp<tensor::InsertSliceOp>();
  if (!insert || !insert.getDest().getDefiningOp<tensor::EmptyOp>() ||
      !insert.hasUnitStride() || !isStaticSlice(insert) ||
      insert.getSourceType().getRank() != insert.getDestType().getRank())
    return nullptr;
  int parts = 0;
  for (auto [part, whole] : llvm::zip_equal(insert.getSourceType().getShape(),
                                            insert.getDestType().getShape()))
    parts += part != whole;
  return parts <= 1 ? insert : nullptr;
}

} // namespace convopt
