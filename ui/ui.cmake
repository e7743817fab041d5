# The page inside the program: every file of ui/, the plotting library and the typeface from npm.
# Without them the page still works: power is a table instead of a chart, text in the system's
# typeface.
set(ui ${CMAKE_CURRENT_LIST_DIR})
set(ui_modules ${ui}/node_modules)
set(ui_out ${CMAKE_BINARY_DIR}/ui)
file(MAKE_DIRECTORY ${ui_out})

file(GLOB ui_files CONFIGURE_DEPENDS RELATIVE ${ui} ${ui}/*.html ${ui}/*.js ${ui}/*.css ${ui}/*.svg)
set(ui_rows "")
set(ui_inputs "")
foreach(name ${ui_files})
    list(APPEND ui_rows "/${name}|${ui}/${name}")
    list(APPEND ui_inputs ${ui}/${name})
endforeach()

# The library is a classic script; one more line makes it a module.
set(uplot ${ui_modules}/uplot/dist/uPlot.iife.min.js)
set(inter ${ui_modules}/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2)
if(EXISTS ${uplot})
    file(READ ${uplot} script)
    file(WRITE ${ui_out}/uplot.js.new "${script}\nexport default uPlot;\n")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${uplot})
    list(APPEND ui_rows "/lib/uplot.css|${ui_modules}/uplot/dist/uPlot.min.css")
else()
    message(STATUS "ui: no npm packages (npm ci in ui/); the page shows tables instead of charts")
    file(WRITE ${ui_out}/uplot.js.new "export default null;\n")
    file(WRITE ${ui_out}/uplot.css "")
    list(APPEND ui_rows "/lib/uplot.css|${ui_out}/uplot.css")
endif()
configure_file(${ui_out}/uplot.js.new ${ui_out}/uplot.js COPYONLY)
list(APPEND ui_rows "/lib/uplot.js|${ui_out}/uplot.js")
list(APPEND ui_inputs ${ui_out}/uplot.js)
set(face "")
if(EXISTS ${inter})
    list(APPEND ui_rows "/lib/inter.woff2|${inter}")
    string(CONCAT face "@font-face { font-family: Inter; font-weight: 100 900; "
           "font-display: swap; src: url(inter.woff2) format('woff2'); }\n")
endif()
file(CONFIGURE OUTPUT ${ui_out}/inter.css CONTENT "${face}")
list(APPEND ui_rows "/lib/inter.css|${ui_out}/inter.css")

list(JOIN ui_rows "\n" ui_text)
file(GENERATE OUTPUT ${ui_out}/assets.txt CONTENT "${ui_text}\n")
add_custom_command(
    OUTPUT ${ui_out}/assets.c
    COMMAND ${CMAKE_COMMAND} -DOUT=${ui_out}/assets.c -DLIST=${ui_out}/assets.txt
            -P ${ui}/embed.cmake
    DEPENDS ${ui}/embed.cmake ${ui_out}/assets.txt ${ui_inputs}
    COMMENT "Putting the page into the program"
    VERBATIM)
target_sources(blondel_host PRIVATE ${ui_out}/assets.c)
