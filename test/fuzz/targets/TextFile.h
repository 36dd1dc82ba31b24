#ifndef CONVOPT_TEST_FUZZ_TARGETS_TEXTFILE_H
#define CONVOPT_TEST_FUZZ_TARGETS_TEXTFILE_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace convopt {

/// A file in memory, for what reads files by name.
class TextFile {
public:
  explicit TextFile(llvm::StringRef text);
  ~TextFile();
  TextFile(const TextFile &) = delete;
  TextFile &operator=(const TextFile &) = delete;

  const std::string &path() const { return name; }

private:
  int file;
  std::string name;
};

} // namespace convopt

#endif // CONVOPT_TEST_FUZZ_TARGETS_TEXTFILE_H
