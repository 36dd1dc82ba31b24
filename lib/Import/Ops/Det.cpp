// The determinant by Gauss's elimination with the largest pivot of each column,
// one matrix after the other, in a copy that it overwrites.
#include "LoopCode.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

/// One matrix: what is left of it after elimination is an upper triangle, whose
/// diagonal multiplies up to the result, with a sign for each swap of rows.
static Value eliminate(LoopCode &code, Scalar &s, Value matrices, Value matrix,
                       int64_t n) {
  Value zero = code.number(0), one = code.number(1), end = code.number(n);
  auto at = [&](Value row, Value column) {
    return code.load(matrices, {matrix, row, column});
  };
  auto put = [&](Value value, Value row, Value column) {
    code.store(value, matrices, {matrix, row, column});
  };
  return code.fold(zero, end, s.constant(1), [&](Value step, ValueRange so) {
    Value next = code.add(step, one);
    Value pivotRow =
        code.fold(next, end, step, [&](Value row, ValueRange best) {
          Value larger = s.less(s.abs(at(best[0], step)), s.abs(at(row, step)));
          return SmallVector<Value>{code.select(larger, row, best[0])};
        })[0];
    Value swaps = code.no(code.equal(pivotRow, step));
    code.when(swaps, [&] {
      code.loop(step, end, [&](Value column) {
        Value upper = at(step, column), lower = at(pivotRow, column);
        put(lower, step, column);
        put(upper, pivotRow, column);
      });
    });
    Value pivot = at(step, step);
    code.when(code.no(s.equal(pivot, s.constant(0))), [&] {
      code.loop(next, end, [&](Value row) {
        Value factor = s.div(at(row, step), pivot);
        code.loop(next, end, [&](Value column) {
          put(s.sub(at(row, column), s.mul(factor, at(step, column))), row,
              column);
        });
      });
    });
    Value product = s.mul(so[0], pivot);
    return SmallVector<Value>{s.select(swaps, s.neg(product), product)};
  })[0];
}

static Error importDet(Node &node) {
  ArrayRef<int64_t> shape = node.inputShape(0);
  ElementKind kind = node.inputKind(0);
  if (shape.size() < 2 || shape.end()[-2] != shape.back())
    return node.error("the matrices are not square");
  if (kind != ElementKind::F32 && kind != ElementKind::F64)
    return node.error("takes floating point only");
  int64_t count = *countElements(shape.drop_back(2)), n = shape.back();
  Type element = node.inputType(0).getElementType();
  Scalar scalar(node.builder, node.loc, kind);
  Value y = createFilled(node, count, scalar.attribute(1));
  if (count && n) {
    Value matrices = reshapedInput(node, 0, {count, n, n});
    Value work = createEmpty(node, {count, n, n}, element);
    auto body = [&](LoopCode &code, ArrayRef<Value> in, ArrayRef<Value> out) {
      Scalar s = code.scalar(kind);
      code.nest({count, n, n}, [&](ArrayRef<Value> at) {
        code.store(code.load(in[0], at), out[1], at);
      });
      code.loop(code.number(0), code.number(count), [&](Value matrix) {
        code.store(eliminate(code, s, out[1], matrix, n), out[0], matrix);
      });
    };
    y = createLoops(node, matrices, {createEmpty(node, count, element), work},
                    body)[0];
  }
  return node.setOutput(0, reshape(node, y, node.outputShape(0)));
}

void registerDetOps(OpTable &table) { table["Det"] = importDet; }

} // namespace convopt
