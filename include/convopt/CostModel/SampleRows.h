#ifndef CONVOPT_COSTMODEL_SAMPLEROWS_H
#define CONVOPT_COSTMODEL_SAMPLEROWS_H

#include "convopt/Primitives/Primitive.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"

namespace convopt {

// The CSV of samples that convopt-profile writes, and from which costs and
// training data are read: a line with the names of the columns, then a row a
// sample. Of several rows with the same first three cells the last counts.

/// The columns that every row has; one for each feature may follow.
inline constexpr llvm::StringLiteral sampleColumns =
    "layer,choice,machine,seconds";

/// An image that may have to change its layout.
struct ImageTransformation {
  int64_t batch, channels, height, width;
  Layout from, to;
  bool operator==(const ImageTransformation &other) const;
};

/// The first two cells: a layer in layerText and a choice, or as in
/// "n=1 c=64 h=56 w=56,transform nchw->nhwc".
std::string sampleKey(const ConvLayer &layer, const Choice &choice);
std::string sampleKey(const ImageTransformation &image);

/// The third: CPU and vector width, since feature edits make machines of their
/// own.
std::string machineName(const MachineDescription &machine);

/// The line up to the end of cell number `count`; all of a line that has fewer.
llvm::StringRef firstCells(llvm::StringRef line, unsigned count);

struct SampleRow {
  llvm::StringRef key; ///< the first two cells, as sampleKey gives them
  llvm::StringRef layer, choice, machine;
  double seconds; ///< finite, not negative
  /// What `choice` reads as; nothing where an image changes its layout.
  std::optional<ChoiceName> name;
};

/// Calls `each` with every row of the file `path`, until it gives an error.
/// Errors name the file, those of form the line.
llvm::Error
forEachSampleRow(llvm::StringRef path,
                 llvm::function_ref<llvm::Error(const SampleRow &)> each);

} // namespace convopt

#endif // CONVOPT_COSTMODEL_SAMPLEROWS_H
