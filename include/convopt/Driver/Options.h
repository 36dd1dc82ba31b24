#ifndef CONVOPT_DRIVER_OPTIONS_H
#define CONVOPT_DRIVER_OPTIONS_H

#include "convopt/Driver/Compile.h"
#include "llvm/ADT/ArrayRef.h"

// The options of a compilation, each said once: convopt-compile makes its
// command line of the table, the C interface looks names up in it. Values are
// text, and every mistake is reported in one way.
namespace convopt {

struct OptionInfo {
  enum class Form {
    Value,         ///< --name=value
    Repeated,      ///< the same, as often as one likes
    Flag,          ///< --name
    OptionalValue, ///< --name or --name=value
  };
  /// Reads what stands behind the option, which is empty where nothing does.
  /// An error names the option and the value.
  using Reader = llvm::Error (*)(const OptionInfo &option,
                                 llvm::StringRef value,
                                 CompileOptions &options);

  llvm::StringRef name, valueName, description;
  Form form;
  Reader read;
  /// Files and a terminal are what only a program has that does nothing else.
  bool ofToolOnly = false;

  /// "--name", "-o"
  std::string spelling() const;
};

/// All options, sorted by nothing but sense.
llvm::ArrayRef<OptionInfo> optionTable();

/// The one called `name`, or null.
const OptionInfo *findOption(llvm::StringRef name);

/// Checks what all options that were given say together, and fills in the names
/// of the model and of the output where they follow from the input's.
llvm::Error finishOptions(CompileOptions &options);

} // namespace convopt

#endif // CONVOPT_DRIVER_OPTIONS_H
