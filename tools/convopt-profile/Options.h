#ifndef CONVOPT_TOOLS_PROFILE_OPTIONS_H
#define CONVOPT_TOOLS_PROFILE_OPTIONS_H

// The command line of convopt-profile, for its main file alone.

#include "Batch.h"
#include "llvm/Support/CommandLine.h"

namespace cl = llvm::cl;

/// Made after the options that libLLVM brings along are gone: some have the
/// same names.
struct CommandLine {
  cl::OptionCategory category{"convopt-profile options"};

  // What to measure.
  cl::opt<std::string> network{cl::Positional, cl::desc("[model.onnx]"),
                               cl::cat(category)};
  cl::opt<std::string> layersFile{"layers", cl::value_desc("file"),
                                  cl::desc("Layers to measure, one a line"),
                                  cl::cat(category)};
  cl::opt<std::string> again{
      "again", cl::value_desc("old.csv"),
      cl::desc("Measure the choices of old.csv's samples anew, with "
               "--primitives those of them"),
      cl::cat(category)};
  cl::opt<bool> list{
      "list",
      cl::desc("Measure nothing: write to -o what would be, as --again "
               "reads it"),
      cl::cat(category)};
  cl::opt<bool> transforms{
      "transforms",
      cl::desc(
          "Measure layout transformations instead, and write their share of "
          "the bandwidth of each level"),
      cl::cat(category)};
  cl::opt<bool> errors{
      "errors",
      cl::desc("Measure how exact each choice is instead, on normally "
               "distributed numbers against double precision, and write to -o "
               "layer,choice,error"),
      cl::cat(category)};
  cl::opt<std::string> precisions{
      "precisions", cl::value_desc("names"),
      cl::desc("With --layers: choices that compute layers of f32 in these, "
               "as convopt-compile has them, instead of those in f32"),
      cl::cat(category)};
  cl::opt<std::string> output{
      "o", cl::value_desc("file.csv"),
      cl::desc("Samples; goes on where it ended. With --feature-table that"),
      cl::cat(category)};
  cl::opt<std::string> choicesPerLayer{
      "choices-per-layer", cl::init("10"), cl::value_desc("n"),
      cl::desc(
          "How many choices of each layer, at random, or all (default 10)"),
      cl::cat(category)};
  cl::opt<std::string> forTransfer{
      "for-transfer", cl::value_desc("n"),
      cl::desc("Of these measure n, by which a cost model can be corrected: "
               "spread ones, then those where corrections disagree"),
      cl::cat(category)};
  cl::opt<std::string> primitives{
      "primitives", cl::value_desc("a,b"),
      cl::desc("Only these, also what is in the file already: the new times "
               "replace those"),
      cl::cat(category)};
  cl::opt<uint64_t> seed{"seed", cl::init(1), cl::value_desc("n"),
                         cl::desc("Which random ones (default 1)"),
                         cl::cat(category)};

  // How.
  cl::opt<unsigned> passes{
      "passes", cl::init(3), cl::value_desc("n"),
      cl::desc("How often to measure each sample, at other times (default 3)"),
      cl::cat(category)};
  cl::opt<unsigned> repeats{
      "repeat", cl::init(3), cl::value_desc("n"),
      cl::desc(
          "How often at most to measure again what is in doubt then, since "
          "its passes differ or the machine drifted (default 3)"),
      cl::cat(category)};
  cl::opt<double> kernelSeconds{
      "seconds", cl::init(0.06), cl::value_desc("s"),
      cl::desc("How long to measure a kernel in one pass, if three "
               "runs do not take longer (default 0.06)"),
      cl::cat(category)};
  cl::opt<double> timeout{
      "timeout", cl::init(20), cl::value_desc("s"),
      cl::desc("Seconds to compile or to measure one sample (default "
               "20)"),
      cl::cat(category)};
  cl::opt<int> core{"core", cl::init(-1), cl::value_desc("n"),
                    cl::desc("The core to measure on"), cl::cat(category)};
  cl::opt<int> compileCore{"compile-core", cl::init(-1), cl::value_desc("n"),
                           cl::desc("The core to compile on"),
                           cl::cat(category)};
  cl::opt<cl::boolOrDefault> compileAhead{
      "compile-ahead",
      cl::desc("Compile while measuring (default: if there are cores for both "
               "and the reference does not notice)"),
      cl::cat(category)};
  cl::opt<std::string> kernelCache{
      "kernel-cache", cl::value_desc("folder"),
      cl::desc("Keep kernels there (default: in the user's folder of caches)"),
      cl::cat(category)};
  cl::opt<bool> noKernelCache{"no-kernel-cache",
                              cl::desc("Keep no kernels after the end"),
                              cl::cat(category)};
  cl::opt<std::string> compiler{
      "cc", cl::value_desc("command"),
      cl::desc("The C compiler that links kernels to programs"),
      cl::cat(category)};

  // For what, and where.
  cl::opt<std::string> target{
      "target", cl::init("host"), cl::value_desc("machine"),
      cl::desc("host, x86-64, aarch64 or a triple (default host)"),
      cl::cat(category)};
  cl::opt<std::string> cpu{"cpu", cl::value_desc("name"),
                           cl::desc("Code for another CPU"), cl::cat(category)};
  cl::opt<std::string> features{"features", cl::value_desc("+a,-b"),
                                cl::desc("Code with other features"),
                                cl::cat(category)};
  cl::opt<convopt::WeightSource> weights{
      "weights", cl::desc("Where a kernel finds its weights (default memory)"),
      cl::values(
          clEnumValN(convopt::WeightSource::Memory, "memory",
                     "In memory, in pages of 4 KB, as in a network whose "
                     "weights the third level of cache does not hold"),
          clEnumValN(convopt::WeightSource::L3, "l3",
                     "In the third level of cache, in pages of 2 MB")),
      cl::init(convopt::WeightSource::Memory), cl::cat(category)};
  cl::opt<int> threads{"threads", cl::init(1), cl::value_desc("n"),
                       cl::desc("Threads that run a kernel (default 1)"),
                       cl::cat(category)};
  cl::opt<std::string> remote{
      "remote", cl::value_desc("user@board"),
      cl::desc("Measure there: a shell is all that is needed"),
      cl::cat(category)};
  cl::opt<std::string> ssh{
      "ssh", cl::init("ssh"), cl::value_desc("command"),
      cl::desc("How to run a command on the board (default ssh)"),
      cl::cat(category)};

  // What else to print.
  cl::opt<std::string> featureTable{
      "feature-table", cl::value_desc("samples.csv"),
      cl::desc(
          "Measure nothing: write samples with what the cost model sees of "
          "them"),
      cl::cat(category)};
  cl::opt<std::string> listings{
      "listings", cl::value_desc("folder"),
      cl::desc("Measure nothing: write the assembly and the LLVM IR of what "
               "would be measured"),
      cl::cat(category)};
  cl::opt<bool> catalogue{
      "catalogue",
      cl::desc("Print the primitives and all choices for the layers of a model "
               "or of --layers, as JSON"),
      cl::cat(category)};
  cl::opt<std::string> costModel{
      "cost-model", cl::value_desc("file"),
      cl::desc("JSON by which --catalogue predicts times, or none, and that "
               "--for-transfer is to correct (default: the compiler's own "
               "model)"),
      cl::cat(category)};
  cl::opt<std::string> choiceNames{
      "choices", cl::value_desc("file"),
      cl::desc("Print what the names of choices in a file, one a "
               "line, say, as JSON; - is the standard input"),
      cl::cat(category)};
};

#endif // CONVOPT_TOOLS_PROFILE_OPTIONS_H
