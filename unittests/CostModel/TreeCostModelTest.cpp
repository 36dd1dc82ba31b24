#include "TreeCostModel.h"
#include "TestLayer.h"
#include "TestModel.h"
#include "convopt/CostModel/Roofline.h"
#include <cmath>
#include <gtest/gtest.h>

using namespace convopt;
using nlohmann::json;

static std::unique_ptr<TreeCostModel> make(const json &model) {
  return llvm::cantFail(TreeCostModel::parse(model.dump(), "m.json"));
}

static const Choice direct{&getPrimitive("direct"),
                           Layout::NHWC,
                           Layout::NHWC,
                           {/*pixels=*/6, 2, 8, 4, 16}};

TEST(TreeCostModel, WithoutTreesTheBaseCounts) {
  json text = testModel();
  text["convolution"]["primitives"][0]["base"] = std::log(2); // direct
  text["convolution"]["overhead_seconds"] = 0.25;
  ConvLayer layer = testLayer(64, 64, 28, 3);
  MachineDescription machine = testMachine();
  EXPECT_DOUBLE_EQ(make(text)->convolution(layer, direct, machine),
                   0.25 + 2 * roofline(layer, machine).seconds());
}

TEST(TreeCostModel, TreesSeeTheFeatures) {
  json text = testModel();
  text["convolution"]["trees"] = oneSplit(F_out_width, 20, std::log(3), 0);
  auto model = make(text);
  MachineDescription machine = testMachine();
  ConvLayer small = testLayer(64, 64, 14, 3), large = testLayer(64, 64, 28, 3);
  EXPECT_DOUBLE_EQ(model->convolution(small, direct, machine),
                   3 * roofline(small, machine).seconds());
  EXPECT_DOUBLE_EQ(model->convolution(large, direct, machine),
                   roofline(large, machine).seconds());
}

/// A tree by which three times as long is taken where `feature` is above
/// `threshold`.
static json thriceAbove(unsigned feature, double threshold) {
  return oneSplit(feature, threshold, 0, std::log(3));
}

TEST(TreeCostModel, TreesSeeThePrimitive) {
  json text = testModel();
  // The model's own order and names; what comes first this compiler lacks.
  text["convolution"]["primitives"] = {
      {{"name", "gone"}, {"samples", 5}, {"base", 9.0}},
      {{"name", "direct"}, {"samples", 5}, {"base", 0.0}},
      {{"name", "im2row"}, {"samples", 5}, {"base", 0.0}}};
  text["convolution"]["trees"] = thriceAbove(numFeatures + 2, 0.5);
  auto model = make(text);
  MachineDescription machine = testMachine();
  ConvLayer layer = testLayer(64, 64, 28, 3);
  Choice im2row = direct;
  im2row.primitive = &getPrimitive("im2row");
  double bound = roofline(layer, machine).seconds();
  EXPECT_DOUBLE_EQ(model->convolution(layer, direct, machine), bound);
  EXPECT_DOUBLE_EQ(model->convolution(layer, im2row, machine), 3 * bound);
}

TEST(TreeCostModel, TreesSeeTheVariant) {
  json text = testModel();
  text["convolution"]["primitives"] = {
      {{"name", "direct"}, {"samples", 5}, {"base", 0.0}}};
  text["convolution"]["variants"] = {"columns", "fresh"};
  text["convolution"]["trees"] = thriceAbove(numFeatures + 1, 0.5);
  auto model = make(text);
  MachineDescription machine = testMachine();
  ConvLayer layer = testLayer(64, 64, 28, 3);
  Choice fresh = direct;
  fresh.variant.fresh = true;
  double bound = roofline(layer, machine).seconds();
  EXPECT_DOUBLE_EQ(model->convolution(layer, direct, machine), bound);
  EXPECT_DOUBLE_EQ(model->convolution(layer, fresh, machine), 3 * bound);
}

