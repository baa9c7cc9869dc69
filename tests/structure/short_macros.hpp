// Macros that other headers define and leave behind: short words that mean something else to everybody else.
// What comes behind them compiles only where none of them is a name. Without #pragma once or includes:
// structure/headers_hostile puts this before all headers, WICK_BEFORE_OTHERS defined, and between those of
// others and wick's.

// One letter: <complex.h> has I, Arduino.h has F, programs have the rest. T is left out: nobody can use
// templates with it.
#define F(x) not a name
#define G not a name
#define I (__extension__ 1.0iF)
#define J not a name
#if !defined(WICK_BEFORE_OTHERS)  // which have these themselves
#define A not a name
#define B not a name
#define C not a name
#define D not a name
#define E not a name
#define H not a name
#define K not a name
#define L not a name
#define M not a name
#define N not a name
#define O not a name
#define P not a name
#define Q not a name
#define R not a name
#define S not a name
#define U not a name
#define V not a name
#define W not a name
#define X not a name
#define Y not a name
#define Z not a name
#endif

// windows.h
#define near
#define far
#define pascal not a name
#define cdecl not a name
#define interface struct
#define hyper not a name
#define rad1 0x0420
#define IN
#define OUT
#define OPTIONAL
#define CONST const
#define VOID void
#define BOOL int
#define TEXT(x) L##x
#define CALLBACK not a name
#define ERROR 0
#define NO_ERROR 0
#define DELETE 0x00010000L
#define IGNORE 0
#define INFINITE 0xFFFFFFFF
#define STRICT 1
#define ABSOLUTE 1
#define RELATIVE 2
#define TRANSPARENT 1
#define OPAQUE 2
#define DIFFERENCE 11
#define CreateFile CreateFileW
#define GetMessage GetMessageW
#define GetObject GetObjectW
#define Yield()
#if !defined(WICK_BEFORE_OTHERS)
#define min(a, b) (((a) < (b)) ? (a) : (b))
#define max(a, b) (((a) > (b)) ? (a) : (b))
#define small char
#define THIS not a name
#endif

// X11/X.h, X11/Xlib.h
#define Success 0
#define None 0L
#define Bool int
#define Status int
#define True 1
#define False 0
#define Always 2
#define Complex 0
#define Convex 2
#define Above 0
#define Below 1
#define Expose 12
#define GrayScale 1
#define Unsorted 0
#define CursorShape 0
#define KeyPress 2
#define FocusIn 9
#define Opposite 4

// Arduino.h, binary.h, and the registers of small processors
#define HIGH 0x1
#define LOW 0x0
#define INPUT 0x0
#define OUTPUT 0x1
#define PI 3.1415926535897932384626433832795
#define EULER 2.718281828459045235360287471352
#define SERIAL 0x0
#define DISPLAY 0x1
#define CHANGE 1
#define FALLING 2
#define RISING 3
#define DEFAULT 1
#define EXTERNAL 0
#define INTERNAL 3
#define B0 0
#define B1 1
#define B10 2
#define B11 3
#define sq(x) ((x) * (x))
#define constrain(x, low, high) ((x) < (low) ? (low) : ((x) > (high) ? (high) : (x)))
#define radians(x) ((x)*0.017453292519943295)
#define degrees(x) ((x)*57.29577951308232)
#define bit(b) (1UL << (b))
#define word(...) not a name
#define interrupts() not a name
#define lowByte(w) not a name
#define SP not a name
#define ADC not a name
#define RESET not a name
#define FLASH not a name
#define BIT(n) (1UL << (n))
#define KB 1024
#define MB 1048576

// curses.h, termios.h
#define OK (0)
#define ERR (-1)
#define TRUE 1
#define FALSE 0
#define ECHO 0000010
#define getch() not a name
#define addch(c) not a name
#define echo() not a name
#define beep() not a name
#define scroll(w) not a name
#define border(a, b, c, d, e, f, g, h) not a name
#define standout() not a name
#define inch() not a name
#define delch() not a name

// AssertMacros.h of macOS, Unreal Engine
#define check(x) not a name
#define verify(x) not a name
#define require(x, label) not a name
#define ensure(x) not a name
#define nil not a name
#define Nil not a name
#define YES 1
#define NO 0

// sys/sysmacros.h, sys/param.h, endian.h, and what GCC defines for GNU dialects
#define major(d) not a name
#define minor(d) not a name
#define makedev(a, b) not a name
#define linux 1
#define unix 1
#define i386 1
#define isset(a, i) not a name
#define setbit(a, i) not a name
#define howmany(x, y) not a name
#define roundup(x, y) not a name
#define MIN(a, b) (((a) < (b)) ? (a) : (b))
#define MAX(a, b) (((a) > (b)) ? (a) : (b))

// Qt
#define signals public
#define slots
#define emit
#define foreach(x, xs) not a name
#define forever for (;;)

// glog, test frameworks
#define CHECK(x) not a name
#define REQUIRE(x) not a name
#define FAIL(x) not a name
#define INFO 0
#define WARN(x) not a name
#define WARNING 1
#define FATAL 3
#define LOG(x) not a name
#define TEST(a, b) not a name
#define ASSERT(x) not a name

// Kernels, engines, Perl
#define ARRAY_SIZE(x) not a name
#define CLAMP(x, a, b) not a name
#define ABS(x) not a name
#define SIGN(x) not a name
#define SWAP(a, b) not a name
#define die not a name
#define warn not a name
#define dump not a name
#define Copy(a, b) not a name
#define Move(a, b) not a name
#define New not a name
#define Null(x) not a name
#define restrict __restrict
#if !defined(WICK_BEFORE_OTHERS)
#define likely(x) not a name
#define unlikely(x) not a name
#endif
