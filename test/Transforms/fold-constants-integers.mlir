// Integers are computed as the target would: to even, clamped, with a sign or
// without, wrapped.
// RUN: convopt-opt %s -convopt-fold-constants | FileCheck %s

#id = affine_map<(a) -> (a)>

// CHECK-LABEL: func.func @quantised
// CHECK-NOT:     linalg.generic
func.func @quantised() -> (tensor<4xi8>, tensor<4xf32>, tensor<4xi32>) {
  %x = arith.constant dense<[0.5, 1.5, -300.0, 0x7FC00000]> : tensor<4xf32>
  %b = arith.constant dense<[1, -1, 127, -128]> : tensor<4xi8>
  %i = arith.constant dense<[1, 16777217, 2147483647, -2]> : tensor<4xi32>
  %eb = tensor.empty() : tensor<4xi8>
  %ef = tensor.empty() : tensor<4xf32>
  %ei = tensor.empty() : tensor<4xi32>
  %0 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%x : tensor<4xf32>) outs(%eb : tensor<4xi8>) {
  ^bb0(%a: f32, %o: i8):
    %low = arith.constant -128.0 : f32
    %high = arith.constant 127.0 : f32
    %1 = arith.maxnumf %a, %low : f32
    %2 = arith.minnumf %1, %high : f32
    %3 = math.roundeven %2 : f32
    %4 = arith.fptosi %3 : f32 to i32
    %5 = arith.trunci %4 : i32 to i8
    linalg.yield %5 : i8
  } -> tensor<4xi8>
  %10 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%b : tensor<4xi8>) outs(%ef : tensor<4xf32>) {
  ^bb0(%a: i8, %o: f32):
    %half = arith.constant 0.5 : f32
    %1 = arith.extui %a : i8 to i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = arith.mulf %2, %half : f32
    linalg.yield %3 : f32
  } -> tensor<4xf32>
  %20 = linalg.generic {indexing_maps = [#id, #id], iterator_types = ["parallel"]} ins(%i : tensor<4xi32>) outs(%ei : tensor<4xi32>) {
  ^bb0(%a: i32, %o: i32):
    %1 = arith.muli %a, %a : i32
    %2 = arith.addi %1, %a : i32
    linalg.yield %2 : i32
  } -> tensor<4xi32>
  return %0, %10, %20 : tensor<4xi8>, tensor<4xf32>, tensor<4xi32>
}

// 0, 2, -128, -128; 0.5, 127.5, 63.5, 64; 2, 50331650, -2147483648, 2.
// CHECK-DAG: folded: "0x0400000000028080"
// CHECK-DAG: folded_1: "0x040000000000003F0000FF4200007E4200008042"
// CHECK-DAG: folded_2: "0x0400000002000000020000030000008002000000"
