// A module as text, as other front ends write it or as a user has edited it.
// The parsers of some operations of MLIR 19 go on after an error and fall over
// what is not there (linalg.broadcast without its dimensions). That is known,
// convopt-compile makes a message of it, and it would end every search soon: so
// what MLIR cannot parse is left out here, in the same way as there, and what
// goes on to convopt's own code is not.

#include "Compilation.h"
#include "KeptContext.h"
#include "Target.h"
#include "convopt/Driver/LoadModel.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/CrashRecoveryContext.h"

using namespace convopt;

// What a parser had in memory when it crashed is no leak of ours.
extern "C" [[gnu::weak]] void __lsan_disable();
extern "C" [[gnu::weak]] void __lsan_enable();

/// Whether MLIR's parser comes to an end with `text`, good or bad.
static bool isReadToItsEnd(llvm::StringRef text) {
  static KeptContext kept(makeContext);
  std::shared_ptr<mlir::MLIRContext> context = kept.next();
  mlir::ScopedDiagnosticHandler silent(
      context.get(), [](mlir::Diagnostic &) { return mlir::success(); });
  auto parse = [&] {
    (void)mlir::parseSourceString<mlir::ModuleOp>(text, context.get());
  };
  if (__lsan_disable)
    __lsan_disable();
  llvm::CrashRecoveryContext::Enable();
  llvm::CrashRecoveryContext recovery;
  bool whole = recovery.RunSafely(parse);
  llvm::CrashRecoveryContext::Disable();
  if (__lsan_enable)
    __lsan_enable();
  if (!whole)
    kept.drop();
  return whole;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  // The text ends with its first zero, as a file's would.
  std::string text = llvm::StringRef(reinterpret_cast<const char *>(data), size)
                         .take_until([](char c) { return !c; })
                         .str();
  if (!isReadToItsEnd(text))
    return -1;
  compileBytes("model.mlir", text);
  return 0;
}
