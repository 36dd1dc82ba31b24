#include "SelectFixture.h"
#include "convopt/Transforms/PackedForms.h"

using namespace convopt;
using namespace mlir;

namespace {

TEST_F(Select, StaysInOneLayoutWhereTransformationsCostMore) {
  // 128 elements: two transformations cost 256.
  priceByLayouts({500, 10000, 10000, 400});
  Selection selection = llvm::cantFail(select(pointwise("%a", "%x"), "%a"));
  ASSERT_EQ(selection.convolutions.size(), 1u);
  EXPECT_EQ(selection.convolutions[0].chosen.choice.output, Layout::NCHW);
  EXPECT_TRUE(selection.transformations.empty());
  EXPECT_EQ(selection.nanoseconds(), 500);
}

TEST_F(Select, ChangesTheLayoutWhereThatPays) {
  priceByLayouts({500, 10000, 10000, 400});
  Selection selection = llvm::cantFail(select(
      pointwise("%a", "%x") + pointwise("%b", "%a") + pointwise("%c", "%b"),
      "%c"));
  ASSERT_EQ(selection.convolutions.size(), 3u);
  for (const SelectedConvolution &conv : selection.convolutions)
    EXPECT_EQ(conv.chosen.choice.input, Layout::NHWC);
  EXPECT_EQ(selection.transformations.size(), 2u);
  EXPECT_EQ(selection.nanoseconds(), 3 * 400 + 2 * 128);
}

TEST_F(Select, ASharedTransformationIsPaidOnce) {
  priceByLayouts({500, 10000, 10000, 350});
  std::string sum = R"(%s = linalg.generic {indexing_maps = [
      affine_map<(a, b, c, d) -> (a, b, c, d)>, affine_map<(a, b, c, d) -> (a, b, c, d)>,
      affine_map<(a, b, c, d) -> (a, b, c, d)>], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%a, %b : tensor<1x8x4x4xf32>, tensor<1x8x4x4xf32>) outs(%e : tensor<1x8x4x4xf32>) {
    ^bb0(%p: f32, %q: f32, %o: f32):
      %r = arith.addf %p, %q : f32
      linalg.yield %r : f32
    } -> tensor<1x8x4x4xf32>
)";
  // Each alone would save 150 and pay 256; together they save 300.
  Selection selection = llvm::cantFail(
      select(pointwise("%a", "%x") + pointwise("%b", "%x") + sum, "%s"));
  EXPECT_EQ(selection.transformations.size(), 2u);
  EXPECT_EQ(selection.nanoseconds(), 2 * 350 + 2 * 128);
}

// What is a fifth cheaper for one thread, but has no work for half of four, is
// dearer for four.
TEST_F(Select, PricesTheDivisionAmongThreads) {
  machine.gigahertz = 1e-6; // So slow that 1024 multiply-adds are worth it.
  auto speedup = [&](const ConvLayer &layer, const Choice &choice) {
    return divide(layer, choice, machine, 4).speedup;
  };
  model.price = [&](const ConvLayer &layer, const Choice &choice) {
    return speedup(layer, choice) > 2 ? 1.0 : 0.8;
  };
  for (int64_t threads : {1, 4}) {
    SelectionOptions options;
    options.threads = threads;
    Selection selection =
        llvm::cantFail(select(pointwise("%a", "%x"), "%a", options));
    ASSERT_EQ(selection.convolutions.size(), 1u);
    const SelectedConvolution &conv = selection.convolutions[0];
    EXPECT_EQ(speedup(conv.layer, conv.chosen.choice) > 2, threads == 4);
    EXPECT_NEAR(selection.nanoseconds(), threads == 4 ? 0.25e9 : 0.8e9, 5e7);
  }
}

TEST_F(Select, DividesNothingThatWasMeasuredOnAllThreads) {
  machine.gigahertz = 1e-6;
  model.threaded = 0.125;
  int asked = 0;
  model.price = [&asked, price = model.price](const ConvLayer &layer,
                                              const Choice &choice) {
    ++asked;
    return price(layer, choice);
  };
  // Only this way, so that a transformation is paid on either side.
  std::string pinned =
      "{convopt.pinned, convopt.primitive = #convopt.primitive<pointwise in = "
      "nhwc out = nhwc>}";
  for (int64_t threads : {1, 4}) {
    SelectionOptions options;
    options.threads = threads;
    Selection selection =
        llvm::cantFail(select(pointwise("%a", "%x", pinned), "%a", options));
    EXPECT_EQ(selection.nanoseconds(), threads == 4 ? 375000000 : 1256);
    // Nor is the time on one thread asked for, which may not be known.
    EXPECT_EQ(std::exchange(asked, 0) > 0, threads == 1);
  }
}

