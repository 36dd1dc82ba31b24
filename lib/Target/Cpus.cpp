#include "Cpus.h"
#include "llvm/ADT/STLExtras.h"

using namespace convopt;

static constexpr auto X86 = Architecture::X86;
static constexpr auto AArch64 = Architecture::AArch64;

static constexpr Cpu cpus[] = {
#define CPU(NAME, ...) {NAME, __VA_ARGS__},
#include "Cpus.def"
};

static constexpr CpuFeature features[] = {
#define FEATURE(...) {__VA_ARGS__},
#include "CpuFeatures.def"
};

llvm::ArrayRef<Cpu> convopt::allCpus() { return cpus; }
llvm::ArrayRef<CpuFeature> convopt::allCpuFeatures() { return features; }

const Cpu *convopt::findCpu(llvm::StringRef name) {
  auto *it = llvm::find_if(cpus, [&](const Cpu &c) { return c.name == name; });
  return it == std::end(cpus) ? nullptr : it;
}

const CpuFeature *convopt::findCpuFeature(llvm::StringRef name) {
  auto *it = llvm::find_if(features,
                           [&](const CpuFeature &f) { return f.name == name; });
  return it == std::end(features) ? nullptr : it;
}
