// What stands behind the sums of 8-bit integers is long if it is computed as
// the model says: a correction for zero points, a bias, a multiplication by the
// scales of what was multiplied, another bias, the same for what is added, and
// a division by the scale of the result. Joined in one body, constants meet:
//
//   (x - a) + b                     =  x + (b - a)        of integers, exact
//   (x * s + t) / u                 =  x * (s / u) + t / u
//   max(x, c) / u                   =  max(x / u, c / u)  with u > 0
//   integer with its sign changed   =  integer + 128      in the next addition
//   rounded, stored in 8 bits and read again  =  rounded
//
// so that one addition, one multiply-add and one clamp remain. The second
// rounds otherwise, in the last bit of f32: it decides only what lies as near
// to one integer as to the next. A division of anything else by a power of two
// is a multiplication, exactly; other divisions stay.

#include "Rescaler.h"
#include "convopt/IR/Constants.h"
#include "convopt/Transforms/Passes.h"
#include "convopt/Transforms/Quantisation.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include <cmath>

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_FOLDRESCALING
#include "convopt/Transforms/Passes.h.inc"

std::optional<Numbers> combined(const Numbers &a, const Numbers &b,
                                function_ref<double(double, double)> combine) {
  if (!a.isOne() && !b.isOne() && a.dims != b.dims)
    return std::nullopt;
  Numbers result = a.isOne() ? b : a;
  for (auto [i, value] : llvm::enumerate(result.values))
    value = combine(a.values[a.isOne() ? 0 : i], b.values[b.isOne() ? 0 : i]);
  return result;
}

static std::optional<Numbers> quotient(const Numbers &a, const Numbers &b) {
  return combined(a, b, [](double x, double y) { return x / y; });
}

Value Rescaler::createNumbers(const Numbers &numbers, Type type) {
  Location loc = op.getLoc();
  if (llvm::all_equal(numbers.values)) {
    double value = numbers.values.front();
    TypedAttr attr;
    if (type.isF32())
      attr = builder.getF32FloatAttr(static_cast<float>(value));
    else
      attr = builder.getIntegerAttr(
          type, static_cast<int32_t>(static_cast<int64_t>(value)));
    return builder.create<arith::ConstantOp>(loc, attr);
  }
  SmallVector<int64_t> trips = op.getStaticLoopRanges(), shape;
  SmallVector<AffineExpr> exprs;
  for (int64_t dim : numbers.dims) {
    shape.push_back(trips[dim]);
    exprs.push_back(builder.getAffineDimExpr(dim));
  }
  OpBuilder outside(op);
  std::vector<double> values = numbers.values;
  Value constant =
      convopt::createNumbers(outside, loc, RankedTensorType::get(shape, type),
                             "folded", std::move(values));
  const unsigned place = op.getNumDpsInputs();
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  maps.insert(maps.begin() + place,
              AffineMap::get(trips.size(), 0, exprs, op.getContext()));
  op.getInputsMutable().append(constant);
  op.setIndexingMapsAttr(builder.getAffineMapArrayAttr(maps));
  return op.getBody()->insertArgument(place, type, loc);
}

bool Rescaler::canDivide(Value value, const Numbers &by) {
  if (std::optional<Numbers> numbers = readNumbers(op, value))
    return quotient(*numbers, by).has_value();
  Operation *inner = value.getDefiningOp();
  if (!inner || inner->getBlock() != op.getBody() || !value.hasOneUse())
    return false;
  if (isa<arith::MulFOp>(inner))
    return llvm::any_of(inner->getOperands(), [&](Value factor) {
      std::optional<Numbers> numbers = readNumbers(op, factor);
      return numbers && quotient(*numbers, by);
    });
  return isa<arith::AddFOp, arith::SubFOp, arith::MaximumFOp, arith::MinimumFOp,
             arith::MaxNumFOp, arith::MinNumFOp>(inner) &&
         canDivide(inner->getOperand(0), by) &&
         canDivide(inner->getOperand(1), by);
}

