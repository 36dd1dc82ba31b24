#include "Version.h"
#include "convopt/Target/MachineDescription.h"
#include "llvm/Config/llvm-config.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

static void printVersion(raw_ostream &os) {
  os << "convopt " CONVOPT_VERSION ", cost model " COST_MODEL_VERSION "\n"
     << "LLVM " LLVM_VERSION_STRING ", Halide " HALIDE_VERSION
        ", default target ";
  if (auto host = convopt::describeHost())
    os << host->triple << " " << host->cpu << "\n";
  else
    os << "unknown: " << toString(host.takeError()) << "\n";
}

void convopt::setVersionText() { cl::SetVersionPrinter(printVersion); }
