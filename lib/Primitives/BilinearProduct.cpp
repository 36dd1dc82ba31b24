// Strassen's seven products as three small matrices: which blocks of the left
// factor are added for each product, which of the right, and which products for
// each block of the result. Packing and schedule multiply by them and know
// nothing else, so that they hold for every algorithm of this kind; all factors
// being 0, 1 and -1, they are sums in the generated code.

#include "convopt/Primitives/BilinearProduct.h"

namespace convopt {

const BilinearProduct &strassen() {
  static const BilinearProduct product{2,
                                       2,
                                       2,
                                       {{1, 0, 0, 1},
                                        {0, 0, 1, 1},
                                        {1, 0, 0, 0},
                                        {0, 0, 0, 1},
                                        {1, 1, 0, 0},
                                        {-1, 0, 1, 0},
                                        {0, 1, 0, -1}},
                                       {{1, 0, 0, 1},
                                        {1, 0, 0, 0},
                                        {0, 1, 0, -1},
                                        {-1, 0, 1, 0},
                                        {0, 0, 0, 1},
                                        {1, 1, 0, 0},
                                        {0, 0, 1, 1}},
                                       {{1, 0, 0, 1, -1, 0, 1},
                                        {0, 0, 1, 0, 1, 0, 0},
                                        {0, 1, 0, 1, 0, 0, 0},
                                        {1, -1, 1, 0, 0, 1, 0}}};
  return product;
}

} // namespace convopt
