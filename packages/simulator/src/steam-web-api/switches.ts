import type { SwitchTable, SwitchValues } from '../switch-table.ts'
import { indexTroubles } from '../workshop/map-index.ts'
import { downloadTroubles } from './download-troubles.ts'

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
  'download-trouble': {
    kind: 'text',
    initial: 'none',
    choices: downloadTroubles,
    help: 'What a file download does wrong: ends in the middle (short), stops saying anything there (stall), breaks off there (reset), 429 with Retry-After: 1 (busy), 500 (error), 404 (gone), nonsense behind the first bytes (corrupt), goes on for ever without a length (endless), no answer (silent).',
  },
  'download-trouble-times': {
    kind: 'number',
    initial: -1,
    help: 'So many downloads do that, the others are well; counted from when the switch is set. -1 for all.',
  },
  'download-trouble-id': {
    kind: 'text',
    initial: '',
    help: 'The only item, or file of the map index, that does that.',
  },
  'download-rate': {
    kind: 'number',
    initial: 0,
    help: 'Bytes a second of each download; 0 for as fast as it goes.',
  },
  'item-bytes': { kind: 'number', initial: 0, help: 'Items with a file_url are so many bytes larger.' },
  'item-revision': {
    kind: 'number',
    initial: 0,
    help: 'Every item has been updated so often: another time_updated, other content.',
  },
  'map-index': {
    kind: 'text',
    initial: 'none',
    choices: indexTroubles,
    help: 'What is wrong with the map index: the last line (wrong-md5, wrong-size, outside: a name that leads out), a line of nonsense (bad-line), a name twice, a web page instead, files that are gone (missing), two files fewer (shorter).',
  },
} as const satisfies SwitchTable

export type WebApiSwitches = SwitchValues<typeof webApiSwitches>

/** What the ids of published files mean; printed by --help. */
export const publishedFileIds = `  1-9        do not exist: result 9 (hidden and private items look the same)
  100        a collection of 101, 102 and the collection 200
  110        a collection of 501 to 505 and 3405000001, which have titles and pictures
  120        a collection of the collection 110 and 506
  130        a collection with items that can't be had: 501, 3, 400, 600, 506
  200        a collection of 201 and the collection 300
  300        a collection of 301 and, cyclically, the collection 100
  310        an empty collection
  400-499    belong to another app (440)
  500-599    legacy items: a file_url at this server, handle in hcontent_file
  600-699    banned, with a reason
  3405000001 a campaign with a story that only steamcmd can download
  700-799    hcontent_file above 2^63
  all else   items of the SteamPipe kind: no file_url, download by steamcmd`
