#ifndef CONVOPT_TRANSFORMS_LOWERINGPASSES_TD
#define CONVOPT_TRANSFORMS_LOWERINGPASSES_TD

include "mlir/Pass/PassBase.td"

def OutputsToArguments : Pass<"convopt-outputs-to-arguments", "::mlir::func::FuncOp"> {
  let summary = "Turns the model's results into memory that the caller owns";
  let description = [{
    Each result becomes a memref argument after the inputs, in which the
    returned tensor is materialised; the inputs become read-only. Bufferization
    then computes results where the caller wants them.
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect", "::mlir::memref::MemRefDialect"];
}

def Bufferize : Pass<"convopt-bufferize", "::mlir::ModuleOp"> {
  let summary = "Gives every tensor outside of kernels a buffer";
  let description = [{
    One-shot-bufferize with what this compiler needs around it: kernels are left
    alone, `convopt.launch` is in destination style, function boundaries are
    dense memrefs, each tensor.empty serves one use and disappears where the
    value can be computed in its final place.
  }];
  let dependentDialects = ["::mlir::bufferization::BufferizationDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::linalg::LinalgDialect", "::mlir::scf::SCFDialect"];
}

def DenseLaunchOperands : Pass<"convopt-dense-launch-operands", "::mlir::func::FuncOp"> {
  let summary = "Copies launch operands that are not dense";
  let description = [{
    Kernels are compiled for dense row-major buffers. A subview with other
    strides is copied to a buffer of its own, or from it.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect", "::mlir::linalg::LinalgDialect"];
}

def ReplaceEmptyArguments : Pass<"convopt-replace-empty-arguments", "::mlir::func::FuncOp"> {
  let summary = "Makes arguments without elements one byte each";
  let description = [{
    A memref without elements cannot be passed as a bare pointer. The function
    sees an empty view of the byte.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect", "::mlir::arith::ArithDialect"];
}

def PoolConstants : Pass<"convopt-pool-constants", "::mlir::ModuleOp"> {
  let summary = "Makes all constant buffers views of one argument, the weights";
  let description = [{
    The argument is the same memory for all functions of a module; equal
    constants stand there once.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect", "::mlir::arith::ArithDialect"];
}

def PlanMemory : Pass<"convopt-plan-memory", "::mlir::func::FuncOp"> {
  let summary = "Makes all allocations views of one argument, the workspace";
  let description = [{
    Buffers that are not live at the same time share memory. Offsets are found
    by the greedy-by-size rule of Pisarchyk and Lee, "Efficient Memory
    Management for Deep Neural Net Inference" (2020): buffers from large to
    small, each in the smallest gap between those already placed that are live
    at the same time.
  }];
  let options = [Option<"report", "report", "bool", "false",
                        "Remark on the bytes needed and on the lower bound">];
  let dependentDialects = ["::mlir::memref::MemRefDialect", "::mlir::arith::ArithDialect"];
}

def LowerTopK : Pass<"convopt-lower-top-k", "::mlir::func::FuncOp"> {
  let summary = "Turns convopt.top_k on memrefs into loops";
  let description = [{
    One pass over each row keeps the k best in a heap, the worst of them on
    top, in the place of the output: no other memory, and n log k steps at most.
    Elements are first compared with the worst in blocks, without branches.
  }];
  let dependentDialects = ["::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
                           "::mlir::arith::ArithDialect"];
}

def InlineLoops : Pass<"convopt-inline-loops", "::mlir::func::FuncOp"> {
  let summary = "Puts the bodies of convopt.loops on memrefs in their place";
  let dependentDialects = ["::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect",
                           "::mlir::arith::ArithDialect"];
}

def LowerLaunches : Pass<"convopt-lower-launches", "::mlir::ModuleOp"> {
  let summary = "Turns launches into calls of compiled kernels";
  let description = [{
    The function gets a last argument, the runtime's context, and an i32 result:
    0, or what the first failing kernel returned. Each call passes its buffers
    as halide_buffer_t, built on the stack. Kernels disappear. Expects
    functions whose control flow is in blocks.

    With `observe`, `convopt_observe(context, number, done)` is called before
    each kernel (done = 0) and after it (1); launches are numbered in the
    functions' order.
  }];
  let options = [Option<"observe", "observe", "bool", "false",
                        "Announce each launch to the runtime">];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::memref::MemRefDialect",
                           "::mlir::arith::ArithDialect", "::mlir::cf::ControlFlowDialect"];
}

def RoundOnce : Pass<"convopt-round-once"> {
  let summary = "Converts to f16 and bf16 with one rounding, by f32";
  let description = [{
    Conversions of f64, i32 and i64 to types of 16 bits, for which few machines
    have an instruction and others would call compiler-rt, become conversions of
    f32 that round to the same number. Runs on functions and on kernels.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

#endif // CONVOPT_TRANSFORMS_LOWERINGPASSES_TD
