// Networks that see videos or volumes convolve in three dimensions. No
// primitive does; but such a convolution is one in two dimensions of which each
// image is a slice of the result, and the slices of the input that the filter's
// depth reads stand one behind the other as channels. So they get all
// primitives, the fast algorithms too, at the cost of a copy of the input for
// each slice of the filter. (Adding up a convolution for each slice of the
// filter instead would read and write the result as often, and transform each
// slice as often, with fewer channels in each product.)

#include "ReleaseResources.h"
#include "VolumeImages.h"
#include "convopt/Transforms/Normalise.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_PLANARCONVOLUTIONS
#include "convopt/Transforms/Passes.h.inc"

void planarConvolutions(ModuleOp module) {
  ResourceReleaser releaser(module);
  VolumeImages volumes;
  SmallVector<linalg::LinalgOp> ops;
  module.walk([&](linalg::LinalgOp op) { ops.push_back(op); });
  bool changed = false;
  for (linalg::LinalgOp op : ops)
    changed |= makePlanar(op, volumes) || computeOnImages(op, volumes);
  if (!changed)
    return;
  // Volumes that all readers see as images.
  SmallVector<Operation *> all;
  module.walk([&](Operation *op) { all.push_back(op); });
  for (Operation *op : llvm::reverse(all))
    if (isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp, tensor::PadOp,
            linalg::TransposeOp, tensor::EmptyOp, linalg::BroadcastOp,
            linalg::FillOp>(op) &&
        isOpTriviallyDead(op))
      op->erase();
  releaser.releaseUnused();
}

namespace {
struct PlanarConvolutions : impl::PlanarConvolutionsBase<PlanarConvolutions> {
  void runOnOperation() override { planarConvolutions(getOperation()); }
};
} // namespace
} // namespace convopt
