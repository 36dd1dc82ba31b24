// Operators on 8-bit integers of ONNX Runtime's own domain, as its quantiser
// writes them where ONNX has none (QuantFormat.QOperator), and as its optimiser
// makes them of a DequantizeLinear, an operator on numbers and a
// QuantizeLinear. That is what each is defined as, and what it becomes here. A
// product (QGemm) stays one of integers, with its bias among the integers.
//
// ONNX Runtime goes shorter ways: it multiplies by the quotient of two scales
// in place of dividing, and looks functions of one byte up in a table of 256.
// So where a result lies halfway between two quanta the two might take
// different ones. test/operators/test_onnxruntime_quantised.py counts these: of
// 20,000 random elements of each operator, u8 and s8, there are none. (ONNX
// Runtime cannot run QLinearReduceMean; of 50 elements one is another than in
// double precision.)
// https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
#include "Expansion.h"
#include "Fused.h"

using namespace llvm;

namespace convopt {

using Name = Expansion::Name;

/// What of the inputs must be there, each of one element: scales and, where
/// they are there, zero points.
static Error checkScales(const Node &node, ArrayRef<size_t> scales) {
  for (size_t i : scales) {
    if (!node.hasInput(i))
      return node.error("input " + Twine(i) + " is missing");
    for (size_t j : {i, i + 1})
      if (node.hasInput(j) && *countElements(node.inputShape(j)) != 1)
        return node.error("input " + Twine(j) + " has more than one element");
  }
  return Error::success();
}

/// Input `i`, whose scale and zero point are the two inputs behind it.
static Name dequantise(Expansion &e, size_t i) {
  return e.add("DequantizeLinear",
               {e.input(i), e.input(i + 1), e.input(i + 2)});
}

/// `x` as output 0, by the scale and the zero point that inputs `scale` and the
/// one behind it are; without the latter it is nought, of the type of `kind`.
static void quantise(Expansion &e, const Name &x, size_t scale,
                     ElementKind kind) {
  Name zero = e.input(scale + 1);
  if (zero.empty())
    zero = e.constant(Constant::fromInts(kind, {}, int64_t(0)));
  e.setOutput(0, e.add("QuantizeLinear", {x, e.input(scale), zero}));
}

/// QLinearAdd, QLinearMul: a and b, each with scale and zero point, then those
/// of the result.
static Error expandBinary(const Node &node, Expansion &e, StringRef op) {
  if (Error error = checkScales(node, {1, 4, 6}))
    return error;
  quantise(e, e.add(op, {dequantise(e, 0), dequantise(e, 3)}), 6,
           node.inputKind(0));
  return Error::success();
}

/// QLinearSigmoid, QLinearLeakyRelu: x, scale, zero point, then the result's.
static Error expandUnary(const Node &node, Expansion &e, StringRef op) {
  if (Error error = checkScales(node, {1, 3}))
    return error;
  quantise(e, e.addLike(op, dequantise(e, 0)), 3, node.inputKind(0));
  return Error::success();
}

/// Attribute `opset` says whose Softmax it is: before 13 over all dimensions
/// from the axis on, which is 1 then if it is not given.
static Error expandSoftmax(const Node &node, Expansion &e) {
  if (Error error = checkScales(node, {1, 3}))
    return error;
  ArrayRef<int64_t> shape = node.inputShape(0);
  const bool old = node.getInt("opset", 13) < 13;
  auto axis = node.normalizeAxis(node.getInt("axis", old ? 1 : -1),
                                 static_cast<int64_t>(shape.size()));
  if (!axis)
    return axis.takeError();
  Name x = dequantise(e, 0);
  if (old) {
    Shape rows(shape.take_front(*axis));
    rows.push_back(*countElements(shape.drop_front(*axis)));
    x = e.add("Reshape", {x, e.ints(rows)}, {{"allowzero", 1}});
  }
  x = e.add("Softmax", x, {{"axis", old ? -1 : *axis}});
  if (old)
    x = e.add("Reshape", {x, e.ints(shape)}, {{"allowzero", 1}});
  quantise(e, x, 3, node.inputKind(0));
  return Error::success();
}

static Error checkImage(const Node &node) {
  return node.inputShape(0).size() < 3
             ? node.error("the input has no spatial dimension")
             : Error::success();
}

/// QLinearAveragePool, QLinearGlobalAveragePool; with `channels_last` images
/// are N x spatial x C.
static Error expandPool(const Node &node, Expansion &e, StringRef op) {
  if (Error error = checkScales(node, {1, 3}))
    return error;
  if (Error error = checkImage(node))
    return error;
  const size_t rank = node.inputShape(0).size();
  const bool last = node.getInt("channels_last", 0);
  Name x = dequantise(e, 0);
  if (last)
    x = e.add("Transpose", x, {{"perm", moveChannels(rank, false)}});
  x = e.addLike(op, x, {"channels_last"});
  if (last)
    x = e.add("Transpose", x, {{"perm", moveChannels(rank, true)}});
  quantise(e, x, 3, node.inputKind(0));
  return Error::success();
}

static Error expandReduceMean(const Node &node, Expansion &e) {
  if (Error error = checkScales(node, {1, 3}))
    return error;
  auto axes = node.getInts("axes");
  Name given = axes ? e.ints(*axes) : Name();
  quantise(e,
           e.add("ReduceMean", {dequantise(e, 0), given},
                 {{"keepdims", node.getInt("keepdims", 1)}}),
           3, node.inputKind(0));
  return Error::success();
}

/// The scale and the zero point of the result come first, then each operand
/// with its own.
static Error expandConcat(const Node &node, Expansion &e) {
  if (node.numInputs() < 5 || node.numInputs() % 3 != 2)
    return node.error("an operand lacks its scale or its zero point");
  SmallVector<Name> operands;
  SmallVector<size_t> scales{0};
  for (size_t i = 2; i < node.numInputs(); i += 3) {
    if (!node.hasInput(i))
      return node.error("input " + Twine(i) + " is missing");
    scales.push_back(i + 1);
    operands.push_back(dequantise(e, i));
  }
  if (Error error = checkScales(node, scales))
    return error;
  quantise(e, e.addLike("Concat", operands), 0, node.inputKind(2));
  return Error::success();
}

/// Condition, x, scale, zero point, y, scale, zero point, those of the result.
static Error expandWhere(const Node &node, Expansion &e) {
  if (Error error = checkScales(node, {2, 5, 7}))
    return error;
  quantise(e, e.add("Where", {e.input(0), dequantise(e, 1), dequantise(e, 4)}),
           7, node.inputKind(1));
  return Error::success();
}

/// That of ONNX but for images whose channels are last; the filter's are not.
static Error expandConv(const Node &node, Expansion &e) {
  if (Error error = checkImage(node))
    return error;
  const size_t rank = node.inputShape(0).size();
  const bool last = node.getInt("channels_last", 0);
  SmallVector<Name> inputs;
  for (size_t i = 0; i < node.numInputs(); ++i)
    inputs.push_back(e.input(i));
  if (last)
    inputs[0] =
        e.add("Transpose", inputs[0], {{"perm", moveChannels(rank, false)}});
  Name y = e.addLike("QLinearConv", inputs, {"channels_last"});
  if (last)
    y = e.add("Transpose", y, {{"perm", moveChannels(rank, true)}});
  e.setOutput(0, y);
  return Error::success();
}

/// alpha * scales * (a * b + c), c in integers: a and b with scale and zero
/// point, c, then the scale and zero point of the result, which is f32 without
/// them. Scales of b may be one a column.
static Error expandGemm(const Node &node, Expansion &e) {
  for (size_t i : {3, 4})
    if (!node.hasInput(i))
      return node.error("input " + Twine(i) + " is missing");
  if (Error error = checkScales(node, 1))
    return error;
  auto matrix = [&](size_t i, const char *transposed) {
    return node.getInt(transposed, 0)
               ? e.add("Transpose", e.input(i),
                       {{"perm", ArrayRef<int64_t>{1, 0}}})
               : e.input(i);
  };
  for (size_t i : {0, 3})
    if (node.inputShape(i).size() != 2)
      return node.error("input " + Twine(i) + " is no matrix");
  Name sum = e.add("MatMulInteger", {matrix(0, "transA"), matrix(3, "transB"),
                                     e.input(2), e.input(5)});
  if (node.hasInput(6))
    sum = e.add("Add", {sum, e.input(6)});
  // As ONNX Runtime rounds it.
  Name factor = e.input(1);
  if (double alpha = node.getFloat("alpha", 1); alpha != 1)
    factor = e.add("Mul", {e.number(ElementKind::F32, alpha), factor});
  factor = e.add("Mul", {factor, e.input(4)});
  if (node.hasInput(7))
    factor = e.add("Div", {factor, e.input(7)});
  Name number =
      e.add("Cast", sum, {{"to", elementKindToOnnx(ElementKind::F32)}});
  number = e.add("Mul", {number, factor});
  if (!node.hasInput(7)) {
    e.setOutput(0, number);
    return Error::success();
  }
  if (Error error = checkScales(node, 7))
    return error;
  Name zero = e.input(8);
  if (zero.empty())
    zero = e.constant(Constant::fromInts(node.inputKind(0), {}, int64_t(0)));
  e.setOutput(0, e.add("QuantizeLinear",
                       {number, e.number(ElementKind::F32, 1), zero}));
  return Error::success();
}

/// Those of ONNX, which have all types and the axis since.
static Error expandSame(const Node &node, Expansion &e) {
  e.setOutput(0, e.addLike(node.op(), {e.input(0), e.input(1), e.input(2)}));
  return Error::success();
}

template <Error (*expand)(const Node &, Expansion &, StringRef)>
static Error expandQLinear(const Node &node, Expansion &e) {
  return expand(node, e, node.op().drop_front(StringRef("QLinear").size()));
}

void registerQuantisedExpansions(ExpandTable &table) {
  table["com.microsoft:QLinearAdd"] = {expandQLinear<expandBinary>, 2};
  table["com.microsoft:QLinearMul"] = {expandQLinear<expandBinary>, 2};
  table["com.microsoft:QLinearSigmoid"] = {expandQLinear<expandUnary>, 2};
  table["com.microsoft:QLinearLeakyRelu"] = {expandQLinear<expandUnary>, 2};
  table["com.microsoft:QLinearSoftmax"] = {expandSoftmax, 2};
  table["com.microsoft:QLinearAveragePool"] = {expandQLinear<expandPool>, 2};
  table["com.microsoft:QLinearGlobalAveragePool"] = {expandQLinear<expandPool>,
                                                     2};
  table["com.microsoft:QLinearReduceMean"] = {expandReduceMean, 2};
  table["com.microsoft:QLinearConcat"] = {expandConcat, 1};
  table["com.microsoft:QLinearWhere"] = {expandWhere, 3};
  table["com.microsoft:QLinearConv"] = {expandConv, 8};
  table["com.microsoft:QGemm"] = {expandGemm, 2};
  table["com.microsoft:QuantizeLinear"] = {expandSame, 2};
  table["com.microsoft:DequantizeLinear"] = {expandSame, 2};
}

} // namespace convopt
