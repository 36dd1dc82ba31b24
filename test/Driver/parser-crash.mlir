// Where MLIR's own parser crashes, as linalg.broadcast's does without its
// dimensions, that is one message too.
// RUN: rm -f %t.o; not convopt-compile %s --target=x86-64 -o %t.o 2>&1 | FileCheck %s --implicit-check-not=Stack
// RUN: not ls %t.o
// CHECK: convopt-compile: error: {{.*}}parser-crash.mlir{{.*$}}
// CHECK-NOT: {{.}}
func.func @main(%x: tensor<4xf32>) -> tensor<2x4xf32> {
  %e = tensor.empty() : tensor<2x4xf32>
  %y = linalg.broadcast ins(%x : tensor<4xf32>) outs(%e : tensor<2x4xf32>) dimensions = oops
  return %y : tensor<2x4xf32>
}
