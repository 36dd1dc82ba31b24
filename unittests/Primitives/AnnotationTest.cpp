#include "convopt/Primitives/Annotation.h"
#include "../Schedules/LayerTable.h"
#include "gtest/gtest.h"

using namespace convopt;

namespace {

struct Annotations : testing::Test {
  Annotations() {
    context.loadDialect<ConvoptDialect>();
    machine.vectorBits = 512;
    machine.vectorRegisters = 32;
    machine.addBitsPerCycle = 512;
    machine.features = {"avx512f"};
  }
  PrimitiveAttr get(llvm::StringRef name, llvm::StringRef variant = "") {
    return PrimitiveAttr::get(&context, mlir::StringAttr::get(&context, name),
                              mlir::StringAttr::get(&context, variant), {}, {},
                              0, 0, 0, 0, 0);
  }
  mlir::MLIRContext context;
  MachineDescription machine;
};

TEST_F(Annotations, WholeOnesAdmitTheirOwnChoiceAlone) {
  for (const NamedLayer &entry : layerTable()) {
    const std::vector<Choice> all = allChoices(entry.layer, machine);
    for (const Choice &choice : all) {
      const Annotation annotation =
          llvm::cantFail(readAnnotation(annotate(&context, choice, 1)));
      for (const Choice &other : all)
        EXPECT_EQ(annotation.admits(other), &other == &choice)
            << toString(choice) << ", " << toString(other);
    }
  }
}

TEST_F(Annotations, WhatIsLeftOpenMayBeAnything) {
  const NamedLayer entry = layerTable().front();
  const Annotation direct = llvm::cantFail(readAnnotation(get("direct")));
  for (const Choice &choice : allChoices(entry.layer, machine)) {
    EXPECT_EQ(direct.admits(choice), choice.primitive->name() == "direct");
    // One number that differs is enough.
    Annotation other =
        llvm::cantFail(readAnnotation(annotate(&context, choice, 1)));
    other.unroll += 1;
    EXPECT_FALSE(other.admits(choice));
  }
}

TEST_F(Annotations, WrongOnesAreErrors) {
  auto errorOf = [](llvm::Expected<Annotation> annotation) {
    return annotation ? "" : llvm::toString(annotation.takeError());
  };
  EXPECT_EQ(errorOf(readAnnotation(get("winograd_f9x9_9x9"))),
            "there is no primitive called winograd_f9x9_9x9");
  EXPECT_EQ(errorOf(readAnnotation(get("direct", "fast"))),
            "'fast' is no variant's name, such as 6x4 or 6x4l8s14c2p");
}

TEST_F(Annotations, NamesOfChoicesAreReadBack) {
  for (const NamedLayer &entry : layerTable())
    for (const Choice &choice : allChoices(entry.layer, machine))
      EXPECT_EQ(llvm::cantFail(parseChoiceName(toString(choice))),
                nameOf(choice));
  // Of another compiler.
  EXPECT_EQ(llvm::cantFail(parseChoiceName("fft nchw->nhwc 1x1")).primitive,
            "fft");
  for (const char *text :
       {"", "direct", "direct nhwc 6x4", "nhwc->nhwc 6x4", "direct nhwc->nhwc",
        "direct nhwc->chwn 6x4", "direct nhwc->nhwc  6x4"}) {
    llvm::Expected<ChoiceName> name = parseChoiceName(text);
    EXPECT_FALSE(name) << text;
    llvm::consumeError(name.takeError());
  }
}

} // namespace
