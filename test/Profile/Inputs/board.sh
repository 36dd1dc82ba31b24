#!/bin/sh
# Stands for ssh to an aarch64 board: takes user@board and a command, and runs
# what that has copied under qemu.
[ "$1" = user@board ] || exit 255
export QEMU_CPU=cortex-a72
exec sh -c "$(echo "$2" | sed 's|&& \(/[^ ]*/batch \)|\&\& qemu-aarch64 \1|')"
