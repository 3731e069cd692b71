// The frozen modules' code, read-only data of the interpreter; see frozen.cpp.
    .section .rodata, "a", @progbits
    .globl imugi_frozen_data
    .hidden imugi_frozen_data
    .p2align 4
imugi_frozen_data:
    .incbin "frozen.bin"
    .section .note.GNU-stack, "", @progbits
