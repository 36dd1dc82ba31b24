#include "../Schedules/LayerTable.h"
#include "convopt/Primitives/Primitive.h"
#include "gtest/gtest.h"

using namespace convopt;

namespace {

TEST(VariantName, ReadsWhatItWrites) {
  VariantName name = llvm::cantFail(parseVariantName("6x4l8s14c2p"));
  EXPECT_EQ(name.pixels, 6);
  EXPECT_EQ(name.vectors, 4);
  EXPECT_EQ(name.lanes, 8);
  EXPECT_EQ(name.strip, 14);
  EXPECT_EQ(name.columns, 2);
  EXPECT_TRUE(name.paired);
  EXPECT_FALSE(name.fresh);
  for (const char *text : {"6x4", "1x1l4", "14x2s28", "3x1c5", "7x3s2f"})
    EXPECT_EQ(toString(llvm::cantFail(parseVariantName(text))), text);
}

TEST(VariantName, ReadsTheNamesOfTheWholeCatalogue) {
  MachineDescription machine;
  machine.vectorBits = 512;
  machine.vectorRegisters = 32;
  machine.addBitsPerCycle = 512;
  machine.features = {"avx512f"};
  for (const NamedLayer &entry : layerTable())
    for (const Choice &choice : allChoices(entry.layer, machine)) {
      const VariantName name = choice.variant.name();
      EXPECT_EQ(llvm::cantFail(parseVariantName(toString(name))), name)
          << toString(choice);
    }
}

TEST(VariantName, RefusesWhatItWouldNotWrite) {
  for (const char *text :
       {"", "6", "x4", "6x", "6x4l", "6x4s0", "0x4", "06x4", "-6x4", "6x4c2s3",
        "6x4fp", "6x4 ", "6x4q", "none", "99999999999999999999x1"}) {
    llvm::Expected<VariantName> name = parseVariantName(text);
    ASSERT_FALSE(name) << text;
    EXPECT_EQ(llvm::toString(name.takeError()),
              "'" + std::string(text) +
                  "' is no variant's name, such as 6x4 or 6x4l8s14c2p");
  }
}

} // namespace
