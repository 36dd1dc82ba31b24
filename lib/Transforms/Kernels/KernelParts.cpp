// Kernels are shared by content, so a kernel cannot say of which nodes of the
// model it was made: each launch was made of others. That goes along as the
// launch's location. Locations are no content: they change neither the kernel
// nor a byte of the object, and bufferization carries them where it makes
// operations anew and drops attributes that it does not know.

#include "convopt/Transforms/KernelParts.h"
#include "OperationKinds.h"
#include "convopt/IR/InferConvLayer.h"
#include "convopt/IR/LocationText.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;

namespace convopt {

/// "add" of arith.addf, "maximum" of arith.maximumf, "exp" of math.exp.
static std::string scalarName(Operation &op) {
  StringRef name = op.getName().stripDialect();
  if (isa<arith::ArithDialect>(op.getDialect()) && name.size() > 2 &&
      !isa<arith::SelectOp>(op))
    for (StringRef type : {"si", "ui", "f", "i"})
      if (name.consume_back(type))
        break;
  if (name == "maxnum") // NaN apart.
    return "maximum";
  return name == "minnum" ? "minimum" : name.str();
}

/// What the body computes: the operations that are no comparison or conversion,
/// each once.
static std::string bodyText(linalg::LinalgOp op) {
  SmallVector<std::string> names;
  for (Operation &inner : op->getRegion(0).front())
    if (isa<arith::ArithDialect, math::MathDialect>(inner.getDialect()) &&
        !isa<arith::ConstantOp, arith::CmpFOp, arith::CmpIOp, arith::ExtFOp,
             arith::TruncFOp>(inner))
      if (std::string name = scalarName(inner);
          !llvm::is_contained(names, name))
        names.push_back(name);
  return llvm::join(names, ", ");
}

static std::string operationText(Operation *op) {
  if (auto recurrence = dyn_cast<RecurrenceOp>(op))
    return recurrence.getKind().str();
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  if (!linalgOp)
    return op->getName().stripDialect().str();
  if (matchConvolution(linalgOp))
    return "convolution";
  if (isa<linalg::FillOp, linalg::TransposeOp, linalg::BroadcastOp>(op))
    return op->getName().stripDialect().str();
  std::string body = bodyText(linalgOp);
  if (isElementwise(op))
    return body.empty() ? "copy" : body;
  if (linalg::isaContractionOpInterface(linalgOp))
    return "matmul";
  auto isWindow = [](AffineMap map) { return !map.isProjectedPermutation(); };
  if (!linalgOp.getNumReductionLoops())
    return body.empty() ? "gather" : body;
  bool isPool = llvm::any_of(linalgOp.getIndexingMapsArray(), isWindow);
  return (isPool ? "pool: " : "reduce: ") + body;
}

KernelPart describePart(Operation *op) {
  return {operationText(op), locationText(op->getLoc())};
}

Location locationOfParts(Operation *anchor, ArrayRef<Operation *> ops) {
  MLIRContext *context = anchor->getContext();
  SmallVector<Attribute> parts;
  for (Operation *op : ops) {
    KernelPart part = describePart(op);
    parts.push_back(
        ArrayAttr::get(context, {StringAttr::get(context, part.operation),
                                 StringAttr::get(context, part.node)}));
  }
  return FusedLoc::get({anchor->getLoc()}, ArrayAttr::get(context, parts),
                       context);
}

std::vector<KernelPart> partsOf(LaunchOp launch) {
  auto fused = dyn_cast<FusedLocWith<ArrayAttr>>(launch->getLoc());
  std::vector<KernelPart> parts;
  if (!fused)
    return parts;
  for (Attribute attr : fused.getMetadata()) {
    auto pair = dyn_cast<ArrayAttr>(attr);
    if (!pair || pair.size() != 2 || !isa<StringAttr>(pair[0]) ||
        !isa<StringAttr>(pair[1]))
      return {}; // Another front end's location.
    parts.push_back(
        {cast<StringAttr>(pair[0]).str(), cast<StringAttr>(pair[1]).str()});
  }
  return parts;
}

} // namespace convopt