TEST(TreeCostModel, TreesSeeThePrimitivesTraits) {
  json text = testModel();
  text["convolution"]["primitives"] = {
      {{"name", "direct"}, {"samples", 5}, {"base", 0.0}, {"traits", {7, 1}}},
      {{"name", "im2row"}, {"samples", 5}, {"base", 0.0}, {"traits", {7, 2}}},
      {{"name", "gone"}, {"samples", 5}, {"base", 0.0}, {"traits", {7, 3}}}};
  text["convolution"]["trees"] = thriceAbove(numFeatures + 1, 1.5);
  auto model = make(text);
  MachineDescription machine = testMachine();
  ConvLayer layer = testLayer(64, 64, 28, 3);
  double bound = roofline(layer, machine).seconds();
  EXPECT_DOUBLE_EQ(model->convolution(layer, direct, machine), bound);
  // One that the model does not know has the median of the others, here 2.
  for (const char *name : {"im2row", "im2col"}) {
    Choice other = direct;
    other.primitive = &getPrimitive(name);
    EXPECT_DOUBLE_EQ(model->convolution(layer, other, machine), 3 * bound);
  }
}

TEST(TreeCostModel, ChoicesTogetherCostWhatTheyDoAlone) {
  auto model = createBuiltinCostModel();
  MachineDescription machine = testMachine();
  ConvLayer layer = testLayer(96, 64, 28, 3);
  std::vector<Choice> choices = allChoices(layer, machine);
  std::vector<double> seconds = model->convolutions(layer, choices, machine);
  ASSERT_EQ(seconds.size(), choices.size());
  for (size_t i = 0; i < choices.size(); ++i)
    EXPECT_EQ(seconds[i], model->convolution(layer, choices[i], machine))
        << toString(choices[i]);
}

TEST(TreeCostModel, PrimitivesWithoutSamplesAreNotKnown) {
  json text = testModel();
  text["convolution"]["primitives"] = {
      {{"name", "direct"}, {"samples", 0}, {"base", 7.0}},
      {{"name", "im2row"}, {"samples", 5}, {"base", std::log(2)}}};
  auto model = make(text);
  MachineDescription machine = testMachine();
  ConvLayer layer = testLayer(64, 64, 28, 3);
  auto choice = [&](llvm::StringRef name) {
    Choice other = direct;
    other.primitive = &getPrimitive(name);
    return other;
  };
  EXPECT_TRUE(model->knows(layer, choice("im2row"), machine));
  EXPECT_FALSE(model->knows(layer, direct, machine));
  EXPECT_FALSE(model->knows(layer, choice("im2col"), machine));
  // Still they have a price, for a user who insists.
  EXPECT_DOUBLE_EQ(model->convolution(layer, direct, machine),
                   2 * roofline(layer, machine).seconds());
}

TEST(TreeCostModel, TransformationsCostTheirBytes) {
  json text = testModel();
  text["transformation"]["to_nhwc"]["l2"] = 0.25;
  auto model = make(text);
  MachineDescription machine = testMachine();
  auto seconds = [&](Layout from, Layout to) {
    return model->transformation(1, 64, 28, 28, from, to, machine);
  };
  double bytes = 8.0 * 64 * 28 * 28,
         bound = bytes / bandwidthFor(bytes, machine);
  EXPECT_EQ(seconds(Layout::NHWC, Layout::NHWC), 0);
  EXPECT_DOUBLE_EQ(seconds(Layout::NHWC, Layout::NCHW), 1e-6 + bound / 0.5);
  EXPECT_DOUBLE_EQ(seconds(Layout::NCHW, Layout::NHWC), 1e-6 + bound / 0.25);
}

TEST(TreeCostModel, TheBuiltinModelIsSane) {
  auto model = createBuiltinCostModel();
  for (const char *cpu : {"znver4", "haswell", "x86-64-v2", "sapphirerapids"}) {
    MachineDescription machine = testMachine(cpu);
    for (int64_t size : {7, 14, 56})
      for (int64_t kernel : {1, 3}) {
        ConvLayer layer = testLayer(128, 128, size, kernel);
        for (const Choice &choice : allChoices(layer, machine)) {
          double bound = roofline(layer, machine).seconds();
          double seconds = model->convolution(layer, choice, machine);
          EXPECT_GT(seconds, bound / 10) << toString(choice);
          EXPECT_LT(seconds, bound * 200 + 1e-5) << toString(choice);
        }
      }
  }
}
