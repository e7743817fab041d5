# The table of wiring faults: found, missed, falsely accused. tools/fault_table.c prints it; the
# test holds the floors and that docs/wiring-faults.md is what it prints.
add_executable(fault_table ${CMAKE_SOURCE_DIR}/tools/fault_table.c)
target_link_libraries(fault_table PRIVATE blondel_host)
add_test(NAME wiring/table
         COMMAND fault_table --check ${CMAKE_SOURCE_DIR}/docs/wiring-faults.md)
