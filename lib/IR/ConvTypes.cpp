#include "convopt/IR/ConvTypes.h"
#include "llvm/Support/ErrorHandling.h"

namespace convopt {

int64_t bytesOf(ElementType type) {
  switch (type) {
  case ElementType::F64:
    return 8;
  case ElementType::F32:
  case ElementType::I32:
    return 4;
  case ElementType::F16:
  case ElementType::BF16:
    return 2;
  case ElementType::I8:
  case ElementType::U8:
    return 1;
  }
  llvm_unreachable("no element type");
}

llvm::StringRef toString(ElementType type) {
  switch (type) {
  case ElementType::F64:
    return "f64";
  case ElementType::F32:
    return "f32";
  case ElementType::F16:
    return "f16";
  case ElementType::BF16:
    return "bf16";
  case ElementType::I32:
    return "i32";
  case ElementType::I8:
    return "i8";
  case ElementType::U8:
    return "u8";
  }
  llvm_unreachable("no element type");
}

} // namespace convopt
