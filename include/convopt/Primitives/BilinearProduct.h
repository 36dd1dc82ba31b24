#ifndef CONVOPT_PRIMITIVES_BILINEARPRODUCT_H
#define CONVOPT_PRIMITIVES_BILINEARPRODUCT_H

#include <vector>

namespace convopt {

/// A bilinear algorithm for the product of two matrices, A cut into `rows` x
/// `inner` blocks and B into `inner` x `columns`: products[j] = (sum of
/// left[j][.] blocks of A) (sum of right[j][.] blocks of B); a block of the
/// result is the sum of result[.][j] products[j]. Blocks are counted by rows.
struct BilinearProduct {
  using Matrix = std::vector<std::vector<double>>;
  int rows, inner, columns;
  Matrix left;   ///< products x (rows * inner)
  Matrix right;  ///< products x (inner * columns)
  Matrix result; ///< (rows * columns) x products
  int products() const { return static_cast<int>(left.size()); }
};

/// Seven products instead of eight, of two blocks a side (Strassen, Gaussian
/// elimination is not optimal, 1969).
const BilinearProduct &strassen();

} // namespace convopt

#endif // CONVOPT_PRIMITIVES_BILINEARPRODUCT_H
