// A kernel is a C function over halide_buffer_t, compiled already, with
// Halide's ABI: what a launch passes is built here by the layout of that
// struct. Sizes and strides never change and are constants of the object,
// shared by all buffers of one shape; the structs are on the stack, once for
// all launches, since one call is under way at a time. What is 0 or null in
// every struct is written once for the whole function: stores before each call
// would double its code, and LLVM, which joins neighbouring zeros to a memset,
// takes time for each that grows with the number of launches. What a kernel
// returns is tested after each: the function ends with the first that is not 0,
// without a trace on the way out, because nothing outside the workspace has to
// be released. A memref is passed as its pointer alone, so its layout must be
// dense, which passes before this one have seen to.

#include "convopt/Transforms/Lowering.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;

namespace convopt {

namespace {

/// halide_type_t's bytes as one number: code, bits, lanes (two bytes).
uint32_t halideType(Type element) {
  enum { Int = 0, UInt = 1, Float = 2, BFloat = 4 };
  unsigned bits = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  unsigned code = element.isBF16()          ? BFloat
                  : isa<FloatType>(element) ? Float
                  : element.isInteger(1)    ? UInt
                                            : Int;
  return code | bits << 8 | 1u << 16;
}

/// Rewrites the launches of one function.
class Lowering {
public:
  /// `observer` is told of each launch; it may be null.
  Lowering(func::FuncOp func, SymbolTable &symbols, LLVM::LLVMFuncOp observer)
      : func(func), symbols(symbols), observer(observer),
        builder(func.getContext()),
        pointer(LLVM::LLVMPointerType::get(func.getContext())) {
    Type i32 = builder.getI32Type(), i64 = builder.getI64Type();
    // halide_buffer_t: device, device interface, host, flags, type,
    // dimensions, dim, padding.
    buffer = LLVM::LLVMStructType::getLiteral(
        func.getContext(),
        {i64, pointer, pointer, i64, i32, i32, pointer, pointer});
  }

  /// Launches have numbers from `number` on, which becomes the next one.
  LogicalResult run(int64_t &number) {
    SmallVector<LaunchOp> launches;
    size_t most = 0;
    func.walk([&](LaunchOp launch) {
      launches.push_back(launch);
      most = std::max<size_t>(most, launch->getNumOperands());
    });
    addContextAndStatus();
    if (launches.empty())
      return success();
    createBuffers(static_cast<int64_t>(most));
    for (LaunchOp launch : launches)
      if (failed(lower(launch, number++)))
        return failure();
    return success();
  }

private:
  /// One call at a time is under way, so all share these. What no launch
  /// writes is 0.
  void createBuffers(int64_t count) {
    constexpr int64_t bufferBytes = 56;
    Location loc = func.getLoc();
    builder.setInsertionPointToStart(&func.front());
    IntegerType i64 = builder.getI64Type();
    buffers = builder.create<LLVM::AllocaOp>(loc, pointer, buffer,
                                             constant(loc, i64, count));
    builder.create<LLVM::MemsetOp>(
        loc, buffers, constant(loc, builder.getI8Type(), 0),
        constant(loc, i64, count * bufferBytes), /*isVolatile=*/false);
  }

  void addContextAndStatus() {
    unsigned position = func.getNumArguments();
    func.insertArgument(position, pointer, DictionaryAttr(), func.getLoc());
    context = func.getArgument(position);
    func.insertResult(0, builder.getI32Type(), DictionaryAttr());
    func.walk([&](func::ReturnOp result) {
      builder.setInsertionPoint(result);
      Value zero = builder.create<arith::ConstantIntOp>(result.getLoc(), 0, 32);
      result.getOperandsMutable().append(zero);
    });
  }

  Value constant(Location loc, IntegerType type, int64_t value) {
    return builder.create<LLVM::ConstantOp>(loc, type, value);
  }

  /// A constant array of halide_dimension_t, innermost first.
  FailureOr<Value> dimensions(LaunchOp launch, MemRefType type) {
    SmallVector<int32_t> fields;
    std::string name = "dim";
    int64_t stride = 1;
    for (int64_t extent : llvm::reverse(type.getShape())) {
      if (extent > INT32_MAX || stride > INT32_MAX)
        return launch.emitError("has a buffer too large for a kernel: ")
               << type;
      llvm::append_values(fields, 0, static_cast<int32_t>(extent),
                          static_cast<int32_t>(stride), 0);
      name += "_" + std::to_string(extent);
      stride *= extent;
    }
    auto global = symbols.lookup<LLVM::GlobalOp>(name);
    if (!global) {
      OpBuilder::InsertionGuard guard(builder);
      builder.setInsertionPointToStart(
          func->getParentOfType<ModuleOp>().getBody());
      size_t count = fields.size();
      auto array = LLVM::LLVMArrayType::get(builder.getI32Type(), count);
      auto shape = RankedTensorType::get(static_cast<int64_t>(count),
                                         builder.getI32Type());
      global = builder.create<LLVM::GlobalOp>(
          func.getLoc(), array, /*isConstant=*/true, LLVM::Linkage::Internal,
          name, DenseElementsAttr::get(shape, ArrayRef(fields)));
      symbols.insert(global);
    }
    return builder
        .create<LLVM::AddressOfOp>(launch.getLoc(), pointer,
                                   global.getSymName())
        .getResult();
  }

