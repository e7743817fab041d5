# Power cuts at every write of a store; `power_storage --sweep CUTS SEED` goes on for longer.
add_executable(power_storage ${CMAKE_CURRENT_LIST_DIR}/power_storage.c)
target_include_directories(power_storage PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(power_storage PRIVATE blondel_core)
add_test(NAME power/storage COMMAND power_storage)

# What a day costs the flash, with the figures of a small meter unless told otherwise.
add_executable(storage_table ${CMAKE_SOURCE_DIR}/tools/storage_table.c)
target_include_directories(storage_table PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(storage_table PRIVATE blondel_core)
add_test(NAME power/storage_table COMMAND storage_table days=2)
# The same for whole meters: fails if a sector would not last 15 years or a meter takes over 40 KB.
add_executable(memory_table ${CMAKE_SOURCE_DIR}/tools/memory_table.c)
target_include_directories(memory_table PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
target_link_libraries(memory_table PRIVATE blondel_core)
add_test(NAME power/memory_table COMMAND memory_table 3)
