// Operators that copy elements by a rule: DepthToSpace, SpaceToDepth, Expand,
// Tile, Trilu, EyeLike, OneHot.
#include "Generic.h"
#include "Ops.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

static Error importDepthToSpace(Node &node) {
  int64_t block = node.getInt("blocksize", 0);
  ArrayRef<int64_t> x = node.inputShape(0);
  if (x.size() != 4 || block < 1 || x[1] % block || x[1] / block % block)
    return node.error("blocksize does not fit the channels");
  int64_t channels = x[1] / block / block;
  bool columnRow = node.getString("mode", "DCR") == "CRD";
  Shape apart = columnRow ? Shape{x[0], channels, block, block, x[2], x[3]}
                          : Shape{x[0], block, block, channels, x[2], x[3]};
  SmallVector<int64_t> perm = columnRow
                                  ? SmallVector<int64_t>{0, 1, 4, 2, 5, 3}
                                  : SmallVector<int64_t>{0, 3, 4, 1, 5, 2};
  Value y = transpose(node, reshape(node, node.input(0), apart), perm);
  return node.setOutput(0, reshape(node, y, node.outputShape(0)));
}

static Error importSpaceToDepth(Node &node) {
  int64_t block = node.getInt("blocksize", 0);
  ArrayRef<int64_t> x = node.inputShape(0);
  if (x.size() != 4 || block < 1 || x[2] % block || x[3] % block)
    return node.error("blocksize does not fit the image");
  Shape apart = {x[0], x[1], x[2] / block, block, x[3] / block, block};
  Value y =
      transpose(node, reshape(node, node.input(0), apart), {0, 3, 5, 1, 2, 4});
  return node.setOutput(0, reshape(node, y, node.outputShape(0)));
}

static Error importExpand(Node &node) {
  return node.setOutput(
      0, elementwise(node, Operand(node, 0), node.outputShape(0),
                     node.outputKind(0),
                     [](Scalar &, ArrayRef<Value> x) { return x[0]; }));
}

static Error importTile(Node &node) {
  auto repeats = node.constantInts(1, "repeats");
  if (!repeats)
    return repeats.takeError();
  ArrayRef<int64_t> shape = node.inputShape(0);
  if (repeats->size() != shape.size())
    return node.error("repeats must have one entry a dimension");
  // Each repetition is a dimension in front of the one that it repeats.
  Shape apart, repeated;
  for (auto [extent, count] : llvm::zip(shape, *repeats)) {
    if (count != 1) {
      apart.push_back(1);
      repeated.push_back(count);
    }
    apart.push_back(extent);
    repeated.push_back(extent);
  }
  if (apart.size() == shape.size())
    return node.forward(0, 0);
  if (!countElements(repeated))
    return node.error("repeats are negative or too large");
  Value y = elementwise(node, Operand(reshapedInput(node, 0, apart)), repeated,
                        node.outputKind(0),
                        [](Scalar &, ArrayRef<Value> x) { return x[0]; });
  return node.setOutput(0, reshape(node, y, node.outputShape(0)));
}

/// row + offset <= column, or its opposite.
static Value onOrAbove(Scalar &s, Value row, Value column, int64_t offset) {
  Value shift = s.builder.create<arith::ConstantIndexOp>(s.loc, offset);
  Value first = s.builder.create<arith::AddIOp>(s.loc, row, shift);
  return s.builder.create<arith::CmpIOp>(s.loc, arith::CmpIPredicate::sle,
                                         first, column);
}

/// Offsets of a diagonal beyond any matrix say no more than this.
static int64_t limitDiagonal(int64_t k) {
  constexpr int64_t limit = int64_t(1) << 40;
  return std::clamp(k, -limit, limit);
}

static Error importTrilu(Node &node) {
  int64_t k = 0, rank = node.inputShape(0).size();
  if (node.hasInput(1)) {
    auto given = node.constantInts(1, "k");
    if (!given)
      return given.takeError();
    if (given->size() != 1)
      return node.error("k must be one number");
    k = limitDiagonal(given->front());
  }
  bool upper = node.getInt("upper", 1);
  Value x = node.input(0);
  Value y = elementwise(
      node, Operand(x), node.outputShape(0), node.outputKind(0),
      [&](Scalar &s, ArrayRef<Value> a) {
        Value row = s.builder.create<linalg::IndexOp>(s.loc, rank - 2);
        Value column = s.builder.create<linalg::IndexOp>(s.loc, rank - 1);
        Value zero = s.constant(0);
        if (upper)
          return s.select(onOrAbove(s, row, column, k), a[0], zero);
        return s.select(onOrAbove(s, row, column, k + 1), zero, a[0]);
      });
  return node.setOutput(0, y);
}

static Error importEyeLike(Node &node) {
  int64_t k = limitDiagonal(node.getInt("k", 0));
  Value y = generate(node, node.outputShape(0), node.outputKind(0),
                     [&](Scalar &s, ArrayRef<Value> at) {
                       Value shift =
                           s.builder.create<arith::ConstantIndexOp>(s.loc, k);
                       Value diagonal =
                           s.builder.create<arith::AddIOp>(s.loc, at[0], shift);
                       Value hit = s.builder.create<arith::CmpIOp>(
                           s.loc, arith::CmpIPredicate::eq, diagonal, at[1]);
                       return s.select(hit, s.constant(1), s.constant(0));
                     });
  return node.setOutput(0, y);
}

static Error importOneHot(Node &node) {
  auto depths = node.constantInts(1, "depth");
  if (!depths)
    return depths.takeError();
  int64_t rank = node.outputShape(0).size();
  auto axis = node.normalizeAxis(node.getInt("axis", -1), rank);
  if (!axis)
    return axis.takeError();
  int64_t depth = node.outputShape(0)[*axis];
  if (depths->size() != 1 || depths->front() != depth)
    return node.error("depth must be one number");
  Shape column(node.inputShape(0));
  column.insert(column.begin() + *axis, 1);
  Value indices = reshapedInput(node, 0, column);
  Value values = node.input(2);
  ElementKind from = node.inputKind(0);
  Value y = elementwise(
      node, Operand(indices), node.outputShape(0), node.outputKind(0),
      [&](Scalar &s, ArrayRef<Value> a) {
        OpBuilder &b = s.builder;
        Scalar integer(b, s.loc, ElementKind::I64);
        Value index = integer.convert(a[0], from);
        Value wrapped = integer.add(index, integer.intConstant(depth));
        index = s.select(integer.less(index, integer.intConstant(0)), wrapped,
                         index);
        Value at = b.create<arith::IndexCastOp>(
            s.loc, b.getI64Type(),
            b.create<linalg::IndexOp>(s.loc, *axis).getResult());
        auto entry = [&](int64_t i) -> Value {
          Value place = b.create<arith::ConstantIndexOp>(s.loc, i);
          return b.create<tensor::ExtractOp>(s.loc, values, place);
        };
        return s.select(integer.equal(index, at), entry(1), entry(0));
      });
  return node.setOutput(0, y);
}

void registerRearrangeOps(OpTable &table) {
  table["DepthToSpace"] = importDepthToSpace;
  table["SpaceToDepth"] = importSpaceToDepth;
  table["Expand"] = importExpand;
  table["Tile"] = importTile;
  table["Trilu"] = importTrilu;
  table["EyeLike"] = importEyeLike;
  table["OneHot"] = importOneHot;
}

} // namespace convopt
