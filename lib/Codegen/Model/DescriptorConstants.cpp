#include "DescriptorConstants.h"
#include "StructConstant.h"
#include "convopt-c/model.h"

using namespace llvm;

namespace convopt {

GlobalVariable *DescriptorConstants::makeConstant(Constant *value,
                                                  const Twine &name) {
  return new GlobalVariable(module, value->getType(), /*isConstant=*/true,
                            GlobalValue::PrivateLinkage, value, name);
}

Constant *DescriptorConstants::text(StringRef string) {
  Constant *&known = texts[string];
  if (!known) {
    GlobalVariable *variable =
        makeConstant(ConstantDataArray::getString(context, string), "text");
    variable->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
    known = variable;
  }
  return known;
}

Constant *DescriptorConstants::array(ArrayRef<Constant *> values) {
  if (values.empty())
    return null();
  auto *type = ArrayType::get(values[0]->getType(), values.size());
  return makeConstant(ConstantArray::get(type, values), "array");
}

Constant *DescriptorConstants::array(ArrayRef<int64_t> numbers) {
  SmallVector<Constant *> constants;
  for (int64_t number : numbers)
    constants.push_back(toConstant(context, number));
  return array(constants);
}

Constant *DescriptorConstants::tensors(ArrayRef<TensorInfo> infos) {
  SmallVector<Constant *> structs;
  for (const TensorInfo &info : infos)
    structs.push_back(StructConstant<convopt_tensor>{
        context, CONVOPT_MEMBER(convopt_tensor, name, text(info.name)),
        CONVOPT_MEMBER(convopt_tensor, type, text(info.type)),
        CONVOPT_MEMBER(convopt_tensor, rank, info.dims.size()),
        CONVOPT_MEMBER(convopt_tensor, dims, array(info.dims))});
  return array(structs);
}

Function *DescriptorConstants::runtimeFunction(StringRef name) {
  auto *function = cast<Function>(
      module.getOrInsertFunction(name, Type::getVoidTy(context)).getCallee());
  function->setVisibility(GlobalValue::HiddenVisibility);
  return function;
}

} // namespace convopt
