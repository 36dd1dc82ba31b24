#ifndef CONVOPT_TOOLS_PROFILE_PRINTCATALOGUE_H
#define CONVOPT_TOOLS_PROFILE_PRINTCATALOGUE_H

#include "NetworkQuestions.h"
#include "convopt/CostModel/CostModel.h"
#include "llvm/Support/raw_ostream.h"

namespace convopt {

// What scripts need to know of primitives and choices, as JSON, so that none of
// them knows a name.

/// {"machine": as in profiles,
///  "features_version": as in cost models,
///  "primitives": [{"name", "family", "fewer_operations", "error_bound"}...],
///  "layers": [{"layer", "shape", "filter_elements",
///              "choices": [CHOICE...]}...],
///  "description": what PATH.json beside a profile needs to say of the machine}
/// `layer` is the text that profiles have, `shape` the one that people read.
/// A CHOICE has what printChoices writes, `unroll`, all numbers of the variant
/// as they are, the bytes of its packed filter and of its workspace, its
/// products over those of the definition and, if there is a `model` that knows
/// the choice, what it predicts for one thread, divided among `threads` as the
/// selection does it.
void printCatalogue(llvm::raw_ostream &os,
                    llvm::ArrayRef<NetworkQuestions::Layer> layers,
                    const MachineDescription &machine, const CostModel *model,
                    int64_t threads);

/// Reads names of choices, one a line, and writes an array with an object for
/// each: `name`, `primitive`, `input`, `output` and what the name says of the
/// variant. Errors name file and line; "-" is the standard input.
llvm::Error printChoices(llvm::raw_ostream &os, llvm::StringRef path);

} // namespace convopt

#endif // CONVOPT_TOOLS_PROFILE_PRINTCATALOGUE_H
