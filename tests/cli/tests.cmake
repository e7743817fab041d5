# The binary as a person runs it: files and pipes in, figures out.
# Each is one program: test_accuracy.py
foreach(name test_accuracy)
    add_test(NAME cli/${name} COMMAND /usr/bin/python3 ${CMAKE_CURRENT_LIST_DIR}/${name}.py
                                      $<TARGET_FILE:blondel>)
    set_tests_properties(cli/${name} PROPERTIES ENVIRONMENT PYTHONDONTWRITEBYTECODE=1)
endforeach()
