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
#include <algorithm>
#include <cmath>

// A multiply-add of the host would give other bits than one of another host.
#pragma STDC FP_CONTRACT OFF

using namespace mlir;

namespace convopt {

using Function = double (*)(double, double, double);

/// The low `bits` bits, with their sign; a truth value has none.
static double wrapped(double value, unsigned bits) {
  const auto number = static_cast<int64_t>(value);
  if (bits == 1)
    return static_cast<double>(number & 1);
  return bits == 8 ? static_cast<double>(static_cast<int8_t>(number))
                   : static_cast<double>(static_cast<int32_t>(number));
}

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

/// Of integers and conversions; results are wrapped by the caller.
static Function integerFunctionOf(Operation &op) {
  if (isa<arith::AddIOp>(op))
    return [](double a, double b, double) { return a + b; };
  if (isa<arith::SubIOp>(op))
    return [](double a, double b, double) { return a - b; };
  if (isa<arith::MulIOp>(op))
    return [](double a, double b, double) {
      // Wrapped here, as a double does not hold all 64 bits.
      return static_cast<double>(
          static_cast<int32_t>(static_cast<uint32_t>(static_cast<int64_t>(a)) *
                               static_cast<uint32_t>(static_cast<int64_t>(b))));
    };
  if (isa<arith::XOrIOp>(op))
    return [](double a, double b, double) {
      return static_cast<double>(static_cast<int64_t>(a) ^
                                 static_cast<int64_t>(b));
    };
  if (isa<arith::MaxSIOp>(op))
    return [](double a, double b, double) { return std::max(a, b); };
  if (isa<arith::MinSIOp>(op))
    return [](double a, double b, double) { return std::min(a, b); };
  if (isa<arith::ExtSIOp, arith::TruncIOp, arith::SIToFPOp>(op))
    return [](double a, double, double) { return a; };
  if (isa<arith::ExtUIOp, arith::UIToFPOp>(op)) {
    if (op.getOperand(0).getType().isInteger(8))
      return [](double a, double, double) { return a < 0 ? a + 256 : a; };
    if (op.getOperand(0).getType().isInteger(32))
      return [](double a, double, double) { return a < 0 ? a + 0x1p32 : a; };
  }
  // Beyond the type it may be anything; never what the host makes of it.
  if (isa<arith::FPToSIOp>(op))
    return [](double a, double, double) {
      return std::isnan(a) ? 0.0 : std::trunc(std::clamp(a, -0x1p31, 0x1p31));
    };
  return nullptr;
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
  // The other one if one is NaN.
  if (isa<arith::MaxNumFOp>(op))
    return [](double a, double b, double) {
      return std::isnan(b) || a > b ? a : b;
    };
  if (isa<arith::MinNumFOp>(op))
    return [](double a, double b, double) {
      return std::isnan(b) || a < b ? a : b;
    };
  // Of two integers equally near the even one: how a process begins.
  if (isa<math::RoundEvenOp>(op))
    return [](double a, double, double) { return std::nearbyint(a); };
  if (Function function = integerFunctionOf(op))
    return function;
  if (isa<arith::SelectOp>(op))
    return [](double c, double a, double b) { return c != 0 ? a : b; };
  if (auto cmp = dyn_cast<arith::CmpFOp>(op))
    return comparison(cmp.getPredicate());
  return nullptr;
}

bool ScalarProgram::isSupported(Type type) {
  return type.isF32() || type.isInteger(1) || type.isInteger(8) ||
         type.isInteger(32);
}

std::optional<ScalarProgram> ScalarProgram::compile(Block &block) {
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
    program.initial.push_back(value.getType().isInteger(1) ? *constant != 0
                                                           : *constant);
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
    Type type = op.getResult(0).getType();
    std::array<int, 3> own = {0, 0, 0};
    for (auto [slot, operand] : llvm::zip(own, op.getOperands())) {
      std::optional<int> known = slotOf(operand);
      if (!known)
        return std::nullopt;
      slot = *known;
    }
    operands.push_back(own);
    program.instructions.push_back(
        {function, {}, type.isF32() ? 0 : type.getIntOrFloatBitWidth()});
    slots[op.getResult(0)] = -static_cast<int>(operands.size());
  }
  Value yielded = block.getTerminator()->getOperand(0);
  std::optional<int> result = slotOf(yielded);
  if (!result || !isSupported(yielded.getType()))
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

double ScalarProgram::run(ArrayRef<double> arguments) const {
  SmallVector<double> values(initial.begin(), initial.end());
  llvm::copy(arguments, values.begin());
  for (const Instruction &instruction : instructions) {
    const unsigned *at = instruction.operands;
    double value =
        instruction.function(values[at[0]], values[at[1]], values[at[2]]);
    values.push_back(instruction.bits ? wrapped(value, instruction.bits)
                                      : static_cast<float>(value));
  }
  return values[result];
}

} // namespace convopt
