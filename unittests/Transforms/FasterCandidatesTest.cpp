#include "SelectFixture.h"

using namespace convopt;

namespace {

class Faster : public Select {
protected:
  /// Of one convolution that is alone in its function.
  SelectedConvolution
  selectOne(SelectionOptions options = SelectionOptions::unlimited(),
            llvm::StringRef attributes = "") {
    options.reasons = true;
    Selection selection = llvm::cantFail(
        select(pointwise("%a", "%x", attributes), "%a", options));
    EXPECT_EQ(selection.convolutions.size(), 1u);
    return selection.convolutions.front();
  }

  /// A microsecond for everything; half of that where `isFast`.
  void priceFast(std::function<bool(const Choice &)> isFast) {
    model.price = [=](const ConvLayer &, const Choice &choice) {
      return isFast(choice) ? 0.5e-6 : 1e-6;
    };
  }
};

TEST_F(Faster, NothingWhereTheFastestIsChosen) {
  EXPECT_TRUE(selectOne().faster.empty());
}

TEST_F(Faster, NothingUnlessAskedFor) {
  priceByLayouts({500, 10000, 10000, 400});
  Selection selection = llvm::cantFail(select(pointwise("%a", "%x"), "%a"));
  EXPECT_TRUE(selection.convolutions[0].faster.empty());
}

// 128 elements: two transformations cost 256, of which 100 are saved.
TEST_F(Faster, LayoutsMakeTheWholePlanDearer) {
  priceByLayouts({500, 10000, 10000, 400});
  SelectedConvolution conv = selectOne();
  ASSERT_FALSE(conv.faster.empty());
  for (const FasterCandidate &faster : conv.faster) {
    EXPECT_EQ(faster.candidate.choice.input, Layout::NHWC);
    EXPECT_EQ(faster.obstacle, Obstacle::Layouts);
    ASSERT_TRUE(faster.dearer);
    // What breaks ties between plans costs some nanoseconds.
    EXPECT_GE(*faster.dearer, 156);
    EXPECT_LE(*faster.dearer, 176);
    ASSERT_EQ(faster.transformations.size(), 2u);
    EXPECT_EQ(faster.transformations[0].nanoseconds, 128);
  }
}

TEST_F(Faster, OneOfEachPrimitiveAndLayouts) {
  priceByLayouts({500, 10000, 10000, 400});
  std::set<std::string> kinds;
  for (const FasterCandidate &faster : selectOne().faster)
    EXPECT_TRUE(
        kinds.insert(faster.candidate.choice.primitive->name().str()).second);
}

TEST_F(Faster, ALimitForbidsIt) {
  model.price = [&](const ConvLayer &layer, const Choice &choice) {
    return choice.primitive->workspaceBytes(layer, choice, machine) ? 0.5e-6
                                                                    : 1e-6;
  };
  SelectionOptions options = SelectionOptions::unlimited();
  options.maxWorkspace = 0;
  SelectedConvolution conv = selectOne(options);
  ASSERT_FALSE(conv.faster.empty());
  for (const FasterCandidate &faster : conv.faster)
    EXPECT_EQ(faster.obstacle, Obstacle::Workspace);
}

TEST_F(Faster, NothingIsKnownOfIt) {
  model.unknown = PrimitiveKind::Pointwise;
  priceFast([](const Choice &choice) {
    return choice.kind() == PrimitiveKind::Pointwise;
  });
  SelectedConvolution conv = selectOne();
  ASSERT_FALSE(conv.faster.empty());
  EXPECT_EQ(conv.faster.front().obstacle, Obstacle::Unmeasured);
}

TEST_F(Faster, TheUserNamedAnother) {
  priceFast([](const Choice &choice) {
    return choice.kind() == PrimitiveKind::Pointwise;
  });
  SelectedConvolution conv = selectOne(
      SelectionOptions::unlimited(),
      "{convopt.pinned, convopt.primitive = #convopt.primitive<direct>}");
  ASSERT_FALSE(conv.faster.empty());
  EXPECT_EQ(conv.faster.front().obstacle, Obstacle::Named);
}

TEST_F(Faster, ItsWeightsCostMore) {
  // The more the filter grows the faster, where both are NHWC.
  model.price = [&](const ConvLayer &layer, const Choice &choice) {
    if (choice.input != Layout::NHWC || choice.output != Layout::NHWC)
      return 1.0;
    return 1e-3 -
           1e-8 * choice.primitive->packedFilter(layer, choice, machine).size();
  };
  SelectionOptions options = SelectionOptions::unlimited();
  options.reasons = true;
  options.maxGrowth = 0;
  Selection selection =
      llvm::cantFail(select(window("%a", "%x"), "%a", options));
  const SelectedConvolution &conv = selection.convolutions.front();
  EXPECT_EQ(conv.chosen.growth, 0);
  unsigned count = 0;
  for (const FasterCandidate &faster : conv.faster)
    if (faster.obstacle == Obstacle::Growth) {
      EXPECT_GT(faster.candidate.growth, 0);
      EXPECT_EQ(faster.candidate.choice.input, conv.chosen.choice.input);
      EXPECT_EQ(faster.candidate.choice.output, conv.chosen.choice.output);
      ++count;
    }
  EXPECT_GT(count, 0u);
}

} // namespace
