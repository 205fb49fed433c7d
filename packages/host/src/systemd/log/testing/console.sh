# What console.jsonl was recorded from: printed as a unit's standard output, journald of systemd 257 with LineMax=8K.
p() { printf "$@"; }
p 'plain\n\nafter an empty line\n'
p 'cr lf\r\n'
p 'lone returns: 10%%\r20%%\rdone\n'
p 'returns at its end only\r\r\n'
p '\r\n'
p '\033[31mred\033[0m and \033]0;title\007text\n'
p 'no UTF-8: \xff\xfe \xc3b\n'
p '<3>not a priority\n'
p '  blanks around  \n'
p 'a tab\there\n'
p 'é€😀\n'
p 'a line separator \u2028 inside\n'
p 'on standard error\n' >&2
p '%4096s\n' a
p '%4095s|\n' b
p '%4096s|\n' c
p '%9000s|\n' d
p 'after the long one\n'
p '%20000s|\r after a return \r\n' e
p 'x%.0s' {1..4090}; p '€€€€€€\n'
p 'without an end'
