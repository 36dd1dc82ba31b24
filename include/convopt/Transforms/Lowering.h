#ifndef CONVOPT_TRANSFORMS_LOWERING_H
#define CONVOPT_TRANSFORMS_LOWERING_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinOps.h"
#include <vector>

namespace llvm {
class raw_ostream;
} // namespace llvm

// The way of the model's function from tensors to memory. Each function here
// is one step; the passes of the same names wrap them.
namespace convopt {

/// Makes convopt.launch known to bufferization.
void registerBufferization(mlir::DialectRegistry &registry);

/// Replaces the results of `func` by memref arguments after its inputs.
void moveOutputsToArguments(mlir::func::FuncOp func);

/// One-shot-bufferizes all functions of `module`, not its kernels.
mlir::LogicalResult bufferize(mlir::ModuleOp module);

/// Whether the elements of `type` lie densely in row-major order, whatever the
/// offset.
bool isDense(mlir::MemRefType type);

/// Gives every launch dense operands, by copies where needed.
void makeLaunchOperandsDense(mlir::func::FuncOp func);

/// Makes the loops in `root`, on tensors, end every iteration with what they
/// carry to the next in the memory in which it was, as bufferization wants it.
void endLoopsInPlace(mlir::Operation *root);

/// Replaces every convopt.top_k of `func`, on memrefs, by loops.
void lowerTopK(mlir::func::FuncOp func);

/// Replaces every convopt.loops on memrefs by its body.
void inlineLoops(mlir::func::FuncOp func);

/// A memref without elements cannot be passed as a bare pointer: such arguments
/// of `func` become one byte, of which the function sees an empty view.
void replaceEmptyArguments(mlir::func::FuncOp func);

/// One constant's place in the weights.
struct PooledConstant {
  mlir::ElementsAttr value;
  int64_t offset = 0, bytes = 0;
};

/// All constants of a module, one block of memory; equal ones stand once.
struct ConstantPool {
  std::vector<PooledConstant> constants; ///< by rising offset
  int64_t bytes = 0;

  /// Writes the block. Needs no memory of its own: big constants are written
  /// from where they are.
  void write(llvm::raw_ostream &os) const;
};

/// The number of bytes that a buffer of `type` takes in memory, or nothing for
/// an element type that has no such size.
std::optional<int64_t> bytesOf(mlir::ShapedType type);

/// Replaces every constant buffer that the functions of `module` read by a view
/// of a new last argument of each, memref<Nxi8>, which is the same block of
/// memory for all. The memref.globals are left without use.
mlir::FailureOr<ConstantPool> poolConstants(mlir::ModuleOp module);

/// What planMemory achieved, in bytes.
struct MemoryPlan {
  int64_t bytes = 0;
  int64_t lowerBound = 0; ///< the most that is live at one time
};

/// Replaces every memref.alloc of `func`, which must be one block at this
/// stage (loops are fine), by a view of a new last argument, memref<Nxi8>. An
/// allocation inside a loop has one place for all iterations.
mlir::FailureOr<MemoryPlan> planMemory(mlir::func::FuncOp func);

// A launch becomes a call as Halide's kernels want it: the runtime's context,
// then a halide_buffer_t for each operand. Shapes are static, so what describes
// the dimensions is a constant, one for all buffers of a shape. The rest is
// stored on the stack before each call, in one array that all calls share, as
// one is under way at a time. A kernel that fails ends the function with its
// status.

/// Turns the launches of all functions into calls and removes the kernels. With
/// `observe`, the runtime is told of each launch, by its number in
/// FuncOp::walk's order, before and after it; those of the second function
/// follow those of the first.
mlir::LogicalResult lowerLaunches(mlir::ModuleOp module, bool observe = false);

/// Replaces the scalar conversions of f64, i32 and i64 to f16 and bf16 within
/// `root` by conversions of f32 that give the same: what the number rounds to
/// at once, to nearest, ties to even.
void roundOnce(mlir::Operation *root);

} // namespace convopt

#endif // CONVOPT_TRANSFORMS_LOWERING_H
