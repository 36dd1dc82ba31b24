// Opsets 1 to 6, node by node: most operators are those of opset 7 but for
// attributes that say nothing of inference (consumed_inputs, is_test), the
// others are written in terms of opset 7. ONNX's own version converter is not
// used: it needs shapes that old models do not state, knows no way for And,
// Equal, Greater, Less, Or and Xor, and puts a bias with an axis at another
// dimension (its Unsqueeze leaves the axis out of the count). Here every shape
// is known.
// https://github.com/onnx/onnx/blob/main/docs/Changelog.md
#include "../Functions.h"
#include "../ModelFile.h"
#include "Expansion.h"
#include "onnx/defs/schema.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace convopt {

using Name = Expansion::Name;

/// Attributes of training, and hints for memory.
static const StringLiteral unused[] = {"consumed_inputs", "is_test",
                                       "output_sequence", "broadcast", "axis"};

/// The same operator with other inputs, without an axis to broadcast at.
static Name again(const Node &node, Expansion &e, Expansion::Names inputs) {
  return e.addLike(node.op(), inputs, unused);
}

/// The second operand begins at dimension `axis` of the first one, at its end
/// if that is not given, where `broadcast` is set.
static Error broadcastSecond(const Node &node, Expansion &e) {
  Shape a(node.inputShape(0)), b(node.inputShape(1));
  if (!node.getInt("broadcast", 0) && a != b)
    return node.error("the operands differ in shape, and are not broadcast");
  Name second = e.input(1);
  int64_t rankA = static_cast<int64_t>(a.size()),
          rankB = static_cast<int64_t>(b.size());
  int64_t axis = node.getInt("axis", rankA - rankB);
  axis += axis < 0 ? rankA : 0;
  if (axis < 0 || axis + rankB > rankA)
    return node.error("axis does not fit the operands");
  b.append(rankA - rankB - axis, 1);
  if (static_cast<int64_t>(b.size()) != rankB)
    second = e.add("Reshape", {second, e.ints(b)});
  e.setOutput(0, again(node, e, {e.input(0), second}));
  return Error::success();
}

/// A slope a channel.
static Error expandPRelu(const Node &node, Expansion &e) {
  ArrayRef<int64_t> x = node.inputShape(0), slope = node.inputShape(1);
  Name second = e.input(1);
  if (slope.size() == 1 && x.size() > 2 && slope[0] == x[1]) {
    Shape column(x.size() - 1, 1);
    column[0] = slope[0];
    second = e.add("Reshape", {second, e.ints(column)});
  }
  e.setOutput(0, again(node, e, {e.input(0), second}));
  return Error::success();
}

static Error expandCast(const Node &node, Expansion &e) {
  if (node.opset() >= 6) {
    e.setOutput(0, again(node, e, e.input(0)));
    return Error::success();
  }
  StringRef to = node.getString("to", "");
  onnx::TensorProto::DataType type;
  if (!onnx::TensorProto::DataType_Parse(to.upper(), &type))
    return node.error("attribute 'to' is no type: '" + to + "'");
  e.setOutput(0, e.add("Cast", e.input(0), {{"to", static_cast<int>(type)}}));
  return Error::success();
}

static Error expandReshape(const Node &node, Expansion &e) {
  Name shape = e.input(1);
  if (node.opset() < 5) {
    auto given = node.getInts("shape");
    if (!given)
      return node.error("needs the attribute 'shape'");
    shape = e.ints(*given);
  }
  e.setOutput(0, e.add("Reshape", {e.input(0), shape}));
  return Error::success();
}

/// Sizes are an input in opset 1, an attribute from 2 on.
static Error expandSplit(const Node &node, Expansion &e) {
  SmallVector<NodeAttribute> attributes = {{"axis", node.getInt("axis", 0)}};
  auto sizes = node.getIntsOrInput("split", 1);
  if (!sizes)
    return sizes.takeError();
  if (*sizes)
    attributes.push_back({"split", ArrayRef<int64_t>(**sizes)});
  auto parts = e.addMany("Split", e.input(0), node.numOutputs(), attributes);
  for (auto [i, part] : enumerate(parts))
    e.setOutput(i, part);
  return Error::success();
}

static Error expandPad(const Node &node, Expansion &e) {
  if (node.opset() >= 2) {
    e.setOutput(0, again(node, e, e.input(0)));
    return Error::success();
  }
  auto pads = node.getInts("paddings").value_or(std::vector<int64_t>());
  e.setOutput(0, e.addLike("Pad", e.input(0), {"paddings"},
                           {{"pads", ArrayRef<int64_t>(pads)}}));
  return Error::success();
}

