// Pages of the program itself, and of its libraries, in the process's memory.
#pragma once

namespace imugi {

// Gives back the pages of code and constants that are mapped. Most have done their work when
// start-up is over; those that are needed again come from the system's cache one by one.
void unmap_program_pages();

}  // namespace imugi
