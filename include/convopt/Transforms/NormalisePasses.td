#ifndef CONVOPT_TRANSFORMS_NORMALISEPASSES_TD
#define CONVOPT_TRANSFORMS_NORMALISEPASSES_TD

include "mlir/Pass/PassBase.td"

def ResolveShapes : Pass<"convopt-resolve-shapes"> {
  let summary = "Compute sizes and bounds that depend on constants alone";
  let description = [{
    Where a tensor is of unknown size, or a number is taken out of a tensor,
    arithmetic on constant tensors of a few integers is done, and the sizes that
    this gives are told to what is made from such tensors: slices whose bounds
    were computed from a shape become slices of constant bounds, and so on to
    the function's results. Does nothing where all that is known already.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect",
                           "::mlir::arith::ArithDialect"];
}

def SimplifyGenerics : Pass<"convopt-simplify-generics"> {
  let summary = "Write generic operations in the one form that passes look for";
  let description = [{
    Front ends write one operation in several ways. A `linalg.map` becomes
    generic. A dimension of one element
    that is read at a constant 0 is read by the result's loop in its place, if
    that has one iteration (batches of one in what TOSA is lowered to); a
    convolution that names its filter first gets its inputs swapped; a sum
    accumulated by `math.fma` becomes a sum of products; the larger of a number
    and a constant, chosen by comparison, becomes a maximum; results that
    nothing reads are not computed. A pooling of the whole image becomes a sum
    over two dimensions, insertions that fill an empty tensor a concatenation, a
    product of batches of one a product of matrices, a depthwise convolution of
    one result a channel one without that dimension; what no window reads is
    neither padded nor cut off before.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect",
                           "::mlir::arith::ArithDialect"];
}

def FoldQuantisation
    : Pass<"convopt-fold-quantisation", "::mlir::ModuleOp"> {
  let summary = "Make products of quantised numbers products of 8-bit integers";
  let description = [{
    A convolution or a product of matrices of what 8-bit integers stand for,
    with a constant filter that 8-bit integers stand for too, becomes one of the
    integers themselves with sums in i32; zero points and scales are dealt with
    element by element behind it, and what is padded is padded with the zero
    point, which may be known only when the network runs. Before that,
    dequantisation moves behind what only moves elements or takes their maximum,
    and quantising what was dequantised alike is nothing, so that tensors
    between kernels are of 8-bit integers. The filter becomes signed; what one
    that does not fit 8 bits less its zero point exceeds them by is multiplied
    by sums of the other operand, the same for all channels of the result. Where
    they are not the same, or the filter's own integers differ by more than 255,
    it is left, with a remark. `activations` makes all other operands of such
    products unsigned (x86 multiplies u8 by s8) or signed (ARM s8 by s8), from
    the operation that computes them on; of the model's own inputs and outputs
    the sign is changed.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect",
                           "::mlir::arith::ArithDialect"];
  let options = [
    Option<"activations", "activations", "::convopt::Activations",
           "::convopt::Activations::AsIs",
           "Sign of what is multiplied by filters of 8-bit integers: as-is, u8 or s8",
           [{::llvm::cl::values(
               clEnumValN(::convopt::Activations::AsIs, "as-is", "As the model has it"),
               clEnumValN(::convopt::Activations::Unsigned, "u8", "Unsigned"),
               clEnumValN(::convopt::Activations::Signed, "s8", "Signed"))}]>];
}

def FoldConstants : Pass<"convopt-fold-constants", "::mlir::ModuleOp"> {
  let summary = "Compute what depends on constants alone";
  let description = [{
    Element-wise operations, transpositions and reshapes of constants of f32, i8
    and i32 become constants, unless the result would be large where the operands are small.
    Only operations that IEEE 754 rounds correctly are computed, so the result
    does not depend on the machine that compiles.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def PlanarConvolutions
    : Pass<"convopt-planar-convolutions", "::mlir::ModuleOp"> {
  let summary = "Make convolutions in three dimensions such in two";
  let description = [{
    Each slice of the depth becomes an image of the batch, and the filter's
    depth further input channels: for each slice of the result the slices that
    it reads are put one behind the other. Where the filter has a depth of one,
    nothing is moved; where it has nothing but depth, depth becomes the rows of
    one image whose columns are the pixels of a slice. Depthwise convolutions
    are added up, one for each slice of the filter. What follows element by
    element is computed on those images, so that it can be part of the same
    kernel. Only convolutions of f32 or of bytes, with a constant filter.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect",
                           "::mlir::arith::ArithDialect"];
}

def FoldEmpty : Pass<"convopt-fold-empty"> {
  let summary = "Remove operations that compute nothing";
  let description = [{
    A linalg operation with a loop of no iterations (of an empty batch, say, or a
    product over no channels) becomes the initial value that it leaves as it is;
    any other operation whose results have no elements becomes a tensor.empty.
    Parts without elements are left out of a concatenation.
  }];
  let dependentDialects = ["::mlir::tensor::TensorDialect"];
}

def SharePrefixes : Pass<"convopt-share-prefixes"> {
  let summary = "Make concatenations of earlier concatenations";
  let description = [{
    A concatenation that begins with all the parts of an earlier one, as that of
    each layer of a DenseNet does, becomes one of that one's result and of the
    parts behind them. So the operands of all together grow as the layers do,
    not as their square.
  }];
}

def MatmulToConv : Pass<"convopt-matmul-to-conv", "::mlir::ModuleOp"> {
  let summary = "Make matrix products with a constant 1x1 convolutions";
  let description = [{
    A product of matrices, of f32 or of bytes, of which the right one is
    constant becomes a
    convolution over an image whose pixels are the rows of the left one: the
    image they were before a flattening reshape, or one line. Bias and reshapes
    around it stay recognisable. The constant keeps its order: the convolution
    is a generic one.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect",
                           "::mlir::arith::ArithDialect"];
}

def SinkReshapes : Pass<"convopt-sink-reshapes"> {
  let summary = "Move collapsing reshapes below element-wise operations";
  let description = [{
    What joins the groups of a grouped convolution, or flattens an image, moves
    below the element-wise operations that follow, so that these can share a
    kernel with what computes their operand. What parts channels into groups
    moves above padding and broadcasts, so that a grouped convolution has them
    as operands.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def FuseElementwise : Pass<"convopt-fuse-elementwise"> {
  let summary = "Join element-wise operations";
  let description = [{
    An element-wise operation moves into the one that is its only reader and
    reads each element once. Convolutions, reductions and their operands are
    left to convopt-form-kernels.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect"];
}

def FoldRescaling : Pass<"convopt-fold-rescaling"> {
  let summary = "Join the constants behind sums of 8-bit integers";
  let description = [{
    In element-wise operations that read or write 8-bit integers, corrections
    and biases of integers become one addition, products with scales that are
    divided by another scale one product, the scaled bias is divided when
    compiling, changes of sign become part of an addition, and one clamp does
    the work of two. A division by the scale of the result thus disappears; one
    of anything else stays, unless by a power of two. Results of f32 differ in
    their last bit, which decides how ties are rounded.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect"];
}

def UnsharePads : Pass<"convopt-unshare-pads"> {
  let summary = "Give every convolution and pooling a padding of its own";
  let description = [{
    Padding with one reader is computed in its kernel and never stored, but
    common subexpression elimination makes it shared.
  }];
  let dependentDialects = ["::mlir::tensor::TensorDialect"];
}

def FoldAffine : Pass<"convopt-fold-affine", "::mlir::ModuleOp"> {
  let summary = "Fold batch normalisation, scales and biases into convolutions";
  let description = [{
    An element-wise operation that multiplies and adds constants of each
    channel, and is the only use of a convolution with constant filter, becomes
    part of its filter and of its initial value. Grouped convolutions are
    followed through the reshape that joins their groups.
  }];
  let dependentDialects = ["::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect",
                           "::mlir::arith::ArithDialect"];
}

def FormKernels : Pass<"convopt-form-kernels", "::mlir::ModuleOp"> {
  let summary = "Move groups of operations that are computed together into kernels";
  let description = [{
    A convolution that has a primitive takes its zero padding, its initial
    value and the element-wise operations that follow it into its kernel. The
    others are grouped so that each element is read and written as seldom as
    possible and nothing is computed twice. Tensor constants that are not
    splats are arguments, so equal kernels are shared; their names are made of
    their content. Reshapes and contiguous slices, which cost nothing, stay
    where they are, and so does what no kernel can hold.
  }];
  let dependentDialects = ["::convopt::ConvoptDialect",
                           "::mlir::tensor::TensorDialect"];
  let options = [
    ListOption<"except", "except", "std::string",
               "Operations that stay outside of kernels, by name: a help in "
               "finding out which kernel is at fault">];
}

def ScaleNarrowWeights : Pass<"convopt-scale-narrow-weights", "::mlir::ModuleOp"> {
  let summary = "Scale filters that are stored in fewer bits, channel by channel";
  let description = [{
    Where a convolution's primitive reads its filter as bytes (a variant that
    ends in `-w8`), the constant filter becomes whole numbers from -127 to 127.
    An element-wise operation behind the convolution multiplies its sums by what
    one of them is worth in each output channel, the 127th part of the channel's
    largest weight, and then adds the initial value.

    The same with powers of two where it reads the filter in half precision
    (`-w16`) and the largest weight of a channel is below 2^-8 or above 2^8.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def NarrowImages : Pass<"convopt-narrow-images", "::mlir::ModuleOp"> {
  let summary = "Store images in the halves that all their readers round to";
  let description = [{
    Where all that read an image are convolutions whose primitive rounds it to
    bf16 (a variant that ends in `-bf16`), or all to f16, and an operation of
    linalg computes it in f32, an element-wise operation rounds it behind that
    one, and the convolutions read and extend what is rounded. What is
    multiplied stays the same numbers. Reshapes in between are of what is
    rounded, and so are maxima of windows, of which the largest stays the
    largest. An element-wise operation that begins by rounding the result of a
    convolution that it is not in one kernel with is such a reader, too. What
    consists of such numbers already, extended, is stored as them for
    element-wise operations and, of bf16, depthwise convolutions as well.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def StoreBytes : Pass<"convopt-store-bytes", "::mlir::ModuleOp"> {
  let summary = "Store sums as the bytes that their reader makes of them";
  let description = [{
    Where an element-wise operation reads the results of two convolutions or
    more, at most one of them is computed in its kernel; the others go through
    memory. Of those that it rounds to one of 256 integers before it does
    anything else with them, as a residual addition of a quantised network
    does, these integers are stored, by an operation of their own behind the
    convolution. Results stay what they are.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect",
                           "::mlir::linalg::LinalgDialect",
                           "::mlir::tensor::TensorDialect"];
}

def PackFilters : Pass<"convopt-pack-filters", "::mlir::ModuleOp"> {
  let summary = "Store filters in the order in which their primitives read them";
  let description = [{
    Where a kernel holds a convolution with a primitive, its launches pass the
    packed elements in the place of the filter, and the kernel sees them through
    a `convopt.filter`. Weights used alike are packed once; those that nothing
    reads any longer are freed.
  }];
  let dependentDialects = ["::convopt::ConvoptDialect",
                           "::mlir::arith::ArithDialect"];
  let options = [
    Option<"target", "target", "std::string", "\"host\"",
           "host, x86-64, aarch64 or a triple">,
    Option<"cpu", "cpu", "std::string", "", "CPU; empty: the target's default">,
    Option<"features", "features", "std::string", "", "CPU features: +a,-b">];
}

def ScaleFilters : Pass<"convopt-scale-filters", "::mlir::ModuleOp"> {
  let summary = "Multiply filters instead of the channels of images";
  let description = [{
    Where the image that a 1x1 convolution reads is another one times a factor
    for each channel, as behind squeeze-and-excite, each run multiplies the
    packed filter instead, if that moves fewer bytes in less time.
  }];
  let dependentDialects = ["::convopt::ConvoptDialect",
                           "::mlir::tensor::TensorDialect",
                           "::mlir::linalg::LinalgDialect"];
  let options = [
    Option<"target", "target", "std::string", "\"host\"",
           "host, x86-64, aarch64 or a triple">,
    Option<"cpu", "cpu", "std::string", "", "CPU; empty: the target's default">,
    Option<"features", "features", "std::string", "", "CPU features: +a,-b">];
}

#endif // CONVOPT_TRANSFORMS_NORMALISEPASSES_TD
