// MLIR's half of the code: the function around the kernels, which makes calls
// and passes addresses. The kernels bring machine code of their own, from
// Halide's LLVM, which is another version; so there is no common module to
// optimise, and nothing here that is worth more than LLVM's default pipeline.
// Position-independent, for an object may end up in a shared library.
//
// A network of thousands of layers is one function of thousands of calls. Some
// of LLVM's passes over machine code walk its dominators for every value that
// is used throughout, such as the place of the buffers, and take the square of
// its length. There is little to gain by them where no block runs twice;
// without them such a function is twice as long.

#include "convopt/Codegen/ModelModule.h"
#include "llvm/Analysis/CFG.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/Target/TargetOptions.h"

using namespace llvm;

namespace convopt {

Expected<std::unique_ptr<TargetMachine>>
createTargetMachine(const MachineDescription &machine) {
  std::string message;
  const Target *target = TargetRegistry::lookupTarget(machine.triple, message);
  if (!target)
    return createStringError("no code generator for target '%s'",
                             machine.triple.c_str());
  return std::unique_ptr<TargetMachine>(target->createTargetMachine(
      machine.triple, machine.cpu, llvmFeatures(machine), TargetOptions(),
      Reloc::PIC_, CodeModel::Small, CodeGenOptLevel::Default));
}

static void optimise(Module &module, TargetMachine &machine) {
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager components;
  ModuleAnalysisManager modules;
  PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  builder.buildPerModuleDefaultPipeline(OptimizationLevel::O2)
      .run(module, modules);
}

/// Whether there are functions so long that plain code is better, and no loop
/// in any of them.
static bool isLongSequence(const Module &module) {
  // Far above any network that is in use.
  constexpr size_t fewBlocks = 1000;
  bool isLong = false;
  for (const Function &function : module) {
    if (function.size() <= fewBlocks)
      continue;
    SmallVector<std::pair<const BasicBlock *, const BasicBlock *>> backEdges;
    FindFunctionBackedges(function, backEdges);
    if (!backEdges.empty())
      return false;
    isLong = true;
  }
  return isLong;
}

Expected<std::vector<char>> emitMachineCode(Module &module,
                                            const MachineDescription &machine,
                                            bool assembly) {
  auto target = createTargetMachine(machine);
  if (!target)
    return target.takeError();
  module.setPICLevel(PICLevel::BigPIC);
  optimise(module, **target);
  if (isLongSequence(module))
    (*target)->setOptLevel(CodeGenOptLevel::None);

  SmallVector<char> bytes;
  raw_svector_ostream os(bytes);
  legacy::PassManager passes;
  if ((*target)->addPassesToEmitFile(passes, os, nullptr,
                                     assembly ? CodeGenFileType::AssemblyFile
                                              : CodeGenFileType::ObjectFile))
    return createStringError("no machine code for target '%s'",
                             machine.triple.c_str());
  passes.run(module);
  return std::vector<char>(bytes.begin(), bytes.end());
}

} // namespace convopt
