#include "convopt/Runtime/Runtime.h"
#include "llvm/Support/TargetSelect.h"
#include "gtest/gtest.h"

using namespace convopt;

namespace {

std::vector<convopt_requirement> require(const TargetRequest &request,
                                          bool usesTiles = false) {
  llvm::InitializeAllTargetInfos();
  llvm::InitializeAllTargetMCs();
  auto machine = describeMachine(request);
  EXPECT_TRUE(bool(machine));
  auto result = cpuRequirements(*machine, usesTiles);
  EXPECT_TRUE(bool(result));
  return *result;
}

uint64_t bitsOf(const std::vector<convopt_requirement> &requirements,
                uint32_t source, uint32_t index) {
  for (const convopt_requirement &need : requirements)
    if (need.source == source && need.index == index)
      return need.bits;
  return 0;
}

// Bit numbers from Intel's manual, volume 2A, CPUID.
TEST(RequirementsTest, AsksForAvx2AndItsState) {
  auto needs = require({"x86-64", "", ""});
  EXPECT_TRUE(bitsOf(needs, 7, 1) & 1 << 5) << "avx2 in ebx";
  EXPECT_TRUE(bitsOf(needs, 1, 2) & 1 << 12) << "fma in ecx";
  EXPECT_EQ(bitsOf(needs, CONVOPT_XCR0, 0), 0x6u);
  EXPECT_FALSE(bitsOf(needs, 7, 1) & 1 << 16) << "no avx512f";
}

TEST(RequirementsTest, AsksForAvx512AndItsState) {
  auto needs = require({"x86-64", "skylake-avx512", ""});
  EXPECT_TRUE(bitsOf(needs, 7, 1) & 1 << 16);
  EXPECT_EQ(bitsOf(needs, CONVOPT_XCR0, 0), 0xe6u);
}

TEST(RequirementsTest, AsksForTilesWhereTheyAreUsed) {
  const uint64_t tileState = 3u << 17;
  auto without = require({"x86-64", "sapphirerapids", ""});
  EXPECT_EQ(bitsOf(without, CONVOPT_XCR0, 0), 0xe6u);
  EXPECT_FALSE(bitsOf(without, 7, 3) & 1 << 24);
  auto with = require({"x86-64", "sapphirerapids", ""}, true);
  EXPECT_EQ(bitsOf(with, CONVOPT_XCR0, 0), 0xe6u | tileState);
  EXPECT_TRUE(bitsOf(with, 7, 3) & 1 << 22) << "amx-bf16 in edx";
  EXPECT_TRUE(bitsOf(with, 7, 3) & 1 << 25) << "amx-int8 in edx";
}

TEST(RequirementsTest, AsksForNeonAlone) {
  auto needs = require({"aarch64", "", ""});
  EXPECT_TRUE(bitsOf(needs, 16, 0) & 1 << 1) << "asimd in AT_HWCAP";
  EXPECT_FALSE(bitsOf(needs, 16, 0) & 1 << 20) << "no dotprod";
  EXPECT_EQ(bitsOf(needs, 26, 0), 0u);
}

TEST(RequirementsTest, HasNoRuntimeForOtherMachines) {
  MachineDescription machine;
  machine.triple = "riscv64-unknown-linux-gnu";
  auto object = runtimeObject(machine);
  ASSERT_FALSE(bool(object));
  EXPECT_EQ(llvm::toString(object.takeError()),
            "no runtime for target 'riscv64-unknown-linux-gnu'");
}

} // namespace
