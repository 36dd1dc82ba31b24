// ShuffleNet mixes its groups by writing channels of two halves in turn:
// concatenation, expansion, transposition, collapse. Each alone is memory
// traffic, and the transposition's rows are two elements long. Together they
// are one kernel that reads a vector of each half and stores both, shuffled.
// Where the result is then cut in halves, each half is a launch of its own that
// reads the part of each operand that it needs, and the whole is never stored.

#include "InterleaveParts.h"
#include "convopt/IR/ConvoptDialect.h"
#include "convopt/IR/KernelBody.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/SymbolTable.h"

using namespace mlir;

namespace convopt {

namespace {
/// Parts of equal shape, interleaved along one dimension.
struct Shuffle {
  SmallVector<Value> parts;
  int64_t dim = 0;
  SmallVector<ReassociationIndices> groups; ///< of the shape with part numbers
};

class Interleaver {
public:
  explicit Interleaver(ModuleOp module) : module(module), symbols(module) {}

  void run(func::FuncOp function);

private:
  /// Elements [offset, offset + size) of every part's dimension.
  KernelOp kernelFor(const Shuffle &shuffle, int64_t offset, int64_t size);
  Value interleave(Operation *at, const Shuffle &shuffle, int64_t offset,
                   int64_t size);
  void rewrite(tensor::CollapseShapeOp collapse);

