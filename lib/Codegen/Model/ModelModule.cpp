// A model is one exported constant that a C program reads as a struct: texts,
// shapes, sizes and pointers to the runtime's functions. It is built as LLVM
// constants, field by field as the header declares them; C source would need a
// compiler where models are compiled. Beside it stands the plan, which only the
// runtime sees, and a function that unpacks the caller's arrays of pointers
// into the arguments of the model's function. The weights are 64 zero bytes
// here, in a section that the driver fills when the object exists: so they are
// never part of a module. Where they have a file of their own, those bytes are
// what the file has to begin with, which is not known either before it is
// written.

#include "convopt/Codegen/ModelModule.h"
#include "StructConstant.h"
#include "convopt/Runtime/Runtime.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace convopt {

/// Where true shapes begin, counted from the tensors.
static int64_t shapeOffset(const ModelFacts &facts) {
  return static_cast<int64_t>(alignTo(facts.tensorBytes, CONVOPT_ALIGNMENT));
}

static int64_t shapeBytesOf(const TensorInfo &output) {
  return static_cast<int64_t>(
      alignTo(output.dims.size() * sizeof(int64_t), CONVOPT_ALIGNMENT));
}

int64_t workspaceBytes(const ModelFacts &facts) {
  return CONVOPT_HEADER_BYTES + facts.threads * CONVOPT_THREAD_BYTES +
         facts.scratchBytes + facts.threads * facts.threadScratchBytes +
         (facts.shapeBytes ? shapeOffset(facts) : facts.tensorBytes) +
         facts.shapeBytes;
}

int64_t shapeBytes(const ModelInterface &interface) {
  int64_t bytes = 0;
  for (int64_t output : interface.shapes)
    bytes += shapeBytesOf(interface.outputs[output]);
  return bytes;
}

std::string targetName(const MachineDescription &machine) {
  return machine.triple + " " + machine.cpu;
}

std::string compilerVersion() { return CONVOPT_VERSION; }

std::string functionName(size_t size) {
  return "convopt_function" + (size ? "_" + std::to_string(size) : "");
}

namespace {

/// Writes the C structs of Runtime/Plan.h and convopt-c as constants.
class DescriptorBuilder {
public:
  DescriptorBuilder(Module &module)
      : module(module), context(module.getContext()),
        pointer(PointerType::getUnqual(context)),
        i32(Type::getInt32Ty(context)) {}

