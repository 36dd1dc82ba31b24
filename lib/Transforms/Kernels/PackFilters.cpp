// Weights are constants, so their order costs nothing at run time: they are
// stored as the innermost loop reads them, one stream, and transformed if the
// primitive transforms them. Launches pass the packed constant, and the
// kernel's IR shows it through a convopt.filter as the tensor that the
// convolution wants, so that it stays a legal program. One weight used by two
// convolutions of equal form is packed once. A large network's packed and plain
// weights do not fit side by side, so constants whose last reader has been
// packed for are freed on the way.

#include "convopt/Transforms/PackFilters.h"
#include "PassMachine.h"
#include "ReleaseResources.h"
#include "ReorderFilter.h"
#include "convopt/CostModel/SampleRows.h"
#include "convopt/IR/Constants.h"
#include "convopt/Primitives/Annotation.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Matchers.h"
#include <map>

using namespace mlir;

namespace convopt {
#define GEN_PASS_DEF_PACKFILTERS
#include "convopt/Transforms/Passes.h.inc"

namespace {
class Packer {
public:
  Packer(ModuleOp module, const MachineDescription &machine)
      : users(tables, module), machine(machine) {}

  LogicalResult pack(KernelOp kernel);
  /// Of all packed filters that have been made.
  int64_t packedBytes() const { return total; }

private:
  FailureOr<Value> packedFilter(LaunchOp launch, unsigned operand,
                                const ConvOp &conv, const Choice &choice);

