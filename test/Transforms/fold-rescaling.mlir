// Constants behind sums of bytes are joined.
// RUN: convopt-opt %s -convopt-fold-rescaling -canonicalize -split-input-file | FileCheck %s

#id = affine_map<(n, c) -> (n, c)>
#c = affine_map<(n, c) -> (c)>

// Correction and bias of integers are one operand: {1 - 5, 2 - 7}; scales and the
// bias of numbers are divided by 0.25 when compiling, and so is what is added.
// CHECK-LABEL: func.func @joined(
// CHECK-DAG:   %[[I:.*]] = arith.constant dense_resource<folded> : tensor<2xi32>
// CHECK-DAG:   %[[S:.*]] = arith.constant dense_resource<folded_1> : tensor<2xf32>
// CHECK-DAG:   %[[TWO:.*]] = arith.constant 2.0{{.*}} : f32
// CHECK-DAG:   %[[T:.*]] = arith.constant 1.2{{.*}}e+01 : f32
// CHECK-DAG:   %[[LOW:.*]] = arith.constant 0.0{{.*}} : f32
// CHECK:       linalg.generic {{.*}} ins(%{{.*}}, %{{.*}}, %[[I]], %[[S]] : tensor<3x2xi32>, tensor<3x2xi8>, tensor<2xi32>, tensor<2xf32>)
// CHECK-NEXT:  ^bb0(%[[A:[^:]+]]: i32, %[[R:[^:]+]]: i8, %[[K:[^:]+]]: i32, %[[F:[^:]+]]: f32, %{{[^:]+}}: i8):
// CHECK-DAG:     %[[SUM:.*]] = arith.addi %[[A]], %[[K]]
// CHECK-DAG:     %[[N:.*]] = arith.sitofp %[[SUM]]
// CHECK-DAG:     %[[M:.*]] = arith.mulf %[[N]], %[[F]]
// CHECK-DAG:     %[[MT:.*]] = arith.addf %[[M]], %[[T]]
// CHECK-DAG:     %[[RN:.*]] = arith.sitofp
// CHECK-DAG:     %[[RM:.*]] = arith.mulf %[[RN]], %[[TWO]]
// CHECK-DAG:     %[[Y:.*]] = arith.addf %[[MT]], %[[RM]]
// CHECK:         %[[Z:.*]] = arith.maxnumf %[[Y]], %[[LOW]]
// CHECK-NEXT:    math.roundeven %[[Z]]
// CHECK-NOT:     arith.divf
// CHECK-DAG:   folded: "0x{{[0-9]+}}FCFFFFFFFBFFFFFF"
// CHECK-DAG:   folded_1: "0x{{[0-9]+}}0000803F00000040"
func.func @joined(%x: tensor<3x2xi32>, %r: tensor<3x2xi8>) -> tensor<3x2xi8> {
  %correction = arith.constant dense<[5, 7]> : tensor<2xi32>
  %bias = arith.constant dense<[1, 2]> : tensor<2xi32>
  %scale = arith.constant dense<[0.25, 0.5]> : tensor<2xf32>
  %e = tensor.empty() : tensor<3x2xi8>
  %y = linalg.generic {indexing_maps = [#id, #id, #c, #c, #c, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %r, %correction, %bias, %scale : tensor<3x2xi32>, tensor<3x2xi8>, tensor<2xi32>, tensor<2xi32>, tensor<2xf32>) outs(%e : tensor<3x2xi8>) {
  ^bb0(%a: i32, %b: i8, %k: i32, %i: i32, %s: f32, %o: i8):
    %three = arith.constant 3.0 : f32
    %half = arith.constant 0.5 : f32
    %quarter = arith.constant 0.25 : f32
    %zero = arith.constant 0.0 : f32
    %0 = arith.subi %a, %k : i32
    %1 = arith.addi %0, %i : i32
    %2 = arith.sitofp %1 : i32 to f32
    %3 = arith.mulf %2, %s : f32
    %4 = arith.addf %3, %three : f32
    %5 = arith.extui %b : i8 to i32
    %6 = arith.sitofp %5 : i32 to f32
    %7 = arith.mulf %6, %half : f32
    %8 = arith.addf %4, %7 : f32
    %9 = arith.maximumf %8, %zero : f32
    %10 = arith.divf %9, %quarter : f32
    %11 = arith.maxnumf %10, %zero : f32
    %12 = math.roundeven %11 : f32
    %13 = arith.fptosi %12 : f32 to i32
    %14 = arith.trunci %13 : i32 to i8
    linalg.yield %14 : i8
  } -> tensor<3x2xi8>
  return %y : tensor<3x2xi8>
}

// -----

#id = affine_map<(n, c) -> (n, c)>

// Of a number that nothing is known of a division stays, but by a power of two.
// CHECK-LABEL: func.func @divided(
// CHECK-DAG:   %[[FOUR:.*]] = arith.constant 4.0{{.*}} : f32
// CHECK-DAG:   %[[THIRD:.*]] = arith.constant 3.0{{.*}}e-01 : f32
// CHECK:       %[[A:.*]] = arith.divf %{{.*}}, %[[THIRD]]
// CHECK:       arith.mulf %{{.*}}, %[[FOUR]]
func.func @divided(%x: tensor<3x2xf32>) -> (tensor<3x2xi8>, tensor<3x2xi8>) {
  %e = tensor.empty() : tensor<3x2xi8>
  %y:2 = linalg.generic {indexing_maps = [#id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%x : tensor<3x2xf32>) outs(%e, %e : tensor<3x2xi8>, tensor<3x2xi8>) {
  ^bb0(%a: f32, %o: i8, %p: i8):
    %third = arith.constant 0.3 : f32
    %quarter = arith.constant 0.25 : f32
    %0 = arith.divf %a, %third : f32
    %1 = arith.fptosi %0 : f32 to i32
    %2 = arith.trunci %1 : i32 to i8
    %3 = arith.divf %a, %quarter : f32
    %4 = arith.fptosi %3 : f32 to i32
    %5 = arith.trunci %4 : i32 to i8
    linalg.yield %2, %5 : i8, i8
  } -> (tensor<3x2xi8>, tensor<3x2xi8>)
  return %y#0, %y#1 : tensor<3x2xi8>, tensor<3x2xi8>
}

// -----

#id = affine_map<(n, c) -> (n, c)>

// A changed sign is 128 more or less, where a number becomes an integer and where
// that is read; what is rounded, stored and read is what was rounded, if 8 bits
// hold it, plus what was added.
// CHECK-LABEL: func.func @signs(
// CHECK-DAG:   %[[UP:.*]] = arith.constant 131 : i32
// CHECK-DAG:   %[[DOWN:.*]] = arith.constant -130 : i32
// CHECK-DAG:   %[[ONE:.*]] = arith.constant 1.0{{.*}} : f32
// CHECK:       ^bb0(%[[A:[^:]+]]: f32, %[[B:[^:]+]]: i8
// CHECK-DAG:     %[[R:.*]] = math.roundeven
// CHECK-DAG:     %[[I:.*]] = arith.fptosi %[[R]]
// CHECK-DAG:     %[[J:.*]] = arith.addi %[[I]], %[[UP]]
// CHECK-DAG:     %[[Q:.*]] = arith.trunci %[[J]]
// CHECK-DAG:     %[[X:.*]] = arith.extui %[[B]]
// CHECK-DAG:     %[[Y:.*]] = arith.addi %[[X]], %[[DOWN]]
// CHECK-DAG:     %[[Z:.*]] = arith.addf %[[R]], %[[ONE]]
// CHECK-NOT:     arith.xori
// CHECK:         linalg.yield %[[Q]], %[[Y]], %[[Z]]
func.func @signs(%x: tensor<3x2xf32>, %b: tensor<3x2xi8>) -> (tensor<3x2xi8>, tensor<3x2xi32>, tensor<3x2xf32>) {
  %e = tensor.empty() : tensor<3x2xi8>
  %ei = tensor.empty() : tensor<3x2xi32>
  %ef = tensor.empty() : tensor<3x2xf32>
  %y:3 = linalg.generic {indexing_maps = [#id, #id, #id, #id, #id], iterator_types = ["parallel", "parallel"]} ins(%x, %b : tensor<3x2xf32>, tensor<3x2xi8>) outs(%e, %ei, %ef : tensor<3x2xi8>, tensor<3x2xi32>, tensor<3x2xf32>) {
  ^bb0(%a: f32, %c: i8, %o: i8, %p: i32, %q: f32):
    %low = arith.constant -131.0 : f32
    %high = arith.constant 124.0 : f32
    %three = arith.constant 3 : i32
    %two = arith.constant 2 : i32
    %sign = arith.constant -128 : i8
    %0 = arith.maxnumf %a, %low : f32
    %1 = arith.minnumf %0, %high : f32
    %2 = math.roundeven %1 : f32
    %3 = arith.fptosi %2 : f32 to i32
    %4 = arith.addi %3, %three : i32
    %5 = arith.trunci %4 : i32 to i8
    %6 = arith.xori %5, %sign : i8
    %7 = arith.xori %c, %sign : i8
    %8 = arith.extsi %7 : i8 to i32
    %9 = arith.subi %8, %two : i32
    %10 = arith.extsi %5 : i8 to i32
    %11 = arith.subi %10, %two : i32
    %12 = arith.sitofp %11 : i32 to f32
    linalg.yield %6, %9, %12 : i8, i32, f32
  } -> (tensor<3x2xi8>, tensor<3x2xi32>, tensor<3x2xf32>)
  return %y#0, %y#1, %y#2 : tensor<3x2xi8>, tensor<3x2xi32>, tensor<3x2xf32>
}
