#include "RunnerText.h"
#include "llvm/TargetParser/Triple.h"

alignas(16) static const unsigned char runnerX86[] = {
#include "runner-x86_64.o.inc"
};
alignas(16) static const unsigned char runnerAArch64[] = {
#include "runner-aarch64.o.inc"
};

template <size_t size>
static llvm::ArrayRef<char> bytes(const unsigned char (&data)[size]) {
  return {reinterpret_cast<const char *>(data), size};
}

llvm::ArrayRef<char> convopt::runnerObject(const MachineDescription &machine) {
  switch (llvm::Triple(machine.triple).getArch()) {
  case llvm::Triple::x86_64:
    return bytes(runnerX86);
  case llvm::Triple::aarch64:
    return bytes(runnerAArch64);
  default:
    return {};
  }
}
