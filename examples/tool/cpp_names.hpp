#pragma once

// Names that a C++ header can give to a namespace.

#include <algorithm>
#include <array>
#include <cctype>
#include <set>
#include <string>
#include <string_view>

namespace tool {

namespace detail {

/// What C++20 keeps for itself, with the other spellings of operators.
inline constexpr std::string_view cpp_keywords =
    "alignas alignof and and_eq asm auto bitand bitor bool break case catch char char16_t char32_t char8_t "
    "class co_await co_return co_yield compl concept const const_cast consteval constexpr constinit continue "
    "decltype default delete do double dynamic_cast else enum explicit export extern false final float for "
    "friend goto if import inline int long module mutable namespace new noexcept not not_eq nullptr operator "
    "or or_eq override private protected public register reinterpret_cast requires return short signed "
    "sizeof static static_assert static_cast struct switch template this thread_local throw true try typedef "
    "typeid typename union unsigned using virtual void volatile wchar_t while xor xor_eq ";

/// What the headers of C, C++ and POSIX declare outside of namespaces or define as macros, as GCC 12 and
/// glibc 2.36 have them: each of these names, given to a namespace behind those headers, was an error.
/// Without the ones that global_name() knows by their form. Then the macros of other systems and of Qt.
inline constexpr std::string_view cpp_global_names =
    "AF_DECnet Dl_info Dl_serinfo Dl_serpath L_ctermid L_cuserid L_tmpnam PF_DECnet P_tmpdir a64l abort abs "
    "accept accept4 access acct acos acosh addrinfo adjtime alarm aligned_alloc alloca alphasort arc4random "
    "arc4random_buf arc4random_uniform arm asctime asin asinh asprintf assert at_quick_exit atan atan2 atanh "
    "atexit atof atoi atol basename bcmp bcopy bind bind_textdomain_codeset bindresvport bindresvport6 "
    "bindtextdomain brk bsearch btowc bzero c16rtomb c32rtomb c8rtomb cabs cacos cacosh calloc canonicalize "
    "canonicalize_file_name carg casin casinh catan catanh cbrt ccos ccosh ceil cexp cfgetispeed cfgetospeed "
    "cfmakeraw cfsetispeed cfsetospeed cfsetspeed chdir check chmod chown chroot cimag clearenv clearerr "
    "clearerr_unlocked clock clock_adjtime clock_getcpuclockid clock_getres clock_gettime clock_nanosleep "
    "clock_settime clog clog10 clone close close_range closedir closefrom closelog cmsghdr complex confstr "
    "conj connect copy_file_range copysign cos cosh cpow cproj creal creat crypt csin csinh csqrt ctan ctanh "
    "ctermid ctime cuserid daddl daemon daylight dcgettext dcngettext ddivl dfmal dgettext difftime dirent "
    "dirfd div dl_find_object dladdr dladdr1 dlclose dlerror dlinfo dlmopen dlopen dlsym dlvsym dmull "
    "dngettext dprintf drand48 drand48_data drem dsqrtl dsubl dup dup2 dup3 duplocale dysize eaccess ecvt "
    "emit endgrent endhostent endnetent endnetgrent endorder endprotoent endpwent endrpcent endservent "
    "endusershell entry environ erand48 erf erfc errno euidaccess execl execle execlp execv execve execveat "
    "execvp execvpe exit exp exp10 exp2 explicit_bzero expm1 f_owner_ex fabs faccessat fadd fallocate far "
    "fchdir fchmod fchmodat fchown fchownat fclose fcloseall fcntl fcvt fd_mask fd_set fdatasync fdim fdiv "
    "fdopen fdopendir feclearexcept fedisableexcept feenableexcept fegetenv fegetexcept fegetexceptflag "
    "fegetmode fegetround feholdexcept feof feof_unlocked feraiseexcept ferror ferror_unlocked fesetenv "
    "fesetexcept fesetexceptflag fesetmode fesetround fetestexcept fetestexceptflag feupdateenv fexecve "
    "fflush fflush_unlocked ffma ffs fgetc fgetc_unlocked fgetgrent fgetpos fgetpwent fgets fgets_unlocked "
    "fgetwc fgetwc_unlocked fgetws fgetws_unlocked file_handle fileno fileno_unlocked finite flock flockfile "
    "floor fma fmax fmaximum fmaximum_mag fmaximum_mag_num fmaximum_num fmaxmag fmemopen fmin fminimum "
    "fminimum_mag fminimum_mag_num fminimum_num fminmag fmod fmul fopen fopencookie foreach forever fork "
    "fpathconf fpclassify fprintf fputc fputc_unlocked fputs fputs_unlocked fputwc fputwc_unlocked fputws "
    "fputws_unlocked fread fread_unlocked free freeaddrinfo freelocale freopen frexp fromfp fromfpx fscanf "
    "fseek fseeko fsetpos fsqrt fstat fstatat fsub fsync ftell ftello ftruncate ftrylockfile ftw funlockfile "
    "futimens futimes futimesat fwide fwprintf fwrite fwrite_unlocked fwscanf gai_cancel gai_error "
    "gai_strerror gai_suspend gaicb gamma gcvt get_current_dir_name getaddrinfo getaddrinfo_a getc "
    "getc_unlocked getchar getchar_unlocked getcpu getcwd getdate getdate_err getdelim getdents64 "
    "getdirentries getdomainname getdtablesize getegid getentropy getenv geteuid getgid getgrent getgrgid "
    "getgrnam getgrouplist getgroups gethostbyaddr gethostbyname gethostbyname2 gethostent gethostid "
    "gethostname getipv4sourcefilter getitimer getline getloadavg getlogin getnameinfo getnetbyaddr "
    "getnetbyname getnetent getnetgrent getopt getpagesize getpass getpayload getpeername getpgid getpgrp "
    "getpid getppid getprotobyname getprotobynumber getprotoent getpt getpw getpwent getpwnam getpwuid "
    "getresgid getresuid getrpcbyname getrpcbynumber getrpcent getservbyname getservbyport getservent getsid "
    "getsockname getsockopt getsourcefilter getsubopt gettext gettid gettimeofday getuid getumask "
    "getusershell getw getwc getwc_unlocked getwchar getwchar_unlocked getwd glob glob_pattern_p globfree "
    "gmtime grantpt group group_filter group_member group_req group_source_req gsignal h_addr h_errno "
    "hcreate hdestroy herror hostent hsearch hsearch_data hstrerror htonl htons hypot i386 i486 i586 i686 "
    "ilogb imaginary imaxabs imaxdiv in6_addr in6_pktinfo in6addr_any in6addr_loopback in_addr in_pktinfo "
    "index inet6_opt_append inet6_opt_find inet6_opt_finish inet6_opt_get_val inet6_opt_init inet6_opt_next "
    "inet6_opt_set_val inet6_option_alloc inet6_option_append inet6_option_find inet6_option_init "
    "inet6_option_next inet6_option_space inet6_rth_add inet6_rth_getaddr inet6_rth_init inet6_rth_reverse "
    "inet6_rth_segments inet6_rth_space inet_addr inet_aton inet_lnaof inet_makeaddr inet_net_ntop "
    "inet_net_pton inet_neta inet_netof inet_network inet_nsap_addr inet_nsap_ntoa inet_ntoa inet_ntop "
    "inet_pton initgroups initstate innetgr insque interface ioctl iovec ip6_mtuinfo ip_mreq ip_mreq_source "
    "ip_mreqn ip_msfilter ip_opts ipv6_mreq iruserok iruserok_af isalnum isalnum_l isalpha isalpha_l isascii "
    "isatty isblank isblank_l iscanonical iscntrl iscntrl_l isctype isdigit isdigit_l iseqsig isfdtype "
    "isfinite isgraph isgraph_l isgreater isgreaterequal isinf isless islessequal islessgreater islower "
    "islower_l isnan isnormal isprint isprint_l ispunct ispunct_l issignaling isspace isspace_l isunordered "
    "isupper isupper_l iswalnum iswalnum_l iswalpha iswalpha_l iswblank iswblank_l iswcntrl iswcntrl_l "
    "iswctype iswctype_l iswdigit iswdigit_l iswgraph iswgraph_l iswlower iswlower_l iswprint iswprint_l "
    "iswpunct iswpunct_l iswspace iswspace_l iswupper iswupper_l iswxdigit iswxdigit_l isxdigit isxdigit_l "
    "iszero itimerspec itimerval j0 j1 jmp_buf jn jrand48 kill killpg l64a labs lchmod lchown lcong48 lconv "
    "ldexp ldiv leaf lerp lfind lgamma linger link link_map linkat linux listen llabs lldiv llogb llrint "
    "llround localeconv localtime lockf log log10 log1p log2 logb longjmp lrand48 lrint lround lsearch lseek "
    "lstat lutimes madvise main major makedev malloc math_errhandling max mblen mbrlen mbrtoc16 mbrtoc32 "
    "mbrtoc8 mbrtowc mbsinit mbsnrtowcs mbsrtowcs mbstowcs mbtowc memccpy memchr memcmp memcpy memfd_create "
    "memfrob memmem memmove mempcpy memrchr memset min mincore minor mips mkdir mkdirat mkdtemp mkfifo "
    "mkfifoat mknod mknodat mkostemp mkostemps mkstemp mkstemps mktemp mktime mlock mlock2 mlockall mmap "
    "mmsghdr modf mprotect mrand48 mremap msghdr msync munlock munlockall munmap name_to_handle_at nan "
    "nanosleep near nearbyint netent newlocale nextafter nextdown nexttoward nextup nftw ngettext nice "
    "noreturn nrand48 ntohl ntohs obstack obstack_printf obstack_vprintf offsetof on_exit open "
    "open_by_handle_at open_memstream open_wmemstream openat opendir openlog optarg opterr optind optopt "
    "osockaddr pascal passwd pathconf pause pclose perror pipe pipe2 pkey_alloc pkey_free pkey_get "
    "pkey_mprotect pkey_set poll pollfd popen posix postorder pow ppoll pread preorder printf "
    "process_madvise process_mrelease profil program_invocation_name program_invocation_short_name protoent "
    "pselect psiginfo psignal ptsname putc putc_unlocked putchar putchar_unlocked putenv putgrent putpwent "
    "puts putw putwc putwc_unlocked putwchar putwchar_unlocked pwrite qecvt qelem qfcvt qgcvt qsort "
    "quick_exit raise rand random random_data rawmemchr rcmd rcmd_af re_compile_fastmap re_compile_pattern "
    "re_match re_match_2 re_pattern_buffer re_registers re_search re_search_2 re_set_registers re_set_syntax "
    "re_syntax_options read readahead readdir readlink readlinkat realloc reallocarray realpath recv "
    "recvfrom recvmmsg recvmsg regcomp regerror regexec regfree remainder remap_file_pages remove remque "
    "remquo rename renameat renameat2 revoke rewind rewinddir rexec rexec_af rindex rint rmdir round "
    "roundeven rpcent rpmatch rresvport rresvport_af rusage ruserok ruserok_af s6_addr s6_addr16 s6_addr32 "
    "sa_handler sa_sigaction sbrk scalb scalbln scalbn scandir scandirat scanf sched_get_priority_max "
    "sched_get_priority_min sched_getaffinity sched_getcpu sched_getparam sched_getscheduler sched_param "
    "sched_rr_get_interval sched_setaffinity sched_setparam sched_setscheduler sched_yield secure_getenv "
    "seed48 seekdir select sem_clockwait sem_close sem_destroy sem_getvalue sem_init sem_open sem_post "
    "sem_timedwait sem_trywait sem_unlink sem_wait send sendmmsg sendmsg sendto servent setbuf setbuffer "
    "setdomainname setegid setenv seteuid setgid setgrent setgroups sethostent sethostid sethostname "
    "setipv4sourcefilter setitimer setjmp setlinebuf setlocale setlogin setlogmask setnetent setnetgrent "
    "setns setpayload setpayloadsig setpgid setpgrp setprotoent setpwent setregid setresgid setresuid "
    "setreuid setrpcent setservent setsid setsockopt setsourcefilter setstate settimeofday setuid "
    "setusershell setvbuf shm_open shm_unlink shutdown si_addr si_addr_lsb si_arch si_band si_call_addr "
    "si_fd si_int si_lower si_overrun si_pid si_pkey si_ptr si_status si_stime si_syscall si_timerid si_uid "
    "si_upper si_utime si_value sigabbrev_np sigaction sigaddset sigaltstack sigandset sigblock sigcontext "
    "sigdelset sigdescr_np sigemptyset sigev_notify_attributes sigev_notify_function sigevent sigfillset "
    "siggetmask sighold sigignore siginterrupt sigisemptyset sigismember sigjmp_buf siglongjmp signal "
    "signals signbit signgam significand sigorset sigpause sigpending sigprocmask sigqueue sigrelse "
    "sigreturn sigset sigsetmask sigstack sigsuspend sigtimedwait sigval sigwait sigwaitinfo sin sincos sinh "
    "sleep slots small snprintf sockaddr sockaddr_in sockaddr_in6 sockaddr_storage sockatmark socket "
    "socketpair sparc splice sprintf sqrt srand srand48 srandom sscanf ssignal st_atime st_ctime st_mtime "
    "stat statx statx_timestamp std stderr stdin stdout stpcpy stpncpy strcasecmp strcasecmp_l strcasestr "
    "strcat strchr strchrnul strcmp strcoll strcoll_l strcpy strcspn strdup strerror strerror_l "
    "strerrordesc_np strerrorname_np strfromd strfromf strfroml strfry strftime strftime_l strlen "
    "strncasecmp strncasecmp_l strncat strncmp strncpy strndup strnlen strpbrk strptime strptime_l strrchr "
    "strsep strsignal strspn strstr strtod strtod_l strtof strtof128_l strtof32_l strtof32x_l strtof64_l "
    "strtof64x_l strtof_l strtoimax strtok strtol strtol_l strtold strtold_l strtoll_l strtoq strtoul "
    "strtoul_l strtoull_l strtoumax strtouq strverscmp strxfrm strxfrm_l sun swab swprintf swscanf symlink "
    "symlinkat sync sync_file_range syncfs syscall sysconf syslog system sysv_signal tan tanh tcdrain tcflow "
    "tcflush tcgetattr tcgetpgrp tcgetsid tcsendbreak tcsetattr tcsetpgrp tdelete tdestroy tee telldir "
    "tempnam termio termios textdomain tfind tgamma tgkill time timegm timelocal timer_create timer_delete "
    "timer_getoverrun timer_gettime timer_settime timespec timespec_get timespec_getres timeval timex "
    "timezone tm tmpfile tmpnam toascii tolower tolower_l totalorder totalordermag toupper toupper_l "
    "towctrans towctrans_l towlower towlower_l towupper towupper_l trunc truncate tsearch ttyname ttyslot "
    "twalk tzname tzset u_char u_int u_long u_short ualarm ucred ufromfp ufromfpx uint ulong umask ungetc "
    "ungetwc unix unlink unlinkat unlockpt unsetenv unshare uselocale ushort usleep utimbuf utime utimensat "
    "utimes va_arg va_copy va_end va_list va_start valloc vasprintf vax vdprintf verify versionsort vfork "
    "vfprintf vfscanf vfwprintf vfwscanf vhangup vmsplice vprintf vscanf vsnprintf vsprintf vsscanf "
    "vswprintf vswscanf vsyslog vwprintf vwscanf wait wait3 wait4 waitid waitpid wcpcpy wcpncpy wcrtomb "
    "wcscasecmp wcscasecmp_l wcscat wcschr wcschrnul wcscmp wcscoll wcscoll_l wcscpy wcscspn wcsdup wcsftime "
    "wcsftime_l wcslen wcsncasecmp wcsncasecmp_l wcsncat wcsncmp wcsncpy wcsnlen wcsnrtombs wcspbrk wcsrchr "
    "wcsrtombs wcsspn wcsstr wcstod wcstod_l wcstof wcstof128_l wcstof32_l wcstof32x_l wcstof64_l "
    "wcstof64x_l wcstof_l wcstoimax wcstok wcstol wcstol_l wcstold wcstold_l wcstoll_l wcstombs wcstoq "
    "wcstoul wcstoul_l wcstoull_l wcstoumax wcstouq wcswcs wcswidth wcsxfrm wcsxfrm_l wctob wctomb wctrans "
    "wctrans_l wctype wctype_l wcwidth wick winsize wmemchr wmemcmp wmemcpy wmemmove wmempcpy wmemset "
    "wprintf write wscanf y0 y1 yn ";

inline std::set<std::string_view> words_of(std::string_view text) {
  std::set<std::string_view> words;
  while (!text.empty()) {
    const auto end = (std::min)(text.find(' '), text.size());
    words.insert(text.substr(0, end));
    text.remove_prefix((std::min)(end + 1, text.size()));
  }
  return words;
}

/// Whether a header of C, C++ or POSIX may have this name outside of namespaces.
inline bool is_global_name(std::string_view name) {
  static const std::set<std::string_view> names = words_of(cpp_global_names);
  if (names.contains(name) || name.ends_with("_t")) return true;
  for (const std::string_view start : {"M_", "PRI", "SCN", "SYS_", "posix_", "pthread_"}) {
    if (name.starts_with(start)) return true;
  }
  // sinf, sinl, sinf32, open64, rand_r
  constexpr std::array<std::string_view, 9> ends{"f", "l", "f32", "f64", "f128", "f32x", "f64x", "64", "_r"};
  return std::ranges::any_of(ends, [&](std::string_view end) {
    return name.ends_with(end) && names.contains(name.substr(0, name.size() - end.size()));
  });
}

}  // namespace detail

/// Why `name` cannot be the name of a namespace at the outermost level of a header that others include;
/// nothing if it can.
[[nodiscard]] inline std::string problem_of_namespace(std::string_view name) {
  static const std::set<std::string_view> keywords = detail::words_of(detail::cpp_keywords);
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  if (name.empty() || digit(name[0]) ||
      !std::ranges::all_of(name, [&](char c) { return lower(c) || upper(c) || digit(c) || c == '_'; })) {
    return "it is not a name in C++: letters, digits and underscores, not beginning with a digit";
  }
  if (keywords.contains(name)) return "it is a keyword of C++";
  if (name.starts_with('_') || name.find("__") != std::string_view::npos) {
    return "names that begin with an underscore or have two in a row are the compiler's";
  }
  if (name.starts_with("std") && std::ranges::all_of(name.substr(3), digit)) {
    return "it is a namespace of the standard library";
  }
  if (std::ranges::none_of(name, lower)) return "names without small letters are those of macros";
  if (name == "wick") return "it is the namespace of wick itself";
  if (detail::is_global_name(name)) return "headers of the system have that name";
  constexpr std::size_t most = 255;
  if (name.size() > most) return "it is longer than 255 characters";
  return {};
}

}  // namespace tool
