// What constants do to integers in a body: sums of sums, changed signs, and the
// way of a rounded number through 8 bits and back. All of it is exact.

#include "Rescaler.h"
#include "RoundedLimits.h"
#include "convopt/IR/Constants.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include <cmath>

using namespace mlir;

namespace convopt {

/// What is added (with its sign) by an addition or subtraction of a constant,
/// and to what.
static std::optional<std::pair<Value, Numbers>> readSum(linalg::GenericOp op,
                                                        Value value) {
  Operation *inner = value.getDefiningOp();
  if (!isa_and_nonnull<arith::AddIOp, arith::SubIOp>(inner) ||
      inner->getBlock() != op.getBody() || !value.getType().isInteger(32))
    return std::nullopt;
  std::optional<Numbers> numbers = readNumbers(op, inner->getOperand(1));
  if (isa<arith::SubIOp>(inner)) {
    if (!numbers)
      return std::nullopt;
    for (double &number : numbers->values)
      number = -number;
    return std::pair(inner->getOperand(0), std::move(*numbers));
  }
  if (numbers)
    return std::pair(inner->getOperand(0), std::move(*numbers));
  numbers = readNumbers(op, inner->getOperand(0));
  if (numbers)
    return std::pair(inner->getOperand(1), std::move(*numbers));
  return std::nullopt;
}

bool Rescaler::joinSums(Operation &inner) {
  auto outer = readSum(op, inner.getResult(0));
  auto first = outer ? readSum(op, outer->first) : std::nullopt;
  if (!first || !outer->first.hasOneUse())
    return false;
  auto sum = combined(first->second, outer->second,
                      [](double a, double b) { return a + b; });
  if (!sum || !llvm::all_of(sum->values, [](double value) {
        return std::fabs(value) < 0x1p31;
      }))
    return false;
  Value number = createNumbers(*sum, builder.getI32Type());
  inner.getResult(0).replaceAllUsesWith(
      builder.create<arith::AddIOp>(inner.getLoc(), first->first, number));
  return true;
}

/// The integer whose sign `value` has changed, or null.
static Value withoutFlip(Value value) {
  Operation *inner = value.getDefiningOp();
  return isa_and_nonnull<arith::XOrIOp, arith::AddIOp>(inner) &&
                 value.getType().isInteger(8) &&
                 getSplat(inner->getOperand(1)) == -128.0
             ? inner->getOperand(0)
             : Value();
}

bool Rescaler::foldFlip(Operation &inner) {
  Type i32 = builder.getI32Type();
  Location loc = inner.getLoc();
  auto plus = [&](Value value, int32_t number) -> Value {
    Value constant = builder.create<arith::ConstantOp>(
        loc, builder.getI32IntegerAttr(number));
    return builder.create<arith::AddIOp>(loc, value, constant);
  };
  Value result;
  if (isa<arith::ExtSIOp, arith::ExtUIOp>(inner) &&
      inner.getResult(0).getType() == i32) {
    Value source = withoutFlip(inner.getOperand(0));
    if (!source)
      return false;
    if (isa<arith::ExtSIOp>(inner))
      result = plus(builder.create<arith::ExtUIOp>(loc, i32, source), -128);
    else
      result = plus(builder.create<arith::ExtSIOp>(loc, i32, source), 128);
  } else if (Value source = withoutFlip(inner.getResult(0))) {
    if (Value twice = withoutFlip(source)) {
      result = twice;
    } else {
      auto narrow = source.getDefiningOp<arith::TruncIOp>();
      if (!narrow || narrow.getIn().getType() != i32)
        return false;
      result = builder.create<arith::TruncIOp>(
          loc, inner.getResult(0).getType(), plus(narrow.getIn(), 128));
    }
  } else {
    return false;
  }
  inner.getResult(0).replaceAllUsesWith(result);
  return true;
}

bool Rescaler::foldRoundTrip(arith::SIToFPOp number) {
  if (!number.getType().isF32())
    return false;
  // What was done to the integer, from the last to the first: at most one
  // narrowing, and integers added before and after it.
  double sums[2] = {0, 0};
  Operation *extension = nullptr;
  Value value = number.getIn();
  while (auto sum = readSum(op, value)) {
    if (!sum->second.isOne())
      return false;
    sums[0] += sum->second.values[0];
    value = sum->first;
  }
  if (isa_and_nonnull<arith::ExtSIOp, arith::ExtUIOp>(value.getDefiningOp())) {
    extension = value.getDefiningOp();
    auto narrow = extension->getOperand(0).getDefiningOp<arith::TruncIOp>();
    if (!narrow || !narrow.getType().isInteger(8))
      return false;
    value = narrow.getIn();
    while (auto sum = readSum(op, value)) {
      if (!sum->second.isOne())
        return false;
      sums[1] += sum->second.values[0];
      value = sum->first;
    }
  }
  auto integer = value.getDefiningOp<arith::FPToSIOp>();
  auto limits = integer ? roundedLimits(integer.getIn()) : std::nullopt;
  if (!limits || integer.getIn().getType() != number.getType())
    return false;
  const double least = isa_and_nonnull<arith::ExtUIOp>(extension) ? 0 : -128;
  if (extension && (limits->first + sums[1] < least ||
                    limits->second + sums[1] > least + 255))
    return false;
  Value result = integer.getIn();
  if (sums[0] + sums[1] != 0)
    result = builder.create<arith::AddFOp>(
        number.getLoc(), result,
        createNumbers(Numbers{{sums[0] + sums[1]}, {}}, number.getType()));
  number.replaceAllUsesWith(result);
  return true;
}

} // namespace convopt
