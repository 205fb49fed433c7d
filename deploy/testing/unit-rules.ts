import { type Unit, words } from './unit-file.ts'

/** What is wrong with a unit, one sentence each. */
type Rule = (unit: Unit) => string[]

const commands = [
  'ExecStart',
  'ExecStartPre',
  'ExecStartPost',
  'ExecReload',
  'ExecStop',
  'ExecStopPost',
  'ExecCondition',
]

/** Folders of root's alone; nothing that the service user could have put there. */
const rootFolders = ['/usr/', '/bin/', '/sbin/', '/etc/', '/opt/left4me/', '/run/left4me/']

function commandsOf(unit: Unit): string[] {
  return unit.settings.filter(({ name }) => commands.includes(name)).map(({ value }) => value)
}

function runsAsRoot(unit: Unit): boolean {
  return unit.name.endsWith('.service') && words(unit, 'User').length === 0
}

/** systemd.service(5): a prefix of `+` or `!` gives one command of a sandboxed unit more than the unit has. */
const noPrivilegedCommands: Rule = unit =>
  commandsOf(unit)
    .filter(command => /^[-@:|]*[+!]/.test(command))
    .map(command => `gives privileges to one command: ${command}`)

/**
 * PID 1 reads it, as root, and puts what it says into the environment: a line in it is a program that root runs, a link
 * shows what only root may read, and a FIFO stops the whole machine.
 */
const environmentFilesOfRoot: Rule = unit =>
  words(unit, 'EnvironmentFile')
    .filter(file => !['/etc/left4me/', '/run/left4me/'].some(folder => file.startsWith(folder)))
    .map(file => `reads an environment file that isn't root's: ${file}`)

/** Whoever can write a program that root runs is root. */
const programsOfRoot: Rule = unit =>
  runsAsRoot(unit)
    ? commandsOf(unit)
        .map(command => command.replace(/^[-@:|]+/, '').split(' ')[0] ?? '')
        .filter(program => !rootFolders.some(folder => program.startsWith(folder)))
        .map(program => `runs as root what isn't root's: ${program}`)
    : []

/**
 * systemd follows links in what it binds, as root. Below /var/lib/left4me only its direct children can't be swapped by the
 * service user, and `runtime/NAME/merged`, whose parents are root's.
 */
const sourcesThatStayPut: Rule = unit =>
  ['BindPaths', 'BindReadOnlyPaths', 'ReadWritePaths']
    .flatMap(name => words(unit, name))
    .map(path => path.replace(/^[-+]+/, '').split(':')[0] ?? '')
    .filter(path => path.startsWith('/var/lib/left4me'))
    .filter(path => !/^\/var\/lib\/left4me\/([\w.]+|runtime\/%i\/merged)$/.test(path))
    .map(path => `binds what the service user could swap for a link: ${path}`)

/**
 * overlayfs writes into an upper with the credentials of whoever mounted it (https://docs.kernel.org/filesystems/overlayfs.html,
 * “Permission model”), and CAP_SYS_RESOURCE exceeds quotas: capabilities(7).
 */
const quotasForServers: Rule = unit =>
  unit.name === 'left4me-overlay@.service' &&
  (words(unit, 'CapabilityBoundingSet').length === 0 ||
    words(unit, 'CapabilityBoundingSet').some(word => word.startsWith('~') || word === 'CAP_SYS_RESOURCE'))
    ? ['lets servers write beyond quotas']
    : []

/** In a mount namespace of its own a unit's mounts are seen by nobody else. systemd.exec(5), Sandboxing. */
const mountsForAll: Rule = unit =>
  unit.name === 'left4me-overlay@.service'
    ? unit.settings
        .filter(({ name }) =>
          /^(Private(Mounts|Tmp|Devices|Users|PIDs|IPC)|Protect\w+|ReadOnlyPaths|ReadWritePaths|InaccessiblePaths|\w*BindPaths|BindReadOnlyPaths|TemporaryFileSystem|Root\w+|MountFlags|LogNamespace|CacheDirectory|StateDirectory|RuntimeDirectory)$/.test(
            name,
          ),
        )
        .map(({ name }) => `has a mount namespace of its own, by ${name}=`)
    : []

export const rules: Readonly<Record<string, Rule>> = {
  noPrivilegedCommands,
  environmentFilesOfRoot,
  programsOfRoot,
  sourcesThatStayPut,
  quotasForServers,
  mountsForAll,
}
