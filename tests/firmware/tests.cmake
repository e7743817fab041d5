# Only where the board is: faults must show, instructions are counted, sizes are reported.
if(NOT EXISTS ${CMAKE_SOURCE_DIR}/core/metrology/metrology.c)
    return()
endif()
if(NOT TARGET blondel_program)
    return()
endif()
set(firmware_tests ${CMAKE_CURRENT_LIST_DIR})
set(run_into ${CMAKE_CURRENT_LIST_DIR}/../portable/run_into)
add_executable(fault ${firmware_tests}/fault.c)
add_executable(count ${firmware_tests}/count.c ${firmware_tests}/count_device.c)
target_include_directories(count PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
foreach(name fault count)
    target_link_libraries(${name} PRIVATE blondel_core blondel_program)
endforeach()
add_test(NAME firmware/fault COMMAND fault)
set_tests_properties(firmware/fault PROPERTIES WILL_FAIL TRUE)
add_test(NAME firmware/count
         COMMAND ${run_into} count.txt ${firmware_tests}/check_counts
                 ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:count> -icount shift=5)
add_test(NAME firmware/size
         COMMAND ${run_into} size.txt ${firmware_tests}/check_sizes $<TARGET_FILE:count>
                 $<TARGET_FILE:blondel_core>)

# Power cuts: the emulator is ended by a plugin, which the machine's own compiler builds.
find_program(BLONDEL_BUILD_CC NAMES gcc cc clang)
if(EXISTS ${CMAKE_SOURCE_DIR}/core/storage/storage.c AND BLONDEL_BUILD_CC)
    set(plugin ${CMAKE_CURRENT_BINARY_DIR}/power_cut_plugin.so)
    add_custom_command(OUTPUT ${plugin}
                       COMMAND ${BLONDEL_BUILD_CC} -shared -fPIC -O2 -Wall -Wextra -Wpedantic
                               -Wconversion -Wshadow -Werror
                               -o ${plugin} ${firmware_tests}/power_cut_plugin.c
                       DEPENDS ${firmware_tests}/power_cut_plugin.c VERBATIM)
    add_custom_target(power_cut_plugin ALL DEPENDS ${plugin})
    function(add_power_cuts source)
        get_filename_component(program ${source} NAME_WE)
        add_executable(${program} ${firmware_tests}/${source})
        target_include_directories(${program} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
        target_link_libraries(${program} PRIVATE blondel_core blondel_program)
        # --all or --seconds N instead of what fits here: every place, or more of them.
        add_test(NAME firmware/${program}
                 COMMAND ${run_into} ${program}.txt ${firmware_tests}/power_cut ${ARGN} ${plugin}
                         ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:${program}>)
    endfunction()
    add_power_cuts(power_cut.c)
    add_power_cuts(device_power.c --name m4f_device_power --chain --seconds 14)
endif()
