// Element-wise operations on constants, computed as the target would. Elements
// are kept as floats, unless there are some of i32, which those do not hold.

#include "FoldElementwise.h"
#include "ScalarProgram.h"
#include "convopt/IR/Constants.h"

using namespace mlir;

namespace convopt {

/// For each loop, by how many elements of a tensor `map` moves on, or nothing
/// if `map` is not made of loops and constant zeros.
static std::optional<SmallVector<int64_t>> getStrides(AffineMap map,
                                                      ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(map.getNumDims(), 0);
  int64_t stride = 1;
  for (int64_t d = shape.size() - 1; d >= 0; --d) {
    AffineExpr expr = map.getResult(d);
    if (auto dim = dyn_cast<AffineDimExpr>(expr))
      strides[dim.getPosition()] += stride;
    else if (expr != getAffineConstantExpr(0, map.getContext()))
      return std::nullopt;
    stride *= shape[d];
  }
  return strides;
}

/// Calls `body` with the offsets into all operands for each point of the
/// loops, the last loop innermost.
static void forEachPoint(ArrayRef<int64_t> trips,
                         ArrayRef<SmallVector<int64_t>> strides,
                         function_ref<void(ArrayRef<int64_t>)> body) {
  SmallVector<int64_t> index(trips.size(), 0), offsets(strides.size(), 0);
  int64_t count = 1;
  for (int64_t trip : trips)
    count *= trip;
  for (int64_t i = 0; i < count; ++i) {
    body(offsets);
    for (int64_t d = trips.size() - 1; d >= 0; --d) {
      bool wraps = ++index[d] == trips[d];
      int64_t step = wraps ? 1 - trips[d] : 1;
      for (auto [offset, stride] : llvm::zip_equal(offsets, strides))
        offset += step * stride[d];
      if (!wraps)
        break;
      index[d] = 0;
    }
  }
}

/// Elements computed at compile time are neither many nor more than what they
/// are computed from. Broadcasts stay: they cost nothing where they are read,
/// and the initial value of a convolution is recognised by them.
static bool isWorthwhile(linalg::LinalgOp op, int64_t elements, bool copies) {
  const int64_t few = 1024, many = 1 << 22;
  int64_t largest = 0;
  for (OpOperand *input : op.getDpsInputOperands())
    if (auto type = dyn_cast<RankedTensorType>(input->get().getType()))
      largest = std::max(largest, type.getNumElements());
  if (copies)
    return elements <= largest;
  return elements <= few || (elements <= largest && elements <= many);
}

template <typename Number>
static Value fold(linalg::LinalgOp op, OpBuilder &builder,
                  const ScalarProgram &program, bool copies) {
  OpOperand *init = op.getDpsInitOperand(0);
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  std::vector<std::vector<Number>> inputs;
  SmallVector<SmallVector<int64_t>> strides;
  for (OpOperand &operand : op->getOpOperands()) {
    auto shaped = dyn_cast<RankedTensorType>(operand.get().getType());
    if (!shaped)
      return nullptr;
    if (&operand != init) {
      auto data = getConstantNumbers<Number>(operand.get());
      if (!data)
        return nullptr;
      inputs.push_back(std::move(*data));
    }
    auto own =
        getStrides(op.getMatchingIndexingMap(&operand), shaped.getShape());
    if (!own)
      return nullptr;
    strides.push_back(*own);
  }
  std::vector<Number> result(type.getNumElements());
  SmallVector<double> arguments(inputs.size() + 1, 0.0);
  forEachPoint(
      op.getStaticLoopRanges(), strides, [&](ArrayRef<int64_t> offsets) {
        for (auto [i, input] : llvm::enumerate(inputs))
          arguments[i] = input[offsets[i]];
        result[offsets.back()] =
            static_cast<Number>(copies ? arguments[0] : program.run(arguments));
      });
  return createNumbers(builder, op.getLoc(), type, "folded", std::move(result));
}

Value foldElementwise(linalg::LinalgOp op, OpBuilder &builder) {
  if (!op.hasPureTensorSemantics() || op->getNumResults() != 1 ||
      op.getNumDpsInputs() == 0 || op.getNumParallelLoops() != op.getNumLoops())
    return nullptr;
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  auto isKept = [](Value operand) { // Truth values are stored in bits.
    Type element = getElementTypeOrSelf(operand);
    return ScalarProgram::isSupported(element) && !element.isInteger(1);
  };
  if (!llvm::all_of(op->getOperands(), isKept) || !type.hasStaticShape() ||
      op.payloadUsesValueFromOperand(op.getDpsInitOperand(0)) ||
      type.getNumElements() == 0)
    return nullptr;
  Block &body = op->getRegion(0).front();
  bool copies = body.getTerminator()->getOperand(0) == body.getArgument(0) &&
                op.getNumDpsInputs() == 1;
  if (!isWorthwhile(op, type.getNumElements(), copies))
    return nullptr;
  std::optional<ScalarProgram> program = ScalarProgram::compile(body);
  if (!program)
    return nullptr;
  bool hasWide = llvm::any_of(op->getOperands(), [](Value operand) {
    return getElementTypeOrSelf(operand).isInteger(32);
  });
  return hasWide ? fold<double>(op, builder, *program, copies)
                 : fold<float>(op, builder, *program, copies);
}

} // namespace convopt
