#include "KernelRunner.h"
#include "convopt/Primitives/Annotation.h"

using namespace mlir;
using namespace convopt;
using namespace convopt::test;

namespace {

/// The same kernel with the packed filter that `choice` reads.
OwningOpRef<ModuleOp> withPackedFilter(ModuleOp module, const ConvLayer &layer,
                                       const Choice &choice,
                                       const MachineDescription &machine) {
  OwningOpRef<ModuleOp> copy(module.clone());
  KernelOp kernel = *copy->getOps<KernelOp>().begin();
  linalg::LinalgOp op;
  kernel.walk([&](linalg::LinalgOp candidate) {
    if (getConvLayer(candidate))
      op = candidate;
  });
  MLIRContext &context = *kernel.getContext();
  op->setAttr("convopt.primitive", annotate(&context, choice, 0));
  const Primitive &primitive = *choice.primitive;
  auto packed = RankedTensorType::get(
      {primitive.packedFilter(layer, choice, machine).size()},
      Float32Type::get(&context));
  auto filter = cast<BlockArgument>(op->getOperand(1));
  Type filterType = filter.getType();
  filter.setType(packed);
  OpBuilder builder(op);
  op->setOperand(1, builder.create<FilterOp>(op.getLoc(), filterType, filter));
  SmallVector<Type> arguments(kernel.getArgumentTypes());
  arguments[filter.getArgNumber()] = packed;
  kernel.setFunctionTypeAttr(TypeAttr::get(
      FunctionType::get(&context, arguments, kernel.getResultTypes())));
  return copy;
}

/// The filter in the order that packFilter takes: groups, K, C, R, S.
std::vector<float> orderedFilter(const ConvOp &conv, const Tensor &filter) {
  std::vector<float> ordered(filter.size());
  const ConvLayer &l = conv.layer;
  for (int64_t i = 0; i < filter.size(); ++i) {
    std::map<char, int64_t> at;
    int64_t rest = i;
    for (size_t d = conv.filterDims.size(); d-- > 0;) {
      at[conv.filterDims[d]] = rest % filter.type.getDimSize(d);
      rest /= filter.type.getDimSize(d);
    }
    int64_t row = (at['g'] * l.outChannels + at['k']) * l.inChannels + at['c'];
    ordered[(row * l.kernelHeight + at['r']) * l.kernelWidth + at['s']] =
        filter.get(i);
  }
  return ordered;
}

/// Compares every choice for the convolution in `text`, whose filter is
/// argument 1, with the loops.
void checkConvolution(llvm::StringRef text, int64_t threads = 1) {
  OwningOpRef<ModuleOp> module = parse(text);
  ASSERT_TRUE(module);
  std::optional<ConvOp> conv;
  module->walk([&](linalg::LinalgOp op) {
    if (auto match = matchConvolution(op))
      conv = match;
  });
  ASSERT_TRUE(conv);
  KernelOp kernel = *module->getOps<KernelOp>().begin();
  std::vector<Tensor> inputs = makeInputs(kernel, {});
  std::vector<Tensor> expected = runReference(*module, inputs);
  MachineDescription machine = llvm::cantFail(describeHost());
  std::set<const Primitive *> seen;
  for (const Choice &choice : allChoices(conv->layer, machine)) {
    // One variant each: lib/Schedules' own tests have them all.
    if (choice.input != conv->inputLayout ||
        choice.output != conv->outputLayout ||
        !seen.insert(choice.primitive).second)
      continue;
    SCOPED_TRACE(toString(choice));
    OwningOpRef<ModuleOp> packed =
        withPackedFilter(*module, conv->layer, choice, machine);
    std::vector<float> data = packFloats(conv->layer, choice, machine,
                                         orderedFilter(*conv, inputs[1]));
    std::vector<Tensor> arguments = inputs;
    arguments[1] = Tensor(RankedTensorType::get(
        {static_cast<int64_t>(data.size())}, inputs[1].type.getElementType()));
    for (size_t i = 0; i < data.size(); ++i)
      arguments[1].set(i, data[i]);
    expectClose(runKernel(*packed, arguments, machine, threads), expected,
                1e-3);
  }
  EXPECT_FALSE(seen.empty());
}

TEST(Convolution, NchwWithBiasResidualAndRectifier) {
  checkConvolution(R"mlir(
#id = affine_map<(n, c, y, x) -> (n, c, y, x)>
convopt.kernel @k(%x: tensor<1x8x10x10xf32>, %w: tensor<16x8x3x3xf32>, %b: tensor<16xf32>, %s: tensor<1x16x10x10xf32>) -> tensor<1x16x10x10xf32> {
  %z = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %z : f32
  } : tensor<1x8x10x10xf32> to tensor<1x8x12x12xf32>
  %e = tensor.empty() : tensor<1x16x10x10xf32>
  %f = linalg.broadcast ins(%b : tensor<16xf32>) outs(%e : tensor<1x16x10x10xf32>) dimensions = [0, 2, 3]
  %c = linalg.conv_2d_nchw_fchw {strides = dense<1> : vector<2xi64>, dilations = dense<1> : vector<2xi64>}
      ins(%p, %w : tensor<1x8x12x12xf32>, tensor<16x8x3x3xf32>) outs(%f : tensor<1x16x10x10xf32>) -> tensor<1x16x10x10xf32>
  %r = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%c, %s : tensor<1x16x10x10xf32>, tensor<1x16x10x10xf32>) outs(%e : tensor<1x16x10x10xf32>) {
  ^bb0(%a: f32, %q: f32, %o: f32):
    %t = arith.addf %a, %q : f32
    %u = arith.maximumf %t, %z : f32
    linalg.yield %u : f32
  } -> tensor<1x16x10x10xf32>
  convopt.yield %r : tensor<1x16x10x10xf32>
})mlir");
}

