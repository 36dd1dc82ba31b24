// The model's function has one argument a tensor, the runtime has arrays of
// pointers; an entry unpacks them. It also says the true shapes of outputs
// which depend on data in other sizes and not in this one, as whatever has such
// a shape in one size is asked for it in all.

#include "ModelEntry.h"
#include "WorkspaceLayout.h"
#include "llvm/IR/IRBuilder.h"

using namespace llvm;

namespace convopt {

std::string functionName(size_t size) {
  return "convopt_function" + (size ? "_" + std::to_string(size) : "");
}

namespace {
/// Where true shapes are, in the code of one entry.
struct ShapePlaces {
  IRBuilder<> &builder;
  Value *tensors;
  std::vector<int64_t> offsets; ///< see shapeOffsets

  Value *of(int64_t output) const {
    return builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), tensors,
                                              offsets[output]);
  }

  void store(int64_t output, ArrayRef<int64_t> dims) const {
    for (auto [i, size] : enumerate(dims))
      builder.CreateStore(builder.getInt64(size),
                          builder.CreateConstInBoundsGEP1_64(
                              builder.getInt64Ty(), of(output), i));
  }
};
} // namespace

Function *makeEntry(Module &module, const ModelInterface &common,
                    const ModelInterface &size, const ModelFacts &facts,
                    size_t number) {
  LLVMContext &context = module.getContext();
  auto *pointer = PointerType::getUnqual(context);
  Type *parameters[] = {pointer, pointer, pointer, pointer, pointer};
  auto *type = FunctionType::get(Type::getInt32Ty(context), parameters,
                                 /*vararg=*/false);
  auto *entry = Function::Create(type, GlobalValue::InternalLinkage,
                                 "convopt_entry", module);
  Value *inputs = entry->getArg(0), *outputs = entry->getArg(1);
  Value *tensors = entry->getArg(2), *weights = entry->getArg(3);
  Function *body = module.getFunction(functionName(number));
  body->setLinkage(GlobalValue::InternalLinkage);
  IRBuilder<> builder(BasicBlock::Create(context, "entry", entry));
  SmallVector<Value *> arguments;
  auto load = [&](Value *table, size_t count) {
    for (size_t i : seq(count)) {
      Value *place = builder.CreateConstInBoundsGEP1_64(pointer, table, i);
      arguments.push_back(builder.CreateLoad(pointer, place));
    }
  };
  load(inputs, size.inputs.size());
  load(outputs, size.outputs.size());
  const ShapePlaces shapes{builder, tensors, shapeOffsets(common, facts)};
  for (int64_t output : size.shapes)
    arguments.push_back(shapes.of(output));
  for (int64_t output : common.shapes)
    if (!is_contained(size.shapes, output))
      shapes.store(output, size.outputs[output].dims);
  arguments.append({weights, tensors, entry->getArg(4)});
  builder.CreateRet(builder.CreateCall(body, arguments));
  return entry;
}

} // namespace convopt
