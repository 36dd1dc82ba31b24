// RUN: convopt-opt %s -convopt-simplify-generics | FileCheck %s

#id = affine_map<(a, b, c, d) -> (a, b, c, d)>
#batch = affine_map<(a, b, c, d) -> (0, b, c, d)>
#channel = affine_map<(a, b, c, d) -> (0, b, 0, 0)>
#rank0 = affine_map<(a, b, c, d) -> ()>
#loops4 = ["parallel", "parallel", "parallel", "parallel"]

// The loop of a batch of one gets its name; a dimension of one element that is
// broadcast, and one element of several, stay.
// CHECK-DAG: #[[$ID:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, d2, d3)>
// CHECK-DAG: #[[$CHANNEL:.*]] = affine_map<(d0, d1, d2, d3) -> (d0, d1, 0, 0)>
// CHECK-DAG: #[[$BATCH:.*]] = affine_map<(d0, d1, d2, d3) -> (0, d1, d2, d3)>
// CHECK-LABEL: func.func @batch_of_one(
// CHECK:         linalg.generic {indexing_maps = [#[[$ID]], #[[$CHANNEL]], #[[$BATCH]], #[[$ID]]]
func.func @batch_of_one(%x: tensor<1x4x5x6xf32>, %k: tensor<1x4x1x1xf32>, %two: tensor<2x4x5x6xf32>) -> tensor<1x4x5x6xf32> {
  %e = tensor.empty() : tensor<1x4x5x6xf32>
  %y = linalg.generic {indexing_maps = [#batch, #channel, #batch, #id], iterator_types = #loops4} ins(%x, %k, %two : tensor<1x4x5x6xf32>, tensor<1x4x1x1xf32>, tensor<2x4x5x6xf32>) outs(%e : tensor<1x4x5x6xf32>) {
  ^bb0(%a: f32, %b: f32, %c: f32, %o: f32):
    %s = arith.addf %a, %b : f32
    %t = arith.addf %s, %c : f32
    linalg.yield %t : f32
  } -> tensor<1x4x5x6xf32>
  return %y : tensor<1x4x5x6xf32>
}

// CHECK-LABEL: func.func @batch_of_two(
// CHECK:         linalg.generic {indexing_maps = [#[[$BATCH]], #[[$ID]]]
func.func @batch_of_two(%x: tensor<1x4x5x6xf32>) -> tensor<2x4x5x6xf32> {
  %e = tensor.empty() : tensor<2x4x5x6xf32>
  %y = linalg.generic {indexing_maps = [#batch, #id], iterator_types = #loops4} ins(%x : tensor<1x4x5x6xf32>) outs(%e : tensor<2x4x5x6xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.negf %a : f32
    linalg.yield %s : f32
  } -> tensor<2x4x5x6xf32>
  return %y : tensor<2x4x5x6xf32>
}

// A convolution with its filter first, accumulated by multiply-adds.
// CHECK-LABEL: func.func @filter_first(
// CHECK-SAME:    %[[X:.*]]: tensor<1x6x6x8xf32>, %[[F:.*]]: tensor<8x3x3x8xf16>,
// CHECK:         linalg.generic {{.*}} ins(%[[X]], %[[F]] :
// CHECK-NEXT:    ^bb0(%[[A:.*]]: f32, %[[B:.*]]: f16, %[[O:.*]]: f32):
// CHECK-NEXT:      %[[W:.*]] = arith.extf %[[B]]
// CHECK-NEXT:      %[[M:.*]] = arith.mulf %[[W]], %[[A]]
// CHECK-NEXT:      %[[S:.*]] = arith.addf %[[O]], %[[M]]
// CHECK-NEXT:      linalg.yield %[[S]]
#image = affine_map<(n, h, w, k, r, s, c) -> (n, h + r, w + s, c)>
#filter = affine_map<(n, h, w, k, r, s, c) -> (k, r, s, c)>
#result = affine_map<(n, h, w, k, r, s, c) -> (n, h, w, k)>
#loops = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]
func.func @filter_first(%x: tensor<1x6x6x8xf32>, %f: tensor<8x3x3x8xf16>, %z: tensor<1x4x4x8xf32>) -> tensor<1x4x4x8xf32> {
  %y = linalg.generic {indexing_maps = [#filter, #image, #result], iterator_types = #loops} ins(%f, %x : tensor<8x3x3x8xf16>, tensor<1x6x6x8xf32>) outs(%z : tensor<1x4x4x8xf32>) {
  ^bb0(%b: f16, %a: f32, %o: f32):
    %w = arith.extf %b : f16 to f32
    %s = math.fma %w, %a, %o : f32
    linalg.yield %s : f32
  } -> tensor<1x4x4x8xf32>
  return %y : tensor<1x4x4x8xf32>
}

// One rounding is kept where it is one of one.
// CHECK-LABEL: func.func @rounded_once(
// CHECK:         math.fma
func.func @rounded_once(%x: tensor<1x4x5x6xf32>) -> tensor<1x4x5x6xf32> {
  %e = tensor.empty() : tensor<1x4x5x6xf32>
  %y = linalg.generic {indexing_maps = [#id, #id], iterator_types = #loops4} ins(%x : tensor<1x4x5x6xf32>) outs(%e : tensor<1x4x5x6xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = math.fma %a, %a, %a : f32
    linalg.yield %s : f32
  } -> tensor<1x4x5x6xf32>
  return %y : tensor<1x4x5x6xf32>
}

// A rectifier that keeps a NaN, and one that does not.
// CHECK-LABEL: func.func @rectify(
// CHECK:         %[[M:.*]] = arith.maximumf
// CHECK-NEXT:    %[[N:.*]] = arith.maxnumf
// CHECK-NEXT:    arith.addf %[[M]], %[[N]]
func.func @rectify(%x: f32) -> f32 {
  %zero = arith.constant 0.0 : f32
  %p = arith.cmpf ugt, %x, %zero : f32
  %m = arith.select %p, %x, %zero : f32
  %q = arith.cmpf ogt, %x, %zero : f32
  %n = arith.select %q, %x, %zero : f32
  %s = arith.addf %m, %n : f32
  return %s : f32
}

// A clamp as Torch's lowering writes it: a NaN becomes the lower limit.
// CHECK-LABEL: func.func @clamp(
// CHECK:         linalg.generic {{.*}} ins(%{{[^,]*}} :
// CHECK-NEXT:    ^bb0(%[[A:.*]]: f32, %{{.*}}: f32):
// CHECK-NEXT:      %[[L:.*]] = arith.maxnumf %[[A]], %{{.*}}
// CHECK-NEXT:      %[[H:.*]] = arith.minnumf %[[L]], %{{.*}}
// CHECK-NEXT:      linalg.yield %[[H]]
func.func @clamp(%x: tensor<1x4x5x6xf32>) -> tensor<1x4x5x6xf32> {
  %low = arith.constant dense<0.0> : tensor<f32>
  %high = arith.constant dense<6.0> : tensor<f32>
  %e = tensor.empty() : tensor<1x4x5x6xf32>
  %y = linalg.generic {indexing_maps = [#id, #rank0, #rank0, #id], iterator_types = #loops4} ins(%x, %low, %high : tensor<1x4x5x6xf32>, tensor<f32>, tensor<f32>) outs(%e : tensor<1x4x5x6xf32>) {
  ^bb0(%a: f32, %l: f32, %h: f32, %o: f32):
    %p = arith.cmpf ult, %a, %l : f32
    %s = arith.select %p, %l, %a : f32
    %q = arith.cmpf ugt, %s, %h : f32
    %t = arith.select %q, %h, %s : f32
    linalg.yield %t : f32
  } -> tensor<1x4x5x6xf32>
  return %y : tensor<1x4x5x6xf32>
}

// Of two variables nobody knows which is a NaN.
// CHECK-LABEL: func.func @larger(
// CHECK:         arith.select
func.func @larger(%x: f32, %y: f32) -> f32 {
  %p = arith.cmpf ugt, %x, %y : f32
  %m = arith.select %p, %x, %y : f32
  return %m : f32
}

// A bias of equal numbers is a fill.
// CHECK-LABEL: func.func @equal_bias(
// CHECK:         linalg.fill
// CHECK-NOT:     linalg.generic
// CHECK:         return
func.func @equal_bias() -> tensor<1x4x5x6xf32> {
  %b = arith.constant dense<0.5> : tensor<f32>
  %e = tensor.empty() : tensor<1x4x5x6xf32>
  %y = linalg.generic {indexing_maps = [#rank0, #id], iterator_types = #loops4} ins(%b : tensor<f32>) outs(%e : tensor<1x4x5x6xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } -> tensor<1x4x5x6xf32>
  return %y : tensor<1x4x5x6xf32>
}

// A place that nobody asks for is not computed.
// CHECK-LABEL: func.func @unused_place(
// CHECK-NOT:     i64
// CHECK:         return
#rows = affine_map<(a, b) -> (a, b)>
#row = affine_map<(a, b) -> (a)>
func.func @unused_place(%x: tensor<1x10xf32>, %m: tensor<1xf32>, %i: tensor<1xi32>) -> tensor<1xf32> {
  %z = arith.constant dense<0> : tensor<1xi64>
  %y:2 = linalg.generic {indexing_maps = [#rows, #row, #row], iterator_types = ["parallel", "reduction"]} ins(%x : tensor<1x10xf32>) outs(%m, %z : tensor<1xf32>, tensor<1xi64>) {
  ^bb0(%a: f32, %o: f32, %p: i64):
    %j = linalg.index 1 : index
    %c = arith.index_cast %j : index to i64
    %n = arith.maximumf %a, %o : f32
    %g = arith.cmpf ogt, %a, %o : f32
    %k = arith.select %g, %c, %p : i64
    linalg.yield %n, %k : f32, i64
  } -> (tensor<1xf32>, tensor<1xi64>)
  return %y#0 : tensor<1xf32>
}

// A map's body gets the argument that its result's old elements have in others.
// CHECK-LABEL: @map
// CHECK: linalg.generic {{.*}} ins(%arg0, %arg1 : tensor<8xf32>, tensor<8xf32>)
// CHECK-NEXT: ^bb0(%[[A:.+]]: f32, %[[B:.+]]: f32, %{{.+}}: f32):
// CHECK-NEXT: arith.mulf %[[A]], %[[B]]
func.func @map(%x: tensor<8xf32>, %y: tensor<8xf32>) -> tensor<8xf32> {
  %e = tensor.empty() : tensor<8xf32>
  %z = linalg.map {arith.mulf} ins(%x, %y : tensor<8xf32>, tensor<8xf32>) outs(%e : tensor<8xf32>)
  return %z : tensor<8xf32>
}
