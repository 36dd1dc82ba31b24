#include "Cpus.h"
#include "convopt/Target/MachineDescription.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include <set>

using namespace convopt;
using llvm::StringRef;

namespace {
/// A feature of Halide's and the features of LLVM's that it stands for.
struct HalideFeature {
  llvm::StringLiteral name, means;
};
} // namespace

// Halide knows AVX-512 as generations, each with all of the one before; its
// zen5 and sapphirerapids differ in the core that LLVM is told.
static constexpr HalideFeature halideFeatures[] = {
    {"sse41", "sse4.1"},
    {"avx", "avx"},
    {"avx2", "avx2"},
    {"f16c", "f16c"},
    {"fma", "fma"},
    {"avxvnni", "avxvnni"},
    {"avx512", "avx512f,avx512cd"},
    {"avx512_skylake", "avx512f,avx512cd,avx512bw,avx512dq,avx512vl"},
    {"avx512_cannonlake",
     "avx512f,avx512cd,avx512bw,avx512dq,avx512vl,avx512ifma,avx512vbmi"},
    {"avx512_zen4",
     "avx512f,avx512cd,avx512bw,avx512dq,avx512vl,avx512ifma,avx512vbmi,"
     "avx512vnni,avx512bf16"},
    {"avx512_zen5",
     "avx512f,avx512cd,avx512bw,avx512dq,avx512vl,avx512ifma,avx512vbmi,"
     "avx512vnni,avx512bf16,avxvnni"},
    {"avx512_sapphirerapids",
     "avx512f,avx512cd,avx512bw,avx512dq,avx512vl,avx512ifma,avx512vbmi,"
     "avx512vnni,avx512bf16,avxvnni"},
    {"armv8a", "neon"}, // 64-bit Arm always has it
    {"armv81a", "v8.1a"},
    {"armv82a", "v8.2a"},
    {"arm_dot_prod", "dotprod"},
    {"arm_fp16", "fullfp16"},
};

/// Halide's zen4, zen5 and sapphirerapids turn on instructions of those cores
/// beside the ones they are named for, so no other core may get them.
static bool mayUse(StringRef halideFeature, StringRef cpu) {
  if (halideFeature == "avx512_zen4")
    return cpu == "znver4" || cpu == "znver5";
  if (halideFeature == "avx512_zen5")
    return cpu == "znver5";
  if (halideFeature == "avx512_sapphirerapids")
    return cpu == "sapphirerapids";
  return true;
}

llvm::Expected<std::string>
convopt::halideTargetName(const MachineDescription &machine) {
  std::string name = machine.isX86() ? "x86-64-linux" : "arm-64-linux";
  const Cpu *cpu = findCpu(machine.cpu);
  if (cpu && !cpu->tune.empty())
    name += "-tune_" + cpu->tune.str();

  std::set<std::string> told;
  for (const HalideFeature &feature : halideFeatures) {
    llvm::SmallVector<StringRef> means;
    feature.means.split(means, ',');
    if (!mayUse(feature.name, machine.cpu) ||
        !llvm::all_of(means, [&](StringRef m) { return machine.has(m.str()); }))
      continue;
    name += "-" + feature.name.str();
    for (StringRef m : means)
      told.insert(m.str());
  }
  std::string untold;
  // The width of vectors Halide hears from the schedules.
  told.insert({"prefer-128-bit", "prefer-256-bit"});
  // And of tiles; those of its sapphirerapids have all of these instructions.
  told.insert({"amx-tile", "amx-int8", "amx-bf16"});
  // It knows none for halves, but LLVM takes what the core has.
  if (StringRef(name).ends_with("avx512_sapphirerapids"))
    told.insert("avx512fp16");
  for (const std::string &feature : machine.features)
    if (!told.count(feature))
      untold += (untold.empty() ? "" : ", ") + feature;
  if (!untold.empty())
    return llvm::createStringError(
        llvm::inconvertibleErrorCode(),
        "--features: Halide cannot be told of '%s' on '%s' in this combination",
        untold.c_str(), machine.cpu.c_str());
  // Halide takes AVX2 for a Haswell, and LLVM then uses all of it.
  for (const char *companion : {"fma", "f16c"})
    if (machine.has("avx2") && !machine.has(companion))
      return llvm::createStringError(
          llvm::inconvertibleErrorCode(),
          "--features: Halide's code for avx2 uses %s; switch avx2 off too",
          companion);
  return name;
}
