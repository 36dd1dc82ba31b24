// The same numbers with and without the assignment of layouts, to the last bit: no sum changes its order.
// DEFINE: %{slices} = transform-preload-library{transform-library-paths=%S/Inputs/decompose-concat.mlir},transform-interpreter
// RUN: convopt-opt %s --pass-pipeline='builtin.module(%{slices})' | %execute | sed 's/base@ = [^ ]*//' > %t.before
// RUN: convopt-opt %s --pass-pipeline='builtin.module(func.func(convopt-assign-layouts,canonicalize),%{slices})' | %execute | sed 's/base@ = [^ ]*//' > %t.after
// RUN: diff %t.before %t.after
// RUN: sed 's/ out = nhwc>/ out = nchw>/' %s | convopt-opt --pass-pipeline='builtin.module(func.func(convopt-assign-layouts,canonicalize),%{slices})' | %execute | sed 's/base@ = [^ ]*//' | diff %t.before -
// RUN: sed 's/ in = nhwc / in = nchw /' %s | convopt-opt --pass-pipeline='builtin.module(func.func(convopt-assign-layouts,canonicalize),%{slices})' | %execute | sed 's/base@ = [^ ]*//' | diff %t.before -
// RUN: FileCheck %s < %t.after
// CHECK: sizes = [1, 8, 5, 4]
// CHECK-SAME: data =
// CHECK-NEXT: {{[1-9]}}
// CHECK: sizes = [1, 160]

#id = affine_map<(n, c, h, w) -> (n, c, h, w)>
#scale = affine_map<(n, c, h, w) -> (n, c, 0, 0)>
#up = affine_map<(n, c, h, w) -> (n, c, h floordiv 2, w floordiv 2)>
#row = affine_map<(n, h, w, c) -> (n, h, w)>

func.func private @printMemrefF32(tensor<*xf32>)

/// Small whole numbers that follow no plane of the tensor.
func.func private @image() -> tensor<1x6x9x8xf32> {
  %e = tensor.empty() : tensor<1x6x9x8xf32>
  %r = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} outs(%e : tensor<1x6x9x8xf32>) {
  ^bb0(%o: f32):
    %c = linalg.index 1 : index
    %h = linalg.index 2 : index
    %w = linalg.index 3 : index
    %v = affine.apply affine_map<(c, h, w) -> ((c * 37 + h * 11 + w * 5) mod 17 - (c * 3 + w) mod 5)>(%c, %h, %w)
    %i = arith.index_cast %v : index to i32
    %f = arith.sitofp %i : i32 to f32
    linalg.yield %f : f32
  } -> tensor<1x6x9x8xf32>
  return %r : tensor<1x6x9x8xf32>
}

func.func private @filter() -> tensor<8x6x3x2xf32> {
  %e = tensor.empty() : tensor<8x6x3x2xf32>
  %r = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} outs(%e : tensor<8x6x3x2xf32>) {
  ^bb0(%o: f32):
    %k = linalg.index 0 : index
    %c = linalg.index 1 : index
    %h = linalg.index 2 : index
    %w = linalg.index 3 : index
    %v = affine.apply affine_map<(k, c, h, w) -> ((k * 29 + c * 23 + h * 7 + w * 3) mod 13 - 6)>(%k, %c, %h, %w)
    %i = arith.index_cast %v : index to i32
    %f = arith.sitofp %i : i32 to f32
    linalg.yield %f : f32
  } -> tensor<8x6x3x2xf32>
  return %r : tensor<8x6x3x2xf32>
}

