#include "KernelGroups.h"
#include "convopt/IR/Constants.h"
#include "convopt/IR/ConvoptDialect.h"
#include "convopt/IR/InferConvLayer.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;

namespace convopt {

/// Whether an operand read through `map` stands still along some loops, and
/// follows the others in the order of `result` (broadcasting).
static bool isBroadcastOf(AffineMap map, AffineMap result) {
  AffineExpr zero = getAffineConstantExpr(0, map.getContext());
  size_t used = 0;
  for (auto [i, expr] : llvm::enumerate(map.getResults())) {
    if (expr == zero)
      continue;
    if (!isa<AffineDimExpr>(expr))
      return false;
    if (map.getNumResults() == result.getNumResults() &&
        expr != result.getResult(i))
      return false;
    ++used;
  }
  return used < result.getNumResults();
}

/// A generic that only copies a smaller tensor along further dimensions.
static bool isBroadcast(linalg::GenericOp op) {
  Block &body = *op.getBody();
  if (op.getNumDpsInputs() != 1 || op.getNumDpsInits() != 1 ||
      op.getNumParallelLoops() != op.getNumLoops() ||
      body.getTerminator()->getOperand(0) != body.getArgument(0))
    return false;
  AffineMap to = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  return to.isPermutation() &&
         isBroadcastOf(op.getMatchingIndexingMap(op.getDpsInputOperand(0)), to);
}

bool isRecomputed(Operation *op) {
  if (isa<tensor::EmptyOp>(op) || isa<linalg::BroadcastOp>(op))
    return true;
  if (auto constant = dyn_cast<arith::ConstantOp>(op))
    return !isa<ShapedType>(constant.getType()) ||
           getSplat(constant).has_value();
  if (auto fill = dyn_cast<linalg::FillOp>(op))
    return getSplat(fill.getInputs()[0]).has_value();
  auto generic = dyn_cast<linalg::GenericOp>(op);
  return generic && isBroadcast(generic);
}

/// Computes each element of its result from the elements of its operands at
/// the same place, or at the place of a broadcast.
static bool isElementwise(Operation *op) {
  auto linalgOp = dyn_cast<linalg::LinalgOp>(op);
  if (!linalgOp || isa<linalg::TransposeOp>(op) || op->getNumResults() != 1 ||
      linalgOp.getNumParallelLoops() != linalgOp.getNumLoops())
    return false;
  AffineMap result =
      linalgOp.getMatchingIndexingMap(linalgOp.getDpsInitOperand(0));
  if (!result.isPermutation())
    return false;
  return llvm::all_of(linalgOp.getIndexingMapsArray(), [&](AffineMap map) {
    return map == result || isBroadcastOf(map, result);
  });
}

/// Whether `use` is an initial value that gives the shape alone.
static bool isUnread(OpOperand &use) {
  auto user = cast<linalg::LinalgOp>(use.getOwner());
  return user.isDpsInit(&use) && !user.payloadUsesValueFromOperand(&use);
}

/// `op` reads `value` only where it writes, each element once.
static bool readsInPlace(linalg::LinalgOp op, Value value) {
  AffineMap result = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  return llvm::all_of(op->getOpOperands(), [&](OpOperand &operand) {
    return operand.get() != value || isUnread(operand) ||
           (!op.isDpsInit(&operand) &&
            op.getMatchingIndexingMap(&operand) == result);
  });
}

namespace {
class Grouper {
public:
  Grouper(Block &block, function_ref<bool(Operation *)> mayStand)
      : block(block), mayStand(mayStand) {}

  std::vector<KernelGroup> run();

private:
  bool isFree(Operation *op) {
    return op && op->getBlock() == &block && !groupOf.count(op) &&
           canBeKernel(op);
  }
  bool canBeKernel(Operation *op);
  void add(unsigned group, Operation *op) {
    groups[group].ops.push_back(op);
    groupOf[op] = group;
  }
  void startFromAnchor(Operation *op);
  void addPads(unsigned group);
  void addInsertions(unsigned group);
  void addEpilogue(unsigned group);
  void startOrJoin(Operation *op);
  void addRecomputedRoots();

