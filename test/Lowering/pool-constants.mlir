// RUN: convopt-opt %s --split-input-file --verify-diagnostics --pass-pipeline='builtin.module(convopt-pool-constants)' | FileCheck %s

memref.global "private" constant @a : memref<2xf32> = dense<[1.0, 2.0]>
memref.global "private" constant @b : memref<2xi32> = dense<[0x3f800000, 0x40000000]>
memref.global "private" constant @splat : memref<17xf32> = dense<3.0>
memref.global "private" constant @last : memref<3xi8> = dense<[1, 2, 3]>

// CHECK-LABEL: func.func @main(
// CHECK-SAME: %[[W:.+]]: memref<256xi8>)
func.func @main() -> (memref<2xf32>, memref<2xi32>, memref<17xf32>, memref<3xi8>) {
  // CHECK: %[[C0:.+]] = arith.constant 0 : index
  // CHECK: memref.view %[[W]][%[[C0]]][] : memref<256xi8> to memref<2xf32>
  %a = memref.get_global @a : memref<2xf32>
  // Equal bytes stand once, whatever their type.
  // CHECK: %[[C1:.+]] = arith.constant 0 : index
  // CHECK: memref.view %[[W]][%[[C1]]][] : memref<256xi8> to memref<2xi32>
  %b = memref.get_global @b : memref<2xi32>
  // CHECK: %[[C2:.+]] = arith.constant 64 : index
  // CHECK: memref.view %[[W]][%[[C2]]][] : memref<256xi8> to memref<17xf32>
  %splat = memref.get_global @splat : memref<17xf32>
  // CHECK: %[[C3:.+]] = arith.constant 192 : index
  // CHECK: memref.view %[[W]][%[[C3]]][] : memref<256xi8> to memref<3xi8>
  %last = memref.get_global @last : memref<3xi8>
  return %a, %b, %splat, %last : memref<2xf32>, memref<2xi32>, memref<17xf32>, memref<3xi8>
}

// -----

// The functions of a module have one pool.
memref.global "private" constant @of_one : memref<2xf32> = dense<[1.0, 2.0]>
memref.global "private" constant @of_two : memref<2xf32> = dense<[3.0, 4.0]>
memref.global "private" constant @of_both : memref<2xf32> = dense<[1.0, 2.0]>

// CHECK-LABEL: func.func @one(
// CHECK-SAME: %[[W:.+]]: memref<128xi8>)
func.func @one() -> memref<2xf32> {
  // CHECK: %[[C0:.+]] = arith.constant 0 : index
  // CHECK: memref.view %[[W]][%[[C0]]][]
  %a = memref.get_global @of_one : memref<2xf32>
  return %a : memref<2xf32>
}

// CHECK-LABEL: func.func @two(
// CHECK-SAME: %[[W:.+]]: memref<128xi8>)
func.func @two() -> (memref<2xf32>, memref<2xf32>) {
  // CHECK: %[[C64:.+]] = arith.constant 64 : index
  // CHECK: memref.view %[[W]][%[[C64]]][]
  %a = memref.get_global @of_two : memref<2xf32>
  // CHECK: %[[C0:.+]] = arith.constant 0 : index
  // CHECK: memref.view %[[W]][%[[C0]]][]
  %b = memref.get_global @of_both : memref<2xf32>
  return %a, %b : memref<2xf32>, memref<2xf32>
}

// -----

memref.global "private" @variable : memref<2xf32> = dense<[1.0, 2.0]>
func.func @writable() -> memref<2xf32> {
  // expected-error @+1 {{is not a constant}}
  %a = memref.get_global @variable : memref<2xf32>
  return %a : memref<2xf32>
}

// -----

memref.global "private" constant @short : memref<5xf32> = dense_resource<four>
func.func @damaged() -> memref<5xf32> {
  // expected-error @+1 {{has a constant without data of its size}}
  %a = memref.get_global @short : memref<5xf32>
  return %a : memref<5xf32>
}
{-#
  dialect_resources: { builtin: { four: "0x0400000000000000000000000000000000000000" } }
#-}