  ModuleOp module;
  SymbolTable symbols;
};
} // namespace

/// The dimension that `expand` divides in two, if that is all it does.
static std::optional<int64_t> getDividedDim(tensor::ExpandShapeOp expand) {
  std::optional<int64_t> found;
  for (auto [d, group] : llvm::enumerate(expand.getReassociationIndices())) {
    if (group.size() == 1)
      continue;
    if (group.size() > 2 || found)
      return std::nullopt;
    found = d;
  }
  return found;
}

static std::optional<Shuffle> matchShuffle(tensor::CollapseShapeOp collapse) {
  auto transpose = collapse.getSrc().getDefiningOp<linalg::TransposeOp>();
  auto expand =
      transpose ? transpose.getInput().getDefiningOp<tensor::ExpandShapeOp>()
                : nullptr;
  auto concat =
      expand ? expand.getSrc().getDefiningOp<tensor::ConcatOp>() : nullptr;
  if (!concat || !mayStandInKernel(concat) ||
      concat.getResultType() != collapse.getResultType() ||
      collapse.getReassociationIndices() != expand.getReassociationIndices())
    return std::nullopt;
  std::optional<int64_t> dim = getDividedDim(expand);
  if (!dim || *dim != static_cast<int64_t>(concat.getDim()))
    return std::nullopt;
  SmallVector<int64_t> swapped =
      llvm::to_vector<5>(llvm::seq<int64_t>(expand.getResultType().getRank()));
  std::swap(swapped[*dim], swapped[*dim + 1]);
  if (transpose.getPermutation() != ArrayRef<int64_t>(swapped))
    return std::nullopt;
  for (Value part : concat.getInputs())
    if (cast<RankedTensorType>(part.getType()).getDimSize(*dim) !=
        expand.getResultType().getDimSize(*dim + 1))
      return std::nullopt;
  return Shuffle{llvm::to_vector(concat.getInputs()), *dim,
                 expand.getReassociationIndices()};
}

static RankedTensorType withSize(RankedTensorType type, int64_t dim,
                                 int64_t size) {
  SmallVector<int64_t> shape(type.getShape());
  shape[dim] = size;
  return type.clone(shape);
}

KernelOp Interleaver::kernelFor(const Shuffle &shuffle, int64_t offset,
                                int64_t size) {
  auto type = cast<RankedTensorType>(shuffle.parts[0].getType());
  int64_t count = static_cast<int64_t>(shuffle.parts.size());
  std::string name = "interleave";
  llvm::raw_string_ostream stream(name);
  stream << count << "_" << type.getElementType();
  for (int64_t extent : type.getShape())
    stream << "_" << extent;
  stream << "_dim" << shuffle.dim << "_" << offset << "_" << size;
  if (auto known = symbols.lookup<KernelOp>(name))
    return known;

  OpBuilder builder(module.getContext());
  Location loc = module.getLoc();
  SmallVector<Type> inputs(count, type);
  RankedTensorType slice = withSize(type, shuffle.dim, size);
  RankedTensorType result = withSize(type, shuffle.dim, size * count);
  auto kernel = builder.create<KernelOp>(
      loc, name, builder.getFunctionType(inputs, {result}));
  Block &body = kernel.getBody().emplaceBlock();
  builder.setInsertionPointToEnd(&body);
  SmallVector<OpFoldResult> offsets(type.getRank(), builder.getIndexAttr(0));
  SmallVector<OpFoldResult> strides(type.getRank(), builder.getIndexAttr(1));
  SmallVector<OpFoldResult> sizes;
  for (int64_t extent : slice.getShape())
    sizes.push_back(builder.getIndexAttr(extent));
  offsets[shuffle.dim] = builder.getIndexAttr(offset);
  SmallVector<int64_t> apart(slice.getShape());
  apart.insert(apart.begin() + shuffle.dim + 1, 1);
  SmallVector<Value> parts;
  for (int64_t i = 0; i < count; ++i) {
    Value part = body.addArgument(type, loc);
    if (slice != type)
      part = builder.create<tensor::ExtractSliceOp>(loc, slice, part, offsets,
                                                    sizes, strides);
    parts.push_back(builder.create<tensor::ExpandShapeOp>(
        loc, type.clone(apart), part, shuffle.groups));
  }
  Value together =
      builder.create<tensor::ConcatOp>(loc, shuffle.dim + 1, parts);
  Value collapsed = builder.create<tensor::CollapseShapeOp>(
      loc, result, together, shuffle.groups);
  builder.create<YieldOp>(loc, collapsed);
  symbols.insert(kernel, module.getBody()->begin());
  return kernel;
}

Value Interleaver::interleave(Operation *at, const Shuffle &shuffle,
                              int64_t offset, int64_t size) {
  KernelOp kernel = kernelFor(shuffle, offset, size);
  OpBuilder builder(at);
  auto type = cast<RankedTensorType>(kernel.getFunctionType().getResult(0));
  Value empty = builder.create<tensor::EmptyOp>(at->getLoc(), type.getShape(),
                                                type.getElementType());
  return builder
      .create<LaunchOp>(at->getLoc(), TypeRange(type), kernel.getSymName(),
                        shuffle.parts, empty)
      .getResult(0);
}

/// Where `slice` starts and ends in the parts, if it takes as much of each.
static std::optional<std::pair<int64_t, int64_t>>
getPartRange(tensor::ExtractSliceOp slice, const Shuffle &shuffle) {
  int64_t count = static_cast<int64_t>(shuffle.parts.size());
  if (!slice.hasUnitStride() ||
      slice.getType().getRank() != slice.getSourceType().getRank())
    return std::nullopt;
  for (int64_t d = 0; d < slice.getSourceType().getRank(); ++d) {
    int64_t offset = slice.getStaticOffset(d), size = slice.getStaticSize(d);
    if (ShapedType::isDynamic(offset) || ShapedType::isDynamic(size))
      return std::nullopt;
    bool whole = offset == 0 && size == slice.getSourceType().getDimSize(d);
    if (d == shuffle.dim ? offset % count != 0 || size % count != 0 : !whole)
      return std::nullopt;
  }
  return std::pair(slice.getStaticOffset(shuffle.dim) / count,
                   slice.getStaticSize(shuffle.dim) / count);
}

void Interleaver::rewrite(tensor::CollapseShapeOp collapse) {
  std::optional<Shuffle> shuffle = matchShuffle(collapse);
  if (!shuffle)
    return;
  for (Operation *user :
       llvm::make_early_inc_range(collapse.getResult().getUsers()))
    if (auto slice = dyn_cast<tensor::ExtractSliceOp>(user))
      if (auto range = getPartRange(slice, *shuffle)) {
        slice.getResult().replaceAllUsesWith(
            interleave(slice, *shuffle, range->first, range->second));
        slice.erase();
      }
  if (collapse.getResult().use_empty())
    return;
  int64_t size = cast<RankedTensorType>(shuffle->parts[0].getType())
                     .getDimSize(shuffle->dim);
  collapse.getResult().replaceAllUsesWith(
      interleave(collapse, *shuffle, 0, size));
}

void Interleaver::run(func::FuncOp function) {
  SmallVector<tensor::CollapseShapeOp> found;
  function.walk([&](tensor::CollapseShapeOp op) { found.push_back(op); });
  for (tensor::CollapseShapeOp op : found)
    rewrite(op);
}

void interleaveParts(ModuleOp module) {
  Interleaver interleaver(module);
  for (auto function : module.getOps<func::FuncOp>())
    if (function.getBody().hasOneBlock())
      interleaver.run(function);
}

} // namespace convopt
