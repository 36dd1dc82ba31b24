// A model with QuantizeLinear and DequantizeLinear around every operator moves
// numbers where it could move the integers that they were made of and that they
// become again. Moved behind the movement, decoding meets its use: a
// convolution, which takes the integers themselves, or the quantisation that
// makes the same integers of the numbers, and then neither is computed.

#include "../Normalise/ScalarProgram.h"
#include "Decoding.h"
#include "Movement.h"
#include "QuantisationPatterns.h"
#include "convopt/IR/Constants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace convopt {

namespace {
struct SinkDecoding : RewritePattern {
  explicit SinkDecoding(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    std::optional<Movement> movement = matchMovement(op);
    if (!movement ||
        (movement->maximum &&
         !isa<arith::MaximumFOp, arith::MaxNumFOp>(movement->maximum)))
      return failure();
    std::optional<Decoding> decoding;
    SmallVector<Value> sources;
    for (Value value : movement->sources) {
      std::optional<Decoding> own = matchDecoding(value);
      // Constants are dealt with by what reads them.
      if (!own || !own->isUniform() || (decoding && !(*decoding == *own)) ||
          matchPattern(own->source, m_Constant()))
        return failure();
      sources.push_back(own->source);
      decoding = std::move(own);
    }
    if (!decoding)
      return failure();
    auto encode = [&](std::optional<double> number) -> std::optional<int64_t> {
      if (!number)
        return 0;
      // Where the largest is taken, what is less than all is the least.
      if (movement->maximum && *number <= decoding->leastNumber())
        return decoding->isSigned ? -128 : 0;
      return decoding->encode(*number);
    };
    std::optional<int64_t> filler = encode(movement->filler),
                           padding = encode(movement->padding);
    if (!filler || !padding)
      return failure();
    Value moved =
        move(rewriter, *movement, sources, *filler, *padding,
             decoding->isSigned ? Comparison::Signed : Comparison::Unsigned);
    rewriter.replaceOp(
        op, createDecoding(rewriter, op->getLoc(), moved, *decoding));
    return success();
  }
};

struct SinkFlip : RewritePattern {
  explicit SinkFlip(MLIRContext *context)
      : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    std::optional<Movement> movement = matchMovement(op);
    if (!movement)
      return failure();
    SmallVector<Value> sources;
    for (Value value : movement->sources) {
      sources.push_back(flipped(value));
      if (!sources.back())
        return failure();
    }
    auto flip = [](std::optional<double> number) -> int64_t {
      return number ? static_cast<int8_t>(static_cast<int64_t>(*number) ^ 0x80)
                    : 0;
    };
    Value moved = move(rewriter, *movement, sources, flip(movement->filler),
                       flip(movement->padding),
                       isa_and_nonnull<arith::MaxSIOp>(movement->maximum)
                           ? Comparison::Unsigned
                           : Comparison::Signed);
    rewriter.replaceOp(op, createFlip(rewriter, op->getLoc(), moved));
    return success();
  }
};

struct CancelFlips : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    Value once = op->getNumResults() == 1 ? flipped(op.getResult(0)) : Value();
    Value twice = once ? flipped(once) : Value();
    if (!twice)
      return failure();
    rewriter.replaceOp(op, twice);
    return success();
  }
};

struct QuantiseDecoded : OpRewritePattern<linalg::GenericOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    if (op.getNumDpsInputs() != 1 || op->getNumResults() != 1 ||
        !op.hasPureTensorSemantics() ||
        op.getNumParallelLoops() != op.getNumLoops() ||
        !getElementTypeOrSelf(op.getResult(0)).isInteger(8) ||
        !llvm::all_of(op.getIndexingMapsArray(),
                      [](AffineMap map) { return map.isIdentity(); }) ||
        op.payloadUsesValueFromOperand(op.getDpsInitOperand(0)))
      return failure();
    std::optional<Decoding> decoding =
        matchDecoding(op.getDpsInputOperand(0)->get());
    if (!decoding || !decoding->isUniform() || !decoding->type.isF32())
      return failure();
    std::optional<ScalarProgram> program =
        ScalarProgram::compile(*op.getBody());
    if (!program)
      return failure();
    for (int64_t code = decoding->least(), i = 0; i < 256; ++i, ++code) {
      double difference = static_cast<double>(code - decoding->zeroPoint());
      double number =
          static_cast<float>(difference * decoding->scale.values[0]);
      if (program->run({number, 0}) !=
          static_cast<double>(static_cast<int8_t>(code)))
        return failure();
    }
    rewriter.replaceOp(op, decoding->source);
    return success();
  }
};
} // namespace

void populateSinkDecodings(RewritePatternSet &patterns) {
  patterns.add<SinkDecoding>(patterns.getContext());
}

void populateQuantiseDecoded(RewritePatternSet &patterns) {
  patterns.add<QuantiseDecoded>(patterns.getContext());
}

void populateSinkFlips(RewritePatternSet &patterns) {
  patterns.add<SinkFlip, CancelFlips>(patterns.getContext());
}

} // namespace convopt
