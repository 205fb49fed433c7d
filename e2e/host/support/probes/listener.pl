#!/usr/bin/perl
# Stands in for the program of a unit (its arguments are ignored, but for `--folder FOLDER`) and makes the attempts that
# it finds as NUMBER.request in a folder, by default `probe` beside itself: arguments of attempt.pl, each ended by a NUL.
# Its answer is NUMBER.answer: the exit code in the first line, then all output. Like the game it listens on its port by
# TCP and UDP, `-port PORT`, and ends by SIGINT.
use strict;
use warnings;
use Socket qw(AF_INET6 IN6ADDR_ANY SOCK_DGRAM SOCK_STREAM SOL_SOCKET SO_REUSEADDR pack_sockaddr_in6);

my ($folder) = $0 =~ m{^(.*)/} or die "call me by a path\n";
$folder .= '/probe';
my $port;
for my $index ( 0 .. $#ARGV - 1 ) {
    $folder = $ARGV[ $index + 1 ] if $ARGV[$index] eq '--folder';
    $port   = $ARGV[ $index + 1 ] if $ARGV[$index] eq '-port';
}
my @sockets = defined $port ? map { open_socket( $_, $port ) } SOCK_STREAM, SOCK_DGRAM : ();
my $program = '/usr/share/left4me-probes/attempt.pl';

# For IPv4 and IPv6: ipv6(7), bindv6only.
sub open_socket {
    my ( $type, $number ) = @_;
    socket my $socket, AF_INET6, $type, 0 or die "socket: $!\n";
    setsockopt $socket, SOL_SOCKET, SO_REUSEADDR, 1 or die "reuse: $!\n";
    bind $socket, pack_sockaddr_in6( $number, IN6ADDR_ANY ) or die "port $number: $!\n";
    listen $socket, 100 or die "listen: $!\n" if $type == SOCK_STREAM;
    return $socket;
}

$SIG{INT} = $SIG{TERM} = sub { exit 0 };
$| = 1;
print "the probe is ready\n";

while (1) {
    for my $request ( glob "$folder/*.request" ) {
        open my $file, '<', $request or die "$request: $!\n";
        my @arguments = do { local $/; split /\0/, <$file> // '' };
        unlink $request or die "$request: $!\n";
        my $child = open( my $output, '-|' ) // die "fork: $!\n";
        if ( $child == 0 ) {
            open STDERR, '>&', \*STDOUT or die "stderr: $!\n";
            exec '/usr/bin/perl', $program, @arguments or die "exec: $!\n";
        }
        my $text = do { local $/; <$output> // '' };
        close $output;
        my ($name) = $request =~ /^(.*)\.request$/;
        open my $answer, '>', "$name.unfinished" or die "$name: $!\n";
        print $answer $? & 127 ? 128 + ( $? & 127 ) : $? >> 8, "\n", $text;
        close $answer or die "$name: $!\n";
        rename "$name.unfinished", "$name.answer" or die "$name: $!\n";
    }
    select undef, undef, undef, 0.02;
}