  Value hostPointer(Location loc, Value memref) {
    auto type = cast<MemRefType>(memref.getType());
    SmallVector<int64_t> strides;
    int64_t offset;
    (void)getStridesAndOffset(type, strides, offset);
    Value address =
        builder.create<memref::ExtractAlignedPointerAsIndexOp>(loc, memref);
    if (offset != 0) {
      Value elements =
          ShapedType::isDynamic(offset)
              ? builder.create<memref::ExtractStridedMetadataOp>(loc, memref)
                    .getOffset()
              : builder.create<arith::ConstantIndexOp>(loc, offset).getResult();
      auto one = MemRefType::get({1}, type.getElementType());
      Value bytes = builder.create<arith::MulIOp>(
          loc, elements,
          builder.create<arith::ConstantIndexOp>(loc, *bytesOf(one)));
      address = builder.create<arith::AddIOp>(loc, address, bytes);
    }
    address =
        builder.create<arith::IndexCastOp>(loc, builder.getI64Type(), address);
    return builder.create<LLVM::IntToPtrOp>(loc, pointer, address);
  }

  FailureOr<Value> makeBuffer(LaunchOp launch, unsigned index, Value memref) {
    Location loc = launch.getLoc();
    auto type = cast<MemRefType>(memref.getType());
    if (!isDense(type))
      return launch.emitError("takes dense buffers, not ") << type;
    FailureOr<Value> dims = dimensions(launch, type);
    if (failed(dims))
      return failure();
    IntegerType i32 = builder.getI32Type();
    std::pair<int32_t, Value> fields[] = {
        {2, hostPointer(loc, memref)},
        {4, constant(loc, i32, halideType(type.getElementType()))},
        {5, constant(loc, i32, type.getRank())},
        {6, *dims}};
    for (auto [field, value] : fields) {
      Value place = builder.create<LLVM::GEPOp>(
          loc, pointer, buffer, buffers,
          ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(index), field});
      builder.create<LLVM::StoreOp>(loc, value, place);
    }
    return builder
        .create<LLVM::GEPOp>(
            loc, pointer, buffer, buffers,
            ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(index)})
        .getResult();
  }

  void observe(Location loc, int64_t number, bool done) {
    if (observer)
      builder.create<LLVM::CallOp>(
          loc, observer,
          ValueRange{context, constant(loc, builder.getI64Type(), number),
                     constant(loc, builder.getI32Type(), done)});
  }

  LogicalResult lower(LaunchOp launch, int64_t number) {
    Location loc = launch.getLoc();
    builder.setInsertionPoint(launch);
    SmallVector<Value> arguments{context};
    for (auto [index, memref] : llvm::enumerate(launch->getOperands())) {
      FailureOr<Value> argument = makeBuffer(launch, index, memref);
      if (failed(argument))
        return failure();
      arguments.push_back(*argument);
    }
    auto callee = symbols.lookup<LLVM::LLVMFuncOp>(launch.getKernel());
    observe(loc, number, /*done=*/false);
    Value status =
        builder.create<LLVM::CallOp>(loc, callee, arguments).getResult();
    observe(loc, number, /*done=*/true);
    Value failed = builder.create<arith::CmpIOp>(
        loc, arith::CmpIPredicate::ne, status,
        builder.create<arith::ConstantIntOp>(loc, 0, 32));
    Block *here = launch->getBlock();
    Block *rest = here->splitBlock(launch);
    builder.setInsertionPointToEnd(here);
    builder.create<cf::CondBranchOp>(loc, failed, failureBlock(), status, rest,
                                     ValueRange());
    launch.erase();
    return success();
  }

  /// Returns its argument.
  Block *failureBlock() {
    if (!failureExit) {
      OpBuilder::InsertionGuard guard(builder);
      failureExit = builder.createBlock(&func.getBody(), func.getBody().end(),
                                        builder.getI32Type(), {func.getLoc()});
      builder.create<func::ReturnOp>(func.getLoc(),
                                     failureExit->getArguments());
    }
    return failureExit;
  }

  func::FuncOp func;
  SymbolTable &symbols;
  LLVM::LLVMFuncOp observer;
  OpBuilder builder;
  LLVM::LLVMPointerType pointer;
  LLVM::LLVMStructType buffer;
  Value context, buffers;
  Block *failureExit = nullptr;
};

} // namespace

/// Declares void convopt_observe(void *context, int64_t number, int done).
static LLVM::LLVMFuncOp declareObserver(ModuleOp module) {
  OpBuilder builder = OpBuilder::atBlockBegin(module.getBody());
  MLIRContext *context = module.getContext();
  return builder.create<LLVM::LLVMFuncOp>(
      module.getLoc(), "convopt_observe",
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(context),
                                  {LLVM::LLVMPointerType::get(context),
                                   builder.getI64Type(),
                                   builder.getI32Type()}));
}

LogicalResult lowerLaunches(ModuleOp module, bool observe) {
  SymbolTable symbols(module);
  OpBuilder builder(module.getContext());
  Type pointer = LLVM::LLVMPointerType::get(module.getContext());
  LLVM::LLVMFuncOp observer = observe ? declareObserver(module) : nullptr;
  for (KernelOp kernel :
       llvm::make_early_inc_range(module.getOps<KernelOp>())) {
    std::string name = kernel.getSymName().str();
    unsigned count = 1 + kernel.getNumArguments() + kernel.getNumResults();
    builder.setInsertionPointAfter(kernel);
    symbols.erase(kernel);
    symbols.insert(builder.create<LLVM::LLVMFuncOp>(
        module.getLoc(), name,
        LLVM::LLVMFunctionType::get(builder.getI32Type(),
                                    SmallVector<Type>(count, pointer))));
  }
  int64_t number = 0;
  for (func::FuncOp func : module.getOps<func::FuncOp>())
    if (!func.isExternal() &&
        failed(Lowering(func, symbols, observer).run(number)))
      return failure();
  return success();
}

} // namespace convopt
