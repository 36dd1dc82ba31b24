// RUN: convopt-opt %s --convopt-round-once | FileCheck %s

// By f32, its last bit set where f64 had more.
// CHECK-LABEL: @double_to_half
func.func @double_to_half(%x: f64) -> f16 {
  // CHECK: %[[BITS:.*]] = arith.bitcast %arg0 : f64 to i64
  // CHECK: %[[ODD:.*]] = arith.ori
  // CHECK: %[[ROUNDED:.*]] = arith.bitcast %[[ODD]] : i64 to f64
  // CHECK: arith.truncf %[[ROUNDED]] : f64 to f32
  // CHECK: arith.cmpi eq, %[[BITS]], %[[ODD]] : i64
  // CHECK: %[[SINGLE:.*]] = arith.bitcast %{{.*}} : i32 to f32
  // CHECK: %[[HALF:.*]] = arith.truncf %[[SINGLE]] : f32 to f16
  // CHECK: return %[[HALF]]
  %h = arith.truncf %x : f64 to f16
  return %h : f16
}

// Every i32 is exact in f64.
// CHECK-LABEL: @integer_to_brain
func.func @integer_to_brain(%i: i32) -> bf16 {
  // CHECK: arith.uitofp %arg0 : i32 to f64
  // CHECK: arith.truncf {{.*}} : f32 to bf16
  %h = arith.uitofp %i : i32 to bf16
  return %h : bf16
}

// What it cannot hold is rounded to odd first.
// CHECK-LABEL: @long_to_brain
func.func @long_to_brain(%i: i64) -> bf16 {
  // CHECK: %[[FITS:.*]] = arith.cmpi ule
  // CHECK: %[[LONG:.*]] = arith.select %[[FITS]], %arg0, %{{.*}} : i64
  // CHECK: arith.sitofp %[[LONG]] : i64 to f64
  // CHECK: arith.truncf {{.*}} : f32 to bf16
  %h = arith.sitofp %i : i64 to bf16
  return %h : bf16
}

// These are one rounding as they stand.
// CHECK-LABEL: @unchanged
func.func @unchanged(%x: f32, %d: f64, %i: i16) -> (f16, f32, bf16) {
  // CHECK-NEXT: arith.truncf %arg0 : f32 to f16
  // CHECK-NEXT: arith.truncf %arg1 : f64 to f32
  // CHECK-NEXT: arith.sitofp %arg2 : i16 to bf16
  // CHECK-NEXT: return
  %h = arith.truncf %x : f32 to f16
  %s = arith.truncf %d : f64 to f32
  %b = arith.sitofp %i : i16 to bf16
  return %h, %s, %b : f16, f32, bf16
}
