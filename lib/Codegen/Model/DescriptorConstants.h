#ifndef CONVOPT_LIB_CODEGEN_MODEL_DESCRIPTORCONSTANTS_H
#define CONVOPT_LIB_CODEGEN_MODEL_DESCRIPTORCONSTANTS_H

#include "convopt/Codegen/ModelInterface.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Module.h"

namespace convopt {

/// What structs of C point to, as constants of a module: texts, arrays,
/// tensors, functions of the runtime.
class DescriptorConstants {
public:
  explicit DescriptorConstants(llvm::Module &module)
      : module(module), context(module.getContext()),
        pointer(llvm::PointerType::getUnqual(context)) {}

  llvm::LLVMContext &getContext() const { return context; }

  llvm::Constant *null() const {
    return llvm::ConstantPointerNull::get(pointer);
  }

  /// A constant that only this module sees.
  llvm::GlobalVariable *makeConstant(llvm::Constant *value,
                                     const llvm::Twine &name);

  /// One that the object shows.
  void exportConstant(llvm::Constant *value, const llvm::Twine &name) {
    makeConstant(value, name)->setLinkage(llvm::GlobalValue::ExternalLinkage);
  }

  /// Equal texts stand once.
  llvm::Constant *text(llvm::StringRef string);

  /// The place of values of one type; null if there are none.
  llvm::Constant *array(llvm::ArrayRef<llvm::Constant *> values);
  llvm::Constant *array(llvm::ArrayRef<int64_t> numbers);

  /// An array of convopt_tensor.
  llvm::Constant *tensors(llvm::ArrayRef<TensorInfo> infos);

  /// A function of Runtime/functions.h, of which only the address is used.
  llvm::Function *runtimeFunction(llvm::StringRef name);

private:
  llvm::Module &module;
  llvm::LLVMContext &context;
  llvm::PointerType *pointer;
  llvm::StringMap<llvm::Constant *> texts;
};

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_MODEL_DESCRIPTORCONSTANTS_H