  /// `interface` is what the sizes have in common.
  void build(const ModelInterface &interface, ArrayRef<ModelInterface> sizes,
             const ModelFacts &facts, const MachineDescription &machine,
             ArrayRef<convopt_requirement> requirements) {
    Constant *section = weights(), *null = ConstantPointerNull::get(pointer);
    Constant *outputs = tensors(interface.outputs);
    const bool apart = facts.weightsFileBytes;
    SmallVector<Constant *> entries;
    for (size_t i : seq(sizes.size()))
      entries.push_back(makeEntry(interface, facts, i));
    const bool several = sizes.size() > 1;
    Constant *sizesArray = several ? describeSizes(sizes) : null;
    Constant *plan = StructConstant<convopt_plan>{
        context,
        CONVOPT_MEMBER(convopt_plan, threads, facts.threads),
        CONVOPT_MEMBER(convopt_plan, scratch_bytes, facts.scratchBytes),
        CONVOPT_MEMBER(convopt_plan, thread_scratch_bytes,
                       facts.threadScratchBytes),
        CONVOPT_MEMBER(convopt_plan, input_count, interface.inputs.size()),
        CONVOPT_MEMBER(convopt_plan, output_count, interface.outputs.size()),
        CONVOPT_MEMBER(convopt_plan, weights, apart ? null : section),
        CONVOPT_MEMBER(convopt_plan, requirement_count, requirements.size()),
        CONVOPT_MEMBER(convopt_plan, requirements,
                       makeRequirements(requirements)),
        CONVOPT_MEMBER(convopt_plan, main, several ? null : entries.front()),
        CONVOPT_MEMBER(convopt_plan, weights_header, apart ? section : null),
        CONVOPT_MEMBER(convopt_plan, outputs, outputs),
        CONVOPT_MEMBER(convopt_plan, shape_offsets,
                       shapeOffsets(interface, facts)),
        CONVOPT_MEMBER(convopt_plan, size_count, several ? sizes.size() : 0),
        CONVOPT_MEMBER(convopt_plan, sizes, sizesArray),
        CONVOPT_MEMBER(convopt_plan, mains, several ? array(entries) : null)};
    GlobalVariable *planVariable = makeConstant(plan, "convopt_plan");
    planVariable->setLinkage(GlobalValue::ExternalLinkage);
    planVariable->setVisibility(GlobalValue::HiddenVisibility);

    Constant *model = StructConstant<convopt_model>{
        context,
        CONVOPT_MEMBER(convopt_model, name, text(facts.name)),
        CONVOPT_MEMBER(convopt_model, target, text(targetName(machine))),
        CONVOPT_MEMBER(convopt_model, version, text(compilerVersion())),
        CONVOPT_MEMBER(convopt_model, input_count, interface.inputs.size()),
        CONVOPT_MEMBER(convopt_model, inputs, tensors(interface.inputs)),
        CONVOPT_MEMBER(convopt_model, output_count, interface.outputs.size()),
        CONVOPT_MEMBER(convopt_model, outputs, outputs),
        CONVOPT_MEMBER(convopt_model, workspace_bytes, workspaceBytes(facts)),
        CONVOPT_MEMBER(convopt_model, weights_bytes, facts.weightsFileBytes),
        CONVOPT_MEMBER(convopt_model, init, runtimeFunction("convopt_init")),
        CONVOPT_MEMBER(convopt_model, run, runtimeFunction("convopt_run")),
        CONVOPT_MEMBER(convopt_model, fini, runtimeFunction("convopt_fini")),
        CONVOPT_MEMBER(convopt_model, output_dims,
                       runtimeFunction("convopt_output_dims"))};
    makeConstant(model, facts.name + "_model")
        ->setLinkage(GlobalValue::ExternalLinkage);
    if (several)
      buildSizes(facts, sizes.size(), sizesArray);
    if (facts.launches)
      buildProfile(facts, machine);
  }

private:
  Constant *describeSizes(ArrayRef<ModelInterface> sizes) {
    SmallVector<Constant *> structs;
    for (const ModelInterface &size : sizes)
      structs.push_back(StructConstant<convopt_size>{
          context, CONVOPT_MEMBER(convopt_size, inputs, tensors(size.inputs)),
          CONVOPT_MEMBER(convopt_size, outputs, tensors(size.outputs))});
    return array(structs);
  }

  void buildSizes(const ModelFacts &facts, size_t count, Constant *sizes) {
    Constant *exported = StructConstant<convopt_sizes>{
        context, CONVOPT_MEMBER(convopt_sizes, count, count),
        CONVOPT_MEMBER(convopt_sizes, sizes, sizes),
        CONVOPT_MEMBER(convopt_sizes, run,
                       runtimeFunction("convopt_run_sizes"))};
    makeConstant(exported, facts.name + "_sizes")
        ->setLinkage(GlobalValue::ExternalLinkage);
  }

  void buildProfile(const ModelFacts &facts,
                    const MachineDescription &machine) {
    SmallVector<Constant *> launches;
    for (const LaunchProfile &launch : *facts.launches)
      launches.push_back(StructConstant<convopt_launch>{
          context, CONVOPT_MEMBER(convopt_launch, node, text(launch.node)),
          CONVOPT_MEMBER(convopt_launch, kernel, text(launch.kernel)),
          CONVOPT_MEMBER(convopt_launch, operation, text(launch.operation)),
          CONVOPT_MEMBER(convopt_launch, shape, text(launch.shape)),
          CONVOPT_MEMBER(convopt_launch, primitive, text(launch.primitive)),
          CONVOPT_MEMBER(convopt_launch, operations, launch.operations),
          CONVOPT_MEMBER(convopt_launch, bytes, launch.bytes),
          CONVOPT_MEMBER(convopt_launch, predicted_ns,
                         launch.predictedNanoseconds)});
    Constant *profile = StructConstant<convopt_profile>{
        context,
        CONVOPT_MEMBER(convopt_profile, threads, facts.threads),
        CONVOPT_MEMBER(convopt_profile, peak_flops, machine.peak(ConvTypes())),
        CONVOPT_MEMBER(convopt_profile, launch_count, launches.size()),
        CONVOPT_MEMBER(convopt_profile, launches, array(launches)),
        CONVOPT_MEMBER(convopt_profile, watch,
                       runtimeFunction("convopt_watch"))};
    makeConstant(profile, facts.name + "_profile")
        ->setLinkage(GlobalValue::ExternalLinkage);
  }

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

