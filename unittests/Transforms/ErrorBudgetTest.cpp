// What is chosen within an error for the whole function, by times and errors
// that are made by hand: 1.001 has an error of 1e-3 as bfloat16.

#include "SelectFixture.h"
#include "convopt/Primitives/ChoiceError.h"

using namespace convopt;
using namespace mlir;

namespace {

class Budget : public Select {
protected:
  Budget() {
    options.precisions = {Precision::BF16Weights};
    model.price = [this](const ConvLayer &layer, const Choice &choice) {
      return 1e-9 * (isReduced(choice) ? 10000 - savedBy(layer) : 10000);
    };
  }

  static bool isReduced(const Choice &choice) {
    return choice.variant.precision != Precision::Full;
  }

  /// `body` with weights that have to be rounded.
  Selection choose(std::string body, StringRef result) {
    const std::string exact = "dense<1.0>", rounded = "dense<1.001>";
    for (size_t at = 0; (at = body.find(exact, at)) != std::string::npos;)
      body.replace(at, exact.size(), rounded);
    return llvm::cantFail(select(body, result, options));
  }
  static std::vector<bool> reducedOf(const Selection &selection) {
    std::vector<bool> reduced;
    reduced.reserve(selection.convolutions.size());
    for (const SelectedConvolution &conv : selection.convolutions)
      reduced.push_back(isReduced(conv.chosen.choice));
    return reduced;
  }
  static size_t countOf(const Selection &selection) {
    return llvm::count(reducedOf(selection), true);
  }
  std::string three() {
    return pointwise("%a", "%x") + pointwise("%b", "%a") +
           pointwise("%c", "%b");
  }
  static std::string gain(StringRef inputs, StringRef weights) {
    return ("{convopt.error_gain = array<f64: " + inputs + ", " + weights +
            ">}")
        .str();
  }

