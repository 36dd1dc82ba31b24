#ifndef CONVOPT_DRIVER_COMPILE_H
#define CONVOPT_DRIVER_COMPILE_H

#include "convopt/IR/ConvoptEnums.h"
#include "convopt/Import/Import.h"
#include "convopt/Target/MachineDescription.h"
#include "llvm/Support/Error.h"
#include <map>

namespace convopt {

class Environment;
class Primitive;

/// What to write, in the order in which a model passes through the stages.
enum class Emit { Linalg, Annotated, Kernels, Llvm, Asm, Object, Shared };

/// Where the weights go: into the object, or into a file beside it whose name
/// ends in .weights (docs/weights.md).
enum class WeightsPlace { Internal, External };

/// The dimensions of an input.
using Shape = std::vector<int64_t>;

struct CompileOptions {
  std::string input;  ///< .onnx, or .mlir as Emit::Linalg writes it
  std::string output; ///< "-" is the standard output, for text in one file
  std::string name;   ///< of the symbol; empty: the input's stem
  TargetRequest target;
  int64_t threads = 1;
  Emit emit = Emit::Object;
  ImportOptions import;
  /// What --shape gives, by input, in the order in which it is given.
  std::map<std::string, std::vector<Shape>> shapes;
  /// What finishOptions makes of that: ImportOptions::shapes of each size that
  /// the object is for, where there are several; else empty.
  std::vector<llvm::StringMap<Shape>> sizes;
  std::string costModel;     ///< a file; empty: the built-in one
  std::string measuredCosts; ///< a CSV of convopt-profile; empty: none
  const Primitive *forcePrimitive = nullptr;
  bool strictNan = false; ///< see SelectionOptions
  /// These as in SelectionOptions, whose defaults stand for what is not given.
  std::optional<double> maxError;
  /// As parsePrecisions reads them; only with maxError, all where nothing else
  /// is given.
  std::string precisions;
  /// A file of samples, by which it is found out what errors of convolutions
  /// do to the outputs; "none": that is not found out; empty: random samples.
  std::string calibrate;
  std::optional<int64_t> maxWorkspace;
  std::optional<double> maxWeights;
  std::optional<int64_t> maxGrowth;
  /// Bytes of the object, with the weights' file if they have one.
  std::optional<int64_t> maxSize;
  std::optional<int64_t> maxBytes; ///< that it leaves for constants: SizeLimit
  WeightsPlace weights = WeightsPlace::Internal;
  /// Of constants that passes make; what is more lies in a temporary file.
  std::optional<int64_t> weightsMemory;
  std::string cacheDir; ///< of compiled kernels; empty: none
  bool explain = false; ///< as a table
  /// A file for the JSON of writeExplanation; "-" where the table would go.
  std::optional<std::string> explainJson;
  std::string report; ///< a file for makePage; empty: none
  /// Files of convopt-run, shown there, at most one a size.
  std::vector<std::string> reportProfiles;
  bool profile = false; ///< the model announces its launches
  bool verbose = false; ///< says on standard error which stage has begun
  bool time = false;    ///< prints there how long each took
};

/// Reads the options off the command line; errors are of one line. Handles
/// --help, --version, what else asks for a list, and what LLVM itself reports
/// (prints and exits). `setVersion` says what --version prints
/// (cl::SetVersionPrinter).
llvm::Expected<CompileOptions> parseCommandLine(int argc, char **argv,
                                                void (*setVersion)());

/// Runs the stages up to the one that is asked for and writes its result.
/// Either the output is there, whole, or there is an error and no output. Where
/// standard error is a terminal, a line there says how far the kernels are.
llvm::Error compile(const CompileOptions &options);

/// The same in another program than convopt-compile. Nothing is printed (but
/// for `verbose` and `time`), no file written and no process forked but by
/// `environment`; any number of threads may compile at once, each with an
/// environment of its own.
llvm::Error compile(const CompileOptions &options, Environment &environment);

/// What compile's errors say, as one line.
std::string oneLine(llvm::Error error);

} // namespace convopt

#endif // CONVOPT_DRIVER_COMPILE_H
