# The scenarios whose outcome must be the same, bit for bit, on every machine. Each build leaves
# their output in tests/NAME_scenario.txt; `tools/check same` compares them.
if(NOT EXISTS ${CMAKE_SOURCE_DIR}/core/metrology/metrology.c)
    return()
endif()
set(portable_tests ${CMAKE_CURRENT_LIST_DIR})
function(add_scenario name)
    list(TRANSFORM ARGN PREPEND ${portable_tests}/)
    add_executable(${name} ${ARGN})
    target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
    target_link_libraries(${name} PRIVATE blondel_core)
    if(TARGET blondel_program)
        target_link_libraries(${name} PRIVATE blondel_program)
    endif()
    add_test(NAME portable/${name}
             COMMAND ${portable_tests}/run_into ${name}.txt ${CMAKE_CROSSCOMPILING_EMULATOR}
                     $<TARGET_FILE:${name}>)
endfunction()
add_scenario(energy_scenario energy_scenario.c energy_scenario_main.c)
add_scenario(device_scenario device_scenario.c)
