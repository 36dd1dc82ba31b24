#ifndef CONVOPT_TARGET_MACHINEDESCRIPTION_H
#define CONVOPT_TARGET_MACHINEDESCRIPTION_H

#include "convopt/IR/ConvTypes.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <string>
#include <vector>

namespace convopt {

/// What the compiler knows of the machine that the code will run on. Two
/// equal descriptions give equal code.
struct MachineDescription {
  std::string triple; ///< x86_64-unknown-linux-gnu
  std::string cpu;    ///< as LLVM's -mcpu names it: znver4, x86-64-v3
  std::vector<std::string> features; ///< sorted, LLVM's names without + : avx2
  int64_t vectorBits = 128;
  int64_t vectorRegisters = 16;
  int64_t fmaBitsPerCycle = 256; ///< width of FMA ports together
  /// Width of the ports together that add beside FMA ports, not in their place.
  int64_t addBitsPerCycle = 0;
  int64_t loadBitsPerCycle = 256;
  double gigahertz = 2.5; ///< nominal, for estimates
  int64_t l1Bytes = 32 << 10, l1Ways = 8, l2Bytes = 1 << 20;
  int64_t l3Bytes = 8 << 20;            ///< what one core may use
  double memoryGigabytesPerSecond = 12; ///< of one core
  int64_t cores = 1;

  bool isX86() const { return triple.rfind("x86_64", 0) == 0; }
  bool has(const std::string &feature) const;
  /// Elements of a vector.
  int64_t lanes(ElementType type) const {
    return vectorBits / (8 * bytesOf(type));
  }
  /// One core's peak in operations a second, counting a multiply-add as two: of
  /// the lanes that accumulate, each of as many products as one instruction
  /// adds up in it.
  double peak(const ConvTypes &types) const;
  /// The same for a layer: what one instruction adds up are neighbouring
  /// channels, which depthwise convolutions do not sum over.
  double peak(const ConvProblem &layer) const;
};

/// What the user asked for on the command line.
struct TargetRequest {
  std::string target = "host"; ///< host, x86-64, aarch64 or a triple
  std::string cpu;             ///< empty: the target's default
  std::string features;        ///< +a,-b
};

/// Resolves `request` to a named CPU and features first, so that `host` gives
/// the same description on every machine of one kind. Errors name the part
/// that is unknown.
llvm::Expected<MachineDescription>
describeMachine(const TargetRequest &request);

/// The machine this process runs on.
llvm::Expected<MachineDescription> describeHost();

/// Halide's name for the machine, without runtime: x86-64-linux-avx-avx2-...
/// A feature that Halide has no name for is an error.
llvm::Expected<std::string> halideTargetName(const MachineDescription &machine);

/// The same features as LLVM's -mattr wants them, switched off ones included:
/// +avx,-avx512f,... (--cpu alone would bring back what --features removed).
std::string llvmFeatures(const MachineDescription &machine);

} // namespace convopt

#endif // CONVOPT_TARGET_MACHINEDESCRIPTION_H
