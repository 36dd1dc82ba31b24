// A kernel with a convolution whose primitive was chosen: lib/Schedules gives
// algorithm and schedule, everything after the convolution is its epilogue. The
// two meet at three points. The image is a Func over channel, column, row and
// batch, whatever the shape of the tensor. The filter is a line of packed
// elements; one of another length than the primitive reads is refused, since it
// would be read beyond its end. And the epilogue is asked for once, with a sum
// and its place: the sum is defined as the convolution's element, and the
// kernel's result is then asked for at that place like any other.

#include "KernelPipeline.h"
#include "ScalarOps.h"
#include "convopt/IR/LeastByte.h"
#include "convopt/Schedules/ConvSchedule.h"

using namespace mlir;
using Halide::Expr;
namespace H = Halide;

namespace convopt {

/// Coordinates of one image element in the order of a tensor's dimensions.
/// Channels of all groups are one number; the tensor has them in one dimension
/// or, of rank 5, in two: groups before the others (NGCHW, NHWGC).
static Index tensorIndex(Value tensor, Layout layout, const ConvPoint &at) {
  ArrayRef<int64_t> shape = shapeOf(tensor);
  Index channels = {at.channel};
  if (shape.size() == 5) {
    int32_t perGroup = shape[layout == Layout::NCHW ? 2 : 4];
    channels = {at.channel / perGroup, at.channel % perGroup};
  }
  Index index = {at.batch};
  if (layout == Layout::NCHW)
    llvm::append_range(index, channels);
  index.push_back(at.y);
  index.push_back(at.x);
  if (layout == Layout::NHWC)
    llvm::append_range(index, channels);
  return index;
}

/// Coordinates of a Func's arguments, innermost first.
static ConvPoint pointOf(Layout layout, const std::vector<H::Var> &vars) {
  if (layout == Layout::NCHW)
    return {vars[2], vars[0], vars[1], vars[3]};
  return {vars[0], vars[1], vars[2], vars[3]};
}

/// Bytes have no sign where they lie, but where they are multiplied.
static Expr asMultiplied(Expr element, ElementType type) {
  return type == ElementType::U8 ? H::reinterpret(H::UInt(8), element)
                                 : element;
}

static H::Func imageFunc(BodyTranslator &body, const ConvOp &conv) {
  std::vector<H::Var> vars;
  vars.reserve(4);
  for (int d = 0; d < 4; ++d)
    vars.emplace_back("pos" + std::to_string(d));
  H::Func image("image");
  ConvPoint at = pointOf(conv.inputLayout, vars);
  Expr element =
      body.at(conv.input, tensorIndex(conv.input, conv.inputLayout, at));
  image(vars) = asMultiplied(element, conv.layer.types.input);
  return image;
}

static H::Func filterFunc(BodyTranslator &body, const ConvOp &conv,
                          const Choice &choice,
                          const MachineDescription &machine) {
  auto filter = conv.filter.getDefiningOp<FilterOp>();
  if (!filter)
    throw std::runtime_error("the filter of the convolution is not packed");
  const int64_t given =
      cast<ShapedType>(filter.getPacked().getType()).getNumElements();
  const int64_t needed =
      choice.primitive->packedFilter(conv.layer, choice, machine).size();
  if (given != needed)
    throw std::runtime_error(
        "the filter was packed into " + std::to_string(given) + " elements, " +
        toString(choice) + " reads " + std::to_string(needed));
  H::Var i("i");
  H::Func packed("filter");
  packed(i) =
      asMultiplied(body.at(filter.getPacked(), {i}), conv.layer.types.filter);
  return packed;
}

H::Func buildConvolutionStage(BodyTranslator &body, const ConvOp &conv,
                              Value yielded, ArrayRef<int64_t> whole,
                              const KernelOptions &options) {
  ConvRequest request;
  request.layer = conv.layer;
  request.choice = choiceOf(conv, options.machine);
  request.machine = options.machine;
  request.threads = options.threads;
  request.padValue = conv.padValue;
  request.hasLeastByte = !conv.op->hasAttr(noLeastByteAttr);
  request.input = imageFunc(body, conv);
  request.filter = filterFunc(body, conv, request.choice, options.machine);
  Layout layout = conv.outputLayout;
  request.rowsTogether =
      whole.empty() || whole.size() != 4 ||
      whole[layout == Layout::NHWC ? 2 : 3] == conv.layer.outWidth;
  request.initial = [&](const ConvPoint &at) {
    return body.at(conv.init, tensorIndex(conv.init, layout, at));
  };
  request.epilogue = [&](Expr complete, const ConvPoint &at) {
    // All that follows is pointwise: it asks for no other element.
    body.define(conv.op->getResult(0), [=](const Index &) { return complete; });
    return toStorage(body.at(yielded, tensorIndex(yielded, layout, at)));
  };
  H::Func result = buildConvolution(request);
  // Dense, or a part of a dense tensor of this shape.
  if (whole.empty())
    return result;
  if (whole.size() != 4)
    throw std::runtime_error("a convolution's result is part of a tensor that "
                             "is no image");
  int stride = 1;
  for (int d = 0; d < 4; ++d) {
    result.output_buffer().dim(d).set_stride(stride);
    stride *= static_cast<int>(whole[3 - d]);
  }
  return result;
}

} // namespace convopt
