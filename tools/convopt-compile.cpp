#include "LargePages.h"
#include "Version.h"
#include "convopt/Driver/Compile.h"
#include "convopt/Driver/Worker.h"
#include "llvm/Support/raw_ostream.h"
#include <csignal>

/// The compiler: lib/Driver/Compile.cpp is the list of its stages. It is a
/// library's worker, too.
int main(int argc, char **argv) {
  // A file that may not become so large is an error as any other.
  std::signal(SIGXFSZ, SIG_IGN);
  if (argc == 2 && llvm::StringRef(argv[1]) == convopt::workerArgument)
    return convopt::serveWorker();
  convopt::useLargePages();
  llvm::Expected<convopt::CompileOptions> options =
      convopt::parseCommandLine(argc, argv, convopt::setVersionText);
  llvm::Error error =
      options ? convopt::compile(*options) : options.takeError();
  if (!error)
    return 0;
  llvm::errs() << "convopt-compile: error: "
               << convopt::oneLine(std::move(error)) << "\n";
  return 1;
}
