#include "KernelPipeline.h"
#include "Concatenation.h"
#include "KeptInResult.h"
#include "PackedFactor.h"
#include "ResultUses.h"
#include "RowKernel.h"
#include "ScalarOps.h"
#include "WindowPlanes.h"
#include "convopt/IR/KernelBody.h"

using namespace mlir;
using Halide::Expr;
namespace H = Halide;

namespace convopt {

std::vector<H::Argument> defineArguments(KernelOp kernel,
                                         BodyTranslator &body) {
  std::vector<H::Argument> arguments;
  for (auto [i, argument] : llvm::enumerate(kernel.getBody().getArguments())) {
    auto type = cast<RankedTensorType>(argument.getType());
    H::ImageParam parameter(storageType(type.getElementType()), 1,
                            "in" + std::to_string(i));
    parameter.dim(0)
        .set_bounds(0, static_cast<int32_t>(type.getNumElements()))
        .set_stride(1);
    body.definePositions(argument, [=](Expr position) {
      return fromStorage(parameter(position), type.getElementType());
    });
    arguments.push_back(parameter);
  }
  return arguments;
}

namespace {
/// Decides which values get memory, and translates them in order.
class PipelineBuilder {
public:
  PipelineBuilder(KernelOp kernel, const KernelOptions &options)
      : kernel(kernel), options(options),
        byRows(isComputedByRows(kernel, options)) {}

  KernelPipeline build();

private:
  void addReduction(linalg::LinalgOp op);
  /// A Func with memory that holds `value`; `reduction` is within it.
  H::Func addStage(Value value, std::optional<Reduction> reduction);
  /// How many results of `op` one vector holds.
  int lanesOf(linalg::LinalgOp op);
  Reduction translate(linalg::LinalgOp op);
  void scheduleOfRow(StoredFunc &stage);
  bool keepInResult(Operation *op);
  void addConcat(tensor::ConcatOp op);
  bool isPaddedInPlace(Operation *op);
  bool isPaddedPlane(Operation *op);
  void addOutput(Value yielded);
  void addPartialOutput(tensor::InsertSliceOp op);

