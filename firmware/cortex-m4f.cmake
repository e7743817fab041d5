# Toolchain for a Cortex-M4F with Debian's arm-none-eabi-gcc and newlib. Programs linked with the
# board run in the emulator, so that ctest treats them as its own.
set(CMAKE_SYSTEM_NAME Generic)
set(CMAKE_SYSTEM_PROCESSOR arm)
set(CMAKE_C_COMPILER arm-none-eabi-gcc)
set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
set(CMAKE_C_FLAGS_INIT "-mcpu=cortex-m4 -mthumb -mfpu=fpv4-sp-d16 -mfloat-abi=hard")
string(APPEND CMAKE_C_FLAGS_INIT " -ffunction-sections -fdata-sections -fno-short-enums")
# newlib was built with short enums, but none of them crosses a call that we make.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-nostartfiles -Wl,--gc-sections -Wl,--no-warn-rwx-segments")
string(APPEND CMAKE_EXE_LINKER_FLAGS_INIT " -Wl,--no-enum-size-warning")
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-system-arm -M mps2-an386 -display none -monitor none
    -serial none -semihosting-config enable=on,target=native -kernel)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