  Block &block;
  function_ref<bool(Operation *)> mayStand;
  std::vector<KernelGroup> groups;
  DenseMap<Operation *, unsigned> groupOf;
};
} // namespace

/// A kernel takes tensors of static shape alone; scalars must be constants.
bool Grouper::canBeKernel(Operation *op) {
  auto isStatic = [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return tensor && tensor.hasStaticShape();
  };
  if (!isa<linalg::LinalgOp, tensor::PadOp, tensor::ConcatOp,
           tensor::InsertSliceOp, tensor::ExtractSliceOp>(op) ||
      !llvm::all_of(op->getResultTypes(), isStatic) || !mayStand(op))
    return false;
  SetVector<Value> captured;
  getUsedValuesDefinedAbove(op->getRegions(), captured);
  auto canPass = [&](Value value) {
    Operation *def = value.getDefiningOp();
    return isStatic(value.getType()) || (def && isRecomputed(def));
  };
  return llvm::all_of(op->getOperands(), canPass) &&
         llvm::all_of(captured, canPass);
}

/// A slice that is one piece of memory needs no copy.
static bool isContiguous(tensor::ExtractSliceOp op) {
  if (!op.hasUnitStride())
    return false;
  bool partial = false;
  for (int64_t d = op.getSourceType().getRank() - 1; d >= 0; --d) {
    if (partial && op.getStaticSizes()[d] != 1)
      return false;
    partial |= op.getStaticSizes()[d] != op.getSourceType().getDimSize(d);
  }
  return true;
}

/// Zero padding of a window, and padding of pooling, is computed in place.
void Grouper::addPads(unsigned group) {
  Operation *anchor = groups[group].anchor;
  auto linalgOp = dyn_cast<linalg::LinalgOp>(anchor);
  if (!linalgOp)
    return;
  for (OpOperand *input : linalgOp.getDpsInputOperands()) {
    auto pad = input->get().getDefiningOp<tensor::PadOp>();
    if (pad && pad->hasOneUse() && isFree(pad) &&
        !linalgOp.getMatchingIndexingMap(input).isProjectedPermutation())
      add(group, pad);
  }
}

/// The insertions that together build one tensor.
void Grouper::addInsertions(unsigned group) {
  auto insert = dyn_cast<tensor::InsertSliceOp>(groups[group].anchor);
  while (insert) {
    insert = insert.getDest().getDefiningOp<tensor::InsertSliceOp>();
    if (!insert || !insert->hasOneUse() || !isFree(insert))
      return;
    add(group, insert);
  }
}

/// The element-wise operations that are the only use of what the group
/// computes so far.
void Grouper::addEpilogue(unsigned group) {
  Operation *root = groups[group].anchor;
  while (root->getNumResults() == 1) {
    Value value = root->getResult(0);
    if (value.use_empty())
      return;
    Operation *user = *value.user_begin();
    auto isUser = [&](Operation *other) { return other == user; };
    if (!llvm::all_of(value.getUsers(), isUser) || !isFree(user) ||
        !isElementwise(user) ||
        !readsInPlace(cast<linalg::LinalgOp>(user), value))
      return;
    add(group, user);
    root = user;
  }
}

void Grouper::startFromAnchor(Operation *op) {
  unsigned group = groups.size();
  groups.emplace_back();
  groups[group].anchor = op;
  add(group, op);
  addPads(group);
  addInsertions(group);
  // What copies is bound by memory; anything after it may read the copy.
  if (isa<linalg::LinalgOp>(op) && !isa<linalg::TransposeOp>(op))
    addEpilogue(group);
}

/// An element-wise operation joins the group that holds all its uses if that
/// group reads each element once; nothing is computed twice.
void Grouper::startOrJoin(Operation *op) {
  Value value = op->getResult(0);
  std::optional<unsigned> target;
  auto canJoin = [&](OpOperand &use) {
    auto it = groupOf.find(use.getOwner());
    auto user = dyn_cast<linalg::LinalgOp>(use.getOwner());
    if (it == groupOf.end() || !user || (target && *target != it->second))
      return false;
    target = it->second;
    return isUnread(use) ||
           (!user.isDpsInit(&use) && !isa<linalg::TransposeOp>(user) &&
            user.getMatchingIndexingMap(&use).isPermutation());
  };
  bool joins = !value.use_empty() && llvm::all_of(value.getUses(), canJoin);
  // The schedule of a chosen primitive knows what follows it, not what may be
  // computed beside it.
  if (joins && ConvoptDialect::PrimitiveAttrHelper(op->getContext())
                   .isAttrPresent(groups[*target].anchor))
    joins = false;
  if (joins)
    return add(*target, op);
  groups.emplace_back();
  groups.back().anchor = op;
  add(groups.size() - 1, op);
}

/// Broadcasts that something outside of the kernels reads.
void Grouper::addRecomputedRoots() {
  for (Operation &op : llvm::reverse(block)) {
    if (isa<tensor::EmptyOp, arith::ConstantOp>(op) || !isRecomputed(&op) ||
        !isFree(&op))
      continue;
    if (llvm::all_of(op.getUsers(), [&](Operation *user) {
          return groupOf.count(user) || isRecomputed(user);
        }))
      continue;
    groups.emplace_back();
    groups.back().anchor = &op;
    add(groups.size() - 1, &op);
  }
}

std::vector<KernelGroup> Grouper::run() {
  // Backwards, so that of two convolutions that are added the later one takes
  // the addition: by then the other's result exists.
  auto visit = [&](bool elementwise, auto visitor) {
    for (Operation &op : llvm::reverse(block))
      if (isFree(&op) && !isRecomputed(&op) &&
          isElementwise(&op) == elementwise)
        visitor(&op);
  };
  visit(false, [&](Operation *op) {
    auto slice = dyn_cast<tensor::ExtractSliceOp>(op);
    if ((slice && isContiguous(slice)) || groupOf.count(op))
      return;
    startFromAnchor(op);
  });
  visit(true, [&](Operation *op) { startOrJoin(op); });
  addRecomputedRoots();
  for (KernelGroup &group : groups)
    llvm::sort(group.ops, [](Operation *a, Operation *b) {
      return a->isBeforeInBlock(b);
    });
  llvm::sort(groups, [](const KernelGroup &a, const KernelGroup &b) {
    return a.root()->isBeforeInBlock(b.root());
  });
  return std::move(groups);
}

std::vector<KernelGroup>
groupOperations(Block &block, function_ref<bool(Operation *)> mayStand) {
  return Grouper(block, mayStand).run();
}

} // namespace convopt
