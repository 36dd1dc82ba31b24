// What may be chosen when the user says nothing. Accuracy and workspace are
// bounds on each choice. The memory of packed weights is not: a bound on each
// layer would forbid the one large filter that is worth it. So there is one
// bound for the whole model, which grows with its weights, and below it a price
// for each byte, which keeps out growth that gains next to nothing.

#include "convopt/IR/InferConvLayer.h"
#include "convopt/Transforms/PackedForms.h"
#include "convopt/Transforms/SelectPrimitives.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;

namespace convopt {

SelectionOptions SelectionOptions::unlimited() {
  SelectionOptions options;
  options.errorBound.reset();
  options.preferredWorkspace.reset();
  options.maxGrowth = INT64_MAX / 2; // Sums with it are computed.
  return options;
}

/// What keeps memory below that of engines that hold a model's weights and a
/// packed copy of them: 0.6 of ONNX Runtime's, which is about 100 MiB and 1.75
/// times the weights (bench/memory.py). A small model stays small: twice its
/// weights at most, but for what is less than its kernels take.
/// A further size of the same model has the weights there already; what it
/// needs to have packed anew is not read together with them, so that speed says
/// nothing for a bound, only the size of the object.
static int64_t defaultGrowth(func::FuncOp func, bool isFurtherSize) {
  int64_t bytes = 0;
  func.walk([&](linalg::LinalgOp op) {
    if (std::optional<ConvOp> conv = matchConvolution(op))
      bytes += bytesOf(conv->layer.types.filter) * conv->layer.filterElements();
  });
  constexpr int64_t least = 64 << 10; // Kernels of a size take that.
  if (isFurtherSize)
    return std::max(least, bytes / 32);
  return std::min((int64_t(54) << 20) + bytes / 32,
                  std::max(bytes, int64_t(1) << 20));
}

int64_t constantBytes(func::FuncOp func) {
  llvm::DenseSet<Attribute> seen;
  int64_t bytes = 0;
  func.walk([&](arith::ConstantOp constant) {
    auto type = dyn_cast<RankedTensorType>(constant.getType());
    if (type && type.getElementType().isIntOrFloat() &&
        seen.insert(constant.getValue()).second)
      bytes += type.getNumElements() *
               llvm::divideCeil(type.getElementTypeBitWidth(), 8);
  });
  return bytes;
}

SelectionOptions withDefaults(SelectionOptions options, func::FuncOp func) {
  if (options.maxWorkspace)
    options.preferredWorkspace.reset();
  if (!options.growthPrice)
    options.growthPrice = options.maxGrowth ? 0 : 1.0 / 256;
  const bool isFurtherSize = options.forms && !options.forms->empty();
  if (!options.maxGrowth)
    options.maxGrowth = defaultGrowth(func, isFurtherSize);
  else if (isFurtherSize)
    options.maxGrowth = std::max(*options.maxGrowth - options.forms->grown,
                                 std::min<int64_t>(*options.maxGrowth, 0));
  if (options.maxBytes) {
    const int64_t grown = options.forms ? options.forms->grown : 0;
    options.maxGrowth = std::min(
        *options.maxGrowth, *options.maxBytes - constantBytes(func) - grown);
  }
  return options;
}

} // namespace convopt
