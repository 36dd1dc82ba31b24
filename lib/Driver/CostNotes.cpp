// What a compiled model costs without its author having asked for it. Nothing
// is wrong, so that it is a note; but who puts the object on a small machine
// should not learn it there.

#include "CostNotes.h"
#include "convopt/IR/ConvoptDialect.h"
#include "convopt/Transforms/Lowering.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;

namespace convopt {

int64_t largestTensorBytes(ModuleOp module) {
  int64_t largest = 0;
  auto count = [&](TypeRange types) {
    for (Type type : types)
      if (auto tensor = dyn_cast<RankedTensorType>(type);
          tensor && tensor.hasStaticShape())
        largest = std::max(largest, bytesOf(tensor).value_or(0));
  };
  for (auto function : module.getOps<func::FuncOp>()) {
    count(function.getArgumentTypes());
    function.walk([&](Operation *op) {
      if (!op->hasTrait<OpTrait::ConstantLike>())
        count(op->getResultTypes());
    });
  }
  return largest;
}

static std::string inMegabytes(int64_t bytes) {
  return llvm::formatv("{0:F1} MB", static_cast<double>(bytes) / 1e6).str();
}

std::string noteOnWorkspace(const ModelFacts &facts, int64_t largestTensor) {
  constexpr int64_t large = 1'000'000'000, small = 1'000'000, times = 20;
  const int64_t bytes = workspaceBytes(facts);
  const bool isOutOfProportion = bytes > small && bytes / times > largestTensor;
  if (bytes <= large && !isOutOfProportion)
    return "";
  return "the workspace takes " + inMegabytes(bytes) +
         (largestTensor ? llvm::formatv(", {0} times the largest tensor",
                                        bytes / largestTensor)
                              .str()
                        : std::string()) +
         ": " + inMegabytes(facts.tensorBytes) + " for tensors, " +
         inMegabytes(bytes - facts.tensorBytes) +
         " for kernels, which --max-workspace limits; --report shows both";
}

/// What the machine would need for f16 in registers; empty if it has that.
static StringRef missingForHalf(const MachineDescription &machine) {
  StringRef feature = machine.isX86() ? "f16c" : "fullfp16";
  return machine.has(feature.str()) ? "" : feature;
}

/// Whether f16 is computed with, not only moved.
static bool computesHalf(Operation *op) {
  auto isHalf = [](Type type) { return type.isF16(); };
  return isa<arith::ArithDialect, math::MathDialect>(op->getDialect()) &&
         !op->hasTrait<OpTrait::ConstantLike>() &&
         !isa<arith::SelectOp, arith::BitcastOp>(op) &&
         (llvm::any_of(op->getOperandTypes(), isHalf) ||
          llvm::any_of(op->getResultTypes(), isHalf));
}

std::string noteOnEmulation(ModuleOp module,
                            const MachineDescription &machine) {
  StringRef missing = missingForHalf(machine);
  if (missing.empty())
    return "";
  size_t kernels = 0, emulating = 0;
  for (auto kernel : module.getOps<KernelOp>()) {
    ++kernels;
    WalkResult found = kernel.walk([](Operation *op) {
      return computesHalf(op) ? WalkResult::interrupt() : WalkResult::advance();
    });
    emulating += found.wasInterrupted();
  }
  if (!emulating)
    return "";
  return llvm::formatv("{0} of {1} kernels compute with f16, which '{2}' "
                       "emulates slowly, having no instructions for it; "
                       "--features=+{3} if the machine has them",
                       emulating, kernels, machine.cpu, missing)
      .str();
}

} // namespace convopt