  /// The place of values of one type; null if there are none.
  Constant *array(ArrayRef<Constant *> values) {
    if (values.empty())
      return ConstantPointerNull::get(pointer);
    auto *type = ArrayType::get(values[0]->getType(), values.size());
    return makeConstant(ConstantArray::get(type, values), "array");
  }

  Constant *tensors(ArrayRef<TensorInfo> infos) {
    SmallVector<Constant *> structs;
    for (const TensorInfo &info : infos) {
      SmallVector<Constant *> dims;
      for (int64_t size : info.dims)
        dims.push_back(toConstant(context, size));
      structs.push_back(StructConstant<convopt_tensor>{
          context, CONVOPT_MEMBER(convopt_tensor, name, text(info.name)),
          CONVOPT_MEMBER(convopt_tensor, type, text(info.type)),
          CONVOPT_MEMBER(convopt_tensor, rank, dims.size()),
          CONVOPT_MEMBER(convopt_tensor, dims, array(dims))});
    }
    return array(structs);
  }

  /// For each output where its true shape lies, counted from the tensors, or 0;
  /// null if none is open.
  Constant *shapeOffsets(const ModelInterface &interface,
                         const ModelFacts &facts) {
    if (interface.shapes.empty())
      return ConstantPointerNull::get(pointer);
    std::vector<int64_t> offsets(interface.outputs.size(), 0);
    int64_t next = shapeOffset(facts);
    for (int64_t output : interface.shapes) {
      offsets[output] = next;
      next += shapeBytesOf(interface.outputs[output]);
    }
    SmallVector<Constant *> constants;
    for (int64_t offset : offsets)
      constants.push_back(toConstant(context, offset));
    return array(constants);
  }

  Constant *makeRequirements(ArrayRef<convopt_requirement> requirements) {
    SmallVector<Constant *> structs;
    for (const convopt_requirement &need : requirements)
      structs.push_back(StructConstant<convopt_requirement>{
          context, CONVOPT_MEMBER(convopt_requirement, source, need.source),
          CONVOPT_MEMBER(convopt_requirement, index, need.index),
          CONVOPT_MEMBER(convopt_requirement, bits, need.bits)});
    return array(structs);
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
  Function *makeEntry(const ModelInterface &interface, const ModelFacts &facts,
                      size_t size) {
    Type *parameters[] = {pointer, pointer, pointer, pointer, pointer};
    auto *entry =
        Function::Create(FunctionType::get(i32, parameters, false),
                         GlobalValue::InternalLinkage, "convopt_entry", module);
    Function *body = module.getFunction(functionName(size));
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
    int64_t offset = shapeOffset(facts);
    for (int64_t output : interface.shapes) {
      arguments.push_back(builder.CreateConstInBoundsGEP1_64(
          builder.getInt8Ty(), entry->getArg(2), offset));
      offset += shapeBytesOf(interface.outputs[output]);
    }
    arguments.push_back(entry->getArg(3));
    arguments.push_back(entry->getArg(2));
    arguments.push_back(entry->getArg(4));
    builder.CreateRet(builder.CreateCall(body, arguments));
    return entry;
  }

  Module &module;
  LLVMContext &context;
  PointerType *pointer;
  IntegerType *i32;
  StringMap<Constant *> texts;
};

} // namespace

Expected<std::unique_ptr<Module>>
makeModelModule(mlir::ModuleOp source, LLVMContext &context,
                ArrayRef<ModelInterface> sizes, const ModelFacts &facts,
                const MachineDescription &machine) {
  auto common = commonInterface(sizes);
  if (!common)
    return common.takeError();
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
  DescriptorBuilder(*module).build(*common, sizes, facts, machine,
                                   *requirements);
  return module;
}

} // namespace convopt
