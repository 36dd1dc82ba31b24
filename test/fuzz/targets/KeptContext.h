#ifndef CONVOPT_TEST_FUZZ_TARGETS_KEPTCONTEXT_H
#define CONVOPT_TEST_FUZZ_TARGETS_KEPTCONTEXT_H

#include "mlir/IR/MLIRContext.h"
#include <memory>

namespace convopt {

/// A context for the next input. Making one takes longer than most inputs do,
/// so that each serves several; but not all, since constants stay in it and
/// what only a context shows in which few dialects are loaded is to be found
/// too. The first input has a new one: what one does alone is what it does when
/// it is tried alone.
class KeptContext {
public:
  explicit KeptContext(std::unique_ptr<mlir::MLIRContext> (*make)())
      : make(make) {}

  std::shared_ptr<mlir::MLIRContext> next() {
    if (left == 0) {
      context = make();
      left = inputs;
    }
    --left;
    return context;
  }
  /// The next input has a new one.
  void drop() { left = 0; }

private:
  static constexpr unsigned inputs = 16;
  std::unique_ptr<mlir::MLIRContext> (*make)();
  std::shared_ptr<mlir::MLIRContext> context;
  unsigned left = 0;
};

} // namespace convopt

#endif // CONVOPT_TEST_FUZZ_TARGETS_KEPTCONTEXT_H
