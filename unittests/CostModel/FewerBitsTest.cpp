// What a model has learnt of numbers other than single precision, and what
// stands in for it where it has not.

#include "MatrixTileTimes.h"
#include "TestLayer.h"
#include "TestModel.h"
#include "TreeCostModel.h"
#include "convopt/CostModel/Roofline.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace convopt;
using nlohmann::json;

static std::unique_ptr<TreeCostModel> make(const json &model) {
  return llvm::cantFail(TreeCostModel::parse(model.dump(), "m.json"));
}

/// A tree by which twice as long is taken where `feature` is below `threshold`.
static json twiceBelow(unsigned feature, double threshold) {
  return oneSplit(feature, threshold, std::log(2), 0);
}

static Choice choiceIn(Precision precision) {
  Choice choice{&getPrimitive("im2row"),
                Layout::NHWC,
                Layout::NHWC,
                {/*pixels=*/6, 2, 16, 4, 16}};
  choice.variant.precision = precision;
  return choice;
}

static double boundOf(const ConvProblem &layer, const Choice &choice,
                      const MachineDescription &machine) {
  return roofline(layer, computedProblem(layer, choice).types, machine)
      .seconds();
}

TEST(FewerBits, TreesSeeTheBitsOfProductsAndOfWeights) {
  json text = testModel();
  text["convolution"]["primitives"] = {
      {{"name", "im2row"}, {"samples", 5}, {"base", 0.0}}};
  text["convolution"]["variants"] = {"fresh", "product_bits", "weight_bits"};
  const MachineDescription machine = testMachine("sapphirerapids");
  const ConvProblem layer = testLayer(64, 64, 28, 3);
  auto ratio = [&](const TreeCostModel &model, Precision precision) {
    const Choice choice = choiceIn(precision);
    return model.convolution(layer, choice, machine) /
           boundOf(layer, choice, machine);
  };
  text["convolution"]["trees"] = twiceBelow(numFeatures + 1, 24);
  auto products = make(text);
  EXPECT_NEAR(ratio(*products, Precision::Full), 1, 1e-6);
  EXPECT_NEAR(ratio(*products, Precision::I8Weights), 1, 1e-6);
  EXPECT_NEAR(ratio(*products, Precision::BF16), 2, 1e-6);
  text["convolution"]["trees"] = twiceBelow(numFeatures + 2, 24);
  auto weights = make(text);
  EXPECT_NEAR(ratio(*weights, Precision::Full), 1, 1e-6);
  EXPECT_NEAR(ratio(*weights, Precision::I8Weights), 2, 1e-6);
  EXPECT_NEAR(ratio(*weights, Precision::BF16), 2, 1e-6);
}

// Samples of bf16 have the time of the conversion in them.
TEST(FewerBits, OnlyModelsWithoutSamplesOfThemAddTheConversion) {
  json text = testModel();
  const MachineDescription machine = testMachine("sapphirerapids");
  const ConvProblem layer = testLayer(64, 64, 28, 3);
  const Choice choice = choiceIn(Precision::BF16);
  const double bound = boundOf(layer, choice, machine);
  EXPECT_GT(make(text)->convolution(layer, choice, machine), 1.001 * bound);
  text["convolution"]["variants"] = {"product_bits"};
  EXPECT_NEAR(make(text)->convolution(layer, choice, machine), bound,
              1e-6 * bound);
}

TEST(FewerBits, TilesOfAMatrixHaveAFormulaUntilThereAreSamples) {
  const MachineDescription machine = testMachine("sapphirerapids");
  ConvProblem layer = testLayer(64, 64, 28, 3);
  layer.types = {ElementType::U8, ElementType::I8, ElementType::I32,
                 ElementType::U8};
  const Primitive &tiles = getPrimitive("matrix_tiles");
  const std::vector<Choice> choices = tiles.choices(layer, machine);
  ASSERT_FALSE(choices.empty());
  const Choice &choice = choices.front();
  json text = testModel();
  text["convolution"]["variants"] = {"product_bits"};
  const double counted = matrixTileSeconds(layer, choice, machine);
  for (json &primitive : text["convolution"]["primitives"])
    primitive["base"] = std::log(3);
  EXPECT_DOUBLE_EQ(make(text)->convolution(layer, choice, machine),
                   3 * counted);
  for (json &primitive : text["convolution"]["primitives"])
    if (primitive["name"] == "matrix_tiles")
      primitive["samples"] = 0;
  auto model = make(text);
  EXPECT_DOUBLE_EQ(model->convolution(layer, choice, machine), counted);
  EXPECT_TRUE(model->knows(layer, choice, machine));
}
