// What weighs windows but gets no primitive gets a remark that says why; what
// is no convolution to anybody, a pooling or a product, gets none.
// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-select-primitives{target=x86-64}))' -verify-diagnostics -split-input-file | FileCheck %s
// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-select-primitives{target=x86-64 any-filter}))' -split-input-file 2>&1 | FileCheck %s --check-prefix=ANY

// CHECK-NOT: #convopt.primitive

func.func @filter_is_no_constant(%x: tensor<1x8x6x6xf32>, %f: tensor<8x8x3x3xf32>, %z: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  // ANY-NOT: has a filter that is not a constant
  // expected-remark @below {{has a filter that is not a constant: no primitive is chosen}}
  %y = linalg.conv_2d_nchw_fchw ins(%x, %f : tensor<1x8x6x6xf32>, tensor<8x8x3x3xf32>) outs(%z : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  return %y : tensor<1x8x4x4xf32>
}

// -----

func.func @three_spatial_dimensions(%x: tensor<1x3x6x6x6xf32>, %z: tensor<1x8x4x4x4xf32>) -> tensor<1x8x4x4x4xf32> {
  %f = arith.constant dense<1.0> : tensor<8x3x3x3x3xf32>
  // expected-remark @below {{has other than two spatial dimensions: no primitive is chosen}}
  %y = linalg.conv_3d_ncdhw_fcdhw ins(%x, %f : tensor<1x3x6x6x6xf32>, tensor<8x3x3x3x3xf32>) outs(%z : tensor<1x8x4x4x4xf32>) -> tensor<1x8x4x4x4xf32>
  return %y : tensor<1x8x4x4x4xf32>
}

// -----

func.func @one_spatial_dimension(%x: tensor<1x3x6xf32>, %z: tensor<1x8x4xf32>) -> tensor<1x8x4xf32> {
  %f = arith.constant dense<1.0> : tensor<8x3x3xf32>
  // expected-remark @below {{has other than two spatial dimensions: no primitive is chosen}}
  %y = linalg.conv_1d_ncw_fcw ins(%x, %f : tensor<1x3x6xf32>, tensor<8x3x3xf32>) outs(%z : tensor<1x8x4xf32>) -> tensor<1x8x4xf32>
  return %y : tensor<1x8x4xf32>
}

// -----

func.func @no_channels(%x: tensor<6x6xf32>, %z: tensor<4x4xf32>) -> tensor<4x4xf32> {
  %f = arith.constant dense<1.0> : tensor<3x3xf32>
  // expected-remark @below {{has no channels: no primitive is chosen}}
  %y = linalg.conv_2d ins(%x, %f : tensor<6x6xf32>, tensor<3x3xf32>) outs(%z : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %y : tensor<4x4xf32>
}

// -----

func.func @unknown_shape(%x: tensor<?x8x6x6xf32>, %z: tensor<?x8x4x4xf32>) -> tensor<?x8x4x4xf32> {
  %f = arith.constant dense<1.0> : tensor<8x8x3x3xf32>
  // expected-remark @below {{has a shape that is not known: no primitive is chosen}}
  %y = linalg.conv_2d_nchw_fchw ins(%x, %f : tensor<?x8x6x6xf32>, tensor<8x8x3x3xf32>) outs(%z : tensor<?x8x4x4xf32>) -> tensor<?x8x4x4xf32>
  return %y : tensor<?x8x4x4xf32>
}

// -----

func.func @buffers(%x: memref<1x8x6x6xf32>, %f: memref<8x8x3x3xf32>, %z: memref<1x8x4x4xf32>) {
  // expected-remark @below {{works on buffers: no primitive is chosen}}
  linalg.conv_2d_nchw_fchw ins(%x, %f : memref<1x8x6x6xf32>, memref<8x8x3x3xf32>) outs(%z : memref<1x8x4x4xf32>)
  return
}

// -----

func.func @zero_points(%x: tensor<1x6x6x8xi8>, %i: i32, %j: i32, %z: tensor<1x4x4x8xi32>) -> tensor<1x4x4x8xi32> {
  %f = arith.constant dense<1> : tensor<3x3x8x8xi8>
  // expected-remark @below {{has other inputs than an image and a filter: no primitive is chosen}}
  %y = linalg.conv_2d_nhwc_hwcf_q ins(%x, %f, %i, %j : tensor<1x6x6x8xi8>, tensor<3x3x8x8xi8>, i32, i32) outs(%z : tensor<1x4x4x8xi32>) -> tensor<1x4x4x8xi32>
  return %y : tensor<1x4x4x8xi32>
}

// -----

func.func @integers(%x: tensor<1x8x6x6xi32>, %z: tensor<1x8x4x4xi32>) -> tensor<1x8x4x4xi32> {
  %f = arith.constant dense<1> : tensor<8x8x3x3xi32>
  // expected-remark @below {{does not sum up products of its inputs in floating point, nor of bytes in i32: no primitive is chosen}}
  %y = linalg.conv_2d_nchw_fchw ins(%x, %f : tensor<1x8x6x6xi32>, tensor<8x8x3x3xi32>) outs(%z : tensor<1x8x4x4xi32>) -> tensor<1x8x4x4xi32>
  return %y : tensor<1x8x4x4xi32>
}

// -----

func.func @half_to_single(%x: tensor<1x8x6x6xf16>, %z: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  %f = arith.constant dense<1.0> : tensor<8x8x3x3xf16>
  // expected-remark @below {{does not sum up products of its inputs in floating point, nor of bytes in i32: no primitive is chosen}}
  %y = linalg.conv_2d_nchw_fchw ins(%x, %f : tensor<1x8x6x6xf16>, tensor<8x8x3x3xf16>) outs(%z : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  return %y : tensor<1x8x4x4xf32>
}

// -----

func.func @unknown_elements(%x: tensor<1x8x6x6xf80>, %z: tensor<1x8x4x4xf80>) -> tensor<1x8x4x4xf80> {
  %f = arith.constant dense<1.0> : tensor<8x8x3x3xf80>
  // expected-remark @below {{has elements of a type that no primitive computes with: no primitive is chosen}}
  %y = linalg.conv_2d_nchw_fchw ins(%x, %f : tensor<1x8x6x6xf80>, tensor<8x8x3x3xf80>) outs(%z : tensor<1x8x4x4xf80>) -> tensor<1x8x4x4xf80>
  return %y : tensor<1x8x4x4xf80>
}

// -----

func.func @double(%x: tensor<1x8x6x6xf64>, %z: tensor<1x8x4x4xf64>) -> tensor<1x8x4x4xf64> {
  %f = arith.constant dense<1.0> : tensor<8x8x3x3xf64>
  // expected-remark @below {{is supported by no primitive: no primitive is chosen}}
  %y = linalg.conv_2d_nchw_fchw ins(%x, %f : tensor<1x8x6x6xf64>, tensor<8x8x3x3xf64>) outs(%z : tensor<1x8x4x4xf64>) -> tensor<1x8x4x4xf64>
  return %y : tensor<1x8x4x4xf64>
}

// -----

#image = affine_map<(n, h, w, k, r, s, c) -> (n, h + r, w + s, c)>
#filter = affine_map<(n, h, w, k, r, s, c) -> (k, r, s, c)>
#result = affine_map<(n, h, w, k, r, s, c) -> (n, h, w, k)>
#loops = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]
func.func @differences(%x: tensor<1x6x6x8xf32>, %z: tensor<1x4x4x8xf32>) -> tensor<1x4x4x8xf32> {
  %f = arith.constant dense<1.0> : tensor<8x3x3x8xf32>
  // expected-remark @below {{does not sum up products of its inputs in floating point, nor of bytes in i32: no primitive is chosen}}
  %y = linalg.generic {indexing_maps = [#image, #filter, #result], iterator_types = #loops} ins(%x, %f : tensor<1x6x6x8xf32>, tensor<8x3x3x8xf32>) outs(%z : tensor<1x4x4x8xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %d = arith.subf %a, %b : f32
    %s = arith.addf %o, %d : f32
    linalg.yield %s : f32
  } -> tensor<1x4x4x8xf32>
  return %y : tensor<1x4x4x8xf32>
}

// -----

// A transposed convolution scatters; read as a gather its window runs
// backwards.
#image = affine_map<(n, h, w, k, r, s, c) -> (n, h - r + 2, w - s + 2, c)>
#filter = affine_map<(n, h, w, k, r, s, c) -> (k, r, s, c)>
#result = affine_map<(n, h, w, k, r, s, c) -> (n, h, w, k)>
#loops = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]
func.func @backwards(%x: tensor<1x6x6x8xf32>, %z: tensor<1x4x4x8xf32>) -> tensor<1x4x4x8xf32> {
  %f = arith.constant dense<1.0> : tensor<8x3x3x8xf32>
  // expected-remark @below {{has indexing maps that are not those of a convolution: no primitive is chosen}}
  %y = linalg.generic {indexing_maps = [#image, #filter, #result], iterator_types = #loops} ins(%x, %f : tensor<1x6x6x8xf32>, tensor<8x3x3x8xf32>) outs(%z : tensor<1x4x4x8xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %m = arith.mulf %a, %b : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<1x4x4x8xf32>
  return %y : tensor<1x4x4x8xf32>
}

// -----

#image = affine_map<(n, h, w, k, r, s, c) -> (n, w + s, h + r, c)>
#filter = affine_map<(n, h, w, k, r, s, c) -> (k, r, s, c)>
#result = affine_map<(n, h, w, k, r, s, c) -> (n, h, w, k)>
#loops = ["parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]
func.func @transposed_image(%x: tensor<1x6x6x8xf32>, %z: tensor<1x4x4x8xf32>) -> tensor<1x4x4x8xf32> {
  %f = arith.constant dense<1.0> : tensor<8x3x3x8xf32>
  // expected-remark @below {{has an image whose columns come before its rows: no primitive is chosen}}
  %y = linalg.generic {indexing_maps = [#image, #filter, #result], iterator_types = #loops} ins(%x, %f : tensor<1x6x6x8xf32>, tensor<8x3x3x8xf32>) outs(%z : tensor<1x4x4x8xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %m = arith.mulf %a, %b : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<1x4x4x8xf32>
  return %y : tensor<1x4x4x8xf32>
}

// -----

#image = affine_map<(n, h, w, k, l, r, s, c) -> (n, h + r, w + s, c)>
#filter = affine_map<(n, h, w, k, l, r, s, c) -> (k, l, r, s, c)>
#result = affine_map<(n, h, w, k, l, r, s, c) -> (n, h, w, k, l)>
#loops = ["parallel", "parallel", "parallel", "parallel", "parallel", "reduction", "reduction", "reduction"]
func.func @channels_apart(%x: tensor<1x6x6x8xf32>, %z: tensor<1x4x4x8x8xf32>) -> tensor<1x4x4x8x8xf32> {
  %f = arith.constant dense<1.0> : tensor<8x8x3x3x8xf32>
  // expected-remark @below {{has several dimensions of batches, groups or channels: no primitive is chosen}}
  %y = linalg.generic {indexing_maps = [#image, #filter, #result], iterator_types = #loops} ins(%x, %f : tensor<1x6x6x8xf32>, tensor<8x8x3x3x8xf32>) outs(%z : tensor<1x4x4x8x8xf32>) {
  ^bb0(%a: f32, %b: f32, %o: f32):
    %m = arith.mulf %a, %b : f32
    %s = arith.addf %o, %m : f32
    linalg.yield %s : f32
  } -> tensor<1x4x4x8x8xf32>
  return %y : tensor<1x4x4x8x8xf32>
}

// -----

func.func @within(%x: tensor<1x8x6x6xf32>, %z: tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32> {
  %f = arith.constant dense<1.0> : tensor<8x8x3x3xf32>
  %r = scf.execute_region -> tensor<1x8x4x4xf32> {
    // expected-remark @below {{stands within another operation: no primitive is chosen}}
    %a = linalg.conv_2d_nchw_fchw ins(%x, %f : tensor<1x8x6x6xf32>, tensor<8x8x3x3xf32>) outs(%z : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
    scf.yield %a : tensor<1x8x4x4xf32>
  }
  return %r : tensor<1x8x4x4xf32>
}

// -----

// No remark: nobody calls these convolutions.
func.func @others(%x: tensor<1x8x6x6xf32>, %w: tensor<3x3xf32>, %z: tensor<1x8x4x4xf32>, %a: tensor<4x4xf32>) -> (tensor<1x8x4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>) {
  %p = linalg.pooling_nchw_max ins(%x, %w : tensor<1x8x6x6xf32>, tensor<3x3xf32>) outs(%z : tensor<1x8x4x4xf32>) -> tensor<1x8x4x4xf32>
  %m = linalg.matmul ins(%a, %a : tensor<4x4xf32>, tensor<4x4xf32>) outs(%a : tensor<4x4xf32>) -> tensor<4x4xf32>
  %s = linalg.add ins(%a, %m : tensor<4x4xf32>, tensor<4x4xf32>) outs(%a : tensor<4x4xf32>) -> tensor<4x4xf32>
  return %p, %m, %s : tensor<1x8x4x4xf32>, tensor<4x4xf32>, tensor<4x4xf32>
}
