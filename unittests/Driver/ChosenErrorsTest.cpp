// Errors of annotated convolutions, before they have gone anywhere.

#include "convopt/Transforms/ChosenErrors.h"
#include "CalibrationFixture.h"

using namespace convopt;

namespace {
using ChosenErrors = Calibrated;
} // namespace

TEST_F(ChosenErrors, AreThoseOfTheChoices) {
  // A window whose filter is transformed before it is rounded, and a product.
  std::string text = R"(
func.func @main(%x: tensor<1x64x16x16xf32>) -> tensor<1x64x14x14xf32> {
  %zero = arith.constant 0.0 : f32
  %f = arith.constant dense<1.0> : tensor<64x64x1x1xf32>
  %e = tensor.empty() : tensor<1x64x16x16xf32>
  %i = linalg.fill ins(%zero : f32) outs(%e : tensor<1x64x16x16xf32>) -> tensor<1x64x16x16xf32>
  %y = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<pointwise variant = "PRODUCT">} ins(%x, %f : tensor<1x64x16x16xf32>, tensor<64x64x1x1xf32>) outs(%i : tensor<1x64x16x16xf32>) -> tensor<1x64x16x16xf32>
  %g = arith.constant dense<0.1001> : tensor<64x64x3x3xf32>
  %d = tensor.empty() : tensor<1x64x14x14xf32>
  %j = linalg.fill ins(%zero : f32) outs(%d : tensor<1x64x14x14xf32>) -> tensor<1x64x14x14xf32>
  %z = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<winograd_f4x4_3x3 variant = "VARIANT">} ins(%y, %g : tensor<1x64x16x16xf32>, tensor<64x64x3x3xf32>) outs(%j : tensor<1x64x14x14xf32>) -> tensor<1x64x14x14xf32>
  return %z : tensor<1x64x14x14xf32>
})";
  const MachineDescription machine =
      llvm::cantFail(describeMachine({"x86-64", "", ""}));
  const Primitive &winograd = getPrimitive("winograd_f4x4_3x3");
  ConvProblem layer;
  layer.inHeight = layer.inWidth = 16;
  layer.outHeight = layer.outWidth = 14;
  layer.inChannels = layer.outChannels = 64;
  layer.kernelHeight = layer.kernelWidth = 3;
  auto errorsOf = [&](Precision precision) {
    const Choice choice =
        choicesOf(winograd, layer, machine, precision).front();
    ConvProblem product = layer;
    product.outHeight = product.outWidth = 16;
    product.kernelHeight = product.kernelWidth = 1;
    const Choice pointwise = choicesOf(getPrimitive("pointwise"), product,
                                       machine, Precision::F16Weights)
                                 .front();
    std::string with = text;
    with.replace(with.find("PRODUCT"), 7, toString(pointwise.variant.name()));
    with.replace(with.find("VARIANT"), 7, toString(choice.variant.name()));
    auto module = parse(with);
    return chosenErrors(*module->getOps<mlir::func::FuncOp>().begin(), machine);
  };
  const double rounded =
      weightError({{0.1001F, 0.1001F}}, Precision::F16Weights);
  ASSERT_GT(rounded, 0);
  auto errors = errorsOf(Precision::F16Weights);
  ASSERT_EQ(errors.size(), 2u);
  const double usual = roundingError(Precision::F16Weights).weights;
  EXPECT_NEAR(errors[0].error.weights, usual, 0.1 * usual);
  EXPECT_EQ(errors[0].precision, Precision::F16Weights);
  EXPECT_EQ(errors[1].precision, Precision::F16Weights);
  const Choice narrow =
      choicesOf(winograd, layer, machine, Precision::F16Weights).front();
  EXPECT_DOUBLE_EQ(errors[1].error.weights,
                   rounded * winograd.roundingGrowth(narrow.variant));
  // Also of what is not rounded: the transformations' own.
  errors = errorsOf(Precision::Full);
  EXPECT_EQ(errors[1].error.weights, 0);
  EXPECT_GE(errors[1].error.inputs, winograd.typicalError() / 4);
}