  SymbolTableCollection tables;
  SymbolUserMap users;
  const MachineDescription &machine;
  int64_t total = 0; ///< bytes
  /// By the unpacked constant, and how and for whom it was packed.
  std::map<std::tuple<const void *, std::string, Operation *>, Value> packed;
  /// By the unpacked constant, each form of it once.
  DenseMap<const void *, SmallVector<TypedAttr, 1>> forms;
};
} // namespace

/// Whether `attr` has the elements `data`, bit by bit.
static bool holds(TypedAttr attr, ArrayRef<char> data) {
  return getRawBytes(cast<ElementsAttr>(attr)) == data;
}

/// All that packing depends on, in words.
static std::string toKey(const ConvOp &conv, const Choice &choice) {
  return sampleKey(conv.layer, choice) + " " +
         std::string(conv.filterDims.begin(), conv.filterDims.end());
}

/// That of a filter in single precision that is stored in fewer bits.
static Type narrowType(ElementType type, OpBuilder &builder) {
  switch (type) {
  case ElementType::F16:
    return builder.getF16Type();
  case ElementType::BF16:
    return builder.getBF16Type();
  case ElementType::I8:
    return builder.getI8Type();
  default:
    llvm_unreachable("not narrower than single precision");
  }
}

FailureOr<Value> Packer::packedFilter(LaunchOp launch, unsigned operand,
                                      const ConvOp &conv,
                                      const Choice &choice) {
  Value filter = launch.getInputs()[operand];
  ElementsAttr attr;
  if (!matchPattern(filter, m_Constant(&attr)))
    return launch.emitOpError("passes a filter that is not constant to ")
           << launch.getKernelAttr() << ", whose primitive packs it";
  auto function = launch->getParentOfType<FunctionOpInterface>();
  Value &result =
      packed[{attr.getAsOpaquePointer(), toKey(conv, choice), function}];
  if (result)
    return result;

  // The filter may be the larger part of a model: no copy without need.
  Type element = attr.getElementType();
  std::vector<char> copy;
  ArrayRef<char> data = getRawBytes(attr);
  if (data.size() != static_cast<size_t>(attr.getNumElements() *
                                         bytesOf(conv.layer.types.filter))) {
    std::optional<std::vector<char>> bytes = getConstantBytes(attr);
    if (!bytes)
      return launch.emitOpError("passes a filter that has no data");
    data = copy = std::move(*bytes);
  }
  if (!isInPackingOrder(conv))
    data = copy = reorderFilter(conv, data);
  std::vector<char> elements = packBytes(conv.layer, choice, machine, data);
  OpBuilder builder(&function.getFunctionBody().front().front());
  const PackedFilter order =
      choice.primitive->packedFilter(conv.layer, choice, machine);
  if (order.type() != conv.layer.types.filter)
    element = narrowType(order.type(), builder);
  auto type = RankedTensorType::get({order.size()}, element);
  // Layers of other sizes are packed alike more often than they are equal.
  SmallVector<TypedAttr, 1> &known = forms[attr.getAsOpaquePointer()];
  const auto *equal = llvm::find_if(
      known, [&](TypedAttr form) { return holds(form, elements); });
  if (equal != known.end()) {
    result = builder.create<arith::ConstantOp>(filter.getLoc(), *equal);
    return result;
  }
  total += static_cast<int64_t>(elements.size());
  result = createConstant(builder, filter.getLoc(), type, "packed_filter",
                          std::move(elements));
  known.push_back(result.getDefiningOp<arith::ConstantOp>().getValue());
  return result;
}

LogicalResult Packer::pack(KernelOp kernel) {
  std::optional<ConvOp> conv;
  PrimitiveAttr attr;
  kernel.walk([&](linalg::LinalgOp op) {
    if (auto annotation =
            ConvoptDialect::PrimitiveAttrHelper(op.getContext()).getAttr(op)) {
      conv = matchConvolution(op);
      attr = annotation;
    }
  });
  auto argument = conv ? dyn_cast<BlockArgument>(conv->filter) : nullptr;
  if (!argument)
    return success();
  llvm::Expected<Choice> choice = resolve(attr, *conv, machine);
  if (!choice)
    return conv->op->emitError(llvm::toString(choice.takeError()));
  // What was left open is the same for all that follow.
  ConvoptDialect::PrimitiveAttrHelper(conv->op->getContext())
      .setAttr(conv->op, annotate(conv->op->getContext(), *choice,
                                  attr.getNanoseconds()));

  unsigned number = argument.getArgNumber();
  Type packedType;
  ArrayRef<Operation *> uses = users.getUsers(kernel);
  if (!llvm::all_of(uses, llvm::IsaPred<LaunchOp>)) {
    kernel.emitRemark("is not only launched: its filter stays as it is");
    return success();
  }
  for (Operation *use : uses) {
    auto launch = cast<LaunchOp>(use);
    FailureOr<Value> value = packedFilter(launch, number, *conv, *choice);
    if (failed(value))
      return failure();
    launch.getInputsMutable().slice(number, 1).assign(*value);
    packedType = value->getType();
  }
  if (!packedType)
    return success();

  OpBuilder builder(conv->op);
  Type filterType = argument.getType();
  argument.setType(packedType);
  auto filter =
      builder.create<FilterOp>(conv->op.getLoc(), filterType, argument);
  conv->op->replaceUsesOfWith(argument, filter);
  kernel.setFunctionType(builder.getFunctionType(
      kernel.getBody().getArgumentTypes(), kernel.getResultTypes()));
  return success();
}

LogicalResult packFilters(ModuleOp module, const MachineDescription &machine) {
  // Packed and unpacked weights together are large, but to look for unused ones
  // is to go through the whole module.
  constexpr int64_t fewBytes = 32 << 20;
  ResourceReleaser releaser(module);
  Packer packer(module, machine);
  int64_t released = 0;
  for (KernelOp kernel : module.getOps<KernelOp>()) {
    if (failed(packer.pack(kernel)))
      return failure();
    if (packer.packedBytes() - released < fewBytes)
      continue;
    releaser.releaseUnused();
    released = packer.packedBytes();
  }
  releaser.releaseUnused();
  return success();
}

namespace {
struct PackFilters : impl::PackFiltersBase<PackFilters> {
  using PackFiltersBase::PackFiltersBase;

  void runOnOperation() override {
    FailureOr<MachineDescription> machine =
        describeFor(getOperation(), {target, cpu, features});
    if (failed(machine))
      return signalPassFailure();
    if (failed(packFilters(getOperation(), *machine)))
      signalPassFailure();
  }
};
} // namespace
} // namespace convopt
