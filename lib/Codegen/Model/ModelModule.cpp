// A model is one exported constant that a C program reads as a struct: texts,
// shapes, sizes and pointers to the runtime's functions. It is built as LLVM
// constants, field by field as the header declares them; C source would need a
// compiler where models are compiled. Beside it stands the plan, which only the
// runtime sees. The weights are 64 zero bytes here, in a section that the
// driver fills when the object exists: so they are never part of a module.
// Where they have a file of their own, those bytes are what the file has to
// begin with, which is not known either before it is written.

#include "convopt/Codegen/ModelModule.h"
#include "DescriptorConstants.h"
#include "DescriptorParts.h"
#include "ModelEntry.h"
#include "StructConstant.h"
#include "WorkspaceLayout.h"
#include "convopt/Runtime/Runtime.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"

using namespace llvm;

namespace convopt {

std::string targetName(const MachineDescription &machine) {
  return machine.triple + " " + machine.cpu;
}

std::string compilerVersion() { return CONVOPT_VERSION; }

/// One empty byte array in the section that the driver fills.
static Constant *makeWeights(DescriptorConstants &constants) {
  auto *bytes = ArrayType::get(Type::getInt8Ty(constants.getContext()), 64);
  GlobalVariable *variable = constants.makeConstant(
      ConstantAggregateZero::get(bytes), "convopt_weights");
  variable->setSection(weightsSection);
  variable->setAlignment(Align(CONVOPT_ALIGNMENT));
  return variable;
}

static Constant *makeRequirements(DescriptorConstants &constants,
                                  ArrayRef<convopt_requirement> requirements) {
  SmallVector<Constant *> structs;
  for (const convopt_requirement &need : requirements)
    structs.push_back(StructConstant<convopt_requirement>{
        constants.getContext(),
        CONVOPT_MEMBER(convopt_requirement, source, need.source),
        CONVOPT_MEMBER(convopt_requirement, index, need.index),
        CONVOPT_MEMBER(convopt_requirement, bits, need.bits)});
  return constants.array(structs);
}

namespace {
/// Parts of the descriptor that several of its structs point to.
struct SharedParts {
  Constant *outputs; ///< of the common interface
  Constant *sizes;   ///< null where there is one
};
} // namespace

/// What the runtime is told. `interface` is what the sizes have in common.
static void addPlan(Module &module, DescriptorConstants &constants,
                    const ModelInterface &interface,
                    ArrayRef<ModelInterface> sizes, const ModelFacts &facts,
                    const SharedParts &shared,
                    ArrayRef<convopt_requirement> requirements) {
  Constant *section = makeWeights(constants), *null = constants.null();
  const bool apart = facts.weightsFileBytes, several = sizes.size() > 1;
  SmallVector<Constant *> entries;
  for (auto [i, size] : enumerate(sizes))
    entries.push_back(makeEntry(module, interface, size, facts, i));
  Constant *offsets = interface.shapes.empty()
                          ? null
                          : constants.array(shapeOffsets(interface, facts));
  Constant *plan = StructConstant<convopt_plan>{
      constants.getContext(),
      CONVOPT_MEMBER(convopt_plan, threads, facts.threads),
      CONVOPT_MEMBER(convopt_plan, scratch_bytes, facts.scratchBytes),
      CONVOPT_MEMBER(convopt_plan, thread_scratch_bytes,
                     facts.threadScratchBytes),
      CONVOPT_MEMBER(convopt_plan, input_count, interface.inputs.size()),
      CONVOPT_MEMBER(convopt_plan, output_count, interface.outputs.size()),
      CONVOPT_MEMBER(convopt_plan, weights, apart ? null : section),
      CONVOPT_MEMBER(convopt_plan, requirement_count, requirements.size()),
      CONVOPT_MEMBER(convopt_plan, requirements,
                     makeRequirements(constants, requirements)),
      CONVOPT_MEMBER(convopt_plan, main, several ? null : entries.front()),
      CONVOPT_MEMBER(convopt_plan, weights_header, apart ? section : null),
      CONVOPT_MEMBER(convopt_plan, outputs, shared.outputs),
      CONVOPT_MEMBER(convopt_plan, shape_offsets, offsets),
      CONVOPT_MEMBER(convopt_plan, size_count, several ? sizes.size() : 0),
      CONVOPT_MEMBER(convopt_plan, sizes, shared.sizes),
      CONVOPT_MEMBER(convopt_plan, mains,
                     several ? constants.array(entries) : null)};
  GlobalVariable *variable = constants.makeConstant(plan, "convopt_plan");
  variable->setLinkage(GlobalValue::ExternalLinkage);
  variable->setVisibility(GlobalValue::HiddenVisibility);
}

static void addModel(DescriptorConstants &constants,
                     const ModelInterface &interface, const ModelFacts &facts,
                     const SharedParts &shared,
                     const MachineDescription &machine) {
  auto function = [&](StringRef name) {
    return constants.runtimeFunction(name);
  };
  Constant *model = StructConstant<convopt_model>{
      constants.getContext(),
      CONVOPT_MEMBER(convopt_model, name, constants.text(facts.name)),
      CONVOPT_MEMBER(convopt_model, target,
                     constants.text(targetName(machine))),
      CONVOPT_MEMBER(convopt_model, version, constants.text(compilerVersion())),
      CONVOPT_MEMBER(convopt_model, input_count, interface.inputs.size()),
      CONVOPT_MEMBER(convopt_model, inputs,
                     constants.tensors(interface.inputs)),
      CONVOPT_MEMBER(convopt_model, output_count, interface.outputs.size()),
      CONVOPT_MEMBER(convopt_model, outputs, shared.outputs),
      CONVOPT_MEMBER(convopt_model, workspace_bytes, workspaceBytes(facts)),
      CONVOPT_MEMBER(convopt_model, weights_bytes, facts.weightsFileBytes),
      CONVOPT_MEMBER(convopt_model, init, function("convopt_init")),
      CONVOPT_MEMBER(convopt_model, run, function("convopt_run")),
      CONVOPT_MEMBER(convopt_model, fini, function("convopt_fini")),
      CONVOPT_MEMBER(convopt_model, output_dims,
                     function("convopt_output_dims"))};
  constants.exportConstant(model, facts.name + "_model");
}

Expected<std::unique_ptr<Module>>
makeModelModule(mlir::ModuleOp source, LLVMContext &context,
                ArrayRef<ModelInterface> sizes, const ModelFacts &facts,
                const MachineDescription &machine) {
  auto common = commonInterface(sizes);
  if (!common)
    return common.takeError();
  auto requirements = cpuRequirements(machine, facts.usesTiles);
  if (!requirements)
    return requirements.takeError();
  auto target = createTargetMachine(machine);
  if (!target)
    return target.takeError();
  // Translation reads alignments off the layout.
  auto text = [&](const std::string &string) {
    return mlir::StringAttr::get(source.getContext(), string);
  };
  source->setAttr(
      mlir::LLVM::LLVMDialect::getDataLayoutAttrName(),
      text((*target)->createDataLayout().getStringRepresentation()));
  source->setAttr(mlir::LLVM::LLVMDialect::getTargetTripleAttrName(),
                  text(machine.triple));
  // The interface has been read from them. Translation would warn of each that
  // LLVM does not know, and print the whole function for every warning.
  source.walk([](mlir::LLVM::LLVMFuncOp function) {
    function.removeArgAttrsAttr();
    function.removeResAttrsAttr();
  });
  mlir::registerBuiltinDialectTranslation(*source.getContext());
  mlir::registerLLVMDialectTranslation(*source.getContext());
  std::unique_ptr<Module> module =
      mlir::translateModuleToLLVMIR(source, context, facts.name);
  if (!module)
    return createStringError("translation to LLVM IR failed");
  DescriptorConstants constants(*module);
  const bool several = sizes.size() > 1;
  const SharedParts shared{constants.tensors(common->outputs),
                           several ? makeSizes(constants, sizes)
                                   : constants.null()};
  addPlan(*module, constants, *common, sizes, facts, shared, *requirements);
  addModel(constants, *common, facts, shared, machine);
  if (several)
    addSizes(constants, facts, sizes.size(), shared.sizes);
  if (facts.launches)
    addProfile(constants, facts, machine);
  return module;
}

} // namespace convopt
