#ifndef CONVOPT_LIB_DRIVER_ARRAYS_ZIP_H
#define CONVOPT_LIB_DRIVER_ARRAYS_ZIP_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace convopt {

/// A file in an archive, as the archive's directory describes it.
struct ZipEntry {
  std::string name;
  unsigned method = 0; ///< 0: stored, 8: deflated
  uint32_t crc = 0;
  uint64_t packedBytes = 0, bytes = 0;
  uint64_t headerOffset = 0;
};

/// What `archive` holds. Archives of several disks, of 4 GiB and more, and
/// encrypted files are refused.
llvm::Expected<std::vector<ZipEntry>> readZipDirectory(llvm::StringRef archive);

/// The bytes of one of its files, whose sum must be right.
llvm::Expected<std::string> extract(llvm::StringRef archive,
                                    const ZipEntry &entry);

} // namespace convopt

#endif // CONVOPT_LIB_DRIVER_ARRAYS_ZIP_H
