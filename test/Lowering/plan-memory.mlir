// RUN: convopt-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(func.func(convopt-plan-memory{report=true}))' | FileCheck %s

// @b lives with @a and with @c; @a and @c share memory.

// CHECK-LABEL: func.func @chain(
// CHECK-SAME: %[[X:.+]]: memref<32xf32>, %[[W:.+]]: memref<256xi8>)
// expected-remark @+1 {{workspace of 256 bytes, at least 256 are live at one time}}
func.func @chain(%x: memref<32xf32>) {
  // CHECK-DAG: memref.view %[[W]][%c128
  // CHECK-DAG: memref.view %[[W]][%c0
  // CHECK-NOT: memref.alloc
  %a = memref.alloc() : memref<32xf32>
  %b = memref.alloc() : memref<32xf32>
  %c = memref.alloc() : memref<32xf32>
  memref.copy %x, %a : memref<32xf32> to memref<32xf32>
  memref.copy %a, %b : memref<32xf32> to memref<32xf32>
  memref.copy %b, %c : memref<32xf32> to memref<32xf32>
  memref.copy %c, %x : memref<32xf32> to memref<32xf32>
  return
}

// -----

// A view keeps the buffer alive; making it does not yet.

// CHECK-LABEL: func.func @views(
// expected-remark @+1 {{workspace of 192 bytes, at least 192 are live at one time}}
func.func @views(%x: memref<16xf32>) {
  %a = memref.alloc() : memref<4x4xf32>
  %flat = memref.collapse_shape %a [[0, 1]] : memref<4x4xf32> into memref<16xf32>
  %half = memref.subview %flat[8] [8] [1] : memref<16xf32> to memref<8xf32, strided<[1], offset: 8>>
  memref.copy %x, %flat : memref<16xf32> to memref<16xf32>
  %b = memref.alloc() : memref<16xf32>
  memref.copy %x, %b : memref<16xf32> to memref<16xf32>
  %c = memref.alloc() : memref<8xf32>
  memref.copy %half, %c : memref<8xf32, strided<[1], offset: 8>> to memref<8xf32>
  memref.copy %b, %x : memref<16xf32> to memref<16xf32>
  return
}

// -----

// What a loop uses lives for all of the loop.

// CHECK-LABEL: func.func @loop(
// expected-remark @+1 {{workspace of 128 bytes, at least 128 are live at one time}}
func.func @loop(%x: memref<16xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %a = memref.alloc() : memref<16xf32>
  scf.for %i = %c0 to %c4 step %c1 {
    memref.copy %x, %a : memref<16xf32> to memref<16xf32>
    memref.copy %a, %x : memref<16xf32> to memref<16xf32>
    // CHECK: scf.for
    // CHECK: memref.view
    %b = memref.alloc() : memref<16xf32>
    memref.copy %x, %b : memref<16xf32> to memref<16xf32>
  }
  return
}

// -----

func.func @dynamic(%n: index) {
  // expected-remark @+1 {{has no size known at compile time: its function is left as it is}}
  %a = memref.alloc(%n) : memref<?xf32>
  memref.copy %a, %a : memref<?xf32> to memref<?xf32>
  return
}
