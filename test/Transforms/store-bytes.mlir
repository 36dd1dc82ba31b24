// RUN: convopt-opt %s -convopt-store-bytes -split-input-file | FileCheck %s

#map = affine_map<(a, b, c, d) -> (a, b, c, d)>
#channel = affine_map<(a, b, c, d) -> (d)>

// Of two sums that are rounded to bytes and added, the first is stored as such
// bytes; the second is computed where they are added. The constants of a
// channel go with what is rounded.

// CHECK-LABEL: func.func @two_sums(
// CHECK-SAME:    %[[A:[a-z0-9]*]]: tensor<1x4x4x8xi8>, %[[B:[a-z0-9]*]]: tensor<1x4x4x8xi8>
// CHECK:         %[[SCALE:.*]] = arith.constant dense<{{.*}}> : tensor<8xf32>
// CHECK:         %[[Y:.*]] = linalg.conv_2d_nhwc_hwcf ins(%[[A]],
// CHECK:         %[[BYTES:.*]] = linalg.generic {{.*}} ins(%[[Y]], %[[SCALE]] : tensor<1x4x4x8xi32>, tensor<8xf32>) outs(%{{.*}} : tensor<1x4x4x8xi8>)
// CHECK:           %[[R:.*]] = math.roundeven
// CHECK:           %[[I:.*]] = arith.fptosi %[[R]] : f32 to i32
// CHECK:           %[[T:.*]] = arith.trunci %[[I]] : i32 to i8
// CHECK:           linalg.yield %[[T]] : i8
// CHECK:         %[[Z:.*]] = linalg.conv_2d_nhwc_hwcf ins(%[[B]],
// CHECK:         linalg.generic {{.*}} ins(%[[Y2:.*]], %[[Z]], %{{.*}} : tensor<1x4x4x8xi8>, tensor<1x4x4x8xi32>, tensor<8xf32>)
// CHECK-NEXT:    ^bb0(%[[E:.*]]: i8, %[[F:.*]]: i32,
// CHECK:           %[[X:.*]] = arith.extsi %[[E]] : i8 to i32
// CHECK-NEXT:      %[[N:.*]] = arith.sitofp %[[X]] : i32 to f32
// CHECK:           math.roundeven
// CHECK:           arith.addf %[[N]],
func.func @two_sums(%a: tensor<1x4x4x8xi8>, %b: tensor<1x4x4x8xi8>, %f: tensor<1x1x8x8xi8>, %init: tensor<1x4x4x8xi32>, %out: tensor<1x4x4x8xf32>) -> tensor<1x4x4x8xf32> {
  %least = arith.constant -128.0 : f32
  %most = arith.constant 127.0 : f32
  %y = linalg.conv_2d_nhwc_hwcf ins(%a, %f : tensor<1x4x4x8xi8>, tensor<1x1x8x8xi8>) outs(%init : tensor<1x4x4x8xi32>) -> tensor<1x4x4x8xi32>
  %z = linalg.conv_2d_nhwc_hwcf ins(%b, %f : tensor<1x4x4x8xi8>, tensor<1x1x8x8xi8>) outs(%init : tensor<1x4x4x8xi32>) -> tensor<1x4x4x8xi32>
  %scale = arith.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]> : tensor<8xf32>
  %s = linalg.generic {indexing_maps = [#map, #map, #channel, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%y, %z, %scale : tensor<1x4x4x8xi32>, tensor<1x4x4x8xi32>, tensor<8xf32>) outs(%out : tensor<1x4x4x8xf32>) {
  ^bb0(%p: i32, %q: i32, %r: f32, %o: f32):
    %0 = arith.sitofp %p : i32 to f32
    %1 = arith.mulf %0, %r : f32
    %2 = arith.maxnumf %1, %least : f32
    %3 = arith.minnumf %2, %most : f32
    %4 = math.roundeven %3 : f32
    %5 = arith.sitofp %q : i32 to f32
    %6 = arith.mulf %5, %r : f32
    %7 = arith.maxnumf %6, %least : f32
    %8 = arith.minnumf %7, %most : f32
    %9 = math.roundeven %8 : f32
    %10 = arith.addf %4, %9 : f32
    linalg.yield %10 : f32
  } -> tensor<1x4x4x8xf32>
  return %s : tensor<1x4x4x8xf32>
}

