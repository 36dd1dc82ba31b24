// What gets memory in a kernel. Halide computes a value wherever it is read
// unless told otherwise, so this is the one decision about the body of a kernel
// that has no chosen primitive: results have memory; so have reductions, and
// what is read so often that storing it is cheaper (isCheaperStored). A
// reduction that only element-wise operations follow, up to a result, is
// computed a register tile at a time within the loops of that result, and its
// sums are never stored. Arguments are one-dimensional, since a reshape is then
// no more than other arithmetic on a position.

#ifndef CONVOPT_LIB_CODEGEN_KERNELPIPELINE_H
#define CONVOPT_LIB_CODEGEN_KERNELPIPELINE_H

#include "StoredFunc.h"
#include "convopt/IR/InferConvLayer.h"
#include "convopt/Primitives/Primitive.h"

namespace convopt {

/// A kernel as a scheduled Halide pipeline: its arguments in order, then its
/// results. Every buffer is seen as one dimension of known length.
struct KernelPipeline {
  std::vector<Halide::Argument> arguments;
  std::vector<Halide::Func> outputs;
  /// Whether the only result holds something else first (KeptInResult.h).
  bool keepsInResult = false;
};

/// Translates and schedules the body of `kernel`; may rewrite it. Throws
/// Halide::Error and std::runtime_error.
KernelPipeline buildKernelPipeline(KernelOp kernel,
                                   const KernelOptions &options);

/// The arguments of `kernel`, each of one dimension, in order; `body` reads
/// them.
std::vector<Halide::Argument> defineArguments(KernelOp kernel,
                                              BodyTranslator &body);

/// The Func of a kernel's convolution and everything after it up to `yielded`,
/// its arguments innermost first. The convolution has a #convopt.primitive. The
/// result is dense or, if `whole` has four dimensions, a part of a dense tensor
/// of this shape.
Halide::Func buildConvolutionStage(BodyTranslator &body, const ConvOp &conv,
                                   mlir::Value yielded,
                                   llvm::ArrayRef<int64_t> whole,
                                   const KernelOptions &options);

/// Whether computing `op` again at each use would cost more than its memory.
bool isCheaperStored(mlir::Operation *op);

/// The convolution of `kernel` that has a #convopt.primitive, if any.
std::optional<ConvOp> findConvolution(KernelOp kernel);

/// The first choice of the annotated primitive that has all the annotation
/// says: what a user left out matches anything. Throws std::runtime_error if
/// there is none.
Choice choiceOf(const ConvOp &conv, const MachineDescription &machine);

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_KERNELPIPELINE_H
