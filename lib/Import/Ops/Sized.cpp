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

Error setBroadcastSizes(Node &node, ArrayRef<size_t> inputs, size_t output) {
  size_t rank = node.outputShape(output).size();
  for (size_t i : inputs) {
    if (!node.isSized(i))
      continue;
    size_t offset = rank - node.inputShape(i).size();
    for (size_t dim = 0; dim + offset < rank; ++dim)
      if (Value size = node.inputSize(i, dim)) {
        Value known = node.outputSize(output, offset + dim);
        if (known && !areEqualSizes(known, size))
          return node.error("two sizes that depend on data meet in dimension " +
                            Twine(offset + dim));
        node.setOutputSize(output, offset + dim, size);
      }
  }
  return Error::success();
}

/// Elements of input `i` behind the true size of `dims` become `filler`.
static void maskInput(Node &node, size_t i, ArrayRef<int64_t> dims,
                      TypedAttr filler) {
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

static SmallVector<int64_t> sizedDims(const Node &node, size_t i) {
  SmallVector<int64_t> dims;
  for (size_t dim = 0; node.isSized(i) && dim < node.inputShape(i).size();
       ++dim)
    if (node.inputSize(i, dim))
      dims.push_back(static_cast<int64_t>(dim));
  return dims;
}

/// Each element depends on the operands' at its place.
static Error importElementwise(Node &node, ImportFunction plain) {
  bool divides = node.op() == "Div" || node.op() == "Mod";
  if (divides && !isFloat(node.inputKind(1)) && node.isSized(1)) {
    // No division by what happens to lie there.
    Scalar scalar(node.builder, node.loc, node.inputKind(1));
    maskInput(node, 1, sizedDims(node, 1), scalar.attribute(1));
  }
  SmallVector<size_t> inputs;
  for (size_t i = 0; i < node.numInputs(); ++i)
    inputs.push_back(i);
  for (size_t i = 0; i < node.numOutputs(); ++i)
    if (node.hasOutput(i))
      if (Error error = setBroadcastSizes(node, inputs, i))
        return error;
  return plain(node);
}

/// Rows along one axis, or along that and all behind it, are normalised.
static Error importRows(Node &node, ImportFunction plain) {
  int64_t rank = static_cast<int64_t>(node.inputShape(0).size());
  bool toTheEnd = node.op() == "LayerNormalization" ||
                  node.op() == "RMSNormalization" ||
                  (node.opset() < 13 && node.op() != "LpNormalization");
  int64_t fallback = toTheEnd && node.op().ends_with("max") ? 1 : -1;
  auto axis = node.normalizeAxis(node.getInt("axis", fallback), rank);
  if (!axis)
    return axis.takeError();
  SmallVector<int64_t> axes;
  for (int64_t i = *axis; i < (toTheEnd ? rank : *axis + 1); ++i)
    axes.push_back(i);
  if (Error error = refuseSized(node, 0, ArrayRef<int64_t>(axes)))
    return error;
  for (size_t i = 1; i < node.numInputs(); ++i)
    if (Error error = refuseSized(node, i))
      return error;
  if (Error error = setBroadcastSizes(node, size_t(0)))
    return error;
  return plain(node);
}

/// The first dimension is a batch: each result depends on one entry of it.
static Error importBatch(Node &node, ImportFunction plain) {
  SmallVector<int64_t> others;
  for (size_t dim = 1; dim < node.inputShape(0).size(); ++dim)
    others.push_back(static_cast<int64_t>(dim));
  if (node.op() == "Gemm" && node.getInt("transA", 0))
    others = {0};
  if (Error error = refuseSized(node, 0, ArrayRef<int64_t>(others)))
    return error;
  for (size_t i = 1; i < node.numInputs(); ++i)
    if (Error error = refuseSized(node, i))
      return error;
  for (size_t i = 0; i < node.numOutputs(); ++i)
    if (node.hasOutput(i))
      node.setOutputSize(i, 0,
                         node.inputSize(0, node.getInt("transA", 0) ? 1 : 0));
  return plain(node);
}

static Error importMatMul(Node &node, ImportFunction plain) {
  int64_t rank = static_cast<int64_t>(node.inputShape(0).size());
  if (Error error = refuseSized(node, 1))
    return error;
  if (Error error = refuseSized(node, 0, ArrayRef<int64_t>{rank - 1}))
    return error;
  if (node.outputShape(0).size() != node.inputShape(0).size())
    return node.error("has a size that depends on data, and operands of ranks "
                      "that are not supported together");
  for (int64_t dim = 0; dim + 1 < rank; ++dim)
    if (Value size = node.inputSize(0, dim))
      node.setOutputSize(0, dim, size);
  return plain(node);
}

static Error importRoiAlign(Node &node, ImportFunction plain) {
  if (Error error = refuseSized(node, 0))
    return error;
  if (Error error = refuseSized(node, 1, ArrayRef<int64_t>{1}))
    return error;
  Value size = node.inputSize(1, 0);
  if (!size && node.isSized(2))
    size = node.inputSize(2, 0);
  if (size)
    node.setOutputSize(0, 0, size);
  return plain(node);
}

static Error importTranspose(Node &node, ImportFunction plain) {
  size_t rank = node.inputShape(0).size();
  auto perm = node.getInts("perm");
  for (size_t dim = 0; dim < rank; ++dim) {
    int64_t from = perm && perm->size() == rank
                       ? (*perm)[dim]
                       : static_cast<int64_t>(rank - 1 - dim);
    from += from < 0 ? static_cast<int64_t>(rank) : 0;
    if (from < 0 || from >= static_cast<int64_t>(rank))
      return node.error("perm does not fit the input");
    if (Value size = node.inputSize(0, from))
      node.setOutputSize(0, dim, size);
  }
  return plain(node);
}

/// What is not there is replaced by what changes nothing.
static Error importReduction(Node &node, ImportFunction plain) {
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
    if (op == "ReduceMax")
      filler = scalar.lowest();
    else if (op == "ReduceMin")
      filler = scalar.highest();
    else if (op == "ReduceProd")
      filler = scalar.attribute(1);
    else if (op == "ReduceMean" || op == "ReduceLogSumExp")
      return refuseSized(node, 0, ArrayRef<int64_t>(masked));
    maskInput(node, 0, masked, filler);
  }
  return plain(node);
}

