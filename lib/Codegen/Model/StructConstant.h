#ifndef CONVOPT_LIB_CODEGEN_MODEL_STRUCTCONSTANT_H
#define CONVOPT_LIB_CODEGEN_MODEL_STRUCTCONSTANT_H

#include "llvm/IR/Constants.h"
#include <cstddef>
#include <type_traits>

namespace convopt {

/// The value of a member of a C struct: a number as it is, a pointer as a
/// constant. Where the member lies and its type come from the struct.
template <size_t memberOffset, typename T> struct StructMember {
  using Type = T;
  using Value = std::conditional_t<std::is_pointer_v<T>, llvm::Constant *, T>;
  static constexpr size_t offset = memberOffset;
  explicit StructMember(Value value) : value(value) {}
  Value value;
};

#define CONVOPT_MEMBER(Struct, member, value)                                  \
  ::convopt::StructMember<offsetof(Struct, member), decltype(Struct::member)>( \
      value)

/// Whether `Members` are all members of `Struct`, in its order.
template <typename Struct, typename... Members> constexpr bool areWhole() {
  auto align = [](size_t bytes, size_t alignment) {
    return (bytes + alignment - 1) / alignment * alignment;
  };
  size_t end = 0;
  bool whole = true;
  ((whole &= Members::offset == align(end, alignof(typename Members::Type)),
    end = Members::offset + sizeof(typename Members::Type)),
   ...);
  return whole && align(end, alignof(Struct)) == sizeof(Struct);
}

inline llvm::Constant *toConstant(llvm::LLVMContext &, llvm::Constant *value) {
  return value;
}
inline llvm::Constant *toConstant(llvm::LLVMContext &context, double value) {
  return llvm::ConstantFP::get(llvm::Type::getDoubleTy(context), value);
}
template <typename Integer,
          std::enable_if_t<std::is_integral_v<Integer>, int> = 0>
llvm::Constant *toConstant(llvm::LLVMContext &context, Integer value) {
  return llvm::ConstantInt::get(
      llvm::Type::getIntNTy(context, 8 * sizeof(Integer)), value);
}

/// A constant of the C struct `Struct`, one CONVOPT_MEMBER for each member in
/// its order; anything else does not compile. All targets lay structs out as
/// the machine does that compiles. To be written with braces: the values are
/// then made in that order, so that the module is the same with every compiler.
template <typename Struct> struct StructConstant {
  template <typename... Members>
  StructConstant(llvm::LLVMContext &context, Members... members)
      : constant(llvm::ConstantStruct::getAnon(
            {toConstant(context, members.value)...})) {
    static_assert(areWhole<Struct, Members...>(),
                  "not the members of the struct in its header");
  }
  operator llvm::Constant *() const { return constant; }

private:
  llvm::Constant *constant;
};

} // namespace convopt

#endif // CONVOPT_LIB_CODEGEN_MODEL_STRUCTCONSTANT_H
