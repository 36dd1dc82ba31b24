// Kernels are shared by content. A network repeats its layers, a kernel takes
// tenths of a second to compile, and weights are arguments: equal bodies are
// one kernel. Its name is a hash of the body as printed, so a kernel is called
// the same in every model, profiles of two models can be compared, and a cache
// finds it again. What is no content is left out before printing: names of
// values, predicted times, who made the choice.

#include "OutlineKernel.h"
#include "OperationKinds.h"
#include "convopt/IR/InferConvLayer.h"
#include "convopt/Transforms/KernelParts.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;

namespace convopt {

KernelOutliner::KernelOutliner(ModuleOp module) : module(module) {
  for (Operation &op : *module.getBody())
    if (auto symbol = dyn_cast<SymbolOpInterface>(op))
      taken.insert(symbol.getName());
}

/// A filter that the primitive's pass is to pack stays an argument, even if it
/// is a splat: it is not read as it stands.
static Value filterOf(const KernelGroup &group) {
  auto primitive =
      ConvoptDialect::PrimitiveAttrHelper(group.anchor->getContext());
  if (!primitive.isAttrPresent(group.anchor))
    return nullptr;
  std::optional<ConvOp> conv =
      matchConvolution(cast<linalg::LinalgOp>(group.anchor));
  return conv ? conv->filter : nullptr;
}

static Value createEmpty(OpBuilder &builder, Location loc, Type type) {
  auto tensor = cast<RankedTensorType>(type);
  return builder.create<tensor::EmptyOp>(loc, tensor.getShape(),
                                         tensor.getElementType());
}

namespace {
/// Copies the operations of a group into the body of a kernel.
class BodyBuilder {
public:
  BodyBuilder(const KernelGroup &group, OpBuilder &builder, Block &body)
      : filter(filterOf(group)), builder(builder), body(body) {}

  void clone(Operation *op);
  Value lookup(Value value) { return mapping.lookup(value); }
  ArrayRef<Value> getArguments() const { return arguments; }

private:
  void provide(Value value);

