// The oracle is Halide itself: it parses every name, and its idea of the
// natural vector must be ours.

#include "../../lib/Target/Cpus.h"
#include "Halide.h"
#include "convopt/Target/MachineDescription.h"
#include <fstream>
#include <gtest/gtest.h>

using namespace convopt;

static MachineDescription describe(const Cpu &cpu, const char *features = "") {
  bool x86 = cpu.architecture == Architecture::X86;
  auto machine =
      describeMachine({x86 ? "x86-64" : "aarch64", cpu.name.str(), features});
  EXPECT_TRUE(bool(machine)) << llvm::toString(machine.takeError());
  return *machine;
}

TEST(HalideTarget, EveryCpuHasAName) {
  for (const Cpu &cpu : allCpus()) {
    MachineDescription machine = describe(cpu);
    auto name = halideTargetName(machine);
    ASSERT_TRUE(bool(name)) << llvm::toString(name.takeError());
    Halide::Target target(*name);
    EXPECT_EQ(target.os, Halide::Target::Linux) << *name;
    EXPECT_EQ(target.bits, 64) << *name;
    EXPECT_EQ(target.natural_vector_size<float>(),
              machine.lanes(ElementType::F32))
        << *name;
  }
}

TEST(HalideTarget, EditsReachHalide) {
  auto name = halideTargetName(describe(*findCpu("znver4"), "-avx512f"));
  ASSERT_TRUE(bool(name)) << llvm::toString(name.takeError());
  EXPECT_EQ(*name, "x86-64-linux-tune_znver4-sse41-avx-avx2-f16c-fma");
}

TEST(HalideTarget, WhatHalideCannotBeToldIsAnError) {
  auto name = halideTargetName(describe(*findCpu("haswell"), "+avx512vnni"));
  ASSERT_FALSE(bool(name));
  EXPECT_NE(llvm::toString(name.takeError()).find("avx512vnni"),
            std::string::npos);
}

static std::string assembly(const std::string &targetName) {
  Halide::Func f;
  Halide::Var x;
  Halide::ImageParam a(Halide::Float(32), 1), b(Halide::Float(32), 1);
  f(x) = a(x) * b(x) + Halide::cast<float>(x);
  Halide::Target target(targetName + "-no_runtime");
  f.vectorize(x, target.natural_vector_size<float>());
  std::string path = testing::TempDir() + "convopt-halide-target.s";
  f.compile_to_assembly(path, {a, b}, target);
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(HalideTarget, Avx512GivesWideRegistersAndFma) {
  auto name = halideTargetName(describe(*findCpu("znver4")));
  ASSERT_TRUE(bool(name));
  std::string code = assembly(*name);
  EXPECT_NE(code.find("zmm"), std::string::npos);
  EXPECT_NE(code.find("vfmadd"), std::string::npos);
}

TEST(HalideTarget, WithoutFmaThereIsNone) {
  auto name = halideTargetName(describe(*findCpu("haswell"), "-avx2,-fma"));
  ASSERT_TRUE(bool(name)) << llvm::toString(name.takeError());
  EXPECT_EQ(assembly(*name).find("vfmadd"), std::string::npos);

  auto wide = halideTargetName(describe(*findCpu("haswell"), "-fma"));
  ASSERT_FALSE(bool(wide));
  EXPECT_NE(llvm::toString(wide.takeError()).find("uses fma"),
            std::string::npos);
}
