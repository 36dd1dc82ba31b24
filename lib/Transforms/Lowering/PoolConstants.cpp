// All constants as one array: a function then has one pointer to its weights,
// each constant is a constant offset from it, at a cache line's start, and
// equal ones are stored once, found by hash and compared byte by byte. As one
// global each they would be carried through LLVM IR and the code generator,
// which copy them; a pool is written out from where the importer or the packing
// left its data. Functions for several sizes of one model share the pool.

#include "convopt/IR/Constants.h"
#include "convopt/Transforms/Lowering.h"
#include "convopt/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Support/xxhash.h"

namespace convopt {
#define GEN_PASS_DEF_POOLCONSTANTS
#include "convopt/Transforms/Passes.h.inc"
} // namespace convopt

using namespace mlir;

namespace convopt {

static constexpr int64_t alignment = 64;

std::optional<int64_t> bytesOf(ShapedType type) {
  Type element = type.getElementType();
  if (!type.hasStaticShape() || !(element.isIntOrIndexOrFloat()))
    return std::nullopt;
  int64_t bits = element.isIndex() ? 64 : element.getIntOrFloatBitWidth();
  // As LLVM lays an array of them out: i1 takes a byte, i20 takes four.
  int64_t bytes = llvm::PowerOf2Ceil(llvm::divideCeil(bits, 8));
  return type.getNumElements() * bytes;
}

/// The bytes of `value` that `use` is called with; one call for raw data, one
/// a repeated or converted element otherwise.
static void forBytes(ElementsAttr value,
                     llvm::function_ref<void(StringRef)> use) {
  ArrayRef<char> raw = getRawBytes(value);
  if (!raw.empty()) {
    use(StringRef(raw.data(), raw.size()));
    return;
  }
  size_t width = value.getNumElements()
                     ? *bytesOf(value.getShapedType()) / value.getNumElements()
                     : 0;
  auto useElement = [&](const APInt &bits) {
    char bytes[8];
    llvm::support::endian::write64le(bytes, bits.getZExtValue());
    use(StringRef(bytes, width));
  };
  if (isa<FloatType>(value.getElementType()))
    for (const APFloat &number : value.getValues<APFloat>())
      useElement(number.bitcastToAPInt());
  else
    for (const APInt &number : value.getValues<APInt>())
      useElement(number);
}

static std::string contents(ElementsAttr value) {
  std::string bytes;
  forBytes(value, [&](StringRef part) { bytes += part; });
  return bytes;
}

static bool sameContents(ElementsAttr a, ElementsAttr b) {
  ArrayRef<char> x = getRawBytes(a), y = getRawBytes(b);
  return !x.empty() && !y.empty() ? x == y : contents(a) == contents(b);
}

static uint64_t hashContents(ElementsAttr value) {
  ArrayRef<char> raw = getRawBytes(value);
  return raw.empty() ? llvm::xxh3_64bits(contents(value))
                     : llvm::xxh3_64bits(StringRef(raw.data(), raw.size()));
}

void ConstantPool::write(llvm::raw_ostream &os) const {
  int64_t position = 0;
  for (const PooledConstant &constant : constants) {
    os.write_zeros(constant.offset - position);
    forBytes(constant.value, [&](StringRef part) { os << part; });
    position = constant.offset + constant.bytes;
  }
  os.write_zeros(bytes - position);
}

namespace {
/// Finds a place for each constant.
class PoolBuilder {
public:
  size_t place(ElementsAttr value);

