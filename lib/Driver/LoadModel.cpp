#include "convopt/Driver/LoadModel.h"
#include "ForeignDialects.h"
#include "convopt/IR/ConvoptDialect.h"
#include "convopt/IR/LocatedError.h"
#include "convopt/IR/LocationText.h"
#include "convopt/Transforms/Lowering.h"
#include "mlir/Conversion/ConvertToLLVM/ToLLVMInterface.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/CrashRecoveryContext.h"
#include "llvm/Support/SourceMgr.h"

using namespace llvm;

namespace convopt {

std::unique_ptr<mlir::MLIRContext> makeContext() {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  registry.insert<ConvoptDialect>();
  registerBufferization(registry);
  auto context = std::make_unique<mlir::MLIRContext>(
      registry, mlir::MLIRContext::Threading::DISABLED);
  // Passes load what they make; the stages that are plain functions do not.
  context->loadDialect<ConvoptDialect, mlir::arith::ArithDialect,
                       mlir::func::FuncDialect, mlir::linalg::LinalgDialect,
                       mlir::math::MathDialect, mlir::memref::MemRefDialect,
                       mlir::tensor::TensorDialect>();
  return context;
}

static ErrorOr<std::unique_ptr<MemoryBuffer>>
readText(const CompileOptions &options) {
  if (!options.import.memory)
    return MemoryBuffer::getFile(options.input);
  // The parser wants a zero behind it.
  return MemoryBuffer::getMemBufferCopy(options.import.memory->bytes,
                                        options.input);
}

/// False where `work` has crashed.
static bool runSafely(function_ref<void()> work) {
  CrashRecoveryContext::Enable();
  CrashRecoveryContext recovery;
  bool whole = recovery.RunSafely(work);
  CrashRecoveryContext::Disable();
  return whole;
}

Expected<mlir::OwningOpRef<mlir::ModuleOp>>
loadModel(const CompileOptions &options, mlir::MLIRContext &context) {
  if (!StringRef(options.input).ends_with(".mlir"))
    return importOnnx(options.input, context, options.import);
  if (!options.import.shapes.empty())
    return createStringError("--shape: only for ONNX models");
  auto buffer = readText(options);
  if (!buffer)
    return createStringError("cannot read '%s': %s", options.input.c_str(),
                             buffer.getError().message().c_str());
  SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(*buffer), SMLoc());
  std::optional<std::pair<std::string, std::string>> unknown;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &found) {
    std::string text = found.str();
    bool isDialect = StringRef(text).contains("not found for custom op") ||
                     StringRef(text).contains("unregistered dialect");
    if (isDialect && !unknown)
      // What follows is about programs other than this one.
      unknown.emplace(
          locationText(found.getLocation(), LocationForm::LineAndColumn),
          StringRef(text).split(". If this is").first.str());
    return mlir::success(isDialect);
  });
  mlir::OwningOpRef<mlir::ModuleOp> module;
  auto parse = [&] {
    module = mlir::parseSourceFile<mlir::ModuleOp>(sources, &context);
  };
  // Some operations' own parsers go on after an error and fall over what is
  // not there. Signals are the business of a program alone.
  if (options.import.memory)
    parse();
  else if (!runSafely(parse))
    return createStringError("'%s' is not a valid module: MLIR's parser "
                             "crashed on it",
                             options.input.c_str());
  if (unknown)
    return locatedError(unknown->first,
                        unknown->second + ": " + unknownDialectAdvice().str());
  if (!module)
    return createStringError("'%s' is not a valid module",
                             options.input.c_str());
  if (Error error = refuseForeignDialects(*module))
    return error;
  return module;
}

Diagnostics::Diagnostics(mlir::MLIRContext &context)
    : handler(&context, [this](mlir::Diagnostic &diagnostic) {
        if (!first &&
            diagnostic.getSeverity() == mlir::DiagnosticSeverity::Error)
          first.emplace(locationText(diagnostic.getLocation(),
                                     LocationForm::LineAndColumn),
                        diagnostic.str());
        return mlir::success();
      }) {}

Error Diagnostics::explain(Error error) const {
  if (!first)
    return error;
  consumeError(std::move(error));
  return locatedError(first->first, first->second);
}

} // namespace convopt
