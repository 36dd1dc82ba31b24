// All of convopt-compile in another program.
//
//   my-compile MODEL.onnx MODEL.o

#include "convopt/Driver/Compile.h"
#include "llvm/Support/raw_ostream.h"

int main(int argc, char **argv) {
  if (argc != 3) {
    llvm::errs() << "usage: my-compile MODEL.onnx MODEL.o\n";
    return 1;
  }
  convopt::CompileOptions options;
  options.input = argv[1];
  options.output = argv[2];
  options.name = "network";
  if (llvm::Error error = convopt::compile(options)) {
    llvm::errs() << "my-compile: " << convopt::oneLine(std::move(error))
                 << "\n";
    return 1;
  }
  return 0;
}
