// Limits of error, memory and what a primitive may do: what exceeds one is not
// chosen, however fast it is.

#include "SelectFixture.h"

using namespace convopt;
using namespace mlir;

namespace {

/// Of 3x3, which many primitives compute, exact ones and others.
constexpr char kPaddedConvolution[] = R"(
    %p = tensor.pad %x low[0, 0, 1, 1] high[0, 0, 1, 1] {
    ^bb0(%i: index, %j: index, %k: index, %l: index):
      tensor.yield %zero : f32
    } : tensor<1x8x4x4xf32> to tensor<1x8x6x6xf32>
    %f = arith.constant dense<1.0> : tensor<8x8x3x3xf32>
    %a = linalg.conv_2d_nchw_fchw ins(%p, %f : tensor<1x8x6x6xf32>, tensor<8x8x3x3xf32>) outs(%z : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
)";

TEST_F(Select, LeavesPrimitivesOutThatAreTooInexact) {
  double exact = 1;
  for (const Primitive *primitive : allPrimitives())
    exact = std::min(exact, primitive->errorBound());
  SelectionOptions options;
  options.errorBound = exact;
  model.price = [&](const ConvLayer &, const Choice &choice) {
    return choice.primitive->errorBound() > exact ? 1e-9 : 1e-6;
  };
  Selection free = llvm::cantFail(select(kPaddedConvolution, "%a"));
  Selection strict = llvm::cantFail(select(kPaddedConvolution, "%a", options));
  auto bound = [](const Selection &selection) {
    return selection.convolutions[0].chosen.choice.primitive->errorBound();
  };
  EXPECT_GT(bound(free), exact);
  EXPECT_EQ(bound(strict), exact);
}

TEST_F(Select, LeavesPrimitivesOutThatSpreadNaN) {
  model.price = [&](const ConvLayer &, const Choice &choice) {
    return choice.primitive->spreadsNonFinite() ? 1e-9 : 1e-6;
  };
  auto spreads = [&](SelectionOptions options) {
    Selection selection =
        llvm::cantFail(select(kPaddedConvolution, "%a", options));
    return selection.convolutions[0]
        .chosen.choice.primitive->spreadsNonFinite();
  };
  SelectionOptions options;
  EXPECT_TRUE(spreads(options));
  options.strictNan = true;
  EXPECT_FALSE(spreads(options));
  options.force = findPrimitive("winograd_f4x4_3x3");
  EXPECT_FALSE(spreads(options));
  options.strictNan = false;
  EXPECT_TRUE(spreads(options));
}

TEST_F(Select, SaysWhyNothingIsLeft) {
  SelectionOptions options;
  options.errorBound = 0;
  Selection selection =
      llvm::cantFail(select(pointwise("%a", "%x"), "%a", options));
  EXPECT_TRUE(selection.convolutions.empty());
  ASSERT_EQ(selection.excluded.size(), 1u);
  ASSERT_TRUE(selection.excluded[0].layer);
  size_t count = allChoices(*selection.excluded[0].layer, machine).size();
  EXPECT_EQ(selection.excluded[0].why, "has " + std::to_string(count) +
                                           " choices, all excluded: " +
                                           std::to_string(count) + " by error");
  std::string table;
  llvm::raw_string_ostream os(table);
  selection.print(os);
  EXPECT_NE(table.find("choices, all excluded"), std::string::npos) << table;
}

TEST_F(Select, KeepsToWorkspaceAndWeights) {
  model.price = [&](const ConvLayer &layer, const Choice &choice) {
    const Primitive &primitive = *choice.primitive;
    // The worse the cheaper.
    return 1e-3 - 1e-9 * primitive.workspaceBytes(layer, choice, machine) -
           1e-9 * primitive.packedFilter(layer, choice, machine).size();
  };
  auto of = [&](SelectionOptions options) {
    Selection selection =
        llvm::cantFail(select(pointwise("%a", "%x"), "%a", options));
    const SelectedConvolution &conv = selection.convolutions[0];
    const Primitive &primitive = *conv.chosen.choice.primitive;
    return std::pair(
        primitive.workspaceBytes(conv.layer, conv.chosen.choice, machine),
        double(primitive.packedFilter(conv.layer, conv.chosen.choice, machine)
                   .size()) /
            conv.layer.filterElements());
  };
  SelectionOptions small, light;
  small.maxWorkspace = 0;
  light.maxWeights = 1;
  EXPECT_GT(of({}).first, 0);
  EXPECT_EQ(of(small).first, 0);
  EXPECT_LE(of(light).second, 1);
  SelectionOptions preferring;
  preferring.preferredWorkspace = 0;
  EXPECT_EQ(of(preferring).first, 0);
  preferring.preferredWorkspace = -1; // There is none.
  EXPECT_EQ(of(preferring), of({}));
}

TEST_F(Select, GrowsInAllNoMoreThanIsAllowed) {
  auto growth = [&](const ConvLayer &layer, const Choice &choice) {
    return 4 * (choice.primitive->packedFilter(layer, choice, machine).size() -
                layer.filterElements());
  };
  // The more it grows the faster, and less so the larger it is already.
  model.price = [&](const ConvLayer &layer, const Choice &choice) {
    return 1e-3 - 1e-6 * std::sqrt(double(growth(layer, choice)));
  };
  auto growths = [&](std::optional<int64_t> limit, double price = 0) {
    SelectionOptions options = SelectionOptions::unlimited();
    if (limit)
      options.maxGrowth = limit;
    options.growthPrice = price;
    Selection selection = llvm::cantFail(
        select(window("%a", "%x") + window("%b", "%a"), "%b", options));
    std::pair<int64_t, int64_t> bytes;
    bytes.first = growth(selection.convolutions[0].layer,
                         selection.convolutions[0].chosen.choice);
    bytes.second = growth(selection.convolutions[1].layer,
                          selection.convolutions[1].chosen.choice);
    return bytes;
  };
  auto sum = [](std::pair<int64_t, int64_t> of) {
    return of.first + of.second;
  };
  const std::pair<int64_t, int64_t> free = growths(std::nullopt);
  ASSERT_GT(free.first, 0);
  EXPECT_EQ(growths(sum(free)), free);
  EXPECT_LT(sum(growths(sum(free) - 1)), sum(free));
  EXPECT_EQ(sum(growths(0)), 0);
  // Equal layers need not do the same.
  const std::pair<int64_t, int64_t> one = growths(free.first);
  EXPECT_NE(one.first, one.second);
  EXPECT_LE(sum(one), free.first);
  // 1e3 nanoseconds times the root of the bytes are less than these.
  EXPECT_EQ(growths(sum(free), 1e-9), free);
  EXPECT_EQ(sum(growths(sum(free), 1e6)), 0);
}

} // namespace
