import Type from 'typebox'
import { HostInstance, HostStatus } from '../host.ts'
import { Installation, InstallationRollback } from '../installation.ts'
import { Job, JobLogLine, jobStates } from '../job.ts'
import { Id, listOf, oneOf, strictObject } from '../schema.ts'
import { accepted, api, byId, ok, page, route } from './route.ts'

export const machineRoutes = {
  getInstallation: route({
    method: 'GET',
    path: `${api}/installation`,
    access: 'signed-in',
    tag: 'installation',
    summary: 'The shared game files',
    answer: ok(Installation),
  }),
  updateInstallation: route({
    method: 'POST',
    path: `${api}/installation/update`,
    access: 'admin',
    tag: 'installation',
    summary: 'Install or update the game with steamcmd',
    answer: accepted,
  }),
  rollBackInstallation: route({
    method: 'POST',
    path: `${api}/installation/rollback`,
    access: 'admin',
    tag: 'installation',
    summary: 'Let servers take another revision of the game files, which is there already',
    body: InstallationRollback,
    answer: accepted,
  }),
  switchServerInstallation: route({
    method: 'POST',
    path: `${api}/servers/{id}/switch-installation`,
    access: 'owner',
    tag: 'installation',
    summary: 'Restart a running server with the current game files now',
    params: byId,
    answer: accepted,
  }),

  listJobs: route({
    method: 'GET',
    path: `${api}/jobs`,
    access: 'signed-in',
    tag: 'jobs',
    summary: "One's jobs, newest first; all of them for an admin",
    query: strictObject({
      ...page,
      state: Type.Optional(oneOf(jobStates)),
      serverId: Type.Optional(Id),
      overlayId: Type.Optional(Id),
    }),
    answer: ok(listOf(Job)),
  }),
  getJob: route({
    method: 'GET',
    path: `${api}/jobs/{id}`,
    access: 'owner',
    tag: 'jobs',
    summary: 'One job',
    params: byId,
    answer: ok(Job),
  }),
  getJobLog: route({
    method: 'GET',
    path: `${api}/jobs/{id}/log`,
    access: 'owner',
    tag: 'jobs',
    summary: 'Log of a job, oldest first',
    params: byId,
    query: strictObject({
      after: Type.Optional(Type.Integer({ minimum: 0, description: 'Only lines with a greater sequence' })),
    }),
    answer: ok(listOf(JobLogLine)),
  }),
  cancelJob: route({
    method: 'POST',
    path: `${api}/jobs/{id}/cancel`,
    access: 'owner',
    tag: 'jobs',
    summary: 'Ask a queued or running job to stop',
    params: byId,
    answer: ok(Job),
  }),

  getHost: route({
    method: 'GET',
    path: `${api}/host`,
    access: 'signed-in',
    tag: 'host',
    summary: 'The machine',
    answer: ok(HostStatus),
  }),
  listHostInstances: route({
    method: 'GET',
    path: `${api}/host/instances`,
    access: 'admin',
    tag: 'host',
    summary: 'What runs on the machine, also what no server is known for',
    answer: ok(listOf(HostInstance)),
  }),
  stopHostInstance: route({
    method: 'POST',
    path: `${api}/host/instances/{id}/stop`,
    access: 'admin',
    tag: 'host',
    summary: 'Stop what runs although no server is known for it',
    params: byId,
    answer: accepted,
  }),
  events: route({
    method: 'GET',
    path: `${api}/events`,
    access: 'signed-in',
    tag: 'events',
    summary: 'Server-sent events of everything that one may see, without logs',
    answer: { status: 200, body: Type.String(), contentType: 'text/event-stream' },
  }),
} as const
