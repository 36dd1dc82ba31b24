// How an operation carries roles from one tensor to another. It goes both ways:
// a result tells what its operands are as much as the reverse, and a tensor
// that knows its roles keeps them. Generics carry them by their loops: a loop
// is what the dimensions are that it runs over, in every operand. A reshape
// carries one role to all dimensions that are parted, and back only where all
// that are joined agree. Operations whose operands have the same dimensions
// make their roles the same.

#include "DimensionRoles.h"

using namespace mlir;

namespace convopt {

SmallVector<OpOperand *> capturedTensors(Operation *op) {
  SmallVector<OpOperand *> captured;
  for (Region &region : op->getRegions())
    region.walk([&](Operation *inner) {
      for (OpOperand &operand : inner->getOpOperands())
        if (isa<RankedTensorType>(operand.get().getType()) &&
            !op->isAncestor(operand.get().getParentBlock()->getParentOp()))
          captured.push_back(&operand);
    });
  return captured;
}

bool isPositional(Operation *op) {
  if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op))
    return slice.getSourceType().getRank() == slice.getType().getRank();
  if (auto slice = dyn_cast<tensor::InsertSliceOp>(op))
    return slice.getSourceType().getRank() == slice.getType().getRank();
  if (auto pad = dyn_cast<tensor::PadOp>(op))
    return pad.getConstantPaddingValue() != nullptr;
  return isa<tensor::ConcatOp>(op) ||
         (OpTrait::hasElementwiseMappableTraits(op) &&
          llvm::all_of(op->getOperandTypes(), llvm::IsaPred<RankedTensorType>));
}

std::optional<Roles> DimensionRoles::ofLoops(linalg::LinalgOp op) const {
  Roles loops(op.getNumLoops(), '\0');
  SmallVector<int64_t> trips = op.getStaticLoopRanges();
  // A dimension read by one loop alone is what that runs over. A window's is
  // only a hint: one that gathers slices reads the batch by a loop over
  // channels.
  for (bool alone : {true, false})
    for (OpOperand &operand : op->getOpOperands()) {
      Roles known = of(operand.get());
      if (known.empty())
        continue;
      AffineMap map = op.getMatchingIndexingMap(&operand);
      for (auto [expr, role] : llvm::zip_equal(map.getResults(), known))
        for (unsigned loop = 0; loop < loops.size(); ++loop) {
          if (isa<AffineDimExpr>(expr) != alone || !expr.isFunctionOfDim(loop))
            continue;
          if (alone && loops[loop] && loops[loop] != role && trips[loop] != 1)
            return std::nullopt;
          if (!loops[loop])
            loops[loop] = role;
        }
    }
  return loops;
}

bool DimensionRoles::spreadLinalg(linalg::LinalgOp op) {
  if (!op.hasPureTensorSemantics() || matchConvolution(op))
    return false;
  bool changed = false;
  for (auto [result, init] :
       llvm::zip_equal(op->getResults(), op.getDpsInits()))
    changed |= tie(result, init);
  std::optional<Roles> loops = ofLoops(op);
  if (!loops)
    return changed;
  Roles result = of(op.getDpsInits()[0]);
  for (OpOperand &operand : op->getOpOperands()) {
    Roles known;
    AffineMap map = op.getMatchingIndexingMap(&operand);
    for (auto [dim, expr] : llvm::enumerate(map.getResults())) {
      // A dimension of one element is what it is in the result.
      char role = isa<AffineConstantExpr>(expr) && dim < result.size()
                      ? result[dim]
                      : '\0';
      // Of a window's loops the first: the one over the result.
      for (unsigned loop = loops->size(); loop-- > 0;)
        if (expr.isFunctionOfDim(loop) && (*loops)[loop])
          role = (*loops)[loop];
      known.push_back(role);
    }
    changed |= set(operand.get(), known);
  }
  for (OpOperand *captured : capturedTensors(op))
    if (cast<RankedTensorType>(captured->get().getType()).getRank() ==
        cast<RankedTensorType>(op->getResult(0).getType()).getRank())
      changed |= tie(captured->get(), op->getResult(0));
  return changed;
}

bool DimensionRoles::spreadReshape(Value from, Value to,
                                   ArrayRef<ReassociationIndices> groups) {
  // `from` has one dimension for each group of `to`.
  bool changed = false;
  if (Roles known = of(from); !known.empty()) {
    Roles wide;
    for (auto [role, group] : llvm::zip_equal(known, groups))
      wide.append(group.size(), role);
    changed |= set(to, wide);
  }
  if (Roles known = of(to); !known.empty()) {
    auto shape = cast<RankedTensorType>(to.getType()).getShape();
    Roles narrow;
    for (const ReassociationIndices &group : groups) {
      char role = '\0';
      bool mixed = false;
      for (int64_t dim : group) {
        if (shape[dim] == 1 && role)
          continue;
        if (role && role != known[dim] && llvm::any_of(group, [&](int64_t d) {
              return d < dim && shape[d] != 1;
            }))
          mixed = true;
        role = known[dim];
      }
      narrow.push_back(mixed ? '\0' : role);
    }
    changed |= set(from, narrow);
  }
  return changed;
}

/// A slice of a volume is an image of the batch where it stands before the
/// channels, and part of the image behind them: what a transposition moves from
/// one side to the other changes its role, if only so there is an order.
static Roles moved(Roles roles) {
  if (isIdentity(storageOrder(roles, Layout::NCHW)) ||
      isIdentity(storageOrder(roles, Layout::NHWC)))
    return roles;
  bool before = true;
  for (char &role : roles) {
    before &= role != 'c';
    if (role != 'c')
      role = before ? 'n' : 's';
  }
  return roles;
}

bool DimensionRoles::spread(Operation *op) {
  if (auto transpose = dyn_cast<linalg::TransposeOp>(op)) {
    Value input = transpose.getInput(), result = op->getResult(0);
    ArrayRef<int64_t> permutation = transpose.getPermutation();
    bool changed = set(transpose.getInit(), of(result));
    if (Roles known = of(input); !known.empty()) {
      Roles there;
      for (int64_t dim : permutation)
        there.push_back(known[dim]);
      changed |= set(result, moved(std::move(there)));
    }
    if (Roles known = of(result); !known.empty()) {
      Roles here(known.size());
      for (auto [i, dim] : llvm::enumerate(permutation))
        here[dim] = known[i];
      changed |= set(input, moved(std::move(here)));
    }
    return changed;
  }
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op))
    return spreadLinalg(linalgOp);
  if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op))
    return spreadReshape(expand.getSrc(), expand.getResult(),
                         expand.getReassociationIndices());
  if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(op))
    return spreadReshape(collapse.getResult(), collapse.getSrc(),
                         collapse.getReassociationIndices());
  if (!isPositional(op))
    return false;
  SmallVector<Value> values(op->getOperands());
  llvm::append_range(values, op->getResults());
  Roles known;
  for (Value value : values)
    if (known.empty())
      known = Roles(of(value));
  bool changed = false;
  for (Value value : values)
    if (auto type = dyn_cast<RankedTensorType>(value.getType());
        type && type.getRank() == static_cast<int64_t>(known.size()))
      changed |= set(value, known);
  return changed;
}

} // namespace convopt
