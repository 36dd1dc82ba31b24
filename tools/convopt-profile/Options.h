#ifndef CONVOPT_TOOLS_PROFILE_OPTIONS_H
#define CONVOPT_TOOLS_PROFILE_OPTIONS_H

// The command line of convopt-profile, for its main file alone.

#include "llvm/Support/CommandLine.h"

namespace cl = llvm::cl;

static cl::OptionCategory category("convopt-profile options");
static cl::opt<std::string> network(cl::Positional, cl::desc("[model.onnx]"),
                                    cl::cat(category));
static cl::opt<std::string>
    layersFile("layers", cl::value_desc("file"),
               cl::desc("Layers to measure, one a line"), cl::cat(category));
static cl::opt<std::string> output("o", cl::value_desc("file.csv"),
                                   cl::desc("Samples; goes on where it ended"),
                                   cl::cat(category));
static cl::opt<unsigned> choicesPerLayer(
    "choices-per-layer", cl::init(10), cl::value_desc("n"),
    cl::desc("How many choices of each layer, at random (default 10)"),
    cl::cat(category));
static cl::opt<std::string> primitives(
    "primitives", cl::value_desc("a,b"),
    cl::desc("Only these, also what is in the file already: the new times "
             "replace those"),
    cl::cat(category));
static cl::opt<uint64_t> seed("seed", cl::init(1), cl::value_desc("n"),
                              cl::desc("Which random ones (default 1)"),
                              cl::cat(category));
static cl::opt<int> core("core", cl::init(-1), cl::value_desc("n"),
                         cl::desc("The core to stay on"), cl::cat(category));
static cl::opt<std::string> cpu("cpu", cl::value_desc("name"),
                                cl::desc("Code for another CPU"),
                                cl::cat(category));
static cl::opt<std::string> features("features", cl::value_desc("+a,-b"),
                                     cl::desc("Code with other features"),
                                     cl::cat(category));
static cl::opt<std::string>
    refresh("refresh", cl::value_desc("old.csv"),
            cl::desc("Measure nothing: write old.csv's samples with the "
                     "features that there are now"),
            cl::cat(category));
static cl::opt<std::string>
    again("again", cl::value_desc("old.csv"),
          cl::desc("Measure the choices of old.csv's samples anew, with "
                   "--primitives those of them"),
          cl::cat(category));
static cl::opt<bool> transforms(
    "transforms",
    cl::desc("Measure layout transformations instead, and write their share of "
             "the bandwidth of each level"),
    cl::cat(category));
static cl::opt<double> timeout("timeout", cl::init(20), cl::value_desc("s"),
                               cl::desc("Seconds for one sample (default 20)"),
                               cl::cat(category));
static cl::opt<bool> catalogue(
    "catalogue",
    cl::desc("Print the primitives and all choices for the layers of a model "
             "or of --layers, as JSON"),
    cl::cat(category));
static cl::opt<std::string>
    costModelFile("cost-model", cl::value_desc("file"),
                  cl::desc("JSON by which --catalogue predicts times (default: "
                           "the compiler's own model)"),
                  cl::cat(category));
static cl::opt<std::string>
    choiceNames("choices", cl::value_desc("file"),
                cl::desc("Print what the names of choices in a file, one a "
                         "line, say, as JSON; - is the standard input"),
                cl::cat(category));

#endif // CONVOPT_TOOLS_PROFILE_OPTIONS_H
