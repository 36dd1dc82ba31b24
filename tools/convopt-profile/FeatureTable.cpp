#include "FeatureTable.h"
#include "MachineFile.h"
#include "SampleFile.h"
#include "convopt/CostModel/Features.h"
#include "convopt/Driver/OutputFile.h"
#include "llvm/Support/Format.h"

using namespace convopt;
using llvm::StringRef;

llvm::Error convopt::writeFeatureTable(StringRef path, StringRef output) {
  auto machine = readMachine(machineFileOf(path));
  if (!machine)
    return machine.takeError();
  std::string text;
  llvm::raw_string_ostream os(text);
  os << sampleColumns;
  for (StringRef name : featureNames())
    os << "," << name;
  os << ",variant_fresh,variant_paired,variant_columns,variant_product_bits,"
        "variant_weight_bits\n";
  auto error = forEachLayerSample(
      path, *machine, [&](const LayerChoice &what, const Sample &sample) {
        os << toString(sample);
        // Digits enough for the same double, so that training sees what
        // prediction will.
        for (double feature :
             computeFeatures(what.layer, what.choice, *machine))
          os << llvm::format(",%.17g", feature);
        const Variant &variant = what.choice.variant;
        os << "," << variant.fresh << "," << variant.paired << ","
           << variant.columns << "," << productBits(what.layer, what.choice)
           << "," << weightBits(what.layer, what.choice) << "\n";
      });
  if (error)
    return error;
  return writeOutput(output, [&](llvm::raw_ostream &file) {
    file << text;
    return llvm::Error::success();
  });
}
