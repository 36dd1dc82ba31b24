#ifndef CONVOPT_LIB_TARGET_CPUS_H
#define CONVOPT_LIB_TARGET_CPUS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace convopt {

enum class Architecture { X86, AArch64 };

/// A row of Cpus.def.
struct Cpu {
  llvm::StringLiteral name;
  Architecture architecture;
  llvm::StringLiteral tune, features;
  int vectorRegisters, fmaPorts, fmaPortBits, loadPorts, loadPortBits;
  double gigahertz;
  int l1KiB, l2KiB, l3KiB;
  double gigabytesPerSecond;
  int addPorts = 0, l1Ways = 0;
};

/// A row of CpuFeatures.def.
struct CpuFeature {
  Architecture architecture;
  llvm::StringLiteral name, needs;
};

llvm::ArrayRef<Cpu> allCpus();
llvm::ArrayRef<CpuFeature> allCpuFeatures();

/// The row of that name, or null; "generic" is AArch64's.
const Cpu *findCpu(llvm::StringRef name);
const CpuFeature *findCpuFeature(llvm::StringRef name);

} // namespace convopt

#endif // CONVOPT_LIB_TARGET_CPUS_H
