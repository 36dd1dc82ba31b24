// RUN: convopt-opt %s --convopt-lower-launches=observe | FileCheck %s

// CHECK: llvm.func @convopt_observe(!llvm.ptr, i64, i32)
convopt.kernel @k(%x: tensor<2xf32>) -> tensor<2xf32> {
  convopt.yield %x : tensor<2xf32>
}

// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[CONTEXT:[a-z0-9]+]]: !llvm.ptr)
func.func @main(%x: memref<2xf32>, %y: memref<2xf32>) {
  // CHECK: llvm.getelementptr %{{.+}}[1] :
  // CHECK-NEXT: %[[FIRST:.+]] = llvm.mlir.constant(0 : i64) : i64
  // CHECK-NEXT: %[[BEFORE:.+]] = llvm.mlir.constant(0 : i32) : i32
  // CHECK-NEXT: llvm.call @convopt_observe(%[[CONTEXT]], %[[FIRST]], %[[BEFORE]])
  // CHECK-NEXT: llvm.call @k(
  // CHECK-NEXT: %[[AGAIN:.+]] = llvm.mlir.constant(0 : i64) : i64
  // CHECK-NEXT: %[[AFTER:.+]] = llvm.mlir.constant(1 : i32) : i32
  // CHECK-NEXT: llvm.call @convopt_observe(%[[CONTEXT]], %[[AGAIN]], %[[AFTER]])
  convopt.launch @k ins(%x : memref<2xf32>) outs(%y : memref<2xf32>)
  // CHECK: llvm.getelementptr %{{.+}}[1] :
  // CHECK-NEXT: %[[SECOND:.+]] = llvm.mlir.constant(1 : i64) : i64
  // CHECK: llvm.call @convopt_observe(%[[CONTEXT]], %[[SECOND]],
  convopt.launch @k ins(%y : memref<2xf32>) outs(%x : memref<2xf32>)
  return
}

// Those of one more function, the model's for another size, follow.
// CHECK-LABEL: func.func @main_0(
func.func @main_0(%x: memref<2xf32>, %y: memref<2xf32>) {
  // CHECK: llvm.getelementptr %{{.+}}[1] :
  // CHECK-NEXT: %[[THIRD:.+]] = llvm.mlir.constant(2 : i64) : i64
  // CHECK: llvm.call @convopt_observe(%{{.+}}, %[[THIRD]],
  convopt.launch @k ins(%x : memref<2xf32>) outs(%y : memref<2xf32>)
  return
}
