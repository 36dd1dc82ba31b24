// Tensors are values, buffers are places. One-shot bufferization gives every
// value a place: its operand's, unless somebody reads the operand later, and
// then a new one and a copy. Those copies are what is at stake. A concatenation
// whose parts are computed where they belong costs nothing, one that is copied
// together reads and writes all of it again. So the program is first put in a
// form in which the analysis finds the places: a launch is in destination style
// and reads an output only if it fills no more than a part of it; every
// tensor.empty serves one use; insertions stand right behind what they insert;
// and empty tensors are replaced by parts of what they are inserted into, twice
// over. Kernels stay on tensors: what is stored in them is decided when they
// become Halide pipelines.

#include "BufferErrors.h"
#include "GlobalConstants.h"
#include "convopt/IR/KernelBody.h"
#include "convopt/Transforms/Lowering.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Arith/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Bufferization/IR/DstBufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Bufferization/Transforms/FuncBufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/OneShotModuleBufferize.h"
#include "mlir/Dialect/Bufferization/Transforms/Transforms.h"
#include "mlir/Dialect/Linalg/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Linalg/Transforms/SubsetInsertionOpInterfaceImpl.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Utils/MemRefUtils.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Tensor/IR/TensorInferTypeOpInterfaceImpl.h"
#include "mlir/Dialect/Tensor/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Tensor/Transforms/SubsetInsertionOpInterfaceImpl.h"

namespace convopt {
#define GEN_PASS_DEF_BUFFERIZE
#include "convopt/Transforms/Passes.h.inc"
} // namespace convopt

using namespace mlir;
using namespace mlir::bufferization;

namespace convopt {

/// Appends the buffers of `values`.
static LogicalResult getBuffers(ValueRange values,
                                SmallVectorImpl<Value> &buffers,
                                RewriterBase &rewriter,
                                const BufferizationOptions &options) {
  for (Value value : values) {
    FailureOr<Value> buffer = getBuffer(rewriter, value, options);
    if (failed(buffer))
      return failure();
    buffers.push_back(*buffer);
  }
  return success();
}

/// Names the results of a launch that are only a part of their tensors: to find
/// its kernel takes time that grows with the module, and is asked for often.
static constexpr StringLiteral partialResults = "partial_results";

static void notePartialResults(ModuleOp module) {
  SymbolTable symbols(module);
  for (func::FuncOp func : module.getOps<func::FuncOp>())
    func.walk([&](LaunchOp launch) {
      auto kernel = symbols.lookup<KernelOp>(launch.getKernel());
      if (!kernel)
        return;
      SmallVector<int64_t> partial;
      for (auto [number, value] : llvm::enumerate(kernel.getYielded()))
        if (getPartialResult(value))
          partial.push_back(static_cast<int64_t>(number));
      if (!partial.empty())
        launch->setDiscardableAttr(
            partialResults,
            DenseI64ArrayAttr::get(module.getContext(), partial));
    });
}

namespace {
/// A launch reads its inputs and overwrites its outputs, whole or a part.
struct LaunchModel
    : DstBufferizableOpInterfaceExternalModel<LaunchModel, LaunchOp> {
  bool bufferizesToMemoryRead(Operation *op, OpOperand &operand,
                              const AnalysisState &) const {
    auto launch = cast<LaunchOp>(op);
    if (!launch.isDpsInit(&operand))
      return true;
    auto partial = dyn_cast_or_null<DenseI64ArrayAttr>(
        launch->getDiscardableAttr(partialResults));
    int64_t number = operand.getOperandNumber() - launch.getInputs().size();
    return partial && llvm::is_contained(partial.asArrayRef(), number);
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options) const {
    auto launch = cast<LaunchOp>(op);
    SmallVector<Value> inputs, outputs;
    if (failed(getBuffers(launch.getInputs(), inputs, rewriter, options)) ||
        failed(getBuffers(launch.getOutputs(), outputs, rewriter, options)))
      return failure();
    rewriter.create<LaunchOp>(launch.getLoc(), TypeRange(),
                              launch.getKernelAttr(), inputs, outputs);
    replaceOpWithBufferizedValues(rewriter, op, outputs);
    return success();
  }
};

/// Overwrites its outputs.
struct TopKModel : DstBufferizableOpInterfaceExternalModel<TopKModel, TopKOp> {
  bool bufferizesToMemoryRead(Operation *op, OpOperand &operand,
                              const AnalysisState &) const {
    return !cast<TopKOp>(op).isDpsInit(&operand);
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options) const {
    SmallVector<Value> buffers;
    if (failed(getBuffers(op->getOperands(), buffers, rewriter, options)))
      return failure();
    rewriter.create<TopKOp>(op->getLoc(), TypeRange(), buffers, op->getAttrs());
    replaceOpWithBufferizedValues(rewriter, op, ArrayRef(buffers).drop_front());
    return success();
  }
};

/// Reads its inputs alone: it finds nothing in its outputs.
struct LoopsModel
    : DstBufferizableOpInterfaceExternalModel<LoopsModel, LoopsOp> {
  bool bufferizesToMemoryRead(Operation *op, OpOperand &operand,
                              const AnalysisState &) const {
    return !cast<LoopsOp>(op).isDpsInit(&operand);
  }

  LogicalResult bufferize(Operation *op, RewriterBase &rewriter,
                          const BufferizationOptions &options) const {
    auto loops = cast<LoopsOp>(op);
    SmallVector<Value> buffers;
    if (failed(getBuffers(op->getOperands(), buffers, rewriter, options)))
      return failure();
    size_t count = loops.getInputs().size();
    auto onBuffers = rewriter.create<LoopsOp>(
        op->getLoc(), TypeRange(), ArrayRef(buffers).take_front(count),
        ArrayRef(buffers).drop_front(count));
    onBuffers.getBody().takeBody(loops.getBody());
    replaceOpWithBufferizedValues(rewriter, op,
                                  ArrayRef(buffers).drop_front(count));
    return success();
  }
};
} // namespace

void registerBufferization(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, ConvoptDialect *) {
    LaunchOp::attachInterface<LaunchModel>(*context);
    TopKOp::attachInterface<TopKModel>(*context);
    LoopsOp::attachInterface<LoopsModel>(*context);
  });
  arith::registerBufferizableOpInterfaceExternalModels(registry);
  func_ext::registerBufferizableOpInterfaceExternalModels(registry);
  linalg::registerBufferizableOpInterfaceExternalModels(registry);
  linalg::registerSubsetOpInterfaceExternalModels(registry);
  scf::registerBufferizableOpInterfaceExternalModels(registry);
  tensor::registerBufferizableOpInterfaceExternalModels(registry);
  tensor::registerInferTypeOpInterfaceExternalModels(registry);
  tensor::registerSubsetOpInterfaceExternalModels(registry);
}

