#include "convopt/Target/MachineDescription.h"
#include "llvm/ADT/StringRef.h"
#include <gtest/gtest.h>

using namespace convopt;

static MachineDescription describe(const char *target, const char *cpu = "",
                                   const char *features = "") {
  auto machine = describeMachine({target, cpu, features});
  EXPECT_TRUE(bool(machine)) << llvm::toString(machine.takeError());
  return *machine;
}

static std::string errorOf(const char *target, const char *cpu = "",
                           const char *features = "") {
  auto machine = describeMachine({target, cpu, features});
  EXPECT_FALSE(bool(machine));
  return machine ? "" : llvm::toString(machine.takeError());
}

TEST(DescribeMachine, PlainX86MeansLevelThree) {
  MachineDescription machine = describe("x86-64");
  EXPECT_EQ(machine.triple, "x86_64-unknown-linux-gnu");
  EXPECT_EQ(machine.cpu, "x86-64-v3");
  EXPECT_EQ(machine.vectorBits, 256);
  EXPECT_EQ(machine.vectorRegisters, 16);
  EXPECT_TRUE(machine.has("avx2"));
  EXPECT_TRUE(machine.has("fma"));
  EXPECT_FALSE(machine.has("avx512f"));
  EXPECT_EQ(llvmFeatures(machine).find("+avx512"), std::string::npos);
}

TEST(DescribeMachine, PlainAArch64IsScheduledAsCortexA73) {
  MachineDescription machine = describe("aarch64");
  MachineDescription a73 = describe("aarch64", "cortex-a73");
  EXPECT_EQ(machine.triple, "aarch64-unknown-linux-gnu");
  EXPECT_EQ(machine.cpu, "generic");
  EXPECT_EQ(machine.vectorBits, 128);
  EXPECT_EQ(machine.vectorRegisters, 32);
  EXPECT_EQ(machine.peak(ConvTypes()), a73.peak(ConvTypes()));
  EXPECT_EQ(machine.l2Bytes, a73.l2Bytes);
}

TEST(DescribeMachine, TriplesOfLinuxAreAccepted) {
  EXPECT_EQ(describe("aarch64-linux-gnu", "cortex-a53").cpu, "cortex-a53");
  EXPECT_TRUE(describe("x86_64-alpine-linux-musl").isX86());
  EXPECT_NE(errorOf("riscv64-linux-gnu").find("'riscv64-linux-gnu'"),
            std::string::npos);
  EXPECT_NE(errorOf("aarch64-apple-darwin").find("Linux"), std::string::npos);
  EXPECT_NE(errorOf("").find("--target"), std::string::npos);
}

TEST(DescribeMachine, CpusBelongToTheirArchitecture) {
  std::string error = errorOf("x86-64", "cortex-a53");
  EXPECT_NE(error.find("unknown 'cortex-a53'"), std::string::npos);
  EXPECT_NE(error.find("znver4"), std::string::npos);
  EXPECT_NE(errorOf("aarch64", "pentium").find("neoverse-n1"),
            std::string::npos);
}

TEST(DescribeMachine, HostIsANamedCpu) {
  auto host = describeHost();
  ASSERT_TRUE(bool(host)) << llvm::toString(host.takeError());
  MachineDescription named =
      describe(host->isX86() ? "x86-64" : "aarch64", host->cpu.c_str());
  EXPECT_EQ(named.features, host->features);
  EXPECT_EQ(named.l3Bytes, host->l3Bytes);
  EXPECT_EQ(named.gigahertz, host->gigahertz);
}

TEST(DescribeMachine, NoCpuThatTheHostHasAllOfKnowsMoreThanItsOwn) {
  const MachineDescription host = llvm::cantFail(describeHost());
  if (!host.isX86())
    GTEST_SKIP() << "names of ARM's cores say nothing of their features";
  // A host is at least the level that its features make.
  for (const char *level : {"x86-64-v2", "x86-64-v3", "x86-64-v4"}) {
    const MachineDescription other = describe("x86-64", level);
    const bool hasAll = llvm::all_of(
        other.features, [&](const std::string &f) { return host.has(f); });
    if (hasAll)
      EXPECT_GE(host.vectorBits, other.vectorBits) << level;
  }
}

TEST(DescribeMachine, SwitchingAFeatureOffTakesWhatNeedsIt) {
  MachineDescription machine = describe("x86-64", "znver4", "-avx512f");
  EXPECT_EQ(machine.features, describe("x86-64", "znver3").features);
  EXPECT_EQ(machine.vectorBits, 256);
  EXPECT_EQ(machine.vectorRegisters, 16);
  EXPECT_NE(llvmFeatures(machine).find("-avx512bf16"), std::string::npos);
  // Zen 4 computes 512 bits in two halves: the peak stays.
  EXPECT_EQ(machine.peak(ConvTypes()),
            describe("x86-64", "znver4").peak(ConvTypes()));
}

