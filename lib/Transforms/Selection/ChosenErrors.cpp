// A plan's errors, before they have gone anywhere. Layouts make none, so that
// any choice will do that the annotation admits. Weights are known, so what
// they lose can be shown by a network that has lost it; a filter that is
// transformed before it is rounded loses more, in another place, but of the
// same size.

#include "convopt/Transforms/ChosenErrors.h"
#include "ErrorsAtResults.h"
#include "FilterChannels.h"
#include "convopt/IR/Constants.h"
#include "convopt/Primitives/Annotation.h"
#include "convopt/Transforms/InsertNoise.h"

using namespace mlir;

namespace convopt {

static std::optional<Choice> chosenAt(const ConvOp &conv,
                                      const MachineDescription &machine) {
  auto attr = conv.op->getAttrOfType<PrimitiveAttr>(
      ConvoptDialect::PrimitiveAttrHelper::getNameStr());
  if (!attr)
    return std::nullopt;
  llvm::Expected<Annotation> annotation = readAnnotation(attr);
  if (!annotation) {
    llvm::consumeError(annotation.takeError());
    return std::nullopt;
  }
  return annotation->first(conv.layer, machine);
}

std::vector<ChosenError> chosenErrors(func::FuncOp func,
                                      const MachineDescription &machine) {
  ErrorsAtResults errors;
  std::vector<ChosenError> found;
  for (const ConvOp &conv : convolutionsOfFloats(func)) {
    std::optional<Choice> choice = chosenAt(conv, machine);
    found.push_back(
        choice ? ChosenError{errors.atConvolution(conv, *choice),
                             choice->variant.precision,
                             choice->primitive->roundingGrowth(choice->variant)}
               : ChosenError());
  }
  return found;
}

void roundFilters(func::FuncOp func, ArrayRef<ChosenError> errors) {
  for (auto [conv, error] :
       llvm::zip_equal(convolutionsOfFloats(func), errors)) {
    if (error.error.weights <= 0)
      continue;
    std::optional<std::vector<float>> weights = getConstantFloats(conv.filter);
    if (!weights)
      continue;
    const FilterChannels channels(conv);
    const std::vector<float> largest = channels.largest(*weights);
    for (auto [i, weight] : llvm::enumerate(*weights)) {
      const float narrow =
          roundedWeight({weight, largest[channels.of(static_cast<int64_t>(i))]},
                        error.precision);
      weight += static_cast<float>(error.growth) * (narrow - weight);
    }
    linalg::LinalgOp op = conv.op;
    OpBuilder builder(op);
    op.getDpsInputOperand(1)->set(createConstant(
        builder, op.getLoc(), cast<RankedTensorType>(conv.filter.getType()),
        "rounded", std::move(*weights)));
  }
}

} // namespace convopt
