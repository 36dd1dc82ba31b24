#include "convopt/Runtime/Runtime.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;

namespace convopt {

alignas(16) static const unsigned char runtimeX86[] = {
#include "runtime-x86_64.o.inc"
};
alignas(16) static const unsigned char runtimeAArch64[] = {
#include "runtime-aarch64.o.inc"
};

Expected<ArrayRef<unsigned char>>
runtimeObject(const MachineDescription &machine) {
  Triple triple(machine.triple);
  if (triple.isOSLinux() && triple.getArch() == Triple::x86_64)
    return ArrayRef<unsigned char>(runtimeX86);
  if (triple.isOSLinux() && triple.getArch() == Triple::aarch64)
    return ArrayRef<unsigned char>(runtimeAArch64);
  return createStringError("no runtime for target '%s'",
                           machine.triple.c_str());
}

} // namespace convopt
