#ifndef CONVOPT_IR_CONVOPTOPS_TD
#define CONVOPT_IR_CONVOPTOPS_TD

include "convopt/IR/ConvoptDialect.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/DestinationStyleOpInterface.td"
include "mlir/Interfaces/FunctionInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Convopt_KernelOp : Op<Convopt_Dialect, "kernel",
    [FunctionOpInterface, IsolatedFromAbove, HasParent<"::mlir::ModuleOp">]> {
  let summary = "One fused group of tensor operations, compiled as one function";
  let description = [{
    The body is one block of linalg, tensor and arith operations on statically
    shaped tensors; the arguments are everything it reads. A kernel is called
    with `convopt.launch`, writes each result whole, and keeps nothing.

    ```mlir
    convopt.kernel @relu(%x: tensor<8xf32>) -> tensor<8xf32> {
      ...
      convopt.yield %y : tensor<8xf32>
    }
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name,
                       TypeAttrOf<FunctionType>:$function_type,
                       OptionalAttr<DictArrayAttr>:$arg_attrs,
                       OptionalAttr<DictArrayAttr>:$res_attrs);
  let regions = (region SizedRegion<1>:$body);
  let builders = [OpBuilder<(ins "::llvm::StringRef":$name, "::mlir::FunctionType":$type)>];
  let skipDefaultBuilders = 1;
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::llvm::ArrayRef<::mlir::Type> getArgumentTypes() { return getFunctionType().getInputs(); }
    ::llvm::ArrayRef<::mlir::Type> getResultTypes() { return getFunctionType().getResults(); }
    ::mlir::Region *getCallableRegion() { return &getBody(); }
    /// The values the body yields.
    ::mlir::OperandRange getYielded();
  }];
}

def Convopt_YieldOp : Op<Convopt_Dialect, "yield",
    [Pure, Terminator, HasParent<"KernelOp">]> {
  let summary = "Ends a kernel's body";
  let arguments = (ins Variadic<AnyRankedTensor>:$values);
  let assemblyFormat = "attr-dict ($values^ `:` type($values))?";
}

def Convopt_LaunchOp : Op<Convopt_Dialect, "launch",
    [DestinationStyleOpInterface, AttrSizedOperandSegments,
     DeclareOpInterfaceMethods<SymbolUserOpInterface>,
     DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "Runs a kernel";
  let description = [{
    In destination style: each result is the tensor in `outs` at the same
    place, overwritten whole. On memrefs there are no results.

    ```mlir
    %y = convopt.launch @relu ins(%x : tensor<8xf32>) outs(%e : tensor<8xf32>) -> tensor<8xf32>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel,
                       Variadic<AnyShaped>:$inputs,
                       Variadic<AnyShaped>:$outputs);
  let results = (outs Variadic<AnyRankedTensor>:$values);
  let assemblyFormat = [{
    $kernel attr-dict (`ins` `(` $inputs^ `:` type($inputs) `)`)?
    `outs` `(` $outputs `:` type($outputs) `)` (`->` type($values)^)?
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() { return getOutputsMutable(); }
  }];
}

def Convopt_FilterOp : Op<Convopt_Dialect, "filter", [Pure]> {
  let summary = "Packed weights, seen as the filter they were packed from";
  let description = [{
    Inside a kernel: the operand holds what the convolution's primitive packed
    ahead of time; the result is the filter of the convolution that uses it.
  }];
  let arguments = (ins AnyStaticShapeTensor:$packed);
  let results = (outs AnyStaticShapeTensor:$filter);
  let assemblyFormat = "$packed attr-dict `:` type($packed) `to` type($filter)";
}

def Convopt_TopKOp : Op<Convopt_Dialect, "top_k",
    [DestinationStyleOpInterface,
     DeclareOpInterfaceMethods<MemoryEffectsOpInterface>]> {
  let summary = "The k best elements of each row, in order, and their places";
  let description = [{
    In destination style: the operand has rows of n elements, the outputs have
    as many rows of k, the elements and their places in the row as i64, which
    are overwritten whole. The best is the largest, or the smallest with
    `smallest`; of equal elements the one that comes first is better, and NaN
    is worse than every number. Integers are signed unless `is_unsigned`.

    ```mlir
    %y:2 = convopt.top_k %x into %v, %p : tensor<2x9xf32> into tensor<2x3xf32>, tensor<2x3xi64> -> tensor<2x3xf32>, tensor<2x3xi64>
    ```
  }];
  let arguments = (ins AnyShaped:$input, AnyShaped:$elements, AnyShaped:$places,
                       UnitAttr:$smallest, UnitAttr:$is_unsigned);
  let results = (outs Variadic<AnyRankedTensor>:$values);
  let assemblyFormat = [{
    $input `into` $elements `,` $places attr-dict `:` type($input) `into`
    type($elements) `,` type($places) (`->` type($values)^)?
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    ::mlir::MutableOperandRange getDpsInitsMutable() {
      return ::mlir::MutableOperandRange(*this, 1, 2);
    }
  }];
}

#endif // CONVOPT_IR_CONVOPTOPS_TD
