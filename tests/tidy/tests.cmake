# The rules of the house: the checkers themselves, then this tree under them.
add_test(NAME tidy/test_tidy COMMAND ${CMAKE_SOURCE_DIR}/tests/tidy/test_tidy.py)
add_test(NAME tidy/test_tidy_core COMMAND ${CMAKE_SOURCE_DIR}/tests/tidy/test_tidy_core.py)
add_test(NAME tidy/core COMMAND ${CMAKE_SOURCE_DIR}/tools/tidy_core)
add_test(NAME tidy/tree COMMAND ${CMAKE_SOURCE_DIR}/tools/tidy)
