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
