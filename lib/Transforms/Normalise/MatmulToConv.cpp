// A matrix product with constant weights is a 1x1 convolution whose pixels are
// the rows. Said so, the last layers of a network and the products of a
// transformer's block get what convolutions get: primitives, packed weights,
// layouts, epilogues. A product of one row is a convolution of one pixel; it is
// written channels first, as the pooling before it usually is, which moves
// nothing, since one pixel lies the same in both layouts. The matrix may be
// given either way round: its order is that of the convolution's filter, and
// not an element is moved.

#include "ConvChannels.h"
#include "convopt/IR/Constants.h"
#include "convopt/Transforms/Normalise.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_MATMULTOCONV
#include "convopt/Transforms/Passes.h.inc"

namespace {
/// rows x channels times a constant channels x columns; `transposed` if the
/// constant is columns x channels.
struct Product {
  linalg::LinalgOp op;
  Value rows, matrix, init;
  bool transposed;
  int64_t rowCount, channels, columns;
};
} // namespace

static std::optional<Product> matchProduct(linalg::LinalgOp op) {
  if (!op.hasPureTensorSemantics() || op.getNumDpsInputs() != 2 ||
      op.hasDynamicShape() || !linalg::isaContractionOpInterface(op))
    return std::nullopt;
  auto dims = linalg::inferContractionDims(op);
  if (failed(dims) || !dims->batch.empty() || dims->m.size() != 1 ||
      dims->n.size() != 1 || dims->k.size() != 1 || op.getNumLoops() != 3)
    return std::nullopt;
  Product product;
  product.op = op;
  product.rows = op.getDpsInputOperand(0)->get();
  product.init = op.getDpsInitOperand(0)->get();
  product.matrix = op.getDpsInputOperand(1)->get();
  if (!matchPattern(product.matrix, m_Constant()))
    return std::nullopt;
  auto isOf = [](Value value, auto... bits) {
    Type type = cast<ShapedType>(value.getType()).getElementType();
    return (type.isInteger(bits) || ...);
  };
  const bool isFloat = llvm::all_of(
      ValueRange{product.rows, product.matrix, product.init}, [](Value value) {
        return cast<ShapedType>(value.getType()).getElementType().isF32();
      });
  // Or bytes, which are multiplied and added and nothing else.
  if (!isFloat && !(isOf(product.rows, 8) && isOf(product.matrix, 8) &&
                    isOf(product.init, 32) && multipliesAndAdds(op)))
    return std::nullopt;
  auto mapOf = [&](unsigned m, unsigned n) {
    MLIRContext *context = op.getContext();
    return AffineMap::get(
        3, 0, {getAffineDimExpr(m, context), getAffineDimExpr(n, context)},
        context);
  };
  unsigned m = dims->m[0], n = dims->n[0], k = dims->k[0];
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  if (maps[0] != mapOf(m, k) || maps[2] != mapOf(m, n))
    return std::nullopt;
  product.transposed = maps[1] == mapOf(n, k);
  SmallVector<int64_t> trips = op.getStaticLoopRanges();
  product.rowCount = trips[m];
  product.columns = trips[n];
  product.channels = trips[k];
  // There is nothing to choose a primitive for.
  if (product.rowCount == 0 || product.columns == 0 || product.channels == 0)
    return std::nullopt;
  return product;
}

/// The image whose pixels are the rows: what they were before somebody
/// flattened them, or one line.
static Value createImage(Product &product, OpBuilder &builder) {
  Location loc = product.op.getLoc();
  auto collapse = product.rows.getDefiningOp<tensor::CollapseShapeOp>();
  if (collapse && collapse.getSrcType().getRank() == 4 &&
      collapse.getReassociationIndices().back().size() == 1)
    return collapse.getSrc();
  auto type = RankedTensorType::get({1, 1, product.rowCount, product.channels},
                                    getElementTypeOrSelf(product.rows));
  return builder.create<tensor::ExpandShapeOp>(
      loc, type, product.rows,
      SmallVector<ReassociationIndices>{{0, 1, 2}, {3}});
}

/// The initial value under another shape: a bias stays recognisable.
static Value createInit(Product &product, const ConvChannels &channels,
                        ArrayRef<ReassociationIndices> reassociation,
                        OpBuilder &builder) {
  ConvChannels columns;
  columns.type = cast<RankedTensorType>(product.init.getType());
  columns.perGroup = product.columns;
  columns.channelDim = 1;
  if (std::optional<double> zero = getSplat(product.init);
      zero && channels.type.getElementType().isInteger(32)) {
    Value scalar = builder.create<arith::ConstantOp>(
        product.op.getLoc(),
        builder.getI32IntegerAttr(static_cast<int32_t>(*zero)));
    Value empty = builder.create<tensor::EmptyOp>(
        product.op.getLoc(), channels.type.getShape(), builder.getI32Type());
    return builder.create<linalg::FillOp>(product.op.getLoc(), scalar, empty)
        .getResult(0);
  }
  if (auto bias = channels.type.getElementType().isF32()
                      ? getChannelInit(product.init, columns)
                      : std::nullopt)
    return createChannelInit(builder, product.op.getLoc(), channels, *bias);
  return builder.create<tensor::ExpandShapeOp>(
      product.op.getLoc(), channels.type, product.init, reassociation);
}