  Value filter;
  OpBuilder &builder;
  Block &body;
  IRMapping mapping;
  SmallVector<Value> arguments;
};
} // namespace

void BodyBuilder::provide(Value value) {
  if (mapping.contains(value))
    return;
  Operation *def = value.getDefiningOp();
  if (def && isRecomputed(def) && value != filter)
    return clone(def);
  arguments.push_back(value);
  mapping.map(value, body.addArgument(value.getType(), value.getLoc()));
}

void BodyBuilder::clone(Operation *op) {
  // Often the initial value is just some tensor of the right shape.
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  auto isUnread = [&](OpOperand &operand) {
    return linalgOp && linalgOp.isDpsInit(&operand) &&
           !linalgOp.payloadUsesValueFromOperand(&operand);
  };
  SetVector<Value> captured;
  getUsedValuesDefinedAbove(op->getRegions(), captured);
  for (Value value : captured)
    provide(value);
  DenseMap<unsigned, Value> empties;
  for (OpOperand &operand : op->getOpOperands())
    if (!isUnread(operand))
      provide(operand.get());
    else
      empties[operand.getOperandNumber()] =
          createEmpty(builder, operand.get().getLoc(), operand.get().getType());
  Operation *copy = builder.clone(*op, mapping);
  for (auto [number, empty] : empties)
    copy->setOperand(number, empty);
  // What the choice was expected to cost, who made it and what it does to the
  // network's outputs is not content.
  auto primitive = ConvoptDialect::PrimitiveAttrHelper(op->getContext());
  if (PrimitiveAttr attr = primitive.getAttr(op))
    primitive.setAttr(copy,
                      PrimitiveAttr::get(op->getContext(), attr.getName(),
                                         attr.getVariant(), attr.getInput(),
                                         attr.getOutput(), attr.getStrip(),
                                         attr.getUnroll(), attr.getLanes(),
                                         attr.getColumns(), /*nanoseconds=*/0));
  copy->removeAttr(ConvoptDialect::PinnedAttrHelper::getNameStr());
  copy->removeAttr(ConvoptDialect::ErrorGainAttrHelper::getNameStr());
}

/// What somebody who reads the IR or a profile wants to see first.
static std::string prefixOf(const KernelGroup &group) {
  Operation *anchor = group.anchor;
  if (PrimitiveAttr attr =
          ConvoptDialect::PrimitiveAttrHelper(anchor->getContext())
              .getAttr(anchor))
    return "conv_" + attr.getName().str();
  if (auto recurrence = dyn_cast<RecurrenceOp>(anchor))
    return recurrence.getKind().str();
  auto linalgOp = dyn_cast<linalg::LinalgOp>(anchor);
  if (linalgOp && getConvLayer(linalgOp))
    return "conv";
  auto isWindow = [](AffineMap map) { return !map.isProjectedPermutation(); };
  if (linalgOp && linalgOp.getNumReductionLoops() &&
      llvm::any_of(linalgOp.getIndexingMapsArray(), isWindow))
    return "pool";
  if (isa<linalg::GenericOp>(anchor)) {
    if (linalg::isaContractionOpInterface(linalgOp))
      return "matmul";
    return linalgOp.getNumReductionLoops() ? "reduce" : "elementwise";
  }
  return anchor->getName().stripDialect().str();
}

/// The kernel's IR and, apart, the numbers of its convolution's variant: they
/// are content, but follow from what is in the name of the variant and the
/// layer, and names of kernels are by what people call a choice. So is NCHW,
/// the order of the model's own tensors, not named there.
static std::pair<std::string, std::string> contentOf(KernelOp kernel) {
  auto primitive = ConvoptDialect::PrimitiveAttrHelper(kernel.getContext());
  std::string text, numbers;
  llvm::raw_string_ostream stream(text), numberStream(numbers);
  auto unlessMajor = [](std::optional<Layout> layout) {
    return layout == Layout::NCHW ? std::nullopt : layout;
  };
  SmallVector<std::pair<Operation *, PrimitiveAttr>> annotated;
  kernel.walk([&](Operation *op) {
    PrimitiveAttr attr = primitive.getAttr(op);
    if (!attr)
      return;
    annotated.push_back({op, attr});
    numberStream << attr;
    primitive.setAttr(
        op, PrimitiveAttr::get(op->getContext(), attr.getName(),
                               attr.getVariant(), unlessMajor(attr.getInput()),
                               unlessMajor(attr.getOutput()), 0, 0, 0, 0, 0));
  });
  // Local: values are numbered from 0 in each kernel. Not the generic form,
  // which shows what linalg ops cache among their attributes.
  kernel->print(stream, OpPrintingFlags().useLocalScope().assumeVerified());
  for (auto &[op, attr] : annotated)
    primitive.setAttr(op, attr);
  return {text, numbers};
}

std::string KernelOutliner::nameOf(KernelOp kernel, StringRef prefix) {
  const auto [text, numbers] = contentOf(kernel);
  auto [entry, isNew] = nameOfContent.try_emplace(text + numbers);
  if (!isNew) {
    kernel->erase();
    return entry->second;
  }
  std::string name = (prefix + "_" +
                      llvm::utohexstr(llvm::xxh3_64bits(text),
                                      /*LowerCase=*/true, /*Width=*/16))
                         .str();
  while (!taken.insert(name).second) // Two contents of one hash.
    name += "_";
  entry->second = name;
  kernel.setName(name);
  return name;
}

/// The function that holds `op`, which stands in the module.
static Operation *functionOf(Operation *op) {
  while (!isa<ModuleOp>(op->getParentOp()))
    op = op->getParentOp();
  return op;
}

void KernelOutliner::outline(const KernelGroup &group) {
  Operation *root = group.root();
  OpBuilder builder(module.getBodyRegion());
  builder.setInsertionPoint(module.getBody(),
                            Block::iterator(functionOf(root)));
  auto kernel = builder.create<KernelOp>(
      group.anchor->getLoc(), "kernel",
      builder.getFunctionType({}, root->getResultTypes()));
  Block &body = kernel.getBody().emplaceBlock();
  OpBuilder inside = OpBuilder::atBlockEnd(&body);
  BodyBuilder content(group, inside, body);
  for (Operation *op : group.ops)
    content.clone(op);
  SmallVector<Value> yielded;
  for (Value result : root->getResults())
    yielded.push_back(content.lookup(result));
  inside.create<YieldOp>(root->getLoc(), yielded);
  kernel.setFunctionType(
      builder.getFunctionType(body.getArgumentTypes(), root->getResultTypes()));
  std::string name = nameOf(kernel, prefixOf(group));

  builder.setInsertionPoint(root);
  SmallVector<Value> outputs;
  for (Type type : root->getResultTypes())
    outputs.push_back(createEmpty(builder, root->getLoc(), type));
  auto launch = builder.create<LaunchOp>(
      locationOfParts(group.anchor, group.ops), root->getResultTypes(), name,
      content.getArguments(), outputs);
  root->replaceAllUsesWith(launch.getResults());
  for (Operation *op : llvm::reverse(group.ops))
    op->erase();
}

} // namespace convopt
