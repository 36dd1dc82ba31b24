// What operators do with operands whose sizes depend on data. Here are those in
// which every result depends on elements that exist if it does itself: element
// by element, by rows or entries of a batch that are whole, transposed. Each
// says the sizes of its results and leaves the rest to its importer. Those that
// mix elements along an open dimension are in SizedReduction.cpp, those that
// rearrange them in SizedReshape.cpp, SizedSlice.cpp, SizedConcat.cpp and
// SizedGather.cpp, those that give shapes in SizedShapes.cpp.
#include "Sized.h"

using namespace mlir;
using llvm::Error;

namespace convopt {

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
  if (node.op() == "Gemm" && node.hasInput(2) &&
      node.inputShape(2).size() == 2 && node.inputShape(2)[0] != 1)
    return node.error("a size that depends on data meets one that does not in "
                      "dimension 0");
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
  for (int64_t dim = 0; dim + 1 < rank; ++dim) {
    Value size = node.inputSize(0, dim);
    if (!size)
      continue;
    // In a batch the other operand must have one element or leave it out.
    size_t fromEnd = rank - dim;
    ArrayRef<int64_t> other = node.inputShape(1);
    if (fromEnd > 2 && fromEnd <= other.size() &&
        other[other.size() - fromEnd] != 1)
      return node.error("a size that depends on data meets one that does not "
                        "in dimension " +
                        Twine(dim));
    node.setOutputSize(0, dim, size);
  }
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

static constexpr StringLiteral elementwiseOps =
    "Abs Acos Acosh Add And Asin Asinh Atan Atanh BitShift "
    "BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Cast Ceil Celu Clip "
    "Cos Cosh Div Dropout Elu Equal Erf Exp Floor Gelu Greater "
    "GreaterOrEqual HardSigmoid HardSwish Identity IsInf IsNaN "
    "LeakyRelu Less LessOrEqual Log Max Mean Min Mish Mod Mul Neg "
    "Not Or PRelu Pow Reciprocal Relu Round Selu Shrink Sigmoid "
    "Sign Sin Sinh Softplus Softsign Sqrt Sub Sum Tan Tanh "
    "ThresholdedRelu Where Xor";

const SizedTable &getSizedTable() {
  static const SizedTable table = [] {
    SizedTable all;
    SmallVector<StringRef> names;
    elementwiseOps.split(names, ' ');
    for (StringRef op : names)
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
      all[op] = importSizedReduction;
    for (const char *op : {"Split", "ArgMax", "ArgMin"})
      all[op] = importSizedAlongAxis;
    for (const char *op : {"Reshape", "Flatten", "Squeeze", "Unsqueeze"})
      all[op] = importSizedReshape;
    all["MatMul"] = importMatMul;
    all["RoiAlign"] = importRoiAlign;
    all["TopK"] = importSizedTopK;
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