// What another size has packed costs no memory; what it has not costs all of
// its bytes.
TEST_F(Select, PrefersFiltersThatAnotherSizeHasPacked) {
  SelectionOptions options = SelectionOptions::unlimited();
  PackedForms forms;
  options.forms = &forms;
  const Primitive *fastest = &getPrimitive("direct");
  model.price = [&](const ConvLayer &, const Choice &choice) {
    return choice.primitive == fastest ? 1e-6 : 1e-5;
  };
  auto formOf = [&] {
    Selection selection =
        llvm::cantFail(select(window("%a", "%x"), "%a", options));
    const SelectedConvolution &conv = selection.convolutions[0];
    return conv.chosen.choice.primitive
        ->packedFilter(conv.layer, conv.chosen.choice, machine)
        .bytes();
  };
  const int64_t first = formOf();
  const int64_t grown = forms.grown;
  fastest = &getPrimitive("winograd_f4x4_3x3");
  options.maxGrowth = grown;
  EXPECT_EQ(formOf(), first) << "nothing is left for another form";
  EXPECT_EQ(forms.grown, grown);
  options.maxGrowth = 1 << 20;
  EXPECT_GT(formOf(), first) << "faster, and there is memory for it";
  EXPECT_GT(forms.grown, grown);
}

TEST_F(Select, RoundsBeforeItCompares) {
  // The second is cheaper by less than anybody can measure.
  model.price = [calls = 0](const ConvLayer &, const Choice &choice) mutable {
    return choice.kind() == PrimitiveKind::Pointwise &&
                   choice.output == Layout::NCHW
               ? 1e-6 - 1e-16 * ++calls
               : 1e-3;
  };
  Selection selection = llvm::cantFail(select(pointwise("%a", "%x"), "%a"));
  std::string first;
  for (const Choice &choice :
       getPrimitive("pointwise")
           .choices(selection.convolutions[0].layer, machine))
    if (first.empty() && choice.output == Layout::NCHW)
      first = toString(choice);
  EXPECT_EQ(toString(selection.convolutions[0].chosen.choice), first);
}

TEST_F(Select, ForcesAPrimitiveWhereItSupportsTheLayer) {
  model.price = [](const ConvLayer &, const Choice &choice) {
    return choice.kind() == PrimitiveKind::Direct ? 1e-3 : 1e-6;
  };
  SelectionOptions options;
  options.force = &getPrimitive("direct");
  Selection selection =
      llvm::cantFail(select(pointwise("%a", "%x"), "%a", options));
  EXPECT_EQ(selection.convolutions[0].chosen.choice.kind(),
            PrimitiveKind::Direct);
  options.force = &getPrimitive("winograd_f4x4_3x3"); // Not for 1x1.
  selection = llvm::cantFail(select(pointwise("%a", "%x"), "%a", options));
  EXPECT_NE(selection.convolutions[0].chosen.choice.kind(),
            PrimitiveKind::Direct);
}

TEST_F(Select, OffersAnUnknownPrimitiveOnlyByName) {
  model.unknown = PrimitiveKind::Direct;
  model.price = [](const ConvLayer &, const Choice &choice) {
    return choice.kind() == PrimitiveKind::Direct ? 1e-9 : 1e-6;
  };
  auto chosen = [&](StringRef attributes, SelectionOptions options) {
    Selection selection = llvm::cantFail(
        select(pointwise("%a", "%x", attributes), "%a", options));
    for (const Candidate &other : selection.convolutions[0].others)
      EXPECT_TRUE(options.force || !attributes.empty() || other.known);
    return selection.convolutions[0].chosen.choice.kind();
  };
  EXPECT_NE(chosen("", {}), PrimitiveKind::Direct);
  SelectionOptions forced;
  forced.force = &getPrimitive("direct");
  EXPECT_EQ(chosen("", forced), PrimitiveKind::Direct);
  EXPECT_EQ(chosen("{convopt.pinned, convopt.primitive = "
                   "#convopt.primitive<direct>}",
                   {}),
            PrimitiveKind::Direct);
}