  std::function<int64_t(const ConvLayer &)> savedBy = [](const ConvLayer &) {
    return 1000;
  };
  SelectionOptions options = SelectionOptions::unlimited();
};

TEST_F(Budget, IsSpentOnAsManyAsItIsEnoughFor) {
  for (auto [budget, count] : {std::pair(0.9e-3, 0), std::pair(1.1e-3, 1),
                               std::pair(1.5e-3, 2), std::pair(1.8e-3, 3)}) {
    options.maxError = budget;
    const Selection selection = choose(three(), "%c");
    EXPECT_EQ(countOf(selection), size_t(count)) << budget;
    EXPECT_LE(selection.error(), budget);
    EXPECT_NEAR(selection.error(), 1e-3 * std::sqrt(count), 1e-5);
    // Narrow weights are there for NHWC alone, two transpositions away.
    const int64_t nanoseconds = 30000 - 1000 * count;
    EXPECT_GE(selection.nanoseconds(), nanoseconds);
    EXPECT_LE(selection.nanoseconds(), nanoseconds + 256);
  }
}

TEST_F(Budget, IsSpentWhereItBuysMost) {
  options.maxError = 1.1e-3;
  savedBy = [](const ConvLayer &layer) {
    return layer.isPointwise() ? 1000 : 5000;
  };
  const std::string body =
      pointwise("%a", "%x") + window("%b", "%a") + pointwise("%c", "%b");
  EXPECT_EQ(reducedOf(choose(body, "%c")),
            (std::vector<bool>{false, true, false}));
  savedBy = [](const ConvLayer &layer) {
    return layer.isPointwise() ? 5000 : 1000;
  };
  EXPECT_FALSE(reducedOf(choose(body, "%c"))[1]);
}

TEST_F(Budget, BuysNothingThatTakesLonger) {
  options.maxError = 1;
  savedBy = [](const ConvLayer &) { return -1; };
  EXPECT_EQ(countOf(choose(three(), "%c")), 0u);
}

TEST_F(Budget, CountsErrorsAsTheyReachTheResults) {
  options.maxError = 1.1e-3;
  const std::string body = pointwise("%a", "%x", gain("1.0", "2.0")) +
                           pointwise("%b", "%a", gain("2.0", "0.1")) +
                           pointwise("%c", "%b", gain("0.0", "1.0"));
  const Selection selection = choose(body, "%c");
  EXPECT_EQ(reducedOf(selection), (std::vector<bool>{false, true, true}));
  EXPECT_NEAR(selection.convolutions[1].chosen.error, 1e-4, 1e-6);
  EXPECT_NEAR(selection.convolutions[2].chosen.error, 1e-3, 1e-5);
  // An error of the inputs has the other gain.
  const SelectedConvolution &first = selection.convolutions[0];
  EXPECT_DOUBLE_EQ(first.chosen.error,
                   typicalError(first.layer, first.chosen.choice).inputs);
}

// What is as exact as can be stays where even that is too much.
TEST_F(Budget, LeavesTheMostExactWhereItIsTooTight) {
  options.maxError = 1e-12;
  const Selection selection = choose(three(), "%c");
  EXPECT_EQ(reducedOf(selection), std::vector<bool>(3, false));
  EXPECT_GT(selection.error(), *options.maxError);
  EXPECT_TRUE(selection.excluded.empty());
}

// Of 1e5 half precision has none, but of its channel's scale.
TEST_F(Budget, TakesWhatIsTooLargeForHalfPrecisionScaled) {
  options.precisions = {Precision::F16Weights};
  options.maxError = 1e-2;
  std::string large = pointwise("%a", "%x");
  large.replace(large.find("dense<1.0>"), 10, "dense<1.0e5>");
  EXPECT_EQ(countOf(choose(large, "%a")), 1u);
}

TEST_F(Budget, SaysWhatIsSaved) {
  options.maxError = 1;
  const Selection selection = choose(pointwise("%a", "%x"), "%a");
  EXPECT_EQ(selection.convolutions[0].saved, 1000);
  options.maxError = 1e-6;
  EXPECT_FALSE(choose(pointwise("%a", "%x"), "%a").convolutions[0].saved);
}

// Narrow weights are slower here, and memory is what there is too little of.
TEST_F(Budget, ShrinksWithinErrors) {
  savedBy = [](const ConvLayer &) { return -1000; };
  auto growthOf = [](const Selection &selection) { return selection.growth; };
  options.maxError = 1;
  const int64_t wide = growthOf(choose(pointwise("%a", "%x"), "%a"));
  options.maxGrowth = wide - 1;
  const int64_t narrow = growthOf(choose(pointwise("%a", "%x"), "%a"));
  ASSERT_LT(narrow, wide);

  options.maxGrowth = 2 * wide + narrow;
  const Selection one = choose(three(), "%c");
  EXPECT_EQ(countOf(one), 1u);
  EXPECT_EQ(one.growth, *options.maxGrowth);
  options.maxGrowth = 3 * narrow;
  EXPECT_EQ(countOf(choose(three(), "%c")), 3u);
  // Of both limits errors are kept.
  options.maxError = 1.5e-3;
  const Selection both = choose(three(), "%c");
  EXPECT_EQ(countOf(both), 2u);
  EXPECT_LE(both.error(), *options.maxError);
}

// A filter that another size has costs nothing, but its errors do.
TEST_F(Budget, SpendsMemoryAndErrorsTogether) {
  options.maxError = 1.1e-3;
  savedBy = [](const ConvLayer &layer) {
    return layer.isPointwise() ? 1000 : 3000;
  };
  const std::string body = window("%a", "%x") + pointwise("%b", "%a");
  const Selection free = choose(body, "%b");
  EXPECT_EQ(reducedOf(free), (std::vector<bool>{true, false}));
  // Only with the narrow window it is as small as that.
  options.maxGrowth = free.growth;
  EXPECT_EQ(reducedOf(choose(body, "%b")), (std::vector<bool>{true, false}));
  options.precisions.clear();
  EXPECT_GT(choose(body, "%b").growth, free.growth);
}

} // namespace
