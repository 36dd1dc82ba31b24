#include "CheckOperands.h"
#include "onnx/onnx_pb.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace convopt {

/// ONNX's inference divides by some attributes, and multiplies others, without
/// a look at them.
static Error checkAttributes(const onnx::NodeProto &node) {
  constexpr int64_t limit = int64_t(1) << 31;
  for (const onnx::AttributeProto &attribute : node.attribute()) {
    const std::string &name = attribute.name();
    bool positive = name == "strides" || name == "dilations" ||
                    name == "kernel_shape" || name == "group" ||
                    name == "blocksize" || name == "num_outputs";
    if (!positive && name != "pads" && name != "output_padding")
      continue;
    auto isBad = [&](int64_t value) {
      return value > limit || value < (positive ? 1 : -limit);
    };
    if (any_of(attribute.ints(), isBad) ||
        (attribute.has_i() && isBad(attribute.i())))
      return createStringError("attribute '" + name + "' has a bad value");
  }
  return Error::success();
}

/// A convolution's windows are as many as its filter's dimensions, whatever the
/// image has.
static Error checkFilter(StringRef op, ArrayRef<ImportedValue *> inputs) {
  size_t filter =
      StringSwitch<size_t>(op)
          .Cases("Conv", "ConvTranspose", "ConvInteger", "DeformConv", 1)
          .Case("QLinearConv", 3)
          .Default(0);
  if (!filter || filter >= inputs.size() || !inputs[0] || !inputs[filter])
    return Error::success();
  size_t rank = inputs[0]->shape.size(), other = inputs[filter]->shape.size();
  if (rank == other)
    return Error::success();
  return createStringError("its input has " + Twine(rank) +
                           " dimensions, its filter " + Twine(other));
}

/// Inference asks for the first dimension of an ensemble's weights.
static Error checkLeaves(const onnx::NodeProto &node) {
  if (node.op_type() == "TreeEnsemble")
    for (const onnx::AttributeProto &attribute : node.attribute())
      if (attribute.name() == "leaf_weights" && attribute.t().dims_size() != 1)
        return createStringError("attribute 'leaf_weights' must be a list");
  return Error::success();
}

/// Weights of four bits become numbers at once.
static Error checkHalfBytes(StringRef op, ArrayRef<ImportedValue *> inputs) {
  for (auto [i, input] : enumerate(inputs))
    if (input && isHalfByte(input->kind) && op != "DequantizeLinear")
      return createStringError("input " + Twine(i) + " is of type " +
                               toString(input->kind) +
                               ", which DequantizeLinear alone takes");
  return Error::success();
}

Error checkOperands(const onnx::NodeProto &node,
                    ArrayRef<ImportedValue *> inputs) {
  if (Error error = checkHalfBytes(node.op_type(), inputs))
    return error;
  if (Error error = checkAttributes(node))
    return error;
  if (Error error = checkLeaves(node))
    return error;
  return checkFilter(node.op_type(), inputs);
}

} // namespace convopt