TEST_F(Select, FillsAPinnedPrimitiveIn) {
  model.price = [](const ConvLayer &, const Choice &choice) {
    return choice.kind() == PrimitiveKind::Direct ? 1e-3 : 1e-6;
  };
  Selection selection =
      llvm::cantFail(select(pointwise("%a", "%x",
                                      "{convopt.pinned, convopt.primitive = "
                                      "#convopt.primitive<direct>}"),
                            "%a"));
  ASSERT_EQ(selection.convolutions.size(), 1u);
  EXPECT_TRUE(selection.convolutions[0].pinned);
  EXPECT_EQ(selection.convolutions[0].chosen.choice.kind(),
            PrimitiveKind::Direct);
  module->walk([](linalg::Conv2DNchwFchwOp conv) {
    auto attr = conv->getAttrOfType<PrimitiveAttr>("convopt.primitive");
    EXPECT_EQ(attr.getName(), "direct");
    EXPECT_FALSE(attr.getVariant().empty());
    EXPECT_EQ(attr.getNanoseconds(), 1000000);
    EXPECT_TRUE(conv->hasAttr("convopt.pinned"));
  });
}

TEST_F(Select, RefusesAPinnedPrimitiveThatDoesNotSupportTheLayer) {
  llvm::Expected<Selection> selection =
      select(pointwise("%a", "%x",
                       "{convopt.pinned, convopt.primitive = "
                       "#convopt.primitive<winograd_f2x2_3x3>}"),
             "%a");
  ASSERT_FALSE(selection);
  EXPECT_NE(
      llvm::toString(selection.takeError())
          .find("the pinned primitive winograd_f2x2_3x3 does not support"),
      std::string::npos);
}

// Neither an empty result nor an empty sum is a question, nor a division by 0.
TEST_F(Select, AsksNothingOfEmptyConvolutions) {
  for (const char *sizes :
       {"0x8x4x4 8x8x3x3 0x8x2x2", "1x0x4x4 8x0x3x3 1x8x2x2",
        "1x8x4x4 0x8x3x3 1x0x2x2", "1x8x4x2 8x8x3x3 1x8x2x0"}) {
    SmallVector<StringRef> types;
    StringRef(sizes).split(types, ' ');
    auto tensor = [&](unsigned i) {
      return "tensor<" + types[i].str() + "xf32>";
    };
    std::string text =
        "func.func @main(%x: " + tensor(0) + ", %z: " + tensor(2) + ") -> " +
        tensor(2) + " {\n%f = arith.constant dense<1.0> : " + tensor(1) +
        "\n%a = linalg.conv_2d_nchw_fchw ins(%x, %f : " + tensor(0) + ", " +
        tensor(1) + ") outs(%z : " + tensor(2) + ") -> " + tensor(2) +
        "\nreturn %a : " + tensor(2) + "\n}";
    module = parseSourceString<ModuleOp>(text, &context);
    ASSERT_TRUE(module);
    auto func = *module->getOps<func::FuncOp>().begin();
    Selection selection =
        llvm::cantFail(selectPrimitives(func, model, machine, {}));
    EXPECT_TRUE(selection.convolutions.empty()) << sizes;
    EXPECT_TRUE(selection.excluded.empty()) << sizes;
  }
}

TEST_F(Select, PrintsATable) {
  priceByLayouts({500, 10000, 10000, 50});
  Selection selection = llvm::cantFail(select(pointwise("%a", "%x"), "%a"));
  std::string table;
  llvm::raw_string_ostream os(table);
  selection.print(os, 1);
  EXPECT_NE(table.find("8->8 4x4 1x1"), std::string::npos) << table;
  EXPECT_NE(table.find("0.000 ms"), std::string::npos) << table;
  EXPECT_NE(table.find("nchw->nhwc"), std::string::npos) << table;
  EXPECT_NE(table.find("input 0"), std::string::npos) << table;
}

} // namespace
