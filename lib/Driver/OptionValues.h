#ifndef CONVOPT_DRIVER_OPTIONVALUES_H
#define CONVOPT_DRIVER_OPTIONVALUES_H

#include "convopt/Driver/Options.h"
#include <optional>
#include <string>

// Reads values of options. Errors name the option and its value; an empty text
// leaves numbers as they are.
namespace convopt {

llvm::Error parsePositive(const OptionInfo &option, llvm::StringRef text,
                          std::optional<double> &value);
llvm::Error parseBytes(const OptionInfo &option, llvm::StringRef text,
                       std::optional<int64_t> &value);
llvm::Error parseThreads(const OptionInfo &option, llvm::StringRef text,
                         CompileOptions &options);

/// An option that takes no value was given.
llvm::Error parseFlag(const OptionInfo &option, llvm::StringRef text,
                      bool &value);
llvm::Error parseEmit(const OptionInfo &option, llvm::StringRef text,
                      CompileOptions &options);
llvm::Error parseWeights(const OptionInfo &option, llvm::StringRef text,
                         CompileOptions &options);
/// A primitive by its name; the error lists all of them.
llvm::Error parsePrimitive(const OptionInfo &option, llvm::StringRef text,
                           CompileOptions &options);

/// See parsePrecisions.
llvm::Error parsePrecisionNames(const OptionInfo &option, llvm::StringRef text,
                                CompileOptions &options);

/// NAME:1x3x224x224; the name itself may contain colons.
llvm::Error parseShape(const OptionInfo &option, llvm::StringRef text,
                       CompileOptions &options);

/// --explain, --explain=json or --explain=json:FILE.
llvm::Error parseExplain(const OptionInfo &option, llvm::StringRef text,
                         CompileOptions &options);

/// How --emit says it.
llvm::StringRef toString(Emit emit);

} // namespace convopt

#endif // CONVOPT_DRIVER_OPTIONVALUES_H
