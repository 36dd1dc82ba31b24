#ifndef CONVOPT_DRIVER_OPTIONVALUES_H
#define CONVOPT_DRIVER_OPTIONVALUES_H

#include "convopt/Driver/Compile.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>

// Reads values off the command line. Errors name the option and its value; an
// option that is not given leaves `value` as it is.
namespace convopt {

llvm::Error parsePositive(const llvm::cl::opt<std::string> &option,
                          std::optional<double> &value);
llvm::Error parseBytes(const llvm::cl::opt<std::string> &option,
                       std::optional<int64_t> &value);

/// Whether an option that takes no value was given.
llvm::Error parseFlag(const llvm::cl::opt<std::string> &option, bool &value);
llvm::Error parseEmit(const llvm::cl::opt<std::string> &option, Emit &value);
llvm::Error parseWeights(const llvm::cl::opt<std::string> &option,
                         WeightsPlace &value);
/// A primitive by its name; the error lists all of them.
llvm::Error parsePrimitive(const llvm::cl::opt<std::string> &option,
                           const Primitive *&value);

/// Each NAME:1x3x224x224; the name itself may contain colons.
llvm::Error parseShapes(llvm::ArrayRef<std::string> shapes,
                        ImportOptions &import);

/// --explain, --explain=json or --explain=json:FILE.
llvm::Error parseExplain(const llvm::cl::opt<std::string> &explain,
                         CompileOptions &options);

/// An error where `options` ask for reports of what the model does not pass
/// through on its way to `emit`, as the user names it.
llvm::Error checkReports(const CompileOptions &options, llvm::StringRef emit);

} // namespace convopt

#endif // CONVOPT_DRIVER_OPTIONVALUES_H
