// See constants.h.
#include "modules/termios/constants.h"

#include <sys/ioctl.h>
#include <termios.h>

namespace imugi {

namespace {

const IntConstant constants[] = {
#ifdef B0
    {"B0", B0},
#endif
#ifdef B1000000
    {"B1000000", B1000000},
#endif
#ifdef B110
    {"B110", B110},
#endif
#ifdef B115200
    {"B115200", B115200},
#endif
#ifdef B1152000
    {"B1152000", B1152000},
#endif
#ifdef B1200
    {"B1200", B1200},
#endif
#ifdef B134
    {"B134", B134},
#endif
#ifdef B150
    {"B150", B150},
#endif
#ifdef B1500000
    {"B1500000", B1500000},
#endif
#ifdef B1800
    {"B1800", B1800},
#endif
#ifdef B19200
    {"B19200", B19200},
#endif
#ifdef B200
    {"B200", B200},
#endif
#ifdef B2000000
    {"B2000000", B2000000},
#endif
#ifdef B230400
    {"B230400", B230400},
#endif
#ifdef B2400
    {"B2400", B2400},
#endif
#ifdef B2500000
    {"B2500000", B2500000},
#endif
#ifdef B300
    {"B300", B300},
#endif
#ifdef B3000000
    {"B3000000", B3000000},
#endif
#ifdef B3500000
    {"B3500000", B3500000},
#endif
#ifdef B38400
    {"B38400", B38400},
#endif
#ifdef B4000000
    {"B4000000", B4000000},
#endif
#ifdef B460800
    {"B460800", B460800},
#endif
#ifdef B4800
    {"B4800", B4800},
#endif
#ifdef B50
    {"B50", B50},
#endif
#ifdef B500000
    {"B500000", B500000},
#endif
#ifdef B57600
    {"B57600", B57600},
#endif
#ifdef B576000
    {"B576000", B576000},
#endif
#ifdef B600
    {"B600", B600},
#endif
#ifdef B75
    {"B75", B75},
#endif
#ifdef B921600
    {"B921600", B921600},
#endif
#ifdef B9600
    {"B9600", B9600},
#endif
#ifdef BRKINT
    {"BRKINT", BRKINT},
#endif
#ifdef BS0
    {"BS0", BS0},
#endif
#ifdef BS1
    {"BS1", BS1},
#endif
#ifdef BSDLY
    {"BSDLY", BSDLY},
#endif
#ifdef CBAUD
    {"CBAUD", CBAUD},
#endif
#ifdef CBAUDEX
    {"CBAUDEX", CBAUDEX},
#endif
#ifdef CDSUSP
    {"CDSUSP", CDSUSP},
#endif
#ifdef CEOF
    {"CEOF", CEOF},
#endif
#ifdef CEOL
    {"CEOL", CEOL},
#endif
#ifdef CEOT
    {"CEOT", CEOT},
#endif
#ifdef CERASE
    {"CERASE", CERASE},
#endif
#ifdef CFLUSH
    {"CFLUSH", CFLUSH},
#endif
#ifdef CIBAUD
    {"CIBAUD", CIBAUD},
#endif
#ifdef CINTR
    {"CINTR", CINTR},
#endif
#ifdef CKILL
    {"CKILL", CKILL},
#endif
#ifdef CLNEXT
    {"CLNEXT", CLNEXT},
#endif
#ifdef CLOCAL
    {"CLOCAL", CLOCAL},
#endif
#ifdef CQUIT
    {"CQUIT", CQUIT},
#endif
#ifdef CR0
    {"CR0", CR0},
#endif
#ifdef CR1
    {"CR1", CR1},
#endif
#ifdef CR2
    {"CR2", CR2},
#endif
#ifdef CR3
    {"CR3", CR3},
#endif
#ifdef CRDLY
    {"CRDLY", CRDLY},
#endif
#ifdef CREAD
    {"CREAD", CREAD},
#endif
#ifdef CRPRNT
    {"CRPRNT", CRPRNT},
#endif
#ifdef CRTSCTS
    {"CRTSCTS", CRTSCTS},
#endif
#ifdef CS5
    {"CS5", CS5},
#endif
#ifdef CS6
    {"CS6", CS6},
#endif
#ifdef CS7
    {"CS7", CS7},
#endif
#ifdef CS8
    {"CS8", CS8},
#endif
#ifdef CSIZE
    {"CSIZE", CSIZE},
#endif
#ifdef CSTART
    {"CSTART", CSTART},
#endif
#ifdef CSTOP
    {"CSTOP", CSTOP},
#endif
#ifdef CSTOPB
    {"CSTOPB", CSTOPB},
#endif
#ifdef CSUSP
    {"CSUSP", CSUSP},
#endif
#ifdef CWERASE
    {"CWERASE", CWERASE},
#endif
#ifdef ECHO
    {"ECHO", ECHO},
#endif
#ifdef ECHOCTL
    {"ECHOCTL", ECHOCTL},
#endif
#ifdef ECHOE
    {"ECHOE", ECHOE},
#endif
#ifdef ECHOK
    {"ECHOK", ECHOK},
#endif
#ifdef ECHOKE
    {"ECHOKE", ECHOKE},
#endif
#ifdef ECHONL
    {"ECHONL", ECHONL},
#endif
#ifdef ECHOPRT
    {"ECHOPRT", ECHOPRT},
#endif
#ifdef EXTA
    {"EXTA", EXTA},
#endif
#ifdef EXTB
    {"EXTB", EXTB},
#endif
#ifdef EXTPROC
    {"EXTPROC", EXTPROC},
#endif
#ifdef FF0
    {"FF0", FF0},
#endif
#ifdef FF1
    {"FF1", FF1},
#endif
#ifdef FFDLY
    {"FFDLY", FFDLY},
#endif
#ifdef FIOASYNC
    {"FIOASYNC", FIOASYNC},
#endif
#ifdef FIOCLEX
    {"FIOCLEX", FIOCLEX},
#endif
#ifdef FIONBIO
    {"FIONBIO", FIONBIO},
#endif
#ifdef FIONCLEX
    {"FIONCLEX", FIONCLEX},
#endif
#ifdef FIONREAD
    {"FIONREAD", FIONREAD},
#endif
#ifdef FLUSHO
    {"FLUSHO", FLUSHO},
#endif
#ifdef HUPCL
    {"HUPCL", HUPCL},
#endif
#ifdef ICANON
    {"ICANON", ICANON},
#endif
#ifdef ICRNL
    {"ICRNL", ICRNL},
#endif
#ifdef IEXTEN
    {"IEXTEN", IEXTEN},
#endif
#ifdef IGNBRK
    {"IGNBRK", IGNBRK},
#endif
#ifdef IGNCR
    {"IGNCR", IGNCR},
#endif
#ifdef IGNPAR
    {"IGNPAR", IGNPAR},
#endif
#ifdef IMAXBEL
    {"IMAXBEL", IMAXBEL},
#endif
#ifdef INLCR
    {"INLCR", INLCR},
#endif
#ifdef INPCK
    {"INPCK", INPCK},
#endif
#ifdef IOCSIZE_MASK
    {"IOCSIZE_MASK", IOCSIZE_MASK},
#endif
#ifdef IOCSIZE_SHIFT
    {"IOCSIZE_SHIFT", IOCSIZE_SHIFT},
#endif
#ifdef ISIG
    {"ISIG", ISIG},
#endif
#ifdef ISTRIP
    {"ISTRIP", ISTRIP},
#endif
#ifdef IUCLC
    {"IUCLC", IUCLC},
#endif
#ifdef IUTF8
    {"IUTF8", IUTF8},
#endif
#ifdef IXANY
    {"IXANY", IXANY},
#endif
#ifdef IXOFF
    {"IXOFF", IXOFF},
#endif
#ifdef IXON
    {"IXON", IXON},
#endif
#ifdef NCC
    {"NCC", NCC},
#endif
#ifdef NCCS
    {"NCCS", NCCS},
#endif
#ifdef NL0
    {"NL0", NL0},
#endif
#ifdef NL1
    {"NL1", NL1},
#endif
#ifdef NLDLY
    {"NLDLY", NLDLY},
#endif
#ifdef NOFLSH
    {"NOFLSH", NOFLSH},
#endif
#ifdef N_MOUSE
    {"N_MOUSE", N_MOUSE},
#endif
#ifdef N_PPP
    {"N_PPP", N_PPP},
#endif
#ifdef N_SLIP
    {"N_SLIP", N_SLIP},
#endif
#ifdef N_STRIP
    {"N_STRIP", N_STRIP},
#endif
#ifdef N_TTY
    {"N_TTY", N_TTY},
#endif
#ifdef OCRNL
    {"OCRNL", OCRNL},
#endif
#ifdef OFDEL
    {"OFDEL", OFDEL},
#endif
#ifdef OFILL
    {"OFILL", OFILL},
#endif
#ifdef OLCUC
    {"OLCUC", OLCUC},
#endif
#ifdef ONLCR
    {"ONLCR", ONLCR},
#endif
#ifdef ONLRET
    {"ONLRET", ONLRET},
#endif
#ifdef ONOCR
    {"ONOCR", ONOCR},
#endif
#ifdef OPOST
    {"OPOST", OPOST},
#endif
#ifdef PARENB
    {"PARENB", PARENB},
#endif
#ifdef PARMRK
    {"PARMRK", PARMRK},
#endif
#ifdef PARODD
    {"PARODD", PARODD},
#endif
#ifdef PENDIN
    {"PENDIN", PENDIN},
#endif
#ifdef TAB0
    {"TAB0", TAB0},
#endif
#ifdef TAB1
    {"TAB1", TAB1},
#endif
#ifdef TAB2
    {"TAB2", TAB2},
#endif
#ifdef TAB3
    {"TAB3", TAB3},
#endif
#ifdef TABDLY
    {"TABDLY", TABDLY},
#endif
#ifdef TCFLSH
    {"TCFLSH", TCFLSH},
#endif
#ifdef TCGETA
    {"TCGETA", TCGETA},
#endif
#ifdef TCGETS
    {"TCGETS", TCGETS},
#endif
#ifdef TCIFLUSH
    {"TCIFLUSH", TCIFLUSH},
#endif
#ifdef TCIOFF
    {"TCIOFF", TCIOFF},
#endif
#ifdef TCIOFLUSH
    {"TCIOFLUSH", TCIOFLUSH},
#endif
#ifdef TCION
    {"TCION", TCION},
#endif
#ifdef TCOFLUSH
    {"TCOFLUSH", TCOFLUSH},
#endif
#ifdef TCOOFF
    {"TCOOFF", TCOOFF},
#endif
#ifdef TCOON
    {"TCOON", TCOON},
#endif
#ifdef TCSADRAIN
    {"TCSADRAIN", TCSADRAIN},
#endif
#ifdef TCSAFLUSH
    {"TCSAFLUSH", TCSAFLUSH},
#endif
#ifdef TCSANOW
    {"TCSANOW", TCSANOW},
#endif
#ifdef TCSBRK
    {"TCSBRK", TCSBRK},
#endif
#ifdef TCSBRKP
    {"TCSBRKP", TCSBRKP},
#endif
#ifdef TCSETA
    {"TCSETA", TCSETA},
#endif
#ifdef TCSETAF
    {"TCSETAF", TCSETAF},
#endif
#ifdef TCSETAW
    {"TCSETAW", TCSETAW},
#endif
#ifdef TCSETS
    {"TCSETS", TCSETS},
#endif
#ifdef TCSETSF
    {"TCSETSF", TCSETSF},
#endif
#ifdef TCSETSW
    {"TCSETSW", TCSETSW},
#endif
#ifdef TCXONC
    {"TCXONC", TCXONC},
#endif
#ifdef TIOCCONS
    {"TIOCCONS", TIOCCONS},
#endif
#ifdef TIOCEXCL
    {"TIOCEXCL", TIOCEXCL},
#endif
#ifdef TIOCGETD
    {"TIOCGETD", TIOCGETD},
#endif
#ifdef TIOCGICOUNT
    {"TIOCGICOUNT", TIOCGICOUNT},
#endif
#ifdef TIOCGLCKTRMIOS
    {"TIOCGLCKTRMIOS", TIOCGLCKTRMIOS},
#endif
#ifdef TIOCGPGRP
    {"TIOCGPGRP", TIOCGPGRP},
#endif
#ifdef TIOCGSERIAL
    {"TIOCGSERIAL", TIOCGSERIAL},
#endif
#ifdef TIOCGSOFTCAR
    {"TIOCGSOFTCAR", TIOCGSOFTCAR},
#endif
#ifdef TIOCGWINSZ
    {"TIOCGWINSZ", TIOCGWINSZ},
#endif
#ifdef TIOCINQ
    {"TIOCINQ", TIOCINQ},
#endif
#ifdef TIOCLINUX
    {"TIOCLINUX", TIOCLINUX},
#endif
#ifdef TIOCMBIC
    {"TIOCMBIC", TIOCMBIC},
#endif
#ifdef TIOCMBIS
    {"TIOCMBIS", TIOCMBIS},
#endif
#ifdef TIOCMGET
    {"TIOCMGET", TIOCMGET},
#endif
#ifdef TIOCMIWAIT
    {"TIOCMIWAIT", TIOCMIWAIT},
#endif
#ifdef TIOCMSET
    {"TIOCMSET", TIOCMSET},
#endif
#ifdef TIOCM_CAR
    {"TIOCM_CAR", TIOCM_CAR},
#endif
#ifdef TIOCM_CD
    {"TIOCM_CD", TIOCM_CD},
#endif
#ifdef TIOCM_CTS
    {"TIOCM_CTS", TIOCM_CTS},
#endif
#ifdef TIOCM_DSR
    {"TIOCM_DSR", TIOCM_DSR},
#endif
#ifdef TIOCM_DTR
    {"TIOCM_DTR", TIOCM_DTR},
#endif
#ifdef TIOCM_LE
    {"TIOCM_LE", TIOCM_LE},
#endif
#ifdef TIOCM_RI
    {"TIOCM_RI", TIOCM_RI},
#endif
#ifdef TIOCM_RNG
    {"TIOCM_RNG", TIOCM_RNG},
#endif
#ifdef TIOCM_RTS
    {"TIOCM_RTS", TIOCM_RTS},
#endif
#ifdef TIOCM_SR
    {"TIOCM_SR", TIOCM_SR},
#endif
#ifdef TIOCM_ST
    {"TIOCM_ST", TIOCM_ST},
#endif
#ifdef TIOCNOTTY
    {"TIOCNOTTY", TIOCNOTTY},
#endif
#ifdef TIOCNXCL
    {"TIOCNXCL", TIOCNXCL},
#endif
#ifdef TIOCOUTQ
    {"TIOCOUTQ", TIOCOUTQ},
#endif
#ifdef TIOCPKT
    {"TIOCPKT", TIOCPKT},
#endif
#ifdef TIOCPKT_DATA
    {"TIOCPKT_DATA", TIOCPKT_DATA},
#endif
#ifdef TIOCPKT_DOSTOP
    {"TIOCPKT_DOSTOP", TIOCPKT_DOSTOP},
#endif
#ifdef TIOCPKT_FLUSHREAD
    {"TIOCPKT_FLUSHREAD", TIOCPKT_FLUSHREAD},
#endif
#ifdef TIOCPKT_FLUSHWRITE
    {"TIOCPKT_FLUSHWRITE", TIOCPKT_FLUSHWRITE},
#endif
#ifdef TIOCPKT_NOSTOP
    {"TIOCPKT_NOSTOP", TIOCPKT_NOSTOP},
#endif
#ifdef TIOCPKT_START
    {"TIOCPKT_START", TIOCPKT_START},
#endif
#ifdef TIOCPKT_STOP
    {"TIOCPKT_STOP", TIOCPKT_STOP},
#endif
#ifdef TIOCSCTTY
    {"TIOCSCTTY", TIOCSCTTY},
#endif
#ifdef TIOCSERCONFIG
    {"TIOCSERCONFIG", TIOCSERCONFIG},
#endif
#ifdef TIOCSERGETLSR
    {"TIOCSERGETLSR", TIOCSERGETLSR},
#endif
#ifdef TIOCSERGETMULTI
    {"TIOCSERGETMULTI", TIOCSERGETMULTI},
#endif
#ifdef TIOCSERGSTRUCT
    {"TIOCSERGSTRUCT", TIOCSERGSTRUCT},
#endif
#ifdef TIOCSERGWILD
    {"TIOCSERGWILD", TIOCSERGWILD},
#endif
#ifdef TIOCSERSETMULTI
    {"TIOCSERSETMULTI", TIOCSERSETMULTI},
#endif
#ifdef TIOCSERSWILD
    {"TIOCSERSWILD", TIOCSERSWILD},
#endif
#ifdef TIOCSER_TEMT
    {"TIOCSER_TEMT", TIOCSER_TEMT},
#endif
#ifdef TIOCSETD
    {"TIOCSETD", TIOCSETD},
#endif
#ifdef TIOCSLCKTRMIOS
    {"TIOCSLCKTRMIOS", TIOCSLCKTRMIOS},
#endif
#ifdef TIOCSPGRP
    {"TIOCSPGRP", TIOCSPGRP},
#endif
#ifdef TIOCSSERIAL
    {"TIOCSSERIAL", TIOCSSERIAL},
#endif
#ifdef TIOCSSOFTCAR
    {"TIOCSSOFTCAR", TIOCSSOFTCAR},
#endif
#ifdef TIOCSTI
    {"TIOCSTI", TIOCSTI},
#endif
#ifdef TIOCSWINSZ
    {"TIOCSWINSZ", TIOCSWINSZ},
#endif
#ifdef TOSTOP
    {"TOSTOP", TOSTOP},
#endif
#ifdef VDISCARD
    {"VDISCARD", VDISCARD},
#endif
#ifdef VEOF
    {"VEOF", VEOF},
#endif
#ifdef VEOL
    {"VEOL", VEOL},
#endif
#ifdef VEOL2
    {"VEOL2", VEOL2},
#endif
#ifdef VERASE
    {"VERASE", VERASE},
#endif
#ifdef VINTR
    {"VINTR", VINTR},
#endif
#ifdef VKILL
    {"VKILL", VKILL},
#endif
#ifdef VLNEXT
    {"VLNEXT", VLNEXT},
#endif
#ifdef VMIN
    {"VMIN", VMIN},
#endif
#ifdef VQUIT
    {"VQUIT", VQUIT},
#endif
#ifdef VREPRINT
    {"VREPRINT", VREPRINT},
#endif
#ifdef VSTART
    {"VSTART", VSTART},
#endif
#ifdef VSTOP
    {"VSTOP", VSTOP},
#endif
#ifdef VSUSP
    {"VSUSP", VSUSP},
#endif
#ifdef VSWTC
    {"VSWTC", VSWTC},
#endif
#ifdef VSWTCH
    {"VSWTCH", VSWTCH},
#endif
#ifdef VT0
    {"VT0", VT0},
#endif
#ifdef VT1
    {"VT1", VT1},
#endif
#ifdef VTDLY
    {"VTDLY", VTDLY},
#endif
#ifdef VTIME
    {"VTIME", VTIME},
#endif
#ifdef VWERASE
    {"VWERASE", VWERASE},
#endif
#ifdef XCASE
    {"XCASE", XCASE},
#endif
#ifdef XTABS
    {"XTABS", XTABS},
#endif
#ifdef _POSIX_VDISABLE
    {"_POSIX_VDISABLE", _POSIX_VDISABLE},
#endif
};

}  // namespace

const std::span<const IntConstant> terminal_constants = constants;

}  // namespace imugi
