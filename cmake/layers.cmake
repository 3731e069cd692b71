# Layers, lowest first: base, syntax, core (thread .. vm), modules, cli. See docs/architecture.md.
find_package(Threads REQUIRED)
find_package(GTest REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(ZLIB REQUIRED)

# imugi_layer(NAME FOLDERS... ): a static library of the folders' sources but their tests.
function(imugi_layer name)
  set(sources)
  foreach(folder ${ARGN})
    file(GLOB_RECURSE found CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${folder}/*.cpp)
    list(APPEND sources ${found})
  endforeach()
  list(FILTER sources EXCLUDE REGEX "_(test|bench|fuzz|tool)\\.cpp$")
  if(NOT sources)
    add_library(imugi_${name} INTERFACE)
    set(scope INTERFACE)
  else()
    add_library(imugi_${name} STATIC ${sources})
    set(scope PUBLIC)
  endif()
  target_compile_options(imugi_${name} ${scope} ${IMUGI_RUNTIME_FLAGS})
  target_include_directories(imugi_${name} ${scope} ${CMAKE_SOURCE_DIR}/src ${CMAKE_SOURCE_DIR}/include
    ${CMAKE_BINARY_DIR}/generated)
endfunction()

imugi_layer(base base)
imugi_layer(syntax syntax)
