// Convolutions whose epilogue ends with a cast: each way to compute one stores
// elements of the epilogue's type.

#include "JitConvolution.h"
#include "LayerTable.h"
#include "NaiveConvolution.h"
#include "RandomFloats.h"
#include "gtest/gtest.h"
#include <cmath>
#include <random>
#include <set>

using namespace convopt;

namespace {

struct ResultType {
  std::string name;
  /// The largest error of rounding, as a part of the value.
  double relative;
  bool isInteger;
  /// Every way is checked with f16 and with one of the other types, in turn.
  int turn;
};

/// What differs in how the output is computed.
std::string wayOf(const Choice &choice) {
  const Variant &v = choice.variant;
  std::string text;
  for (int part : {int(choice.kind()), int(choice.input), int(choice.output),
                   int(v.paired), int(v.fresh), int(v.columns != 0)})
    text += std::to_string(part) + ",";
  return text;
}

/// Layers that have every way among them.
std::vector<NamedLayer> layers() {
  const std::set<std::string> names{"Plain",
                                    "Square5x5",
                                    "PointwiseWide",
                                    "PointwiseStrided",
                                    "DilatedWide",
                                    "Wide1x7",
                                    "Square7x7",
                                    "Square9x9",
                                    "FullyConnectedBatch",
                                    "Depthwise",
                                    "Grouped4x4",
                                    "GroupedPointwiseBatch",
                                    "ManyChannels"};
  std::vector<NamedLayer> some;
  for (NamedLayer &entry : layerTable())
    if (names.count(entry.name))
      some.push_back(std::move(entry));
  ConvLayer strassen;
  strassen.inChannels = 256;
  strassen.outChannels = 128;
  strassen.inHeight = strassen.outHeight = 16;
  strassen.inWidth = strassen.outWidth = 17;
  some.push_back({"Strassen", strassen, false});
  return some;
}

class ConvResultType : public ::testing::TestWithParam<ResultType> {};

TEST_P(ConvResultType, IsStoredByEveryPrimitive) {
  const ResultType &type = GetParam();
  MachineDescription machine = llvm::cantFail(describeHost());
  MachineDescription small = machine; // Where images exceed the cache.
  small.l2Bytes = 16 << 10;
  std::set<std::string> seen;
  std::set<PrimitiveKind> kinds;
  for (const NamedLayer &entry : layers()) {
    const ConvLayer &l = entry.layer;
    const std::vector<float> image = randomFloats(
        l.inputElements(), 1,
        4 / std::sqrt(float(l.inChannels * l.kernelHeight * l.kernelWidth)));
    const std::vector<float> filter = randomFloats(l.filterElements(), 2, 1);
    std::vector<double> want;
    std::vector<std::pair<Choice, MachineDescription>> choices;
    for (const MachineDescription &each : {machine, small})
      for (const Choice &choice : allChoices(l, each))
        choices.emplace_back(choice, each);
    for (const auto &[choice, each] : choices) {
      if (!seen.insert(wayOf(choice)).second ||
          (type.turn >= 0 && int(seen.size()) % 7 != type.turn))
        continue;
      SCOPED_TRACE(entry.name + ": " + toString(choice));
      kinds.insert(choice.kind());
      const double bound = choice.primitive->errorBound();
      if (want.empty())
        want = naiveConvolution(l, image, filter);
      JitResult result =
          runConvolution(l, choice, each, 1, image, filter, {type.name});
      ASSERT_EQ(result.error, "");
      ASSERT_EQ(result.output.size(), want.size());
      for (int64_t i = 0; i < int64_t(want.size()); ++i) {
        const int64_t x = i % l.outWidth, y = i / l.outWidth % l.outHeight;
        const int64_t plane = i / l.outWidth / l.outHeight;
        const int64_t channels = l.groups * l.outChannels;
        const double value =
            epilogueOf(want[i], plane % channels, x, y, plane / channels);
        const double error = std::max(1e-3, 20 * bound);
        double low = value - error - type.relative * value;
        double high = value + error + type.relative * value;
        if (type.isInteger) { // Towards zero.
          low = std::trunc(low);
          high = std::trunc(high);
        }
        if (type.name == "bool") {
          low = value > error;
          high = value > 0;
        }
        ASSERT_GE(result.output[i], low) << i;
        ASSERT_LE(result.output[i], high) << i;
        if (type.isInteger)
          ASSERT_EQ(result.output[i], std::trunc(result.output[i])) << i;
      }
    }
  }
  // Pairs are for machines that add beside what they multiply.
  const unsigned all = machine.addBitsPerCycle ? 12 : 11;
  EXPECT_GE(kinds.size(), type.turn < 0 ? all : 2u);
}

INSTANTIATE_TEST_SUITE_P(Types, ConvResultType,
                         ::testing::Values(ResultType{"f16", 0x1p-11, false,
                                                      -1},
                                           ResultType{"bf16", 0x1p-8, false, 0},
                                           ResultType{"f64", 0x1p-24, false, 1},
                                           ResultType{"i8", 0, true, 2},
                                           ResultType{"u8", 0, true, 3},
                                           ResultType{"i32", 0, true, 4},
                                           ResultType{"i64", 0, true, 5},
                                           ResultType{"bool", 0, true, 6}),
                         [](const auto &info) { return info.param.name; });

} // namespace
