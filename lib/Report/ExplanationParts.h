#ifndef CONVOPT_LIB_REPORT_EXPLANATIONPARTS_H
#define CONVOPT_LIB_REPORT_EXPLANATIONPARTS_H

#include "convopt/Report/Explanation.h"

// The members of the objects that writeExplanation writes, by what they are
// about.
namespace convopt {

/// "shape": [1, 64, 56, 56]
void writeDims(llvm::json::OStream &json, llvm::StringRef name,
               llvm::ArrayRef<int64_t> dims);

/// Times are seconds everywhere, to the nanosecond; at least 0.
void writeSeconds(llvm::json::OStream &json, llvm::StringRef name,
                  int64_t nanoseconds);

/// Six digits: what a description says and no more.
void writeNumber(llvm::json::OStream &json, llvm::StringRef name,
                 double number);

/// predicted_s, convolutions, transformations, excluded.
void writeSelection(llvm::json::OStream &json, const SizeExplanation &size);

/// For each step the number of its convolution in `convolutions`, or nothing.
/// Nodes' names need not be unique: of equal ones the first that is left.
std::vector<std::optional<size_t>>
matchConvolutions(const Program &program,
                  llvm::ArrayRef<SelectedConvolution> convolutions);

/// steps, tensors; there must be a program.
void writeProgram(llvm::json::OStream &json, const SizeExplanation &size);

} // namespace convopt

#endif // CONVOPT_LIB_REPORT_EXPLANATIONPARTS_H