TEST(Convolution, NhwcAsAGenericOp) {
  for (int64_t threads : {1, 2})
    checkConvolution(R"mlir(
#id = affine_map<(n, y, x, c) -> (n, y, x, c)>
convopt.kernel @k(%x: tensor<1x13x11x8xf32>, %w: tensor<20x8x3x3xf32>, %b: tensor<20xf32>) -> tensor<1x6x5x20xf32> {
  %z = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x6x5x20xf32>
  %f = linalg.broadcast ins(%b : tensor<20xf32>) outs(%e : tensor<1x6x5x20xf32>) dimensions = [0, 1, 2]
  %c = linalg.generic {indexing_maps = [affine_map<(n, k, y, x, c, r, s) -> (n, y * 2 + r, x * 2 + s, c)>,
         affine_map<(n, k, y, x, c, r, s) -> (k, c, r, s)>, affine_map<(n, k, y, x, c, r, s) -> (n, y, x, k)>],
       iterator_types = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]}
      ins(%x, %w : tensor<1x13x11x8xf32>, tensor<20x8x3x3xf32>) outs(%f : tensor<1x6x5x20xf32>) {
  ^bb0(%a: f32, %q: f32, %o: f32):
    %t = arith.mulf %a, %q : f32
    %u = arith.addf %o, %t : f32
    linalg.yield %u : f32
  } -> tensor<1x6x5x20xf32>
  convopt.yield %c : tensor<1x6x5x20xf32>
})mlir",
                     threads);
}

TEST(Convolution, GroupsAreChannelsOfOneImage) {
  checkConvolution(R"mlir(
convopt.kernel @k(%x: tensor<1x2x4x10x10xf32>, %w: tensor<2x8x4x3x3xf32>) -> tensor<1x2x8x10x10xf32> {
  %z = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 0, 0, 1, 1] high[0, 0, 0, 1, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index, %m: index):
    tensor.yield %z : f32
  } : tensor<1x2x4x10x10xf32> to tensor<1x2x4x12x12xf32>
  %e = tensor.empty() : tensor<1x2x8x10x10xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<1x2x8x10x10xf32>) -> tensor<1x2x8x10x10xf32>
  %c = linalg.conv_2d_ngchw_gfchw {strides = dense<1> : vector<2xi64>, dilations = dense<1> : vector<2xi64>}
      ins(%p, %w : tensor<1x2x4x12x12xf32>, tensor<2x8x4x3x3xf32>) outs(%f : tensor<1x2x8x10x10xf32>) -> tensor<1x2x8x10x10xf32>
  convopt.yield %c : tensor<1x2x8x10x10xf32>
})mlir");
}

TEST(Convolution, Depthwise) {
  checkConvolution(R"mlir(
convopt.kernel @k(%x: tensor<1x9x9x24xf32>, %w: tensor<3x3x24xf32>) -> tensor<1x9x9x24xf32> {
  %z = arith.constant 0.0 : f32
  %p = tensor.pad %x low[0, 1, 1, 0] high[0, 1, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %z : f32
  } : tensor<1x9x9x24xf32> to tensor<1x11x11x24xf32>
  %e = tensor.empty() : tensor<1x9x9x24xf32>
  %f = linalg.fill ins(%z : f32) outs(%e : tensor<1x9x9x24xf32>) -> tensor<1x9x9x24xf32>
  %c = linalg.depthwise_conv_2d_nhwc_hwc {strides = dense<1> : vector<2xi64>, dilations = dense<1> : vector<2xi64>}
      ins(%p, %w : tensor<1x11x11x24xf32>, tensor<3x3x24xf32>) outs(%f : tensor<1x9x9x24xf32>) -> tensor<1x9x9x24xf32>
  convopt.yield %c : tensor<1x9x9x24xf32>
})mlir");
}

} // namespace
