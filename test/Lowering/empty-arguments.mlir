// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-replace-empty-arguments))' | FileCheck %s

// An argument without elements is a byte, seen as what it was; others stay.
// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[FULL:.+]]: memref<4xf32>, %[[EMPTY:.+]]: memref<1xi8>)
// CHECK: %[[ZERO:.+]] = arith.constant 0 : index
// CHECK: %[[VIEW:.+]] = memref.view %[[EMPTY]][%[[ZERO]]][] : memref<1xi8> to memref<0x3xf32>
// CHECK: return %[[FULL]], %[[VIEW]] : memref<4xf32>, memref<0x3xf32>
func.func @main(%full: memref<4xf32>, %empty: memref<0x3xf32>) -> (memref<4xf32>, memref<0x3xf32>) {
  return %full, %empty : memref<4xf32>, memref<0x3xf32>
}

// A declaration has nothing to be seen in.
// CHECK: func.func private @elsewhere(memref<0xf32>)
func.func private @elsewhere(memref<0xf32>)
