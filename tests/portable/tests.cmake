# The scenario whose energies must be the same, bit for bit, on every machine. Each build leaves its
# output in tests/energy_scenario.txt; `tools/check same` compares them.
if(NOT EXISTS ${CMAKE_SOURCE_DIR}/core/metrology/metrology.c)
    return()
endif()
add_executable(energy_scenario ${CMAKE_CURRENT_LIST_DIR}/energy_scenario.c
               ${CMAKE_CURRENT_LIST_DIR}/energy_scenario_main.c)
target_include_directories(energy_scenario PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(energy_scenario PRIVATE blondel_core)
if(TARGET blondel_program)
    target_link_libraries(energy_scenario PRIVATE blondel_program)
endif()
add_test(NAME portable/energy_scenario
         COMMAND ${CMAKE_CURRENT_LIST_DIR}/run_into energy_scenario.txt
                 ${CMAKE_CROSSCOMPILING_EMULATOR} $<TARGET_FILE:energy_scenario>)
