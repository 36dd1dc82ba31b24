// The arguments of a model are of known shape and all arithmetic on constants
// is done, so a size that is still open depends on what the model computes when
// it runs: a slice whose bounds are read from a tensor, say. Where that begins
// is what its author has to know.

#include "UnknownShapes.h"
#include "convopt/IR/LocatedError.h"
#include "convopt/IR/LocationText.h"
#include "llvm/ADT/SetVector.h"

using namespace llvm;

namespace convopt {

static bool isUnknown(mlir::Type type) {
  auto shaped = dyn_cast<mlir::ShapedType>(type);
  return shaped && !shaped.hasStaticShape();
}

static std::string placeOf(mlir::Operation *op) {
  return locationText(op->getLoc(), LocationForm::LineAndColumn);
}

/// What the numbers that `op` takes are read from: the first operation with a
/// tensor among those that they are computed by; null if there is none.
static mlir::Operation *originOfSizes(mlir::Operation *op) {
  auto isNumber = [](mlir::Value value) {
    return value.getType().isIntOrIndexOrFloat();
  };
  SetVector<mlir::Operation *> before;
  auto addOperands = [&](mlir::Operation *of) {
    for (mlir::Value operand : of->getOperands())
      if (mlir::Operation *definition = operand.getDefiningOp();
          definition && isNumber(operand))
        before.insert(definition);
  };
  addOperands(op);
  for (size_t i = 0; i < before.size(); ++i) {
    if (!all_of(before[i]->getOperands(), isNumber))
      return before[i];
    addOperands(before[i]);
  }
  return nullptr;
}

Error refuseUnknownShapes(mlir::func::FuncOp main) {
  mlir::Operation *first = nullptr;
  main.walk<mlir::WalkOrder::PreOrder>([&](mlir::Operation *op) {
    if (none_of(op->getResultTypes(), isUnknown))
      return mlir::WalkResult::advance();
    first = op;
    return mlir::WalkResult::interrupt();
  });
  if (!first)
    return Error::success();
  std::string text;
  raw_string_ostream os(text);
  os << first->getName() << ": has a result, "
     << *find_if(first->getResultTypes(), isUnknown)
     << ", whose size is only known when the model runs";
  if (mlir::Operation *origin = originOfSizes(first)) {
    os << ": it depends on " << origin->getName();
    if (std::string there = placeOf(origin); !there.empty())
      os << " at " << there;
  }
  return locatedError(placeOf(first), text);
}

} // namespace convopt
