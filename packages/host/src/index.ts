export { derivedPortDistance, derivedPorts } from './derived-ports.ts'
export * from './host.ts'
export * from './host-error.ts'
export { createProcessHost, type ProcessHostOptions } from './process/process-host.ts'
