/** Limits that both sides of the HTTP API know, so that a form refuses what the API would refuse. */
export const limits = {
  /** Characters. */
  serverName: 64,
  blueprintName: 64,
  overlayName: 64,
  username: { min: 2, max: 32 },
  /** NIST SP 800-63B: at least 8; long enough for any passphrase, short enough to hash. */
  password: { min: 8, max: 256 },
  /** The kernel stacks at most 500 lower layers (OVL_MAX_STACK); the installation is one of them. */
  overlaysPerServer: 200,
  argumentsPerServer: 64,
  argumentLength: 200,
  configLines: 1000,
  configLineLength: 500,
  /** The engine's command buffer cuts longer ones. Bytes. */
  consoleCommand: 500,
  logLines: 5000,
  /** Bytes of one log line; the rest of a longer one is cut and marked. */
  logLineLength: 4096,
  /** Bytes of any request body unless a route says otherwise. */
  requestBody: 256 * 1024,
  /** Bytes of one file that is put into an upload overlay. */
  uploadedFile: 64 * 1024 * 1024,
  /** Files of one overlay's draft, and bytes of all of them. */
  draftFiles: 5000,
  draftBytes: 4 * 1024 * 1024 * 1024,
  /** Bytes of a server.cfg that an overlay brings. */
  overlayConfig: 256 * 1024,
  /** Characters of a script overlay's script. */
  scriptLength: 200_000,
  /** Ids that a workshop overlay names itself, and items in all, with those of collections. */
  workshopIds: 500,
  workshopItems: 2000,
  /** Bytes of one upload, and of one part of it. */
  uploadBytes: 8 * 1024 ** 3,
  uploadPart: 16 * 1024 * 1024,
  /** What an uploaded archive may unpack to. */
  unpackedFiles: 20_000,
  unpackedBytes: 16 * 1024 ** 3,
  unpackedRatio: 200,
  /** Bytes that a built revision may have at most. */
  revisionBytes: 64 * 1024 ** 3,
  /** Bytes of a server's file that the editor opens and saves. */
  editedFile: 1024 * 1024,
  /** Bytes of an exported blueprint. */
  blueprintText: 1024 * 1024,
  pageSize: 200,
} as const