  KernelOp kernel;
  const KernelOptions &options;
  /// Whether all stages are computed for a row of the result at a time.
  const bool byRows;
  std::vector<H::Func> ofRows;
  BodyTranslator body;
  KernelPipeline pipeline;
  /// The reduction that stores what it reads in the result, if any, and
  /// whether it is being translated.
  Operation *keeper = nullptr;
  bool isKeeping = false;
  /// Reductions that are computed within the stage of a result.
  DenseMap<Value, Reduction> fused;
  /// Values that have a Func already, and its extents, innermost first.
  DenseMap<Value, std::pair<H::Func, std::vector<int>>> stages;
};
} // namespace

int PipelineBuilder::lanesOf(linalg::LinalgOp op) {
  return vectorLanes(
      computeType(getElementTypeOrSelf(op->getResult(0).getType())), options);
}

Reduction PipelineBuilder::translate(linalg::LinalgOp op) {
  const int64_t lanes = lanesOf(op);
  if (hasWindowPlanes(op, lanes, options))
    return buildWindow(body, op, options.machine, lanes);
  VectorLoop along = chooseVectorLoop(op, lanes);
  if (!along.isReduction)
    return buildReduction(body, op, options.machine);
  int64_t extent = op.getStaticLoopRanges()[along.loop];
  return buildReduction(body, op, options.machine, along.loop,
                        laneCount(extent, lanes), lanes);
}

H::Func PipelineBuilder::addStage(Value value,
                                  std::optional<Reduction> reduction) {
  Type type = cast<RankedTensorType>(value.getType()).getElementType();
  ArrayRef<int64_t> shape = shapeOf(value);
  StoredFunc stage;
  stage.func = H::Func("stage");
  stage.reduction = std::move(reduction);
  ElementLoops loops;
  loops.extents.assign(shape.rbegin(), shape.rend());
  for (size_t d = 0; d < shape.size(); ++d)
    loops.vars.emplace_back("dim" + std::to_string(d));
  std::vector<H::Var> vars = loops.vars;
  Expr element = toStorage(body.at(value, Index(vars.rbegin(), vars.rend())));
  MergedLoops merged{loops, {}};
  // A reduction's tile is chosen by the dimensions that it has. Halide takes
  // its own reads of a result for aligned, which a longer row might make them.
  if (!stage.reduction && !byRows && (value.hasOneUse() || !isYielded(value)))
    merged = mergeLoops(element, loops);
  vars = merged.loops.vars;
  stage.extents = merged.loops.extents;
  stage.func(vars) = element;
  if (byRows && !isYielded(value)) {
    scheduleOfRow(stage);
  } else {
    for (size_t d = 0; d < vars.size(); ++d)
      stage.func.bound(vars[d], 0, stage.extents[d]);
    if (!stage.reduction)
      stage.transposed = findTransposed(element, vars);
    stage.readsItself = pipeline.keepsInResult;
    stage.func.compute_root();
    scheduleStored(stage, options);
  }
  H::Func func = stage.func;
  body.define(value, [=](const Index &index) {
    std::vector<Expr> at(index.rbegin(), index.rend());
    if (!merged.from.empty()) {
      std::vector<Expr> within(merged.loops.vars.size(), Expr(0));
      for (size_t d = 0; d < at.size(); ++d)
        within[merged.from[d].first] += at[d] * merged.from[d].second;
      at = std::move(within);
    }
    return fromStorage(func(at), type);
  });
  stages[value] = {func, stage.extents};
  return func;
}

/// A row, or a number for one, of which only the loop along the row is known.
void PipelineBuilder::scheduleOfRow(StoredFunc &stage) {
  const size_t rank = shapeOf(kernel.getYielded().front()).size();
  ofRows.push_back(stage.func);
  const bool whole = stage.func.args().size() == rank && stage.extents[0] > 1;
  if (whole)
    stage.func.bound(stage.func.args()[0], 0, stage.extents[0]);
  KernelOptions alone = options;
  alone.threads = 1;
  if (whole || stage.reduction)
    scheduleStored(stage, alone);
}

/// Keeps the elements of `op` where the result will be, if they can.
bool PipelineBuilder::keepInResult(Operation *op) {
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  if (!byRows || keeper || !linalgOp)
    return false;
  Value yielded = kernel.getYielded().front();
  Type type = getElementTypeOrSelf(yielded.getType());
  keeper = findKeepingReduction(linalgOp, yielded);
  if (!keeper || storageType(type) != computeType(type)) {
    keeper = nullptr;
    return false;
  }
  pipeline.keepsInResult = true;
  OpResult value = op->getResult(0);
  body.define(value, [this, value, type](const Index &index) {
    Expr position = linearise(shapeOf(value), index);
    return isKeeping ? kept(body.compute(value, index), position)
                     : fetched(storageType(type), position);
  });
  return true;
}

void PipelineBuilder::addConcat(tensor::ConcatOp op) {
  Concatenation concat = buildConcat(body, op, options);
  body.define(op.getResult(), concat.at);
  stages[op.getResult()] = {concat.func, concat.extents};
}

void PipelineBuilder::addReduction(linalg::LinalgOp op) {
  if (op->getNumResults() != 1 || shapeOf(op->getResult(0)).empty()) {
    Reduction reduction = buildReduction(body, op, options.machine);
    scheduleRootReduction(reduction, options);
    for (OpResult result : op->getResults()) {
      H::Func func = reduction.func;
      unsigned number = result.getResultNumber();
      body.define(result, [func, number](const Index &index) {
        H::FuncRef ref = func(std::vector<Expr>(index.rbegin(), index.rend()));
        return func.outputs() == 1 ? Expr(ref) : Expr(ref[number]);
      });
    }
    return;
  }
  for (Value factor : packFactors(op, lanesOf(op)))
    addStage(factor, std::nullopt);
  isKeeping = op == keeper;
  Reduction reduction = translate(op);
  isKeeping = false;
  H::Func func = reduction.func;
  body.define(op->getResult(0), [func](const Index &index) {
    return func(std::vector<Expr>(index.rbegin(), index.rend()));
  });
  Value result = followToResult(op->getResult(0));
  if (result && !fused.count(result))
    fused.try_emplace(result, std::move(reduction));
  else
    addStage(op->getResult(0), std::move(reduction));
}

/// Whether `op` is a pad that is best selected where a window reads it: vectors
/// run along a dimension without padding, so each is inside as a whole or not
/// at all, and loops over the others are split where that changes.
bool PipelineBuilder::isPaddedInPlace(Operation *op) {
  auto pad = dyn_cast<tensor::PadOp>(op);
  if (!pad || !isa<BlockArgument>(withoutReshapes(pad.getSource())) ||
      !pad->hasOneUse())
    return false;
  auto user = dyn_cast<linalg::LinalgOp>(*pad->user_begin());
  if (!user || user->getNumResults() != 1 ||
      (user.getNumReductionLoops() == 0 &&
       user.getMatchingIndexingMap(&*pad->use_begin())
           .isProjectedPermutation()))
    return false;
  VectorLoop along = chooseVectorLoop(user, lanesOf(user));
  AffineMap map = user.getMatchingIndexingMap(&*pad->use_begin());
  for (auto [d, expr] : llvm::enumerate(map.getResults()))
    if (expr.isFunctionOfDim(along.loop) &&
        (pad.getStaticLow()[d] != 0 || pad.getStaticHigh()[d] != 0))
      return false;
  return !along.isReduction;
}

/// Whether `op` pads what a window reads plane by plane.
bool PipelineBuilder::isPaddedPlane(Operation *op) {
  if (!isa<tensor::PadOp>(op) || !op->hasOneUse())
    return false;
  auto user = dyn_cast<linalg::LinalgOp>(*op->user_begin());
  return user && hasWindowPlanes(user, lanesOf(user), options);
}

/// From the first dimension that is a part only, a tensor is one row.
void PipelineBuilder::addPartialOutput(tensor::InsertSliceOp op) {
  ArrayRef<int64_t> part = shapeOf(op.getSource());
  ArrayRef<int64_t> whole = op.getDestType().getShape();
  size_t rank = part.size(), dim = 0;
  while (dim + 1 < rank && part[dim] == whole[dim])
    ++dim;
  int rows = 1, run = 1, stride = 1;
  for (size_t d = 0; d < rank; ++d) {
    rows *= d < dim ? static_cast<int>(part[d]) : 1;
    run *= d < dim ? 1 : static_cast<int>(part[d]);
    stride *= d < dim ? 1 : static_cast<int>(whole[d]);
  }
  H::Var x("x"), row("row");
  StoredFunc stage;
  stage.func = H::Func("part");
  stage.extents = {run, rows};
  stage.func(x, row) =
      toStorage(body.atPosition(op.getSource(), row * run + x));
  stage.func.bound(x, 0, run).bound(row, 0, rows).compute_root();
  scheduleStored(stage, options);
  stage.func.output_buffer().dim(0).set_bounds(0, run).set_stride(1);
  stage.func.output_buffer().dim(1).set_bounds(0, rows).set_stride(stride);
  pipeline.outputs.push_back(stage.func);
}

void PipelineBuilder::addOutput(Value yielded) {
  if (tensor::InsertSliceOp part = getPartialResult(yielded))
    return addPartialOutput(part);
  Value value = withoutReshapes(yielded);
  auto it = fused.find(value);
  // The same value twice, or an argument, is a copy.
  auto done = stages.find(value);
  bool isOutput = done != stages.end() &&
                  llvm::any_of(pipeline.outputs, [&](H::Func &other) {
                    return other.name() == done->second.first.name();
                  });
  if (done == stages.end() || isOutput) {
    std::optional<Reduction> reduction;
    if (it != fused.end() && !isOutput)
      reduction = std::move(it->second);
    addStage(value, std::move(reduction));
  }
  auto &[func, extents] = stages[value];
  int stride = 1;
  for (auto [d, extent] : llvm::enumerate(extents)) {
    func.output_buffer().dim(d).set_bounds(0, extent).set_stride(stride);
    stride *= extent;
  }
  pipeline.outputs.push_back(func);
}

KernelPipeline PipelineBuilder::build() {
  pipeline.arguments = defineArguments(kernel, body);
  if (std::optional<ConvOp> conv = findConvolution(kernel)) {
    if (kernel.getNumResults() != 1)
      throw std::runtime_error("a convolution's kernel has one result");
    Value value = kernel.getYielded().front();
    ArrayRef<int64_t> whole;
    if (tensor::InsertSliceOp part = getPartialResult(value)) {
      whole = shapeOf(value);
      value = part.getSource();
    }
    pipeline.outputs.push_back(buildConvolutionStage(
        body, *conv, withoutReshapes(value), whole, options));
    return pipeline;
  }
  for (Operation &op : kernel.getBody().front().without_terminator()) {
    auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
    if (linalgOp && !isPointwise(linalgOp))
      addReduction(linalgOp);
    else if (auto concat = dyn_cast<tensor::ConcatOp>(op))
      addConcat(concat);
    else if (isCheaperStored(&op) && !isPaddedInPlace(&op) &&
             !isPaddedPlane(&op) && !keepInResult(&op))
      addStage(op.getResult(0), std::nullopt);
  }
  for (Value value : kernel.getYielded())
    addOutput(value);
  if (byRows)
    computeByRows(ofRows, pipeline.outputs[0],
                  shapeOf(kernel.getYielded().front()), options);
  return pipeline;
}

KernelPipeline buildKernelPipeline(KernelOp kernel,
                                   const KernelOptions &options) {
  return PipelineBuilder(kernel, options).build();
}

} // namespace convopt