/// Split and what else takes parts along an axis.
static Error importAlongAxis(Node &node, ImportFunction plain) {
  auto axis = node.normalizeAxis(
      node.getInt("axis", 0), static_cast<int64_t>(node.inputShape(0).size()));
  if (!axis)
    return axis.takeError();
  if (Error error = refuseSized(node, 0, ArrayRef<int64_t>{*axis}))
    return error;
  for (size_t i = 1; i < node.numInputs(); ++i)
    if (Error error = refuseSized(node, i))
      return error;
  bool drops = node.op().starts_with("Arg") && !node.getInt("keepdims", 1);
  for (size_t i = 0; i < node.numOutputs(); ++i)
    for (int64_t dim : sizedDims(node, 0))
      if (node.hasOutput(i))
        node.setOutputSize(i, drops && dim > *axis ? dim - 1 : dim,
                           node.inputSize(0, dim));
  return plain(node);
}

const SizedTable &getSizedTable() {
  static const SizedTable table = [] {
    SizedTable all;
    for (const char *op : {"Abs",
                           "Acos",
                           "Acosh",
                           "Add",
                           "And",
                           "Asin",
                           "Asinh",
                           "Atan",
                           "Atanh",
                           "BitShift",
                           "BitwiseAnd",
                           "BitwiseNot",
                           "BitwiseOr",
                           "BitwiseXor",
                           "Cast",
                           "Ceil",
                           "Celu",
                           "Clip",
                           "Cos",
                           "Cosh",
                           "Div",
                           "Dropout",
                           "Elu",
                           "Equal",
                           "Erf",
                           "Exp",
                           "Floor",
                           "Gelu",
                           "Greater",
                           "GreaterOrEqual",
                           "HardSigmoid",
                           "HardSwish",
                           "Identity",
                           "IsInf",
                           "IsNaN",
                           "LeakyRelu",
                           "Less",
                           "LessOrEqual",
                           "Log",
                           "Max",
                           "Mean",
                           "Min",
                           "Mish",
                           "Mod",
                           "Mul",
                           "Neg",
                           "Not",
                           "Or",
                           "PRelu",
                           "Pow",
                           "Reciprocal",
                           "Relu",
                           "Round",
                           "Selu",
                           "Shrink",
                           "Sigmoid",
                           "Sign",
                           "Sin",
                           "Sinh",
                           "Softplus",
                           "Softsign",
                           "Sqrt",
                           "Sub",
                           "Sum",
                           "Tan",
                           "Tanh",
                           "ThresholdedRelu",
                           "Where",
                           "Xor"})
      if (getOpTable().contains(op))
        all[op] = importElementwise;
    for (const char *op : {"Hardmax", "LayerNormalization", "LogSoftmax",
                           "LpNormalization", "RMSNormalization", "Softmax"})
      if (getOpTable().contains(op))
        all[op] = importRows;
    for (const char *op :
         {"AveragePool", "BatchNormalization", "Conv", "ConvTranspose",
          "DepthToSpace", "Gemm", "GlobalAveragePool", "GlobalMaxPool",
          "InstanceNormalization", "LRN", "LpPool", "MaxPool", "Resize",
          "SpaceToDepth", "Upsample"})
      if (getOpTable().contains(op))
        all[op] = importBatch;
    for (const char *op : {"ReduceSum", "ReduceProd", "ReduceMax", "ReduceMin",
                           "ReduceMean", "ReduceL1", "ReduceL2", "ReduceLogSum",
                           "ReduceLogSumExp", "ReduceSumSquare"})
      all[op] = importReduction;
    for (const char *op : {"Split", "ArgMax", "ArgMin"})
      all[op] = importAlongAxis;
    for (const char *op : {"Reshape", "Flatten", "Squeeze", "Unsqueeze"})
      all[op] = importSizedReshape;
    all["MatMul"] = importMatMul;
    all["RoiAlign"] = importRoiAlign;
    all["Transpose"] = importTranspose;
    all["Expand"] = importSizedExpand;
    all["ConstantOfShape"] = importSizedConstantOfShape;
    all["Range"] = importSizedRange;
    all["Shape"] = importSizedShape;
    all["Size"] = importSizedSize;
    all["Slice"] = importSizedSlice;
    all["Concat"] = importSizedConcat;
    all["Gather"] = importSizedGather;
    all["GatherElements"] = importSizedGatherElements;
    all["GatherND"] = importSizedGatherND;
    return all;
  }();
  return table;
}

} // namespace convopt
