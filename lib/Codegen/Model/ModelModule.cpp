#include "convopt/Codegen/ModelModule.h"
#include "convopt/Runtime/Runtime.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace convopt {

int64_t workspaceBytes(const ModelFacts &facts) {
  return CONVOPT_HEADER_BYTES + facts.threads * CONVOPT_THREAD_BYTES +
         facts.scratchBytes + facts.threads * facts.threadScratchBytes +
         facts.tensorBytes;
}

std::string targetName(const MachineDescription &machine) {
  return machine.triple + " " + machine.cpu;
}

std::string compilerVersion() { return CONVOPT_VERSION; }

namespace {

/// Writes the C structs of Plan.h and of the model's header as constants.
class DescriptorBuilder {
public:
  DescriptorBuilder(Module &module)
      : module(module), context(module.getContext()),
        pointer(PointerType::getUnqual(context)),
        i32(Type::getInt32Ty(context)), i64(Type::getInt64Ty(context)) {}

  void build(const ModelInterface &interface, const ModelFacts &facts,
             const MachineDescription &machine,
             ArrayRef<convopt_requirement> requirements) {
    Constant *plan[] = {number(facts.threads),
                        number(facts.scratchBytes),
                        number(facts.threadScratchBytes),
                        number(interface.inputs.size()),
                        number(interface.outputs.size()),
                        weights(),
                        number(requirements.size()),
                        makeRequirements(requirements),
                        makeEntry(interface)};
    GlobalVariable *planVariable =
        makeConstant(ConstantStruct::getAnon(plan), "convopt_plan");
    planVariable->setLinkage(GlobalValue::ExternalLinkage);
    planVariable->setVisibility(GlobalValue::HiddenVisibility);

    Constant *model[] = {text(facts.name),
                         text(targetName(machine)),
                         text(compilerVersion()),
                         number(interface.inputs.size()),
                         tensors(interface.inputs),
                         number(interface.outputs.size()),
                         tensors(interface.outputs),
                         number(workspaceBytes(facts)),
                         number(0), // The weights are in the object.
                         runtimeFunction("convopt_init"),
                         runtimeFunction("convopt_run"),
                         runtimeFunction("convopt_fini")};
    makeConstant(ConstantStruct::getAnon(model), facts.name + "_model")
        ->setLinkage(GlobalValue::ExternalLinkage);
    if (facts.launches)
      buildProfile(facts, machine);
  }

private:
  /// struct convopt_profile of the model's header.
  void buildProfile(const ModelFacts &facts,
                    const MachineDescription &machine) {
    SmallVector<Constant *> launches;
    for (const LaunchProfile &launch : *facts.launches)
      launches.push_back(ConstantStruct::getAnon(
          {text(launch.node), text(launch.kernel), text(launch.operation),
           text(launch.shape), text(launch.primitive),
           number(launch.operations), number(launch.bytes),
           number(launch.predictedNanoseconds)}));
    Constant *profile[] = {
        number(facts.threads),
        ConstantFP::get(Type::getDoubleTy(context), machine.peak(ConvTypes())),
        number(launches.size()),
        array(launches.empty() ? nullptr : launches[0]->getType(), launches),
        runtimeFunction("convopt_watch")};
    makeConstant(ConstantStruct::getAnon(profile), facts.name + "_profile")
        ->setLinkage(GlobalValue::ExternalLinkage);
  }

  Constant *number(int64_t value) { return ConstantInt::get(i64, value); }

  GlobalVariable *makeConstant(Constant *value, const Twine &name) {
    return new GlobalVariable(module, value->getType(), /*isConstant=*/true,
                              GlobalValue::PrivateLinkage, value, name);
  }

  Constant *text(StringRef string) {
    Constant *&known = texts[string];
    if (!known) {
      GlobalVariable *variable =
          makeConstant(ConstantDataArray::getString(context, string), "text");
      variable->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
      known = variable;
    }
    return known;
  }

