#!/usr/bin/perl
# trusted.pl PATH…: what root executes or believes lies there. Walks each path from the root, through every link on the
# way, and everything below it, and prints what somebody but root can change: a name in a folder of his, a file of his, a
# mode or an access list that lets him. Prints nothing when there is nothing. Exits with 0 either way.
use strict;
use warnings;

my %seen;
my $root = 0;

# False when it isn't there any more.
sub examine {
    my ($path) = @_;
    return 1 if $seen{$path}++;
    my ( $mode, $user, $group ) = ( lstat $path )[ 2, 4, 5 ];
    if ( !defined $mode ) { $!{ENOENT} or die "$path: $!\n"; return 0 }
    # Of a link the owner is of no account, that of its folder is. /dev/null stands for a masked unit.
    return 1 if -l _ || -c _;
    my $why
        = $user != $root                               ? "belongs to user $user"
        : $mode & 0002 && !( -d _ && $mode & 01000 )   ? 'may be written by everybody'
        : $mode & 0020 && $group != $root              ? "may be written by group $group"
        : has_access_list("$path")                     ? 'has an access list'
        :                                                undef;
    printf "%s %s\n", $path, $why if defined $why;
    return 1;
}

# getxattr(2)
sub has_access_list {
    my ($path) = @_;
    my $name = 'system.posix_acl_access';
    return syscall( 191, $path, $name, 0, 0 ) > 0;
}

# Every component of it, and of what links on the way lead to; returns where it lies in the end.
sub walk {
    my ($path) = @_;
    my @left = split m{/+}, $path;
    my $here = '';
    my $links = 0;
    examine '/';
    while (@left) {
        my $name = shift @left;
        next if $name eq '' || $name eq '.';
        if ( $name eq '..' ) { $here =~ s{/[^/]*$}{}; next }
        my $next = "$here/$name";
        examine $next or die "$next: gone\n";
        if ( -l $next ) {
            die "$path: too many links\n" if ++$links > 40;
            my $target = readlink $next;
            $here = '' if $target =~ m{^/};
            unshift @left, split m{/+}, $target;
            next;
        }
        $here = $next;
    }
    return $here eq '' ? '/' : $here;
}

sub below {
    my ($top) = @_;
    my @folders = $top;
    while ( defined( my $folder = shift @folders ) ) {
        opendir my $handle, $folder or next;
        for my $entry ( map { "$folder/$_" } grep { !/^\.\.?$/ } readdir $handle ) {
            next unless -l $entry || -e $entry;    # gone meanwhile
            if    ( -l $entry )  { walk $entry if -e $entry }
            elsif ( -d $entry ) { examine $entry; push @folders, $entry }
            else                { examine $entry }
        }
    }
}

for my $path (@ARGV) {
    my $end = walk $path;
    below $end if -d $end;
}
