#ifndef CONVOPT_REPORT_PAGE_H
#define CONVOPT_REPORT_PAGE_H

#include "convopt/Report/Explanation.h"

namespace convopt {

/// A web page that needs nothing else: what writeExplanation writes, in it, and
/// the script that draws it.
std::string makePage(const Explanation &explanation,
                     const llvm::json::Value *profile = nullptr);

/// Reads what `convopt-run --profile=FILE` has written. Errors name the file.
llvm::Expected<llvm::json::Value> readRunProfile(llvm::StringRef path);

/// An error unless `profile`, of `path`, is of the kernels of `program`.
llvm::Error checkRunProfile(llvm::StringRef path,
                            const llvm::json::Value &profile,
                            const Program &program);

} // namespace convopt

#endif // CONVOPT_REPORT_PAGE_H
