#!/usr/bin/perl
# attempt.pl VERB ARGUMENT…
#
# One attempt at something that a guard should refuse, made from wherever this program is started: inside a unit, inside
# a script's sandbox, as the plain service user. It prints one line,
#
#   succeeded WHAT        it was done, WHAT is the evidence
#   refused ERRNO WHAT    the kernel, or the program that was asked, said no in a way that this verb counts as a refusal
#
# and exits with 0. Whatever else happens is an error of the probe: a message on stderr, and an exit code that isn't 0.
#
# Perl, because Debian's perl-base is on every host, has `syscall`, and exists for i386 too. Only modules of perl-base.
use strict;
use warnings;

my $sixty_four_bit = length(pack 'p', undef) == 8;

# arch/x86/entry/syscalls/syscall_{64,32}.tbl
my %system_calls = (
    mmap               => [ 9,   192 ],
    mprotect           => [ 10,  125 ],
    ptrace             => [ 101, 26 ],
    setresuid          => [ 117, 208 ],
    mknod              => [ 133, 14 ],
    sched_setscheduler => [ 144, 156 ],
    mount              => [ 165, 21 ],
    keyctl             => [ 250, 288 ],
    unshare            => [ 272, 310 ],
    perf_event_open    => [ 298, 336 ],
    bpf                => [ 321, 357 ],
    io_uring_setup     => [ 425, 425 ],
    fsconfig           => [ 431, 431 ],
);

sub number_of {
    my ($name) = @_;
    my $numbers = $system_calls{$name} or die "no such system call in the table: $name\n";
    return $numbers->[ $sixty_four_bit ? 0 : 1 ];
}

sub answer { print "@_\n" or die "stdout: $!\n"; exit 0 }
sub succeeded { my ($what) = @_; $what =~ s/\s+/ /g; answer 'succeeded', $what }

# Ends with a refusal if errno is one of those, with an error if it is another one.
sub refused_by {
    my ( $what, @names ) = @_;
    for my $name (@names) { answer 'refused', $name, $what if $!{$name} }
    die "$what: unexpected: $!\n";
}

my @hidden   = qw(ENOENT EACCES EPERM);
my @readonly = ( @hidden, qw(EROFS) );

sub contains_marker { my ( $text, $marker ) = @_; return !defined $marker || index( $text, $marker ) >= 0 }

# Everything that can be read from it without waiting, at most a megabyte.
sub content_of {
    my ($path) = @_;
    require Fcntl;
    sysopen my $file, $path, Fcntl::O_RDONLY() | Fcntl::O_NONBLOCK() or refused_by "open $path", @hidden;
    my $content = '';
    while ( length $content < 1_048_576 ) {
        my $count = sysread $file, $content, 65536, length $content;
        refused_by "read $path", @hidden, 'ESRCH', 'EIO' unless defined $count;
        last if $count == 0;
    }
    return $content;
}

# The process is another one of the same number when its command line lacks the marker: then it isn't visible.
sub must_see_process {
    my ( $process, $marker ) = @_;
    open my $file, '<', "/proc/$process/cmdline" or refused_by "process $process", @hidden, 'ESRCH';
    local $/;
    my $command = <$file>;
    answer 'refused', 'ESRCH', "process $process is another one here" unless contains_marker $command // '', $marker;
}

# In a process of its own, since a filter may answer by SIGSYS.
sub in_child {
    my ( $what, $action ) = @_;
    my $child = fork // die "fork: $!\n";
    if ( $child == 0 ) {
        my $done = eval { $action->(); 1 };
        print STDERR $@ unless $done;
        exit 3;
    }
    waitpid $child, 0;
    answer 'refused', 'SIGSYS', $what if ( $? & 127 ) == 31;
    exit( $? == 0 ? 0 : 1 );
}

sub system_call {
    my ( $name, $errnos, @arguments ) = @_;
    in_child $name, sub {
        my $result = syscall number_of($name), @arguments;
        refused_by $name, @$errnos if $result == -1;
        succeeded "$name returned $result";
    };
}

