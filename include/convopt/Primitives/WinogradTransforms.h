#ifndef CONVOPT_PRIMITIVES_WINOGRADTRANSFORMS_H
#define CONVOPT_PRIMITIVES_WINOGRADTRANSFORMS_H

#include "convopt/IR/ConvoptEnums.h"
#include <vector>

namespace convopt {

/// The matrices of Winograd's minimal filtering F(m, 3), one dimension; from
/// Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015.
/// A tile of m x m outputs is A^T ((G g G^T) * (B^T d B)) A for its
/// (m + 2) x (m + 2) inputs d and the filter g; * is element by element.
struct WinogradTransforms {
  int m;                                    ///< outputs
  std::vector<std::vector<double>> inputT;  ///< B^T, (m + 2) x (m + 2)
  std::vector<std::vector<double>> filter;  ///< G, (m + 2) x 3
  std::vector<std::vector<double>> outputT; ///< A^T, m x (m + 2)
  int tile() const { return m + 2; }
};

const WinogradTransforms &winogradTransforms(PrimitiveKind kind);

} // namespace convopt

#endif // CONVOPT_PRIMITIVES_WINOGRADTRANSFORMS_H
