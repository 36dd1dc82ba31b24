// What is measured must be what a network runs: a sample's kernel has the same
// machine code as the one that the compiler forms of that convolution.

#include "TaskKernel.h"
#include "convopt/Codegen/Kernels.h"
#include "convopt/CostModel/LayerText.h"
#include "convopt/Driver/LoadModel.h"
#include "convopt/Primitives/Annotation.h"
#include "convopt/Transforms/Pipelines.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/FormatVariadic.h"
#include <gtest/gtest.h>
#include <set>

using namespace convopt;
using llvm::formatv;
using Module = mlir::OwningOpRef<mlir::ModuleOp>;

namespace {
/// A convolution as a network has it before layouts are assigned: NCHW, groups
/// a dimension of their own.
struct Network {
  const char *layer, *conv;
  std::string padded, filter, output; ///< shapes
  std::string pads, biasDims, bias, input;
};

MachineDescription machine() {
  return llvm::cantFail(describeMachine({"x86-64", "x86-64-v3", ""}));
}

std::string functionText(const Network &n) {
  std::string parallel = "\"parallel\"", dims = "a";
  size_t rank = std::count(n.output.begin(), n.output.end(), 'x') + 1;
  std::string arguments = "%i0: index";
  for (size_t i = 1; i < rank; ++i) {
    parallel += ", \"parallel\"";
    dims += std::string(", ") + char('a' + i);
    arguments += formatv(", %i{0}: index", i);
  }
  return formatv(
      R"(#id = affine_map<({0}) -> ({0})>
func.func @main(%x: tensor<{1}xf32>, %b: tensor<{2}xf32>) -> tensor<{3}xf32> {{
  %w = arith.constant dense<0.5> : tensor<{4}xf32>
  %z = arith.constant 0.0 : f32
  %p = tensor.pad %x low[{5}] high[{5}] {{
  ^bb0({6}):
    tensor.yield %z : f32
  } : tensor<{1}xf32> to tensor<{7}xf32>
  %e = tensor.empty() : tensor<{3}xf32>
  %i = linalg.broadcast ins(%b : tensor<{2}xf32>) outs(%e : tensor<{3}xf32>) dimensions = [{8}]
  %c = linalg.{9} ins(%p, %w : tensor<{7}xf32>, tensor<{4}xf32>) outs(%i : tensor<{3}xf32>) -> tensor<{3}xf32>
  %r = linalg.generic {{indexing_maps = [#id, #id], iterator_types = [{10}]}
      ins(%c : tensor<{3}xf32>) outs(%e : tensor<{3}xf32>) {{
  ^bb0(%s: f32, %o: f32):
    %u = arith.maximumf %s, %z : f32
    linalg.yield %u : f32
  } -> tensor<{3}xf32>
  return %r : tensor<{3}xf32>
})",
      dims, n.input, n.bias, n.output, n.filter, n.pads, arguments, n.padded,
      n.biasDims, n.conv, parallel);
}

KernelOp convolutionKernel(mlir::ModuleOp module) {
  for (KernelOp kernel : module.getOps<KernelOp>())
    if (!kernel.getBody().getOps<FilterOp>().empty())
      return kernel;
  return nullptr;
}

/// The convolution's kernel alone, of the module that the compiler makes.
Module compilersKernel(const Network &network, const Choice &choice,
                       mlir::MLIRContext &context) {
  auto module =
      mlir::parseSourceString<mlir::ModuleOp>(functionText(network), &context);
  if (!module)
    return nullptr;
  module->walk([&](mlir::linalg::LinalgOp op) {
    if (getConvLayer(op))
      op->setAttr("convopt.primitive", annotate(&context, choice, 0));
  });
  mlir::PassManager passes(module.get()->getName());
  buildKernelsPipeline(passes, {"x86-64", "x86-64-v3", ""});
  if (mlir::failed(passes.run(*module)))
    return nullptr;
  KernelOp kernel = convolutionKernel(*module);
  Module alone(mlir::ModuleOp::create(kernel.getLoc()));
  kernel->moveBefore(alone->getBody(), alone->getBody()->end());
  return alone;
}

std::vector<char> objectOf(mlir::ModuleOp module) {
  // The name is part of the object.
  convolutionKernel(module).setSymName("k");
  auto kernels =
      compileKernels(module, {machine(), 1, KernelOutput::Object, {}});
  if (kernels)
    return kernels->front().object;
  ADD_FAILURE() << llvm::toString(kernels.takeError());
  return {};
}

void compare(const Network &network) {
  ConvLayer layer = llvm::cantFail(parseLayer(network.layer));
  std::unique_ptr<mlir::MLIRContext> context = makeContext();
  std::set<std::pair<Layout, Layout>> seen;
  for (const Choice &choice : allChoices(layer, machine())) {
    if (!seen.insert({choice.input, choice.output}).second)
      continue;
    SCOPED_TRACE(toString(choice));
    Module formed = compilersKernel(network, choice, *context);
    ASSERT_TRUE(formed);
    auto written = mlir::parseSourceString<mlir::ModuleOp>(
        kernelText({LayerChoice{layer, choice}}, machine(), *context),
        context.get());
    ASSERT_TRUE(written);
    EXPECT_EQ(bufferBytes(convolutionKernel(*written)),
              bufferBytes(convolutionKernel(*formed)));
    EXPECT_TRUE(objectOf(*written) == objectOf(*formed));
  }
  EXPECT_GE(seen.size(), 2u);
}
} // namespace

TEST(TaskKernel, OneGroup) {
  compare({"c=8 k=16 h=9 w=7 r=3x3 s=2x1 d=1x2 p=1x1x2x2",
           "conv_2d_nchw_fchw {dilations = dense<[1, 2]> : vector<2xi64>, "
           "strides = dense<[2, 1]> : vector<2xi64>}",
           "1x8x11x11", "16x8x3x3", "1x16x5x7", "0, 0, 1, 2", "0, 2, 3", "16",
           "1x8x9x7"});
}

TEST(TaskKernel, SeveralGroups) {
  compare({"g=2 c=8 k=16 h=6 w=6 r=3x3 p=1x1x1x1", "conv_2d_ngchw_gfchw",
           "1x2x8x8x8", "2x16x8x3x3", "1x2x16x6x6", "0, 0, 0, 1, 1", "0, 3, 4",
           "2x16", "1x2x8x6x6"});
}

TEST(TaskKernel, Depthwise) {
  compare({"g=16 c=1 k=1 h=6 w=6 r=3x3 p=1x1x1x1", "depthwise_conv_2d_nchw_chw",
           "1x16x8x8", "16x3x3", "1x16x6x6", "0, 0, 1, 1", "0, 2, 3", "16",
           "1x16x6x6"});
}

TEST(TaskKernel, SymbolsTellTasksApart) {
  ConvLayer layer = llvm::cantFail(parseLayer("c=8 k=16 h=9 w=7"));
  std::set<std::string> symbols;
  std::vector<Choice> choices = allChoices(layer, machine());
  for (const Choice &choice : choices)
    symbols.insert(kernelSymbol({LayerChoice{layer, choice}}));
  EXPECT_EQ(symbols.size(), choices.size());
}
