// Evaluates a block over pairs (scale, shift) instead of numbers: x is (1, 0),
// a constant c is (0, c), and each operation combines pairs as long as the
// result is affine in x. A product of two that both depend on x is not, nor is
// a quotient by one that does. So batch normalisation folds however a front end
// wrote it, (x - mean) * gamma / sqrt(variance + epsilon) + beta or in parts
// that were folded before, where a list of patterns would know some forms. All
// is in double; the caller rounds once.

#include "AffineBody.h"
#include "convopt/IR/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/DenseMap.h"
#include <cmath>

// A multiply-add of the host would give other bits than one of another host.
#pragma STDC FP_CONTRACT OFF

using namespace mlir;

namespace convopt {

static std::optional<AffineValue> evaluate(Operation &op, AffineValue a,
                                           AffineValue b) {
  if (isa<arith::AddFOp>(op))
    return AffineValue{a.scale + b.scale, a.shift + b.shift};
  if (isa<arith::SubFOp>(op))
    return AffineValue{a.scale - b.scale, a.shift - b.shift};
  if (isa<arith::MulFOp>(op)) {
    if (a.scale != 0 && b.scale != 0)
      return std::nullopt;
    return AffineValue{a.scale * b.shift + b.scale * a.shift,
                       a.shift * b.shift};
  }
  if (b.scale != 0)
    return std::nullopt;
  if (isa<arith::DivFOp>(op))
    return AffineValue{a.scale / b.shift, a.shift / b.shift};
  if (isa<arith::NegFOp>(op))
    return AffineValue{-a.scale, -a.shift};
  if (a.scale != 0)
    return std::nullopt;
  if (isa<math::SqrtOp>(op))
    return AffineValue{0, std::sqrt(a.shift)};
  if (isa<math::RsqrtOp>(op))
    return AffineValue{0, 1 / std::sqrt(a.shift)};
  return std::nullopt;
}

std::optional<AffineValue>
evaluateAffine(Block &block,
               function_ref<std::optional<AffineValue>(unsigned)> argument) {
  DenseMap<Value, AffineValue> known;
  auto lookup = [&](Value value) -> std::optional<AffineValue> {
    if (auto it = known.find(value); it != known.end())
      return it->second;
    if (auto own = dyn_cast<BlockArgument>(value);
        own && own.getOwner() == &block)
      return argument(own.getArgNumber());
    if (std::optional<double> number = getSplat(value))
      return AffineValue{0, *number};
    return std::nullopt;
  };
  for (Operation &op : block.without_terminator()) {
    if (isa<arith::ConstantOp>(op))
      continue;
    if (op.getNumOperands() == 0 || op.getNumOperands() > 2 ||
        op.getNumResults() != 1)
      return std::nullopt;
    std::optional<AffineValue> a = lookup(op.getOperand(0));
    std::optional<AffineValue> b =
        op.getNumOperands() == 2 ? lookup(op.getOperand(1)) : AffineValue{};
    if (!a || !b)
      return std::nullopt;
    std::optional<AffineValue> result = evaluate(op, *a, *b);
    if (!result)
      return std::nullopt;
    known[op.getResult(0)] = *result;
  }
  std::optional<AffineValue> result =
      lookup(block.getTerminator()->getOperand(0));
  if (!result || !std::isfinite(result->scale) || !std::isfinite(result->shift))
    return std::nullopt;
  return result;
}

} // namespace convopt
