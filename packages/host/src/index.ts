export * from './host.ts'
export * from './host-error.ts'
