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

} // namespace convopt
