#ifndef CONVOPT_LIB_REPORT_PAGETEXT_H
#define CONVOPT_LIB_REPORT_PAGETEXT_H

#include "llvm/ADT/StringRef.h"

// The files of page/, embedded when convopt is built.
namespace convopt {

llvm::StringRef pageText();
llvm::StringRef styleText();
llvm::StringRef drawingsText();

// Scripts, in the order in which they have to stand: each uses those before it.
llvm::StringRef domText();
llvm::StringRef formatText();
llvm::StringRef tableText();
llvm::StringRef layeringText();
llvm::StringRef graphText();
llvm::StringRef convolutionsText();
llvm::StringRef memoryText();
llvm::StringRef weightsText();
llvm::StringRef measuredText();
llvm::StringRef sizesText();
llvm::StringRef mainText();

} // namespace convopt

#endif // CONVOPT_LIB_REPORT_PAGETEXT_H
