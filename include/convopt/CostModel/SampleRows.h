#ifndef CONVOPT_COSTMODEL_SAMPLEROWS_H
#define CONVOPT_COSTMODEL_SAMPLEROWS_H

#include "convopt/Primitives/Primitive.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

namespace convopt {

// The CSV of samples that convopt-profile writes, and from which costs and
// training data are read: a line with the names of the columns, then rows. A
// sample is measured in several passes, which lie apart in time; `passes` are
// their seconds, separated by spaces, and `seconds` is the least of them. While
// it is measured a sample has a row for each pass, in the end one with all.
//
// Files of four columns, with anything behind them, are read too: of several
// rows of one sample the last counts, and all are of one thread.

inline constexpr llvm::StringLiteral sampleColumns =
    "layer,choice,machine,seconds,primitive,threads,passes";

/// What the oldest files begin with.
inline constexpr llvm::StringLiteral leastSampleColumns =
    "layer,choice,machine,seconds";

/// An image that may have to change its layout.
struct ImageTransformation {
  int64_t batch, channels, height, width;
  Layout from, to;
  bool operator==(const ImageTransformation &other) const;
};

/// The first two cells: a layer in layerText and a choice, or as in
/// "n=1 c=64 h=56 w=56,transform nchw->nhwc".
std::string sampleKey(const ConvProblem &layer, const Choice &choice);
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
  int64_t threads = 1;
  llvm::SmallVector<double, 4> passes; ///< one at least
  bool isOfFourColumns = false;
  /// What `choice` reads as; nothing where an image changes its layout.
  std::optional<ChoiceName> name;
};

/// What all rows of one layer, choice, machine and number of threads say.
struct Sample {
  std::string key, layer, choice, machine;
  int64_t threads;
  std::vector<double> passes; ///< one at least, in the order of the rows
  std::optional<ChoiceName> name;
  double seconds() const; ///< the least of the passes
  /// The name of the primitive, or "transform".
  std::string primitive() const;
  /// Key, machine and threads: the same in no other sample of a file.
  std::string identity() const;
};

/// As the file has it, without the end of the line.
std::string toString(const Sample &sample);

/// The samples of the file `path` in the order of their first rows. Errors as
/// those of forEachSampleRow.
llvm::Expected<std::vector<Sample>> readSamples(llvm::StringRef path);

/// Calls `each` with every row of the file `path`, until it gives an error.
/// Errors name the file, those of form the line.
llvm::Error
forEachSampleRow(llvm::StringRef path,
                 llvm::function_ref<llvm::Error(const SampleRow &)> each);

} // namespace convopt

#endif // CONVOPT_COSTMODEL_SAMPLEROWS_H
