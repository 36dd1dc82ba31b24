#ifndef CONVOPT_IR_CONSTANTSTORE_H
#define CONVOPT_IR_CONSTANTSTORE_H

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectInterface.h"
#include <memory>
#include <string>

namespace convopt {

/// Where createConstant keeps what it is given: in memory up to a limit, the
/// rest in a temporary file, mapped, whose pages the operating system may drop.
/// An interface of ConvoptDialect in a context that has limits; in another
/// everything stays in memory.
class ConstantStore : public mlir::DialectInterface::Base<ConstantStore> {
public:
  /// `limit` in bytes. The file is made in `folder` once it is needed, and has
  /// no name there. If it cannot be, or is full, memory is taken.
  ConstantStore(mlir::Dialect *dialect, std::string folder, int64_t limit);

  /// Gives `context`, which has ConvoptDialect loaded, one; once.
  static void add(mlir::MLIRContext &context, std::string folder,
                  int64_t limit);

  /// The data, which `owner` holds, for as long as the blob lives; the owner
  /// may be let go before.
  mlir::AsmResourceBlob keep(llvm::ArrayRef<char> data, size_t alignment,
                             std::shared_ptr<void> owner);

private:
  struct State;
  std::shared_ptr<State> state; ///< blobs may outlive the interface
};

} // namespace convopt

#endif // CONVOPT_IR_CONSTANTSTORE_H
