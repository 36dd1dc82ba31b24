// Whoever measures a launch wants to know what to compare it with. A
// convolution's operations are those of the definition, whatever the primitive
// saves of them: a share of peak above one then says that it saves. What
// follows the convolution in its kernel is not counted, bytes are all operands
// once, and the prediction is the cost model's for that very choice.

#include "convopt/Codegen/LaunchProfile.h"
#include "Halide/KernelPipeline.h"
#include "convopt/CostModel/LayerText.h"
#include "convopt/Transforms/Lowering.h"
#include "convopt/Transforms/SelectPrimitives.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <cmath>

using namespace mlir;

namespace convopt {

static int64_t toNanoseconds(double seconds) {
  return std::llround(seconds * 1e9);
}

/// Arithmetic operations of all iterations of `op`.
static int64_t countOperations(linalg::LinalgOp op) {
  int64_t each = 0;
  for (Operation &inner : op->getRegion(0).front())
    each += isa<arith::ArithDialect, math::MathDialect>(inner.getDialect()) &&
            !isa<arith::CmpFOp, arith::CmpIOp, arith::SelectOp>(inner);
  for (int64_t extent : op.getStaticLoopRanges())
    each *= extent;
  return each;
}

static std::string shapeText(Type type) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::interleave(cast<ShapedType>(type).getShape(), os, "x");
  return text.empty() ? "scalar" : text;
}

/// The two layouts between which a kernel transposes, if it is nothing else.
static std::optional<std::pair<Layout, Layout>> layoutsOf(KernelOp kernel) {
  for (Operation &op : kernel.getBody().front())
    if (auto transpose = dyn_cast<linalg::TransposeOp>(op)) {
      if (transpose.getPermutation() == ArrayRef<int64_t>{0, 2, 3, 1})
        return std::pair(Layout::NCHW, Layout::NHWC);
      if (transpose.getPermutation() == ArrayRef<int64_t>{0, 3, 1, 2})
        return std::pair(Layout::NHWC, Layout::NCHW);
    } else if (isa<linalg::LinalgOp>(op)) {
      return std::nullopt;
    }
  return std::nullopt;
}

/// Everything that all launches of `kernel` have in common.
static LaunchProfile profileKernel(KernelOp kernel,
                                   const MachineDescription &machine,
                                   const CostModel &model) {
  LaunchProfile profile;
  profile.kernel = kernel.getSymName();
  profile.operation = StringRef(profile.kernel).rsplit('_').first;
  if (std::optional<ConvOp> conv = findConvolution(kernel)) {
    Choice choice = choiceOf(*conv, machine);
    profile.shape = layerSummary(conv->layer);
    profile.primitive = toString(choice);
    profile.operations = 2 * conv->layer.multiplyAdds();
    profile.predictedNanoseconds =
        toNanoseconds(model.convolution(conv->layer, choice, machine));
    return profile;
  }
  Type result = kernel.getResultTypes().front();
  profile.shape = (kernel.getNumArguments()
                       ? shapeText(kernel.getArgumentTypes().front()) + "->"
                       : "") +
                  shapeText(result);
  for (Operation &op : kernel.getBody().front())
    if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
      profile.operations += countOperations(linalgOp);
    else if (auto recurrence = dyn_cast<RecurrenceOp>(op))
      profile.operations += recurrence.countOperations();
  if (auto layouts = layoutsOf(kernel)) {
    ArrayRef<int64_t> shape = cast<ShapedType>(result).getShape();
    bool last = layouts->second == Layout::NHWC;
    profile.predictedNanoseconds = toNanoseconds(model.transformation(
        shape[0], shape[last ? 3 : 1], shape[last ? 1 : 2], shape[last ? 2 : 3],
        layouts->first, layouts->second, machine));
  }
  return profile;
}

std::vector<LaunchProfile> profileLaunches(func::FuncOp main,
                                           const MachineDescription &machine,
                                           const CostModel &model) {
  std::vector<LaunchProfile> profiles;
  SymbolTable symbols(main->getParentOp());
  main.walk([&](LaunchOp launch) {
    auto kernel = symbols.lookup<KernelOp>(launch.getKernel());
    LaunchProfile &profile =
        profiles.emplace_back(profileKernel(kernel, machine, model));
    profile.node = nameOf(launch.getLoc());
    for (Type type : launch->getOperandTypes())
      profile.bytes += bytesOf(cast<ShapedType>(type)).value_or(0);
  });
  return profiles;
}

} // namespace convopt
