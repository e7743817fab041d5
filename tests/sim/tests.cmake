# Whole lives of meters in virtual time, checked at every step; `make sim` runs a thousand of them.
add_executable(sim_check ${CMAKE_CURRENT_LIST_DIR}/sim_check.c
                         ${CMAKE_CURRENT_LIST_DIR}/oracle.c)
target_include_directories(sim_check PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_compile_options(sim_check PRIVATE -Wno-pedantic) # energies of years want 128 bits
target_link_libraries(sim_check PRIVATE blondel_host)
if(BLONDEL_SANITIZE)
    add_test(NAME sim/check COMMAND sim_check --seeds 10 --days 4)
else()
    add_test(NAME sim/check COMMAND sim_check --seeds 20 --days 20)
endif()
