#include "KernelRunner.h"
#include "HalideRuntime.h"
#include "convopt/Codegen/Kernels.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Parser/Parser.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/APInt.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/TargetSelect.h"
#include <random>
#include <sys/mman.h>
#include <unistd.h>

using namespace mlir;

namespace convopt::test {

//===- Tensors
//-------------------------------------------------------------===//

static unsigned elementBytes(Type type) {
  return (type.getIntOrFloatBitWidth() + 7) / 8;
}

Tensor::Tensor(RankedTensorType type)
    : type(type),
      bytes(type.getNumElements() * elementBytes(type.getElementType())) {}

double Tensor::get(int64_t i) const {
  Type element = type.getElementType();
  unsigned size = elementBytes(element);
  uint64_t bits = 0;
  std::memcpy(&bits, &bytes[i * size], size);
  llvm::APInt integer(size * 8, bits);
  if (auto floating = dyn_cast<FloatType>(element)) {
    llvm::APFloat value(floating.getFloatSemantics(), integer);
    bool lost;
    value.convert(llvm::APFloat::IEEEdouble(),
                  llvm::APFloat::rmNearestTiesToEven, &lost);
    return value.convertToDouble();
  }
  return static_cast<double>(integer.getSExtValue());
}

void Tensor::set(int64_t i, double value) {
  Type element = type.getElementType();
  unsigned size = elementBytes(element);
  uint64_t bits;
  if (auto floating = dyn_cast<FloatType>(element)) {
    llvm::APFloat number(value);
    bool lost;
    number.convert(floating.getFloatSemantics(),
                   llvm::APFloat::rmNearestTiesToEven, &lost);
    bits = number.bitcastToAPInt().getZExtValue();
  } else {
    bits = static_cast<int64_t>(value);
  }
  std::memcpy(&bytes[i * size], &bits, size);
}

//===- Contexts and code
//---------------------------------------------------===//

MLIRContext &context() {
  static MLIRContext *context = [] {
    DialectRegistry registry;
    registerAllDialects(registry);
    registerAllExtensions(registry);
    registry.insert<ConvoptDialect>();
    auto *made = new MLIRContext(registry, MLIRContext::Threading::DISABLED);
    made->loadAllAvailableDialects();
    return made;
  }();
  return *context;
}

OwningOpRef<ModuleOp> parse(StringRef text) {
  return parseSourceString<ModuleOp>(text, &context());
}

extern "C" {
static void *testMalloc(void *, size_t size) {
  return aligned_alloc(64, (size + 127) / 64 * 64);
}
static void testFree(void *, void *pointer) { free(pointer); }
static int testParFor(void *context, halide_task_t task, int min, int size,
                      uint8_t *closure) {
  for (int i = min + size; i-- > min;) // Any order must do.
    if (int error = task(context, i, closure))
      return error;
  return 0;
}
}

std::unique_ptr<llvm::orc::LLJIT> createJit() {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  auto jit = llvm::cantFail(llvm::orc::LLJITBuilder().create());
  auto generator =
      llvm::orc::DynamicLibrarySearchGenerator::GetForCurrentProcess(
          jit->getDataLayout().getGlobalPrefix());
  jit->getMainJITDylib().addGenerator(llvm::cantFail(std::move(generator)));
  auto define = [&](const char *name, void *address) {
    llvm::orc::SymbolMap symbols;
    symbols[jit->mangleAndIntern(name)] = {
        llvm::orc::ExecutorAddr::fromPtr(address),
        llvm::JITSymbolFlags::Exported};
    llvm::cantFail(jit->getMainJITDylib().define(
        llvm::orc::absoluteSymbols(std::move(symbols))));
  };
  define("halide_malloc", reinterpret_cast<void *>(testMalloc));
  define("halide_free", reinterpret_cast<void *>(testFree));
  define("halide_do_par_for", reinterpret_cast<void *>(testParFor));
  return jit;
}

namespace {
/// Memory that ends, or begins, at a page nobody may touch.
class GuardedMemory {
public:
  GuardedMemory(size_t size, bool atEnd) {
    size_t page = sysconf(_SC_PAGESIZE);
    size_t inner = (size + page - 1) / page * page;
    total = inner + 2 * page;
    base = static_cast<char *>(
        mmap(nullptr, total, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    mprotect(base + page, inner, PROT_READ | PROT_WRITE);
    data = base + page + (atEnd ? inner - size : 0);
  }
  ~GuardedMemory() { munmap(base, total); }
  GuardedMemory(const GuardedMemory &) = delete;
  char *data;

private:
  char *base;
  size_t total;
};
} // namespace

std::vector<Tensor> runKernel(ModuleOp module,
                              const std::vector<Tensor> &inputs,
                              const MachineDescription &machine,
                              int64_t threads) {
  auto compiled =
      compileKernels(module, {machine, threads, KernelOutput::Object});
  if (!compiled) {
    ADD_FAILURE() << toString(compiled.takeError());
    return {};
  }
  const CompiledKernel &code = compiled->front();
  auto jit = createJit();
  llvm::cantFail(jit->addObjectFile(llvm::MemoryBuffer::getMemBufferCopy(
      StringRef(code.object.data(), code.object.size()), code.symbol)));
  auto function =
      llvm::cantFail(jit->lookup(code.symbol)).toPtr<int (*)(void *)>();
  std::vector<Tensor> results;
  for (Type type : (*module.getOps<KernelOp>().begin()).getResultTypes())
    results.emplace_back(cast<RankedTensorType>(type));
  for (bool atEnd : {false, true}) {
    std::vector<std::unique_ptr<GuardedMemory>> memory;
    std::vector<halide_buffer_t> buffers(inputs.size() + results.size());
    auto addBuffer = [&](const Tensor &tensor) {
      memory.push_back(
          std::make_unique<GuardedMemory>(tensor.bytes.size(), atEnd));
      std::memcpy(memory.back()->data, tensor.bytes.data(),
                  tensor.bytes.size());
      halide_buffer_t &buffer = buffers[memory.size() - 1];
      std::memset(&buffer, 0, sizeof buffer);
      buffer.host = reinterpret_cast<uint8_t *>(memory.back()->data);
    };
    for (const Tensor &input : inputs)
      addBuffer(input);
    for (Tensor &result : results) {
      std::fill(result.bytes.begin(), result.bytes.end(), 0x55);
      addBuffer(result);
    }
    auto *call = reinterpret_cast<int (*)(void *, ...)>(function);
    halide_buffer_t *b[8] = {};
    for (size_t i = 0; i < buffers.size(); ++i)
      b[i] = &buffers[i];
    EXPECT_LE(buffers.size(), 8u);
    // Beyond the last one they are not looked at.
    EXPECT_EQ(call(nullptr, b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]), 0);
    for (size_t i = 0; i < results.size(); ++i)
      std::memcpy(results[i].bytes.data(), memory[inputs.size() + i]->data,
                  results[i].bytes.size());
  }
  return results;
}

//===- Comparison
//----------------------------------------------------------===//

static bool isClose(double a, double b, double tolerance) {
  if (std::isnan(a) || std::isnan(b))
    return std::isnan(a) && std::isnan(b);
  if (std::isinf(a) || std::isinf(b))
    return a == b;
  return std::abs(a - b) <= tolerance * (1 + std::abs(b));
}

std::vector<Tensor> makeInputs(KernelOp kernel, const CheckOptions &options) {
  std::mt19937 random(7);
  std::normal_distribution<double> normal;
  std::uniform_int_distribution<int> integers(-9, 9);
  std::vector<Tensor> inputs;
  for (auto [n, type] : llvm::enumerate(kernel.getArgumentTypes())) {
    Tensor &tensor = inputs.emplace_back(cast<RankedTensorType>(type));
    Type element = tensor.type.getElementType();
    for (int64_t i = 0; i < tensor.size(); ++i)
      tensor.set(i, options.input             ? options.input(n, i)
                    : isa<FloatType>(element) ? normal(random)
                    : element.isInteger(1)    ? integers(random) > 0
                                              : integers(random));
  }
  return inputs;
}

void expectClose(const std::vector<Tensor> &results,
                 const std::vector<Tensor> &expected, double tolerance) {
  ASSERT_EQ(results.size(), expected.size());
  for (size_t r = 0; r < results.size(); ++r)
    for (int64_t i = 0; i < results[r].size(); ++i)
      ASSERT_TRUE(isClose(results[r].get(i), expected[r].get(i), tolerance))
          << "result " << r << ", element " << i << ": " << results[r].get(i)
          << " instead of " << expected[r].get(i);
}

void checkKernel(StringRef text, const CheckOptions &options) {
  OwningOpRef<ModuleOp> module = parse(text);
  ASSERT_TRUE(module);
  KernelOp kernel = *module->getOps<KernelOp>().begin();
  std::vector<Tensor> inputs = makeInputs(kernel, options);
  // Halide must not have been used in this process before a worker is forked,
  // and it is not: only workers use it.
  std::vector<Tensor> expected = runReference(*module, inputs);
  for (const char *target : {"host", "x86-64"}) {
    TargetRequest request;
    request.target = target;
    MachineDescription machine = llvm::cantFail(describeMachine(request));
    SCOPED_TRACE(target);
    expectClose(runKernel(*module, inputs, machine, options.threads), expected,
                options.tolerance);
  }
}

} // namespace convopt::test
