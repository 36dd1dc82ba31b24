// Squeeze-and-excite multiplies an image by a factor for each channel that is
// known at run time only, and a 1x1 convolution reads it: W (s * x) = (W * s)
// x, where s goes along W's input channels. The image is read and written once
// less, the packed filter once more, so it pays where images are large and
// filters small. It needs a packed order whose elements are linear in the
// weights of one input channel, which lie a constant distance apart; sums over
// channels (Strassen's) and sums of products of weights (pairs) are not.

#include "convopt/Transforms/ScaleFilters.h"
#include "PassMachine.h"
#include "convopt/CostModel/Roofline.h"
#include "convopt/Primitives/Annotation.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"
#include <numeric>

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_SCALEFILTERS
#include "convopt/Transforms/Passes.h.inc"

namespace {
/// What a launch computes that multiplies the channels of an image.
struct Scaling {
  Value image, factors;
};

/// The use of a packed filter, and how its input channels lie.
struct FilterUse {
  LaunchOp launch;
  unsigned operand;
  PackedFilter::Split channels;
};

class Scaler {
public:
  Scaler(ModuleOp module, const MachineDescription &machine)
      : module(module), machine(machine), symbols(module) {}

  void run();

private:
  std::optional<Scaling> matchScaling(LaunchOp launch);
  std::optional<FilterUse> matchReader(Value image);
  KernelOp kernelFor(const PackedFilter::Split &channels);
  bool rewrite(LaunchOp launch);

  ModuleOp module;
  const MachineDescription &machine;
  SymbolTable symbols;
};
} // namespace

/// The launch's two operands if its kernel's one operation multiplies an image,
/// channels last, by one factor for each channel.
std::optional<Scaling> Scaler::matchScaling(LaunchOp launch) {
  auto kernel = symbols.lookup<KernelOp>(launch.getKernel());
  if (!kernel || kernel.getNumResults() != 1)
    return std::nullopt;
  auto op = kernel.getYielded()[0].getDefiningOp<linalg::GenericOp>();
  if (!op || op.getNumDpsInputs() != 2 || op.getNumLoops() != 4 ||
      op.getNumParallelLoops() != 4)
    return std::nullopt;
  Block &body = *op.getBody();
  auto product =
      body.getTerminator()->getOperand(0).getDefiningOp<arith::MulFOp>();
  if (!product || !product.getType().isF32() ||
      body.getOperations().size() != 2 ||
      product.getLhs() == product.getRhs() ||
      !isa<BlockArgument>(product.getLhs()) ||
      !isa<BlockArgument>(product.getRhs()) || !body.getArgument(2).use_empty())
    return std::nullopt;
  AffineMap result = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  std::optional<Scaling> found;
  for (unsigned i : {0, 1}) {
    OpOperand *image = op.getDpsInputOperand(i);
    OpOperand *factors = op.getDpsInputOperand(1 - i);
    auto from = dyn_cast<BlockArgument>(image->get());
    auto by = dyn_cast<BlockArgument>(factors->get());
    if (!from || !by || !result.isIdentity() ||
        !op.getMatchingIndexingMap(image).isIdentity())
      continue;
    // All but the channel are of one element, and there is one image.
    auto type = cast<RankedTensorType>(by.getType());
    int64_t channels = cast<RankedTensorType>(from.getType()).getDimSize(3);
    AffineMap map = op.getMatchingIndexingMap(factors);
    if (type.getNumElements() != channels || map.getNumResults() == 0 ||
        map.getResult(map.getNumResults() - 1) !=
            getAffineDimExpr(3, op.getContext()) ||
        type.getShape().back() != channels)
      continue;
    found = {launch.getInputs()[from.getArgNumber()],
             launch.getInputs()[by.getArgNumber()]};
  }
  return found;
}

/// The convolution that alone reads `image`, if its filter can be scaled.
std::optional<FilterUse> Scaler::matchReader(Value image) {
  if (!image.hasOneUse())
    return std::nullopt;
  OpOperand &use = *image.use_begin();
  auto launch = dyn_cast<LaunchOp>(use.getOwner());
  auto kernel = launch ? symbols.lookup<KernelOp>(launch.getKernel()) : nullptr;
  if (!kernel || use.getOperandNumber() >= launch.getInputs().size())
    return std::nullopt;
  Value argument = kernel.getBody().getArgument(use.getOperandNumber());
  auto primitive = ConvoptDialect::PrimitiveAttrHelper(module.getContext());
  for (linalg::LinalgOp op : kernel.getBody().getOps<linalg::LinalgOp>()) {
    PrimitiveAttr attr = primitive.getAttr(op);
    std::optional<ConvOp> conv = attr ? matchConvolution(op) : std::nullopt;
    if (!conv)
      continue;
    const ConvProblem &layer = conv->layer;
    auto filter = conv->filter.getDefiningOp<FilterOp>();
    if (!filter || conv->input != argument || !argument.hasOneUse() ||
        conv->inputLayout != Layout::NHWC || layer.batch != 1 ||
        layer.groups != 1 || layer.kernelHeight * layer.kernelWidth != 1)
      return std::nullopt;
    auto packed = dyn_cast<BlockArgument>(filter.getPacked());
    if (!packed)
      return std::nullopt;
    llvm::Expected<Choice> choice = resolve(attr, *conv, machine);
    if (!choice) { // The kernel's code generation says why.
      llvm::consumeError(choice.takeError());
      return std::nullopt;
    }
    const PackedFilter order =
        choice->primitive->packedFilter(layer, *choice, machine);
    if (order.type() != ElementType::F32) // Would be rounded again.
      return std::nullopt;
    std::optional<PackedFilter::Split> channels =
        order.inputChannels(layer.inChannels);
    if (!channels)
      return std::nullopt;
    return FilterUse{launch, packed.getArgNumber(), *channels};
  }
  return std::nullopt;
}

