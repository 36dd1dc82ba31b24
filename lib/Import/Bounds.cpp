#include "Bounds.h"

using namespace llvm;

namespace convopt {

static void setShape(onnx::InferenceContext &context, size_t i,
                     ArrayRef<int64_t> shape) {
  if (i >= context.getNumOutputs())
    return;
  auto *result =
      context.getOutputType(i)->mutable_tensor_type()->mutable_shape();
  result->clear_dim();
  for (int64_t size : shape)
    result->add_dim()->set_dim_value(size);
}

static std::optional<int64_t> intAttribute(const onnx::NodeProto &node,
                                           StringRef name) {
  for (const onnx::AttributeProto &attribute : node.attribute())
    if (name == attribute.name())
      return attribute.i();
  return std::nullopt;
}

static bool exists(ArrayRef<ImportedValue *> inputs, size_t i) {
  return i < inputs.size() && inputs[i];
}

/// The shape of input 0 with the axis first that the node names, or flat; the
/// axis in `axis`. Nothing if there is no such axis: the importer says so.
static std::optional<Shape> alongAxis(const onnx::NodeProto &node,
                                      const ImportedValue &input,
                                      int64_t &axis) {
  auto given = intAttribute(node, "axis");
  int64_t rank = static_cast<int64_t>(input.shape.size());
  axis = 0;
  if (!given)
    return Shape{*countElements(input.shape)};
  if (*given < -rank || *given >= rank)
    return std::nullopt;
  axis = *given < 0 ? *given + rank : *given;
  return input.shape;
}

/// How many elements are not zero; NaN is none.
static int64_t countTrue(const Constant &constant) {
  int64_t count = 0;
  for (int64_t i = 0; i < constant.size(); ++i)
    count += constant.doubleAt(i) != 0;
  return count;
}

static void boundSelection(const onnx::NodeProto &node,
                           ArrayRef<ImportedValue *> inputs,
                           onnx::InferenceContext &context) {
  ArrayRef<int64_t> boxes = inputs[0]->shape;
  if (!exists(inputs, 1) || boxes.size() != 3 || inputs[1]->shape.size() != 3)
    return;
  ArrayRef<int64_t> scores = inputs[1]->shape;
  int64_t most = boxes[1];
  // Left out it is zero: nothing is selected.
  if (!exists(inputs, 2))
    most = 0;
  else if (const auto &limit = inputs[2]->constant; limit && limit->size() == 1)
    most = std::clamp<int64_t>(limit->intAt(0), 0, most);
  Shape rows{scores[0], scores[1], most};
  setShape(context, 0, {countElements(rows).value_or(-1), 3});
}

void boundSizes(const onnx::NodeProto &node, ArrayRef<ImportedValue *> inputs,
                onnx::InferenceContext &context) {
  StringRef op = node.op_type();
  const ImportedValue &input = *inputs[0];
  int64_t axis = 0;
  if (op == "NonZero") {
    int64_t most = input.constant && !input.isSized()
                       ? countTrue(*input.constant)
                       : *countElements(input.shape);
    setShape(context, 0, {static_cast<int64_t>(input.shape.size()), most});
  } else if (op == "Compress" && exists(inputs, 1) &&
             inputs[1]->shape.size() == 1) {
    if (auto shape = alongAxis(node, input, axis)) {
      const auto &condition = inputs[1]->constant;
      (*shape)[axis] = condition && !inputs[1]->isSized()
                           ? countTrue(*condition)
                           : std::min((*shape)[axis], inputs[1]->shape[0]);
      setShape(context, 0, *shape);
    }
  } else if (op == "Unique") {
    if (auto shape = alongAxis(node, input, axis)) {
      setShape(context, 0, *shape);
      for (size_t i = 1; i < 4; ++i)
        setShape(context, i, (*shape)[axis]);
    }
  } else if (op == "NonMaxSuppression") {
    boundSelection(node, inputs, context);
  } else if (op == "MaxUnpool" && exists(inputs, 2) && inputs[2]->constant &&
             inputs[2]->constant->size() < 64) {
    setShape(context, 0, inputs[2]->constant->ints());
  }
}

} // namespace convopt
