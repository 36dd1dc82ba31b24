#ifndef CONVOPT_IMPORT_OPS_LOOPCODE_H
#define CONVOPT_IMPORT_OPS_LOOPCODE_H

#include "Generic.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace convopt {

/// Writes the body of a convopt.loops as one would write C: loops, branches,
/// variables in memory. Numbers without kind are of type index.
class LoopCode {
public:
  LoopCode(mlir::OpBuilder &builder, mlir::Location loc)
      : builder(builder), loc(loc) {}

  mlir::OpBuilder &builder;
  const mlir::Location loc;

  Scalar scalar(ElementKind kind) { return Scalar(builder, loc, kind); }
  mlir::Value number(int64_t value);
  mlir::Value truth(bool value);

  mlir::Value add(mlir::Value a, mlir::Value b);
  mlir::Value sub(mlir::Value a, mlir::Value b);
  mlir::Value mul(mlir::Value a, mlir::Value b);
  mlir::Value min(mlir::Value a, mlir::Value b);
  mlir::Value max(mlir::Value a, mlir::Value b);
  mlir::Value less(mlir::Value a, mlir::Value b);
  mlir::Value equal(mlir::Value a, mlir::Value b);
  mlir::Value both(mlir::Value a, mlir::Value b);
  mlir::Value either(mlir::Value a, mlir::Value b);
  mlir::Value no(mlir::Value a);
  mlir::Value select(mlir::Value condition, mlir::Value a, mlir::Value b);
  /// Between index and i64.
  mlir::Value toIndex(mlir::Value integer);
  mlir::Value toInteger(mlir::Value index);

  mlir::Value load(mlir::Value buffer, mlir::ValueRange at);
  void store(mlir::Value value, mlir::Value buffer, mlir::ValueRange at);
  /// A number that lies in memory as i64.
  mlir::Value loadIndex(mlir::Value buffer, mlir::ValueRange at) {
    return toIndex(load(buffer, at));
  }
  void storeIndex(mlir::Value index, mlir::Value buffer, mlir::ValueRange at) {
    store(toInteger(index), buffer, at);
  }

  using Body = llvm::function_ref<void(mlir::Value)>;
  using Fold = llvm::function_ref<llvm::SmallVector<mlir::Value>(
      mlir::Value, mlir::ValueRange)>;
  /// for (i = begin; i < end; i += step) body(i)
  void loop(mlir::Value begin, mlir::Value end, Body body,
            mlir::Value step = nullptr);
  /// The same with values that go from one iteration to the next.
  llvm::SmallVector<mlir::Value> fold(mlir::Value begin, mlir::Value end,
                                      mlir::ValueRange start, Fold body);
  /// All places of a tensor of `shape`, in row-major order.
  void nest(llvm::ArrayRef<int64_t> shape,
            llvm::function_ref<void(llvm::ArrayRef<mlir::Value>)> body);
  void when(mlir::Value condition, llvm::function_ref<void()> body);
  /// What the branch that is taken gives.
  mlir::Value choose(mlir::Value condition,
                     llvm::function_ref<mlir::Value()> then,
                     llvm::function_ref<mlir::Value()> otherwise);
  /// x = start; while (goesOn(x)) x = next(x). The last x, of type index.
  mlir::Value follow(mlir::Value start,
                     llvm::function_ref<mlir::Value(mlir::Value)> goesOn,
                     llvm::function_ref<mlir::Value(mlir::Value)> next);
  /// For i from `begin` on, until `end` or where `holds` is true: that i. Does
  /// not look at `end` itself.
  mlir::Value find(mlir::Value begin, mlir::Value end,
                   llvm::function_ref<mlir::Value(mlir::Value)> holds);
};

/// Sorts the first `count` entries of `places`, a vector of i64: those for
/// which `before` holds come first, equal ones stay in their order. `spare` is
/// memory of the same size. A merge sort from runs of one upwards: n log n
/// comparisons, always in order of memory.
void sortPlaces(
    LoopCode &code, mlir::Value places, mlir::Value spare, mlir::Value count,
    llvm::function_ref<mlir::Value(mlir::Value, mlir::Value)> before);

/// A convopt.loops on `inputs` that writes `outputs`, all of them tensors, and
/// finds in them what those hold. `body` gets the memrefs of both. The results
/// are those of the outputs.
llvm::SmallVector<mlir::Value>
createLoops(Node &node, mlir::ValueRange inputs, mlir::ValueRange outputs,
            llvm::function_ref<void(LoopCode &, llvm::ArrayRef<mlir::Value>,
                                    llvm::ArrayRef<mlir::Value>)>
                body);

} // namespace convopt

#endif // CONVOPT_IMPORT_OPS_LOOPCODE_H
