// What a unit does with its gates: the regions of a convopt.recurrence are
// scalar operations, which become one expression each. The sigmoid stands there
// as the operations of which importers make it, and is found again, since it is
// computed in another way (HalideMath.h).

#include "HalideMath.h"
#include "Recurrence.h"
#include "ScalarOps.h"

using namespace mlir;
using Halide::Expr;

namespace convopt {

std::vector<Expr> evaluateCell(Block &block, ArrayRef<Expr> arguments) {
  DenseMap<Value, Expr> values;
  for (auto [argument, value] :
       llvm::zip_equal(block.getArguments(), arguments))
    values[argument] = value;
  for (Operation &op : block.without_terminator()) {
    if (Value x = matchSigmoid(&op)) {
      values[op.getResult(0)] = sigmoidOf(values.lookup(x));
      continue;
    }
    SmallVector<Expr> operands;
    for (Value operand : op.getOperands())
      operands.push_back(values.lookup(operand));
    values[op.getResult(0)] = translateScalarOp(&op, operands);
  }
  std::vector<Expr> yielded;
  for (Value value : block.getTerminator()->getOperands())
    yielded.push_back(values.lookup(value));
  return yielded;
}

} // namespace convopt
