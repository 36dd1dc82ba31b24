// RUN: rm -rf %t && mkdir %t && cd %t
// RUN: convopt-compile %s --emit=shared --name=net --profile -o net.so
// RUN: convopt-run net.so --profile --trace=net.json --repeat=3 --output=y.npy | FileCheck %s

// Each launch with what is known of it.
// CHECK: 3 runs:
// CHECK: ms  share  GFLOP/s   peak       MB   GB/s predicted  ratio  operation: shape, primitive, node
// CHECK: {{[0-9.]+ +[0-9.]+% +[0-9.]+ +[0-9.]+% +0.0[0-9]+ +[0-9.]+ +[0-9.]+ +[0-9.]+}}  conv_{{[a-z]+}}: 8->16 6x6 3x3, {{[a-z]+ [a-z]+->[a-z]+ .+}}, first
// CHECK: {{[0-9.]+ +[0-9.]+% +[0-9.]+ +[0-9.]+% +[0-9.]+ +[0-9.]+ +- +-}}  reduce: {{.*}}->1x16, second
// CHECK: ms  share  GFLOP/s   peak       MB   GB/s predicted  ratio  operation
// CHECK-DAG: conv_{{[a-z]+}} (1)
// CHECK-DAG: reduce (1)
// CHECK: all kernels (2)
// CHECK: outside of kernels
// CHECK: 100.0%  sum; peak {{[0-9.]+}} GFLOP/s with 1 thread

// The trace holds each run and each launch, inside of one another.
// RUN: %python -c 'import json; e = json.load(open("net.json")); assert len(e) == 9 and all(x["ph"] == "X" for x in e), e; assert [x["args"]["node"] for x in e[1:3]] == ["first", "second"]; assert all(e[0]["ts"] <= x["ts"] and x["ts"] + x["dur"] <= e[0]["ts"] + e[0]["dur"] for x in e[1:3])'

// Observing changes no result, and whoever does not ask has no trace of it.
// RUN: convopt-compile %s --emit=shared --name=net -o plain.so
// RUN: convopt-run plain.so --output=z.npy && cmp y.npy z.npy
// RUN: llvm-nm -D --defined-only --format=just-symbols plain.so | FileCheck %s --check-prefix=PLAIN
// RUN: not grep -q -e profile -e convopt_launch plain.h
// RUN: llvm-nm -D --defined-only --format=just-symbols net.so | FileCheck %s --check-prefix=SYMBOLS
// PLAIN-NOT: net_profile
// SYMBOLS: net_model
// SYMBOLS-NEXT: net_profile

// RUN: not convopt-run plain.so --profile 2>&1 | FileCheck %s --check-prefix=NONE
// RUN: not convopt-run plain.so --trace=none.json 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: convopt-run: error: the model does not announce its kernels: compile it with --profile
// RUN: not convopt-run net.so --trace=/no/such/folder/x.json 2>&1 | FileCheck %s --check-prefix=TRACE
// TRACE: convopt-run: error: cannot write '/no/such/folder/x.json': No such file or directory

// The header stands alone.
// RUN: echo '#include "net.h"' > use.c
// RUN: echo 'int64_t count(void) { return net_profile.launch_count; }' >> use.c
// RUN: clang-19 -std=c99 -Wall -Wextra -Wpedantic -Werror -c use.c -o use.o
// RUN: clang-19 -x c++ -std=c++11 -Wall -Wextra -Wpedantic -Werror -c use.c -o use.o

func.func @main(%x: tensor<1x8x8x8xf32>) -> tensor<1x16xf32> {
  %w = arith.constant dense<0.125> : tensor<16x8x3x3xf32>
  %zero = arith.constant 0.0 : f32
  %e = tensor.empty() : tensor<1x16x6x6xf32>
  %init = linalg.fill ins(%zero : f32) outs(%e : tensor<1x16x6x6xf32>) -> tensor<1x16x6x6xf32>
  %y = linalg.conv_2d_nchw_fchw ins(%x, %w : tensor<1x8x8x8xf32>, tensor<16x8x3x3xf32>)
         outs(%init : tensor<1x16x6x6xf32>) -> tensor<1x16x6x6xf32> loc("first")
  %f = tensor.empty() : tensor<1x16xf32>
  %start = linalg.fill ins(%zero : f32) outs(%f : tensor<1x16xf32>) -> tensor<1x16xf32>
  %sum = linalg.generic {indexing_maps = [affine_map<(n, c, h, w) -> (n, c, h, w)>, affine_map<(n, c, h, w) -> (n, c)>],
                         iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
      ins(%y : tensor<1x16x6x6xf32>) outs(%start : tensor<1x16xf32>) {
  ^bb0(%a: f32, %b: f32):
    %s = arith.addf %a, %b : f32
    linalg.yield %s : f32
  } -> tensor<1x16xf32> loc("second")
  return %sum : tensor<1x16xf32>
}
