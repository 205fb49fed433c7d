/**
 * open(2), O_PATH: a folder is held without being read, whatever its mode. Node has no name for it; this is x86-64's.
 */
export const O_PATH = 0o10000000
