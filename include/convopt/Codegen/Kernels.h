#ifndef CONVOPT_CODEGEN_KERNELS_H
#define CONVOPT_CODEGEN_KERNELS_H

#include "convopt/IR/ConvoptDialect.h"
#include "convopt/Target/MachineDescription.h"
#include "llvm/Support/Error.h"
#include <functional>
#include <string>
#include <vector>

namespace convopt {

/// The machine code of one convopt.kernel. The object defines
///   int SYMBOL(void *context, halide_buffer_t *in..., halide_buffer_t *out...)
/// over dense row-major buffers in the kernel's order of arguments, then
/// results, and needs only halide_do_par_for, halide_malloc, halide_free and
/// libm.
struct CompiledKernel {
  std::string symbol;
  std::vector<char> object;
  /// What halide_malloc hands out at most at one time: outside of parallel
  /// loops, and inside for each thread; each allocation rounded up to 64 and
  /// with 64 more.
  int64_t scratchBytes = 0, threadScratchBytes = 0;
};

enum class KernelOutput {
  Object,
  Assembly,
  Llvm,
  Statement,
  /// Assembly, a zero byte, and the LLVM IR of which it was made.
  Listing
};

struct KernelOptions {
  MachineDescription machine;
  int64_t threads = 1;
  KernelOutput output = KernelOutput::Object;
  /// Where to look first, and to keep what was compiled; empty: nowhere.
  std::string cacheDir = {};
  /// Told how many kernels are there, of how many, whenever one more is and now
  /// and then, so that it can show the time. May be empty.
  std::function<void(size_t done, size_t all)> progress = {};
  /// What described the machine, for those who have another process compile.
  TargetRequest request = {};
};

/// Compiles every kernel of `module` in a process of its own, as many at once
/// as this machine has cores; the order and the number of processes do not
/// change a byte. Must be called before this process has used Halide. What
/// a cache holds is taken from there, byte for byte the same. With
/// another output than Object, `object` holds that text.
llvm::Expected<std::vector<CompiledKernel>>
compileKernels(mlir::ModuleOp module, const KernelOptions &options);

} // namespace convopt

#endif // CONVOPT_CODEGEN_KERNELS_H
