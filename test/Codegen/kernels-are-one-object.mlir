// The kernels of a module become one object, in which nothing but them is visible; C programs can call them.
// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: convopt-kernels %s --target=host --emit=obj -o kernels.o
// RUN: llvm-nm --defined-only --extern-only --format=just-symbols kernels.o | FileCheck %s --check-prefix=SYMBOLS
// RUN: clang-19 -std=c11 -Wall -Wextra -Werror %S/Inputs/call_kernels.c kernels.o -o program && ./program | FileCheck %s
// RUN: convopt-kernels %s --target=aarch64 --emit=obj -o aarch64.o
// RUN: llvm-nm --defined-only --extern-only --format=just-symbols aarch64.o | FileCheck %s --check-prefix=SYMBOLS
// RUN: echo 'module {}' | not convopt-kernels --emit=obj -o none.o 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not ls none.o

// SYMBOLS: {{^add_one$}}
// SYMBOLS-NEXT: {{^twice$}}
// SYMBOLS-NOT: {{.}}
// CHECK: 4 6 8 10
// NONE: error: the module has no kernel
#id = affine_map<(i) -> (i)>
convopt.kernel @add_one(%a: tensor<4xf32>) -> tensor<4xf32> {
  %one = arith.constant 1.0 : f32
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %x, %one : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  convopt.yield %r : tensor<4xf32>
}
convopt.kernel @twice(%a: tensor<4xf32>) -> tensor<4xf32> {
  %e = tensor.empty() : tensor<4xf32>
  %r = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]}
      ins(%a : tensor<4xf32>) outs(%e : tensor<4xf32>) {
  ^bb0(%x: f32, %o: f32):
    %s = arith.addf %x, %x : f32
    linalg.yield %s : f32
  } -> tensor<4xf32>
  convopt.yield %r : tensor<4xf32>
}