// -----

#map = affine_map<(a, b, c, d) -> (a, b, c, d)>

// Integers that are neither bytes with a sign nor without are stored from zero
// on; such as are not negative keep no sign.

// CHECK-LABEL: func.func @zero_points(
// CHECK:           arith.fptosi
// CHECK-NEXT:      %[[P:.*]] = arith.constant 130 : i32
// CHECK-NEXT:      %[[S:.*]] = arith.addi %{{.*}}, %[[P]] : i32
// CHECK-NEXT:      arith.trunci %[[S]] : i32 to i8
// CHECK:           arith.fptosi
// CHECK-NEXT:      arith.trunci
// CHECK:         linalg.generic {{.*}} : tensor<1x4x4x8xi8>, tensor<1x4x4x8xi8>, tensor<1x4x4x8xi32>)
// CHECK-NEXT:    ^bb0(%[[E:.*]]: i8, %[[F:.*]]: i8, %{{.*}}: i32,
// CHECK:           %[[X:.*]] = arith.extui %[[E]] : i8 to i32
// CHECK-NEXT:      %[[M:.*]] = arith.constant -130 : i32
// CHECK-NEXT:      arith.addi %[[X]], %[[M]] : i32
// CHECK:           arith.extui %[[F]] : i8 to i32
// CHECK-NEXT:      arith.sitofp
func.func @zero_points(%a: tensor<1x4x4x8xi8>, %f: tensor<1x1x8x8xi8>, %g: tensor<1x1x8x8xi8>, %h: tensor<1x1x8x8xi8>, %init: tensor<1x4x4x8xi32>, %out: tensor<1x4x4x8xf32>) -> tensor<1x4x4x8xf32> {
  %least = arith.constant -130.0 : f32
  %most = arith.constant 125.0 : f32
  %none = arith.constant 0.0 : f32
  %all = arith.constant 255.0 : f32
  %y = linalg.conv_2d_nhwc_hwcf ins(%a, %f : tensor<1x4x4x8xi8>, tensor<1x1x8x8xi8>) outs(%init : tensor<1x4x4x8xi32>) -> tensor<1x4x4x8xi32>
  %z = linalg.conv_2d_nhwc_hwcf ins(%a, %g : tensor<1x4x4x8xi8>, tensor<1x1x8x8xi8>) outs(%init : tensor<1x4x4x8xi32>) -> tensor<1x4x4x8xi32>
  %w = linalg.conv_2d_nhwc_hwcf ins(%a, %h : tensor<1x4x4x8xi8>, tensor<1x1x8x8xi8>) outs(%init : tensor<1x4x4x8xi32>) -> tensor<1x4x4x8xi32>
  %s = linalg.generic {indexing_maps = [#map, #map, #map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%y, %z, %w : tensor<1x4x4x8xi32>, tensor<1x4x4x8xi32>, tensor<1x4x4x8xi32>) outs(%out : tensor<1x4x4x8xf32>) {
  ^bb0(%p: i32, %q: i32, %r: i32, %o: f32):
    %0 = arith.sitofp %p : i32 to f32
    %1 = arith.maxnumf %0, %least : f32
    %2 = arith.minnumf %1, %most : f32
    %3 = math.roundeven %2 : f32
    %4 = arith.sitofp %q : i32 to f32
    %5 = arith.maxnumf %4, %none : f32
    %6 = arith.minnumf %5, %all : f32
    %7 = math.roundeven %6 : f32
    %8 = arith.sitofp %r : i32 to f32
    %9 = arith.addf %3, %7 : f32
    %10 = arith.addf %8, %9 : f32
    linalg.yield %10 : f32
  } -> tensor<1x4x4x8xf32>
  return %s : tensor<1x4x4x8xf32>
}

// -----

#map = affine_map<(a, b, c, d) -> (a, b, c, d)>

// More integers than a byte has; an operand that is read otherwise, too; one
// that the rounding of another needs; sums with a second reader.

// CHECK-LABEL: func.func @stay(
// CHECK-NOT:     trunci
// CHECK:         return
func.func @stay(%a: tensor<1x4x4x8xi8>, %f: tensor<1x1x8x8xi8>, %g: tensor<1x1x8x8xi8>, %h: tensor<1x1x8x8xi8>, %k: tensor<1x1x8x8xi8>, %l: tensor<1x1x8x8xi8>, %init: tensor<1x4x4x8xi32>, %out: tensor<1x4x4x8xf32>) -> (tensor<1x4x4x8xf32>, tensor<1x4x4x8xi32>) {
  %least = arith.constant -128.0 : f32
  %most = arith.constant 127.0 : f32
  %more = arith.constant 128.0 : f32
  %y = linalg.conv_2d_nhwc_hwcf ins(%a, %f : tensor<1x4x4x8xi8>, tensor<1x1x8x8xi8>) outs(%init : tensor<1x4x4x8xi32>) -> tensor<1x4x4x8xi32>
  %z = linalg.conv_2d_nhwc_hwcf ins(%a, %g : tensor<1x4x4x8xi8>, tensor<1x1x8x8xi8>) outs(%init : tensor<1x4x4x8xi32>) -> tensor<1x4x4x8xi32>
  %v = linalg.conv_2d_nhwc_hwcf ins(%a, %k : tensor<1x4x4x8xi8>, tensor<1x1x8x8xi8>) outs(%init : tensor<1x4x4x8xi32>) -> tensor<1x4x4x8xi32>
  %u = linalg.conv_2d_nhwc_hwcf ins(%a, %l : tensor<1x4x4x8xi8>, tensor<1x1x8x8xi8>) outs(%init : tensor<1x4x4x8xi32>) -> tensor<1x4x4x8xi32>
  %w = linalg.conv_2d_nhwc_hwcf ins(%a, %h : tensor<1x4x4x8xi8>, tensor<1x1x8x8xi8>) outs(%init : tensor<1x4x4x8xi32>) -> tensor<1x4x4x8xi32>
  %s = linalg.generic {indexing_maps = [#map, #map, #map, #map, #map, #map], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} ins(%y, %z, %v, %u, %w : tensor<1x4x4x8xi32>, tensor<1x4x4x8xi32>, tensor<1x4x4x8xi32>, tensor<1x4x4x8xi32>, tensor<1x4x4x8xi32>) outs(%out : tensor<1x4x4x8xf32>) {
  ^bb0(%p: i32, %q: i32, %x: i32, %t: i32, %r: i32, %o: f32):
    %0 = arith.sitofp %p : i32 to f32
    %1 = arith.maxnumf %0, %least : f32
    %2 = arith.minnumf %1, %more : f32
    %3 = math.roundeven %2 : f32
    %4 = arith.sitofp %q : i32 to f32
    %5 = arith.maxnumf %4, %least : f32
    %6 = arith.minnumf %5, %most : f32
    %7 = math.roundeven %6 : f32
    %8 = arith.addf %4, %7 : f32
    %9 = arith.addi %x, %r : i32
    %10 = arith.sitofp %9 : i32 to f32
    %11 = arith.maxnumf %10, %least : f32
    %12 = arith.minnumf %11, %most : f32
    %13 = math.roundeven %12 : f32
    %14 = arith.sitofp %t : i32 to f32
    %15 = arith.maxnumf %14, %least : f32
    %16 = arith.minnumf %15, %most : f32
    %17 = math.roundeven %16 : f32
    %18 = arith.addf %3, %8 : f32
    %19 = arith.addf %13, %17 : f32
    %20 = arith.addf %18, %19 : f32
    linalg.yield %20 : f32
  } -> tensor<1x4x4x8xf32>
  return %s, %u : tensor<1x4x4x8xf32>, tensor<1x4x4x8xi32>
}
