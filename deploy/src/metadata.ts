import type { Secret, UnitSections } from '@left4me/converge'
import type { CakePreset } from './network/traffic-shaping.ts'

/** What a node's metadata says when every layer has been merged, by the bundle that reads it. Sets unite, maps merge. */
export interface DeployMetadata {
  readonly host: HostFactsMetadata
  readonly left4me: Left4meMetadata
  readonly network: NetworkMetadata
  readonly nftables: NftablesMetadata
  readonly nginx: NginxMetadata
  readonly letsencrypt: LetsencryptMetadata
  readonly monitoring: MonitoringMetadata
  readonly backup: BackupMetadata
  readonly systemd: SystemdMetadata
  readonly systemd_timers: SystemdTimersMetadata
  /** What is different on this host, and why, for the person who deploys: sentences that bundles contribute. */
  readonly remarks: ReadonlySet<string>
}

/** Answers of the machine itself, the weakest layer. */
export interface HostFactsMetadata {
  /** What `topologyCommand` prints. Asked by left4me. */
  readonly topology: string
  /** MiB. Asked by left4me. */
  readonly memory: number
  /** Why left4me can't have its user and group here, as sentences; null when it can. Asked by left4me. */
  readonly account_conflict?: string | null
  /** What the default route goes out by, with its global addresses, IPv4 first. Asked by network. */
  readonly interface: { readonly name: string; readonly addresses: readonly string[] }
  /** Where sshd listens: never closed. Asked by nftables. */
  readonly ssh_ports: readonly number[]
  /** What kind of container it is, `lxc`; null for a machine with a kernel of its own. Asked by systemd. */
  readonly container: string | null
  /** Interfaces by name, each with the .network file that systemd-networkd has for it; null where it has none. Asked by network. */
  readonly network_files: Readonly<Record<string, string | null>>
}

export interface Left4meMetadata {
  /** Where the panel is: the one key without a default. */
  readonly domain: string
  /** null: the controller's own checkout. */
  readonly git_url: string | null
  readonly git_branch: string
  /** Only 1 until several can share RCON and events. */
  readonly web_workers: number
  /** UV_THREADPOOL_SIZE. */
  readonly web_threads: number
  readonly job_worker_threads: number
  readonly port_range_start: number
  readonly port_range_end: number
  /** A list of cores; null on a machine with one core, where nothing is pinned. */
  readonly system_cpus: string | null
  readonly steam_web_api_key: Secret | string | null
  readonly steamcmd_url: string
  /** Derived from the deployment's key when left out. */
  readonly secret_key: Secret | string | null
  /** By which nginx proves to the web application that it is nginx. Derived when left out. */
  readonly proxy_secret: Secret | string | null
  /** Where servers send their logs: an address of the host that isn't loopback. */
  readonly log_listener: { readonly address: string; readonly port: number }
  /** Prefixes from which RCON (TCP on the game ports) is let in. */
  readonly rcon_from: ReadonlySet<string>
  /** DSCP marks on game packets. */
  readonly marks: boolean
  /** A registry of npm's other than the public one, as `npm config get registry` prints it. */
  readonly npm_registry: string | null
  /** A folder on the host that has every package already: `npm ci --offline` with it as the cache. */
  readonly npm_cache: string | null
  /** What goes into limits.env, `SERVER_DISK_BYTES` and others: docs/operations/host.md. While empty that file is the operator's. */
  readonly limits: Readonly<Record<string, number>>
  /** Prefixes that scripts may not reach besides private networks and the host's own: SANDBOX_DENIED_ADDRESSES. */
  readonly sandbox_denied: ReadonlySet<string>
}

/** By interface. One that isn't named is left as it is. */
export interface NetworkMetadata {
  readonly [name: string]: { readonly cake?: CakeMetadata }
}

/** tc-cake(8) by systemd.network(5), section [CAKE]. */
export interface CakeMetadata {
  readonly preset: CakePreset
  /** What the link carries, `100M`; unlimited when left out. */
  readonly bandwidth?: string
}

export interface NftablesMetadata {
  /** Rules of the chain input, one line each, before everything else is dropped: `udp dport 27015-27115 accept`. */
  readonly input: ReadonlySet<string>
  /** UDP ports, `27015-27115`, whose connectionless packets are limited per source address. */
  readonly game_ports: ReadonlySet<string>
  /** What one source, a /32 or /64, may send of those to all game ports together. */
  readonly connectionless_packets: { readonly per_second: number; readonly burst: number }
}

export interface NginxMetadata {
  /** By domain. */
  readonly vhosts: Readonly<Record<string, VirtualHost>>
  /** Who asks for another name gets no answer. false where the operator has a site that answers to every name. */
  readonly refuse_other_names: boolean
}

export interface VirtualHost {
  /** `127.0.0.1:8000`. */
  readonly upstream: string
  /** Where the monitoring looks. */
  readonly check_path: string
  /** Locations that nobody reaches from outside. */
  readonly denied: ReadonlySet<string>
  /** Sent to the upstream with each request, as X-Left4me-Proxy. */
  readonly proxy_secret: Secret | string | null
  /** nginx's client_max_body_size. */
  readonly largest_body: string
}

export interface LetsencryptMetadata {
  /** Domains by name; each has its certificate where `certificateOf(NAME)` says, self-signed until the real one is there. */
  readonly domains: Readonly<Record<string, { /** The unit that reads it. */ readonly reload: string }>>
  /** Whom the authority writes to; none when left out. */
  readonly email: string | null
  /** The staging authority, whose certificates nobody believes. */
  readonly staging: boolean
  /** Another ACME directory than Let's Encrypt's. */
  readonly directory_url: string | null
  /** A file of certificates that the ACME directory's own is checked against, instead of the system's. */
  readonly authority_file: string | null
  /** false: self-signed for good, for hosts that no authority reaches. */
  readonly enabled: boolean
}

export interface MonitoringMetadata {
  readonly checks: Readonly<Record<string, { readonly url: string }>>
}

export interface BackupMetadata {
  readonly paths: ReadonlySet<string>
  readonly excludes: ReadonlySet<string>
  /** Commands, by name, that run before: each makes a consistent copy of something. */
  readonly before: Readonly<Record<string, readonly string[]>>
  /** restic's; without it the paths are only declared. */
  readonly repository: string | null
  readonly password: Secret | string | null
  /** What a repository needs besides, such as AWS_ACCESS_KEY_ID. */
  readonly environment: Readonly<Record<string, Secret | string>>
  /** How many snapshots of a day, week and month stay; all of them when each is 0. */
  readonly keep: { readonly daily: number; readonly weekly: number; readonly monthly: number }
  /** systemd.time(7), OnCalendar=. */
  readonly schedule: string
}

export interface SystemdMetadata {
  /** Drop-ins by unit and by name, each the sections of the file: `{ 'system.slice': { '99-cores': { Slice: { … } } } }`. */
  readonly drop_ins: Readonly<Record<string, Readonly<Record<string, UnitSections>>>>
  /** Services, sockets, timers that are enabled and run. */
  readonly running: ReadonlySet<string>
}

/** By name of the timer. */
export type SystemdTimersMetadata = Readonly<
  Record<
    string,
    {
      readonly command: readonly string[]
      /** systemd.time(7), OnCalendar=. */
      readonly when: string
      readonly environment?: Readonly<Record<string, string>>
      readonly environment_file?: string
      /** Seconds by which hosts are spread; 0 when left out. */
      readonly spread?: number
    }
  >
>
