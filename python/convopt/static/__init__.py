"""What a kernel will take, told by its code alone: nothing is run.

A kernel's LLVM IR says how often each block is executed and which bytes it touches, its assembly what llvm-mca makes of
each block. docs/static.md says how far that is from the truth.
"""
