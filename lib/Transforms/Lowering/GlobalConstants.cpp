// MLIR's bufferization of arith makes these globals too, but looks through all
// that are there for every constant, and makes the module's table of symbols
// anew for every global: a network of thousands of layers spends most of its
// placement on that. Here there is one table, and one for the constants.

#include "GlobalConstants.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/SymbolTable.h"

using namespace mlir;

namespace convopt {

static constexpr int64_t alignment = 64;

/// __constant_2x3xf32
static std::string nameOf(RankedTensorType type) {
  std::string name = "__constant_";
  llvm::raw_string_ostream stream(name);
  for (int64_t size : type.getShape())
    stream << size << "x";
  stream << type.getElementType();
  return name;
}

static memref::GlobalOp createGlobal(arith::ConstantOp constant,
                                     ModuleOp module, SymbolTable &symbols) {
  auto type = cast<RankedTensorType>(constant.getType());
  OpBuilder builder(module.getContext());
  auto global = builder.create<memref::GlobalOp>(
      constant.getLoc(), nameOf(type), builder.getStringAttr("private"),
      MemRefType::get(type.getShape(), type.getElementType()),
      cast<ElementsAttr>(constant.getValue()), /*constant=*/true,
      builder.getI64IntegerAttr(alignment));
  // A number is added to a name that is taken.
  symbols.insert(global, module.getBody()->begin());
  return global;
}

void makeConstantsGlobal(ModuleOp module) {
  SymbolTable symbols(module);
  DenseMap<Attribute, memref::GlobalOp> globals;
  for (func::FuncOp func : module.getOps<func::FuncOp>())
    func.walk([&](arith::ConstantOp constant) {
      if (!isa<RankedTensorType>(constant.getType()))
        return;
      memref::GlobalOp &global = globals[constant.getValue()];
      if (!global)
        global = createGlobal(constant, module, symbols);
      OpBuilder builder(constant);
      Value buffer = builder.create<memref::GetGlobalOp>(
          constant.getLoc(), global.getType(), global.getName());
      Value tensor = builder.create<bufferization::ToTensorOp>(
          constant.getLoc(), constant.getType(), buffer, /*restrict=*/true,
          /*writable=*/false);
      constant.replaceAllUsesWith(tensor);
      constant.erase();
    });
}

} // namespace convopt
