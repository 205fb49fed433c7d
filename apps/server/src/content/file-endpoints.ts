import { limits } from '@left4me/contract'
import type { Host } from '@left4me/host'
import { endpoints } from '../http/endpoints.ts'
import { ProblemError } from '../http/problem-error.ts'
import { refuseCodePath, withoutCode } from '../overlays/code-rules.ts'
import type { ServerDirectory, ServerRecord } from '../servers/server-directory.ts'
import {
  readBody,
  readServerFile,
  refuseBadPath,
  refuseGeneratedConfig,
  refuseSecret,
} from './file-content.ts'
import { type PromoteDependencies, promote } from './promote.ts'
import { findEntry, listFolder, readServerTree, type ServerTreeDependencies } from './server-tree.ts'

export interface FileEndpointsDependencies extends ServerTreeDependencies {
  readonly directory: ServerDirectory
  readonly host: Pick<Host, 'files' | 'overlays'>
  readonly overlays: PromoteDependencies['overlays']
}

/** Files of servers, with the layer that each comes from. */
export function fileEndpoints(dependencies: FileEndpointsDependencies) {
  const { directory, host, content } = dependencies

  const recordOf = (id: number): ServerRecord => {
    const record = directory.get(id)
    if (record === null) throw new ProblemError('not-found', `There is no server ${id}.`)
    return record
  }
  const sources = (id: number) => ({
    files: host.files(id),
    store: host.overlays,
    installation: content.installation,
  })

  return endpoints({
    async listServerFiles({ params, query }) {
      const { path = '', layer = 'merged', cursor } = query
      if (path !== '') refuseBadPath(path)
      const tree = await readServerTree(dependencies, recordOf(params.id))
      const looked = layer === 'merged' || layer === 'upper'
      const present = looked ? await host.files(params.id).list(path) : null
      const list = listFolder(tree, { path, layer, ...(cursor === undefined ? {} : { cursor }) }, present)
      if (list === null) throw new ProblemError('not-found', `There is no folder ${path}.`)
      return list
    },

    async getServerFile({ params, query, reply }) {
      const record = recordOf(params.id)
      const { path, layer = 'merged' } = query
      const bytes = await readServerFile(sources(record.id), () => readServerTree(dependencies, record), {
        path,
        layer,
        maxBytes: limits.editedFile,
      })
      refuseSecret(bytes, directory.rconPassword(record.id))
      reply
        .type('application/octet-stream')
        .header('content-disposition', attachment(path))
        .header('content-security-policy', "default-src 'none'; sandbox")
        .send(bytes)
      return undefined
    },

    async putServerFile({ params, query, caller, request, note }) {
      const record = recordOf(params.id)
      const { path } = query
      refuseBadPath(path)
      refuseGeneratedConfig(path)
      refuseCodePath(caller, path)
      const bytes = await readBody(withoutCode(caller, request.raw))
      await host.files(record.id).replace(path, bytes)
      note({ detail: path })
      return undefined
    },

    async deleteServerFile({ params, query, note }) {
      const record = recordOf(params.id)
      const { path } = query
      refuseBadPath(path)
      refuseGeneratedConfig(path)
      const tree = await readServerTree(dependencies, record)
      const found = findEntry(tree, path)
      if (found?.entry.kind === 'folder') {
        throw new ProblemError('action-not-allowed', `${path} is a folder. Delete the files in it.`)
      }
      if (found !== null && found.part.kind !== 'upper' && !tree.running) {
        throw new ProblemError(
          'action-not-allowed',
          `${path} comes from “${found.part.name.name}”, and only the server’s own files can be deleted while it is stopped. Start the server, or take the layer out.`,
        )
      }
      await host.files(record.id).remove(path)
      note({ detail: path })
      return undefined
    },

    async promoteServerFile({ params, body, caller, note }) {
      const record = recordOf(params.id)
      const tree = await readServerTree(dependencies, record)
      await promote(
        { overlays: dependencies.overlays, sources: sources(record.id), store: host.overlays },
        {
          tree,
          caller,
          request: body,
          secret: directory.rconPassword(record.id),
        },
      )
      if (body.remove === true) await host.files(record.id).remove(body.path)
      note({ detail: `${body.path} to overlay:${body.overlayId}` })
      return undefined
    },
  })
}

/** Without anything that could end the header or the name: RFC 6266, RFC 8187. */
function attachment(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const plain = name.replace(/[^A-Za-z0-9._-]/g, '_').slice(0, 100)
  const encoded = encodeURIComponent(name.toWellFormed()).replace(
    /['()*!]/g,
    letter => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
