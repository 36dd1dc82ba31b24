// Which convolution a kernel has. Apart from what compiles it, since the
// model's side asks, too, where there is no Halide.

#include "KernelPipeline.h"
#include "convopt/Primitives/Annotation.h"

using namespace mlir;

namespace convopt {

std::optional<ConvOp> findConvolution(KernelOp kernel) {
  for (Operation &op : kernel.getBody().front())
    if (op.hasAttr("convopt.primitive"))
      if (std::optional<ConvOp> conv =
              matchConvolution(cast<linalg::LinalgOp>(op)))
        return conv;
  return std::nullopt;
}

Choice choiceOf(const ConvOp &conv, const MachineDescription &machine) {
  llvm::Expected<Choice> choice =
      resolve(conv.op->getAttrOfType<PrimitiveAttr>("convopt.primitive"), conv,
              machine);
  if (!choice)
    throw std::runtime_error(llvm::toString(choice.takeError()));
  return *choice;
}

} // namespace convopt
