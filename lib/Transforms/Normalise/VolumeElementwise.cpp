// A bias, a batch normalisation, an activation or the sum of two paths behind a
// convolution in three dimensions is written on volumes. Between it and the
// convolution in two dimensions would stand a transposition, and nothing could
// be folded or share a kernel; on the images themselves it follows directly.

#include "VolumeImages.h"
#include "convopt/IR/Constants.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace convopt {

/// Loops over all elements of one volume, whose body knows no positions and no
/// tensors.
static bool isOnVolumes(linalg::LinalgOp op) {
  if (!op.hasPureTensorSemantics() || op->getNumResults() != 1 ||
      op.getNumDpsInits() != 1 || op.getNumLoops() != 5 ||
      op.getNumParallelLoops() != 5 || op.hasDynamicShape() ||
      isa<linalg::TransposeOp, linalg::BroadcastOp, linalg::FillOp>(op))
    return false;
  OpOperand *init = op.getDpsInitOperand(0);
  if (!op.getMatchingIndexingMap(init).isIdentity() ||
      op.payloadUsesValueFromOperand(init))
    return false;
  return !op->getRegion(0)
              .walk([](Operation *inner) {
                return isa<linalg::IndexOp, tensor::ExtractOp>(inner)
                           ? WalkResult::interrupt()
                           : WalkResult::advance();
              })
              .wasInterrupted();
}

/// `map`, from the loops over a volume of shape `shape`, as one from those over
/// its images; nothing if it needs a dimension that has been joined.
static std::optional<AffineMap>
mapOnImages(AffineMap map, ArrayRef<int64_t> shape, Images kind) {
  // Where N, C, D, H and W are now.
  const int places[2][5] = {{-1, 1, -1, 2, 3}, {0, 1, 2, -1, -1}};
  SmallVector<AffineExpr> results;
  for (AffineExpr expr : map.getResults()) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    if (!dim && expr != getAffineConstantExpr(0, map.getContext()))
      return std::nullopt;
    int place = dim ? places[static_cast<int>(kind)][dim.getPosition()] : -1;
    if (place < 0 && dim && shape[dim.getPosition()] != 1)
      return std::nullopt;
    results.push_back(place < 0 ? getAffineConstantExpr(0, map.getContext())
                                : getAffineDimExpr(place, map.getContext()));
  }
  return AffineMap::get(4, 0, results, map.getContext());
}

/// As which images `op` is computed: those of the operand that is computed
/// last, as kernels are formed around what is. Nothing if it reads no volume
/// that is known as images.
static std::optional<Images> chooseImages(linalg::LinalgOp op,
                                          const VolumeImages &volumes) {
  std::optional<Images> chosen;
  Operation *last = nullptr;
  for (OpOperand *input : op.getDpsInputOperands())
    for (Images kind : {Images::Slices, Images::Sheets}) {
      Value images = volumes.find(input->get(), kind);
      if (!images || !op.getMatchingIndexingMap(input).isIdentity())
        continue;
      Operation *def = images.getDefiningOp();
      if (!isa_and_nonnull<linalg::LinalgOp, tensor::CollapseShapeOp>(def) ||
          def->getBlock() != op->getBlock())
        continue;
      if (!last || last->isBeforeInBlock(def)) {
        last = def;
        chosen = kind;
      }
    }
  return chosen;
}

bool computeOnImages(linalg::LinalgOp op, VolumeImages &volumes) {
  if (!isOnVolumes(op))
    return false;
  std::optional<Images> kind = chooseImages(op, volumes);
  if (!kind)
    return false;
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  SmallVector<AffineMap> maps;
  for (OpOperand *input : op.getDpsInputOperands()) {
    AffineMap map = op.getMatchingIndexingMap(input);
    std::optional<AffineMap> onImages =
        map.isIdentity() ? AffineMap::getMultiDimIdentityMap(4, op.getContext())
                         : mapOnImages(map, type.getShape(), *kind);
    if (!onImages)
      return false;
    maps.push_back(*onImages);
  }
  maps.push_back(AffineMap::getMultiDimIdentityMap(4, op.getContext()));

  OpBuilder builder(op);
  SmallVector<Value> inputs;
  for (OpOperand *input : op.getDpsInputOperands())
    inputs.push_back(op.getMatchingIndexingMap(input).isIdentity()
                         ? volumes.get(builder, input->get(), *kind)
                         : input->get());
  builder.setInsertionPoint(op);
  SmallVector<int64_t> shape = imageShape(type.getShape(), *kind);
  Value empty = builder.create<tensor::EmptyOp>(op.getLoc(), shape,
                                                type.getElementType());
  SmallVector<utils::IteratorType> loops(4, utils::IteratorType::parallel);
  auto images = builder.create<linalg::GenericOp>(op.getLoc(), empty.getType(),
                                                  inputs, empty, maps, loops);
  IRMapping mapping;
  op->getRegion(0).cloneInto(&images.getRegion(), mapping);
  Block &body = images.getRegion().front();
  while (body.getNumArguments() < inputs.size() + 1) // As of linalg.map.
    body.addArgument(type.getElementType(), op.getLoc());
  op->getResult(0).replaceAllUsesWith(
      volumes.toVolume(builder, images->getResult(0), *kind, type.getShape()));
  op->erase();
  return true;
}

} // namespace convopt
