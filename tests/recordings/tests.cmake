# Real recordings are not part of the project: BLONDEL_WAVEFORMS in the environment names their
# directory; beside a checkout they lie in ../shared/waveforms. Without them the test is skipped.
add_executable(test_recordings ${CMAKE_CURRENT_LIST_DIR}/test_recordings.c)
target_link_libraries(test_recordings PRIVATE blondel_host)
add_test(NAME recordings/sources
         COMMAND test_recordings ${CMAKE_SOURCE_DIR}/../shared/waveforms)
set_tests_properties(recordings/sources PROPERTIES SKIP_RETURN_CODE 77)