/// Multiplies a packed filter by a factor for each of its input channels.
KernelOp Scaler::kernelFor(const PackedFilter::Split &channels) {
  std::string name = "scale_" + std::to_string(channels.outer) + "x" +
                     std::to_string(channels.extent) + "x" +
                     std::to_string(channels.inner);
  if (auto known = symbols.lookup<KernelOp>(name))
    return known;
  OpBuilder builder(module.getContext());
  Location loc = module.getLoc();
  Type f32 = builder.getF32Type();
  auto cube = RankedTensorType::get(
      {channels.outer, channels.extent, channels.inner}, f32);
  auto flat = RankedTensorType::get({cube.getNumElements()}, f32);
  auto factors = RankedTensorType::get({channels.extent}, f32);
  auto kernel = builder.create<KernelOp>(
      loc, name, builder.getFunctionType({flat, factors}, {flat}));
  Block &body = kernel.getBody().emplaceBlock();
  body.addArguments({flat, factors}, {loc, loc});
  builder.setInsertionPointToEnd(&body);
  SmallVector<ReassociationIndices> all = {{0, 1, 2}};
  Value filter = builder.create<tensor::ExpandShapeOp>(
      loc, cube, body.getArgument(0), all);
  Value empty = builder.create<tensor::EmptyOp>(loc, cube.getShape(), f32);
  AffineMap whole = builder.getMultiDimIdentityMap(3);
  AffineMap maps[] = {whole, AffineMap::get(3, 0, builder.getAffineDimExpr(1)),
                      whole};
  SmallVector<utils::IteratorType> loops(3, utils::IteratorType::parallel);
  Value inputs[] = {filter, body.getArgument(1)};
  Value scaled =
      builder
          .create<linalg::GenericOp>(
              loc, cube, inputs, empty, maps, loops,
              [](OpBuilder &inner, Location loc, ValueRange arguments) {
                Value product = inner.create<arith::MulFOp>(loc, arguments[0],
                                                            arguments[1]);
                inner.create<linalg::YieldOp>(loc, product);
              })
          .getResult(0);
  Value result =
      builder.create<tensor::CollapseShapeOp>(loc, flat, scaled, all);
  builder.create<YieldOp>(loc, result);
  symbols.insert(kernel, module.getBody()->begin());
  return kernel;
}

bool Scaler::rewrite(LaunchOp launch) {
  std::optional<Scaling> scaling = matchScaling(launch);
  if (!scaling)
    return false;
  std::optional<FilterUse> use = matchReader(launch.getResult(0));
  if (!use)
    return false;
  Value filter = use->launch.getInputs()[use->operand];
  auto filterType = cast<RankedTensorType>(filter.getType());
  auto imageType = cast<RankedTensorType>(scaling->image.getType());
  // The image has just been written; filters wait among all weights.
  auto bytes = [](RankedTensorType type) {
    return static_cast<double>(type.getNumElements() *
                               type.getElementTypeBitWidth() / 8);
  };
  double filterBytes = bytes(filterType), imageBytes = bytes(imageType);
  double weights =
      std::max(filterBytes, static_cast<double>(machine.l2Bytes + 1));
  if (copySeconds(filterBytes, weights, machine) >=
      copySeconds(imageBytes, imageBytes, machine))
    return false;

  KernelOp kernel = kernelFor(use->channels);
  // Where everything is computed by then, the filter included.
  OpBuilder builder(use->launch);
  Location loc = launch.getLoc();
  auto factorsType = cast<RankedTensorType>(scaling->factors.getType());
  ReassociationIndices all(factorsType.getRank());
  std::iota(all.begin(), all.end(), 0);
  Value factors = scaling->factors;
  if (factorsType.getRank() > 1)
    factors = builder.create<tensor::CollapseShapeOp>(
        loc, factors, SmallVector<ReassociationIndices>{all});
  Value empty = builder.create<tensor::EmptyOp>(loc, filterType.getShape(),
                                                filterType.getElementType());
  auto scaled =
      builder.create<LaunchOp>(loc, TypeRange(filterType), kernel.getSymName(),
                               ValueRange{filter, factors}, empty);
  use->launch.getInputsMutable()
      .slice(use->operand, 1)
      .assign(scaled.getResult(0));
  launch.getResult(0).replaceAllUsesWith(scaling->image);
  launch.erase();
  return true;
}

void Scaler::run() {
  SmallVector<LaunchOp> launches;
  module.walk([&](LaunchOp launch) { launches.push_back(launch); });
  bool changed = false;
  for (LaunchOp launch : launches)
    changed |= rewrite(launch);
  if (!changed)
    return;
  SymbolTableCollection tables;
  const SymbolUserMap users(tables, module);
  for (KernelOp kernel : llvm::make_early_inc_range(module.getOps<KernelOp>()))
    if (users.useEmpty(kernel))
      kernel.erase();
}

void scaleFilters(ModuleOp module, const MachineDescription &machine) {
  Scaler(module, machine).run();
}

namespace {
struct ScaleFilters : impl::ScaleFiltersBase<ScaleFilters> {
  using ScaleFiltersBase::ScaleFiltersBase;

  void runOnOperation() override {
    FailureOr<MachineDescription> machine =
        describeFor(getOperation(), {target, cpu, features});
    if (failed(machine))
      return signalPassFailure();
    scaleFilters(getOperation(), *machine);
  }
};
} // namespace
} // namespace convopt
