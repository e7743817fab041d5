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
add_executable(count ${firmware_tests}/count.c)
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
