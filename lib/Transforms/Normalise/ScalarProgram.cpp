// A body is translated once into instructions over numbered slots (arguments,
// constants, then one a result) and run for each element. Walking the
// operations for each of a million elements would look every operand up in a
// map. Slots of results come behind those of constants, whose number is known
// at the end only: until then results count down from -1.

#include "ScalarProgram.h"
#include "convopt/IR/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/DenseMap.h"
#include <cmath>

// A multiply-add of the host would give other bits than one of another host.
#pragma STDC FP_CONTRACT OFF

using namespace mlir;

namespace convopt {

using Function = double (*)(double, double, double);

static Function comparison(arith::CmpFPredicate predicate) {
  switch (predicate) {
  case arith::CmpFPredicate::OEQ:
    return [](double a, double b, double) -> double { return a == b; };
  case arith::CmpFPredicate::UNE:
    return [](double a, double b, double) -> double { return a != b; };
  case arith::CmpFPredicate::OGT:
    return [](double a, double b, double) -> double { return a > b; };
  case arith::CmpFPredicate::OGE:
    return [](double a, double b, double) -> double { return a >= b; };
  case arith::CmpFPredicate::OLT:
    return [](double a, double b, double) -> double { return a < b; };
  case arith::CmpFPredicate::OLE:
    return [](double a, double b, double) -> double { return a <= b; };
  default:
    return nullptr;
  }
}

static Function functionOf(Operation &op) {
  if (isa<arith::AddFOp>(op))
    return [](double a, double b, double) { return a + b; };
  if (isa<arith::SubFOp>(op))
    return [](double a, double b, double) { return a - b; };
  if (isa<arith::MulFOp>(op))
    return [](double a, double b, double) { return a * b; };
  if (isa<arith::DivFOp>(op))
    return [](double a, double b, double) { return a / b; };
  if (isa<arith::NegFOp>(op))
    return [](double a, double, double) { return -a; };
  if (isa<math::AbsFOp>(op))
    return [](double a, double, double) { return std::fabs(a); };
  if (isa<math::SqrtOp>(op))
    return [](double a, double, double) { return std::sqrt(a); };
  // A NaN wins; of two zeros the positive or the negative one.
  if (isa<arith::MaximumFOp>(op))
    return [](double a, double b, double) {
      bool first = a == b ? std::signbit(b) : std::isnan(a) || a > b;
      return first ? a : b;
    };
  if (isa<arith::MinimumFOp>(op))
    return [](double a, double b, double) {
      bool first = a == b ? std::signbit(a) : std::isnan(a) || a < b;
      return first ? a : b;
    };
  if (isa<arith::SelectOp>(op))
    return [](double c, double a, double b) { return c != 0 ? a : b; };
  if (auto cmp = dyn_cast<arith::CmpFOp>(op))
    return comparison(cmp.getPredicate());
  return nullptr;
}

std::optional<ScalarProgram> ScalarProgram::compile(Block &block) {
  auto isSupported = [](Type type) {
    return type.isF32() || type.isInteger(1);
  };
  ScalarProgram program;
  program.initial.resize(block.getNumArguments());
  // Instructions write behind what is there at the start, which is not known
  // before all constants are: numbered from the other end until then.
  DenseMap<Value, int> slots;
  auto slotOf = [&](Value value) -> std::optional<int> {
    if (auto it = slots.find(value); it != slots.end())
      return it->second;
    if (auto own = dyn_cast<BlockArgument>(value);
        own && own.getOwner() == &block)
      return own.getArgNumber();
    std::optional<double> constant = getSplat(value);
    if (!constant || !isSupported(value.getType()))
      return std::nullopt;
    program.initial.push_back(value.getType().isF32() ? *constant
                                                      : *constant != 0);
    return slots[value] = program.initial.size() - 1;
  };
  std::vector<std::array<int, 3>> operands;
  for (Operation &op : block.without_terminator()) {
    if (isa<arith::ConstantOp>(op))
      continue;
    Function function = functionOf(op);
    if (!function || op.getNumOperands() > 3 ||
        !isSupported(op.getResult(0).getType()))
      return std::nullopt;
    std::array<int, 3> own = {0, 0, 0};
    for (auto [slot, operand] : llvm::zip(own, op.getOperands())) {
      std::optional<int> known = slotOf(operand);
      if (!known)
        return std::nullopt;
      slot = *known;
    }
    operands.push_back(own);
    program.instructions.push_back(
        {function, {}, op.getResult(0).getType().isF32()});
    slots[op.getResult(0)] = -static_cast<int>(operands.size());
  }
  Value yielded = block.getTerminator()->getOperand(0);
  std::optional<int> result = slotOf(yielded);
  if (!result || !yielded.getType().isF32())
    return std::nullopt;
  auto final = [&](int slot) -> unsigned {
    return slot >= 0 ? slot : program.initial.size() - slot - 1;
  };
  for (auto [instruction, own] :
       llvm::zip_equal(program.instructions, operands))
    for (int i = 0; i < 3; ++i)
      instruction.operands[i] = final(own[i]);
  program.result = final(*result);
  return program;
}

float ScalarProgram::run(ArrayRef<float> arguments) const {
  SmallVector<double> values(initial.begin(), initial.end());
  llvm::copy(arguments, values.begin());
  for (const Instruction &instruction : instructions) {
    const unsigned *at = instruction.operands;
    double value =
        instruction.function(values[at[0]], values[at[1]], values[at[2]]);
    values.push_back(instruction.isFloat ? static_cast<float>(value) : value);
  }
  return static_cast<float>(values[result]);
}

} // namespace convopt
