// An operand of a body times and minus constants, however that is written: an
// 8-bit integer is extended, a zero point is taken off, the difference becomes
// a number and is multiplied by a scale. Front ends take the zero point off
// before or after the conversion, add its negative, leave it out where it is
// nought, and give both as scalars in the body or as tensors. So a body is
// evaluated over terms (argument - zero) * scale, as AffineBody.cpp does over
// affine functions.

#include "Term.h"
#include "convopt/IR/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include <cmath>

using namespace mlir;

namespace convopt {

bool operator==(const Numbers &a, const Numbers &b) {
  return a.values == b.values && a.dims == b.dims;
}

namespace {
class TermReader {
public:
  TermReader(Block &body, function_ref<bool(unsigned)> variable,
             function_ref<std::optional<Numbers>(unsigned)> constants)
      : body(body), variable(variable), constants(constants) {}

  std::optional<Term> term(Value value);
  std::optional<Numbers> numbers(Value value);

private:
  /// A term less (`sign` 1) or more (-1) numbers, which must be integers.
  std::optional<Term> moved(Value of, Value by, int sign);
  std::optional<Term> scaled(Value of, Value by);

  Block &body;
  function_ref<bool(unsigned)> variable;
  function_ref<std::optional<Numbers>(unsigned)> constants;
};
} // namespace

/// Of the 8-bit integers that `numbers` are with their sign, those without.
static Numbers withoutSign(Numbers numbers) {
  for (double &value : numbers.values)
    value += value < 0 ? 256 : 0;
  return numbers;
}

std::optional<Numbers> TermReader::numbers(Value value) {
  if (auto own = dyn_cast<BlockArgument>(value))
    return own.getOwner() != &body || variable(own.getArgNumber())
               ? std::nullopt
               : constants(own.getArgNumber());
  if (std::optional<double> constant = getSplat(value))
    return Numbers{{*constant}, {}};
  Operation *op = value.getDefiningOp();
  if (isa_and_nonnull<arith::ExtSIOp, arith::SIToFPOp>(op))
    return numbers(op->getOperand(0));
  if (isa_and_nonnull<arith::ExtUIOp, arith::UIToFPOp>(op) &&
      op->getOperand(0).getType().isInteger(8))
    if (auto own = numbers(op->getOperand(0)))
      return withoutSign(std::move(*own));
  return std::nullopt;
}

std::optional<Term> TermReader::moved(Value of, Value by, int sign) {
  std::optional<Term> result = term(of);
  std::optional<Numbers> numbers = result ? this->numbers(by) : std::nullopt;
  if (!numbers || !(result->scale == Numbers{{1}, {}}))
    return std::nullopt;
  // The sum of what was taken off before, if anything was.
  Numbers &zero = result->zero;
  if (zero.isOne()) {
    for (double &value : numbers->values)
      value = zero.values[0] + sign * value;
    zero = std::move(*numbers);
  } else if (numbers->isOne() || numbers->dims == zero.dims) {
    for (auto [i, value] : llvm::enumerate(zero.values))
      value += sign * numbers->values[numbers->isOne() ? 0 : i];
  } else {
    return std::nullopt;
  }
  if (!llvm::all_of(zero.values, [](double value) {
        return value == std::trunc(value) && std::fabs(value) < 0x1p24;
      }))
    return std::nullopt;
  return result;
}

std::optional<Term> TermReader::scaled(Value of, Value by) {
  std::optional<Term> result = term(of);
  std::optional<Numbers> numbers = result ? this->numbers(by) : std::nullopt;
  if (!numbers || !(result->scale == Numbers{{1}, {}}))
    return std::nullopt;
  result->scale = std::move(*numbers);
  return result;
}

std::optional<Term> TermReader::term(Value value) {
  if (auto own = dyn_cast<BlockArgument>(value)) {
    if (own.getOwner() != &body || !variable(own.getArgNumber()))
      return std::nullopt;
    return Term{own.getArgNumber(), std::nullopt};
  }
  Operation *op = value.getDefiningOp();
  if (isa<arith::ExtSIOp, arith::ExtUIOp, arith::SIToFPOp, arith::UIToFPOp>(
          op)) {
    std::optional<Term> of = term(op->getOperand(0));
    if (!of)
      return std::nullopt;
    if (!of->isSigned) {
      if (!op->getOperand(0).getType().isInteger(8))
        return std::nullopt;
      of->isSigned = isa<arith::ExtSIOp, arith::SIToFPOp>(op);
      return of;
    }
    // A difference is signed, whatever it is one of.
    if (isa<arith::SIToFPOp>(op))
      return of;
    return std::nullopt;
  }
  if (op->getNumOperands() != 2)
    return std::nullopt;
  Value a = op->getOperand(0), b = op->getOperand(1);
  if (isa<arith::SubIOp, arith::SubFOp>(op))
    return moved(a, b, 1);
  if (isa<arith::AddIOp, arith::AddFOp>(op)) {
    auto result = moved(a, b, -1);
    return result ? result : moved(b, a, -1);
  }
  if (isa<arith::MulFOp>(op)) {
    auto result = scaled(a, b);
    return result ? result : scaled(b, a);
  }
  return std::nullopt;
}

std::optional<Term>
readTerm(Block &body, Value value, function_ref<bool(unsigned)> variable,
         function_ref<std::optional<Numbers>(unsigned)> constants) {
  return TermReader(body, variable, constants).term(value);
}

std::optional<Numbers> constantOperand(linalg::LinalgOp op, unsigned i) {
  OpOperand &operand = op->getOpOperand(i);
  auto type = dyn_cast<RankedTensorType>(operand.get().getType());
  if (std::optional<double> splat = getSplat(operand.get()))
    return Numbers{{*splat}, {}};
  if (!type)
    return std::nullopt;
  Numbers numbers;
  AffineMap map = op.getMatchingIndexingMap(&operand);
  for (auto [size, expr] : llvm::zip_equal(type.getShape(), map.getResults())) {
    if (size == 1)
      continue;
    auto dim = dyn_cast<AffineDimExpr>(expr);
    if (!dim || (!numbers.dims.empty() &&
                 numbers.dims.back() >= int64_t(dim.getPosition())))
      return std::nullopt;
    numbers.dims.push_back(dim.getPosition());
  }
  auto values = getConstantNumbers<double>(operand.get());
  if (!values)
    return std::nullopt;
  numbers.values = std::move(*values);
  return numbers;
}

std::optional<Numbers> readNumbers(linalg::GenericOp op, Value value) {
  auto constants = [&](unsigned i) -> std::optional<Numbers> {
    return i < op.getNumDpsInputs() ? constantOperand(op, i) : std::nullopt;
  };
  return TermReader(
             *op.getBody(), [](unsigned) { return false; }, constants)
      .numbers(value);
}

} // namespace convopt
