// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-dense-launch-operands))' | FileCheck %s

convopt.kernel @k(%x: tensor<1x4x2xf32>) -> tensor<1x4x2xf32> {
  convopt.yield %x : tensor<1x4x2xf32>
}

// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[IN:.+]]: memref<1x4x2xf32, strided<[32, 8, 1], offset: 3>>,
// CHECK-SAME: %[[OUT:.+]]: memref<1x4x2xf32, strided<[32, 8, 1]>>,
// CHECK-SAME: %[[DENSE:.+]]: memref<1x4x2xf32, strided<[99, 2, 1], offset: 8>>)
func.func @main(%in: memref<1x4x2xf32, strided<[32, 8, 1], offset: 3>>,
                %out: memref<1x4x2xf32, strided<[32, 8, 1]>>,
                %dense: memref<1x4x2xf32, strided<[99, 2, 1], offset: 8>>) {
  // CHECK: %[[A:.+]] = memref.alloc() : memref<1x4x2xf32>
  // CHECK: linalg.copy ins(%[[IN]] : {{.+}}) outs(%[[A]]
  // CHECK: %[[B:.+]] = memref.alloc() : memref<1x4x2xf32>
  // CHECK: convopt.launch @k ins(%[[A]] : {{.+}}) outs(%[[B]]
  // CHECK: linalg.copy ins(%[[B]] : {{.+}}) outs(%[[OUT]]
  convopt.launch @k ins(%in : memref<1x4x2xf32, strided<[32, 8, 1], offset: 3>>)
                    outs(%out : memref<1x4x2xf32, strided<[32, 8, 1]>>)
  // A dimension of size one has no stride; the offset does not matter.
  // CHECK-NOT: alloc
  // CHECK: convopt.launch @k ins(%[[DENSE]] : {{.+}}) outs(%[[DENSE]]
  convopt.launch @k ins(%dense : memref<1x4x2xf32, strided<[99, 2, 1], offset: 8>>)
                    outs(%dense : memref<1x4x2xf32, strided<[99, 2, 1], offset: 8>>)
  return
}