func.func private @model(%x: tensor<1x6x9x8xf32>, %f: tensor<8x6x3x2xf32>) -> (tensor<1x8x5x4xf32>, tensor<1x160xf32>, tensor<1x8xf32>) {
  %zero = arith.constant 0.0 : f32
  %c1 = arith.constant 1 : index
  %e = tensor.empty() : tensor<1x8x5x4xf32>
  %z = linalg.fill ins(%zero : f32) outs(%e : tensor<1x8x5x4xf32>) -> tensor<1x8x5x4xf32>

  // A strided convolution with uneven padding and a bias.
  %p = tensor.pad %x low[0, 0, 2, 0] high[0, 0, 0, 1] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  } : tensor<1x6x9x8xf32> to tensor<1x6x11x9xf32>
  %b = arith.constant dense<[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]> : tensor<8xf32>
  %bias = linalg.broadcast ins(%b : tensor<8xf32>) outs(%e : tensor<1x8x5x4xf32>) dimensions = [0, 2, 3]
  %conv = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<direct out = nhwc>, strides = dense<2> : vector<2xi64>}
    ins(%p, %f : tensor<1x6x11x9xf32>, tensor<8x6x3x2xf32>) outs(%bias : tensor<1x8x5x4xf32>) -> tensor<1x8x5x4xf32>

  // Squeeze and excite, with a table of constants that varies over all dimensions but the first.
  %w = tensor.empty() : tensor<5x4xf32>
  %e1 = tensor.empty() : tensor<1x8x1x1xf32>
  %z1 = linalg.fill ins(%zero : f32) outs(%e1 : tensor<1x8x1x1xf32>) -> tensor<1x8x1x1xf32>
  %sum = linalg.pooling_nchw_sum ins(%conv, %w : tensor<1x8x5x4xf32>, tensor<5x4xf32>) outs(%z1 : tensor<1x8x1x1xf32>) -> tensor<1x8x1x1xf32>
  %scaled = linalg.generic {indexing_maps = [#id, #scale, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
    ins(%conv, %sum : tensor<1x8x5x4xf32>, tensor<1x8x1x1xf32>) outs(%e : tensor<1x8x5x4xf32>) {
  ^bb0(%a: f32, %s: f32, %o: f32):
    %m = arith.mulf %a, %s : f32
    linalg.yield %m : f32
  } -> tensor<1x8x5x4xf32>
  %table = arith.constant dense<[[[[1.0], [2.0], [3.0], [4.0], [5.0]], [[6.0], [7.0], [8.0], [9.0], [10.0]]]]> : tensor<1x2x5x1xf32>

  // Channels shuffled, halved, shifted, put together again.
  %s = tensor.expand_shape %scaled [[0], [1, 2], [3], [4]] output_shape [1, 2, 4, 5, 4] : tensor<1x8x5x4xf32> into tensor<1x2x4x5x4xf32>
  %es = tensor.empty() : tensor<1x4x2x5x4xf32>
  %t = linalg.transpose ins(%s : tensor<1x2x4x5x4xf32>) outs(%es : tensor<1x4x2x5x4xf32>) permutation = [0, 2, 1, 3, 4]
  %u = tensor.collapse_shape %t [[0], [1, 2], [3], [4]] : tensor<1x4x2x5x4xf32> into tensor<1x8x5x4xf32>
  %h0 = tensor.extract_slice %u[0, 0, 0, 0] [1, 3, 5, 4] [1, 2, 1, 1] : tensor<1x8x5x4xf32> to tensor<1x3x5x4xf32>
  %h1 = tensor.extract_slice %u[0, 2, 1, 0] [1, 5, 4, 4] [1, 1, 1, 1] : tensor<1x8x5x4xf32> to tensor<1x5x4x4xf32>
  %h2 = tensor.pad %h1 low[0, 0, 1, 0] high[0, 0, 0, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  } : tensor<1x5x4x4xf32> to tensor<1x5x5x4xf32>
  %cat = tensor.concat dim(1) %h0, %h2 : (tensor<1x3x5x4xf32>, tensor<1x5x5x4xf32>) -> tensor<1x8x5x4xf32>
  %set = tensor.insert_slice %table into %cat[0, 3, 0, 1] [1, 2, 5, 1] [1, 1, 1, 1] : tensor<1x2x5x1xf32> into tensor<1x8x5x4xf32>

  // To the channels last and back, less their sum.
  %el = tensor.empty() : tensor<1x5x4x8xf32>
  %last = linalg.transpose ins(%set : tensor<1x8x5x4xf32>) outs(%el : tensor<1x5x4x8xf32>) permutation = [0, 2, 3, 1]
  %er = tensor.empty() : tensor<1x5x4xf32>
  %zr = linalg.fill ins(%zero : f32) outs(%er : tensor<1x5x4xf32>) -> tensor<1x5x4xf32>
  %rows = linalg.reduce { arith.addf } ins(%last : tensor<1x5x4x8xf32>) outs(%zr : tensor<1x5x4xf32>) dimensions = [3]
  %less = linalg.generic {indexing_maps = [#id, #row, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
    ins(%last, %rows : tensor<1x5x4x8xf32>, tensor<1x5x4xf32>) outs(%el : tensor<1x5x4x8xf32>) {
  ^bb0(%a: f32, %r: f32, %o: f32):
    %m = arith.subf %a, %r : f32
    linalg.yield %m : f32
  } -> tensor<1x5x4x8xf32>
  %first = linalg.transpose ins(%less : tensor<1x5x4x8xf32>) outs(%e : tensor<1x8x5x4xf32>) permutation = [0, 3, 1, 2]

  // Upsampling by a map, mirroring by indices, then down again.
  %eu = tensor.empty() : tensor<1x8x10x8xf32>
  %upped = linalg.generic {indexing_maps = [#up, #id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
    ins(%first : tensor<1x8x5x4xf32>) outs(%eu : tensor<1x8x10x8xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  } -> tensor<1x8x10x8xf32>
  %mirrored = linalg.generic {indexing_maps = [#id], iterator_types = ["parallel", "parallel", "parallel", "parallel"]} outs(%eu : tensor<1x8x10x8xf32>) {
  ^bb0(%o: f32):
    %n = linalg.index 0 : index
    %c = linalg.index 1 : index
    %h = linalg.index 2 : index
    %v = linalg.index 3 : index
    %back = affine.apply affine_map<(h) -> (9 - h)>(%h)
    %a = tensor.extract %upped[%n, %c, %back, %v] : tensor<1x8x10x8xf32>
    %m = linalg.index 1 : index
    %i = arith.index_cast %m : index to i32
    %d = arith.sitofp %i : i32 to f32
    %sum2 = arith.addf %a, %d : f32
    linalg.yield %sum2 : f32
  } -> tensor<1x8x10x8xf32>
  %w2 = tensor.empty() : tensor<2x2xf32>
  %low = arith.constant -1.0e9 : f32
  %zlow = linalg.fill ins(%low : f32) outs(%e : tensor<1x8x5x4xf32>) -> tensor<1x8x5x4xf32>
  %pooled = linalg.pooling_nchw_max {strides = dense<2> : vector<2xi64>}
    ins(%mirrored, %w2 : tensor<1x8x10x8xf32>, tensor<2x2xf32>) outs(%zlow : tensor<1x8x5x4xf32>) -> tensor<1x8x5x4xf32>

  // Depthwise, then in groups.
  %df = tensor.extract_slice %f[0, 1, 0, 0] [8, 1, 3, 2] [1, 1, 1, 1] : tensor<8x6x3x2xf32> to tensor<8x3x2xf32>
  %dp = tensor.pad %pooled low[0, 0, 1, 1] high[0, 0, 1, 0] {
  ^bb0(%i: index, %j: index, %k: index, %l: index):
    tensor.yield %zero : f32
  } : tensor<1x8x5x4xf32> to tensor<1x8x7x5xf32>
  %depth = linalg.depthwise_conv_2d_nchw_chw {convopt.primitive = #convopt.primitive<depthwise in = nhwc out = nhwc>}
    ins(%dp, %df : tensor<1x8x7x5xf32>, tensor<8x3x2xf32>) outs(%z : tensor<1x8x5x4xf32>) -> tensor<1x8x5x4xf32>
  %g = tensor.expand_shape %depth [[0], [1, 2], [3], [4]] output_shape [1, 2, 4, 5, 4] : tensor<1x8x5x4xf32> into tensor<1x2x4x5x4xf32>
  %gf = tensor.extract_slice %f[0, 0, 0, 0] [8, 4, 1, 1] [1, 1, 1, 1] : tensor<8x6x3x2xf32> to tensor<8x4x1x1xf32>
  %gg = tensor.expand_shape %gf [[0, 1], [2], [3], [4]] output_shape [2, 4, 4, 1, 1] : tensor<8x4x1x1xf32> into tensor<2x4x4x1x1xf32>
  %eg = tensor.empty() : tensor<1x2x4x5x4xf32>
  %zg = linalg.fill ins(%zero : f32) outs(%eg : tensor<1x2x4x5x4xf32>) -> tensor<1x2x4x5x4xf32>
  %grouped = linalg.conv_2d_ngchw_gfchw {convopt.primitive = #convopt.primitive<grouped in = nhwc out = nchw>}
    ins(%g, %gg : tensor<1x2x4x5x4xf32>, tensor<2x4x4x1x1xf32>) outs(%zg : tensor<1x2x4x5x4xf32>) -> tensor<1x2x4x5x4xf32>
  %joined = tensor.collapse_shape %grouped [[0], [1, 2], [3], [4]] : tensor<1x2x4x5x4xf32> into tensor<1x8x5x4xf32>

  // A residual as initial value, the plane in order, the mean's flattening.
  %pf = tensor.extract_slice %f[0, 0, 1, 1] [8, 6, 1, 1] [1, 1, 1, 1] : tensor<8x6x3x2xf32> to tensor<8x6x1x1xf32>
  %six = tensor.extract_slice %joined[0, 1, 0, 0] [1, 6, 5, 4] [1, 1, 1, 1] : tensor<1x8x5x4xf32> to tensor<1x6x5x4xf32>
  %point = linalg.conv_2d_nchw_fchw {convopt.primitive = #convopt.primitive<pointwise in = nchw out = nhwc>}
    ins(%six, %pf : tensor<1x6x5x4xf32>, tensor<8x6x1x1xf32>) outs(%depth : tensor<1x8x5x4xf32>) -> tensor<1x8x5x4xf32>
  %flat = tensor.collapse_shape %point [[0], [1, 2, 3]] : tensor<1x8x5x4xf32> into tensor<1x160xf32>
  %total = linalg.pooling_nchw_sum ins(%point, %w : tensor<1x8x5x4xf32>, tensor<5x4xf32>) outs(%z1 : tensor<1x8x1x1xf32>) -> tensor<1x8x1x1xf32>
  %short = tensor.collapse_shape %total [[0], [1, 2, 3]] : tensor<1x8x1x1xf32> into tensor<1x8xf32>
  return %point, %flat, %short : tensor<1x8x5x4xf32>, tensor<1x160xf32>, tensor<1x8xf32>
}

func.func @main() {
  %x = call @image() : () -> tensor<1x6x9x8xf32>
  %f = call @filter() : () -> tensor<8x6x3x2xf32>
  %a, %b, %c = call @model(%x, %f) : (tensor<1x6x9x8xf32>, tensor<8x6x3x2xf32>) -> (tensor<1x8x5x4xf32>, tensor<1x160xf32>, tensor<1x8xf32>)
  %ua = tensor.cast %a : tensor<1x8x5x4xf32> to tensor<*xf32>
  %ub = tensor.cast %b : tensor<1x160xf32> to tensor<*xf32>
  %uc = tensor.cast %c : tensor<1x8xf32> to tensor<*xf32>
  call @printMemrefF32(%ua) : (tensor<*xf32>) -> ()
  call @printMemrefF32(%ub) : (tensor<*xf32>) -> ()
  call @printMemrefF32(%uc) : (tensor<*xf32>) -> ()
  return
}
