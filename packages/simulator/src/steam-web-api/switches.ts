import type { SwitchTable, SwitchValues } from '../switch-table.ts'

/** Every way in which the simulated Web API can be made to misbehave. The reference is docs/reference/simulator.md. */
export const webApiSwitches = {
  'delay-ms': { kind: 'number', initial: 0, help: 'How late every answer is, in ms.' },
  hang: { kind: 'flag', initial: false, help: 'Requests are read and never answered.' },
  'rate-limit': {
    kind: 'number',
    initial: 0,
    help: 'So many requests get 429 with Retry-After: 1 before one is answered; then again. -1 for all.',
  },
  unavailable: {
    kind: 'number',
    initial: 0,
    help: 'So many requests get 503 before one is answered; then again. -1 for all.',
  },
  malformed: { kind: 'flag', initial: false, help: 'JSON ends in the middle.' },
  html: { kind: 'flag', initial: false, help: 'A page of HTML comes with status 200 instead of JSON.' },
  huge: { kind: 'flag', initial: false, help: 'The answer never ends.' },
  'number-sizes': {
    kind: 'flag',
    initial: false,
    help: 'file_size is a number, as it was formerly; otherwise a string.',
  },
  'required-version': {
    kind: 'number',
    initial: 2243,
    help: 'The version that UpToDateCheck demands, without dots.',
  },
  'download-short': { kind: 'flag', initial: false, help: 'File downloads end before the promised length.' },
  'download-other-size': {
    kind: 'flag',
    initial: false,
    help: 'A downloaded file is longer than file_size says.',
  },
  'download-redirect': {
    kind: 'flag',
    initial: false,
    help: 'File downloads redirect to another host (http://127.0.0.1:9/).',
  },
  'download-zip': { kind: 'flag', initial: false, help: 'What is downloaded is a ZIP, whatever its name.' },
} as const satisfies SwitchTable

export type WebApiSwitches = SwitchValues<typeof webApiSwitches>

/** What the ids of published files mean; printed by --help. */
export const publishedFileIds = `  1-9        do not exist: result 9 (hidden and private items look the same)
  100        a collection of 101, 102 and the collection 200
  200        a collection of 201 and the collection 300
  300        a collection of 301 and, cyclically, the collection 100
  310        an empty collection
  400-499    belong to another app (440)
  500-599    legacy items: a file_url at this server, handle in hcontent_file
  600-699    banned, with a reason
  700-799    hcontent_file above 2^63
  all else   items of the SteamPipe kind: no file_url, download by steamcmd`
