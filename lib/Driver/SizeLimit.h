#ifndef CONVOPT_DRIVER_SIZELIMIT_H
#define CONVOPT_DRIVER_SIZELIMIT_H

#include "WriteModel.h"
#include "convopt/Driver/Compile.h"
#include "convopt/Transforms/SelectPrimitives.h"

namespace convopt {

/// Finds what CompileOptions::maxSize leaves for constants, by compiling: how
/// much code takes is known only then.
class SizeLimit {
public:
  explicit SizeLimit(const CompileOptions &given);

  /// What to compile with next.
  const CompileOptions &options() const { return next; }

  /// Whether `model` is small enough, or there is no limit. If it is not, less
  /// is left for constants in options(), or, where that would not help, there
  /// is an error, which names the least size of all attempts.
  llvm::Expected<bool> accepts(const FinishedModel &model,
                               llvm::ArrayRef<Selection> selections);

private:
  CompileOptions next;
  unsigned attempts = 0;
  int64_t least = INT64_MAX;
};

} // namespace convopt

#endif // CONVOPT_DRIVER_SIZELIMIT_H
