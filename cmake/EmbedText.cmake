# cmake -DINPUT=file -DOUTPUT=file.cpp -DHEADER=h -DFUNCTION=name -P EmbedText.cmake
#
# A C++ file whose function convopt::FUNCTION returns the text of INPUT. Pieces of 16 KB, which every compiler takes.
file(READ ${INPUT} text)
string(LENGTH "${text}" length)
set(literals "")
set(at 0)
while(at LESS length)
  string(SUBSTRING "${text}" ${at} 16000 piece)
  string(APPEND literals "R\"EMBED(${piece})EMBED\"\n")
  math(EXPR at "${at} + 16000")
endwhile()
file(WRITE ${OUTPUT}
     "#include \"${HEADER}\"\n\nllvm::StringRef convopt::${FUNCTION}() {\n  static constexpr char text[] =\n"
     "${literals};\n  return {text, sizeof(text) - 1};\n}\n")
