// Output sizes of poolings and transposed convolutions where ONNX's inference
// strays from the text of the standard. That text is:
//
// Pooling with ceil_mode: ceil((input + pads - reach) / stride + 1), and
// "sliding windows that would start in the right padded region are ignored".
// With auto_pad the sizes do not depend on ceil_mode: ceil(input / stride) for
// SAME, ceil((input - reach + 1) / stride) for VALID.
//
// ConvTranspose: an output_shape that is given is the size; auto_pad SAME means
// "output_shape[i] = input_shape[i] * strides[i]", whatever output_padding
// says, which then changes the padding alone, and also where the stride is
// beyond the kernel's reach: the reference evaluator agrees, ONNX Runtime stops
// after the last element that the kernel reaches.
#include "SpatialSizes.h"
#include "onnx/onnx_pb.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace convopt {

/// Sums and products of two of these do not overflow. What is larger is refused
/// by the operators.
static constexpr int64_t limit = int64_t(1) << 30;

static const onnx::AttributeProto *find(const onnx::NodeProto &node,
                                        StringRef name) {
  for (const onnx::AttributeProto &attribute : node.attribute())
    if (attribute.name() == name)
      return &attribute;
  return nullptr;
}

/// A list of `count` numbers in [least, limit]; `count` times `fallback` if it
/// is absent.
static std::optional<Shape> readList(const onnx::NodeProto &node,
                                     StringRef name, size_t count,
                                     int64_t fallback, int64_t least) {
  const onnx::AttributeProto *attribute = find(node, name);
  if (!attribute)
    return Shape(count, fallback);
  Shape list(attribute->ints().begin(), attribute->ints().end());
  if (list.size() != count || any_of(list, [&](int64_t value) {
        return value < least || value > limit;
      }))
    return std::nullopt;
  return list;
}

static std::string autoPad(const onnx::NodeProto &node) {
  const onnx::AttributeProto *attribute = find(node, "auto_pad");
  return attribute ? attribute->s() : "NOTSET";
}

static bool isSame(StringRef automatic) {
  return automatic == "SAME_UPPER" || automatic == "SAME_LOWER";
}

static bool isMeant(ArrayRef<int64_t> input) {
  return input.size() >= 3 && all_of(input.drop_front(2), [](int64_t size) {
           return size >= 1 && size <= limit;
         });
}

std::optional<Shape> poolSizes(const onnx::NodeProto &node,
                               ArrayRef<int64_t> input) {
  const onnx::AttributeProto *ceil = find(node, "ceil_mode");
  if (!ceil || !ceil->i() || !isMeant(input))
    return std::nullopt;
  size_t rank = input.size() - 2;
  auto kernel = readList(node, "kernel_shape", rank, 0, 1);
  auto strides = readList(node, "strides", rank, 1, 1);
  auto dilations = readList(node, "dilations", rank, 1, 1);
  auto pads = readList(node, "pads", 2 * rank, 0, 0);
  if (!kernel || !strides || !dilations || !pads || !find(node, "kernel_shape"))
    return std::nullopt;
  std::string automatic = autoPad(node);
  Shape sizes;
  for (size_t i = 0; i < rank; ++i) {
    int64_t size = input[2 + i], stride = (*strides)[i];
    int64_t reach = ((*kernel)[i] - 1) * (*dilations)[i] + 1;
    if (isSame(automatic)) {
      sizes.push_back((size + stride - 1) / stride);
      continue;
    }
    bool explicitPads = automatic != "VALID";
    int64_t begin = explicitPads ? (*pads)[i] : 0;
    int64_t end = explicitPads ? (*pads)[rank + i] : 0;
    int64_t steps = size + begin + end - reach;
    // Windows that begin at a multiple of the stride, the first that does not
    // fit whole included.
    int64_t roundUp = explicitPads ? stride - 1 : 0;
    if (steps + roundUp < 0)
      return std::nullopt;
    int64_t count = (steps + roundUp) / stride + 1;
    int64_t startInside = (size + begin - 1) / stride + 1;
    sizes.push_back(explicitPads ? std::min(count, startInside) : count);
  }
  return sizes;
}

std::optional<Shape> convTransposeSizes(const onnx::NodeProto &node,
                                        ArrayRef<int64_t> input) {
  if (!isMeant(input))
    return std::nullopt;
  size_t rank = input.size() - 2;
  if (find(node, "output_shape"))
    return readList(node, "output_shape", rank, 0, 1);
  auto strides = readList(node, "strides", rank, 1, 1);
  if (!isSame(autoPad(node)) || !strides)
    return std::nullopt;
  Shape sizes;
  for (size_t i = 0; i < rank; ++i)
    sizes.push_back(input[2 + i] * (*strides)[i]);
  return sizes;
}

} // namespace convopt
