// RUN: convopt-opt %s --split-input-file --verify-diagnostics --convopt-lower-launches | FileCheck %s

// CHECK: llvm.mlir.global internal constant @dim_8_2(dense<[0, 8, 1, 0, 0, 2, 8, 0]> : tensor<8xi32>)
// CHECK: llvm.func @k(!llvm.ptr, !llvm.ptr, !llvm.ptr) -> i32
// CHECK-NOT: convopt.kernel
convopt.kernel @k(%x: tensor<2x8xf32>) -> tensor<2x8xf32> {
  convopt.yield %x : tensor<2x8xf32>
}

// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[X:.+]]: memref<2x8xf32>, %[[Y:.+]]: memref<2x8xf32, strided<[8, 1], offset: 16>>, %[[CONTEXT:.+]]: !llvm.ptr) -> i32
func.func @main(%x: memref<2x8xf32>, %y: memref<2x8xf32, strided<[8, 1], offset: 16>>) {
  // One place for two buffers serves both calls.
  // CHECK: %[[TWO:.+]] = llvm.mlir.constant(2 : i64)
  // CHECK: %[[BUFFERS:.+]] = llvm.alloca %[[TWO]]
  // What is 0 in all buffers is written once.
  // CHECK: %[[BYTE:.+]] = llvm.mlir.constant(0 : i8)
  // CHECK: %[[BYTES:.+]] = llvm.mlir.constant(112 : i64)
  // CHECK: "llvm.intr.memset"(%[[BUFFERS]], %[[BYTE]], %[[BYTES]]) <{isVolatile = false}>
  // CHECK-NOT: llvm.mlir.zero
  // CHECK: memref.extract_aligned_pointer_as_index %[[X]]
  // float32: code 2, 32 bits, 1 lane.
  // CHECK: llvm.mlir.constant(73730 : i32)
  // The offset, in bytes.
  // CHECK: memref.extract_aligned_pointer_as_index %[[Y]]
  // CHECK: %[[OFFSET:.+]] = arith.constant 16 : index
  // CHECK: %[[SIZE:.+]] = arith.constant 4 : index
  // CHECK: arith.muli %[[OFFSET]], %[[SIZE]]
  // CHECK: %[[STATUS:.+]] = llvm.call @k(%[[CONTEXT]], %{{.+}}, %{{.+}})
  // CHECK: %[[FAILED:.+]] = arith.cmpi ne, %[[STATUS]]
  // CHECK: cf.cond_br %[[FAILED]], ^[[EXIT:.+]](%[[STATUS]] : i32), ^[[NEXT:.+]]
  convopt.launch @k ins(%x : memref<2x8xf32>) outs(%y : memref<2x8xf32, strided<[8, 1], offset: 16>>)
  // CHECK: ^[[NEXT]]:
  // CHECK-NOT: llvm.alloca
  // CHECK: llvm.call @k
  // CHECK: cf.cond_br %{{.+}}, ^[[EXIT]](
  convopt.launch @k ins(%y : memref<2x8xf32, strided<[8, 1], offset: 16>>) outs(%x : memref<2x8xf32>)
  // CHECK: %[[ZERO:.+]] = arith.constant 0 : i32
  // CHECK: return %[[ZERO]]
  // CHECK: ^[[EXIT]](%[[CODE:.+]]: i32):
  // CHECK: return %[[CODE]]
  return
}

// -----

// CHECK-LABEL: func.func @nothing(
// CHECK-NOT: alloca
// CHECK: return %{{.+}} : i32
func.func @nothing() {
  return
}

// -----

convopt.kernel @k(%x: tensor<4x2xf32>) -> tensor<4x2xf32> {
  convopt.yield %x : tensor<4x2xf32>
}
func.func @strided(%x: memref<4x2xf32, strided<[8, 1]>>) {
  // expected-error @+1 {{takes dense buffers, not}}
  convopt.launch @k ins(%x : memref<4x2xf32, strided<[8, 1]>>) outs(%x : memref<4x2xf32, strided<[8, 1]>>)
  return
}