/// One tensor.empty for each use, since a shared one would look like a conflict
/// of its users; all at their block's start, since what is computed into a part
/// of a tensor needs the tensor to be there first.
static void separateEmptyTensors(ModuleOp module) {
  for (func::FuncOp func : module.getOps<func::FuncOp>())
    func.walk([&](tensor::EmptyOp empty) {
      OpBuilder builder(empty);
      if (empty.getDynamicSizes().empty()) {
        empty->moveBefore(empty->getBlock(), empty->getBlock()->begin());
        builder.setInsertionPoint(empty);
      }
      for (OpOperand &use : llvm::make_early_inc_range(
               llvm::drop_begin(empty->getUses(), empty->use_empty() ? 0 : 1)))
        use.set(builder.clone(*empty)->getResult(0));
    });
}

/// Puts every insertion right behind what it inserts, so that the next part of
/// a concatenation finds the whole in place when it is computed.
static void hoistInsertions(ModuleOp module) {
  for (func::FuncOp func : module.getOps<func::FuncOp>())
    func.walk([](tensor::InsertSliceOp insert) {
      Operation *latest = nullptr;
      for (Value operand : insert->getOperands()) {
        Operation *definition = operand.getDefiningOp();
        if (!definition || definition->getBlock() != insert->getBlock())
          continue;
        if (!latest || latest->isBeforeInBlock(definition))
          latest = definition;
      }
      if (latest)
        insert->moveAfter(latest);
    });
}

LogicalResult bufferize(ModuleOp module) {
  OneShotBufferizationOptions options;
  options.bufferizeFunctionBoundaries = true;
  options.setFunctionBoundaryTypeConversion(LayoutMapOption::IdentityLayoutMap);
  options.opFilter.denyOperation([](Operation *op) {
    return isa<KernelOp>(op) || op->getParentOfType<KernelOp>();
  });
  // memref.copy of a strided buffer would become a call into MLIR's runtime.
  options.memCpyFn = [](OpBuilder &builder, Location loc, Value from,
                        Value to) {
    if (isDense(cast<MemRefType>(from.getType())) &&
        isDense(cast<MemRefType>(to.getType())))
      builder.create<memref::CopyOp>(loc, from, to);
    else
      builder.create<linalg::CopyOp>(loc, from, to);
    return success();
  };

  for (func::FuncOp func : module.getOps<func::FuncOp>())
    endLoopsInPlace(func);
  separateEmptyTensors(module);
  hoistInsertions(module);
  notePartialResults(module);
  makeConstantsGlobal(module);
  IRRewriter rewriter(module.getContext());
  // Twice: parts of a concatenation move into the whole, and that into the
  // model's output.
  for (int round = 0; round < 2; ++round) {
    OneShotAnalysisState state(module, options);
    if (failed(analyzeModuleOp(module, state)) ||
        failed(eliminateEmptyTensors(rewriter, module, state)))
      return failure();
  }
  if (failed(runOneShotModuleBufferize(module, options)))
    return failure();
  removeBufferizationAttributesInModule(module);
  return success();
}

/// Whether tensors pass from function to function or from block to block where
/// one-shot bufferization cannot follow them; a remark says so.
static bool isBufferizable(func::FuncOp func) {
  auto isTensor = llvm::IsaPred<TensorType>;
  bool takesTensors = llvm::any_of(func.getArgumentTypes(), isTensor) ||
                      llvm::any_of(func.getResultTypes(), isTensor);
  if (func.isExternal()) {
    if (takesTensors)
      func.emitRemark("has no body: no function becomes one of buffers");
    return !takesTensors;
  }
  if (func.getBody().hasOneBlock())
    return true;
  bool usesTensors = takesTensors;
  func.walk([&](Operation *op) {
    usesTensors |= llvm::any_of(op->getOperandTypes(), isTensor) ||
                   llvm::any_of(op->getResultTypes(), isTensor);
  });
  if (usesTensors)
    func.emitRemark("has more than one block: no function becomes one of "
                    "buffers");
  return !usesTensors;
}

namespace {
struct Bufferize : impl::BufferizeBase<Bufferize> {
  void getDependentDialects(DialectRegistry &registry) const override {
    BufferizeBase::getDependentDialects(registry);
    registerBufferization(registry);
  }
  void runOnOperation() override {
    // All functions or none: they call each other.
    bool isPossible = true;
    for (func::FuncOp func : getOperation().getOps<func::FuncOp>())
      isPossible &= isBufferizable(func);
    if (!isPossible)
      return;
    BufferErrors errors(getOperation());
    if (failed(errors.checkRules()) || failed(bufferize(getOperation())))
      signalPassFailure();
  }
};
} // namespace

} // namespace convopt
