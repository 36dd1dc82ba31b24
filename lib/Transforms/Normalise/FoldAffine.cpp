// A convolution is linear in its filter: s * (W x + b) + t = (s W) x + (s b +
// t), for each output channel with its own s and t. Batch normalisation, scales
// and biases thus cost nothing at run time, and what follows the convolution
// becomes shorter. It needs a constant filter and a result that nobody else
// reads. The bias ends up in the initial value of the sum, where every kernel
// of a convolution looks for it. Numbers are combined in double and rounded
// once to f32.

#include "AffineBody.h"
#include "ConvChannels.h"
#include "ReleaseResources.h"
#include "convopt/IR/Constants.h"
#include "convopt/Transforms/Normalise.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

// A multiply-add of the host would give other bits than one of another host.
#pragma STDC FP_CONTRACT OFF

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_FOLDAFFINE
#include "convopt/Transforms/Passes.h.inc"

namespace {
/// A convolution and the one element-wise operation that reads its result,
/// perhaps through the reshape that joins its groups.
struct Candidate {
  ConvOp conv;
  tensor::CollapseShapeOp collapse;
  linalg::LinalgOp consumer;
  OpOperand *use;
  /// The channel's dimensions in the result of the convolution, and in what
  /// the consumer sees.
  ConvChannels own, seen;
};
} // namespace

static std::optional<Candidate> findCandidate(linalg::LinalgOp op) {
  std::optional<ConvOp> conv = matchConvolution(op);
  if (!conv || conv->layer.isEmpty() || !op->hasOneUse())
    return std::nullopt;
  Candidate candidate;
  candidate.conv = *conv;
  candidate.own = candidate.seen = findChannels(*conv);
  candidate.use = &*op->use_begin();
  candidate.collapse =
      dyn_cast<tensor::CollapseShapeOp>(candidate.use->getOwner());
  if (candidate.collapse) {
    std::optional<ConvChannels> seen =
        collapseChannels(candidate.own, candidate.collapse);
    if (!seen || !candidate.collapse->hasOneUse())
      return std::nullopt;
    candidate.seen = *seen;
    candidate.use = &*candidate.collapse->use_begin();
  }
  auto consumer = dyn_cast<linalg::LinalgOp>(candidate.use->getOwner());
  if (!consumer || consumer->getNumResults() != 1 ||
      consumer.getNumParallelLoops() != consumer.getNumLoops() ||
      !consumer.isDpsInput(candidate.use) ||
      consumer->getResult(0).getType() != candidate.use->get().getType())
    return std::nullopt;
  OpOperand *init = consumer.getDpsInitOperand(0);
  AffineMap map = consumer.getMatchingIndexingMap(init);
  if (!map.isIdentity() ||
      map != consumer.getMatchingIndexingMap(candidate.use) ||
      consumer.payloadUsesValueFromOperand(init))
    return std::nullopt;
  candidate.consumer = consumer;
  return candidate;
}

/// What the consumer makes of each channel, or nothing if that is not affine.
static std::optional<std::vector<AffineValue>>
getChannelFunctions(const Candidate &candidate) {
  linalg::LinalgOp consumer = candidate.consumer;
  // Each input as a function of the channel.
  std::vector<std::optional<std::vector<float>>> inputs;
  for (OpOperand *input : consumer.getDpsInputOperands())
    inputs.push_back(input == candidate.use
                         ? std::nullopt
                         : getPerChannel(input->get(),
                                         consumer.getMatchingIndexingMap(input),
                                         candidate.seen));
  unsigned variable = candidate.use->getOperandNumber();
  std::vector<AffineValue> functions;
  for (int64_t channel = 0, end = candidate.own.count(); channel < end;
       ++channel) {
    std::optional<AffineValue> function =
        evaluateAffine(consumer->getRegion(0).front(),
                       [&](unsigned i) -> std::optional<AffineValue> {
                         if (i == variable)
                           return AffineValue{1, 0};
                         if (i >= inputs.size() || !inputs[i])
                           return std::nullopt;
                         return AffineValue{0, (*inputs[i])[channel]};
                       });
    if (!function)
      return std::nullopt;
    functions.push_back(*function);
  }
  return functions;
}

/// Folds what follows `op`, if that is possible.
static bool foldConsumer(linalg::LinalgOp op) {
  std::optional<Candidate> candidate = findCandidate(op);
  if (!candidate)
    return false;
  const ConvOp &conv = candidate->conv;
  std::optional<std::vector<float>> filter = getConstantFloats(conv.filter);
  std::optional<std::vector<float>> bias =
      getChannelInit(conv.init, candidate->own);
  if (!filter || !bias)
    return false;
  std::optional<std::vector<AffineValue>> functions =
      getChannelFunctions(*candidate);
  if (!functions)
    return false;

  const size_t run = elementsOfOneChannel(conv);
  for (size_t start = 0; start < filter->size(); start += run) {
    double scale = (*functions)[channelOfFilter(conv, start)].scale;
    for (float &element : MutableArrayRef(*filter).slice(start, run))
      element = static_cast<float>(element * scale);
  }
  for (auto [element, function] : llvm::zip_equal(*bias, *functions))
    element = static_cast<float>(element * function.scale + function.shift);
  OpBuilder builder(op);
  auto type = cast<RankedTensorType>(conv.filter.getType());
  op->setOperand(1, createConstant(builder, op.getLoc(), type, "filter",
                                   std::move(*filter)));
  op.setDpsInitOperand(
      0, createChannelInit(builder, op.getLoc(), candidate->own, *bias));
  candidate->consumer->getResult(0).replaceAllUsesWith(candidate->use->get());
  candidate->consumer->erase();
  return true;
}

void foldAffine(ModuleOp module) {
  ResourceReleaser releaser(module);
  SmallVector<linalg::LinalgOp> convolutions;
  module.walk([&](linalg::LinalgOp op) {
    if (matchConvolution(op))
      convolutions.push_back(op);
  });
  for (linalg::LinalgOp op : convolutions)
    while (foldConsumer(op))
      ;
  releaser.releaseUnused();
}

namespace {
struct FoldAffine : impl::FoldAffineBase<FoldAffine> {
  void runOnOperation() override { foldAffine(getOperation()); }
};
} // namespace
} // namespace convopt
