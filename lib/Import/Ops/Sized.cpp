// Operators on tensors whose sizes depend on data. Memory is planned for the
// largest size; operations run over all of it, and what they make of elements
// behind the true size means nothing. So an operator whose elements depend on
// elements at the same place needs no other code, only its result's sizes,
// which are values of the program. One that mixes elements along such a
// dimension has to leave those out that are not there.
#include "Sized.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

Value computeSize(Node &node, ArrayRef<Value> sizes,
                  llvm::function_ref<Value(Scalar &, ArrayRef<Value>)> body) {
  SmallVector<Operand> operands;
  for (Value size : sizes)
    operands.push_back(size);
  return elementwise(node, operands, {}, ElementKind::I64, body);
}

Value constantSize(Node &node, int64_t size) {
  return node.materialise(Constant::fromInts(ElementKind::I64, {}, size));
}

/// `same`: values inside of two bodies that stand for each other.
static bool areEqual(Value a, Value b, DenseMap<Value, Value> &same,
                     int depth) {
  if (a == b || same.lookup(a) == b)
    return true;
  Operation *x = a.getDefiningOp(), *y = b.getDefiningOp();
  if (!x || !y || depth == 0 ||
      cast<OpResult>(a).getResultNumber() !=
          cast<OpResult>(b).getResultNumber())
    return false;
  return OperationEquivalence::isEquivalentTo(
      x, y,
      [&](Value p, Value q) {
        return success(areEqual(p, q, same, depth - 1));
      },
      [&](Value p, Value q) { same[p] = q; },
      OperationEquivalence::IgnoreLocations);
}

bool areEqualSizes(Value a, Value b) {
  // Deeper chains of arithmetic count as different.
  constexpr int depthLimit = 12;
  DenseMap<Value, Value> same;
  return areEqual(a, b, same, depthLimit);
}

Value sizeOf(Node &node, size_t i, size_t dim) {
  Value size = node.inputSize(i, dim);
  return size ? size : constantSize(node, node.inputShape(i)[dim]);
}

Value sizeFromInput(Node &node, size_t i, int64_t index) {
  Value entry = reshape(node, slice(node, node.input(i), index, 1), {});
  ElementKind kind = node.inputKind(i);
  return elementwise(
      node, Operand(entry), {}, ElementKind::I64,
      [&](Scalar &s, ArrayRef<Value> a) { return s.convert(a[0], kind); });
}

Value readSize(Scalar &s, Value size) {
  return s.builder.create<tensor::ExtractOp>(s.loc, size, ValueRange());
}

Error refuseSized(Node &node, size_t i, std::optional<ArrayRef<int64_t>> dims) {
  for (size_t dim = 0; node.isSized(i) && dim < node.inputShape(i).size();
       ++dim)
    if (node.inputSize(i, dim) &&
        (!dims || llvm::is_contained(*dims, static_cast<int64_t>(dim))))
      return node.error("dimension " + Twine(dim) + " of input " + Twine(i) +
                        " has a size that depends on data, which is not "
                        "supported here");
  return Error::success();
}

namespace {
/// What the inputs of a broadcasting operator say of one of its dimensions.
struct BroadcastDim {
  Value size;           ///< that depends on data; null if none does
  bool isFixed = false; ///< an input has a size that does not, and is not 1
  /// Sizes of inputs that have one element or none there, where the result may
  /// have more: without elements the result has none.
  SmallVector<Value> units;
};
} // namespace

/// An error where two sizes meet that need not be equal.
static llvm::Expected<BroadcastDim> readBroadcastDim(Node &node,
                                                     ArrayRef<size_t> inputs,
                                                     size_t dim, int64_t extent,
                                                     size_t rank) {
  BroadcastDim result;
  for (size_t i : inputs) {
    if (!node.hasInput(i) || dim + node.inputShape(i).size() < rank)
      continue;
    size_t own = dim + node.inputShape(i).size() - rank;
    Value size = node.inputSize(i, own);
    if (node.inputShape(i)[own] == 1 && extent != 1) {
      if (size)
        result.units.push_back(size);
    } else if (!size) {
      result.isFixed |= extent != 1;
    } else if (!result.size) {
      result.size = size;
    } else if (!areEqualSizes(result.size, size)) {
      if (extent == 1)
        result.units.push_back(size);
      else
        return node.error("two sizes that depend on data meet in dimension " +
                          Twine(dim));
    }
  }
  if (result.size && result.isFixed)
    return node.error("a size that depends on data meets one that does not in "
                      "dimension " +
                      Twine(dim));
  return result;
}

Error setBroadcastSizes(Node &node, ArrayRef<size_t> inputs, size_t output) {
  ArrayRef<int64_t> shape = node.outputShape(output);
  for (size_t dim = 0; dim < shape.size(); ++dim) {
    auto read = readBroadcastDim(node, inputs, dim, shape[dim], shape.size());
    if (!read)
      return read.takeError();
    SmallVector<Value> sizes(read->units);
    if (read->size || !sizes.empty())
      sizes.push_back(read->size ? read->size : constantSize(node, shape[dim]));
    if (sizes.empty())
      continue;
    Value size = sizes.pop_back_val();
    for (Value unit : sizes)
      size = computeSize(node, {size, unit}, [](Scalar &s, ArrayRef<Value> a) {
        return s.mul(a[0], a[1]);
      });
    node.setOutputSize(output, dim, size);
  }
  return Error::success();
}

SmallVector<int64_t> sizedDims(const Node &node, size_t i) {
  SmallVector<int64_t> dims;
  for (size_t dim = 0; node.isSized(i) && dim < node.inputShape(i).size();
       ++dim)
    if (node.inputSize(i, dim))
      dims.push_back(static_cast<int64_t>(dim));
  return dims;
}

void maskInput(Node &node, size_t i, ArrayRef<int64_t> dims, TypedAttr filler) {
  ElementKind kind = node.inputKind(i);
  Value masked = elementwise(
      node, Operand(node, i), node.inputShape(i), kind,
      [&](Scalar &s, ArrayRef<Value> a) {
        OpBuilder &b = s.builder;
        Scalar integer(b, s.loc, ElementKind::I64);
        Value other = b.create<arith::ConstantOp>(s.loc, filler), x = a[0];
        for (int64_t dim : dims) {
          Value at = b.create<arith::IndexCastOp>(
              s.loc, b.getI64Type(),
              b.create<linalg::IndexOp>(s.loc, dim).getResult());
          Value exists = integer.less(at, readSize(s, node.inputSize(i, dim)));
          x = s.select(exists, x, other);
        }
        return x;
      });
  node.substitute(i, masked);
}

} // namespace convopt