Value Rescaler::divide(Value value, const Numbers &by) {
  if (std::optional<Numbers> numbers = readNumbers(op, value))
    return createNumbers(*quotient(*numbers, by), builder.getF32Type());
  Operation *inner = value.getDefiningOp();
  SmallVector<Value> operands(inner->getOperands());
  if (isa<arith::MulFOp>(inner)) {
    // One factor suffices.
    std::optional<Numbers> second = readNumbers(op, operands[1]);
    Value &factor = second && quotient(*second, by) ? operands[1] : operands[0];
    factor = createNumbers(*quotient(*readNumbers(op, factor), by),
                           builder.getF32Type());
  } else {
    for (Value &operand : operands)
      operand = divide(operand, by);
  }
  Operation *divided = builder.clone(*inner);
  divided->setOperands(operands);
  return divided->getResult(0);
}

bool Rescaler::foldDivision(arith::DivFOp division) {
  std::optional<Numbers> by = readNumbers(op, division.getRhs());
  if (!division.getType().isF32() || !by ||
      !llvm::all_of(by->values,
                    [](double s) { return s > 0 && std::isfinite(s); }))
    return false;
  Value result;
  if (!readNumbers(op, division.getLhs()) &&
      canDivide(division.getLhs(), *by)) {
    result = divide(division.getLhs(), *by);
  } else {
    int exponent;
    if (!llvm::all_of(by->values, [&](double s) {
          return std::frexp(s, &exponent) == 0.5 && std::abs(exponent) < 120;
        }))
      return false;
    Value inverse =
        createNumbers(*quotient(Numbers{{1}, {}}, *by), builder.getF32Type());
    result = builder.create<arith::MulFOp>(division.getLoc(), division.getLhs(),
                                           inverse);
  }
  division.replaceAllUsesWith(result);
  return true;
}

bool Rescaler::joinClamps(arith::MaxNumFOp outer) {
  auto first = outer.getLhs().getDefiningOp<arith::MaximumFOp>();
  std::optional<double> limit = getSplat(outer.getRhs()),
                        lower = first ? getSplat(first.getRhs()) : std::nullopt;
  if (!limit || !lower || *lower > *limit)
    return false;
  // NaN becomes the limit either way.
  outer.setOperand(0, first.getLhs());
  return true;
}

bool Rescaler::visit(Operation &inner) {
  builder.setInsertionPoint(&inner);
  if (auto number = dyn_cast<arith::SIToFPOp>(inner))
    return foldRoundTrip(number);
  if (auto division = dyn_cast<arith::DivFOp>(inner))
    return foldDivision(division);
  if (auto clamp = dyn_cast<arith::MaxNumFOp>(inner))
    return joinClamps(clamp);
  if (inner.getNumResults() != 1)
    return false;
  return foldFlip(inner) || joinSums(inner);
}

void Rescaler::run() {
  // Each rewriting makes fewer divisions, flips, sums of sums or clamps.
  for (bool changed = true; changed;) {
    changed = false;
    for (Operation &inner :
         llvm::make_early_inc_range(op.getBody()->without_terminator())) {
      if (inner.use_empty())
        inner.erase();
      else
        changed |= visit(inner);
    }
  }
}

/// Whether anything in the body of `op` is an 8-bit integer.
static bool hasBytes(linalg::GenericOp op) {
  return llvm::any_of(*op.getBody(), [](Operation &inner) {
    return llvm::any_of(inner.getOperandTypes(),
                        [](Type type) { return type.isInteger(8); });
  });
}

void foldRescaling(Operation *root) {
  SmallVector<linalg::GenericOp> ops;
  root->walk([&](linalg::GenericOp op) {
    if (op.hasPureTensorSemantics() && !op.hasDynamicShape() &&
        op.getNumParallelLoops() == op.getNumLoops() && hasBytes(op))
      ops.push_back(op);
  });
  if (ops.empty())
    return;
  for (linalg::GenericOp op : ops)
    Rescaler(op).run();
  RewritePatternSet patterns(root->getContext());
  linalg::populateEraseUnusedOperandsAndResultsPatterns(patterns);
  (void)applyPatternsAndFoldGreedily(root, std::move(patterns));
}

namespace {
struct FoldRescaling : impl::FoldRescalingBase<FoldRescaling> {
  void runOnOperation() override { foldRescaling(getOperation()); }
};
} // namespace
} // namespace convopt
