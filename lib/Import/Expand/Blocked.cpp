// Models that ONNX Runtime has optimised for one kind of CPU: images and
// filters lie in blocks of 8 or 16 channels (NCHWc), the domain is
// com.microsoft.nchwc. An image here is the same one in NCHW, its channels
// filled up to whole blocks as there; filters, which the file holds in blocks,
// are put back into order. The file does not say how wide a block is, which
// depends on the CPU that wrote it: 16 where it had AVX-512, else 8. Filled up
// channels give it away: 24 channels are three blocks of 8 or, as 32, two of
// 16. Where all numbers are multiples of 16, what the target's CPU would have
// written is meant, since that is what such a file is for.
// https://github.com/microsoft/onnxruntime/blob/main/onnxruntime/core/optimizer/nchwc_transformer.cc
#include "Blocked.h"
#include "Fused.h"

using namespace llvm;

namespace convopt {

static constexpr char domain[] = "com.microsoft.nchwc";

/// The place of each output's node.
static StringMap<const onnx::NodeProto *>
producers(const onnx::GraphProto &graph) {
  StringMap<const onnx::NodeProto *> found;
  for (const onnx::NodeProto &node : graph.node())
    for (const std::string &output : node.output())
      found[output] = &node;
  return found;
}

Expected<int64_t> findChannelBlock(const onnx::GraphProto &graph,
                                   const ImportOptions &options) {
  StringMap<int64_t> channels; // of each filter's output
  for (const onnx::TensorProto &tensor : graph.initializer())
    if (tensor.dims_size() == 4)
      channels[tensor.name()] = tensor.dims(0);
  StringMap<const onnx::NodeProto *> makers = producers(graph);
  bool any = false, eight = false, sixteen = false;
  for (const onnx::NodeProto &node : graph.node()) {
    if (node.domain() != domain)
      continue;
    any = true;
    if (node.op_type() == "Conv" && node.input_size() > 1)
      eight |= channels.lookup(node.input(1)) % 16 != 0;
    if (node.op_type() != "ReorderOutput" || node.input_size() < 1)
      continue;
    int64_t left = 0;
    for (const onnx::AttributeProto &attribute : node.attribute())
      if (attribute.name() == "channels")
        left = attribute.i();
    const onnx::NodeProto *maker = makers.lookup(node.input(0));
    if (maker && maker->op_type() == "Conv" && maker->input_size() > 1)
      sixteen |= channels.lookup(maker->input(1)) - left >= 8;
  }
  if (eight && sixteen)
    return createStringError("is laid out in blocks of 8 and of 16 channels");
  if (!any || eight || sixteen)
    return !any ? 0 : eight ? 8 : 16;
  if (options.note)
    options.note("it was optimised for one CPU and does not say which: its "
                 "channels are taken to lie in blocks of " +
                 std::to_string(options.channelBlock) +
                 ", as ONNX Runtime lays them out for the target");
  return options.channelBlock;
}

static Error checkImage(const Node &node) {
  if (node.inputShape(0).size() != 4)
    return node.error("the input is not of rank 4");
  return Error::success();
}

static Error expandReorderInput(const Node &node, Expansion &e) {
  if (Error error = checkImage(node))
    return error;
  bool last = node.getInt("channels_last", 0);
  Expansion::Name x = e.input(0);
  if (last)
    x = e.add("Transpose", x, {{"perm", ArrayRef<int64_t>{0, 3, 1, 2}}});
  int64_t channels = node.inputShape(0)[last ? 3 : 1];
  int64_t block = e.options.channelBlock;
  int64_t extra = (block - channels % block) % block;
  if (extra)
    x = e.add("Pad", {x, e.ints({0, 0, 0, 0, 0, extra, 0, 0})});
  e.setOutput(0, x);
  return Error::success();
}

static Error expandReorderOutput(const Node &node, Expansion &e) {
  if (Error error = checkImage(node))
    return error;
  int64_t channels = node.getInt("channels", 0);
  Expansion::Name x = e.input(0);
  if (channels < 1 || channels > node.inputShape(0)[1])
    return node.error("attribute 'channels' has a bad value");
  if (channels < node.inputShape(0)[1])
    x = e.add("Slice",
              {x, e.ints(int64_t(0)), e.ints(channels), e.ints(int64_t(1))});
  if (node.getInt("channels_last", 0))
    x = e.add("Transpose", x, {{"perm", ArrayRef<int64_t>{0, 2, 3, 1}}});
  e.setOutput(0, x);
  return Error::success();
}

/// Blocks of output channels, behind those of input channels if there is a
/// whole block of them, put back into order.
static Expected<Constant> orderedFilter(const Node &node, int64_t block) {
  const Constant *filter = node.constant(1);
  if (!filter || filter->shape().size() != 4)
    return node.error("the filter must be known, and of rank 4");
  ArrayRef<int64_t> dims = filter->shape();
  bool both = dims[1] >= block;
  if (dims[0] % block || (both && dims[1] % block) || filter->size() == 0)
    return node.error("the filter does not consist of blocks of " +
                      Twine(block) + " channels");
  // Constants of one element for all need no order.
  if (both)
    return filter
        ->reshaped(
            {dims[0] / block, dims[1] / block, dims[2], dims[3], block, block})
        .transposed({0, 5, 1, 4, 2, 3})
        .reshaped(dims);
  return filter->reshaped({dims[0] / block, dims[1], dims[2], dims[3], block})
      .transposed({0, 4, 1, 2, 3})
      .reshaped(dims);
}

/// activation(Conv(x, w, b) + z)
static Error expandBlockedConv(const Node &node, Expansion &e) {
  auto filter = orderedFilter(node, e.options.channelBlock);
  if (!filter)
    return filter.takeError();
  Expansion::Name y = e.addLike(
      "Conv", {e.input(0), e.constant(*filter), e.input(2)}, activationNames);
  if (node.hasInput(3))
    y = e.add("Add", {y, e.input(3)});
  auto activated = activateConv(node, e, y);
  if (!activated)
    return activated.takeError();
  e.setOutput(0, *activated);
  return Error::success();
}

/// What does not look across channels.
static Error expandSame(const Node &node, Expansion &e) {
  e.setOutput(0, e.addLike(node.op(), e.input(0)));
  return Error::success();
}

/// By whole numbers; nearest elements are repeated.
static Error expandUpsample(const Node &node, Expansion &e) {
  auto scales = node.getInts("scales");
  if (!scales || scales->size() != node.inputShape(0).size())
    return node.error("scales must have one entry an axis");
  Expansion::Name factors = e.constant(Constant::fromInts(
      ElementKind::F32, {static_cast<int64_t>(scales->size())}, *scales));
  bool nearest = node.getString("mode", "nearest") == "nearest";
  std::string coordinates =
      nearest ? "asymmetric"
              : node.getString("coordinate_transformation_mode", "asymmetric")
                    .str();
  e.setOutput(0,
              e.add("Resize", {e.input(0), "", factors},
                    {{"mode", nearest ? "nearest" : "linear"},
                     {"nearest_mode", "floor"},
                     {"coordinate_transformation_mode", coordinates.c_str()}}));
  return Error::success();
}

void registerBlockedExpansions(ExpandTable &table) {
  auto enter = [&](StringRef name, ExpandFunction expand, size_t inputs = 1) {
    table[(domain + Twine(":") + name).str()] = {expand, inputs};
  };
  enter("ReorderInput", expandReorderInput);
  enter("ReorderOutput", expandReorderOutput);
  enter("Conv", expandBlockedConv, 2);
  enter("MaxPool", expandSame);
  enter("AveragePool", expandSame);
  enter("GlobalMaxPool", expandSame);
  enter("GlobalAveragePool", expandSame);
  enter("Upsample", expandUpsample);
}

} // namespace convopt
