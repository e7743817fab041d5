# The binary as a person runs it: files and pipes in, figures out.
# Programs: test_accuracy.py test_calibrate.py test_command_line.py test_formats.py
# test_readme.py test_simulate.py test_simulate_days.py test_wiring.py readme.py
foreach(name test_accuracy test_calibrate test_command_line test_formats test_readme test_simulate
             test_simulate_days test_wiring)
    add_test(NAME cli/${name} COMMAND /usr/bin/python3 ${CMAKE_CURRENT_LIST_DIR}/${name}.py
                                      $<TARGET_FILE:blondel>)
    set_tests_properties(cli/${name} PROPERTIES ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
endforeach()
if(EXISTS ${CMAKE_SOURCE_DIR}/README.md)
    add_test(NAME cli/readme COMMAND /usr/bin/python3 ${CMAKE_CURRENT_LIST_DIR}/readme.py
                                     $<TARGET_FILE:blondel> ${CMAKE_SOURCE_DIR}/README.md)
endif()
