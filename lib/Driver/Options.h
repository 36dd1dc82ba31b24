#ifndef CONVOPT_DRIVER_OPTIONS_H
#define CONVOPT_DRIVER_OPTIONS_H

// The command line of convopt-compile, for CommandLine.cpp alone.

#include "llvm/Support/CommandLine.h"

namespace convopt {

/// Values are read as text and interpreted below, so that every mistake is
/// reported in one way. Made after the options that libLLVM brings along are
/// gone: some have the same names.
struct Options {
  llvm::cl::OptionCategory category{"convopt-compile options"};
  llvm::cl::opt<std::string> input{llvm::cl::Positional,
                                   llvm::cl::desc("model.onnx|model.mlir"),
                                   llvm::cl::cat(category)};
  llvm::cl::opt<std::string> output{
      "o", llvm::cl::value_desc("file"),
      llvm::cl::desc("Where to write (- for standard output)"),
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> target{
      "target", llvm::cl::init("host"), llvm::cl::value_desc("machine"),
      llvm::cl::desc("host, x86-64, aarch64 or a triple (default host)"),
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> cpu{
      "cpu", llvm::cl::value_desc("name"),
      llvm::cl::desc("CPU to choose primitives and code for; native: that of "
                     "this machine; help: a list"),
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> features{
      "features", llvm::cl::value_desc("+a,-b"),
      llvm::cl::desc("CPU features to use or to avoid"),
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> threads{
      "threads", llvm::cl::init("1"), llvm::cl::value_desc("n"),
      llvm::cl::desc("Threads that one run uses (default 1)"),
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> emit{
      "emit", llvm::cl::init("obj"), llvm::cl::value_desc("what"),
      llvm::cl::desc("linalg: the imported model\n"
                     "annotated: with primitives chosen\n"
                     "kernels: kernels, as MLIR and as loops\n"
                     "llvm: a folder of LLVM IR\n"
                     "asm: a folder of assembly\n"
                     "obj: an object file and its header "
                     "(default)\n"
                     "shared: a shared library and its header"),
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> name{
      "name", llvm::cl::value_desc("symbol"),
      llvm::cl::desc("The model's name in C (default: the file's)"),
      llvm::cl::cat(category)};
  llvm::cl::list<std::string> shapes{
      "shape", llvm::cl::value_desc("input:1x3x224x224"),
      llvm::cl::desc("Shape of an input; can be given more than once"),
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> costModel{
      "cost-model", llvm::cl::value_desc("file"),
      llvm::cl::desc("JSON to predict times with"), llvm::cl::cat(category)};
  llvm::cl::opt<std::string> measuredCosts{
      "measured-costs", llvm::cl::value_desc("file"),
      llvm::cl::desc("Times that convopt-profile has measured, to choose by"),
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> forcePrimitive{
      "force-primitive", llvm::cl::value_desc("name"),
      llvm::cl::desc(
          "Use this primitive wherever it is possible; help: a list"),
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> maxError{
      "max-error", llvm::cl::value_desc("rel"),
      llvm::cl::desc(
          "Avoid primitives with larger relative errors (default 1e-4)"),
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> strictNan{
      "strict-nan", llvm::cl::ValueOptional,
      llvm::cl::desc(
          "Avoid primitives that spread a NaN or an infinity to outputs "
          "that do not depend on it"),
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> maxWorkspace{
      "max-workspace", llvm::cl::value_desc("bytes"),
      llvm::cl::desc("Avoid choices that need more memory while they compute"),
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> maxWeights{
      "max-weights", llvm::cl::value_desc("ratio"),
      llvm::cl::desc(
          "Avoid choices whose weights take more than that many times "
          "the memory of the model's"),
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> maxGrowth{
      "max-growth", llvm::cl::value_desc("bytes"),
      llvm::cl::desc(
          "Memory that packed weights may take beyond the model's, in all "
          "(default 54 MiB and a 32nd of those)"),
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> weights{
      "weights", llvm::cl::init("internal"), llvm::cl::value_desc("where"),
      llvm::cl::desc("internal: in the object (default)\n"
                     "external: in a file beside it that the model is given"),
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> weightsMemory{
      "weights-memory", llvm::cl::value_desc("bytes"),
      llvm::cl::desc("Keep no more of the packed weights in memory; the rest "
                     "lies in a temporary file beside the output (default 768 "
                     "MiB)"),
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> cacheDir{
      "cache-dir", llvm::cl::value_desc("folder"),
      llvm::cl::desc("Keep compiled kernels there for later compilations"),
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> explain{
      "explain", llvm::cl::ValueOptional, llvm::cl::value_desc("json[:file]"),
      llvm::cl::desc("Print each convolution's choice, its predicted "
                     "time and the runners-up; as JSON that and kernels, "
                     "memory and weights"),
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> report{
      "report", llvm::cl::value_desc("file.html"),
      llvm::cl::desc("Write a web page that shows all of that"),
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> reportProfile{
      "report-profile", llvm::cl::value_desc("file.json"),
      llvm::cl::desc("Show there, too, what convopt-run --profile=file.json "
                     "has measured"),
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> verbose{
      "v", llvm::cl::ValueOptional, llvm::cl::desc("Say which stage has begun"),
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> time{
      "time", llvm::cl::ValueOptional,
      llvm::cl::desc(
          "Print how long each stage took (each pass: --mlir-timing)"),
      llvm::cl::cat(category)};
  llvm::cl::opt<std::string> profile{
      "profile", llvm::cl::ValueOptional,
      llvm::cl::desc("Have the model announce each kernel it runs, "
                     "for convopt-run --profile"),
      llvm::cl::cat(category)};
};

} // namespace convopt

#endif // CONVOPT_DRIVER_OPTIONS_H
