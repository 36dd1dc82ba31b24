#ifndef CONVOPT_IMPORT_CONSTANT_H
#define CONVOPT_IMPORT_CONSTANT_H

#include "ElementKind.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/SmallVector.h"
#include <memory>
#include <string>
#include <vector>

namespace convopt {

using Shape = llvm::SmallVector<int64_t, 4>;

/// The number of elements, or nothing if a dimension is negative or the
/// number, in bytes of any element kind, is beyond what a model can mean.
std::optional<int64_t> countElements(llvm::ArrayRef<int64_t> shape);

/// Whether numpy broadcasts a tensor of shape `from` to `to`.
bool broadcastsTo(llvm::ArrayRef<int64_t> from, llvm::ArrayRef<int64_t> to);

/// A tensor whose elements are known while importing: an initializer, or what
/// arithmetic on shapes gave. It becomes an arith.constant only where an
/// operation reads it.
class Constant {
public:
  Constant() = default;

  /// `bytes`, row-major, little endian, belong to `owner`; their number must
  /// be that of the shape.
  Constant(ElementKind kind, llvm::ArrayRef<int64_t> shape,
           llvm::ArrayRef<char> bytes, std::shared_ptr<const void> owner);

  /// All elements equal the one whose bytes are given.
  static Constant splat(ElementKind kind, llvm::ArrayRef<int64_t> shape,
                        llvm::ArrayRef<char> element);
  /// Converts; integers wrap to the width of `kind`.
  static Constant fromInts(ElementKind kind, llvm::ArrayRef<int64_t> shape,
                           llvm::ArrayRef<int64_t> values);
  static Constant fromDoubles(ElementKind kind, llvm::ArrayRef<int64_t> shape,
                              llvm::ArrayRef<double> values);

  ElementKind kind() const { return elementKind; }
  llvm::ArrayRef<int64_t> shape() const { return dims; }
  int64_t size() const { return elements; }
  /// Every element has the same bits.
  bool isSplat() const { return oneElement || elements == 1; }

  /// Element `index` in row-major order.
  int64_t intAt(int64_t index) const;
  double doubleAt(int64_t index) const;
  std::vector<int64_t> ints() const;
  std::vector<double> doubles() const;

  /// The same elements in another shape of the same size, not copied.
  Constant reshaped(llvm::ArrayRef<int64_t> shape) const;
  /// Result dimension i is dimension perm[i]; copies.
  Constant transposed(llvm::ArrayRef<int64_t> perm) const;
  /// The bytes of all elements, of one alone if `isSplat`.
  llvm::ArrayRef<char> bytes() const { return data; }

  /// Called `name` if it is a resource; empty: "constant".
  void setName(llvm::StringRef newName) { name = newName.str(); }

  /// An arith.constant: a splat or a few elements in place, the rest as a
  /// dense_resource on these bytes, which are not copied.
  mlir::Value materialise(mlir::OpBuilder &builder, mlir::Location loc) const;

private:
  const char *element(int64_t index) const;

  ElementKind elementKind = ElementKind::F32;
  Shape dims;
  int64_t elements = 0;
  bool oneElement = false; ///< data holds one element for all
  llvm::ArrayRef<char> data;
  std::shared_ptr<const void> owner;
  std::string name;
};

} // namespace convopt

#endif // CONVOPT_IMPORT_CONSTANT_H
