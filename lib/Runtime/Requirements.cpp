#include "convopt/Runtime/Runtime.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include <map>

using namespace llvm;

namespace convopt {

namespace {
struct Feature {
  const char *name;
  uint32_t source, index, bit;
  uint64_t xcr0;
};
} // namespace

static const Feature x86Features[] = {
#define X86(name, leaf, subleaf, reg, bit, xcr0)                               \
  {name, leaf, 4 * subleaf + reg, bit, xcr0},
#include "CpuFeatures.def"
};
static const Feature armFeatures[] = {
#define ARM(name, key, bit) {name, key, 0, bit, 0},
#include "CpuFeatures.def"
};

Expected<std::vector<convopt_requirement>>
cpuRequirements(const MachineDescription &given, bool usesTiles) {
  MachineDescription machine = given;
  if (!usesTiles)
    erase_if(machine.features,
             [](StringRef feature) { return feature.starts_with("amx-"); });
  std::string message;
  const Target *target = TargetRegistry::lookupTarget(machine.triple, message);
  if (!target)
    return createStringError("no code generator for target '%s'",
                             machine.triple.c_str());
  // A CPU's name stands for features too; LLVM knows which.
  std::unique_ptr<MCSubtargetInfo> subtarget(target->createMCSubtargetInfo(
      machine.triple, machine.cpu, llvmFeatures(machine)));

  std::map<std::pair<uint32_t, uint32_t>, uint64_t> words;
  for (const Feature &feature :
       machine.isX86() ? ArrayRef(x86Features) : ArrayRef(armFeatures)) {
    if (!subtarget->checkFeatures("+" + std::string(feature.name)))
      continue;
    words[{feature.source, feature.index}] |= uint64_t(1) << feature.bit;
    if (feature.xcr0)
      words[{CONVOPT_XCR0, 0}] |= feature.xcr0;
  }
  std::vector<convopt_requirement> result;
  for (auto [word, bits] : words)
    result.push_back({word.first, word.second, bits});
  return result;
}

} // namespace convopt