/// A generic convolution, for orders of the filter that have no name, with the
/// body of `product`.
static Value createConvolution(OpBuilder &builder, linalg::LinalgOp product,
                               ArrayRef<Value> inputs, Value init,
                               StringRef image, StringRef filter,
                               StringRef result) {
  // Loops: n, output rows and columns, k, filter rows and columns, c.
  MLIRContext *context = builder.getContext();
  StringRef loops = "nhwkrsc";
  auto dim = [&](char name) {
    return getAffineDimExpr(loops.find(name), context);
  };
  auto mapOf = [&](StringRef names, bool window) {
    SmallVector<AffineExpr> exprs;
    for (char name : names)
      exprs.push_back(window && name == 'h'   ? dim('h') + dim('r')
                      : window && name == 'w' ? dim('w') + dim('s')
                                              : dim(name));
    return AffineMap::get(loops.size(), 0, exprs, context);
  };
  AffineMap maps[] = {mapOf(image, true), mapOf(filter, false),
                      mapOf(result, false)};
  using Loop = utils::IteratorType;
  Loop kinds[] = {Loop::parallel, Loop::parallel,  Loop::parallel,
                  Loop::parallel, Loop::reduction, Loop::reduction,
                  Loop::reduction};
  auto conv = builder.create<linalg::GenericOp>(
      product.getLoc(), init.getType(), inputs, init, maps, kinds);
  IRMapping mapping;
  product->getRegion(0).cloneInto(&conv.getRegion(), mapping);
  return conv.getResult(0);
}

static void rewrite(Product &product) {
  OpBuilder builder(product.op);
  Location loc = product.op.getLoc();
  int64_t c = product.channels, k = product.columns;
  // One row is one pixel, whatever the order of its image; with channels first
  // it is what a pooling before it has made.
  bool isPixel = product.rowCount == 1;
  SmallVector<ReassociationIndices> reassociation =
      isPixel ? SmallVector<ReassociationIndices>{{0}, {1, 2, 3}}
              : SmallVector<ReassociationIndices>{{0, 1, 2}, {3}};
  Value image;
  ConvChannels channels;
  channels.perGroup = k;
  if (isPixel) {
    auto type =
        RankedTensorType::get({1, c, 1, 1}, getElementTypeOrSelf(product.rows));
    image = builder.create<tensor::ExpandShapeOp>(loc, type, product.rows,
                                                  reassociation);
    channels.type =
        RankedTensorType::get({1, k, 1, 1}, getElementTypeOrSelf(product.init));
    channels.channelDim = 1;
  } else {
    image = createImage(product, builder);
    SmallVector<int64_t> shape(cast<ShapedType>(image.getType()).getShape());
    shape.back() = k;
    channels.type =
        RankedTensorType::get(shape, getElementTypeOrSelf(product.init));
    channels.channelDim = 3;
  }
  Value init = createInit(product, channels, reassociation, builder);
  StringRef order = isPixel ? "nchw" : "nhwc";
  StringRef result = isPixel ? "nkhw" : "nhwk";
  StringRef filterOrder = product.transposed ? "kcrs"
                          : isPixel          ? "ckrs"
                                             : "rsck";
  SmallVector<int64_t> shape;
  for (char name : filterOrder)
    shape.push_back(name == 'c' ? c : name == 'k' ? k : 1);
  // Folded with the constant by convopt-fold-constants, without a copy.
  Value filter = builder.create<tensor::ExpandShapeOp>(
      loc, RankedTensorType::get(shape, getElementTypeOrSelf(product.matrix)),
      product.matrix,
      filterOrder.starts_with("rs")
          ? SmallVector<ReassociationIndices>{{0, 1, 2}, {3}}
          : SmallVector<ReassociationIndices>{{0}, {1, 2, 3}});
  Value sum = createConvolution(builder, product.op, {image, filter}, init,
                                order, filterOrder, result);
  Value flat = builder.create<tensor::CollapseShapeOp>(
      loc, product.op->getResult(0).getType(), sum, reassociation);
  product.op->getResult(0).replaceAllUsesWith(flat);
  product.op->erase();
}

void matmulToConv(ModuleOp module) {
  SmallVector<linalg::LinalgOp> ops;
  module.walk([&](linalg::LinalgOp op) { ops.push_back(op); });
  // Matched when it is its turn: its operands may be the results of products
  // that have been rewritten by then.
  for (linalg::LinalgOp op : ops)
    if (std::optional<Product> product = matchProduct(op))
      rewrite(*product);
}

namespace {
struct MatmulToConv : impl::MatmulToConvBase<MatmulToConv> {
  void runOnOperation() override { matmulToConv(getOperation()); }
};
} // namespace
} // namespace convopt
