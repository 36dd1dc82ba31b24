// Operators that mix elements along a dimension whose size depends on data:
// sums and other reductions, the largest elements and where they are. The
// tensor has room for the largest size, and behind the true one lies anything.
// So what is not there is replaced by what changes nothing, the operator's
// neutral element, or where positions are asked for by the worst value: that
// comes last, behind all that are there. A mean is taken over all places, so
// before it elements grow by what that is too small.
#include "Sized.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

/// Elements of input 0 grow by what the mean of all places, be there something
/// or not, is too small.
static void scaleInput(Node &node, ArrayRef<int64_t> dims) {
  SmallVector<Operand> operands{Operand(node, 0)};
  double places = 1;
  for (int64_t dim : dims) {
    operands.push_back(node.inputSize(0, dim));
    places *= static_cast<double>(node.inputShape(0)[dim]);
  }
  Value scaled =
      elementwise(node, operands, node.inputShape(0), node.inputKind(0),
                  [&](Scalar &s, ArrayRef<Value> a) {
                    Value factor = s.constant(places);
                    for (Value size : a.drop_front())
                      factor = s.div(factor, s.convert(size, ElementKind::I64));
                    return s.mul(a[0], factor);
                  });
  node.substitute(0, scaled);
}

/// What is not there is replaced by what changes nothing.
Error importSizedReduction(Node &node, ImportFunction plain) {
  int64_t rank = static_cast<int64_t>(node.inputShape(0).size());
  auto given = node.getIntsOrInput("axes", 1);
  if (!given)
    return given.takeError();
  std::vector<int64_t> list = given->value_or(std::vector<int64_t>());
  if (list.empty() && !node.getInt("noop_with_empty_axes", 0))
    list.assign(llvm::seq<int64_t>(0, rank).begin(),
                llvm::seq<int64_t>(0, rank).end());
  auto axes = node.normalizeAxes(list, rank);
  if (!axes)
    return axes.takeError();
  SmallVector<int64_t> masked;
  bool keep = node.getInt("keepdims", 1) != 0;
  size_t to = 0;
  for (int64_t dim = 0; dim < rank; ++dim) {
    bool reduced = llvm::is_contained(*axes, dim);
    Value size = node.inputSize(0, dim);
    if (size && reduced)
      masked.push_back(dim);
    if (size && !reduced)
      node.setOutputSize(0, to, size);
    to += !reduced || keep;
  }
  if (!masked.empty()) {
    StringRef op = node.op();
    Scalar scalar(node.builder, node.loc, node.inputKind(0));
    TypedAttr filler = scalar.attribute(0);
    if (op == "ReduceMax" || op == "ReduceLogSumExp")
      filler = scalar.lowest();
    else if (op == "ReduceMin")
      filler = scalar.highest();
    else if (op == "ReduceProd")
      filler = scalar.attribute(1);
    if (op == "ReduceMean") {
      if (!isFloat(node.inputKind(0)))
        return refuseSized(node, 0, ArrayRef<int64_t>(masked));
      scaleInput(node, masked);
    }
    maskInput(node, 0, masked, filler);
  }
  return plain(node);
}

/// What is not there comes last: with the worst value, behind all others.
static void maskWorst(Node &node, int64_t axis, bool largest) {
  Scalar scalar(node.builder, node.loc, node.inputKind(0));
  maskInput(node, 0, axis, largest ? scalar.lowest() : scalar.highest());
}

Error importSizedTopK(Node &node, ImportFunction plain) {
  auto axis = node.normalizeAxis(
      node.getInt("axis", -1), static_cast<int64_t>(node.inputShape(0).size()));
  if (!axis)
    return axis.takeError();
  Value size = node.inputSize(0, *axis), count;
  if (node.numInputs() > 1 && !node.constant(1))
    count = sizeFromInput(node, 1, 0);
  if (size)
    maskWorst(node, *axis, node.getInt("largest", 1) != 0);
  for (size_t i = 0; i < node.numOutputs(); ++i) {
    if (!node.hasOutput(i))
      continue;
    for (int64_t dim : sizedDims(node, 0))
      if (dim != *axis)
        node.setOutputSize(i, dim, node.inputSize(0, dim));
    if (count)
      node.setOutputSize(i, *axis, count);
  }
  return plain(node);
}

/// Split and what else takes parts along an axis.
Error importSizedAlongAxis(Node &node, ImportFunction plain) {
  auto axis = node.normalizeAxis(
      node.getInt("axis", 0), static_cast<int64_t>(node.inputShape(0).size()));
  if (!axis)
    return axis.takeError();
  bool finds = node.op().starts_with("Arg");
  if (finds && node.inputSize(0, *axis) && !node.getInt("select_last_index", 0))
    maskWorst(node, *axis, node.op() == "ArgMax");
  else if (Error error = refuseSized(node, 0, ArrayRef<int64_t>{*axis}))
    return error;
  for (size_t i = 1; i < node.numInputs(); ++i)
    if (Error error = refuseSized(node, i))
      return error;
  bool drops = finds && !node.getInt("keepdims", 1);
  for (size_t i = 0; i < node.numOutputs(); ++i)
    for (int64_t dim : sizedDims(node, 0))
      if (node.hasOutput(i) && (!finds || dim != *axis))
        node.setOutputSize(i, drops && dim > *axis ? dim - 1 : dim,
                           node.inputSize(0, dim));
  return plain(node);
}

} // namespace convopt