  ConstantPool pool;

private:
  DenseMap<uint64_t, SmallVector<size_t, 1>> byHash;
  DenseMap<Attribute, size_t> byAttribute;
};

/// A constant buffer that is read, and its number in the pool.
using Use = std::pair<memref::GetGlobalOp, size_t>;
} // namespace

size_t PoolBuilder::place(ElementsAttr value) {
  auto [known, isNew] = byAttribute.try_emplace(value, 0);
  if (!isNew)
    return known->second;
  SmallVector<size_t, 1> &candidates = byHash[hashContents(value)];
  for (size_t index : candidates)
    if (sameContents(pool.constants[index].value, value))
      return known->second = index;
  candidates.push_back(pool.constants.size());
  known->second = pool.constants.size();
  int64_t bytes = *bytesOf(value.getShapedType());
  pool.constants.push_back({value, pool.bytes, bytes});
  pool.bytes += llvm::alignTo(bytes, alignment);
  return known->second;
}

static FailureOr<std::vector<Use>> placeConstants(func::FuncOp func,
                                                  const SymbolTable &symbols,
                                                  PoolBuilder &builder) {
  std::vector<Use> uses;
  WalkResult walked = func.walk([&](memref::GetGlobalOp get) {
    auto global = symbols.lookup<memref::GlobalOp>(get.getName());
    auto value =
        global ? dyn_cast_or_null<ElementsAttr>(global.getInitialValueAttr())
               : nullptr;
    if (!value || !global.getConstant())
      return WalkResult(get.emitError("is not a constant"));
    std::optional<int64_t> bytes = bytesOf(value.getShapedType());
    ArrayRef<char> raw = getRawBytes(value);
    if (!bytes ||
        (!raw.empty() && static_cast<int64_t>(raw.size()) != *bytes) ||
        (raw.empty() && isa<DenseResourceElementsAttr>(value) && *bytes))
      return WalkResult(
          get.emitError("has a constant without data of its size"));
    uses.push_back({get, builder.place(value)});
    return WalkResult::advance();
  });
  if (walked.wasInterrupted())
    return failure();
  return uses;
}

static void readFromArgument(func::FuncOp func, ArrayRef<Use> uses,
                             const ConstantPool &pool) {
  OpBuilder builder(func.getContext());
  // Not 0: a memref without elements cannot be passed as a bare pointer.
  auto type =
      MemRefType::get({std::max<int64_t>(pool.bytes, 1)}, builder.getI8Type());
  unsigned position = func.getNumArguments();
  func.insertArgument(position, type, DictionaryAttr(), func.getLoc());
  Value weights = func.getArgument(position);
  for (auto [get, index] : uses) {
    builder.setInsertionPoint(get);
    Value offset = builder.create<arith::ConstantIndexOp>(
        get.getLoc(), pool.constants[index].offset);
    get.replaceAllUsesWith(builder
                               .create<memref::ViewOp>(get.getLoc(),
                                                       get.getType(), weights,
                                                       offset, ValueRange())
                               .getResult());
    get.erase();
  }
}

FailureOr<ConstantPool> poolConstants(ModuleOp module) {
  SymbolTable symbols(module);
  PoolBuilder builder;
  std::vector<std::pair<func::FuncOp, std::vector<Use>>> functions;
  for (func::FuncOp func : module.getOps<func::FuncOp>()) {
    if (func.isExternal())
      continue;
    FailureOr<std::vector<Use>> uses = placeConstants(func, symbols, builder);
    if (failed(uses))
      return failure();
    functions.push_back({func, std::move(*uses)});
  }
  for (auto &[func, uses] : functions)
    readFromArgument(func, uses, builder.pool);
  return std::move(builder.pool);
}

namespace {
struct PoolConstants : impl::PoolConstantsBase<PoolConstants> {
  void runOnOperation() override {
    FailureOr<ConstantPool> pool = poolConstants(getOperation());
    if (failed(pool))
      return signalPassFailure();
    if (use)
      use(std::move(*pool));
  }

  std::function<void(ConstantPool)> use;
};
} // namespace

std::unique_ptr<Pass>
createPoolConstants(std::function<void(ConstantPool)> use) {
  auto pass = std::make_unique<PoolConstants>();
  pass->use = std::move(use);
  return pass;
}

} // namespace convopt
