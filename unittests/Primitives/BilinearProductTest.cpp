#include "convopt/Primitives/BilinearProduct.h"
#include "gtest/gtest.h"

using namespace convopt;

namespace {

// Every product of a block of A and a block of B reaches the blocks of the
// result that the definition says, once.
TEST(BilinearProduct, StrassensIsTheProduct) {
  const BilinearProduct &p = strassen();
  EXPECT_EQ(p.products(), 7);
  for (int a = 0; a < p.rows * p.inner; ++a)
    for (int b = 0; b < p.inner * p.columns; ++b)
      for (int c = 0; c < p.rows * p.columns; ++c) {
        double factor = 0;
        for (int j = 0; j < p.products(); ++j)
          factor += p.left[j][a] * p.right[j][b] * p.result[c][j];
        const bool wanted = a % p.inner == b / p.columns &&
                            a / p.inner == c / p.columns &&
                            b % p.columns == c % p.columns;
        EXPECT_EQ(factor, wanted) << a << " " << b << " " << c;
      }
}

} // namespace
