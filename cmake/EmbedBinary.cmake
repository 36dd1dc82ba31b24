# cmake -DINPUT=FILE -DOUTPUT=FILE.inc -P EmbedBinary.cmake: the bytes of a file as a C++ initialiser.
file(READ ${INPUT} bytes HEX)
string(REGEX REPLACE "(..)" "0x\\1," bytes "${bytes}")
string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
file(WRITE ${OUTPUT} "${bytes}\n")
