// Copying a concatenation together moves all of it twice for nothing. A
// convolution's kernel can write with the strides of the whole instead, from
// its part's first element on; the strides and the offset are its only
// difference. So launches that produce parts are chained: each takes the tensor
// so far as its output and leaves the rest as it is, which bufferization sees
// as one buffer. A part that has another reader, or another kind of producer,
// is copied into place by a kernel of its own; where all would be, the
// concatenation stays, as it copies them in one go.

#include "PlaceParts.h"
#include "convopt/IR/KernelBody.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;

namespace convopt {

namespace {
/// Rewrites the concatenations of one module.
class Placement {
public:
  explicit Placement(ModuleOp module) : module(module), symbols(module) {}

  void run();

private:
  struct Part {
    Value value;
    int64_t offset;
  };

  tensor::ConcatOp getConcat(LaunchOp launch);
  LaunchOp findProducer(Value part);
  KernelOp makePartial(KernelOp kernel, tensor::ConcatOp concat,
                       int64_t offset);
  KernelOp makeCopy(Value part, tensor::ConcatOp concat, int64_t offset);
  void insertPart(KernelOp kernel, RankedTensorType whole, int64_t dim,
                  int64_t offset);
  bool place(LaunchOp launch, tensor::ConcatOp concat);

  ModuleOp module;
  SymbolTable symbols;
  /// By the kernel's name, or the part's type, and where it goes.
  llvm::StringMap<KernelOp> made;
};
} // namespace

/// The concatenation that is all `launch` does.
tensor::ConcatOp Placement::getConcat(LaunchOp launch) {
  auto kernel = symbols.lookup<KernelOp>(launch.getKernel());
  if (!kernel || kernel.getNumResults() != 1)
    return nullptr;
  auto concat = kernel.getYielded()[0].getDefiningOp<tensor::ConcatOp>();
  if (!concat || concat->getBlock()->getOperations().size() != 2 ||
      !llvm::equal(concat.getInputs(), kernel.getBody().getArguments()))
    return nullptr;
  return concat;
}

/// The launch that computes `part` for nobody else, if its kernel can write
/// into a larger tensor: a convolution's, whose loops are those of an image.
LaunchOp Placement::findProducer(Value part) {
  auto launch = part.getDefiningOp<LaunchOp>();
  if (!launch || !part.hasOneUse() || launch->getNumResults() != 1 ||
      cast<RankedTensorType>(part.getType()).getRank() != 4)
    return nullptr;
  auto kernel = symbols.lookup<KernelOp>(launch.getKernel());
  if (!kernel || getPartialResult(kernel.getYielded()[0]))
    return nullptr;
  auto primitive = ConvoptDialect::PrimitiveAttrHelper(module.getContext());
  for (Operation &op : kernel.getBody().front())
    if (primitive.isAttrPresent(&op))
      return launch;
  return nullptr;
}

/// Puts what `kernel` yields into a tensor that it knows nothing else about.
void Placement::insertPart(KernelOp kernel, RankedTensorType whole, int64_t dim,
                           int64_t offset) {
  Operation *yield = kernel.getBody().front().getTerminator();
  OpBuilder builder(yield);
  Location loc = kernel.getLoc();
  Value part = yield->getOperand(0);
  auto shape = cast<RankedTensorType>(part.getType()).getShape();
  SmallVector<OpFoldResult> offsets(shape.size(), builder.getIndexAttr(0));
  SmallVector<OpFoldResult> strides(shape.size(), builder.getIndexAttr(1));
  SmallVector<OpFoldResult> sizes;
  for (int64_t size : shape)
    sizes.push_back(builder.getIndexAttr(size));
  offsets[dim] = builder.getIndexAttr(offset);
  Value empty = builder.create<tensor::EmptyOp>(loc, whole.getShape(),
                                                whole.getElementType());
  Value result = builder.create<tensor::InsertSliceOp>(loc, part, empty,
                                                       offsets, sizes, strides);
  yield->setOperand(0, result);
  kernel.setFunctionType(builder.getFunctionType(
      kernel.getBody().getArgumentTypes(), result.getType()));
}

KernelOp Placement::makePartial(KernelOp kernel, tensor::ConcatOp concat,
                                int64_t offset) {
  KernelOp copy = kernel.clone();
  copy.setName((kernel.getSymName() + "_at" + Twine(offset)).str());
  insertPart(copy, concat.getResultType(), concat.getDim(), offset);
  symbols.insert(copy, kernel->getIterator());
  return copy;
}

KernelOp Placement::makeCopy(Value part, tensor::ConcatOp concat,
                             int64_t offset) {
  OpBuilder builder(module.getContext());
  auto kernel = builder.create<KernelOp>(
      concat.getLoc(), "copy_at" + std::to_string(offset),
      builder.getFunctionType(part.getType(), part.getType()));
  Block &body = kernel.getBody().emplaceBlock();
  builder.setInsertionPointToEnd(&body);
  Value argument = body.addArgument(part.getType(), concat.getLoc());
  builder.create<YieldOp>(concat.getLoc(), argument);
  insertPart(kernel, concat.getResultType(), concat.getDim(), offset);
  symbols.insert(kernel, concat->getParentOp()->getIterator());
  return kernel;
}

bool Placement::place(LaunchOp launch, tensor::ConcatOp concat) {
  SmallVector<Part> computed, copied;
  int64_t offset = 0;
  for (Value part : launch.getInputs()) {
    LaunchOp producer = findProducer(part);
    // The launches of one block have an order.
    bool isComputed = producer && producer->getBlock() == launch->getBlock();
    (isComputed ? computed : copied).push_back({part, offset});
    offset +=
        cast<RankedTensorType>(part.getType()).getDimSize(concat.getDim());
  }
  if (computed.empty())
    return false;
  llvm::sort(computed, [](const Part &a, const Part &b) {
    return a.value.getDefiningOp()->isBeforeInBlock(b.value.getDefiningOp());
  });
  std::string where;
  llvm::raw_string_ostream(where)
      << " in " << concat.getResultType() << " along " << concat.getDim();

  OpBuilder builder(computed.front().value.getDefiningOp());
  RankedTensorType type = concat.getResultType();
  Value whole = builder.create<tensor::EmptyOp>(
      launch.getLoc(), type.getShape(), type.getElementType());
  auto relaunch = [&](KernelOp kernel, Operation *at, ValueRange inputs) {
    builder.setInsertionPoint(at);
    whole = builder
                .create<LaunchOp>(at->getLoc(), TypeRange(type),
                                  kernel.getSymName(), inputs, whole)
                .getResult(0);
  };
  for (const Part &part : computed) {
    auto producer = part.value.getDefiningOp<LaunchOp>();
    KernelOp &kernel =
        made[(producer.getKernel() + " at " + Twine(part.offset) + where)
                 .str()];
    if (!kernel)
      kernel = makePartial(symbols.lookup<KernelOp>(producer.getKernel()),
                           concat, part.offset);
    relaunch(kernel, producer, producer.getInputs());
  }
  for (const Part &part : copied) {
    std::string key;
    llvm::raw_string_ostream(key)
        << part.value.getType() << " at " << part.offset << where;
    KernelOp &kernel = made[key];
    if (!kernel)
      kernel = makeCopy(part.value, concat, part.offset);
    relaunch(kernel, launch, part.value);
  }
  launch.getResult(0).replaceAllUsesWith(whole);
  launch.erase();
  for (const Part &part : computed)
    part.value.getDefiningOp()->erase();
  return true;
}

void Placement::run() {
  bool changed = false;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!function.getBody().hasOneBlock())
      continue;
    SmallVector<LaunchOp> launches;
    function.walk([&](LaunchOp launch) { launches.push_back(launch); });
    for (LaunchOp launch : launches)
      if (tensor::ConcatOp concat = getConcat(launch))
        changed |= place(launch, concat);
  }
  if (!changed)
    return;
  llvm::StringSet<> used;
  module.walk([&](LaunchOp launch) { used.insert(launch.getKernel()); });
  for (KernelOp kernel : llvm::make_early_inc_range(module.getOps<KernelOp>()))
    if (!used.contains(kernel.getSymName()))
      kernel.erase();
}

void placeParts(ModuleOp module) { Placement(module).run(); }

} // namespace convopt
