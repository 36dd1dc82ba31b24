#ifndef CONVOPT_LIB_DRIVER_ARRAYS_NPY_H
#define CONVOPT_LIB_DRIVER_ARRAYS_NPY_H

#include "Bytes.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace convopt {

/// A dense row-major array as NumPy's .npy files hold it.
struct Array {
  std::string type; ///< as the model's interface names it: f32, u8, bool
  std::vector<int64_t> dims;
  Bytes data;
};

/// Bytes of an element of `type`; bf16 and 8-bit floats, which NumPy
/// lacks, are stored as u16 and u8.
size_t elementBytes(llvm::StringRef type);

/// Format version 1 to 3, little endian, C order.
llvm::Expected<Array> readNpy(const std::string &path);
/// The same of what stands in such a file; errors begin with `where`.
llvm::Expected<Array> parseNpy(llvm::StringRef bytes, const llvm::Twine &where);

/// Writes version 1.
llvm::Error writeNpy(const std::string &path, llvm::StringRef type,
                     llvm::ArrayRef<int64_t> dims, const void *data);

} // namespace convopt

#endif // CONVOPT_LIB_DRIVER_ARRAYS_NPY_H
