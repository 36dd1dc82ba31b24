// Halide would compute each element of a concatenation by asking which part it
// lies in. But from the concatenated dimension on, a part is one run of memory
// in each row of the whole, and is copied as such: one update a part, no
// question asked. That fails where the dimension is the innermost and each part
// has one element of it, as when channels are shuffled: runs of one. There a
// vector of each part is read, and the stores of all of them become whole
// vectors of the result.

#include "Concatenation.h"
#include "ScalarOps.h"
#include "StoredFunc.h"

using namespace mlir;
using Halide::Expr;
namespace H = Halide;

namespace convopt {

/// Whether `op` takes elements from its operands in turn.
static bool isInterleaving(tensor::ConcatOp op) {
  ArrayRef<int64_t> shape = shapeOf(op.getResult());
  return op.getDim() + 1 == shape.size() && shape.size() >= 2 &&
         shape.back() == static_cast<int64_t>(op.getInputs().size()) &&
         shape[shape.size() - 2] > 1;
}

/// Reads a vector of each operand and stores them shuffled together.
static Concatenation interleave(BodyTranslator &body, tensor::ConcatOp op,
                                const KernelOptions &options) {
  Value result = op.getResult();
  Type element = op.getResultType().getElementType();
  ArrayRef<int64_t> shape = shapeOf(result);
  ElementLoops loops;
  loops.extents.assign(shape.rbegin(), shape.rend());
  for (size_t d = 0; d < shape.size(); ++d)
    loops.vars.emplace_back("dim" + std::to_string(d));
  Index index(loops.vars.rbegin(), loops.vars.rend());
  Expr turn = index.back(), value;
  index.back() = 0;
  for (auto [i, piece] : llvm::enumerate(op.getInputs())) {
    Expr next = toStorage(body.at(piece, index));
    // Of the same type, whatever the turn is.
    value = value.defined()
                ? H::select(turn < static_cast<int32_t>(i), value, next)
                : next;
  }
  MergedLoops merged = mergeLoops(value, loops);
  StoredFunc stage;
  stage.func = H::Func("interleaved");
  stage.func(merged.loops.vars) = value;
  stage.extents = merged.loops.extents;
  for (size_t d = 0; d < stage.extents.size(); ++d)
    stage.func.bound(merged.loops.vars[d], 0, stage.extents[d]);
  stage.func.compute_root();
  scheduleInterleaved(stage, options);
  H::Func func = stage.func;
  auto at = [=](const Index &at) {
    std::vector<Expr> within(merged.loops.vars.size(), Expr(0));
    for (size_t d = 0; d < at.size(); ++d)
      within[merged.from[d].first] +=
          at[at.size() - 1 - d] * merged.from[d].second;
    return fromStorage(func(within), element);
  };
  return {func, stage.extents, at};
}

/// Copies whole runs of memory: from the concatenated dimension on, a tensor
/// is one row.
Concatenation buildConcat(BodyTranslator &body, tensor::ConcatOp op,
                          const KernelOptions &options) {
  if (isInterleaving(op))
    return interleave(body, op, options);
  Value result = op.getResult();
  Type element = op.getResultType().getElementType();
  auto product = [](ArrayRef<int64_t> shape) {
    int size = 1;
    for (int64_t extent : shape)
      size *= static_cast<int>(extent);
    return size;
  };
  unsigned dim = op.getDim();
  int rows = product(shapeOf(result).take_front(dim));
  int whole = product(shapeOf(result).drop_front(dim));
  H::Var x("x"), row("row");
  H::Func func("concat");
  func(x, row) = H::undef(storageType(element));
  int offset = 0;
  for (Value piece : op.getInputs()) {
    int run = product(shapeOf(piece).drop_front(dim));
    scheduleRange(
        func, {offset, run, rows},
        [&](Expr i) {
          return toStorage(body.atPosition(piece, row * run + i));
        },
        options);
    offset += run;
  }
  func.bound(x, 0, whole).bound(row, 0, rows).compute_root();
  ArrayRef<int64_t> shape = shapeOf(result);
  auto at = [=](const Index &index) {
    Expr position = linearise(shape, index);
    return fromStorage(func(position % whole, position / whole), element);
  };
  return {func, {whole, rows}, at};
}

} // namespace convopt
