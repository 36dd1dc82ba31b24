// Groups grow around what cannot share another's loops: convolutions, products,
// windows, movements of data. Such an anchor takes the padding before it and
// then, as long as its value has one reader that reads it in place, the
// element-wise operations behind it. Convolutions take theirs from the last to
// the first: of two that are added, only the later can add, since by then the
// other's result exists. What remains, element-wise operations and sums of
// rows, joins the group of its readers if that is one, which makes one kernel
// of a softmax or a normalisation. Nothing joins two groups, as it would be
// computed twice.

#include "KernelGroups.h"
#include "FusionLimit.h"
#include "OperationKinds.h"
#include "convopt/IR/ConvoptDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;

namespace convopt {

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
    groups[group].scalarOps += countScalarOperations(op);
    groupOf[op] = group;
  }
  /// Whether `op` makes the group no longer than a kernel should be.
  bool hasRoom(unsigned group, Operation *op) {
    return groups[group].scalarOps + countScalarOperations(op) <=
           maxFusedOperations;
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
           tensor::InsertSliceOp, tensor::ExtractSliceOp, RecurrenceOp>(op) ||
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
        !isElementwise(user) || !hasRoom(group, user) ||
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

/// Whether kernel code generation gives the intermediates of `group` memory
/// where that is better: not the schedule of a chosen primitive, which knows
/// what follows it and nothing else, nor that of a window or a product.
static bool mayHaveStages(const KernelGroup &group) {
  return isElementwise(group.anchor) || isRowReduction(group.anchor);
}

/// An element-wise operation or a reduction of rows joins the group that holds
/// all its uses, so that a softmax or a normalisation is one kernel. Other
/// groups take only what they read once and in place.
void Grouper::startOrJoin(Operation *op) {
  Value value = op->getResult(0);
  std::optional<unsigned> target;
  auto canJoin = [&](OpOperand &use) {
    auto it = groupOf.find(use.getOwner());
    auto user = dyn_cast<linalg::LinalgOp>(use.getOwner());
    if (it == groupOf.end() || !user || (target && *target != it->second))
      return false;
    target = it->second;
    if (isUnread(use))
      return true;
    if (user.isDpsInit(&use) || isa<linalg::TransposeOp>(user))
      return false;
    return mayHaveStages(groups[*target]) ||
           (isElementwise(op) &&
            user.getMatchingIndexingMap(&use).isPermutation());
  };
  bool joins = !value.use_empty() && llvm::all_of(value.getUses(), canJoin);
  if (joins && (ConvoptDialect::PrimitiveAttrHelper(op->getContext())
                    .isAttrPresent(groups[*target].anchor) ||
                !hasRoom(*target, op)))
    joins = false;
  if (!joins) {
    target = groups.size();
    groups.emplace_back();
  }
  add(*target, op);
  // Named after its first reduction, if it has one.
  Operation *&anchor = groups[*target].anchor;
  if (!anchor || isRowReduction(op))
    anchor = op;
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
  auto visit = [&](bool joins, auto visitor) {
    for (Operation &op : llvm::reverse(block))
      if (isFree(&op) && !isRecomputed(&op) &&
          (isElementwise(&op) || isRowReduction(&op)) == joins)
        visitor(&op);
  };
  visit(false, [&](Operation *op) {
    auto slice = dyn_cast<tensor::ExtractSliceOp>(op);
    if (!slice || !isContiguous(slice))
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