sub connect_to {
    my ( $what, $socket, $address, @errnos ) = @_;
    require Fcntl;
    require Socket;
    fcntl $socket, Fcntl::F_SETFL(), Fcntl::O_NONBLOCK() or die "fcntl: $!\n";
    if ( !connect $socket, $address ) {
        refused_by $what, @errnos unless $!{EINPROGRESS};
        my $bits = '';
        vec( $bits, fileno $socket, 1 ) = 1;
        answer 'refused', 'ETIMEDOUT', $what unless select undef, $bits, undef, 4;
        $! = unpack 'i', getsockopt $socket, Socket::SOL_SOCKET(), Socket::SO_ERROR();
        refused_by $what, @errnos, 'ETIMEDOUT' if $! != 0;
    }
    succeeded $what;
}

my %attempts = (

    # read PATH [MARKER]: reads the file, which has to contain the marker.
    read => sub {
        my ( $path, $marker ) = @_;
        my $content = content_of $path;
        answer 'refused', 'ENODATA', "$path holds something else" unless contains_marker $content, $marker;
        succeeded sprintf 'read %d bytes of %s', length $content, $path;
    },

    # list FOLDER [NAME]: sees the name in the folder.
    list => sub {
        my ( $path, $name ) = @_;
        opendir my $folder, $path or refused_by "open $path", @hidden;
        my @names = grep { !/^\.\.?$/ } readdir $folder;
        answer 'refused', 'ENOENT', "$name isn't in $path" if defined $name && !grep { $_ eq $name } @names;
        succeeded "@names";
    },

    # write PATH TEXT: appends to it, creates it.
    write => sub {
        my ( $path, $text ) = @_;
        open my $file, '>>', $path or refused_by "open $path", @readonly, 'ETXTBSY';
        syswrite( $file, $text ) // refused_by "write $path", @readonly, 'EIO', 'EDQUOT', 'ENOSPC';
        succeeded "wrote $path";
    },

    # create PATH: an empty file, which must not exist.
    create => sub {
        my ($path) = @_;
        require Fcntl;
        sysopen my $file, $path, Fcntl::O_WRONLY() | Fcntl::O_CREAT() | Fcntl::O_EXCL() or refused_by "create $path", @readonly;
        succeeded "created $path";
    },

    # fill PATH MEBIBYTES PACE HOW: writes so much, or all that the disk takes: then it is refused by that. HOW is `file`,
    # `deleted` (of a file that no folder shows any more) or `odd` (its name isn't UTF-8). PACE is a file: it has never
    # written more MiB than that has bytes. `-`: as fast as it goes.
    fill => sub {
        my ( $path, $size, $pace, $how ) = @_;
        $path .= "\xff" if $how eq 'odd';
        open my $file, '>>', $path or refused_by "open $path", 'ENOSPC', 'EDQUOT';
        unlink $path or die "$path: $!\n" if $how eq 'deleted';
        my $block = "\0" x 1_048_576;
        for my $count ( 1 .. $size ) {
            select undef, undef, undef, 0.02 while $pace ne '-' && $count > ( -s $pace || 0 );
            syswrite( $file, $block ) // refused_by "write $path at $count MiB", 'ENOSPC', 'EDQUOT', 'EFBIG';
        }
        succeeded "wrote $size MiB";
    },

    # remove PATH
    remove => sub {
        my ($path) = @_;
        ( -d $path && !-l $path ? rmdir $path : unlink $path ) or refused_by "remove $path", @readonly, 'EBUSY';
        succeeded "removed $path";
    },

    # rename FROM TO
    rename => sub {
        my ( $from, $to ) = @_;
        rename $from, $to or refused_by "rename $from", @readonly;
        succeeded "renamed $from";
    },

    # setuid-file PATH: makes a file of its own that runs as its owner for whoever executes it.
    'setuid-file' => sub {
        my ($path) = @_;
        in_child 'setuid-file', sub {
            open my $file, '>', $path or die "$path: $!\n";
            chmod 04755, $path or refused_by "chmod $path", 'EPERM', 'EACCES';
            my $mode = ( stat $path )[2];
            answer 'refused', 'EPERM', 'the kernel dropped the bit' unless $mode & 04000;
            succeeded sprintf '%s has mode %o', $path, $mode & 07777;
        };
    },

    # device PATH MAJOR MINOR: makes a character device.
    device => sub {
        my ( $path, $major, $minor ) = @_;
        system_call 'mknod', [qw(EPERM EACCES)], "$path", 020666, ( $major << 8 ) | $minor;
    },

    # see MARKER: finds a process whose command line contains it.
    see => sub {
        my ($marker) = @_;
        opendir my $folder, '/proc' or die "/proc: $!\n";
        my $self = 0;
        for my $process ( grep { /^\d+$/ } readdir $folder ) {
            open my $file, '<', "/proc/$process/cmdline" or next;
            local $/;
            my $command = <$file> // '';
            $self++ if $process == $$;
            succeeded "process $process: $command" if $process != $$ && index( $command, $marker ) >= 0 && $command !~ /attempt\.pl/;
        }
        die "doesn't even see itself in /proc\n" unless $self;
        answer 'refused', 'ESRCH', "no process with $marker";
    },

    # signal PROCESS MARKER SIGNAL: also to one that /proc doesn't show.
    signal => sub {
        my ( $process, $marker, $signal ) = @_;
        must_see_process $process, $marker if -e "/proc/$process/cmdline";
        kill( $signal, $process ) == 1 or refused_by "signal $process", qw(EPERM ESRCH);
        succeeded "sent $signal to $process";
    },

    # trace PROCESS MARKER: attaches as a debugger does.
    trace => sub {
        my ( $process, $marker ) = @_;
        must_see_process $process, $marker;
        in_child 'ptrace', sub {
            my $result = syscall number_of('ptrace'), 0x4206, $process + 0, 0, 0;    # PTRACE_SEIZE
            refused_by 'ptrace', qw(EPERM ESRCH EACCES) if $result == -1;
            succeeded "attached to $process";
        };
    },

    # process-file PROCESS MARKER FILE [TEXT]: reads /proc/PROCESS/FILE, which has to contain the text.
    'process-file' => sub {
        my ( $process, $marker, $file, $text ) = @_;
        must_see_process $process, $marker;
        my $content = content_of "/proc/$process/$file";
        answer 'refused', 'ENODATA', "/proc/$process/$file holds something else" unless contains_marker $content, $text;
        succeeded sprintf 'read %d bytes of /proc/%d/%s', length $content, $process, $file;
    },

    # process-descriptors PROCESS MARKER: tells where its open files lead.
    'process-descriptors' => sub {
        my ( $process, $marker ) = @_;
        must_see_process $process, $marker;
        opendir my $folder, "/proc/$process/fd" or refused_by "fd of $process", @hidden;
        my @targets = map { readlink("/proc/$process/fd/$_") // () } grep { /^\d+$/ } readdir $folder;
        answer 'refused', 'EACCES', 'no descriptor tells where it leads' unless @targets;
        succeeded "@targets";
    },

    # process-memory PROCESS MARKER: opens its memory for writing and reads from its first mapping.
    'process-memory' => sub {
        my ( $process, $marker ) = @_;
        must_see_process $process, $marker;
        open my $maps, '<', "/proc/$process/maps" or refused_by "maps of $process", @hidden;
        my $first = <$maps> // refused_by "maps of $process", @hidden, 'ESRCH';
        $first =~ /^([0-9a-f]+)-/ or die "no mapping: $first\n";
        require Fcntl;
        sysopen my $memory, "/proc/$process/mem", Fcntl::O_RDWR() or refused_by "memory of $process", @hidden;
        sysseek $memory, hex $1, 0 or die "seek: $!\n";
        defined sysread $memory, my $bytes, 4 or refused_by "memory of $process", 'EIO', @hidden;
        succeeded sprintf 'read %s at %s', unpack( 'H*', $bytes ), $1;
    },

    # connect-unix PATH: to a stream or datagram or packet socket; `@NAME` is an abstract one.
    'connect-unix' => sub {
        my ($path) = @_;
        require Socket;
        $path =~ s/^@/\0/;
        for my $type ( Socket::SOCK_STREAM(), Socket::SOCK_DGRAM(), Socket::SOCK_SEQPACKET() ) {
            socket my $socket, Socket::AF_UNIX(), $type, 0 or refused_by 'socket', qw(EAFNOSUPPORT EPERM);
            my $address = $path =~ /^\0/ ? pack( 'S a*', Socket::AF_UNIX(), $path ) : Socket::pack_sockaddr_un($path);
            succeeded "connected to $path" if connect $socket, $address;
            next if $!{EPROTOTYPE};
            refused_by "connect $path", @hidden, 'ECONNREFUSED';
        }
        die "$path is a socket of no known type\n";
    },

    # sockets FOLDER: connects to any socket file below it.
    sockets => sub {
        my ($top) = @_;
        require Socket;
        my $seen = 0;
        my @folders = $top;
        while ( defined( my $path = shift @folders ) ) {
            opendir my $folder, $path or next;
            for my $entry ( map { "$path/$_" } grep { !/^\.\.?$/ } readdir $folder ) {
                if ( !-l $entry && -d _ ) { push @folders, $entry }
                next unless -S $entry && length $entry < 100;
                $seen++;
                for my $type ( Socket::SOCK_STREAM(), Socket::SOCK_DGRAM(), Socket::SOCK_SEQPACKET() ) {
                    socket my $socket, Socket::AF_UNIX(), $type, 0 or refused_by 'socket', qw(EAFNOSUPPORT EPERM);
                    succeeded "connected to $entry" if connect $socket, Socket::pack_sockaddr_un($entry);
                }
            }
        }
        answer 'refused', 'ENOENT', "none of $seen sockets below $top";
    },

    # writable-places EXPECTED…: finds a folder that it may write into, apart from those expected and what is below them.
    'writable-places' => sub {
        my %expected = map { $_ => 1 } @_;
        my @folders = '';
        my @found;
        while ( defined( my $path = shift @folders ) ) {
            opendir my $folder, "$path/" or next;
            for my $entry ( map { "$path/$_" } grep { !/^\.\.?$/ } readdir $folder ) {
                next if $expected{$entry} || $entry eq '/proc' || $entry eq '/sys' || -l $entry || !-d _;
                push @folders, $entry;
                require POSIX;
                push @found, $entry if POSIX::access( $entry, POSIX::W_OK() );
            }
        }
        succeeded "@found" if @found;
        answer 'refused', 'EACCES', 'nothing else is writable';
    },

    # connect ADDRESS PORT: by TCP, IPv4 or IPv6, at most 4 s. The counterpart of this attempt proves that somebody listens.
    connect => sub {
        my ( $host, $port ) = @_;
        require Socket;
        my $ipv6 = $host =~ /:/;
        my $family = $ipv6 ? Socket::AF_INET6() : Socket::AF_INET();
        my $binary = Socket::inet_pton( $family, $host ) // die "not an address: $host\n";
        my $address = $ipv6 ? Socket::pack_sockaddr_in6( $port, $binary ) : Socket::pack_sockaddr_in( $port, $binary );
        socket my $socket, $family, Socket::SOCK_STREAM(), 0 or refused_by 'socket', qw(EAFNOSUPPORT EPERM);
        connect_to "connect to $host port $port", $socket, $address, qw(EPERM EACCES ECONNREFUSED EHOSTUNREACH ENETUNREACH);
    },

    # bind PROTOCOL ADDRESS PORT: PROTOCOL is tcp or udp.
    bind => sub {
        my ( $protocol, $host, $port ) = @_;
        require Socket;
        my $ipv6 = $host =~ /:/;
        my $family = $ipv6 ? Socket::AF_INET6() : Socket::AF_INET();
        my $type   = $protocol eq 'udp' ? Socket::SOCK_DGRAM() : Socket::SOCK_STREAM();
        my $binary = Socket::inet_pton( $family, $host ) // die "not an address: $host\n";
        my $address = $ipv6 ? Socket::pack_sockaddr_in6( $port, $binary ) : Socket::pack_sockaddr_in( $port, $binary );
        socket my $socket, $family, $type, 0 or refused_by 'socket', qw(EAFNOSUPPORT EPERM);
        bind $socket, $address or refused_by "bind $protocol $port", qw(EPERM EACCES);
        succeeded "bound $protocol $port";
    },

    # socket FAMILY TYPE PROTOCOL, as numbers: netlink is 16 3 0, packet 17 3 0, raw ICMP 2 3 1, alg 38 5 0, vsock 40 1 0.
    socket => sub {
        my ( $family, $type, $protocol ) = @_;
        in_child 'socket', sub {
            socket my $socket, $family, $type, $protocol or refused_by "socket $family", qw(EAFNOSUPPORT EPERM EACCES);
            succeeded "socket $family $type $protocol";
        };
    },

    # run PROGRAM ARGUMENT…: exit code 0 is success; whatever it printed is told either way. Its stdin is empty.
    run => sub {
        my @command = @_;
        my $child = open( my $output, '-|' ) // die "fork: $!\n";
        if ( $child == 0 ) {
            open STDIN,  '<',  '/dev/null' or die "/dev/null: $!\n";
            open STDERR, '>&', \*STDOUT    or die "stderr: $!\n";
            no warnings 'exec';
            exec {$command[0]} @command or do {
                my ($name) = grep { $!{$_} } @hidden;
                print "cannot execute: $!";
                exit( defined $name ? 126 : 125 );
            }
        }
        local $/;
        my $text = <$output> // '';
        close $output;
        my $code = $? >> 8;
        $text =~ s/\s+/ /g;
        succeeded $text if $? == 0;
        die "$command[0]: $text\n" if $code == 125;
        answer 'refused', ( $? & 127 ) != 0 ? "signal-" . ( $? & 127 ) : "exit-$code", $text;
    },

    # setuid-program PROGRAM: runs a setuid root copy of id, and becomes root or not.
    'setuid-program' => sub {
        my ($program) = @_;
        my $user = qx{$program -u};
        die "$program: $?\n" if $? != 0;
        chomp $user;
        succeeded 'became root' if $user eq '0';
        answer 'refused', 'EPERM', "is user $user";
    },

    # unshare FLAGS: makes namespaces; FLAGS as a number of linux/sched.h.
    unshare => sub { my ($flags) = @_; system_call 'unshare', [qw(EPERM EINVAL ENOSYS)], $flags =~ /^0x/ ? hex $flags : $flags + 0 },

    # mount FOLDER
    mount => sub { my ($folder) = @_; system_call 'mount', [qw(EPERM EACCES)], 'tmpfs', $folder, 'tmpfs', 0, 0 },

    # become USER: changes its user id.
    become => sub { my ($user) = @_; system_call 'setresuid', [qw(EPERM)], ( $user + 0 ) x 3 },

    # capability NUMBER: has it in its bounding set, so that an executed file could give it.
    capability => sub {
        my ($number) = @_;
        my ($bounding) = content_of('/proc/self/status') =~ /^CapBnd:\s*([0-9a-f]{16})$/m or die "no CapBnd\n";
        my $half = $number >= 32 ? substr $bounding, 0, 8 : substr $bounding, 8, 8;
        succeeded "CapBnd $bounding" if hex($half) & ( 1 << ( $number % 32 ) );
        answer 'refused', 'EPERM', "CapBnd $bounding";
    },

    # forbidden-call NAME: a system call that the filter knows, with arguments that the kernel would refuse otherwise:
    # `succeeded` is that the kernel looked at them (EINVAL, EFAULT, EBADF, ESRCH), `refused` is the filter.
    'forbidden-call' => sub {
        my ($name) = @_;
        in_child $name, sub {
            my $result = syscall number_of($name), -1, 0, 0, 0, 0;
            succeeded "$name returned $result" if $result != -1;
            succeeded "the kernel answered $!" if $!{EINVAL} || $!{EFAULT} || $!{EBADF} || $!{ESRCH} || $!{E2BIG} || $!{ENOSYS} || $!{EOPNOTSUPP};
            refused_by $name, qw(EPERM EACCES);
        };
    },

    # realtime: asks for SCHED_FIFO.
    realtime => sub { system_call 'sched_setscheduler', [qw(EPERM)], 0, 1, pack 'i', 1 },

    # writable-code: maps memory writable and executable, and changes a mapping to that, as the game's own libraries do.
    'writable-code' => sub {
        in_child 'mmap', sub {
            my $mapped = syscall number_of('mmap'), 0, 4096, 7, 0x22, -1, 0;    # RWX, MAP_PRIVATE | MAP_ANONYMOUS
            refused_by 'mmap', qw(EPERM EACCES) if $mapped == -1;
            my $plain = syscall number_of('mmap'), 0, 4096, 3, 0x22, -1, 0;
            die "mmap: $!\n" if $plain == -1;
            refused_by 'mprotect', qw(EPERM EACCES) if syscall( number_of('mprotect'), $plain, 4096, 7 ) == -1;
            succeeded( ( $sixty_four_bit ? 64 : 32 ) . '-bit' );
        };
    },

    # kill-everybody: SIGKILL to every process that it may signal. Nobody is left to answer; look from outside.
    'kill-everybody' => sub { kill 'KILL', -1; die "alive: $!\n" },
);

my ( $verb, @arguments ) = @ARGV;
my $attempt = $attempts{ $verb // '' } or die 'usage: attempt.pl ' . join( '|', sort keys %attempts ) . " ARGUMENT…\n";
$attempt->(@arguments);
