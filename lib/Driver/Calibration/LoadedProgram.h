#ifndef CONVOPT_LIB_DRIVER_CALIBRATION_LOADEDPROGRAM_H
#define CONVOPT_LIB_DRIVER_CALIBRATION_LOADEDPROGRAM_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>

namespace llvm::orc {
class ExecutionSession;
class ObjectLinkingLayer;
class JITDylib;
} // namespace llvm::orc

namespace convopt {

/// Relocatable objects for this machine, linked in memory. Needs no file, no
/// linker's process and no thread.
class LoadedProgram {
public:
  static llvm::Expected<std::unique_ptr<LoadedProgram>>
  link(llvm::ArrayRef<llvm::ArrayRef<char>> objects);
  ~LoadedProgram();

  /// The address of a symbol that is not hidden.
  llvm::Expected<const void *> find(llvm::StringRef symbol) const;

private:
  LoadedProgram() = default;
  std::unique_ptr<llvm::orc::ExecutionSession> session;
  std::unique_ptr<llvm::orc::ObjectLinkingLayer> layer;
  llvm::orc::JITDylib *library = nullptr; ///< the session's
  std::string problem; ///< the first of which only the session was told
};

} // namespace convopt

#endif // CONVOPT_LIB_DRIVER_CALIBRATION_LOADEDPROGRAM_H
