#include "Expressions.h"

using namespace Halide;

namespace convopt {

Type halideType(ElementType type) {
  switch (type) {
  case ElementType::F64:
    return Float(64);
  case ElementType::F32:
    return Float(32);
  case ElementType::F16:
    return Float(16);
  case ElementType::BF16:
    return BFloat(16);
  case ElementType::I32:
    return Int(32);
  case ElementType::I8:
    return Int(8);
  case ElementType::U8:
    return UInt(8);
  }
  llvm_unreachable("no element type");
}

Expr zeroSum(const ConvRequest &request) {
  return Internal::make_zero(halideType(request.layer.types.accumulator));
}

} // namespace convopt