  Constant *array(Type *type, ArrayRef<Constant *> values) {
    if (values.empty())
      return ConstantPointerNull::get(pointer);
    return makeConstant(
        ConstantArray::get(ArrayType::get(type, values.size()), values),
        "array");
  }

  Constant *tensors(ArrayRef<TensorInfo> infos) {
    SmallVector<Constant *> structs;
    for (const TensorInfo &info : infos) {
      SmallVector<Constant *> dims;
      for (int64_t size : info.dims)
        dims.push_back(number(size));
      structs.push_back(
          ConstantStruct::getAnon({text(info.name), text(info.type),
                                   number(dims.size()), array(i64, dims)}));
    }
    return array(structs.empty() ? nullptr : structs[0]->getType(), structs);
  }

  Constant *makeRequirements(ArrayRef<convopt_requirement> requirements) {
    SmallVector<Constant *> structs;
    for (const convopt_requirement &need : requirements)
      structs.push_back(ConstantStruct::getAnon(
          {ConstantInt::get(i32, need.source),
           ConstantInt::get(i32, need.index), number(need.bits)}));
    return array(structs.empty() ? nullptr : structs[0]->getType(), structs);
  }

  Constant *runtimeFunction(StringRef name) {
    auto *function = cast<Function>(
        module.getOrInsertFunction(name, Type::getVoidTy(context)).getCallee());
    function->setVisibility(GlobalValue::HiddenVisibility);
    return function;
  }

  /// One empty byte array in the section that the driver fills.
  Constant *weights() {
    GlobalVariable *variable =
        makeConstant(ConstantAggregateZero::get(
                         ArrayType::get(Type::getInt8Ty(context), 64)),
                     "convopt_weights");
    variable->setSection(weightsSection);
    variable->setAlignment(Align(CONVOPT_ALIGNMENT));
    return variable;
  }

  /// int main(inputs, outputs, tensors, weights, context) of the plan: unpacks
  /// the pointers.
  Function *makeEntry(const ModelInterface &interface) {
    Type *parameters[] = {pointer, pointer, pointer, pointer, pointer};
    auto *entry =
        Function::Create(FunctionType::get(i32, parameters, false),
                         GlobalValue::InternalLinkage, "convopt_entry", module);
    Function *body = module.getFunction("convopt_function");
    body->setLinkage(GlobalValue::InternalLinkage);
    IRBuilder<> builder(BasicBlock::Create(context, "entry", entry));
    SmallVector<Value *> arguments;
    auto load = [&](Value *table, size_t count) {
      for (size_t i : seq(count)) {
        Value *place = builder.CreateConstInBoundsGEP1_64(pointer, table, i);
        arguments.push_back(builder.CreateLoad(pointer, place));
      }
    };
    load(entry->getArg(0), interface.inputs.size());
    load(entry->getArg(1), interface.outputs.size());
    arguments.push_back(entry->getArg(3));
    arguments.push_back(entry->getArg(2));
    arguments.push_back(entry->getArg(4));
    builder.CreateRet(builder.CreateCall(body, arguments));
    return entry;
  }

  Module &module;
  LLVMContext &context;
  PointerType *pointer;
  IntegerType *i32, *i64;
  StringMap<Constant *> texts;
};

} // namespace

Expected<std::unique_ptr<Module>>
makeModelModule(mlir::ModuleOp source, LLVMContext &context,
                const ModelInterface &interface, const ModelFacts &facts,
                const MachineDescription &machine) {
  auto requirements = cpuRequirements(machine);
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
  mlir::registerBuiltinDialectTranslation(*source.getContext());
  mlir::registerLLVMDialectTranslation(*source.getContext());
  std::unique_ptr<Module> module =
      mlir::translateModuleToLLVMIR(source, context, facts.name);
  if (!module)
    return createStringError("translation to LLVM IR failed");
  DescriptorBuilder(*module).build(interface, facts, machine, *requirements);
  return module;
}

} // namespace convopt
