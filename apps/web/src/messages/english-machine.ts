import type { InstallationState } from '@left4me/contract'

const installationStates: Record<InstallationState, string> = {
  missing: 'Not installed',
  installing: 'Installing',
  ready: 'Ready',
  broken: 'Broken',
}

/** Texts about the machine, the game on it, and what servers take from it. */
export const englishMachine = {
  usage: {
    title: 'Usage',
    none: 'Nothing is known yet. It comes within a few seconds.',
    cpu: 'CPU',
    cores: (n: string) => `${n} cores`,
    cpuHistory: (most: string) => `Cores used over the last ten minutes, at most ${most}`,
    noCpuHistory: 'Cores used over the last ten minutes: nothing known yet',
    lastMinutes: 'Last ten minutes',
    memory: 'Memory',
    memoryOf: (used: string, limit: string) => `${used} of ${limit}`,
    memoryBar: (used: string, limit: string) => `Memory: ${used} of at most ${limit}`,
    memoryLimit: 'Of its limit',
    memoryHigh: (high: string) => `From ${high} on it is slowed down.`,
    processes: 'Processes',
    processesOf: (n: number, limit: number) => `${n} of ${limit}`,
    disk: 'Disk',
    readAndWritten: (read: string, written: string) => `reads ${read}/s, writes ${written}/s`,
    throttled: (share: string) =>
      `A CPU quota keeps it from running ${share} of the time. Players feel that as lag: take plugins away, or let the quota be raised.`,
    nearHigh:
      'It is near the memory at which the machine slows it down. Restart it at a quiet moment, or take plugins and addons away.',
    waits: {
      cpu: (share: string) =>
        `It waits for a core ${share} of the time: too much runs on the cores that servers share.`,
      memory: (share: string) => `It waits for memory ${share} of the time: it has too little of it.`,
      io: (share: string) => `It waits for the disk ${share} of the time.`,
    },
  },
  host: {
    title: 'Host',
    machine: 'Machine',
    name: 'Name',
    address: 'Address',
    kernel: 'Kernel',
    version: 'left4me',
    driver: 'Servers run',
    drivers: { systemd: 'as systemd units', process: 'as processes of left4me’s user' },
    load: 'Load',
    loads: (one: string, five: string, fifteen: string) =>
      `${one} in 1 min, ${five} in 5 min, ${fifteen} in 15 min`,
    memory: 'Memory',
    disk: 'Disk',
    usedOf: (used: string, total: string) => `${used} of ${total} used`,
    bar: (what: string, text: string) => `${what}: ${text}`,
    cores: 'Cores',
    core: (n: number) => `Core ${n}`,
    coresLabel: 'Which core is for what',
    parts: { games: 'games', builds: 'builds', system: 'system' },
    nobody: 'unused',
    coresOf: {
      games: (cores: string, n: number) =>
        `Servers share ${n === 1 ? 'core' : 'cores'} ${cores}, and nothing else runs there.`,
      gamesShared: (cores: string, n: number) =>
        `Servers run on ${n === 1 ? 'core' : 'cores'} ${cores}, together with other things.`,
      builds: (cores: string, n: number) => `Builds run on ${n === 1 ? 'core' : 'cores'} ${cores}.`,
      system: (cores: string, n: number) => `Everything else runs on ${n === 1 ? 'core' : 'cores'} ${cores}.`,
    },
    notPinned: 'Nothing is pinned: everything on this machine may run on every core.',
    running: 'What runs',
    nothingRuns: 'No server is running.',
    server: 'Server',
    unknown: 'unknown',
    unknownTitle: (n: number) =>
      n === 1
        ? 'Something runs that left4me has no server for'
        : `${n} things run that left4me has no server for`,
    unknownAbout:
      'Its server was deleted, or the database was put back to a state before it. Stopping it leaves its files where they are.',
    phases: {
      stopped: 'stopped',
      running: 'running',
      restarting: 'waits for its restart',
      stopping: 'stopping',
      failed: 'failed',
    },
    actions: 'Actions',
    stop: 'Stop',
    stopNamed: (name: string) => `Stop ${name}`,
    checks: 'Checks',
    checksAbout: 'What left4me needs of this machine. “left4me doctor” says the same.',
    fine: 'fine',
    wrong: 'to be seen to',
  },
  installation: {
    title: 'Installation',
    about: 'The game files that all servers share. steamcmd downloads them; servers never write to them.',
    state: 'State',
    states: installationStates,
    version: 'Version',
    build: 'Build id',
    size: 'Size',
    updated: 'Updated',
    game: 'Game',
    simulatedGame: 'Simulated Left 4 Dead 2',
    realGame: 'Left 4 Dead 2 dedicated server (app 222860)',
    install: 'Install the game',
    update: 'Update the game',
    repair: 'Install again',
    missingTitle: 'The game isn’t installed yet',
    missing:
      'Servers can be created, but not started. Installing downloads about 10 GB from Steam, without a Steam account.',
    missingSimulated:
      'Servers can be created, but not started. The simulated game is small and installs in a moment.',
    askAdmin: 'Ask an admin to install it.',
    broken: 'The game files are broken',
    working: 'It is being worked on already.',
    updateAvailable: (version: string | null) =>
      version === null ? 'There is a newer version of the game' : `Version ${version} of the game is there`,
    updateSources: {
      steam: 'Steam says so.',
      console: 'A server says so on its console: players may be unable to join.',
    },
    updateWhileRunning: 'It can be installed while servers run: they change to it as their settings say.',
    revisions: 'Revisions',
    revisionsAbout:
      'A server keeps the revision that it was started with. The last three stay, so that there is a way back.',
    revision: 'Revision',
    revisionNumber: (n: number) => `Revision ${n}`,
    versionAndBuild: (version: string, build: string) => `Version ${version}, build ${build}`,
    installed: 'Installed',
    servers: 'Servers',
    server: 'Server',
    ownBytes: 'Only its own',
    current: 'Current',
    use: 'Use',
    useRevision: (n: number) => `Use revision ${n}`,
    pending: 'Servers that have yet to change',
    pendingAbout:
      'They run with another revision than the current one. When they change is in their settings.',
    unversioned: 'Of an earlier left4me',
    waitsFor: 'Waits for',
    restartNow: 'Restart now',
  },
}
