// Which of the compiler's models prices which machine.

#include "BuiltinModel.h"
#include "TestLayer.h"
#include "TreeCostModel.h"
#include "convopt/Primitives/Primitive.h"
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

using namespace convopt;
using nlohmann::json;

static std::vector<double> pricesBy(const CostModel &model, const char *cpu) {
  const MachineDescription machine = testMachine(cpu);
  const ConvLayer layer = testLayer(128, 128, 28, 3);
  return model.convolutions(layer, allChoices(layer, machine), machine);
}

static std::vector<double> pricesBy(EmbeddedModel parts, const char *cpu) {
  auto model = TreeCostModel::parse(parts.head, "m.json", parts.trees);
  return pricesBy(*llvm::cantFail(std::move(model)), cpu);
}

TEST(BuiltinModel, CoresOfTwoProductsOf512BitsHaveTheirOwn) {
  auto builtin = createBuiltinCostModel();
  for (const char *cpu : {"skylake-avx512", "sapphirerapids", "znver5"}) {
    EXPECT_EQ(pricesBy(*builtin, cpu), pricesBy(wideModel(), cpu)) << cpu;
    EXPECT_NE(pricesBy(*builtin, cpu), pricesBy(builtinModel(), cpu)) << cpu;
  }
  for (const char *cpu : {"haswell", "znver4", "x86-64-v2"})
    EXPECT_EQ(pricesBy(*builtin, cpu), pricesBy(builtinModel(), cpu)) << cpu;
}

// It has learnt from the samples of the other one and more.
TEST(BuiltinModel, TheWideOneKnowsWhatTheOtherKnows) {
  auto samplesOf = [](EmbeddedModel model) {
    std::map<std::string, double> samples;
    const json head = json::parse(model.head.begin(), model.head.end());
    for (const json &primitive : head["convolution"]["primitives"])
      samples[primitive["name"]] = primitive["samples"];
    return samples;
  };
  auto wide = samplesOf(wideModel());
  for (const auto &[name, samples] : samplesOf(builtinModel()))
    EXPECT_GE(wide[name], samples) << name;
}
