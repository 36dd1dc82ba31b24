#include "DimensionRoles.h"
#include "mlir/Dialect/Linalg/IR/LinalgInterfaces.h"

using namespace mlir;

namespace convopt {

bool isIdentity(ArrayRef<int64_t> permutation) {
  for (auto [i, p] : llvm::enumerate(permutation))
    if (static_cast<int64_t>(i) != p)
      return false;
  return true;
}

Permutation between(ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  Permutation result;
  for (int64_t dim : to)
    result.push_back(llvm::find(from, dim) - from.begin());
  return result;
}

bool movesElements(ArrayRef<int64_t> permutation,
                   ArrayRef<int64_t> shapeBefore) {
  int64_t last = -1;
  for (int64_t position : permutation) {
    if (shapeBefore[position] == 1)
      continue;
    if (position < last)
      return true;
    last = position;
  }
  return false;
}

Permutation storageOrder(ArrayRef<char> roles, Layout layout) {
  Permutation order;
  for (char role : StringRef(layout == Layout::NCHW ? "ncs" : "nsc"))
    for (auto [dim, r] : llvm::enumerate(roles))
      if (r == role)
        order.push_back(dim);
  return order;
}

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

std::optional<ConvRoles> getConvRoles(const ConvOp &conv) {
  FailureOr<linalg::ConvolutionDimensions> dims =
      linalg::inferConvolutionDims(conv.op);
  if (failed(dims))
    return std::nullopt;
  auto rolesOf = [&](AffineMap map) {
    Roles roles;
    for (AffineExpr expr : map.getResults()) {
      auto uses = [&](ArrayRef<unsigned> loops) {
        return llvm::any_of(
            loops, [&](unsigned loop) { return expr.isFunctionOfDim(loop); });
      };
      bool channel = uses(dims->depth) || uses(dims->inputChannel) ||
                     uses(dims->outputChannel);
      roles.push_back(channel ? 'c' : uses(dims->outputImage) ? 's' : 'n');
    }
    return roles;
  };
  linalg::LinalgOp op = conv.op;
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  return ConvRoles{rolesOf(maps[0]), rolesOf(maps[2])};
}

DimensionRoles::DimensionRoles(Block &block) {
  for (auto op : block.getOps<linalg::LinalgOp>())
    if (std::optional<ConvOp> conv = matchConvolution(op))
      if (std::optional<ConvRoles> known = getConvRoles(*conv)) {
        set(conv->input, known->image);
        set(op.getDpsInputOperand(0)->get(), known->image);
        set(op->getResult(0), known->result);
        set(conv->init, known->result);
      }
  // Down and up again until nothing more is learnt.
  bool changed = true;
  while (changed) {
    changed = false;
    for (Operation &op : block)
      changed |= spread(&op);
    for (Operation &op : llvm::reverse(block))
      changed |= spread(&op);
  }
}

Roles DimensionRoles::of(Value value) const {
  // A copy: what is learnt next may move the table.
  return roles.lookup(value);
}

bool DimensionRoles::set(Value value, ArrayRef<char> known) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.hasStaticShape() || known.empty() ||
      roles.contains(value) || llvm::is_contained(known, '\0'))
    return false;
  // A tensor that stands in neither order (depth-to-space halfway) stays as it
  // is.
  if (!isIdentity(storageOrder(known, Layout::NCHW)) &&
      !isIdentity(storageOrder(known, Layout::NHWC)))
    return false;
  roles[value] = Roles(known);
  return true;
}

bool DimensionRoles::tie(Value a, Value b) {
  return set(a, of(b)) || set(b, of(a));
}

unsigned DimensionRoles::orderCount(Value value) const {
  Roles known = of(value);
  return known.empty() || storageOrder(known, Layout::NCHW) ==
                              storageOrder(known, Layout::NHWC)
             ? 1
             : 2;
}

Permutation DimensionRoles::order(Value value, unsigned number) const {
  if (orderCount(value) == 2)
    return storageOrder(of(value), static_cast<Layout>(number));
  return llvm::to_vector<6>(
      llvm::seq<int64_t>(cast<RankedTensorType>(value.getType()).getRank()));
}

unsigned DimensionRoles::writtenOrder(Value value) const {
  return isIdentity(order(value, 0)) ? 0 : 1;
}

bool DimensionRoles::ordersDiffer(Value value) const {
  if (orderCount(value) == 1)
    return false;
  Permutation first = order(value, 0);
  auto shape = cast<RankedTensorType>(value.getType()).getShape();
  SmallVector<int64_t> stored;
  for (int64_t dim : first)
    stored.push_back(shape[dim]);
  return movesElements(between(first, order(value, 1)), stored);
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