TEST(DescribeMachine, VectorsMayBeNarrowerThanTheInstructions) {
  MachineDescription machine = describe("x86-64", "znver4", "+prefer-128-bit");
  EXPECT_TRUE(machine.has("avx512vl"));
  EXPECT_EQ(machine.vectorBits, 128);
  EXPECT_EQ(machine.vectorRegisters, 32);
  EXPECT_EQ(2 * machine.peak(ConvTypes()),
            describe("x86-64", "znver4", "+prefer-256-bit").peak(ConvTypes()));
  machine = describe("x86-64", "haswell", "+prefer-128-bit");
  EXPECT_FALSE(machine.has("avx512vl"));
  EXPECT_EQ(machine.vectorBits, 128);
  EXPECT_EQ(machine.vectorRegisters, 16);
}

TEST(DescribeMachine, WaysOfTheCacheMakeAPageEachOrAreGiven) {
  EXPECT_EQ(describe("x86-64", "znver4").l1Ways, 8);
  EXPECT_EQ(describe("x86-64", "icelake-server").l1Ways, 12);
  EXPECT_EQ(describe("aarch64", "cortex-a72").l1Ways, 2);
}

TEST(DescribeMachine, SomeCoresAddBesideWhatTheyMultiply) {
  EXPECT_EQ(describe("x86-64", "znver4").addBitsPerCycle, 512);
  EXPECT_EQ(describe("x86-64", "znver5").addBitsPerCycle, 1024);
  EXPECT_EQ(describe("x86-64", "haswell").addBitsPerCycle, 0);
}

TEST(DescribeMachine, SwitchingAFeatureOnBringsWhatItNeeds) {
  MachineDescription machine = describe("x86-64", "x86-64-v2", "+avx512vbmi");
  for (const char *feature : {"avx", "avx2", "fma", "avx512f", "avx512bw"})
    EXPECT_TRUE(machine.has(feature)) << feature;
  EXPECT_EQ(machine.vectorBits, 512);
}

TEST(DescribeMachine, EditsApplyInOrder) {
  EXPECT_FALSE(describe("x86-64", "", "+avx512f,-avx512f").has("avx512f"));
  EXPECT_TRUE(describe("x86-64", "", "-avx2,+avx2").has("avx2"));
}

TEST(DescribeMachine, WithoutFmaThePeakHalves) {
  EXPECT_EQ(2 * describe("x86-64", "haswell", "-fma").peak(ConvTypes()),
            describe("x86-64", "haswell").peak(ConvTypes()));
}

TEST(DescribeMachine, WrongEditsAreNamed) {
  EXPECT_NE(errorOf("x86-64", "", "avx2").find("'avx2' must start"),
            std::string::npos);
  EXPECT_NE(errorOf("x86-64", "", "+nonsense").find("unknown feature"),
            std::string::npos);
  EXPECT_NE(errorOf("aarch64", "", "+avx2").find("unknown feature 'avx2'"),
            std::string::npos);
  EXPECT_NE(errorOf("aarch64", "", "-neon").find("cannot be switched off"),
            std::string::npos);
  EXPECT_NE(errorOf("x86-64", "", "+").find("unknown feature ''"),
            std::string::npos);
}

TEST(DescribeMachine, NarrowElementsAreMoreOfAVector) {
  const MachineDescription machine = describe("x86-64", "znver4");
  EXPECT_EQ(machine.lanes(ElementType::F32), 16);
  EXPECT_EQ(machine.lanes(ElementType::F64), 8);
  EXPECT_EQ(machine.lanes(ElementType::I8), 64);
  ConvTypes types;
  types.input = types.filter = ElementType::F16; // Summed up as F32.
  EXPECT_EQ(machine.peak(types), machine.peak(ConvTypes()));
  types.accumulator = ElementType::F16;
  EXPECT_EQ(machine.peak(types), 2 * machine.peak(ConvTypes()));
}

TEST(DescribeMachine, FourBytesMeetInALane) {
  const MachineDescription machine = describe("x86-64", "znver4");
  const ConvTypes bytes{ElementType::U8, ElementType::I8, ElementType::I32,
                        ElementType::U8};
  const double floats = machine.peak(ConvTypes());
  EXPECT_EQ(machine.peak(bytes), 4 * floats);
  EXPECT_EQ(describe("x86-64", "haswell").peak(bytes),
            describe("x86-64", "haswell").peak(ConvTypes()));
  ConvProblem layer({}, bytes);
  layer.inChannels = 8;
  EXPECT_EQ(machine.peak(layer), 4 * floats);
  layer.inChannels = 1; // There is nothing that could meet.
  EXPECT_EQ(machine.peak(layer), floats);
}
