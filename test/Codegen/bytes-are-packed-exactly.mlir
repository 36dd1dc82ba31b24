// What instructions narrow that saturate is what the definition says, of ties, infinities and NaN, too.
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: convopt-kernels %S/Inputs/quantise.mlir --target=host --emit=obj -o host.o
// RUN: clang-19 -std=c11 -Wall -Wextra -Werror %S/Inputs/call_quantise.c host.o -lm -o host && ./host | FileCheck %s
// CHECK: same