/// Along one axis in opset 1.
static Error expandTile(const Node &node, Expansion &e) {
  Name repeats = e.input(1);
  if (node.opset() < 6) {
    auto count = node.constantInts(1, "tiles");
    if (!count)
      return count.takeError();
    auto axes = node.constantInts(2, "axis");
    if (!axes)
      return axes.takeError();
    Shape all(node.inputShape(0).size(), 1);
    if (count->size() != 1 || axes->size() != 1 || axes->front() < 0 ||
        axes->front() >= static_cast<int64_t>(all.size()))
      return node.error("tiles and axis do not fit the input");
    all[axes->front()] = count->front();
    repeats = e.ints(all);
  }
  e.setOutput(0, e.add("Tile", {e.input(0), repeats}));
  return Error::success();
}

static Error expandUpsample(const Node &node, Expansion &e) {
  if (node.inputShape(0).size() != 4 || !node.hasAttribute("width_scale") ||
      !node.hasAttribute("height_scale"))
    return node.error("needs an image, width_scale and height_scale");
  double scales[] = {1, 1, node.getFloat("height_scale", 1),
                     node.getFloat("width_scale", 1)};
  e.setOutput(0,
              e.addLike("Upsample", e.input(0), {"width_scale", "height_scale"},
                        {{"scales", ArrayRef<double>(scales)}}));
  return Error::success();
}

/// The exponent was a float in opset 1.
static Error expandLpPool(const Node &node, Expansion &e) {
  double p = node.opset() < 2 ? node.getFloat("p", 2) : node.getInt("p", 2);
  if (p != std::floor(p))
    return node.error("p is not a whole number");
  e.setOutput(0, e.addLike(node.op(), e.input(0), {"p"},
                           {{"p", static_cast<int64_t>(p)}}));
  return Error::success();
}

/// Defaults that are others since.
static Error expandSelu(const Node &node, Expansion &e) {
  bool rounded = node.opset() < 6;
  e.setOutput(
      0,
      e.add(
          "Selu", e.input(0),
          {{"alpha", node.getFloat("alpha", rounded ? 1.6732 : 1.67326319)},
           {"gamma", node.getFloat("gamma", rounded ? 1.0507 : 1.05070102)}}));
  return Error::success();
}

static Error expandConcat(const Node &node, Expansion &e) {
  SmallVector<Name> inputs;
  for (size_t i = 0; i < node.numInputs(); ++i)
    inputs.push_back(e.input(i));
  e.setOutput(0, e.add("Concat", inputs, {{"axis", node.getInt("axis", 1)}}));
  return Error::success();
}

/// All inputs and outputs as they are.
static Error expandSame(const Node &node, Expansion &e) {
  SmallVector<Name> inputs;
  for (size_t i = 0; i < node.numInputs(); ++i)
    inputs.push_back(e.input(i));
  e.addWhole(node.op(), inputs, ArrayRef(unused).drop_back());
  return Error::success();
}

/// What onnx::OpSchema::Verify finds wrong.
static Error verify(const Node &node, const onnx::NodeProto &proto) {
  std::string problem;
  try {
    const onnx::OpSchema *schema = onnx::OpSchemaRegistry::Schema(
        proto.op_type(), static_cast<int>(node.opset()), "");
    if (!schema)
      return node.error("there is no such operator in opset " +
                        Twine(node.opset()));
    schema->Verify(proto);
  } catch (const std::exception &exception) {
    problem = oneLine(exception.what());
  }
  return problem.empty() ? Error::success() : node.error(problem);
}

Error expandOldOperator(const Node &node, Expansion &e) {
  if (Error error = verify(node, e.node()))
    return error;
  e.setOpset(7);
  ExpandFunction expand =
      StringSwitch<ExpandFunction>(node.op())
          .Cases("Add", "Sub", "Mul", "Div", "Pow", broadcastSecond)
          .Cases("And", "Or", "Xor", broadcastSecond)
          .Cases("Equal", "Greater", "Less", broadcastSecond)
          .Case("PRelu", expandPRelu)
          .Case("Cast", expandCast)
          .Case("Concat", expandConcat)
          .Case("Reshape", expandReshape)
          .Case("Split", expandSplit)
          .Case("Pad", expandPad)
          .Case("Tile", expandTile)
          .Case("Upsample", expandUpsample)
          .Cases("LpPool", "GlobalLpPool", expandLpPool)
          .Case("Selu", expandSelu)
          .Default(expandSame);
  return expand(node, e);
}

} // namespace convopt
