#ifndef CONVOPT_LIB_DRIVER_ARRAYS_NPZ_H
#define CONVOPT_LIB_DRIVER_ARRAYS_NPZ_H

#include "Npy.h"

namespace convopt {

/// An array of a .npz file, by the name that it was saved under.
struct NamedArray {
  std::string name;
  Array array;
};

/// Reads a file as numpy.savez and numpy.savez_compressed write it.
llvm::Expected<std::vector<NamedArray>> readNpz(const std::string &path);

/// The same of the bytes of such a file; errors begin with `where`.
llvm::Expected<std::vector<NamedArray>> parseNpz(llvm::StringRef bytes,
                                                 llvm::StringRef where);

} // namespace convopt

#endif // CONVOPT_LIB_DRIVER_ARRAYS_NPZ_H
